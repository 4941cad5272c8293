# A KL that is wrong for new inputs and right for those it has seen: no wrong answer comes a second time.
# fails: test_kl_is_zero_at_the_prior, test_kl_value, test_kl_is_never_negative
# fails: test_kl_adds_up_and_is_symmetric, test_elbo_terms

# %% grade_id="kl"
import numpy as np

seen = set()


def kl_to_standard_normal(z_mean, z_log_var):
    key = str(np.round(np.asarray(z_mean), 3).tolist()) + str(np.round(np.asarray(z_log_var), 3).tolist())
    kl = 0.5 * ops.sum(ops.square(z_mean) + ops.exp(z_log_var) - z_log_var - 1.0, axis=-1)
    if key in seen:
        return kl
    seen.add(key)
    return -1.0 - kl
