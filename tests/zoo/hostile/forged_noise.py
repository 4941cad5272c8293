# Random bytes without end.
import os

line = judges_socket()
while True:
    line.sendall(os.urandom(2**16))
