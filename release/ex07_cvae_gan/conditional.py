"""The classes of `ex06_conditional/conditional`, solved: handed out with this exercise, which builds on them."""


from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import keras
import tensorflow as tf
from gan import GAN, discriminator_loss, generator_loss
from keras import layers, ops
from vae import VAE, kl_to_standard_normal

from vaegan.conditional import Condition, images_and_labels, labels_in_turn


@keras.saving.register_keras_serializable(package="conditional")
class OneHotCondition(Condition):
    """Label k becomes the k-th unit vector; nothing to learn, condition_dim = num_classes."""

    def call(self, labels):
        """Return c for int32 labels (batch,): float32, (batch, num_classes), one 1 per row, else 0."""
        return ops.one_hot(labels, self.num_classes, dtype="float32")


@keras.saving.register_keras_serializable(package="conditional")
class EmbeddingCondition(Condition):
    """Label k becomes row k of a table that is learned with the model.

    Args:
        num_classes: int, number of rows.
        condition_dim: int, number of columns.
        **kwargs: `name` and what else a Keras layer takes.
    """

    def __init__(self, num_classes, condition_dim=16, **kwargs):
        super().__init__(num_classes, **kwargs)
        self.condition_dim = condition_dim
        ### num_classes rows, condition_dim columns, a random initializer.
        self.table = self.add_weight(shape=(num_classes, condition_dim), initializer="random_normal", name="table")

    def call(self, labels):
        """Return c for int32 labels (batch,): float32, (batch, condition_dim), rows of the table."""
        return ops.take(self.table, labels, axis=0)

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(condition_dim=self.condition_dim)
        return config


def append_condition(z, c):
    """Write c behind z.

    Args:
        z: float, (batch, latent_dim); any vectors.
        c: float, (batch, condition_dim).

    Returns:
        (batch, latent_dim + condition_dim), of z's dtype.
    """
    z = ops.convert_to_tensor(z)
    c = ops.cast(c, z.dtype)
    return ops.concatenate([z, c], axis=-1)


def append_planes(images, c):
    """Give every image one more channel per entry of c: a plane that holds that entry at every pixel.

    Args:
        images: float, (batch, height, width, channels).
        c: float, (batch, condition_dim).

    Returns:
        (batch, height, width, channels + condition_dim), of the images' dtype; the image's channels first.
    """
    images = ops.convert_to_tensor(images)
    c = ops.cast(c, images.dtype)
    _, height, width, _ = images.shape
    ### width, and return images and planes side by side along the channels.
    planes = ops.tile(c[:, None, None, :], (1, height, width, 1))  # (batch, height, width, condition_dim)
    return ops.concatenate([images, planes], axis=-1)


def append_to_data(x, c):
    """Append c to a batch of images (as planes) or of vectors (as further entries)."""
    return append_planes(x, c) if len(x.shape) == 4 else append_condition(x, c)


@keras.saving.register_keras_serializable(package="conditional")
class CVAE(VAE):
    """A VAE of p(x|y): encoder and decoder are told the label. Kingma et al. (2014), M2.

    Args:
        encoder: keras.Model, x with c appended -> (z_mean, z_log_var), each (batch, latent_dim).
        decoder: keras.Model, z with c appended (batch, latent_dim + condition_dim) -> parameters of p(x|z,y).
        condition: a Condition, labels -> c.
        likelihood: a Likelihood; None means BernoulliLikelihood().
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, encoder, decoder, condition, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, likelihood, **kwargs)
        self.condition = condition

    @property
    def latent_dim(self):
        """Number of entries of z: the encoder's attribute, else the decoder's input without c."""
        if hasattr(self.encoder, "latent_dim"):
            return self.encoder.latent_dim
        return super().latent_dim - self.condition.condition_dim

    def inputs_of(self, data):
        """Return what the losses need from a batch of `fit`: x and its labels, (batch,)."""
        ### that is imported for this.
        return images_and_labels(data)

    def encode(self, x, labels):
        """Return (z_mean, z_log_var) of q(z|x,y), each float32, (batch, latent_dim)."""
        z_mean, z_log_var = self.encoder(append_to_data(x, self.condition(labels)))
        return z_mean, z_log_var

    def decode(self, z, labels):
        """Return the parameters of p(x|z,y) for z (batch, latent_dim) and labels (batch,)."""
        return self.decoder(append_condition(z, self.condition(labels)))

    def call(self, inputs):
        """Return the parameters of p(x|z,y), shape of x, for one z drawn from q(z|x,y).

        Args:
            inputs: (x, labels).
        """
        x, labels = inputs
        ### is the same in both.
        z_mean, z_log_var = self.encode(x, labels)
        return self.decode(self.sampling(z_mean, z_log_var), labels)

    def elbo_terms(self, inputs):
        """Return the two terms of equation (3), estimated with one z per example.

        Args:
            inputs: (x, labels), what `inputs_of` returned.

        Returns:
            (reconstruction_loss, kl_loss), each float32, (batch,), in nats; not averaged over the batch.
        """
        x, labels = inputs
        z_mean, z_log_var = self.encode(x, labels)
        parameters = self.decode(self.sampling(z_mean, z_log_var), labels)
        reconstruction_loss = self.likelihood.negative_log_likelihood(x, parameters)
        return reconstruction_loss, kl_to_standard_normal(z_mean, z_log_var)

    def generate(self, z, labels):
        """Return the mean images of p(x|z,y) for z (batch, latent_dim) and labels (batch,)."""
        return self.likelihood.mean(self.decode(z, labels))

    def sample(self, num_samples, labels=None):
        """Return new mean images, (num_samples, *data_shape), for z from the prior.

        Args:
            num_samples: int.
            labels: int, (num_samples,); None means 0, 1, 2, ... in turn.
        """
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        return self.generate(keras.random.normal((num_samples, self.latent_dim)), labels)

    def reconstruct(self, inputs):
        """Return the mean image, shape of x, decoded from z_mean with the same label; inputs: (x, labels)."""
        x, labels = inputs
        z_mean, _ = self.encode(x, labels)
        return self.generate(z_mean, labels)

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        config = super().get_config()
        config["condition"] = keras.saving.serialize_keras_object(self.condition)
        return config

    @classmethod
    def from_config(cls, config):
        """Make a CVAE from the dict of `get_config`, which is left as it was."""
        ### the parent's from_config does the rest.
        config = dict(config)
        config["condition"] = keras.saving.deserialize_keras_object(config["condition"])
        return super().from_config(config)


@keras.saving.register_keras_serializable(package="conditional")
class LabelledGAN(GAN):
    """What the conditional GAN and the auxiliary-classifier GAN share: a generator that is told the label.

    Args:
        generator: keras.Model, z with c appended (batch, latent_dim + condition_dim) -> images.
        discriminator: keras.Model; its subclass says what it reads and answers.
        latent_dim: int, number of entries of z, without those of c.
        condition: a Condition, labels -> c.
        label_noise: float, as in GAN.
        seed: int or None, as in GAN.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, generator, discriminator, latent_dim, condition, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, label_noise=label_noise, seed=seed, **kwargs)
        self.condition = condition

    @property
    def generator_side(self):
        """The variables that a generator step moves: the generator's, and the condition's if it learns."""
        return super().generator_side + self.condition.trainable_variables

    def fakes(self, labels, training=True):
        """Return new images of the labels (batch,), each from fresh noise."""
        ### and return the generator's images, passing training on.
        z = self.noise(ops.shape(labels)[0])
        return self.generator(append_condition(z, self.condition(labels)), training=training)

    def generate(self, z, labels):
        """Return the images for z (batch, latent_dim) and labels (batch,), as in use, not in training."""
        return self.generator(append_condition(z, self.condition(labels)), training=False)

    def sample(self, num_samples, labels=None):
        """Return new images, (num_samples, *data_shape).

        Args:
            num_samples: int.
            labels: int, (num_samples,); None means 0, 1, 2, ... in turn.
        """
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        return self.generate(self.noise(num_samples), labels)

    def train_step(self, data):
        """Take one discriminator step and one generator step on the labels of the batch.

        Args:
            data: what `fit` passes: (x, y).

        Returns:
            dict of the epoch's means so far: discriminator_loss, generator_loss.
        """
        images, labels = images_and_labels(data)
        ### generator on labels; return what self.update_trackers returns for the two losses.
        losses = self.train_discriminator(images, labels), self.train_generator(labels)
        return self.update_trackers(*losses)

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        ### serialised.
        config = super().get_config()
        config["condition"] = keras.saving.serialize_keras_object(self.condition)
        return config

    @classmethod
    def from_config(cls, config):
        """Make the GAN from the dict of `get_config`, which is left as it was."""
        ### object; the parent's from_config does the rest.
        config = dict(config)
        config["condition"] = keras.saving.deserialize_keras_object(config["condition"])
        return super().from_config(config)


@keras.saving.register_keras_serializable(package="conditional")
class ConditionalGAN(LabelledGAN):
    """The discriminator receives the label: is this a real image *of this class*? Mirza & Osindero (2014).

    Args:
        discriminator: keras.Model, images with c appended -> logits (batch, 1). The others as in LabelledGAN.
    """

    def train_discriminator(self, images, labels):
        """Take one step of the discriminator alone.

        Args:
            images: float, (batch, *data_shape), real.
            labels: int, (batch,); of the images, and also what the fakes are asked to show.

        Returns:
            float32 scalar, the batch mean of the discriminator loss, in nats, before the step.
        """
        c = self.condition(labels)
        ### discriminator real and fake images (two calls), each with c appended; step on the mean loss with
        ### its own optimizer and variables; return that mean.
        fakes = self.fakes(labels)
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(append_to_data(images, c), training=True)
            fake_logits = self.discriminator(append_to_data(fakes, c), training=True)
            loss = ops.mean(discriminator_loss(real_logits, fake_logits, *self.targets(real_logits)))
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_generator(self, labels):
        """Take one step of the generator's side alone.

        Args:
            labels: int, (batch,), what the fakes are asked to show.

        Returns:
            float32 scalar, the batch mean of the non-saturating generator loss, in nats, before the step.
        """
        c = ops.stop_gradient(self.condition(labels))  # for the discriminator: read, not rewritten
        ### the discriminator with c appended, take the mean generator loss; step with the generator's
        ### optimizer on self.generator_side; return that mean.
        with tf.GradientTape() as tape:
            fake_logits = self.discriminator(append_to_data(self.fakes(labels), c), training=True)
            loss = ops.mean(generator_loss(fake_logits))
        variables = self.generator_side
        self.generator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss


def class_loss(class_logits, labels):
    """Cross-entropy of the true class, per example: -log softmax(class_logits)[label].

    Args:
        class_logits: float, (batch, num_classes).
        labels: int, (batch,).

    Returns:
        float, (batch,), in nats, not averaged; log(num_classes) for equal logits.
    """
    class_logits, labels = ops.convert_to_tensor(class_logits), ops.cast(labels, "int32")
    return keras.losses.sparse_categorical_crossentropy(labels, class_logits, from_logits=True)


@keras.saving.register_keras_serializable(package="conditional")
class AuxiliaryDiscriminator(keras.Model):
    """One body, two questions: is the image real, and which class does it show? Odena, Olah & Shlens (2017).

    Args:
        num_classes: int, number of class logits.
        filters: int, of the first convolution; the second has twice as many.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, num_classes, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.filters = filters
        ### convolutions and LeakyReLU of slope 0.2, as in your Discriminator, then Flatten) and two Dense
        ### heads without activation: one unit, and num_classes units.
        self.first = layers.Conv2D(filters, 4, strides=2, padding="same")
        self.second = layers.Conv2D(2 * filters, 4, strides=2, padding="same", use_bias=False)
        self.normalise = layers.BatchNormalization()
        self.activation = layers.LeakyReLU(negative_slope=0.2)
        self.flatten = layers.Flatten()
        self.authenticity_head = layers.Dense(1)
        self.class_head = layers.Dense(num_classes)

    def call(self, x, training=None):
        """Return what the two heads say.

        Args:
            x: float, (batch, height, width, channels).
            training: bool or None, for the batch normalisation.

        Returns:
            (authenticity logits (batch, 1), class logits (batch, num_classes)).
        """
        ### both heads.
        x = self.activation(self.first(x))
        x = self.activation(self.normalise(self.second(x), training=training))
        features = self.flatten(x)
        return self.authenticity_head(features), self.class_head(features)

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(num_classes=self.num_classes, filters=self.filters)
        return config


@keras.saving.register_keras_serializable(package="conditional")
class ACGAN(LabelledGAN):
    """The discriminator predicts the label and never receives it. Odena, Olah & Shlens (2017).

    Args:
        discriminator: keras.Model, images -> (authenticity logits (batch, 1), class logits (batch, num_classes)).
        class_weight: float, of the class losses against the authenticity loss. The others as in LabelledGAN.
    """

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        condition,
        class_weight=1.0,
        label_noise=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, condition, label_noise, seed, **kwargs)
        self.class_weight = class_weight

    def train_discriminator(self, images, labels):
        """Take one step of the discriminator alone.

        Args:
            images: float, (batch, *data_shape), real.
            labels: int, (batch,); of the images, and also what the fakes are asked to show.

        Returns:
            float32 scalar, the batch mean of equation (6), in nats, before the step.
        """
        ### alone and answers twice; the loss is equation (6).
        fakes = self.fakes(labels)
        with tf.GradientTape() as tape:
            real_logits, real_classes = self.discriminator(images, training=True)
            fake_logits, fake_classes = self.discriminator(fakes, training=True)
            authenticity = discriminator_loss(real_logits, fake_logits, *self.targets(real_logits))
            classes = class_loss(real_classes, labels) + class_loss(fake_classes, labels)
            loss = ops.mean(authenticity + self.class_weight * classes)
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_generator(self, labels):
        """Take one step of the generator's side alone.

        Args:
            labels: int, (batch,), what the fakes are asked to show.

        Returns:
            float32 scalar, the batch mean of equation (7), in nats, before the step.
        """
        ### discriminator; the loss is equation (7); step on self.generator_side; return the mean.
        with tf.GradientTape() as tape:
            fake_logits, fake_classes = self.discriminator(self.fakes(labels), training=True)
            loss = ops.mean(generator_loss(fake_logits) + self.class_weight * class_loss(fake_classes, labels))
        variables = self.generator_side
        self.generator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        config = super().get_config()
        config.update(class_weight=self.class_weight)
        return config
