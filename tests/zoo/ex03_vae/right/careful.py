# Log-variances kept in a safe range, extra methods and properties, a sampling layer with its own generator.

# %% grade_id="sampling"
@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    """Keeps a tf.random.Generator."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.generator = (
            tf.random.Generator.from_non_deterministic_state() if seed is None else tf.random.Generator.from_seed(seed)
        )

    def call(self, z_mean, z_log_var):
        z_mean = tf.convert_to_tensor(z_mean)
        epsilon = self.generator.normal(tf.shape(z_mean))
        return tf.math.multiply_no_nan(epsilon, tf.exp(tf.multiply(z_log_var, 0.5))) + z_mean

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}

# %% grade_id="vae"
@keras.saving.register_keras_serializable(package="vae")
class VAE(BaseVAE):
    def __init__(self, encoder, decoder, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.likelihood = BernoulliLikelihood() if likelihood is None else likelihood
        self.sampling = Sampling()

    @property
    def beta(self):
        """Weight of the KL; 1 is the ELBO."""
        return 1.0

    def encode(self, x):
        z_mean, z_log_var = self.encoder(x)
        return z_mean, ops.clip(z_log_var, -30.0, 20.0)

    def posterior_std(self, x):
        return ops.exp(0.5 * self.encode(x)[1])

    def decode(self, z):
        return self.decoder(z)

    def call(self, x):
        z_mean, z_log_var = self.encode(x)
        return self.decode(self.sampling(z_mean, z_log_var))

    def elbo_terms(self, x):
        z_mean, z_log_var = self.encode(x)
        parameters = self.decode(self.sampling(z_mean, z_log_var))
        reconstruction_loss = self.likelihood.negative_log_likelihood(x, parameters)
        return reconstruction_loss, kl_to_standard_normal(z_mean, z_log_var)

    def train_step(self, data):
        x = self.inputs_of(data)
        with tf.GradientTape() as tape:
            reconstruction_loss, kl_loss = self.elbo_terms(x)
            loss = ops.mean(reconstruction_loss) + self.beta * ops.mean(kl_loss)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return self.update_trackers(reconstruction_loss, kl_loss)

    def test_step(self, data):
        x = self.inputs_of(data)
        reconstruction_loss, kl_loss = self.elbo_terms(x)
        return self.update_trackers(reconstruction_loss, kl_loss)

    def sample(self, num_samples):
        z = keras.random.normal((num_samples, self.latent_dim))
        return self.likelihood.mean(self.decode(z))

    def reconstruct(self, x):
        z_mean, _ = self.encode(x)
        return self.likelihood.mean(self.decode(z_mean))

    def get_config(self):
        config = super().get_config()
        for part in ("encoder", "decoder", "likelihood"):
            config[part] = keras.saving.serialize_keras_object(getattr(self, part))
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for part in ("encoder", "decoder", "likelihood"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
