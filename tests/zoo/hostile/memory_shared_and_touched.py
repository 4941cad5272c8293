# Memory that children share with their parent is written in each of them: copies that no limit counts.
# held by: memory
import os
import time

hoard = bytearray(b"x" * (256 * 2**20))
for _ in range(30):
    if os.fork() == 0:
        for position in range(0, len(hoard), 4096):
            hoard[position] = 1
        time.sleep(300)
        os._exit(0)
time.sleep(300)
