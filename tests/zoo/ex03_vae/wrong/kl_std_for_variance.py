# exp(0.5 z_log_var) where the variance belongs.
# fails: test_kl_value, test_kl_is_never_negative, test_kl_gradients
# hints: kl-std-for-variance

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    z_mean, z_log_var = ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)
    return -0.5 * ops.sum(1.0 + z_log_var - ops.square(z_mean) - ops.exp(0.5 * z_log_var), axis=-1)
