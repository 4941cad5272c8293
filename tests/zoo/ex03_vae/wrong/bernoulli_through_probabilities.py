# Right for small logits, clipped for large ones.
# fails: test_bernoulli_extreme_logits
# hints: bernoulli-through-probabilities

# %% grade_id="bernoulli"
@keras.saving.register_keras_serializable(package="vae")
class BernoulliLikelihood(Likelihood):
    def negative_log_likelihood(self, x, parameters):
        logits = ops.convert_to_tensor(parameters)
        x = ops.cast(x, logits.dtype)
        pixel_axes = tuple(range(1, len(x.shape)))
        p = ops.clip(ops.sigmoid(logits), 1e-7, 1 - 1e-7)
        return -ops.sum(x * ops.log(p) + (1 - x) * ops.log(1 - p), axis=pixel_axes)

    def mean(self, parameters):
        return ops.sigmoid(parameters)
