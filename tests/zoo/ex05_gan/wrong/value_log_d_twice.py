# Both expectations are of log D.
# fails: test_value_function
# hints: value-log-d-twice

# %% grade_id="value"
def optimal_discriminator(p_data, p_model):
    p_data, p_model = np.asarray(p_data, "float64"), np.asarray(p_model, "float64")
    both = p_data + p_model
    return np.where(both > 0, p_data / np.where(both > 0, both, 1.0), 0.5)


def value_function(p_data, p_model, d):
    p_data, p_model, d = (np.asarray(values, "float64") for values in (p_data, p_model, d))
    return float(np.sum(xlogy(p_data, d) + xlogy(p_model, d)))
