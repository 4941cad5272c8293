# Batch normalisation after every layer, the last one too, as the slides say.
# fails: test_generator_normalises_batches
# hints: batchnorm-at-output

# %% grade_id="generator"
@keras.saving.register_keras_serializable(package="gan")
class Generator(keras.Model):
    def __init__(self, latent_dim=64, image_shape=(28, 28, 1), filters=64, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.image_shape = tuple(image_shape)
        self.filters = filters
        height, width, channels = self.image_shape
        if height % 4 or width % 4:
            raise ValueError(
                "Two strides of 2 enlarge an image four times: expected height and width divisible by 4, "
                f"received {self.image_shape}. Crop or pad the images."
            )
        seed_shape = (height // 4, width // 4, 2 * filters)
        self.project = layers.Dense(math.prod(seed_shape), use_bias=False)
        self.reshape = layers.Reshape(seed_shape)
        self.project_norm = layers.BatchNormalization()
        self.enlarge = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)
        self.enlarge_norm = layers.BatchNormalization()
        self.paint = layers.Conv2DTranspose(channels, 4, strides=2, padding="same")
        self.paint_norm = layers.BatchNormalization()

    def call(self, z, training=None):
        x = self.reshape(self.project(z))  # (batch, 7, 7, 2 * filters) for 28 x 28 images
        x = ops.relu(self.project_norm(x, training=training))
        x = self.enlarge(x)  # (batch, 14, 14, filters)
        x = ops.relu(self.enlarge_norm(x, training=training))
        return ops.sigmoid(self.paint_norm(self.paint(x), training=training))  # (batch, 28, 28, 1)

    def get_config(self):
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, image_shape=self.image_shape, filters=self.filters)
        return config
