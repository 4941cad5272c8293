# The 1 is forgotten.
# fails: test_kl_is_zero_at_the_prior, test_kl_value
# hints: kl-without-one

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    z_mean, z_log_var = ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)
    return -0.5 * ops.sum(z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=-1)
