# Everything right, nothing as in the lesson: TensorFlow's functions, lists, other names and orders.

# %% grade_id="encoder"
import tensorflow as tf


@keras.saving.register_keras_serializable(package="mine")
class Encoder(keras.Model):
    def __init__(self, latent_dim=10, hidden_units=400, **kw):
        super().__init__(**kw)
        self.latent_dim, self.hidden_units = latent_dim, hidden_units
        self.body = keras.Sequential([layers.Flatten(), layers.Dense(hidden_units), layers.LeakyReLU()])
        self.heads = layers.Dense(2 * latent_dim)

    def call(self, x):
        return tf.split(self.heads(self.body(x)), 2, axis=-1)  # a list

    def get_config(self):
        return dict(super().get_config(), latent_dim=self.latent_dim, hidden_units=self.hidden_units)

# %% grade_id="sampling"
@keras.saving.register_keras_serializable(package="mine")
class Sampling(layers.Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed

    def call(self, z_mean, z_log_var):
        sd = tf.sqrt(tf.exp(z_log_var))
        return tf.random.normal(tf.shape(sd), dtype=sd.dtype) * sd + z_mean

# %% grade_id="decoder"
@keras.saving.register_keras_serializable(package="mine")
class Decoder(keras.Model):
    def __init__(self, image_shape=(28, 28, 1), hidden_units=400, **kw):
        super().__init__(**kw)
        self.image_shape, self.hidden_units = list(image_shape), hidden_units
        self.net = keras.Sequential(
            [
                layers.Dense(hidden_units // 2 + 1, activation="gelu"),
                layers.Dense(hidden_units, activation="tanh"),
                layers.Dense(math.prod(image_shape), use_bias=True),
                layers.Reshape(self.image_shape),
            ]
        )

    def call(self, z):
        return self.net(z)

    def get_config(self):
        return {**super().get_config(), "image_shape": self.image_shape, "hidden_units": self.hidden_units}

# %% grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    variance = tf.exp(z_log_var)
    return tf.einsum("bj->b", (variance + z_mean**2 - z_log_var - 1) / 2)

# %% grade_id="bernoulli"
@keras.saving.register_keras_serializable(package="mine")
class BernoulliLikelihood(Likelihood):
    def negative_log_likelihood(self, x, parameters):
        per_pixel = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=parameters)
        while per_pixel.shape.rank > 1:
            per_pixel = tf.reduce_sum(per_pixel, axis=-1)
        return per_pixel

    def mean(self, parameters):
        return 0.5 * (1.0 + tf.tanh(0.5 * parameters))

# %% grade_id="gaussian"
@keras.saving.register_keras_serializable(package="mine")
class GaussianLikelihood(Likelihood):
    def __init__(self, variance=1.0):
        self.variance = variance

    def negative_log_likelihood(self, x, parameters):
        flat = keras.ops.reshape(x - parameters, (x.shape[0], -1))
        constant = flat.shape[1] * 0.5 * (math.log(2 * math.pi) + math.log(self.variance))
        return tf.reduce_sum(flat * flat, axis=1) / (2 * self.variance) + constant

    def mean(self, parameters):
        return parameters

    def get_config(self):
        return dict(variance=self.variance)

# %% grade_id="vae"
@keras.saving.register_keras_serializable(package="mine")
class VAE(BaseVAE):
    def __init__(self, encoder, decoder, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.likelihood = likelihood or BernoulliLikelihood()
        self.sampling = Sampling()

    def encode(self, x):
        return self.encoder(x)

    def decode(self, z):
        return self.decoder(z)

    def draw(self, x):
        """(z, KL) for one draw."""
        mean, log_var = self.encode(x)
        return self.sampling(mean, log_var), kl_to_standard_normal(mean, log_var)

    def call(self, inputs, training=None):
        return self.decode(self.draw(inputs)[0])

    def elbo_terms(self, x):
        z, kl = self.draw(x)
        return [self.likelihood.negative_log_likelihood(x, self.decode(z)), kl]

    def train_step(self, data):
        x = data[0] if isinstance(data, tuple) else data
        with tf.GradientTape() as tape:
            terms = self.elbo_terms(x)
            loss = tf.reduce_mean(terms[0]) + tf.reduce_mean(terms[1])
        variables = self.encoder.trainable_variables + self.decoder.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return self.update_trackers(*terms)

    def test_step(self, data):
        x = data[0] if isinstance(data, tuple) else data
        return self.update_trackers(*self.elbo_terms(x))

    def sample(self, num_samples):
        return self.likelihood.mean(self.decode(tf.random.normal([num_samples, self.latent_dim])))

    def reconstruct(self, x):
        return self.likelihood.mean(self.decode(self.encode(x)[0]))

    def get_config(self):
        parts = {name: getattr(self, name) for name in ("encoder", "decoder", "likelihood")}
        plain = {name: keras.saving.serialize_keras_object(part) for name, part in parts.items()}
        return {**super().get_config(), **plain}

    @classmethod
    def from_config(cls, config):
        restore = keras.saving.deserialize_keras_object
        encoder, decoder, likelihood = (restore(config.pop(n)) for n in ("encoder", "decoder", "likelihood"))
        return cls(encoder, decoder, likelihood, **config)
