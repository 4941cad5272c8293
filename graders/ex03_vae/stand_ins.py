# What stands in for a hole that fails, where a check needs it: the same names and arguments, other formulas.

# %% grade_id="encoder"
@keras.saving.register_keras_serializable(package="vae")
class Encoder(keras.Model):
    """One layer for both heads, and no hidden units."""

    def __init__(self, latent_dim=10, hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.both = layers.Dense(2 * latent_dim)

    def call(self, x):
        return ops.split(self.both(ops.reshape(x, (-1, math.prod(x.shape[1:])))), 2, axis=-1)

    def get_config(self):
        return {"name": self.name, "latent_dim": self.latent_dim}


# %% grade_id="sampling"
@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    """Uniform noise, as wide as the variance."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, z_mean, z_log_var):
        return z_mean + ops.exp(z_log_var) * keras.random.uniform(ops.shape(z_mean), -1, 1, seed=self.seed_generator)


# %% grade_id="decoder"
@keras.saving.register_keras_serializable(package="vae")
class Decoder(keras.Model):
    """One layer, and no hidden units."""

    def __init__(self, image_shape=(28, 28, 1), hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = tuple(image_shape)
        self.only = layers.Dense(math.prod(self.image_shape))

    def call(self, z):
        return ops.reshape(self.only(z), (-1, *self.image_shape))

    def get_config(self):
        return {"name": self.name, "image_shape": self.image_shape}


# %% grade_id="bernoulli"
@keras.saving.register_keras_serializable(package="vae")
class BernoulliLikelihood(Likelihood):
    """Squared errors; the mean is half the number."""

    def negative_log_likelihood(self, x, parameters):
        difference = ops.convert_to_tensor(parameters) - ops.cast(x, "float32")
        return ops.sum(ops.square(difference), axis=tuple(range(1, len(difference.shape))))

    def mean(self, parameters):
        return 0.5 * parameters


# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    """The squared length of the mean, and the sum of the rest."""
    return ops.sum(ops.square(z_mean) + z_log_var, axis=-1)


# %% grade_id="gaussian"
@keras.saving.register_keras_serializable(package="vae")
class GaussianLikelihood(Likelihood):
    """Absolute errors."""

    def __init__(self, variance=1.0):
        self.variance = float(variance)

    def negative_log_likelihood(self, x, parameters):
        difference = ops.convert_to_tensor(parameters) - ops.cast(x, "float32")
        return ops.sum(ops.abs(difference), axis=tuple(range(1, len(difference.shape)))) / self.variance

    def mean(self, parameters):
        return parameters

    def get_config(self):
        return {"variance": self.variance}
