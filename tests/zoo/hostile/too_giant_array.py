# More numbers than one answer may carry.
# held by: frames
import numpy as np

answer_with(lambda *_, **__: np.zeros(300 * 2**20, "uint8"))
