# Everything right, nothing as in the lesson: TensorFlow's functions, no LabelledGAN under the two GANs, own train steps.

# %% grade_id="conditions"
@keras.saving.register_keras_serializable(package="mine")
class OneHotCondition(Condition):
    def __init__(self, num_classes, **kw):
        super().__init__(num_classes, **kw)
        self.identity = tf.eye(num_classes)

    def call(self, labels):
        return tf.gather(self.identity, labels)


@keras.saving.register_keras_serializable(package="mine")
class EmbeddingCondition(Condition):
    def __init__(self, num_classes, condition_dim=16, **kw):
        super().__init__(num_classes, **kw)
        self.condition_dim = condition_dim
        self.rows = layers.Dense(condition_dim, use_bias=False)
        self.rows.build((None, num_classes))

    def call(self, labels):
        return self.rows(tf.one_hot(labels, self.num_classes))

    def get_config(self):
        return dict(super().get_config(), condition_dim=self.condition_dim)

# %% grade_id="planes"
def append_condition(z, c):
    return tf.concat([z, tf.cast(c, z.dtype)], 1)


def append_planes(images, c):
    here = tf.ones_like(images[..., :1])
    return tf.concat([images, here * tf.cast(c, images.dtype)[:, tf.newaxis, tf.newaxis]], 3)

# %% grade_id="cvae"
@keras.saving.register_keras_serializable(package="mine")
class CVAE(VAE):
    def __init__(self, encoder, decoder, condition, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, likelihood, **kwargs)
        self.condition = condition

    @property
    def latent_dim(self):
        width = getattr(self.encoder, "latent_dim", None)
        return width if width else self.decoder.inputs[0].shape[1] - self.condition.condition_dim

    def inputs_of(self, data):
        if not isinstance(data, (tuple, list)) or len(data) < 2:
            raise TypeError("a CVAE needs images and their labels")
        return [data[0], tf.reshape(tf.cast(data[1], tf.int32), [-1])]

    def see(self, x, labels):
        c = self.condition(labels)
        return append_planes(x, c) if x.shape.rank == 4 else append_condition(x, c)

    def encode(self, x, labels):
        return self.encoder(self.see(x, labels))

    def decode(self, z, labels):
        return self.decoder(append_condition(z, self.condition(labels)))

    def draw(self, x, labels):
        mean, log_var = self.encode(x, labels)
        z = mean + tf.exp(log_var / 2) * tf.random.normal(tf.shape(mean))
        return self.decode(z, labels), kl_to_standard_normal(mean, log_var)

    def call(self, inputs):
        return self.draw(*inputs)[0]

    def elbo_terms(self, inputs):
        parameters, kl = self.draw(*inputs)
        return [self.likelihood.negative_log_likelihood(inputs[0], parameters), kl]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            terms = self.elbo_terms(self.inputs_of(data))
            loss = tf.reduce_mean(terms[0]) + tf.reduce_mean(terms[1])
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return self.update_trackers(*terms)

    def generate(self, z, labels):
        return self.likelihood.mean(self.decode(z, labels))

    def sample(self, num_samples, labels=None):
        if labels is None:
            labels = tf.range(num_samples) % self.condition.num_classes
        return self.generate(tf.random.normal([num_samples, self.latent_dim]), labels)

    def reconstruct(self, inputs):
        return self.generate(self.encode(*inputs)[0], inputs[1])

    def get_config(self):
        return {**super().get_config(), "condition": keras.saving.serialize_keras_object(self.condition)}

    @classmethod
    def from_config(cls, config):
        parts = ("encoder", "decoder", "condition", "likelihood")
        made = {name: keras.saving.deserialize_keras_object(config[name]) for name in parts}
        return cls(**{**config, **made})

# %% grade_id="labelled_gan"
@keras.saving.register_keras_serializable(package="mine")
class LabelledGAN(GAN):
    def __init__(self, generator, discriminator, latent_dim, condition, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, label_noise, seed, **kwargs)
        self.condition = condition

    def paint(self, z, labels, training):
        return self.generator(tf.concat([z, self.condition(labels)], axis=-1), training=training)

    def fakes(self, labels, training=True):
        return self.paint(tf.random.normal([tf.shape(labels)[0], self.latent_dim]), labels, training)

    def generate(self, z, labels):
        return self.paint(z, labels, False)

    def sample(self, num_samples, labels=None):
        if labels is None:
            labels = tf.range(num_samples) % self.condition.num_classes
        return self.fakes(labels, training=False)

    def train_step(self, data):
        if not isinstance(data, tuple) or len(data) < 2:
            raise ValueError("labels are missing")
        x, y = data[0], tf.cast(tf.reshape(data[1], [-1]), tf.int32)
        d = self.train_discriminator(x, y)
        g = self.train_generator(y)
        self.discriminator_loss_tracker.update_state(d)
        self.generator_loss_tracker.update_state(g)
        return {m.name: m.result() for m in self.metrics}

    def get_config(self):
        return {**super().get_config(), "condition": keras.saving.serialize_keras_object(self.condition)}

    @classmethod
    def from_config(cls, config):
        parts = ("generator", "discriminator", "condition")
        made = {name: keras.saving.deserialize_keras_object(config[name]) for name in parts}
        return cls(**{**config, **made})

# %% grade_id="cgan"
@keras.saving.register_keras_serializable(package="mine")
class ConditionalGAN(LabelledGAN):
    def answer(self, x, labels):
        c = tf.stop_gradient(self.condition(labels))
        return self.discriminator(append_to_data(x, c), training=True)[:, 0]

    def train_discriminator(self, images, labels):
        with tf.GradientTape() as tape:
            fake = self.answer(self.fakes(labels), labels)
            real = self.answer(images, labels)
            ones, zeros = self.targets(real)
            real_side = tf.nn.sigmoid_cross_entropy_with_logits(labels=ones, logits=real)
            fake_side = tf.nn.sigmoid_cross_entropy_with_logits(labels=zeros, logits=fake)
            loss = tf.reduce_mean(real_side) + tf.reduce_mean(fake_side)
        weights = self.discriminator.trainable_weights
        self.discriminator_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

    def train_generator(self, labels):
        with tf.GradientTape() as tape:
            logits = self.answer(self.fakes(labels), labels)
            loss = tf.reduce_mean(tf.nn.softplus(-logits))
        weights = self.generator.trainable_weights + self.condition.trainable_weights
        self.generator_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

# %% grade_id="auxiliary"
def class_loss(class_logits, labels):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=class_logits)


@keras.saving.register_keras_serializable(package="mine")
class AuxiliaryDiscriminator(keras.Model):
    def __init__(self, num_classes, filters=64, **kw):
        super().__init__(**kw)
        self.settings = {"num_classes": num_classes, "filters": filters}
        self.body = keras.Sequential(
            [
                layers.Conv2D(filters, 3, strides=2, padding="same"),
                layers.LeakyReLU(),
                layers.Conv2D(filters, 3, padding="same"),
                layers.LeakyReLU(),
                layers.GlobalAveragePooling2D(),
            ]
        )
        self.heads = layers.Dense(1 + num_classes)

    def call(self, x, training=None):
        return tf.split(self.heads(self.body(x, training=training)), [1, self.settings["num_classes"]], axis=1)

    def get_config(self):
        return {**super().get_config(), **self.settings}

# %% grade_id="acgan"
@keras.saving.register_keras_serializable(package="mine")
class ACGAN(LabelledGAN):
    def __init__(self, generator, discriminator, latent_dim, condition, class_weight=1.0, **kwargs):
        super().__init__(generator, discriminator, latent_dim, condition, **kwargs)
        self.alpha = class_weight

    def train_discriminator(self, images, labels):
        fakes = self.fakes(labels)
        with tf.GradientTape() as tape:
            loss = 0.0
            real, fake = self.discriminator(images, training=True), self.discriminator(fakes, training=True)
            for (logits, classes), target in zip((real, fake), self.targets(real[0])):
                side = tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits)
                loss += tf.reduce_mean(side) + self.alpha * tf.reduce_mean(class_loss(classes, labels))
        weights = self.discriminator.trainable_weights
        self.discriminator_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

    def train_generator(self, labels):
        with tf.GradientTape() as tape:
            logits, classes = self.discriminator(self.fakes(labels))
            loss = tf.reduce_mean(tf.nn.softplus(-logits)) + self.alpha * tf.reduce_mean(class_loss(classes, labels))
        weights = self.generator.trainable_weights + self.condition.trainable_weights
        self.generator_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

    def get_config(self):
        return {**super().get_config(), "class_weight": self.alpha}
