# Two arguments, where the program gives three.
# fails: test_fix_on_ordinary_inputs

# %% grade_id="fix"
def fixed(z_mean, z_log_var):
    return z_mean + np.exp(z_log_var / 2) * np.random.normal(size=z_mean.shape)
