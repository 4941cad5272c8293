# Opens files of the outer tree by inode number, as escapes from containers do.
# held by: system calls
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
results = []
for mount in ("/usr", "/scratch", "/"):
    number = os.open(mount, os.O_RDONLY)
    for inode in range(1, 20):
        handle = ctypes.create_string_buffer(struct.pack("IiIIII", 8, 1, inode, 0, 0, 0))
        got = libc.open_by_handle_at(number, handle, os.O_RDONLY)
        results.append(got)
        if got >= 0:
            answer_with(lambda *_, **__: os.listdir(got))
assert max(results) < 0
