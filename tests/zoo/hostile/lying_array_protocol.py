# Another array each time it is asked for one.
# held by: two sides
import numpy as np


class Chameleon:
    dtype, shape, count = np.dtype("float32"), (2,), 0

    def __array__(self, *_, **__):
        Chameleon.count += 1
        return np.full((Chameleon.count,) * 5, np.inf, "float32")

    def __call__(self, *_, **__):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self


answer_with(Chameleon())
