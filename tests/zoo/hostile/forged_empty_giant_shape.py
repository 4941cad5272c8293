# An array without numbers whose other axes are larger than any array's.
# held by: frames
import json

header = b'{"tree": {"array": 0}, "arrays": [["float32", [0, 268435456, 268435456, 268435456]]]}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
