# 0 log 0 is taken as NumPy has it.
# fails: test_value_function

# %% grade_id="value"
def optimal_discriminator(p_data, p_model):
    p_data, p_model = np.asarray(p_data, "float64"), np.asarray(p_model, "float64")
    both = p_data + p_model
    return np.where(both > 0, p_data / np.where(both > 0, both, 1.0), 0.5)


def value_function(p_data, p_model, d):
    p_data, p_model, d = (np.asarray(values, "float64") for values in (p_data, p_model, d))
    return np.sum(p_data * np.log(d) + p_model * np.log(1.0 - d))
