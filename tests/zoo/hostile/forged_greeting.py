# Says that its walls could not be built, or that it has none.
# held by: frames
import json

header = b'{"tree": {"dict": [["refused", "no walls"], ["walls", []]]}, "arrays": []}'
bytes_after = b""
line = judges_socket()
try:
    for _ in range(200):
        line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)
except OSError:
    pass
