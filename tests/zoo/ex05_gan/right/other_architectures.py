# A generator that enlarges by UpSampling2D, a deeper discriminator with dropout, both functional inside.

# %% grade_id="generator"
@keras.saving.register_keras_serializable(package="gan")
class Generator(keras.Model):
    def __init__(self, latent_dim=64, image_shape=(28, 28, 1), filters=64, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim, self.image_shape, self.filters = latent_dim, image_shape, filters
        height, width, channels = image_shape
        z = keras.Input((latent_dim,))
        x = layers.Dense(height // 4 * (width // 4) * filters)(z)
        x = layers.Reshape((height // 4, width // 4, filters))(x)
        for _ in range(2):
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.8)(x))
            x = layers.Conv2D(filters, 3, padding="same")(layers.UpSampling2D()(x))
        x = layers.Conv2D(channels, 3, padding="same")(layers.Activation("relu")(layers.BatchNormalization()(x)))
        self.network = keras.Model(z, layers.Activation("sigmoid")(x))

    def call(self, z, training=None):
        return self.network(z, training=training)

    def get_config(self):
        arguments = {"latent_dim": self.latent_dim, "image_shape": list(self.image_shape), "filters": self.filters}
        return {**super().get_config(), **arguments}

# %% grade_id="discriminator"
@keras.saving.register_keras_serializable(package="gan")
class Discriminator(keras.Model):
    def __init__(self, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.network = keras.Sequential(
            [
                layers.Conv2D(filters, 3, padding="same"),
                layers.LeakyReLU(0.2),
                layers.Dropout(0.3),
                layers.Conv2D(filters, 4, strides=2, padding="same"),
                layers.BatchNormalization(),
                layers.Activation(lambda x: keras.activations.leaky_relu(x, 0.2)),
                layers.Conv2D(2 * filters, 4, strides=2, padding="same"),
                layers.LeakyReLU(0.2),
                layers.GlobalAveragePooling2D(),
                layers.Dense(1, use_bias=False),
            ]
        )

    def call(self, inputs):
        return self.network(inputs)

    def get_config(self):
        return dict(super().get_config(), filters=self.filters)
