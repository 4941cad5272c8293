# Sixteen million NaN in twenty-four axes of length two: printing them takes hours.
# held by: frames
import numpy as np

answer_with(lambda *_, **__: np.full((2,) * 24, np.nan, "float16"))
