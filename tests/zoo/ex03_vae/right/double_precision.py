# Losses computed and returned in float64.

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    m, v = ops.cast(z_mean, "float64"), ops.cast(z_log_var, "float64")
    return 0.5 * ops.sum(m * m + ops.expm1(v) - v, axis=1)

# %% grade_id="bernoulli"
@keras.saving.register_keras_serializable(package="vae")
class BernoulliLikelihood(Likelihood):
    def negative_log_likelihood(self, x, parameters):
        logits, x = ops.cast(parameters, "float64"), ops.cast(x, "float64")
        log_white, log_black = -ops.softplus(-logits), -ops.softplus(logits)
        return -ops.sum(x * log_white + (1 - x) * log_black, axis=list(range(1, len(x.shape))))

    def mean(self, parameters):
        return ops.sigmoid(parameters)
