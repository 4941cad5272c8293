# Each side's step is a tf.function of its own; epoch means are kept by hand in the base class's trackers.

# %% grade_id="labelled_gan"
@keras.saving.register_keras_serializable(package="conditional")
class LabelledGAN(GAN):
    """A GAN whose generator is told the label."""

    def __init__(self, generator, discriminator, latent_dim, condition, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, label_noise=label_noise, seed=seed, **kwargs)
        self.condition = condition

    @property
    def generator_side(self):
        return [*self.generator.trainable_variables, *self.condition.trainable_variables]

    def fakes(self, labels, training=True):
        c = self.condition(labels)
        z = keras.random.normal((ops.shape(c)[0], self.latent_dim), seed=self.seed_generator)
        return self.generator(append_condition(z, c), training=training)

    def generate(self, z, labels):
        z = ops.convert_to_tensor(z, dtype="float32")
        return self.generator(append_condition(z, self.condition(labels)))

    def sample(self, num_samples, labels=None):
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        return self.fakes(labels, training=False)

    def train_step(self, data):
        images, labels = images_and_labels(data)
        return self.update_trackers(
            discriminator_loss=self.train_discriminator(images, labels),
            generator_loss=self.train_generator(labels),
        )

    def get_config(self):
        config = super().get_config()
        config.update(condition=keras.saving.serialize_keras_object(self.condition))
        return config

    @classmethod
    def from_config(cls, config):
        condition = keras.saving.deserialize_keras_object(config["condition"])
        return super().from_config({**config, "condition": condition})

# %% grade_id="cgan"
@keras.saving.register_keras_serializable(package="conditional")
class ConditionalGAN(LabelledGAN):
    @tf.function
    def train_discriminator(self, images, labels):
        c = self.condition(labels)
        fakes = self.fakes(labels)
        with tf.GradientTape() as tape:
            real = self.discriminator(append_to_data(images, c), training=True)
            fake = self.discriminator(append_to_data(fakes, c), training=True)
            loss = ops.mean(discriminator_loss(real, fake, *self.targets(real)))
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    @tf.function
    def train_generator(self, labels):
        c = ops.stop_gradient(self.condition(labels))
        with tf.GradientTape() as tape:
            loss = ops.mean(generator_loss(self.discriminator(append_to_data(self.fakes(labels), c), training=True)))
        variables = self.generator_side
        self.generator_optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss
