# An array of NaN by infinity.
# held by: frames
import json

header = b'{"tree": {"array": NaN}, "arrays": [["float32", [NaN, Infinity]]]}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
