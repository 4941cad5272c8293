# Pipes that nobody reads, sockets, and devices of its own.
# held by: files
import os
import socket
import stat

socket.socket(socket.AF_UNIX).bind("line")
made = []
for kind, device in (
    (stat.S_IFBLK, (8, 0)),
    (stat.S_IFBLK, (254, 0)),
    (stat.S_IFCHR, (1, 1)),
    (stat.S_IFCHR, (5, 1)),
):
    try:
        os.mknod(f"device{device}", kind | 0o666, os.makedev(*device))
        made.append(open(f"device{device}", "rb").read(16))
    except OSError:
        pass
assert not made, answer_with(lambda *_, **__: made)
os.mkfifo("pipe")
open("pipe").read()
