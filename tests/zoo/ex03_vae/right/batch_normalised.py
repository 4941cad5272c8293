# Batch normalisation and dropout in the networks, with the training flag passed on.

# %% grade_id="encoder"
@keras.saving.register_keras_serializable(package="vae")
class Encoder(keras.Model):
    def __init__(self, latent_dim=10, hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.hidden_units = hidden_units
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(hidden_units)
        self.norm = layers.BatchNormalization(momentum=0.9)
        self.mean_head = layers.Dense(latent_dim)
        self.log_var_head = layers.Dense(latent_dim, kernel_initializer="zeros")

    def call(self, x, training=None):
        h = ops.relu(self.norm(self.hidden(self.flatten(x)), training=training))
        return self.mean_head(h), self.log_var_head(h)

    def get_config(self):
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, hidden_units=self.hidden_units)
        return config

# %% grade_id="decoder"
@keras.saving.register_keras_serializable(package="vae")
class Decoder(keras.Model):
    def __init__(self, image_shape=(28, 28, 1), hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = tuple(image_shape)
        self.hidden_units = hidden_units
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.norm = layers.LayerNormalization()
        self.dropout = layers.Dropout(0.1)
        self.pixels = layers.Dense(math.prod(self.image_shape))
        self.reshape = layers.Reshape(self.image_shape)

    def call(self, z, training=None):
        h = self.dropout(self.norm(self.hidden(z)), training=training)
        return self.reshape(self.pixels(h))

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

    def encode(self, x, training=False):
        z_mean, z_log_var = self.encoder(x, training=training)
        return z_mean, z_log_var

    def decode(self, z, training=False):
        return self.decoder(z, training=training)

    def call(self, x):
        z_mean, z_log_var = self.encode(x)
        return self.decode(self.sampling(z_mean, z_log_var))

    def elbo_terms(self, x, training=False):
        z_mean, z_log_var = self.encode(x, training)
        parameters = self.decode(self.sampling(z_mean, z_log_var), training)
        reconstruction_loss = self.likelihood.negative_log_likelihood(x, parameters)
        return reconstruction_loss, kl_to_standard_normal(z_mean, z_log_var)

    def train_step(self, data):
        x = self.inputs_of(data)
        with tf.GradientTape() as tape:
            reconstruction_loss, kl_loss = self.elbo_terms(x, training=True)
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
