# An audit hook that refuses everything the agent does from now on.
# held by: two sides
import sys


def refuse(event, arguments):
    if event.startswith(("import", "open", "socket", "object", "compile", "exec")):
        raise RuntimeError("not with me")


sys.addaudithook(refuse)
