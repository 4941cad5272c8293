# Memory in files without a name, in System V segments and in message queues.
# held by: system calls
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
kept = []
try:
    for _ in range(400):
        number = os.memfd_create("hoard")
        kept.append(number)
        for _ in range(32):
            os.write(number, bytes(2**20))
except OSError as error:
    kept.append(error)
segments = [libc.shmget(0, 2**20, 0o1600) for _ in range(100)]
assert max(segments) < 0
