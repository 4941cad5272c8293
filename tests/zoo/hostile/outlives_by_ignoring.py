# Children that ignore all signals and have lost their parent.
# held by: processes
import os
import signal
import time

for _ in range(5):
    if os.fork() == 0:
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        os.setsid()
        os.execv("/usr/bin/sleep", ["sleep-" + MARKER, "600"])
        time.sleep(600)
