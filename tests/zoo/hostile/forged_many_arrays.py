# Five thousand empty arrays.
# held by: frames
import json

header = b'{"tree": null, "arrays": [' + b",".join([b'["uint8", [0]]'] * 5000) + b"]}"
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
