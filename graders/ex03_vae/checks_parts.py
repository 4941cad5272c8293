"""Checks of the encoder, the sampling layer and the decoder."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.objects import expect_shape, expect_twin, make, weights_of
from graders.ex03_vae import mistakes, model_mistakes
from graders.ex03_vae.expectations import expect_fresh, expect_gradient, expect_standard_normal
from judge.suite import Array, Remote, Student, agree, check, expect, expect_pair

NUM_DRAWS = 20_000


def _images(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).random(shape).astype(np.float32)


def _normal(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def _randomise_kernels(model: Remote) -> None:
    """Give every kernel large random entries, so that nothing depends on how a student initialises."""
    rng = np.random.default_rng(5)
    fresh = [
        rng.normal(0.0, 1.0, array.shape) if array.ndim > 1 else array
        for array in map(np.asarray, weights_of(model))
    ]
    model.call("set_weights", [array.astype(np.float32) for array in fresh])


def _heads(value: Any, shape: tuple[int, ...]) -> tuple[Array, Array]:
    z_mean, z_log_var = expect_pair(value, "what the encoder returns")
    return expect_shape(z_mean, shape, "z_mean"), expect_shape(z_log_var, shape, "z_log_var")


@check(cell="encoder_check", says="The encoder returns z_mean and z_log_var, each (batch, latent_dim).")
def test_encoder_shapes(student: Student) -> None:
    """For two encoders, two image shapes and a batch of one."""
    _heads(make(student, "Encoder", latent_dim=5, hidden_units=7)(_images(0, 6, 8, 8, 1)), (6, 5))
    encoder = make(student, "Encoder", latent_dim=2, hidden_units=9)
    for batch in (1, 3):
        _heads(encoder(_images(1, batch, 4, 6, 2)), (batch, 2))


@check(
    cell="encoder_check",
    says="Both heads depend on the image, differ, and reach any real number.",
    weight=2,
    needs=[test_encoder_shapes],
)
def test_encoder_heads_are_linear_and_separate(student: Student) -> None:
    """Kernels of size 1 make the output of a linear head exceed 1 in both directions, whatever the body."""
    encoder = make(student, "Encoder", latent_dim=16, hidden_units=24)
    x = _images(2, 48, 8, 8, 1)
    encoder(x)
    _randomise_kernels(encoder)
    z_mean, z_log_var = _heads(encoder(x), (48, 16))
    again, _ = _heads(encoder(x), (48, 16))
    expect(np.allclose(again, z_mean), "the encoder gave two answers for one image.", mistakes.NEW_LAYERS)
    expect(not np.allclose(z_mean, z_log_var), "z_mean and z_log_var are equal.", mistakes.ONE_HEAD)
    for name, head in (("z_mean", z_mean), ("z_log_var", z_log_var)):
        expect(
            bool(head.std(axis=0).max() > 1e-6), f"{name} is the same for all images: it must depend on x."
        )
        low, high = head.min(), head.max()
        mistake = mistakes.SQUASHED_HEAD if name == "z_mean" or low < 0 else mistakes.POSITIVE_HEAD
        expect(
            bool(low < -1 and high > 1),
            f"{name} must reach any real number: with large weights expected numbers below -1 and above 1, "
            f"received {low:.3g} to {high:.3g}.",
            mistake,
        )


@check(
    cell="encoder_check",
    says="An encoder made from get_config and given the same weights gives the same outputs.",
    needs=[test_encoder_shapes],
)
def test_encoder_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"latent_dim": 3, "hidden_units": 5}
    expect_twin(student, "Encoder", arguments, _images(3, 4, 6, 6, 1), mistakes.CONFIG_DEFAULTS)


@check(cell="sampling_check", says="z has the shape of z_mean.", read_again="equation (1)")
def test_sampling_shape(student: Student) -> None:
    """For two shapes and one layer."""
    sampling = make(student, "Sampling")
    for shape in ((5, 3), (1, 1)):
        expect_shape(sampling(_normal(0, *shape), _normal(1, *shape)), shape, "z")


@check(
    cell="sampling_check",
    says="With a variance of almost 0, z is z_mean.",
    needs=[test_sampling_shape],
    read_again="equation (1)",
)
def test_sampling_without_variance_gives_the_mean(student: Student) -> None:
    """exp(-60 / 2) is 1e-13: no draw from N(0, 1) makes it visible."""
    z_mean = _normal(2, 6, 3)
    z = make(student, "Sampling")(z_mean, np.full((6, 3), -60, np.float32))
    agree(z, z_mean, "z with z_log_var = -60")


@check(
    cell="sampling_check",
    says="z is drawn from N(z_mean, exp(z_log_var)).",
    weight=3,
    needs=[test_sampling_shape],
    read_again="equation (1)",
)
def test_sampling_distribution(student: Student) -> None:
    """20,000 draws of each of two columns; a right answer fails with probability below 1e-6."""
    mean = np.tile(np.array([1.0, -2.0], np.float32), (NUM_DRAWS, 1))
    log_var = np.tile(np.log(np.array([4.0, 0.25], np.float32)), (NUM_DRAWS, 1))
    z = expect_shape(make(student, "Sampling")(mean, log_var), mean.shape, "z")
    expect_standard_normal((z - mean) / np.exp(0.5 * log_var), "the noise")


@check(
    cell="sampling_check",
    says="Noise is fresh for every call, every example and every entry, in compiled functions too.",
    weight=3,
    needs=[test_sampling_shape],
    read_again="section 4",
)
def test_noise_is_fresh(student: Student) -> None:
    """Eagerly, and in a `tf.function` as `fit` makes one."""
    mean, log_var = np.zeros((400, 3), np.float32), np.full((400, 3), 0.5, np.float32)
    for seed in (None, 11):
        sampling = make(student, "Sampling", seed=seed)
        first, second = (expect_shape(sampling(mean, log_var), mean.shape, "z") for _ in range(2))
        expect_fresh(first, second, "Sampling", mistakes.SAME_EVERY_CALL)
    compiled = make(student, "tensorflow.function", make(student, "Sampling"))
    first, second = (expect_shape(compiled(mean, log_var), mean.shape, "z") for _ in range(2))
    expect_fresh(first, second, "Sampling in a compiled function", mistakes.SAME_IN_GRAPH)


@check(
    cell="sampling_check",
    says="With the same seeds, the draws repeat.",
    weight=0.5,
    needs=[test_sampling_shape],
    read_again="section 4",
)
def test_sampling_repeats_with_the_seed(student: Student) -> None:
    """Both the layer's and the global seed are set, so that any generator that has one repeats."""
    zeros = np.zeros((5, 3), np.float32)
    draws = []
    for _ in range(2):
        student.call("keras.utils.set_random_seed", 3)
        sampling = make(student, "Sampling", seed=8)
        draws.append([expect_shape(sampling(zeros, zeros), zeros.shape, "z") for _ in range(2)])
    agree(np.stack(draws[1]), np.stack(draws[0]), "the draws of a second layer with the same seed")


@check(
    cell="sampling_check",
    says="Gradients reach both heads: dz/dz_mean = 1 and dz/dz_log_var = (z - z_mean) / 2.",
    weight=2,
    needs=[test_sampling_shape],
    read_again="equation (1)",
)
def test_sampling_gradients(student: Student) -> None:
    """Differentiate equation (1) for the noise that was drawn, which z itself tells."""
    sampling = make(student, "Sampling")
    for seed in (4, 5):
        mean, log_var = _normal(seed, 5, 3), _normal(seed + 10, 5, 3)
        found = sampling.gradients(None, mean, log_var)
        noise = expect_shape(found.value, (5, 3), "z") - mean
        what = "the gradient of z with respect to"
        by_mean = expect_gradient(found, 0, (5, 3), f"{what} z_mean")
        by_log_var = expect_gradient(found, 1, (5, 3), f"{what} z_log_var")
        agree(by_mean, np.ones((5, 3)), f"{what} z_mean")
        agree(by_log_var, noise / 2, f"{what} z_log_var", atol=1e-4,
              mistakes=model_mistakes.sampling_gradient(noise, log_var))  # fmt: skip


@check(cell="decoder_check", says="The decoder returns one number for each pixel: (batch, *image_shape).")
def test_decoder_shapes(student: Student) -> None:
    """For two decoders, two numbers of latent dimensions and a batch of one."""
    for latent_dim, shape in ((3, (4, 6, 2)), (7, (5, 5, 1))):
        decoder = make(student, "Decoder", image_shape=shape, hidden_units=7)
        for batch in (4, 1):
            expect_shape(decoder(_normal(6, batch, latent_dim)), (batch, *shape), "the decoder's output")


@check(
    cell="decoder_check",
    says="The decoder returns logits, any real number, that depend on z.",
    weight=2,
    needs=[test_decoder_shapes],
    read_again="section 5",
)
def test_decoder_returns_logits(student: Student) -> None:
    """Kernels of size 1 make logits exceed 1 in both directions; an activation would hold them back."""
    decoder = make(student, "Decoder", image_shape=(4, 4, 1), hidden_units=24)
    z = 3 * _normal(7, 32, 3)
    decoder(z)
    _randomise_kernels(decoder)
    logits, again = (expect_shape(decoder(z), (32, 4, 4, 1), "the decoder's output") for _ in range(2))
    expect(np.allclose(again, logits), "the decoder gave two answers for one z.", mistakes.NEW_LAYERS)
    expect(
        bool(logits.std(axis=0).max() > 1e-6),
        "the decoder's output is the same for all z: it must depend on z.",
    )
    low, high = logits.min(), logits.max()
    mistake = None
    if low >= 0:
        mistake = mistakes.DECODER_SIGMOID if high <= 1 else mistakes.DECODER_RELU
    elif low >= -1 and high <= 1:
        mistake = mistakes.DECODER_TANH
    expect(
        bool(low < -1 and high > 1),
        f"logits are any real numbers: with large weights expected some below -1 and above 1, received {low:.3g} "
        f"to {high:.3g}.",
        mistake,
    )


@check(
    cell="decoder_check",
    says="A decoder made from get_config and given the same weights gives the same outputs.",
    needs=[test_decoder_shapes],
)
def test_decoder_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"image_shape": (2, 3, 2), "hidden_units": 5}
    expect_twin(student, "Decoder", arguments, _normal(8, 4, 3), mistakes.CONFIG_DEFAULTS)
