# An exception from line infinity.
# held by: frames
import json

header = b'{"tree": {"dict": [["raised", {"dict": [["type", "E"], ["kinds", ["E"]], ["lines", [["f", Infinity, "x"]]], ["message", "m"]]}]]}, "arrays": []}'
bytes_after = b""
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
