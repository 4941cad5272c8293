"""The conditional VAE of linear layers: what is right, and the student's CVAE around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graders.common.labelled import CLASSES, PIXELS, SHAPE, Linear, append, drawer, make_condition, scale_of_c
from graders.common.losses import bernoulli_nll, kl_to_standard_normal
from graders.common.networks import linear_network
from graders.common.objects import make
from judge.suite import Array, Remote, Student


@dataclass(frozen=True)
class LinearCVAE(Linear):
    """A conditional VAE of linear layers, without noise: z is z_mean.

    P pixels, C entries of c, J entries of z, K classes.

    Attributes:
        mean_kernel: (P + pixels * C, J), of the image with its planes, flattened.
        mean_bias: (J,).
        log_var_kernel: same shape as mean_kernel.
        log_var_bias: (J,).
        kernel: (J + C, P).
        bias: (P,).
        table: (K, C), of the condition.
        scale: row k times this is the c of label k as it arrives.
    """

    mean_kernel: Array
    mean_bias: Array
    log_var_kernel: Array
    log_var_bias: Array
    kernel: Array
    bias: Array
    table: Array
    scale: float

    def encode(self, x: Array, labels: Array) -> tuple[Array, Array]:
        """z_mean and z_log_var, each (batch, J)."""
        seen = append(x, self.scale * self.table[labels]).reshape(len(x), -1)
        return seen @ self.mean_kernel + self.mean_bias, seen @ self.log_var_kernel + self.log_var_bias

    def decode(self, z: Array, labels: Array) -> Array:
        """The parameters of p(x|z,y), flattened: (batch, P)."""
        return append(z, self.scale * self.table[labels]) @ self.kernel + self.bias

    def terms(self, x: Array, labels: Array) -> tuple[Array, Array]:
        """(reconstruction loss with the Bernoulli likelihood, KL), each (batch,), in nats."""
        z_mean, z_log_var = self.encode(x, labels)
        pixels = np.asarray(x, np.float64).reshape(len(x), -1)
        return bernoulli_nll(pixels, self.decode(z_mean, labels)), kl_to_standard_normal(z_mean, z_log_var)

    def loss(self, x: Array, labels: Array) -> float:
        """Batch mean of -ELBO."""
        return float(np.sum(self.terms(x, labels), axis=0).mean())


def random_cvae(student: Student, seed: int, *, table: Array | None = None, noise: bool = False) -> LinearCVAE:
    """Draw weights for images of `SHAPE`, three classes and a latent dimension of 2, as float32 represents them.

    Args:
        student: whose networks they will be.
        seed: tells the draws apart.
        table: of the condition; None for one-hot.
        noise: False makes every log-variance -20: z is z_mean to four digits, however it is drawn.
    """
    table = np.eye(CLASSES) if table is None else table
    draw, latent_dim, seen = drawer(seed), 2, PIXELS * (1 + table.shape[1])
    return LinearCVAE(
        mean_kernel=draw(seen, latent_dim),
        mean_bias=draw(latent_dim),
        log_var_kernel=draw(seen, latent_dim) * noise,
        log_var_bias=draw(latent_dim) if noise else np.full(latent_dim, -20.0),
        kernel=draw(latent_dim + table.shape[1], PIXELS),
        bias=draw(PIXELS),
        table=table,
        scale=scale_of_c(student),
    )


def cvae_parts(student: Student, weights: LinearCVAE, shape: Sequence[int] = SHAPE) -> tuple[Remote, Remote]:
    """Linear (encoder, decoder) with these weights, for data of that shape."""
    dim, pixels = weights.table.shape[1], weights.kernel.shape[1]
    latent_dim = weights.kernel.shape[0] - dim
    heads = {
        "z_mean": (weights.mean_kernel, weights.mean_bias),
        "z_log_var": (weights.log_var_kernel, weights.log_var_bias),
    }
    seen = weights.mean_kernel.shape[0] // (pixels // shape[-1]) if len(shape) == 3 else shape[0] + dim
    encoder = linear_network(student, "linear_encoder", [*shape[:-1], seen], heads)
    pixel_head = {"pixels": (weights.kernel, weights.bias)}
    return encoder, linear_network(student, "linear_decoder", [latent_dim + dim], pixel_head, shape)


def make_cvae(student: Student, weights: LinearCVAE, **options: Any) -> Remote:
    """The student's CVAE around linear networks with these weights."""
    parts = cvae_parts(student, weights)
    return make(student, "CVAE", *parts, make_condition(student, weights.table), **options)


def gaussian(student: Student, variance: float) -> Remote:
    """The GaussianLikelihood of the handed-out module `vae`."""
    described = {
        "module": "vae",
        "class_name": "GaussianLikelihood",
        "config": {"variance": variance},
        "registered_name": "vae>GaussianLikelihood",
    }
    return make(student, "keras.saving.deserialize_keras_object", described)
