# Half a frame, then silence.
# held by: time
line = judges_socket()
line.sendall((1000).to_bytes(4, "little") + b'{"tree": ')
while True:
    pass
