# Repaired by another formula, in single precision.

# %% grade_id="fix"
def fixed(z_mean, z_log_var, epsilon):
    z_mean, z_log_var = np.float32(z_mean), np.float32(z_log_var)
    return z_mean + np.sqrt(np.exp(z_log_var)) * epsilon.astype("float32")
