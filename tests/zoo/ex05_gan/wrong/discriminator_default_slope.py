# LeakyReLU with Keras' default slope, 0.3.
# fails: test_discriminator_leaks
# hints: leaky-slope

# %% grade_id="discriminator"
@keras.saving.register_keras_serializable(package="gan")
class Discriminator(keras.Model):
    def __init__(self, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.look = layers.Conv2D(filters, 4, strides=2, padding="same")
        self.look_closer = layers.Conv2D(2 * filters, 4, strides=2, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization()
        self.leak = layers.LeakyReLU()
        self.flatten = layers.Flatten()
        self.judge = layers.Dense(1)

    def call(self, x, training=None):
        x = self.leak(self.look(x))  # (batch, 14, 14, filters) for 28 x 28 images
        x = self.leak(self.norm(self.look_closer(x), training=training))  # (batch, 7, 7, 2 * filters)
        return self.judge(self.flatten(x))

    def get_config(self):
        config = super().get_config()
        config.update(filters=self.filters)
        return config
