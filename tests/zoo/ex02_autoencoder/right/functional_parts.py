# The networks wrap functional and sequential models, made when the sizes are known.

# %% grade_id="conv_encoder"
@keras.saving.register_keras_serializable(package="autoencoder")
class ConvEncoder(keras.Model):
    def __init__(self, latent_dim=16, filters=16, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.filters = filters
        self.inner = None

    def build(self, input_shape):
        x = keras.Input(input_shape[1:])
        h = layers.Conv2D(self.filters, (3, 3), (2, 2), "same", activation="relu")(x)
        h = layers.Conv2D(self.filters * 2, (3, 3), (2, 2), "same", activation="relu")(h)
        self.inner = keras.Model(x, layers.Dense(self.latent_dim)(layers.Flatten()(h)))
        self.built = True

    def call(self, x):
        return self.inner(x)

    def get_config(self):
        return super().get_config() | {"latent_dim": self.latent_dim, "filters": self.filters}

# %% grade_id="conv_decoder"
@keras.saving.register_keras_serializable(package="autoencoder")
class ConvDecoder(keras.Model):
    def __init__(self, image_shape=(28, 28, 1), filters=16, activation="sigmoid", **kwargs):
        super().__init__(**kwargs)
        self.image_shape = tuple(image_shape)
        self.filters = filters
        self.activation = activation
        height, width, channels = self.image_shape
        maps = (height // 4, width // 4, 2 * filters)
        self.stack = keras.Sequential(
            [
                layers.Dense(maps[0] * maps[1] * maps[2]),
                layers.ReLU(),
                layers.Reshape(maps),
                layers.Conv2DTranspose(filters, 3, strides=2, padding="same"),
                layers.ReLU(),
                layers.Conv2DTranspose(channels, 3, strides=2, padding="same"),
                layers.Activation(activation),
            ]
        )

    def call(self, z, training=None):
        return self.stack(z, training=training)

    def get_config(self):
        config = super().get_config()
        return config | {"image_shape": self.image_shape, "filters": self.filters, "activation": self.activation}
