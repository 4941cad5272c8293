# An array whose sizes are truth values, fractions and text.
# held by: frames
import json

header = b'{"tree": {"array": 0}, "arrays": [["float32", [true, 1.5, "2", null]]]}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
