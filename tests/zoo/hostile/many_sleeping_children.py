# Two hundred processes that do nothing.
# held by: memory
import os
import time

for _ in range(200):
    if os.fork() == 0:
        time.sleep(300)
        os._exit(0)
