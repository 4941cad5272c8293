# The body of the discriminator is a Sequential; the features come of a hidden Dense layer.

# %% grade_id="features"
@keras.saving.register_keras_serializable(package="cvae_gan")
class FeatureDiscriminator(keras.Model):
    def __init__(self, filters=32, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.body = keras.Sequential(
            [
                layers.Conv2D(filters, 3, strides=2, padding="same", activation="leaky_relu"),
                layers.Conv2D(filters * 2, 3, strides=2, padding="same", activation="leaky_relu"),
                layers.Flatten(),
                layers.Dense(24, activation="leaky_relu"),
            ]
        )
        self.head = layers.Dense(1)

    def call(self, x, training=None):
        features = self.body(x, training=training)
        return [self.head(features), features]

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}
