# More numbers than one answer may carry.
import numpy as np

answer_with(lambda *_, **__: np.zeros(300 * 2**20, "uint8"))
