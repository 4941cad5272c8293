# Convolutions in both networks.

# %% grade_id="encoder"
@keras.saving.register_keras_serializable(package="vae")
class Encoder(keras.Model):
    def __init__(self, latent_dim=10, hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.hidden_units = hidden_units
        self.conv1 = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.mean_head = layers.Dense(latent_dim)
        self.log_var_head = layers.Dense(latent_dim)

    def call(self, x):
        h = self.hidden(self.flatten(self.conv2(self.conv1(x))))
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
        height, width, channels = self.image_shape
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.planes = layers.Dense(height * width * 4, activation="relu")
        self.reshape = layers.Reshape((height, width, 4))
        self.conv = layers.Conv2D(channels, 3, padding="same")

    def call(self, z):
        return self.conv(self.reshape(self.planes(self.hidden(z))))

    def get_config(self):
        config = super().get_config()
        config.update(image_shape=self.image_shape, hidden_units=self.hidden_units)
        return config
