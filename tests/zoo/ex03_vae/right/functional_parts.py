# Encoder and decoder wrap functional sub-models.

# %% grade_id="encoder"
@keras.saving.register_keras_serializable(package="vae")
class Encoder(keras.Model):
    def __init__(self, latent_dim=10, hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.hidden_units = hidden_units
        self.functional = None

    def build(self, input_shape):
        x = keras.Input(input_shape[1:])
        h = layers.Dense(self.hidden_units, activation="relu")(layers.Flatten()(x))
        h = layers.Dense(self.hidden_units, activation="relu")(h)
        self.functional = keras.Model(x, [layers.Dense(self.latent_dim)(h), layers.Dense(self.latent_dim)(h)])
        self.built = True

    def call(self, x):
        return self.functional(x)

    def get_config(self):
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, hidden_units=self.hidden_units)
        return config

# %% grade_id="decoder"
@keras.saving.register_keras_serializable(package="vae")
class Decoder(keras.Model):
    def __init__(self, image_shape=(28, 28, 1), hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = image_shape
        self.hidden_units = hidden_units
        self.stack = [
            layers.Dense(hidden_units, activation="elu"),
            layers.Dense(math.prod(image_shape)),
            layers.Reshape(image_shape),
        ]

    def call(self, z):
        for layer in self.stack:
            z = layer(z)
        return z

    def get_config(self):
        config = super().get_config()
        config.update(image_shape=self.image_shape, hidden_units=self.hidden_units)
        return config
