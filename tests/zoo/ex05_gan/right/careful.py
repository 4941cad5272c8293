# Checks its arguments, has its own seeds and noise, other names, and from_config by popping.

# %% grade_id="gan"
@keras.saving.register_keras_serializable(package="anything", name="Game")
class GAN(BaseGAN):
    def __init__(self, generator, discriminator, latent_dim, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, seed=seed, **kwargs)
        self.label_noise = float(label_noise)
        self.dice = keras.random.SeedGenerator(None if seed is None else seed + 1)

    def z(self, num):
        return keras.random.normal(shape=(num, self.latent_dim), mean=0.0, stddev=1.0, seed=self.dice)

    def targets(self, size):
        if self.label_noise == 0.0:
            return 1.0, 0.0
        noise = self.label_noise * keras.random.uniform((2, size), seed=self.dice)
        return 1.0 - noise[0], noise[1]

    def train_discriminator(self, real_images):
        real_images = ops.convert_to_tensor(real_images)
        size = ops.shape(real_images)[0]
        real_target, fake_target = self.targets(size)
        with tf.GradientTape() as tape:
            fake_logits = self.discriminator(self.generator(self.z(size), training=True), training=True)
            real_logits = self.discriminator(real_images, training=True)
            losses = discriminator_loss(
                fake_logits=fake_logits, real_logits=real_logits, real_target=real_target, fake_target=fake_target
            )
            loss = ops.sum(losses) / ops.cast(ops.size(losses), losses.dtype)
        gradients = tape.gradient(loss, self.discriminator.trainable_weights)
        self.discriminator_optimizer.apply(gradients, self.discriminator.trainable_weights)
        return loss

    def train_generator(self, batch_size):
        self.discriminator.trainable = False
        with tf.GradientTape() as tape:
            losses = generator_loss(self.discriminator(self.generator(self.z(batch_size), training=True)))
            loss = ops.mean(losses)
        gradients = tape.gradient(loss, self.generator.trainable_weights)
        self.generator_optimizer.apply_gradients(zip(gradients, self.generator.trainable_weights, strict=True))
        self.discriminator.trainable = True
        return loss

    def train_step(self, data):
        if isinstance(data, (tuple, list)):
            data = data[0]
        d_loss, g_loss = self.train_discriminator(data), self.train_generator(tf.shape(data)[0])
        self.discriminator_loss_tracker.update_state(d_loss)
        self.generator_loss_tracker.update_state(g_loss)
        return {metric.name: metric.result() for metric in self.metrics}

    def sample(self, num_samples):
        return self.generator(self.z(num_samples), training=False)

    def get_config(self):
        parts = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in ("generator", "discriminator")}
        arguments = {"latent_dim": self.latent_dim, "label_noise": self.label_noise, "seed": self.seed}
        return super().get_config() | parts | arguments | {"version": 1}

    @classmethod
    def from_config(cls, config):
        config = {key: value for key, value in config.items() if key != "version"}
        parts = [keras.saving.deserialize_keras_object(config.pop(name)) for name in ("generator", "discriminator")]
        return cls(*parts, config.pop("latent_dim"), **config)
