# An array whose dtype is a dict and whose shape is missing.
# held by: frames
import json

header = b'{"tree": {"array": 0}, "arrays": [[{"names": ["a"]}], 3, null]}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
