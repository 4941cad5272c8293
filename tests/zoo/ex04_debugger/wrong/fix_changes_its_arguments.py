# Right, but writes into the caller's array.
# fails: test_fix_on_ordinary_inputs
# hints: fix-changes-its-arguments

# %% grade_id="fix"
def fixed(z_mean, z_log_var, epsilon):
    z_mean += np.exp(z_log_var / 2) * epsilon
    return z_mean
