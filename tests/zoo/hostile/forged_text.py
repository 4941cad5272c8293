# Lone surrogates, NULs, bidirectional and terminal control characters.
# held by: frames
import json

header = json.dumps(
    {"tree": {"dict": [["returned", "\ud800\x00\u202e\x1b]0;passed\x07" * 1000]]}, "arrays": []}
).encode()
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
