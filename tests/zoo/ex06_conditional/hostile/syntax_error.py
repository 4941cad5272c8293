# A cell that is not Python.
# fails: test_append_condition, test_append_planes_shape

# %% grade_id="planes"
def append_condition(z, c:
    return z c
