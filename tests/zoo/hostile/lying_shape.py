# Says that it is an array of two numbers, and is four gigabytes.
# held by: memory
import numpy as np


class Huge:
    dtype, shape = np.dtype("float32"), (2,)

    def __array__(self, *_, **__):
        return np.broadcast_to(np.float32(1), (2**15, 2**15))


answer_with(lambda *_, **__: Huge())
