# Answers of every wrong type: none may break the judge.
# fails: test_encoder_shapes, test_decoder_shapes, test_sampling_shape, test_bernoulli_shape, test_bernoulli_value, test_bernoulli_gradient, test_bernoulli_mean, test_gaussian_shape, test_gaussian_value, test_gaussian_density_integrates_to_one, test_kl_shape, test_kl_is_zero_at_the_prior, test_kl_value, test_kl_is_never_negative, test_kl_adds_up_and_is_symmetric, test_kl_gradients, test_vae_encode_and_decode
# hints: gradient-cut

# %% grade_id="encoder"
class Encoder:
    def __init__(self, **kwargs):
        pass

    def __call__(self, x):
        return {"z_mean": x, 3: x}, object(), "z_log_var"

# %% grade_id="sampling"
class Sampling:
    def __init__(self, seed=None):
        pass

    def __call__(self, z_mean, z_log_var):
        return z_mean * math.nan

# %% grade_id="decoder"
def Decoder(image_shape, hidden_units):
    return lambda z: [[z]]

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    return "0.0"

# %% grade_id="bernoulli"
class BernoulliLikelihood:
    def negative_log_likelihood(self, x, parameters):
        return [[0.0] * 1000] * 10

    def mean(self, parameters):
        return parameters == parameters

# %% grade_id="gaussian"
class GaussianLikelihood:
    def __init__(self, variance=1.0):
        pass

    def negative_log_likelihood(self, x, parameters):
        return float("inf")

# %% grade_id="vae"
class VAE:
    def __init__(self, *args, **kwargs):
        self.trainable_variables = None

    def __getattr__(self, name):
        return lambda *args, **kwargs: {"loss": "low", "reconstruction_loss": [1, "2"], "kl_loss": None, "name": self}

    def __call__(self, x):
        return ops.zeros((10**6,))
