# Memory in what waits to be accepted: one descriptor holds thousands of full buffers.
# held by: system calls
import os
import socket

server = socket.socket(socket.AF_UNIX)
server.bind("queue")
server.listen(4096)
while True:
    caller = socket.socket(socket.AF_UNIX)
    caller.connect("queue")
    caller.setblocking(False)
    try:
        while caller.send(bytes(2**16)):
            pass
    except BlockingIOError:
        caller.close()
