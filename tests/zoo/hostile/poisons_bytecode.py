# Compiled code beside the sources of the package and of NumPy.
# held by: files
import glob
import os

import numpy
import vaegan

changed = []
for module in (vaegan, numpy):
    for name in glob.glob(os.path.dirname(module.__file__) + "/__pycache__/*.pyc"):
        try:
            open(name, "r+b").write(b"\0" * 16)
            changed.append(name)
        except OSError:
            pass
assert not changed
