"""The classes of `ex05_gan/gan`, solved: handed out with this exercise, which builds on them."""


from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from scipy.special import xlogy  # x log y, and 0 wherever x is 0

from vaegan.adversarial import BaseGAN


def optimal_discriminator(p_data, p_model):
    """The best answer to "how probably is this real?": equation (2).

    Goodfellow et al. (2014), proposition 1.

    Args:
        p_data, p_model: float arrays of one shape; probabilities (or densities) of the same outcomes.

    Returns:
        float64, same shape, in [0, 1]; 1/2 where neither ever puts an outcome.
    """
    p_data, p_model = np.asarray(p_data, "float64"), np.asarray(p_model, "float64")
    both = p_data + p_model
    return np.where(both > 0, p_data / np.where(both > 0, both, 1.0), 0.5)


def value_function(p_data, p_model, d):
    """The value of the game, V(D, G), for a finite number of outcomes: equation (1).

    Args:
        p_data, p_model: float arrays of one shape, each with sum 1.
        d: float array of that shape, in [0, 1]; the discriminator's probability of "real" per outcome.

    Returns:
        float, in nats; never above 0.
    """
    p_data, p_model, d = (np.asarray(values, "float64") for values in (p_data, p_model, d))
    ### probability 0 adds nothing, whatever its logarithm: 0 log 0 = 0 (scipy.special.xlogy knows that).
    return float(np.sum(xlogy(p_data, d) + xlogy(p_model, 1.0 - d)))


@keras.saving.register_keras_serializable(package="gan")
class Generator(keras.Model):
    """The counterfeiter: noise in, an image out. After Radford et al. (2016), DCGAN.

    Args:
        latent_dim: int, number of entries of z.
        image_shape: tuple of int, (height, width, channels); height and width divisible by 4.
        filters: int, channels of the 14 x 14 stage (for 28 x 28 images); the 7 x 7 stage has twice as many.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, latent_dim=64, image_shape=(28, 28, 1), filters=64, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.image_shape = tuple(image_shape)
        self.filters = filters
        height, width, channels = self.image_shape
        if height % 4 or width % 4:
            raise ValueError(
                "Two strides of 2 enlarge an image four times: expected height and width divisible by 4, "
                f"received {self.image_shape}. Crop or pad the images."
            )
        seed_shape = (height // 4, width // 4, 2 * filters)
        ### seed_shape, a strided transposed convolution with `filters` channels, one with `channels` and a
        ### sigmoid; BatchNormalization and ReLU after the first two stages, not after the last.
        self.project = layers.Dense(math.prod(seed_shape), use_bias=False)
        self.reshape = layers.Reshape(seed_shape)
        self.project_norm = layers.BatchNormalization()
        self.enlarge = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)
        self.enlarge_norm = layers.BatchNormalization()
        self.paint = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid")

    def call(self, z, training=None):
        """Return images.

        Args:
            z: float, (batch, latent_dim).
            training: bool; the batch normalisations use the batch's moments if True, their memory if not.

        Returns:
            float32, (batch, *image_shape), in [0, 1].
        """
        ### BatchNormalization.
        x = self.reshape(self.project(z))  # (batch, 7, 7, 2 * filters) for 28 x 28 images
        x = ops.relu(self.project_norm(x, training=training))
        x = self.enlarge(x)  # (batch, 14, 14, filters)
        x = ops.relu(self.enlarge_norm(x, training=training))
        return self.paint(x)  # (batch, 28, 28, 1)

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, image_shape=self.image_shape, filters=self.filters)
        return config


@keras.saving.register_keras_serializable(package="gan")
class Discriminator(keras.Model):
    """The cop: an image in, one logit out; positive means "real". After Radford et al. (2016), DCGAN.

    Args:
        filters: int, channels of the first convolution; the second has twice as many.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        ### BatchNormalization after the second alone, LeakyReLU with slope 0.2, Flatten, and a Dense layer
        ### of one unit without activation.
        self.look = layers.Conv2D(filters, 4, strides=2, padding="same")
        self.look_closer = layers.Conv2D(2 * filters, 4, strides=2, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization()
        self.leak = layers.LeakyReLU(negative_slope=0.2)
        self.flatten = layers.Flatten()
        self.judge = layers.Dense(1)

    def call(self, x, training=None):
        """Return the logit of "this image is real".

        Args:
            x: float, (batch, height, width, channels), in [0, 1].
            training: bool; the batch normalisation uses the batch's moments if True, its memory if not.

        Returns:
            float32, (batch, 1): logits, unbounded; not probabilities.
        """
        ### BatchNormalization.
        x = self.leak(self.look(x))  # (batch, 14, 14, filters) for 28 x 28 images
        x = self.leak(self.norm(self.look_closer(x), training=training))  # (batch, 7, 7, 2 * filters)
        return self.judge(self.flatten(x))

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(filters=self.filters)
        return config


def discriminator_loss(real_logits, fake_logits, real_target=1.0, fake_target=0.0):
    """Binary cross-entropy of the discriminator's two answers, per example: equation (3).

    Args:
        real_logits: float, (batch, 1) or (batch,); logits for real examples.
        fake_logits: same shape; logits for fakes.
        real_target: probability of "real" that is right for real examples: a number, or an array of the shape
            of real_logits.
        fake_target: the same for fakes.

    Returns:
        float32, (batch,), in nats; summed over the two sides, not averaged over the batch.
    """
    real_logits, fake_logits, real_target, fake_target = (
        ops.reshape(ops.cast(values, "float32"), (-1,))
        for values in (real_logits, fake_logits, real_target, fake_target)
    )
    real_side = ops.softplus(real_logits) - real_target * real_logits
    fake_side = ops.softplus(fake_logits) - fake_target * fake_logits
    return real_side + fake_side


def generator_loss(fake_logits):
    """Non-saturating loss, -log D(G(z)), per example: equation (4). What `GAN` trains with.

    Goodfellow et al. (2014), section 3.

    Args:
        fake_logits: float, (batch, 1) or (batch,); the discriminator's logits for fakes.

    Returns:
        float32, (batch,), in nats, finite for every logit.
    """
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return ops.softplus(-fake_logits)


def saturating_generator_loss(fake_logits):
    """Saturating loss, log(1 - D(G(z))), per example: equation (5). For comparison only.

    Args, Returns: as `generator_loss`; never above 0.
    """
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return -ops.softplus(fake_logits)


@keras.saving.register_keras_serializable(package="gan")
class GAN(BaseGAN):
    """A generative adversarial network: any generator, any discriminator. Goodfellow et al. (2014).

    Args:
        generator: keras.Model, z (batch, latent_dim) -> examples (batch, *data_shape).
        discriminator: keras.Model, examples -> logits of "real", (batch, 1).
        latent_dim: int, number of entries of z.
        label_noise: float in [0, 1), how far the discriminator's targets may be off; 0 for exact ones.
        seed: int or None, of the noise.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, generator, discriminator, latent_dim, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, seed=seed, **kwargs)
        if not 0.0 <= label_noise < 1.0:
            raise ValueError(f"label_noise is a width within [0, 1), received {label_noise}.")
        self.label_noise = label_noise

    def targets(self, logits):
        """Return (real_target, fake_target), each of the shape of logits; fresh on every call.

        Real targets are uniform in [1 - label_noise, 1], fake targets in [0, label_noise].
        """
        ### logits, with self.seed_generator; return one minus the first, and the second.
        off_real, off_fake = (
            keras.random.uniform(ops.shape(logits), 0.0, self.label_noise, seed=self.seed_generator) for _ in range(2)
        )
        return 1.0 - off_real, off_fake

    def train_discriminator(self, real_images):
        """Take one step of the discriminator, and of nothing else.

        Args:
            real_images: float, (batch, *data_shape).

        Returns:
            float scalar: the batch mean of equation (3) before the step.
        """
        ### tape: the generator stays as it is); on a tape, judge real and fake in two separate calls with
        ### training=True and take the batch mean of the loss with self.targets; move the discriminator's
        ### trainable variables with its optimizer.
        fake_images = self.generator(self.noise(ops.shape(real_images)[0]), training=True)
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(real_images, training=True)
            fake_logits = self.discriminator(fake_images, training=True)
            loss = ops.mean(discriminator_loss(real_logits, fake_logits, *self.targets(real_logits)))
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_generator(self, batch_size):
        """Take one step of the generator, and of nothing else.

        Args:
            batch_size: int, number of fakes.

        Returns:
            float scalar: the batch mean of equation (4) before the step.
        """
        ### the batch mean of the non-saturating loss; move the generator's trainable variables with its
        ### optimizer.
        with tf.GradientTape() as tape:
            fake_images = self.generator(self.noise(batch_size), training=True)
            fake_logits = self.discriminator(fake_images, training=True)
            loss = ops.mean(generator_loss(fake_logits))
        variables = self.generator.trainable_variables
        self.generator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_step(self, data):
        """Take one step of the discriminator, then one of the generator.

        Args:
            data: what `fit` passes: x, or (x, y) of which y is not used.

        Returns:
            dict of the epoch's means so far: discriminator_loss, generator_loss.
        """
        real_images = self.inputs_of(data)
        ### as many fakes; return what self.update_trackers returns.
        d_loss = self.train_discriminator(real_images)
        g_loss = self.train_generator(ops.shape(real_images)[0])
        return self.update_trackers(d_loss, g_loss)

    def sample(self, num_samples):
        """Return new images, (num_samples, *data_shape), of fresh noise."""
        return self.generate(self.noise(num_samples))

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        ### (through keras.saving.serialize_keras_object), latent_dim, label_noise and seed added.
        config = super().get_config()
        for part in ("generator", "discriminator"):
            config[part] = keras.saving.serialize_keras_object(getattr(self, part))
        config.update(latent_dim=self.latent_dim, label_noise=self.label_noise, seed=self.seed)
        return config

    @classmethod
    def from_config(cls, config):
        """Make a GAN from the dict of `get_config`, which is left as it was."""
        ### keras.saving.deserialize_keras_object; return cls of all arguments.
        config = dict(config)
        for part in ("generator", "discriminator"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def _distances(samples, centres):
    """Distance of every sample from every centre, (num_samples, num_centres)."""
    samples, centres = np.asarray(samples, "float64"), np.asarray(centres, "float64")
    return np.linalg.norm(samples[:, None] - centres[None], axis=-1)


def modes_covered(samples, centres, sd, share=0.01):
    """Count the modes that get their share of the samples.

    Args:
        samples: float, (num_samples, 2).
        centres: float, (num_modes, 2).
        sd: float, standard deviation of a mode; a sample within 3 sd of its nearest centre belongs to it.
        share: float, the part of all samples that a covered mode has at least.

    Returns:
        int, 0 to num_modes.
    """
    distances = _distances(samples, centres)
    ### samples that are nearest to it and within 3 sd; return how many centres have share * num_samples.
    nearest = np.argmin(distances, axis=1)
    good = np.min(distances, axis=1) <= 3 * sd
    counts = np.bincount(nearest[good], minlength=len(centres))
    return int(np.sum(counts >= share * len(distances)))


def high_quality(samples, centres, sd):
    """Return the share of the samples, 0 to 1, that lie within 3 sd of some centre."""
    return float(np.mean(np.min(_distances(samples, centres), axis=1) <= 3 * sd))


def diagnose(discriminator_losses, generator_losses, num_covered, num_modes):
    """Say how a GAN is doing, from the last half of its losses and its modes: the rule above.

    Args:
        discriminator_losses, generator_losses: lists of float, one value per epoch, in nats.
        num_covered: int, modes that the samples cover now.
        num_modes: int, modes that there are.

    Returns:
        "equilibrium", "collapse", "divergence" or "training".
    """
    d_last, g_last = (
        np.asarray(losses, "float64")[len(losses) // 2 :] for losses in (discriminator_losses, generator_losses)
    )
    if num_covered < num_modes / 2:
        return "collapse"
    if np.mean(g_last) > 3.0:
        return "divergence"
    flat = np.std(d_last) < 0.1 and np.std(g_last) < 0.1
    if flat and abs(np.mean(d_last) - math.log(4.0)) < 0.1 and num_covered == num_modes:
        return "equilibrium"
    return "training"


@keras.saving.register_keras_serializable(package="gan")
class MinibatchStdDev(layers.Layer):
    """Appends one feature, equal for the whole batch: how much the batch varies. Karras et al. (2018)."""

    def call(self, x):
        """Return x with equation (6) as one more feature.

        Args:
            x: float, (batch, features) or (batch, height, width, channels).

        Returns:
            float, (batch, features + 1) or (batch, height, width, channels + 1).
        """
        ### average over everything; append this number to every example, along the last axis.
        deviation = ops.sqrt(ops.var(x, axis=0) + 1e-8)
        feature = ops.mean(deviation) * ops.ones_like(x[..., :1])
        return ops.concatenate([x, feature], axis=-1)


@keras.saving.register_keras_serializable(package="gan")
class Packed(keras.Model):
    """Lets a discriminator judge several examples at once, as real or fake together. Lin et al. (2018).

    Args:
        discriminator: keras.Model for examples with num_packed times as many channels (or features).
        num_packed: int, how many examples it sees at once.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, discriminator, num_packed=2, **kwargs):
        super().__init__(**kwargs)
        self.discriminator = discriminator
        self.num_packed = num_packed

    def call(self, x, training=None):
        """Return one logit for each pack of num_packed consecutive examples.

        Args:
            x: float, (batch, ...); batch divisible by num_packed.
            training: bool, handed on.

        Returns:
            float32, (batch // num_packed, 1).
        """
        num = self.num_packed
        if x.shape[0] is not None and x.shape[0] % num:
            raise ValueError(
                f"The batch does not come out even in packs: expected a multiple of {num} examples, received "
                f"{x.shape[0]}. Choose another batch size, or drop the last batch."
            )
        ### axis, and let self.discriminator judge. (x[0::num] holds the first of every group.)
        packs = ops.concatenate([x[position::num] for position in range(num)], axis=-1)
        return self.discriminator(packs, training=training)

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        config = super().get_config()
        config.update(discriminator=keras.saving.serialize_keras_object(self.discriminator), num_packed=self.num_packed)
        return config

    @classmethod
    def from_config(cls, config):
        """Make it from the dict of `get_config`, which is left as it was."""
        inner = keras.saving.deserialize_keras_object(config["discriminator"])
        return cls(**{**config, "discriminator": inner})


@keras.saving.register_keras_serializable(package="gan")
class MinibatchDiscrimination(layers.Layer):
    """Appends features that say how close each example is to the others. Salimans et al. (2016), section 3.2.

    Args:
        num_kernels: int, number of features that are appended.
        kernel_dim: int, number of entries in which two examples are compared for each feature.
        **kwargs: `name` and what else a Keras layer takes.
    """

    def __init__(self, num_kernels=16, kernel_dim=8, **kwargs):
        super().__init__(**kwargs)
        self.num_kernels = num_kernels
        self.kernel_dim = kernel_dim
        self.project = layers.Dense(num_kernels * kernel_dim, use_bias=False)

    def build(self, input_shape):
        """Make the weights of the projection."""
        self.project.build(input_shape)

    def call(self, x):
        """Return x with the num_kernels features of equation (7) appended.

        Args:
            x: float, (batch, features).

        Returns:
            float, (batch, features + num_kernels).
        """
        m = ops.reshape(self.project(x), (-1, self.num_kernels, self.kernel_dim))  # (batch, B, C)
        ### all pairs, (batch, batch, B); closeness exp(-distance), summed over the other examples (the
        ### example itself, at distance 0, is left out); append it to x.
        distance = ops.sum(ops.abs(m[:, None] - m[None, :]), axis=-1)  # (batch, batch, B)
        closeness = ops.sum(ops.exp(-distance), axis=1) - 1.0  # without j = i, whose closeness is 1
        return ops.concatenate([x, closeness], axis=-1)

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(num_kernels=self.num_kernels, kernel_dim=self.kernel_dim)
        return config
