# Real targets are pushed beyond 1.
# fails: test_label_noise
# hints: label-noise-outside

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
        return 1.0 + off_real, off_fake

    def train_discriminator(self, real_images):
        fake_images = self.generator(self.noise(ops.shape(real_images)[0]), training=True)
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(real_images, training=True)
            fake_logits = self.discriminator(fake_images, training=True)
            loss = ops.mean(discriminator_loss(real_logits, fake_logits, *self.targets(real_logits)))
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_generator(self, batch_size):
        with tf.GradientTape() as tape:
            fake_images = self.generator(self.noise(batch_size), training=True)
            fake_logits = self.discriminator(fake_images, training=True)
            loss = ops.mean(generator_loss(fake_logits))
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
