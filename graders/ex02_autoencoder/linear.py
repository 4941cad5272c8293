"""Tiny linear encoders and decoders: with them the judge knows every number of an autoencoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graders.common.networks import layer, linear_network, stack
from graders.common.objects import make
from graders.common.reference import random_images
from judge.suite import Array, Remote, Student

SHAPE = (2, 2, 1)  # of the tiny images


@dataclass(frozen=True)
class Linear:
    """An autoencoder of two linear layers: P pixels -> J numbers -> P pixels.

    Attributes:
        arrays: kernel (P, J), bias (J,), kernel (J, P), bias (P,).
    """

    arrays: tuple[Array, Array, Array, Array]

    def encode(self, x: Array) -> Array:
        """The code, (batch, J)."""
        return np.asarray(x, np.float64).reshape(len(x), -1) @ self.arrays[0] + self.arrays[1]

    def decode(self, z: Array) -> Array:
        """The image, (batch, *SHAPE)."""
        return (np.asarray(z, np.float64) @ self.arrays[2] + self.arrays[3]).reshape(len(z), *SHAPE)

    def gradients(self, shown: Array, of_reconstruction: Array) -> list[Array]:
        """Of a loss whose gradient for the reconstruction is known, when `shown` went in; as `arrays`."""
        flat, z = np.asarray(shown, np.float64).reshape(len(shown), -1), self.encode(shown)
        pixels = np.asarray(of_reconstruction, np.float64).reshape(len(shown), -1)
        codes = pixels @ self.arrays[2].T
        return [flat.T @ codes, codes.sum(axis=0), z.T @ pixels, pixels.sum(axis=0)]


def random_linear(seed: int) -> Linear:
    """Draw weights for images of SHAPE and codes of three numbers, as float32 represents them."""
    rng = np.random.default_rng(seed)
    shapes = ((4, 3), (3,), (3, 4), (4,))
    first, second, third, fourth = (rng.normal(0, 0.5, s).astype(np.float32).astype(np.float64) for s in shapes)
    return Linear((first, second, third, fourth))


def make_linear(
    student: Student, weights: Linear, class_name: str = "Autoencoder", **kwargs: Any
) -> tuple[Remote, Remote, Remote]:
    """The student's model around a linear encoder and decoder: (model, encoder, decoder)."""
    kernel, bias, back, pixels = weights.arrays
    encoder = linear_network(student, "linear_encoder", SHAPE, {"code": (kernel, bias)})
    decoder = linear_network(student, "linear_decoder", [len(back)], {"pixels": (back, pixels)}, SHAPE)
    return make(student, class_name, encoder, decoder, **kwargs), encoder, decoder


def make_normalised(student: Student) -> tuple[Remote, Remote]:
    """An autoencoder that only normalises, and its encoder: pixels -> batch normalisation -> the same shape.

    Its moving statistics are 0 and 1 at first, so out of training it returns x, but for the layer's epsilon.
    """
    norm = layer("BatchNormalization", "norm", momentum=0.5, epsilon=1e-3)
    encoder = stack(student, "normalising_encoder", [4], norm)
    decoder = stack(student, "plain_decoder", [4], layer("Dense", "same", units=4, kernel_initializer="identity"))
    return make(student, "Autoencoder", encoder, decoder), encoder


def normalised(x: Array, *, training: bool) -> Array:
    """What `make_normalised` gives for x at first."""
    x = np.asarray(x, np.float64)
    mean, variance = (x.mean(axis=0), x.var(axis=0)) if training else (0.0, 1.0)
    result: Array = (x - mean) / np.sqrt(variance + 1e-3)
    return result


def images(seed: int, batch: int = 6) -> Array:
    """Tiny images in [0, 1]."""
    return random_images(seed, batch, *SHAPE)
