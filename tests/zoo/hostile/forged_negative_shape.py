# An array with a negative number of rows.
# held by: frames
import json

header = b'{"tree": {"array": 0}, "arrays": [["float32", [-1, 2]]]}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
