# Many processes, each of which keeps to its own limit.
# held by: memory
import os
import time

for _ in range(16):
    if os.fork() == 0:
        hoard = []
        try:
            for _ in range(64):
                hoard.append(bytearray(b"x" * (8 * 2**20)))
        except MemoryError:
            pass
        time.sleep(300)
        os._exit(0)
time.sleep(300)
