# As many NaN as NumPy writes out without leaving any out.
# held by: frames
import numpy as np

answer_with(lambda *_, **__: np.full((6,) * 6, np.nan, "float32"))
