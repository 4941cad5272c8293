# Writes into the course, the package and the interpreter.
# held by: files
import os
import sys

import vaegan

written = []
here = os.path.dirname(vaegan.__file__)
for folder in (
    OUTSIDE,
    here,
    os.path.dirname(here),
    sys.prefix,
    os.path.dirname(os.__file__),
    "/usr/bin",
    "/etc",
    "/",
):
    for name in ("gradebook.db", "sitecustomize.py", "__init__.py", "conftest.py"):
        try:
            with open(os.path.join(folder, name), "w") as file:
                file.write("raise SystemExit(0)")
            written.append(folder)
        except OSError:
            pass


def show_them(*_, **__):
    raise RuntimeError(f"written to {written}")


answer_with(show_them)
assert not written
