# get_config forgets hidden_units.
# fails: test_decoder_config
# hints: config-returns-defaults

# %% grade_id="decoder"
@keras.saving.register_keras_serializable(package="vae")
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
        config.update(image_shape=self.image_shape)
        return config
