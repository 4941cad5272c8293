# Losses and noise in float64, results cast where the networks want float32.

# %% grade_id="auxiliary"
def class_loss(class_logits, labels):
    log_shares = ops.log_softmax(ops.cast(class_logits, "float64"), axis=-1)
    return -ops.take_along_axis(log_shares, ops.cast(labels, "int32")[:, None], axis=1)[:, 0]


@keras.saving.register_keras_serializable(package="conditional")
class AuxiliaryDiscriminator(keras.Model):
    def __init__(self, num_classes, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.filters = filters
        self.trunk = keras.Sequential()
        for factor in (1, 2, 3):
            self.trunk.add(layers.Conv2D(factor * filters, 3, strides=2, padding="same"))
            self.trunk.add(layers.LayerNormalization())
            self.trunk.add(layers.LeakyReLU(negative_slope=0.2))
        self.trunk.add(layers.Flatten())
        self.authenticity = layers.Dense(1)
        self.classes = layers.Dense(num_classes)

    def call(self, x, training=None):
        x = self.trunk(x, training=training)
        return self.authenticity(x), self.classes(x)

    def get_config(self):
        config = super().get_config()
        config.update({"num_classes": self.num_classes, "filters": self.filters})
        return config

# %% grade_id="cgan"
@keras.saving.register_keras_serializable(package="conditional")
class ConditionalGAN(LabelledGAN):
    def discriminator_mean(self, images, labels):
        c = self.condition(labels)
        fakes = ops.stop_gradient(self.fakes(labels))
        real = self.discriminator(append_to_data(images, c), training=True)
        fake = self.discriminator(append_to_data(fakes, c), training=True)
        return ops.mean(ops.cast(discriminator_loss(real, fake, *self.targets(real)), "float64"))

    def generator_mean(self, labels):
        c = ops.stop_gradient(self.condition(labels))
        logits = self.discriminator(append_to_data(self.fakes(labels), c), training=True)
        return ops.mean(ops.cast(generator_loss(logits), "float64"))

    def move(self, optimizer, variables, loss_of, *data):
        with tf.GradientTape() as tape:
            loss = loss_of(*data)
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_discriminator(self, images, labels):
        side = self.discriminator.trainable_variables
        return self.move(self.discriminator_optimizer, side, self.discriminator_mean, images, labels)

    def train_generator(self, labels):
        return self.move(self.generator_optimizer, self.generator_side, self.generator_mean, labels)

# %% grade_id="acgan"
@keras.saving.register_keras_serializable(package="conditional")
class ACGAN(LabelledGAN):
    def __init__(
        self, generator, discriminator, latent_dim, condition, class_weight=1.0, label_noise=0.0, seed=None, **kwargs
    ):
        super().__init__(generator, discriminator, latent_dim, condition, label_noise, seed, **kwargs)
        self.class_weight = class_weight

    def train_discriminator(self, images, labels):
        fakes = self.fakes(labels)
        with tf.GradientTape() as tape:
            answers = [self.discriminator(x, training=True) for x in (images, fakes)]
            logits = [answer[0] for answer in answers]
            classes = sum(class_loss(answer[1], labels) for answer in answers)
            authenticity = ops.cast(discriminator_loss(*logits, *self.targets(logits[0])), "float64")
            loss = ops.mean(authenticity + self.class_weight * classes)
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_generator(self, labels):
        with tf.GradientTape() as tape:
            logits, classes = self.discriminator(self.fakes(labels), training=True)
            losses = ops.cast(generator_loss(logits), "float64") + self.class_weight * class_loss(classes, labels)
            loss = ops.mean(losses)
        variables = self.generator_side
        self.generator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def get_config(self):
        return super().get_config() | {"class_weight": self.class_weight}
