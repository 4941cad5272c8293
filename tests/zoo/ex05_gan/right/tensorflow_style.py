# TensorFlow's functions throughout: its random numbers, cross-entropies, apply_gradients.

# %% grade_id="discriminator_loss"
def discriminator_loss(real_logits, fake_logits, real_target=1.0, fake_target=0.0):
    def side(logits, target):
        logits = tf.squeeze(logits, axis=-1) if len(logits.shape) == 2 else logits
        target = tf.reshape(tf.cast(target, logits.dtype), [-1]) * tf.ones_like(logits)
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits)

    return tf.add(side(real_logits, real_target), side(fake_logits, fake_target))

# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    return -tf.math.log_sigmoid(tf.reshape(fake_logits, [-1]))


def saturating_generator_loss(fake_logits):
    return tf.math.log_sigmoid(-tf.reshape(fake_logits, [-1]))

# %% grade_id="gan"
@keras.saving.register_keras_serializable(package="gan")
class GAN(BaseGAN):
    def __init__(self, generator, discriminator, latent_dim, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, seed=seed, **kwargs)
        if not 0.0 <= label_noise < 1.0:
            raise ValueError(f"label_noise is a width within [0, 1), received {label_noise}.")
        self.label_noise = label_noise

    def targets(self, logits):
        shape = tf.shape(logits)
        real = tf.random.uniform(shape, minval=1.0 - self.label_noise, maxval=1.0)
        return real, tf.random.uniform(shape, maxval=self.label_noise)

    def train_discriminator(self, real_images):
        z = tf.random.normal([tf.shape(real_images)[0], self.latent_dim])
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in self.discriminator.trainable_variables])
            fake_logits = self.discriminator(tf.stop_gradient(self.generator(z, training=True)), training=True)
            real_logits = self.discriminator(real_images, training=True)
            real_target, fake_target = self.targets(fake_logits)
            loss = tf.reduce_mean(discriminator_loss(real_logits, fake_logits, real_target, fake_target))
        gradients = tape.gradient(loss, [v.value for v in self.discriminator.trainable_variables])
        pairs = zip(gradients, self.discriminator.trainable_variables, strict=True)
        self.discriminator_optimizer.apply_gradients(pairs)
        return loss

    def train_generator(self, batch_size):
        with tf.GradientTape() as tape:
            fake_images = self.generator(tf.random.normal([batch_size, self.latent_dim]), training=True)
            fake_logits = self.discriminator(fake_images, training=False)
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
