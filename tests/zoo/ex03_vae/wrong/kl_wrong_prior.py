# KL to a prior of variance 2.
# fails: test_kl_is_zero_at_the_prior, test_kl_value, test_kl_gradients
# hints: kl-prior-variance-2

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    z_mean, z_log_var = ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)
    return 0.5 * ops.sum(math.log(2.0) - z_log_var + (ops.exp(z_log_var) + ops.square(z_mean)) / 2.0 - 1.0, axis=-1)
