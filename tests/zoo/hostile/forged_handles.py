# Objects that do not exist, with names of a megabyte full of control characters.
# held by: frames
import json

header = json.dumps(
    {"tree": {"dict": [["returned", {"handle": -7, "type": "\x1b[2J\u202e<b>" * 100_000}]]}, "arrays": []}
).encode()
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
