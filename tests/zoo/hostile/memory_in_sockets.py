# Memory in the buffers of sockets that many processes hold, with few of them each.
# held by: memory
import os
import socket
import time

for _ in range(40):
    if os.fork() == 0:
        kept = []
        while len(kept) < 240:
            ours, theirs = socket.socketpair()
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                try:
                    ours.setsockopt(socket.SOL_SOCKET, option, 2**24)
                except OSError:
                    pass
            ours.setblocking(False)
            try:
                while ours.send(bytes(2**16)):
                    pass
            except OSError:
                pass
            kept += [ours, theirs]
        time.sleep(300)
        os._exit(0)
time.sleep(300)
