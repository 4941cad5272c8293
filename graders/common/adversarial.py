"""GANs around tiny networks whose every number the judge knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graders.common.networks import layer, linear_network, stack
from graders.common.objects import flat, make, set_weights, statistics_of, weights_of
from judge.suite import Array, Remote, Student, expect, expect_array

SHAPE = (2, 2, 1)  # of the tiny images
DISCRIMINATOR_RATE, GENERATOR_RATE = 0.25, 0.75  # of plain gradient descent; different, to tell them apart
UNDECIDED = 0.25  # the logit of a discriminator that has not learnt; at 0 some right formulas have a kink


@dataclass(frozen=True)
class Linear:
    """A linear network, x -> x kernel + bias, on flattened examples.

    Attributes:
        kernel: (inputs, outputs).
        bias: (outputs,).
    """

    kernel: Array
    bias: Array

    def __call__(self, x: Array) -> Array:
        """The outputs for (batch, ...) inputs: (batch, outputs)."""
        result: Array = np.reshape(np.asarray(x, np.float64), (len(x), -1)) @ self.kernel + self.bias
        return result

    def as_vector(self) -> Array:
        """Kernel and bias, as one vector."""
        return np.concatenate([np.ravel(self.kernel), np.ravel(self.bias)])

    def gradient(self, x: Array, by_outputs: Array) -> Array:
        """Gradient by kernel and bias of a mean over examples, as one vector.

        Args:
            x: (batch, ...), the inputs.
            by_outputs: (batch, outputs), the derivative of each example's loss by its own outputs.
        """
        by_kernel, by_bias = np.zeros(np.shape(self.kernel)), np.zeros(np.shape(self.bias))
        for example, slope in zip(np.asarray(x, np.float64), by_outputs, strict=True):
            by_kernel += np.outer(np.ravel(example), slope) / len(x)
            by_bias += np.ravel(slope) / len(x)
        return np.concatenate([by_kernel.ravel(), by_bias])


@dataclass(frozen=True)
class Sides:
    """A GAN of the student's, compiled, and the Keras models and optimisers of its two sides."""

    gan: Remote
    generator: Remote
    discriminator: Remote
    generator_optimizer: Remote
    discriminator_optimizer: Remote

    def updates(self) -> tuple[int, int]:
        """How many updates each optimiser has made: (generator's, discriminator's)."""
        optimizers = (self.generator_optimizer, self.discriminator_optimizer)
        counts = [expect_array(o.get("iterations"), "`iterations` of an optimiser", ()) for o in optimizers]
        return int(counts[0]), int(counts[1])


def random_linear(seed: int, inputs: int, outputs: int) -> Linear:
    """Weights as float32 represents them."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Array:
        return rng.normal(0.0, 0.7, shape).astype(np.float32).astype(np.float64)

    return Linear(draw(inputs, outputs), draw(outputs))


def constant(output: Array, inputs: int = 3) -> Linear:
    """A network that gives the same output for every input."""
    bias = np.asarray(output, np.float32).astype(np.float64)
    return Linear(np.zeros((inputs, len(bias))), bias)


def undecided(inputs: int) -> Linear:
    """A discriminator that has learnt nothing."""
    return Linear(np.zeros((inputs, 1)), np.full(1, UNDECIDED))


def make_generator(student: Student, weights: Linear, shape: Sequence[int] | None = SHAPE) -> Remote:
    """Make a linear generator: z -> examples of that shape; None for flat ones."""
    heads = {"image": (weights.kernel, weights.bias)}
    return linear_network(student, "linear_generator", [len(weights.kernel)], heads, shape)


def make_discriminator(student: Student, weights: Linear, shape: Sequence[int] | None = SHAPE) -> Remote:
    """Make a linear discriminator: examples of that shape (None for flat ones) -> one logit."""
    heads = {"logit": (weights.kernel, weights.bias)}
    return linear_network(student, "linear_discriminator", shape or [len(weights.kernel)], heads)


def normalising_generator(student: Student, bias: float, size: int = 4) -> Remote:
    """Make a generator whose batch normalisation sees z + bias: (batch, size) -> the same shape."""
    dense = layer("Dense", "dense", units=size)
    norm = layer("BatchNormalization", "norm", momentum=0.5, center=False, scale=False, epsilon=1e-3)
    model = stack(student, "normalising_generator", [size], dense, norm)
    set_weights(model, [np.eye(size), np.full(size, bias), np.zeros(size), np.ones(size)])
    return model


def normalising_discriminator(student: Student, inputs: int) -> Remote:
    """Make a discriminator that normalises flat examples, then applies one linear layer."""
    norm = layer("BatchNormalization", "norm", momentum=0.5, center=False, scale=False)
    model = stack(student, "normalising_discriminator", [inputs], norm, layer("Dense", "logit", units=1))
    kernel = np.linspace(-1, 1, inputs)[:, None]
    set_weights(model, [np.zeros(inputs), np.ones(inputs), kernel, np.zeros(1)])
    return model


def make_gan(student: Student, generator: Remote, discriminator: Remote, latent_dim: int, *,
             rates: tuple[float, float] = (GENERATOR_RATE, DISCRIMINATOR_RATE), eager: bool = True,
             **arguments: Any) -> Sides:  # fmt: skip
    """Make the student's GAN around two networks, compiled with plain gradient descent.

    Args:
        student: the submission.
        generator: a Keras model.
        discriminator: a Keras model.
        latent_dim: number of entries of z.
        rates: learning rates of (generator, discriminator).
        eager: whether `fit` runs train_step as it is written, instead of compiling it.
        **arguments: of the student's constructor.
    """
    gan = make(student, "GAN", generator, discriminator, latent_dim, **arguments)
    optimizers = [make(student, "keras.optimizers.SGD", learning_rate=rate) for rate in rates]
    sides = dict(zip(("generator_optimizer", "discriminator_optimizer"), optimizers, strict=True))
    gan.call("compile", **sides, run_eagerly=eager, jit_compile=False)
    return Sides(gan, generator, discriminator, *optimizers)


def linear_gan(student: Student, generator: Linear, discriminator: Linear, shape: Sequence[int] | None = SHAPE,
               **options: Any) -> Sides:  # fmt: skip
    """Make the student's GAN around two linear networks; `options` as for `make_gan`."""
    networks = make_generator(student, generator, shape), make_discriminator(student, discriminator, shape)
    return make_gan(student, *networks, len(generator.kernel), **options)


def vector(model: Remote, like: Linear) -> Array:
    """The weights of a linear network on the student's side, as one vector."""
    return flat(weights_of(model), [like.kernel, like.bias])


def moving_mean(model: Remote, size: int) -> Array:
    """The moving mean of the one batch normalisation in a network."""
    found = statistics_of(model)
    expect(len(found) == 2, f"expected the two moving statistics of one layer, received {len(found)}.")
    return expect_array(found[0], "the moving mean", (size,))
