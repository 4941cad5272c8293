"""The classes of `ex03_vae/vae`, solved: handed out with this exercise, which builds on them."""


from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import math

import keras
import tensorflow as tf
from keras import layers, ops

from vaegan.bases import BaseVAE, Likelihood


@keras.saving.register_keras_serializable(package="vae")
class Encoder(keras.Model):
    """q(z|x): an image in, the mean and the log-variance of a Gaussian over z out.

    Args:
        latent_dim: int, number of entries of z.
        hidden_units: int, width of the hidden layer.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, latent_dim=10, hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.hidden_units = hidden_units
        ### layer of hidden_units with ReLU, and two Dense heads of latent_dim units without activation.
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.mean_head = layers.Dense(latent_dim)
        self.log_var_head = layers.Dense(latent_dim)

    def call(self, x):
        """Return the parameters of q(z|x).

        Args:
            x: float, (batch, height, width, channels), in [0, 1].

        Returns:
            (z_mean, z_log_var), each float32, (batch, latent_dim); z_log_var is the natural log of the
            variance.
        """
        ### z_mean, z_log_var.
        h = self.hidden(self.flatten(x))  # (batch, hidden_units)
        return self.mean_head(h), self.log_var_head(h)

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, hidden_units=self.hidden_units)
        return config


@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    """Draws z from N(z_mean, exp(z_log_var)) so that gradients reach both: equation (1).

    Kingma & Welling (2014), section 2.4.

    Args:
        seed: int or None; with an int, two layers of the same seed draw the same sequence.
        **kwargs: `name` and what else a Keras layer takes.
    """

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, z_mean, z_log_var):
        """Return one z per example.

        Args:
            z_mean: float32, (batch, latent_dim).
            z_log_var: float32, same shape; natural log of the variance.

        Returns:
            float32, same shape; other noise on every call and for every example.
        """
        ### return z by equation (1).
        epsilon = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(seed=self.seed)
        return config


@keras.saving.register_keras_serializable(package="vae")
class Decoder(keras.Model):
    """p(x|z): a latent vector in, one real number per pixel out.

    Args:
        image_shape: tuple of int, (height, width, channels).
        hidden_units: int, width of the hidden layer.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, image_shape=(28, 28, 1), hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = tuple(image_shape)
        self.hidden_units = hidden_units
        num_pixels = math.prod(self.image_shape)
        ### ReLU, a Dense layer of num_pixels units without activation, and one that reshapes to
        ### image_shape.
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.pixels = layers.Dense(num_pixels)
        self.reshape = layers.Reshape(self.image_shape)

    def call(self, z):
        """Return the parameters of p(x|z).

        Args:
            z: float, (batch, latent_dim).

        Returns:
            float32, (batch, *image_shape): logits, unbounded; not probabilities.
        """
        return self.reshape(self.pixels(self.hidden(z)))

    def get_config(self):
        """Return the constructor's arguments."""
        ### added.
        config = super().get_config()
        config.update(image_shape=self.image_shape, hidden_units=self.hidden_units)
        return config


@keras.saving.register_keras_serializable(package="vae")
class BernoulliLikelihood(Likelihood):
    """Independent pixels, each a coin whose logit the decoder gives: equation (3)."""

    def negative_log_likelihood(self, x, parameters):
        """Return -log p(x|z) from logits.

        Args:
            x: float, (batch, ...), in [0, 1].
            parameters: float, same shape; logits, any real number.

        Returns:
            (batch,), in nats; summed over every axis but the first, finite for every logit.
        """
        logits = ops.convert_to_tensor(parameters)
        x = ops.cast(x, logits.dtype)
        pixel_axes = tuple(range(1, len(x.shape)))
        ### the logits and summed over pixel_axes.
        return ops.sum(ops.softplus(logits) - x * logits, axis=pixel_axes)

    def mean(self, parameters):
        """Return the mean image, same shape as parameters, in [0, 1]."""
        return ops.sigmoid(parameters)


def kl_to_standard_normal(z_mean, z_log_var):
    """KL divergence of N(z_mean, exp(z_log_var)) from N(0, I), per example: equation (4).

    Args:
        z_mean: float, (batch, latent_dim).
        z_log_var: float, same shape; natural log of the variance.

    Returns:
        float, (batch,), in nats; summed over latent_dim, not averaged.

    Raises:
        ValueError: if the shapes differ.
    """
    z_mean, z_log_var = ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)
    if z_mean.shape != z_log_var.shape:
        raise ValueError(
            f"z_log_var must have the shape of z_mean: expected {tuple(z_mean.shape)}, received "
            f"{tuple(z_log_var.shape)}. Check the units of the encoder's two heads."
        )
    return -0.5 * ops.sum(1.0 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=-1)


@keras.saving.register_keras_serializable(package="vae")
class GaussianLikelihood(Likelihood):
    """Independent Gaussian entries: the decoder gives the mean, the variance is fixed: equation (5).

    Args:
        variance: float > 0, of every entry of x.
    """

    def __init__(self, variance=1.0):
        if not variance > 0:
            raise ValueError(f"variance must be positive, received {variance}. It is not a log-variance.")
        self.variance = float(variance)

    def negative_log_likelihood(self, x, parameters):
        """Return -log p(x|z), the normalising constant included.

        Args:
            x: float, (batch, ...).
            parameters: float, same shape; the means.

        Returns:
            (batch,), in nats; summed over every axis but the first.
        """
        mean = ops.convert_to_tensor(parameters)
        x = ops.cast(x, mean.dtype)
        pixel_axes = tuple(range(1, len(x.shape)))
        ### self.variance, summed over pixel_axes.
        scaled_error = ops.square(x - mean) / self.variance
        return 0.5 * ops.sum(scaled_error + math.log(2.0 * math.pi * self.variance), axis=pixel_axes)

    def mean(self, parameters):
        """Return the mean image: the decoder's output is the mean."""
        return parameters

    def get_config(self):
        """Return the constructor's arguments."""
        return {"variance": self.variance}


@keras.saving.register_keras_serializable(package="vae")
class VAE(BaseVAE):
    """A variational autoencoder: any encoder, any decoder, any likelihood. Kingma & Welling (2014).

    Args:
        encoder: keras.Model, x -> (z_mean, z_log_var), each (batch, latent_dim).
        decoder: keras.Model, z (batch, latent_dim) -> parameters of p(x|z), shape of x.
        likelihood: a Likelihood; None means BernoulliLikelihood().
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, encoder, decoder, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.likelihood = BernoulliLikelihood() if likelihood is None else likelihood
        self.sampling = Sampling()

    def encode(self, x):
        """Return (z_mean, z_log_var) of q(z|x), each float32, (batch, latent_dim)."""
        z_mean, z_log_var = self.encoder(x)
        return z_mean, z_log_var

    def decode(self, z):
        """Return the parameters of p(x|z) for z (batch, latent_dim)."""
        return self.decoder(z)

    def call(self, x):
        """Return the parameters of p(x|z), shape of x, for one z drawn from q(z|x)."""
        z_mean, z_log_var = self.encode(x)
        return self.decode(self.sampling(z_mean, z_log_var))

    def elbo_terms(self, x):
        """Return the two terms of equation (2), estimated with one z per example.

        Args:
            x: float, (batch, *data_shape).

        Returns:
            (reconstruction_loss, kl_loss), each float32, (batch,), in nats; not averaged over the batch.
        """
        ### for x and the KL of equation (4), both per example.
        z_mean, z_log_var = self.encode(x)
        parameters = self.decode(self.sampling(z_mean, z_log_var))
        reconstruction_loss = self.likelihood.negative_log_likelihood(x, parameters)
        return reconstruction_loss, kl_to_standard_normal(z_mean, z_log_var)

    def train_step(self, data):
        """Take one gradient step on the batch mean of -ELBO.

        Args:
            data: what `fit` passes: x, or (x, y) of which y is not used.

        Returns:
            dict of the epoch's means so far: loss, reconstruction_loss, kl_loss.
        """
        x = self.inputs_of(data)
        ### apply its gradients with self.optimizer, and return what self.update_trackers returns.
        with tf.GradientTape() as tape:
            reconstruction_loss, kl_loss = self.elbo_terms(x)
            loss = ops.mean(reconstruction_loss + kl_loss)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return self.update_trackers(reconstruction_loss, kl_loss)

    def test_step(self, data):
        """Return the same dict for held-out data; no weight changes."""
        x = self.inputs_of(data)
        reconstruction_loss, kl_loss = self.elbo_terms(x)
        return self.update_trackers(reconstruction_loss, kl_loss)

    def sample(self, num_samples):
        """Return new mean images, (num_samples, *data_shape), for z drawn from the prior."""
        z = keras.random.normal((num_samples, self.latent_dim))
        return self.likelihood.mean(self.decode(z))

    def reconstruct(self, x):
        """Return the mean image, shape of x, decoded from z_mean: no randomness."""
        z_mean, _ = self.encode(x)
        return self.likelihood.mean(self.decode(z_mean))

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        ### added, each through keras.saving.serialize_keras_object.
        config = super().get_config()
        for part in ("encoder", "decoder", "likelihood"):
            config[part] = keras.saving.serialize_keras_object(getattr(self, part))
        return config

    @classmethod
    def from_config(cls, config):
        """Make a VAE from the dict of `get_config`, which is left as it was."""
        ### with keras.saving.deserialize_keras_object; return cls of all arguments.
        config = dict(config)
        for part in ("encoder", "decoder", "likelihood"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
