"""Encoder and decoder: their checks and their mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.behaviour import bend, randomise_kernels
from graders.common.objects import expect_shape, expect_twin, make
from graders.common.reference import random_images
from graders.ex03_vae.sampling import normal
from judge.suite import Array, Student, cell, expect, expect_pair

encoder = cell("encoder_check")
decoder = cell("decoder_check")

# fmt: off
HEADS = "self.mean_head(h), self.log_var_head(h)"
SQUASHED_HEAD = encoder.mistake("head-with-activation",
    ("self.mean_head = layers.Dense(latent_dim)", 'self.mean_head = layers.Dense(latent_dim, activation="tanh")'),
    "A head has an activation that squashes its numbers. Means and log-variances may be any real number: use a linear "
    "layer.")
POSITIVE_HEAD = encoder.mistake("log-var-head-positive",
    ("self.log_var_head = layers.Dense(latent_dim)",
     'self.log_var_head = layers.Dense(latent_dim, activation="softplus")'),
    "Your z_log_var is never negative, as if it were a variance. It is the log of one, any real number: use a linear "
    "layer.")
ONE_HEAD = encoder.mistake("one-head-for-both", ("self.log_var_head(h)", "self.mean_head(h)"),
    "z_mean and z_log_var are the same numbers: give each a layer of its own.")
NEW_LAYERS = encoder.mistake("layers-made-in-call",
    (HEADS, "layers.Dense(self.latent_dim)(h), layers.Dense(self.latent_dim)(h)"),
    "Two calls gave two answers, as if layers were made anew each time. Make every layer in __init__.")
DECODER_SIGMOID = decoder.mistake("decoder-returns-probabilities",
    ("layers.Dense(num_pixels)", 'layers.Dense(num_pixels, activation="sigmoid")'),
    "All your numbers lie between 0 and 1: the decoder ends with a sigmoid. It should return logits; the likelihood "
    "turns them into probabilities.")
DECODER_TANH = decoder.mistake("decoder-returns-tanh",
    ("layers.Dense(num_pixels)", 'layers.Dense(num_pixels, activation="tanh")'),
    "All your numbers lie between -1 and 1: the decoder ends with a tanh. It should return logits, any real number.")
DECODER_RELU = decoder.mistake("decoder-returns-relu",
    ("layers.Dense(num_pixels)", 'layers.Dense(num_pixels, activation="relu")'),
    "None of your numbers is negative: the decoder's last layer has a ReLU or softplus. Logits take both signs.")
CONFIG_DEFAULTS = decoder.mistake("config-returns-defaults", (", hidden_units=self.hidden_units)", ")"),
    "The twin was made with other arguments than the original, probably defaults: put each constructor argument into "
    "get_config, with the value that this object has.")
STRAIGHT_ENCODER, STRAIGHT_DECODER = (
    part.mistake(f"{who}-not-bent", ('layers.Dense(hidden_units, activation="relu")', "layers.Dense(hidden_units)"),
        f"Your {who} is one linear map: without a ReLU behind the hidden layer, two layers are no more than one.",
        also=[(f"self.hidden({into})", into)] * (who == "encoder"))
    for part, who, into in ((encoder, "encoder", "self.flatten(x)"), (decoder, "decoder", "z"))
)
# fmt: on


def _heads(value: Any, shape: tuple[int, ...]) -> tuple[Array, Array]:
    z_mean, z_log_var = expect_pair(value, "what the encoder returns")
    return expect_shape(z_mean, shape, "z_mean"), expect_shape(z_log_var, shape, "z_log_var")


@encoder.check("The encoder returns z_mean and z_log_var, each (batch, latent_dim).")
def test_encoder_shapes(student: Student) -> None:
    """For two encoders, two image shapes and a batch of one."""
    _heads(make(student, "Encoder", latent_dim=5, hidden_units=7)(random_images(0, 6, 8, 8, 1)), (6, 5))
    encoder = make(student, "Encoder", latent_dim=2, hidden_units=9)
    for batch in (1, 3):
        _heads(encoder(random_images(1, batch, 4, 6, 2)), (batch, 2))


@encoder.check(
    "Both heads depend on the image, differ, and reach any real number.",
    weight=2,
    needs=[test_encoder_shapes],
)
def test_encoder_heads_are_linear_and_separate(student: Student) -> None:
    """Kernels of size 1 make the output of a linear head exceed 1 in both directions, whatever the body."""
    encoder = make(student, "Encoder", latent_dim=16, hidden_units=24)
    x = random_images(2, 48, 8, 8, 1)
    encoder(x)
    randomise_kernels(encoder)
    z_mean, z_log_var = _heads(encoder(x), (48, 16))
    again, _ = _heads(encoder(x), (48, 16))
    expect(np.allclose(again, z_mean), "the encoder gave two answers for one image.", NEW_LAYERS)
    expect(not np.allclose(z_mean, z_log_var), "z_mean and z_log_var are equal.", ONE_HEAD)
    for name, head in (("z_mean", z_mean), ("z_log_var", z_log_var)):
        expect(bool(head.std(axis=0).max() > 1e-6), f"{name} is the same for all images: it must depend on x.")
        low, high = head.min(), head.max()
        mistake = SQUASHED_HEAD if name == "z_mean" or low < 0 else POSITIVE_HEAD
        expect(
            bool(low < -1 and high > 1),
            f"{name} must reach any real number: with large weights expected numbers below -1 and above 1, "
            f"received {low:.3g} to {high:.3g}.",
            mistake,
        )


@encoder.check("The encoder bends: it is no linear map.", weight=0.5, needs=[test_encoder_shapes])
def test_encoder_bends(student: Student) -> None:
    """Half way between two images, both heads are not half way between."""
    model, a, b = (
        make(student, "Encoder", latent_dim=4, hidden_units=24),
        *(random_images(s, 8, 8, 8, 1) for s in (3, 4)),
    )
    model(a)
    randomise_kernels(model)
    expect(bend(model, a, b) > 1e-2, "the encoder is one linear map from image to heads.", STRAIGHT_ENCODER)


@encoder.check(
    "An encoder made from get_config and given the same weights gives the same outputs.",
    needs=[test_encoder_shapes],
)
def test_encoder_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"latent_dim": 3, "hidden_units": 5}
    expect_twin(student, "Encoder", arguments, random_images(3, 4, 6, 6, 1), CONFIG_DEFAULTS)


@decoder.check("The decoder returns one number for each pixel: (batch, *image_shape).")
def test_decoder_shapes(student: Student) -> None:
    """For two decoders, two numbers of latent dimensions and a batch of one."""
    for latent_dim, shape in ((3, (4, 6, 2)), (7, (5, 5, 1))):
        decoder = make(student, "Decoder", image_shape=shape, hidden_units=7)
        for batch in (4, 1):
            expect_shape(decoder(normal(6, batch, latent_dim)), (batch, *shape), "the decoder's output")


@decoder.check(
    "The decoder returns logits, any real number, that depend on z.",
    weight=2,
    needs=[test_decoder_shapes],
    read_again="section 5",
)
def test_decoder_returns_logits(student: Student) -> None:
    """Kernels of size 1 make logits exceed 1 in both directions; an activation would hold them back."""
    decoder = make(student, "Decoder", image_shape=(4, 4, 1), hidden_units=24)
    z = 3 * normal(7, 32, 3)
    decoder(z)
    randomise_kernels(decoder)
    logits, again = (expect_shape(decoder(z), (32, 4, 4, 1), "the decoder's output") for _ in range(2))
    expect(np.allclose(again, logits), "the decoder gave two answers for one z.", NEW_LAYERS)
    expect(
        bool(logits.std(axis=0).max() > 1e-6),
        "the decoder's output is the same for all z: it must depend on z.",
    )
    low, high = logits.min(), logits.max()
    mistake = None
    if low >= 0:
        mistake = DECODER_SIGMOID if high <= 1 else DECODER_RELU
    elif low >= -1 and high <= 1:
        mistake = DECODER_TANH
    expect(
        bool(low < -1 and high > 1),
        f"logits are any real numbers: with large weights expected some below -1 and above 1, received {low:.3g} "
        f"to {high:.3g}.",
        mistake,
    )


@decoder.check("The decoder bends: it is no linear map.", weight=0.5, needs=[test_decoder_shapes])
def test_decoder_bends(student: Student) -> None:
    """Half way between two codes, the logits are not half way between."""
    model, a, b = (
        make(student, "Decoder", image_shape=(4, 4, 1), hidden_units=24),
        3 * normal(9, 8, 3),
        3 * normal(10, 8, 3),
    )
    model(a)
    randomise_kernels(model)
    expect(bend(model, a, b) > 1e-2, "the decoder is one linear map from z to logits.", STRAIGHT_DECODER)


@decoder.check(
    "A decoder made from get_config and given the same weights gives the same outputs.",
    needs=[test_decoder_shapes],
)
def test_decoder_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"image_shape": (2, 3, 2), "hidden_units": 5}
    expect_twin(student, "Decoder", arguments, normal(8, 4, 3), CONFIG_DEFAULTS)
