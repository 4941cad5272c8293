# An array of Python objects, which only pickle could carry.
# held by: frames
import json

header = b'{"tree": {"array": 0}, "arrays": [["object", [1]]]}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
