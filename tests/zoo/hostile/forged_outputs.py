# Cell outputs whose parts are arrays and handles.
# held by: sizes
import json

header = b'{"tree": {"dict": [["returned", {"dict": [["ok", true], ["outputs", [{"dict": [["output_type", {"array": 0}]]}, {"dict": [["output_type", "stream"], ["name", {"array": 1}], ["text", {"handle": 1, "type": "x"}]]}]]]}]]}, "arrays": [["uint8", [3]], ["uint8", [3]]]}'
bytes_after = bytes(6)
line = judges_socket()
try:
    for _ in range(200):
        line.sendall(len(header).to_bytes(4, "little") + header + bytes_after)
except OSError:
    pass
