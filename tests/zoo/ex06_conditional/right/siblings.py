# The AC-GAN inherits from the conditional GAN; both share one pair of steps and differ in what is asked of the judge.

# %% grade_id="cgan"
@keras.saving.register_keras_serializable(package="conditional")
class ConditionalGAN(LabelledGAN):
    def answers(self, images, labels):
        told = append_to_data(images, ops.stop_gradient(self.condition(labels)))
        return self.discriminator(told, training=True), 0.0

    def train_discriminator(self, images, labels):
        with tf.GradientTape() as tape:
            with tape.stop_recording():
                fakes = self.fakes(labels)
            real, real_extra = self.answers(images, labels)
            fake, fake_extra = self.answers(fakes, labels)
            losses = discriminator_loss(real, fake, *self.targets(real)) + real_extra + fake_extra
            loss = ops.mean(losses)
        self._step(self.discriminator_optimizer, tape, loss, self.discriminator.trainable_variables)
        return loss

    def train_generator(self, labels):
        with tf.GradientTape() as tape:
            fake, extra = self.answers(self.fakes(labels), labels)
            loss = ops.mean(generator_loss(fake) + extra)
        self._step(self.generator_optimizer, tape, loss, self.generator_side)
        return loss

    def _step(self, optimizer, tape, loss, variables):
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))

# %% grade_id="acgan"
@keras.saving.register_keras_serializable(package="conditional")
class ACGAN(ConditionalGAN):
    def __init__(
        self, generator, discriminator, latent_dim, condition, class_weight=1.0, label_noise=0.0, seed=None, **kwargs
    ):
        super().__init__(generator, discriminator, latent_dim, condition, label_noise, seed, **kwargs)
        self.class_weight = class_weight

    def answers(self, images, labels):
        logits, classes = self.discriminator(images, training=True)
        return logits, self.class_weight * class_loss(classes, labels)

    def get_config(self):
        config = super().get_config()
        config["class_weight"] = self.class_weight
        return config
