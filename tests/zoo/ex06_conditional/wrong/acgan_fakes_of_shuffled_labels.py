# The class loss of fakes uses other labels than they were asked for.
# fails: test_acgan_discriminator_loss
# hints: fakes-of-random-labels

# %% grade_id="acgan"
@keras.saving.register_keras_serializable(package="conditional")
class ACGAN(LabelledGAN):
    def __init__(
        self, generator, discriminator, latent_dim, condition, class_weight=1.0, label_noise=0.0, seed=None,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, condition, label_noise, seed, **kwargs)
        self.class_weight = class_weight

    def train_discriminator(self, images, labels):
        fakes = self.fakes(keras.random.shuffle(labels))
        with tf.GradientTape() as tape:
            real_logits, real_classes = self.discriminator(images, training=True)
            fake_logits, fake_classes = self.discriminator(fakes, training=True)
            authenticity = discriminator_loss(real_logits, fake_logits, *self.targets(real_logits))
            classes = class_loss(real_classes, labels) + class_loss(fake_classes, labels)
            loss = ops.mean(authenticity + self.class_weight * classes)
        variables = self.discriminator.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.discriminator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    def train_generator(self, labels):
        with tf.GradientTape() as tape:
            fake_logits, fake_classes = self.discriminator(self.fakes(labels), training=True)
            loss = ops.mean(generator_loss(fake_logits) + self.class_weight * class_loss(fake_classes, labels))
        variables = self.generator_side
        gradients = tape.gradient(loss, variables)
        self.generator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    def get_config(self):
        config = super().get_config()
        config.update(class_weight=self.class_weight)
        return config
