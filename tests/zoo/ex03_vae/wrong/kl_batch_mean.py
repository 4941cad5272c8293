# KL averaged over the batch.
# fails: test_kl_shape
# hints: kl-batch-mean

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    z_mean, z_log_var = ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)
    return ops.mean(-0.5 * ops.sum(1.0 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=-1))
