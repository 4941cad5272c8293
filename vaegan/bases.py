"""The abstract classes that the exercises complete.

    keras.Model <- EncoderDecoderModel <- BaseAutoencoder <- Autoencoder   (you write this one)
    keras.Model <- GenerativeModel
    EncoderDecoderModel and GenerativeModel <- LatentVariableModel <- BaseVAE <- VAE   (this one)
    Likelihood <- BernoulliLikelihood, GaussianLikelihood                  (and these)

Another branch grows from GenerativeModel in `vaegan.adversarial`: BaseGAN.

Each class adds one idea. A method that raises `ToImplement` is a promise: every subclass keeps it, so code
that holds any `GenerativeModel` may call `sample` without asking which one it holds.
"""

import keras

from vaegan.holes import ToImplement


class Likelihood:
    """The distribution p(x|z): what the decoder's numbers mean, and what they cost.

    A model *has a* likelihood: it hands over the decoder's output, here called `parameters`, and asks for
    a loss or for an image. Changing black-and-white pixels for real-valued ones then means changing this
    one object.
    """

    def negative_log_likelihood(self, x, parameters):
        """Return -log p(x|z), in nats.

        Args:
            x: (batch, *data_shape), the data.
            parameters: (batch, *data_shape), the decoder's output for the z of each example.

        Returns:
            (batch,), summed over every axis but the first, not averaged.
        """
        raise ToImplement(
            f"{type(self).__name__}.negative_log_likelihood: return -log p(x|z) per example "
            "(lesson vae, equation (3) for Bernoulli, (5) for Gaussian)."
        )

    def mean(self, parameters):
        """Return the mean of p(x|z), (batch, *data_shape): the image that we show."""
        raise ToImplement(f"{type(self).__name__}.mean: return the mean image of p(x|z) (lesson vae).")

    def get_config(self):
        """Return the constructor's arguments as a dict; a likelihood without arguments has none."""
        return {}

    @classmethod
    def from_config(cls, config):
        """Make the likelihood that `get_config` described."""
        return cls(**config)


class EncoderDecoderModel(keras.Model):
    """A model that turns x into a code z and back; it *has an* encoder and a decoder. It need not sample.

    Args:
        encoder: keras.Model, x -> the code of x, or the parameters of a distribution over codes.
        decoder: keras.Model, z (batch, latent_dim) -> an image, or the parameters of a distribution over images.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        # Nothing to build here: all weights live in the two parts, which build themselves when first called.
        # Left False, Keras would warn on save whenever the model was trained but never called itself.
        self.built = True

    @property
    def latent_dim(self):
        """Number of entries of z: the encoder's attribute, else the width of the decoder's input."""
        if hasattr(self.encoder, "latent_dim"):
            return self.encoder.latent_dim
        if getattr(self.decoder, "inputs", None):
            return self.decoder.inputs[0].shape[-1]
        raise ValueError(
            "latent_dim is unknown: expected an attribute encoder.latent_dim or a functional decoder, "
            f"received {type(self.encoder).__name__} and {type(self.decoder).__name__}. "
            "Set self.latent_dim in the encoder's __init__."
        )

    def encode(self, x):
        """Return what the encoder makes of x: a code, or the parameters of q(z|x)."""
        raise ToImplement(f"{type(self).__name__}.encode: return what the encoder makes of x (its lesson).")

    def decode(self, z):
        """Return what the decoder makes of z: an image, or the parameters of p(x|z)."""
        raise ToImplement(f"{type(self).__name__}.decode: return what the decoder makes of z (its lesson).")

    def reconstruct(self, x):
        """Return the image, shape of x, that the code of each x decodes to; of a distribution, its mean."""
        raise ToImplement(f"{type(self).__name__}.reconstruct: encode x and decode its code (its lesson).")


class GenerativeModel(keras.Model):
    """A model of p(x) from which new examples can be drawn. That is all it promises."""

    def sample(self, num_samples):
        """Return new examples, (num_samples, *data_shape)."""
        raise ToImplement(f"{type(self).__name__}.sample: draw z from the prior and decode it (its lesson).")


class LatentVariableModel(EncoderDecoderModel, GenerativeModel):
    """A generative model that explains x by a hidden z: it encodes and decodes, *and* it samples.

    Its encoder gives the parameters of q(z|x), its decoder those of p(x|z).
    """


class BaseAutoencoder(EncoderDecoderModel):
    """An encoder and a decoder trained to give back what went in; this base class keeps the books.

    Not a `GenerativeModel`: nothing in it says how often a code occurs, so there is nothing to draw from.
    """

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        """The mean that Keras resets each epoch: loss."""
        return [self.loss_tracker]

    def inputs_of(self, data):
        """Return the images of a batch of `fit`, from x or from (x, y)."""
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return x

    def corrupt(self, x):
        """Return what the encoder is shown of x in training, same shape: here x itself; a subclass may spoil it."""
        return x

    def train_step(self, data):
        """Take one gradient step on a batch and return the dict of `update_trackers`."""
        raise ToImplement(f"{type(self).__name__}.train_step: one gradient step (lesson autoencoder).")

    def test_step(self, data):
        """Measure one batch, change no weight, and return the dict of `update_trackers`."""
        raise ToImplement(f"{type(self).__name__}.test_step: the error, without an update (lesson autoencoder).")

    def update_trackers(self, errors):
        """Add one batch to the epoch's mean and return it.

        Args:
            errors: float, (batch,), one number per example.

        Returns:
            dict with the epoch's mean so far: loss.
        """
        self.loss_tracker.update_state(errors)
        return {"loss": self.loss_tracker.result()}


class BaseVAE(LatentVariableModel):
    """A latent-variable model trained on the ELBO; this base class keeps the books.

    Keras resets the metrics below at the start of every epoch, so what `fit` prints and `History` keeps are
    means over all examples of the epoch, not the numbers of its last batch.
    """

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_loss_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        """The three means that Keras resets each epoch: loss, reconstruction_loss, kl_loss."""
        return [self.loss_tracker, self.reconstruction_loss_tracker, self.kl_loss_tracker]

    def inputs_of(self, data):
        """Return what the losses need from a batch of `fit`: here the images alone, from x or from (x, y)."""
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return x

    def elbo_terms(self, x):
        """Return (reconstruction_loss, kl_loss), each (batch,), in nats per example; their sum is -ELBO."""
        raise ToImplement(f"{type(self).__name__}.elbo_terms: return the two terms of equation (2) (lesson vae).")

    def train_step(self, data):
        """Take one gradient step on a batch and return the dict of `update_trackers`."""
        raise ToImplement(f"{type(self).__name__}.train_step: one gradient step on -ELBO (lesson vae).")

    def test_step(self, data):
        """Measure one batch, change no weight, and return the dict of `update_trackers`."""
        raise ToImplement(f"{type(self).__name__}.test_step: the two losses, without an update (lesson vae).")

    def update_trackers(self, reconstruction_loss, kl_loss):
        """Add one batch to the epoch's means and return them all.

        Args:
            reconstruction_loss: float, (batch,), nats per example (a batch mean is accepted too).
            kl_loss: same shape.

        Returns:
            dict with the epoch's means so far: loss (the sum of the other two), reconstruction_loss, kl_loss.
        """
        self.loss_tracker.update_state(reconstruction_loss + kl_loss)
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {tracker.name: tracker.result() for tracker in self.metrics}


def build_optimizer(optimizer, *models):
    """Make an optimizer's memory for the weights of models that are built.

    `fit` would make it inside the first compiled step; TensorFlow then traces that step a second time, which
    takes half a second for two dense networks and more for larger ones.

    Args:
        optimizer: a `keras.optimizers.Optimizer` that has not moved anything yet.
        *models: whose trainable weights, all that it will ever move, exist already.
    """
    optimizer.build([weight for model in models for weight in model.trainable_variables])
