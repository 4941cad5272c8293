# A header of four gigabytes is announced.
# held by: frames
line = judges_socket()
line.sendall(b"\xff\xff\xff\xff" + b"passed" * 1000)
