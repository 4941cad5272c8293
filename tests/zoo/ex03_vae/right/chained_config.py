# The registered names, from_config by the constructor, mean through the parent class.

# %% grade_id="decoder"
@keras.saving.register_keras_serializable(package="anything", name="PixelDecoder")
class Decoder(keras.Model):
    def __init__(self, image_shape=(28, 28, 1), hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = tuple(image_shape)
        self.hidden_units = hidden_units
        num_pixels = math.prod(self.image_shape)
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.pixels = layers.Dense(num_pixels)
        self.reshape = layers.Reshape(self.image_shape)

    def call(self, z):
        return self.reshape(self.pixels(self.hidden(z)))

    def get_config(self):
        config = super().get_config()
        config.update(image_shape=self.image_shape, hidden_units=self.hidden_units)
        return config

# %% grade_id="vae"
@keras.saving.register_keras_serializable(package="vae")
class VAE(BaseVAE):
    def __init__(self, encoder, decoder, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.likelihood = BernoulliLikelihood() if likelihood is None else likelihood
        self.sampling = Sampling()

    def encode(self, x):
        z_mean, z_log_var = self.encoder(x)
        return z_mean, z_log_var

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
            loss = ops.mean(reconstruction_loss + kl_loss)
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
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "decoder": serialize(self.decoder),
            "likelihood": serialize(self.likelihood),
            "version": 2,
        }

    @classmethod
    def from_config(cls, config):
        known = {k: v for k, v in config.items() if k != "version"}
        parts = ("encoder", "decoder", "likelihood")
        restored = [keras.saving.deserialize_keras_object(known.pop(part), safe_mode=True) for part in parts]
        return cls(*restored, **known)
