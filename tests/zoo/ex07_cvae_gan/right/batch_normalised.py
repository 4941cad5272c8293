# The discriminator has a batch normalisation that is told whether this is training, and three convolutions.

# %% grade_id="features"
@keras.saving.register_keras_serializable(package="cvae_gan")
class FeatureDiscriminator(keras.Model):
    """Is this image real, and by what do you tell? After Larsen et al. (2016).

    Args:
        filters: int, of the first convolution; the second has twice as many.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, filters=32, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.look = layers.Conv2D(filters, 4, strides=2, padding="same")
        self.look_closer = layers.Conv2D(2 * filters, 4, strides=2, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization()
        self.leak = layers.LeakyReLU(negative_slope=0.2)
        self.third = layers.Conv2D(filters, 3, padding="same")
        self.flatten = layers.Flatten()
        self.head = layers.Dense(1)

    def call(self, x, training=None):
        """Return what equation (2) says of each image.

        Args:
            x: float, (batch, height, width, channels).
            training: bool or None; of no consequence to layers that are the same in training and in use.

        Returns:
            (logits (batch, 1), features (batch, num_features)), both float32 and unbounded.
        """
        x = self.leak(self.look(x))
        x = self.leak(self.norm(self.look_closer(x), training=training))
        features = self.flatten(self.leak(self.third(x)))
        return self.head(features), features

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(filters=self.filters)
        return config
