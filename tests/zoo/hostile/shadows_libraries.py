# files: numpy.py=exit, tensorflow.py=exit, keras/__init__.py=exit, vaegan/__init__.py=exit, os.py=exit, json.py=exit
# Files named like the libraries lie beside the notebook.
# held by: files
import importlib
import sys

for name in ("vaegan", "json", "random"):
    sys.modules.pop(name, None)
    importlib.invalidate_caches()
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(error)
