# Kernels with weight decay and an activity penalty by add_loss, whose losses join the step.

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
        self.project = layers.Dense(math.prod(seed_shape), kernel_regularizer="l2")
        self.reshape = layers.Reshape(seed_shape)
        self.project_norm = layers.BatchNormalization()
        self.enlarge = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)
        self.enlarge_norm = layers.BatchNormalization()
        self.paint = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid")

    def call(self, z, training=None):
        x = self.reshape(self.project(z))  # (batch, 7, 7, 2 * filters) for 28 x 28 images
        x = ops.relu(self.project_norm(x, training=training))
        x = self.enlarge(x)  # (batch, 14, 14, filters)
        x = ops.relu(self.enlarge_norm(x, training=training))
        self.add_loss(1e-4 * ops.mean(ops.square(x)))
        return self.paint(x)

    def get_config(self):
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, image_shape=self.image_shape, filters=self.filters)
        return config

# %% grade_id="discriminator"
@keras.saving.register_keras_serializable(package="gan")
class Discriminator(keras.Model):
    def __init__(self, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.look = layers.SeparableConv2D(filters, 4, strides=2, padding="same", depthwise_regularizer="l2")
        self.look_closer = layers.Conv2D(2 * filters, 4, strides=2, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization()
        self.leak = layers.LeakyReLU(negative_slope=0.2)
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

# %% grade_id="gan"
@keras.saving.register_keras_serializable(package="gan")
class GAN(BaseGAN):
    def __init__(self, generator, discriminator, latent_dim, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, seed=seed, **kwargs)
        if not 0.0 <= label_noise < 1.0:
            raise ValueError(f"label_noise is a width within [0, 1), received {label_noise}.")
        self.label_noise = label_noise

    def targets(self, logits):
        off_real, off_fake = (
            keras.random.uniform(ops.shape(logits), 0.0, self.label_noise, seed=self.seed_generator)
            for _ in range(2)
        )
        return 1.0 - off_real, off_fake

    def train_discriminator(self, real_images):
        fake_images = self.generator(self.noise(ops.shape(real_images)[0]), training=True)
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(real_images, training=True)
            fake_logits = self.discriminator(fake_images, training=True)
            loss = ops.mean(discriminator_loss(real_logits, fake_logits, *self.targets(real_logits)))
            if self.discriminator.losses:
                loss = loss + ops.sum(ops.stack(self.discriminator.losses))
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_generator(self, batch_size):
        with tf.GradientTape() as tape:
            fake_images = self.generator(self.noise(batch_size), training=True)
            fake_logits = self.discriminator(fake_images, training=True)
            loss = ops.mean(generator_loss(fake_logits)) + sum(self.generator.losses)
        variables = self.generator.trainable_variables
        self.generator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_step(self, data):
        real_images = self.inputs_of(data)
        d_loss = self.train_discriminator(real_images)
        g_loss = self.train_generator(ops.shape(real_images)[0])
        return self.update_trackers(d_loss, g_loss)

    def sample(self, num_samples):
        return self.generate(self.noise(num_samples))

    def get_config(self):
        config = super().get_config()
        for part in ("generator", "discriminator"):
            config[part] = keras.saving.serialize_keras_object(getattr(self, part))
        config.update(latent_dim=self.latent_dim, label_noise=self.label_noise, seed=self.seed)
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for part in ("generator", "discriminator"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
