# A dict whose keys are lists, numbers and null.
# held by: frames
import json

header = b'{"tree": {"dict": [["returned", {"dict": [[[1], 2], [null, 3], [{}, 4], ["gradients", {"tuple": 5}]]}]]}, "arrays": []}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
