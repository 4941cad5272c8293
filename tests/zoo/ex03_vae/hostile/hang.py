# The KL never returns.
# fails: test_kl_shape

# %% grade_id="kl"
import time


def kl_to_standard_normal(z_mean, z_log_var):
    while True:
        time.sleep(0.1)
