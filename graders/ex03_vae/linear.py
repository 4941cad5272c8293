"""Tiny linear encoders and decoders, made on the student's side from Keras configurations.

With them the judge knows every number that a VAE should give, whatever the student's own `Encoder` and
`Decoder` do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np

from graders.common.losses import bernoulli_nll, kl_to_standard_normal
from graders.common.networks import linear_network
from graders.common.objects import make
from graders.common.reference import numerical_gradient, sigmoid
from judge.suite import Array, CheckFailed, Remote, Student, cell, expect_array, expect_pair

SHAPE = (2, 2, 1)  # of the tiny images
forward = cell("vae_forward_check", hole="vae", read_again="section 10")
REDUCED = forward.mistake(
    "terms-reduced-over-batch",
    ("return reconstruction_loss, kl_to", "return ops.mean(reconstruction_loss), kl_to"),
    "You reduced the batch axis. Return one number for each example; train_step takes the mean.",
)


class Formulas(NamedTuple):
    """What a VAE's losses and mean images are: functions of arrays (batch, ...), as in `graders.common.losses`."""

    nll: Callable[[Array, Array], Array]
    mean: Callable[[Array], Array]
    kl: Callable[[Array, Array], Array]


def formulas(student: Student) -> Formulas:
    """The lesson's formulas or, for a hole in whose place one stands, its stand-in's."""
    coins, length = student.stand_in("bernoulli"), student.stand_in("kl")
    return Formulas(
        nll=_squared if coins else bernoulli_nll,
        mean=_halved if coins else sigmoid,
        kl=_length if length else kl_to_standard_normal,
    )


def _squared(x: Array, parameters: Array) -> Array:
    return np.asarray(((parameters - x) ** 2).reshape(len(x), -1).sum(axis=1))


def _halved(parameters: Array) -> Array:
    return 0.5 * parameters


def _length(z_mean: Array, z_log_var: Array) -> Array:
    return np.asarray((z_mean**2 + z_log_var).sum(axis=1))


@dataclass(frozen=True)
class LinearVAE:
    """A VAE whose encoder and decoder are one linear layer each; the image is flattened to P pixels.

    Attributes:
        mean_kernel: (P, J), J being latent_dim.
        mean_bias: (J,).
        log_var_kernel: (P, J).
        log_var_bias: (J,).
        kernel: (J, P).
        bias: (P,).
    """

    mean_kernel: Array
    mean_bias: Array
    log_var_kernel: Array
    log_var_bias: Array
    kernel: Array
    bias: Array

    def arrays(self) -> list[Array]:
        """The six arrays, in the order above."""
        return [np.asarray(getattr(self, field.name)) for field in fields(self)]

    def encode(self, x: Array) -> tuple[Array, Array]:
        """z_mean and z_log_var of images x, each (batch, J)."""
        flat = np.asarray(x, np.float64).reshape(len(x), -1)
        return flat @ self.mean_kernel + self.mean_bias, flat @ self.log_var_kernel + self.log_var_bias

    def decode(self, z: Array) -> Array:
        """The parameters of p(x|z), flattened: (batch, P)."""
        return np.asarray(z, np.float64) @ self.kernel + self.bias

    def loss(self, x: Array, formulas: Formulas) -> float:
        """Batch mean of equation (2) with the Bernoulli likelihood and no noise: z is z_mean."""
        z_mean, z_log_var = self.encode(x)
        flat = np.asarray(x, np.float64).reshape(len(x), -1)
        terms = formulas.nll(flat, self.decode(z_mean)) + formulas.kl(z_mean, z_log_var)
        return float(terms.mean())

    def after_step(self, x: Array, learning_rate: float, formulas: Formulas) -> LinearVAE:
        """The weights after one step of plain gradient descent on `loss`."""
        stepped = {}
        for field, array in zip(fields(self), self.arrays(), strict=True):

            def loss_at(values: Array, name: str = field.name) -> float:
                return replace(self, **{name: values}).loss(x, formulas)

            stepped[field.name] = array - learning_rate * numerical_gradient(loss_at, array)
        return replace(self, **stepped)


def make_encoder(student: Student, weights: LinearVAE) -> Remote:
    """Make a Keras model: images (batch, *SHAPE) -> [z_mean, z_log_var]."""
    heads = {
        "z_mean": (weights.mean_kernel, weights.mean_bias),
        "z_log_var": (weights.log_var_kernel, weights.log_var_bias),
    }
    return linear_network(student, "linear_encoder", SHAPE, heads)


def make_decoder(student: Student, weights: LinearVAE) -> Remote:
    """Make a Keras model: z (batch, latent_dim) -> parameters (batch, *SHAPE)."""
    heads = {"pixels": (weights.kernel, weights.bias)}
    return linear_network(student, "linear_decoder", [len(weights.kernel)], heads, SHAPE)


def make_vae(student: Student, weights: LinearVAE, *, variance: float | None = None) -> tuple[Remote, Remote, Remote]:
    """Make the student's VAE around a linear encoder and decoder.

    Args:
        student: the submission.
        weights: of the two networks.
        variance: of a Gaussian likelihood; None leaves the default, Bernoulli.

    Returns:
        (vae, encoder, decoder).
    """
    encoder = make_encoder(student, weights)
    decoder = make_decoder(student, weights)
    if variance is None:
        return make(student, "VAE", encoder, decoder), encoder, decoder
    likelihood = make(student, "GaussianLikelihood", variance=variance)
    return make(student, "VAE", encoder, decoder, likelihood=likelihood), encoder, decoder


def random_linear_vae(seed: int, *, noise: bool = True) -> LinearVAE:
    """Draw weights for images of `SHAPE` and a latent dimension of 3, as float32 represents them.

    Args:
        seed: tells the draws apart.
        noise: False makes every log-variance -20: z is z_mean to four digits, however it is drawn.
    """
    rng = np.random.default_rng(seed)
    num_pixels, latent_dim = math.prod(SHAPE), 3

    def draw(*shape: int) -> Array:
        return rng.normal(0.0, 0.5, shape).astype(np.float32).astype(np.float64)

    return LinearVAE(
        mean_kernel=draw(num_pixels, latent_dim),
        mean_bias=draw(latent_dim),
        log_var_kernel=draw(num_pixels, latent_dim) * noise,
        log_var_bias=draw(latent_dim) if noise else np.full(latent_dim, -20.0),
        kernel=draw(latent_dim, num_pixels),
        bias=draw(num_pixels),
    )


def identity_vae(mean: float, log_var: float) -> LinearVAE:
    """q(z|x) the same for every x, and a decoder that returns z itself: what comes out is what was drawn."""
    num_pixels = math.prod(SHAPE)
    zeros = np.zeros((num_pixels, num_pixels))
    return LinearVAE(
        mean_kernel=zeros,
        mean_bias=np.full(num_pixels, mean),
        log_var_kernel=zeros,
        log_var_bias=np.full(num_pixels, log_var),
        kernel=np.eye(num_pixels),
        bias=np.zeros(num_pixels),
    )


def expect_terms(value: Any, batch: int) -> tuple[Array, Array]:
    """(reconstruction_loss, kl_loss), each (batch,), from what `elbo_terms` returned."""
    pair = expect_pair(value, "what elbo_terms returns")
    for name, term in zip(("reconstruction_loss", "kl_loss"), pair, strict=True):
        what = f"the {name} of elbo_terms"
        array = expect_array(term, what)
        if array.shape == ():
            raise CheckFailed(f"{what} has the wrong shape: expected ({batch},), received ().", REDUCED)
        expect_array(array, what, (batch,))
    return np.asarray(pair[0], np.float64), np.asarray(pair[1], np.float64)
