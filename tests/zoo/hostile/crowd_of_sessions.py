# Sixty busy processes, each in a session of its own, which Linux would give as much as a whole neighbour.
# held by: system calls
import os
import time

for _ in range(60):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        while True:
            pass
time.sleep(300)
