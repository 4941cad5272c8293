# An exception that is an array.
# held by: frames
import json

header = b'{"tree": {"dict": [["raised", {"array": 0}]]}, "arrays": [["float32", [3]]]}'
bytes_after = bytes(12)
line = judges_socket()
try:
    for _ in range(200):
        line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)
except OSError:
    pass
