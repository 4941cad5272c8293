# The term with the mean is missing.
# fails: test_kl_value, test_kl_gradients
# hints: kl-without-mean, gradient-cut

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    z_mean, z_log_var = ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)
    return -0.5 * ops.sum(1.0 + z_log_var - ops.exp(z_log_var), axis=-1)
