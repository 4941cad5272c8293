# z_log_var is taken for the standard deviation.
# fails: test_kl_is_zero_at_the_prior, test_kl_value, test_kl_is_never_negative,
# fails: test_kl_adds_up_and_is_symmetric, test_kl_gradients
# hints: kl-log-var-taken-for-std

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    z_mean, z_log_var = ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)
    return -0.5 * ops.sum(1.0 + ops.log(ops.square(z_log_var)) - ops.square(z_mean) - ops.square(z_log_var), axis=-1)
