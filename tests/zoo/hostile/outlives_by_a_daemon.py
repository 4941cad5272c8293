# A daemon in a session of its own, whose parents have ended, waits until the grading is over.
# held by: processes
import os
import subprocess
import sys

script = "import time\nfor _ in range(600):\n    time.sleep(1)"
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        subprocess.Popen([sys.executable, "-c", script, MARKER], start_new_session=True)
    os._exit(0)
