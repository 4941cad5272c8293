# The losses written out, fakes made on the tape, the condition computed each time anew.

# %% grade_id="auxiliary"
def class_loss(class_logits, labels):
    top = ops.stop_gradient(ops.max(class_logits, axis=1, keepdims=True))
    shifted = class_logits - top
    log_sum = ops.log(ops.sum(ops.exp(shifted), axis=1))
    chosen = ops.sum(shifted * ops.one_hot(ops.cast(labels, "int32"), class_logits.shape[1]), axis=1)
    return log_sum - chosen


@keras.saving.register_keras_serializable(package="conditional")
class AuxiliaryDiscriminator(keras.Model):
    def __init__(self, num_classes, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.filters = filters
        self.look = layers.Conv2D(filters, 4, strides=2, padding="same")
        self.look_again = layers.Conv2D(filters * 2, 4, strides=2, padding="same")
        self.judge = layers.Dense(1)
        self.name_it = layers.Dense(num_classes)

    def call(self, x):
        x = ops.leaky_relu(self.look(x), 0.2)
        x = ops.leaky_relu(self.look_again(x), 0.2)
        x = ops.reshape(x, (-1, x.shape[1] * x.shape[2] * x.shape[3]))
        return self.judge(x), self.name_it(x)

    def get_config(self):
        config = super().get_config()
        config["num_classes"] = self.num_classes
        config["filters"] = self.filters
        return config

# %% grade_id="cgan"
@keras.saving.register_keras_serializable(package="conditional")
class ConditionalGAN(LabelledGAN):
    def train_discriminator(self, images, labels):
        with tf.GradientTape() as tape:
            fake = self.discriminator(append_to_data(self.fakes(labels), self.condition(labels)), training=True)
            real = self.discriminator(append_to_data(images, self.condition(labels)), training=True)
            one, zero = self.targets(real)
            losses = one * ops.softplus(-real) + (1 - one) * ops.softplus(real)
            losses += zero * ops.softplus(-fake) + (1 - zero) * ops.softplus(fake)
            loss = ops.sum(losses) / ops.cast(ops.shape(labels)[0], "float32")
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def train_generator(self, labels):
        side = self.generator_side
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in side])
            fakes = self.fakes(labels)
            told = append_to_data(fakes, ops.stop_gradient(self.condition(labels)))
            loss = -ops.mean(ops.log_sigmoid(self.discriminator(told, training=True)))
        self.generator_optimizer.apply_gradients(zip(tape.gradient(loss, [v.value for v in side]), side))
        return loss

# %% grade_id="acgan"
@keras.saving.register_keras_serializable(package="conditional")
class ACGAN(LabelledGAN):
    def __init__(
        self, generator, discriminator, latent_dim, condition, class_weight=1.0, label_noise=0.0, seed=None, **kwargs
    ):
        super().__init__(
            generator, discriminator, latent_dim, condition, label_noise=label_noise, seed=seed, **kwargs
        )
        self.class_weight = float(class_weight)

    def judged(self, images, labels):
        logits, classes = self.discriminator(images, training=True)
        return logits, ops.mean(class_loss(classes, labels))

    def train_discriminator(self, images, labels):
        with tf.GradientTape() as tape:
            fake, fake_class = self.judged(self.fakes(labels), labels)
            real, real_class = self.judged(images, labels)
            loss = ops.mean(discriminator_loss(real, fake, *self.targets(real)))
            loss = loss + self.class_weight * (real_class + fake_class)
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def train_generator(self, labels):
        with tf.GradientTape() as tape:
            fake, fake_class = self.judged(self.fakes(labels), labels)
            loss = ops.mean(generator_loss(fake)) + self.class_weight * fake_class
        self.generator_optimizer.apply_gradients(zip(tape.gradient(loss, self.generator_side), self.generator_side))
        return loss

    def get_config(self):
        return {**super().get_config(), "class_weight": self.class_weight}
