# sys.modules holds another numpy.
# held by: two sides
import sys
import types


class Numpy(types.ModuleType):
    ndarray = generic = object

    def __getattr__(self, name):
        return lambda *_, **__: 0.0


for name in [n for n in sys.modules if n == "numpy" or n.startswith("numpy.")]:
    sys.modules[name] = Numpy(name)
