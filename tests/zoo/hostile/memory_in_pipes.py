# Memory in the buffers of pipes and sockets.
# held by: memory
import os
import socket

kept = []
while True:
    end, begin = os.pipe()
    ours, theirs = socket.socketpair()
    kept += [ours, theirs]
    for number in (begin, ours.fileno()):
        os.set_blocking(number, False)
        try:
            while os.write(number, bytes(2**16)):
                pass
        except BlockingIOError:
            pass
