"""The abstract class behind the combination of a conditional VAE and a conditional GAN.

    keras.Model <- ... <- LatentVariableModel <- BaseCVAEGAN   (you write its children)

What is given here is bookkeeping: the parts, an optimizer for each of the three networks, the epoch's means.
What is a promise (`ToImplement`) is the learning.
"""

import keras

from vaegan.bases import LatentVariableModel
from vaegan.holes import ToImplement

NETWORKS = ("encoder", "decoder", "discriminator")


class BaseCVAEGAN(LatentVariableModel):
    """An encoder, a decoder that is also a generator, a discriminator, and the label for all three.

    Args:
        encoder: keras.Model, x with c appended -> (z_mean, z_log_var), each (batch, latent_dim).
        decoder: keras.Model, z with c appended (batch, latent_dim + condition_dim) -> images.
        discriminator: keras.Model, images with c appended -> (logits (batch, 1), features (batch, num_features)).
        condition: a Condition, labels -> c.
        gamma: float >= 0, what the feature loss weighs in the decoder's loss.
        mean_features: bool; True makes the decoder match the mean of the features instead of fooling the
            discriminator with each image.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, encoder, decoder, discriminator, condition, gamma=1.0, mean_features=False, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        if gamma < 0:
            raise ValueError(f"gamma is a weight, 0 or more, received {gamma}.")
        self.discriminator = discriminator
        self.condition = condition
        self.gamma = gamma
        self.mean_features = mean_features
        self.seed_generator = keras.random.SeedGenerator()
        names = ("discriminator_loss", "encoder_loss", "prior_loss", "feature_loss", "decoder_loss")
        self.trackers = [keras.metrics.Mean(name=name) for name in names]

    @property
    def latent_dim(self):
        """Number of entries of z: the encoder's attribute, else the decoder's input without c."""
        if hasattr(self.encoder, "latent_dim"):
            return self.encoder.latent_dim
        return super().latent_dim - self.condition.condition_dim

    def noise(self, num):
        """Return z ~ N(0, I), float32, (num, latent_dim); fresh on every call."""
        return keras.random.normal((num, self.latent_dim), seed=self.seed_generator)

    def compile(self, encoder_optimizer, decoder_optimizer, discriminator_optimizer, **kwargs):
        """Take one optimizer for each network.

        Args:
            encoder_optimizer, decoder_optimizer, discriminator_optimizer: keras optimizers, or names such as "adam";
                three objects, because an optimizer remembers the weights that it moves.
            **kwargs: `run_eagerly`, `jit_compile` and what else `keras.Model.compile` takes.
        """
        given = (encoder_optimizer, decoder_optimizer, discriminator_optimizer)
        optimizers = [keras.optimizers.get(optimizer) for optimizer in given]
        if len({id(optimizer) for optimizer in optimizers}) < 3:
            raise ValueError(
                "Each network needs an optimizer of its own: expected three objects, received the same one twice. "
                "Make one for each."
            )
        super().compile(optimizer=None, **kwargs)
        self.encoder_optimizer, self.decoder_optimizer, self.discriminator_optimizer = optimizers

    def get_compile_config(self):
        """Return the three optimizers as plain data, so that a saved model can go on training."""
        if not self.compiled:
            return {}
        optimizers = {f"{name}_optimizer": getattr(self, f"{name}_optimizer") for name in NETWORKS}
        config = {name: keras.saving.serialize_keras_object(optimizer) for name, optimizer in optimizers.items()}
        return {**config, "run_eagerly": self.run_eagerly, "jit_compile": self.jit_compile}

    def compile_from_config(self, config):
        """Compile as `get_compile_config` described; networks that are built get their optimizer's memory."""
        config = dict(config)
        for name in NETWORKS:
            config[f"{name}_optimizer"] = keras.saving.deserialize_keras_object(config[f"{name}_optimizer"])
        self.compile(**config)
        for name in NETWORKS:
            if getattr(self, name).built:
                getattr(self, f"{name}_optimizer").build(self.side_of(name))

    def side_of(self, name):
        """The variables that the step of a network moves; the condition's, if it learns, are on the decoder's side."""
        variables = getattr(self, name).trainable_variables
        return variables + self.condition.trainable_variables if name == "decoder" else variables

    @property
    def metrics(self):
        """The means that Keras resets each epoch: discriminator, encoder (and its two terms), decoder."""
        return self.trackers

    def update_trackers(self, discriminator_loss, prior_loss, feature_loss, decoder_loss):
        """Add one step to the epoch's means and return them all.

        Args:
            discriminator_loss, prior_loss, feature_loss, decoder_loss: float scalars, batch means.

        Returns:
            dict with the means over the epoch's steps so far: discriminator_loss, encoder_loss (the sum of the next
            two), prior_loss, feature_loss, decoder_loss.
        """
        values = (discriminator_loss, prior_loss + feature_loss, prior_loss, feature_loss, decoder_loss)
        for tracker, value in zip(self.trackers, values, strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def generate(self, z, labels):
        """Return the images of z (batch, latent_dim) and labels (batch,), as in use, not in training."""
        return self.decode(z, labels)

    def encode(self, x, labels):
        """Return (z_mean, z_log_var) of q(z|x,y)."""
        raise ToImplement(f"{type(self).__name__}.encode: the encoder's answer to x and its labels (lesson cvae_gan).")

    def decode(self, z, labels, training=False):
        """Return the images of z and labels."""
        raise ToImplement(f"{type(self).__name__}.decode: the decoder's images of z and labels (lesson cvae_gan).")

    def train_discriminator(self, images, labels):
        """Take one step of the discriminator alone and return its mean loss."""
        raise ToImplement(f"{type(self).__name__}.train_discriminator: move the discriminator (lesson cvae_gan).")

    def train_encoder(self, images, labels):
        """Take one step of the encoder alone and return the means of its two losses."""
        raise ToImplement(f"{type(self).__name__}.train_encoder: move the encoder (lesson cvae_gan).")

    def train_decoder(self, images, labels):
        """Take one step of the decoder alone and return its mean loss."""
        raise ToImplement(f"{type(self).__name__}.train_decoder: move the decoder (lesson cvae_gan).")

    def train_step(self, data):
        """Take a step of each network and return the dict of `update_trackers`."""
        raise ToImplement(f"{type(self).__name__}.train_step: discriminator, encoder, decoder (lesson cvae_gan).")
