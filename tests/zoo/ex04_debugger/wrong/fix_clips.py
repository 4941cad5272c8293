# Cuts off what is too large.
# fails: test_fix_on_surprises

# %% grade_id="fix"
def fixed(z_mean, z_log_var, epsilon):
    return z_mean + np.minimum(np.exp(z_log_var / 2), 5.0) * epsilon
