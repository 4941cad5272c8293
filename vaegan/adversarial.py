"""The abstract class behind every GAN of the course.

    keras.Model <- GenerativeModel <- BaseGAN <- GAN (you write this one)

A GAN *is a* generative model (it draws samples) and *has a* generator and a discriminator. What is given here
is bookkeeping: two optimizers, two epoch means, noise. What is a promise (`ToImplement`) is the learning.
"""

import keras

from vaegan.bases import GenerativeModel
from vaegan.holes import ToImplement

OPTIMIZERS = ("generator_optimizer", "discriminator_optimizer")


class BaseGAN(GenerativeModel):
    """A generator and a discriminator that train against each other; this base class keeps the books.

    Args:
        generator: keras.Model, z (batch, latent_dim) -> examples (batch, *data_shape).
        discriminator: keras.Model, examples -> logits (batch, 1) of "this is real".
        latent_dim: int > 0, number of entries of z.
        seed: int or None, of the noise; with an int, two GANs draw the same sequence.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, generator, discriminator, latent_dim, seed=None, **kwargs):
        super().__init__(**kwargs)
        if latent_dim < 1:
            raise ValueError(f"latent_dim must be at least 1, received {latent_dim}.")
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim = latent_dim
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.discriminator_loss_tracker = keras.metrics.Mean(name="discriminator_loss")
        self.generator_loss_tracker = keras.metrics.Mean(name="generator_loss")
        # All weights live in the two parts, which build themselves when first called (see LatentVariableModel).
        self.built = True

    def compile(self, generator_optimizer, discriminator_optimizer, **kwargs):
        """Take one optimizer for each side.

        Args:
            generator_optimizer, discriminator_optimizer: keras optimizers, or names such as "adam"; two
                objects, because an optimizer remembers the weights that it moves.
            **kwargs: `run_eagerly`, `jit_compile` and what else `keras.Model.compile` takes.
        """
        generator_optimizer = keras.optimizers.get(generator_optimizer)
        discriminator_optimizer = keras.optimizers.get(discriminator_optimizer)
        if generator_optimizer is discriminator_optimizer:
            raise ValueError(
                "Each side needs an optimizer of its own: expected two objects, received the same "
                f"{type(generator_optimizer).__name__} twice. Make one for each side."
            )
        super().compile(optimizer=None, **kwargs)
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer

    def get_compile_config(self):
        """Return both optimizers as plain data, so that a saved GAN can go on training."""
        if not self.compiled:
            return {}
        config = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in OPTIMIZERS}
        return {**config, "run_eagerly": self.run_eagerly, "jit_compile": self.jit_compile}

    def compile_from_config(self, config):
        """Compile as `get_compile_config` described; parts that are built get their optimizer's memory."""
        config = dict(config)
        for name in OPTIMIZERS:
            config[name] = keras.saving.deserialize_keras_object(config[name])
        self.compile(**config)
        if self.generator.built:
            self.generator_optimizer.build(self.generator_side)
        if self.discriminator.built:
            self.discriminator_optimizer.build(self.discriminator.trainable_variables)

    @property
    def generator_side(self):
        """The variables that the generator's step moves; a subclass may have more than the generator's own."""
        return self.generator.trainable_variables

    @property
    def metrics(self):
        """The two means that Keras resets each epoch: discriminator_loss, generator_loss."""
        return [self.discriminator_loss_tracker, self.generator_loss_tracker]

    def update_trackers(self, discriminator_loss, generator_loss):
        """Add one step to the epoch's means and return them both.

        Args:
            discriminator_loss, generator_loss: float scalars, batch means in nats.

        Returns:
            dict with the means over the epoch's steps so far: discriminator_loss, generator_loss.
        """
        self.discriminator_loss_tracker.update_state(discriminator_loss)
        self.generator_loss_tracker.update_state(generator_loss)
        return {tracker.name: tracker.result() for tracker in self.metrics}

    def inputs_of(self, data):
        """Return what the steps need from a batch of `fit`: here the images alone, from x or from (x, y)."""
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return x

    def noise(self, num):
        """Return z ~ N(0, I), float32, (num, latent_dim); fresh on every call."""
        return keras.random.normal((num, self.latent_dim), seed=self.seed_generator)

    def generate(self, z):
        """Return the examples that the generator makes of z (batch, latent_dim), as in use, not in training."""
        return self.generator(z, training=False)

    def train_discriminator(self, real_images):
        """Take one step of the discriminator alone and return its mean loss."""
        raise ToImplement(f"{type(self).__name__}.train_discriminator: move the discriminator (lesson gan).")

    def train_generator(self, batch_size):
        """Take one step of the generator alone and return its mean loss."""
        raise ToImplement(f"{type(self).__name__}.train_generator: move the generator (lesson gan).")

    def train_step(self, data):
        """Take a step of each side and return the dict of `update_trackers`."""
        raise ToImplement(f"{type(self).__name__}.train_step: one discriminator step, one generator step (lesson gan).")
