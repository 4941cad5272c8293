# Random bytes without end.
# held by: frames
import os

line = judges_socket()
while True:
    line.sendall(os.urandom(2**16))
