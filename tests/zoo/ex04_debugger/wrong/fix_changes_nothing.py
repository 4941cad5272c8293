# The same mistake in other words.
# fails: test_fix_on_ordinary_inputs

# %% grade_id="fix"
def fixed(z_mean, z_log_var, epsilon):
    variance = np.exp(z_log_var)
    return z_mean + variance * epsilon
