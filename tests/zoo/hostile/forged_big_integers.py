# Whole numbers of four thousand digits as answer, handle and array.
# held by: frames
import json

header = (
    b'{"tree": {"dict": [["returned", ['
    + b"9" * 4000
    + b', {"handle": '
    + b"9" * 4000
    + b', "type": "VAE"}]]]}, "arrays": []}'
)
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
