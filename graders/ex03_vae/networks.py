"""Tiny linear encoders and decoders, made on the student's side from Keras configurations.

With them the judge knows every number that a VAE should give, whatever the student's own `Encoder` and
`Decoder` do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graders.ex03_vae.expectations import make
from graders.ex03_vae.oracles import LinearVAE
from judge.suite import Array, Remote, Student

SHAPE = (2, 2, 1)  # of the tiny images


def _tensor(layer: str, shape: Sequence[int]) -> dict[str, Any]:
    """A reference to a layer's output inside a functional model's configuration."""
    config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [layer, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def _layer(kind: str, name: str, source: dict[str, Any] | None = None, **config: Any) -> dict[str, Any]:
    """A layer of a functional model, called once on `source`."""
    nodes = [] if source is None else [{"args": [source], "kwargs": {}}]
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": nodes,
    }


def _functional(student: Student, name: str, layers: list[dict[str, Any]], outputs: list[str]) -> Remote:
    """Make a functional model; its input is the first layer."""
    ends = [[output, 0, 0] for output in outputs]
    config = {
        "name": name,
        "trainable": True,
        "layers": layers,
        "input_layers": [layers[0]["name"], 0, 0],
        "output_layers": ends if len(ends) > 1 else ends[0],
    }
    made = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
    }
    return make(student, "keras.saving.deserialize_keras_object", made)


def make_encoder(student: Student, weights: LinearVAE) -> Remote:
    """Make a Keras model: images (batch, *SHAPE) -> [z_mean, z_log_var]."""
    num_pixels, latent_dim = weights.mean_kernel.shape
    flat = _tensor("flatten", [num_pixels])
    layers = [
        _layer("InputLayer", "x", batch_shape=[None, *SHAPE], dtype="float32"),
        _layer("Flatten", "flatten", _tensor("x", SHAPE)),
        _layer("Dense", "z_mean", flat, units=latent_dim),
        _layer("Dense", "z_log_var", flat, units=latent_dim),
    ]
    encoder = _functional(student, "linear_encoder", layers, ["z_mean", "z_log_var"])
    encoder.call("set_weights", [array.astype(np.float32) for array in weights.arrays()[:4]])
    return encoder


def make_decoder(student: Student, weights: LinearVAE) -> Remote:
    """Make a Keras model: z (batch, latent_dim) -> parameters (batch, *SHAPE)."""
    latent_dim, num_pixels = weights.kernel.shape
    layers = [
        _layer("InputLayer", "z", batch_shape=[None, latent_dim], dtype="float32"),
        _layer("Dense", "pixels", _tensor("z", [latent_dim]), units=num_pixels),
        _layer("Reshape", "image", _tensor("pixels", [num_pixels]), target_shape=list(SHAPE)),
    ]
    decoder = _functional(student, "linear_decoder", layers, ["image"])
    decoder.call("set_weights", [array.astype(np.float32) for array in weights.arrays()[4:]])
    return decoder


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


def random_images(seed: int, *shape: int) -> Array:
    """Grey images of that shape, float32 in [0, 1]."""
    return np.random.default_rng(seed).random(shape).astype(np.float32)


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
