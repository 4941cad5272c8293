# The error is not divided by the variance.
# fails: test_gaussian_value, test_gaussian_density_integrates_to_one
# hints: gaussian-without-variance

# %% grade_id="gaussian"
@keras.saving.register_keras_serializable(package="vae")
class GaussianLikelihood(Likelihood):
    def __init__(self, variance=1.0):
        self.variance = float(variance)

    def negative_log_likelihood(self, x, parameters):
        mean = ops.convert_to_tensor(parameters)
        x = ops.cast(x, mean.dtype)
        pixel_axes = tuple(range(1, len(x.shape)))
        scaled_error = ops.square(x - mean)
        return 0.5 * ops.sum(scaled_error + math.log(2.0 * math.pi * self.variance), axis=pixel_axes)

    def mean(self, parameters):
        return parameters

    def get_config(self):
        return {"variance": self.variance}
