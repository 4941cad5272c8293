"""Tiny linear encoders and decoders, made on the student's side from Keras configurations.

With them the judge knows every number that a VAE should give, whatever the student's own `Encoder` and
`Decoder` do.
"""

from __future__ import annotations

import math

import numpy as np

from graders.common.networks import linear_network
from graders.common.objects import make
from graders.ex03_vae.oracles import LinearVAE
from judge.suite import Array, Remote, Student

SHAPE = (2, 2, 1)  # of the tiny images


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


def make_vae(
    student: Student, weights: LinearVAE, *, variance: float | None = None
) -> tuple[Remote, Remote, Remote]:
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
