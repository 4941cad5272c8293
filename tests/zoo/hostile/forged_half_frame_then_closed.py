# Half a frame, then the line is cut.
# held by: frames
import os
import socket

line = judges_socket()
line.sendall((1000).to_bytes(4, "little") + b'{"tree": ')
line.shutdown(socket.SHUT_RDWR)
os.closerange(0, 1024)
