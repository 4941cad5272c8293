"""Checks of the two networks: shapes, ranges, what DCGAN asks for, and whether they can be made again.

Layers are not counted and not looked up by name: what counts is how the network behaves.
"""

from __future__ import annotations

import math

import numpy as np

from graders.common.objects import (
    expect_shape,
    expect_twin,
    flat,
    make,
    set_weights,
    statistics_of,
    trainable_weights_of,
    weights_of,
)
from graders.common.reference import random_images
from graders.ex05_gan import mistakes
from judge.suite import Array, CheckFailed, Remote, Student, check, expect

IMAGES, LOGITS = "what the generator returns", "what the discriminator returns"


def _normal(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def _randomise_kernels(model: Remote, seed: int = 5) -> None:
    """Give every kernel large random entries, so that nothing depends on how a student initialises."""
    rng = np.random.default_rng(seed)
    fresh = [rng.normal(0.0, 1.0, w.shape) if w.ndim > 1 else w for w in map(np.asarray, weights_of(model))]
    set_weights(model, fresh)


def _expect_convolutions(model: Remote) -> None:
    kernels = [weight for weight in trainable_weights_of(model) if weight.ndim == 4]
    expect(
        bool(kernels), "no weight of this network is the kernel of a convolution.", mistakes.NOT_CONVOLUTIONAL
    )


def _pairs(after: list[Array], before: list[Array]) -> list[tuple[Array, Array]]:
    expect(len(after) == len(before), "a call made new layers.", mistakes.NEW_LAYERS)
    return list(zip(after, before, strict=True))


def _expect_filters_matter(student: Student, name: str, x: Array) -> None:
    counts = []
    for filters in (4, 6):
        model = make(student, name, filters=filters)
        model(x)
        counts.append(sum(weight.size for weight in trainable_weights_of(model)))
    expect(
        counts[0] < counts[1], f"a {name} with more filters has no more weights.", mistakes.FILTERS_IGNORED
    )


@check(
    cell="generator_check",
    says="The generator makes images of image_shape, with all numbers in [0, 1].",
    weight=2,
    read_again="section 3",
)
def test_generator_makes_images(student: Student) -> None:
    """Two generators and batch sizes; with kernels of size 1 the numbers must fill the range, not leave it."""
    for latent_dim, shape in ((5, (8, 12, 3)), (3, (4, 4, 1))):
        generator = make(student, "Generator", latent_dim=latent_dim, image_shape=shape, filters=6)
        for batch in (1, 24):
            images = expect_shape(generator(_normal(0, batch, latent_dim)), (batch, *shape), IMAGES)
    generator = make(student, "Generator", latent_dim=5, image_shape=(8, 12, 3), filters=6)
    z = 3 * _normal(1, 16, 5)
    generator(z)
    _randomise_kernels(generator)
    images, again = (expect_shape(generator(z), (16, 8, 12, 3), IMAGES) for _ in range(2))
    low, high = float(images.min()), float(images.max())
    mistake = mistakes.GENERATOR_TANH if low >= -1 and high <= 1 else mistakes.GENERATOR_LOGITS
    message = f"images have numbers in [0, 1]: with large weights received {low:.3g} to {high:.3g}."
    expect(low >= 0 and high <= 1, message, mistake)
    expect(low < 0.2 and high > 0.8, f"{message} Expected them to fill that range.")
    expect(np.allclose(images, again), "the generator gave two answers for one z.", mistakes.NEW_LAYERS)
    expect(bool(images.std(axis=0).max() > 1e-4), "all z give the same image: it must depend on z.")


@check(
    cell="generator_check",
    says="The generator normalises its batches when it trains, and only then; not at its output.",
    weight=2,
    needs=[test_generator_makes_images],
    read_again="section 3",
)
def test_generator_normalises_batches(student: Student) -> None:
    """Does an image depend on its batch? A moving statistic of the output would have 7 entries, as it has channels."""
    generator = make(student, "Generator", latent_dim=5, image_shape=(8, 8, 7), filters=6)
    z, shape = 2 * _normal(2, 8, 5), (4, 8, 8, 7)
    other = np.concatenate([z[:4], z[4:] + 3])
    generator(z)
    _randomise_kernels(generator)
    before = statistics_of(generator)
    calm = [expect_shape(generator(x, training=False), (8, *shape[1:]), IMAGES)[:4] for x in (z, other)]
    expect(
        np.allclose(calm[0], calm[1], atol=1e-5),
        "an image depends on its batch.",
        mistakes.NORM_ALWAYS_TRAINING,
    )
    unmoved = all(map(np.array_equal, before, statistics_of(generator)))
    expect(unmoved, "moving statistics changed with training=False.", mistakes.NORM_ALWAYS_TRAINING)
    busy = [expect_shape(generator(x, training=True), (8, *shape[1:]), IMAGES)[:4] for x in (z, other)]
    message = "with training=True an image does not depend on its batch."
    expect(not np.allclose(busy[0], busy[1], atol=1e-4), message, mistakes.NO_NORM)
    after = statistics_of(generator)
    moved = len(after) == len(before) and not all(map(np.array_equal, before, after))
    expect(moved, "with training=True no moving statistic changed.", mistakes.NO_NORM)
    at_output = any(a.shape == (7,) for a in after)
    expect(
        not at_output,
        "a moving statistic has one entry for each channel of the image.",
        mistakes.NORM_AT_OUTPUT,
    )


@check(
    cell="generator_check",
    says="The generator is convolutional, and as wide as `filters` says.",
    needs=[test_generator_makes_images],
    read_again="section 3",
)
def test_generator_is_convolutional(student: Student) -> None:
    """Its weights tell."""
    generator = make(student, "Generator", latent_dim=3, image_shape=(8, 8, 1), filters=4)
    generator(_normal(3, 2, 3))
    _expect_convolutions(generator)
    _expect_filters_matter(student, "Generator", _normal(3, 2, 64))


@check(
    cell="generator_check",
    says="A generator made from get_config and given the same weights makes the same images.",
    needs=[test_generator_makes_images],
    read_again="section 3",
)
def test_generator_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"latent_dim": 3, "image_shape": (4, 8, 2), "filters": 5}
    expect_twin(student, "Generator", arguments, _normal(4, 4, 3), mistakes.CONFIG_DEFAULTS)


@check(
    cell="discriminator_check",
    says="The discriminator returns one logit for each image: (batch, 1), for images of any size.",
    read_again="section 4",
)
def test_discriminator_shape(student: Student) -> None:
    """Three sizes of image, and a batch of one."""
    for shape in ((28, 28, 1), (8, 8, 3), (6, 10, 1)):
        discriminator = make(student, "Discriminator", filters=4)
        for batch in (3, 1):
            expect_shape(discriminator(random_images(0, batch, *shape)), (batch, 1), LOGITS)


@check(
    cell="discriminator_check",
    says="The discriminator returns logits, any real numbers, that depend on the image.",
    weight=2,
    needs=[test_discriminator_shape],
    read_again="section 4",
)
def test_discriminator_returns_logits(student: Student) -> None:
    """Kernels of size 1, the last one's sign turned once: logits of both signs, far from 0."""
    discriminator = make(student, "Discriminator", filters=6)
    x = random_images(1, 32, 8, 8, 2)
    discriminator(x)
    found = []
    for seed in range(4):
        _randomise_kernels(discriminator, seed)
        found.append(expect_shape(discriminator(x), (32, 1), LOGITS))
    again = expect_shape(discriminator(x), (32, 1), LOGITS)
    expect(
        np.allclose(found[-1], again),
        "the discriminator gave two answers for one image.",
        mistakes.NEW_LAYERS,
    )
    expect(
        bool(max(f.std() for f in found) > 1e-4),
        "all images get the same logit: it must depend on the image.",
    )
    low, high = float(np.min(found)), float(np.max(found))
    mistake = mistakes.DISCRIMINATOR_TANH if low < 0 else mistakes.DISCRIMINATOR_RELU_OUT
    if low >= 0 and high <= 1:
        mistake = mistakes.DISCRIMINATOR_SIGMOID
    message = f"with large weights expected logits below -1 and above 1, received {low:.3g} to {high:.3g}."
    expect(low < -1 and high > 1, message, mistake)


@check(
    cell="discriminator_check",
    says="The slope of its activations is 0.2 where their input is negative.",
    needs=[test_discriminator_returns_logits],
    read_again="section 4",
)
def test_discriminator_leaks(student: Student) -> None:
    """With positive kernels and no biases everything is positive for a white image, negative for its negative.

    Then D(-x) = -0.2^k D(x) for k activations, whatever the layers. One image alone, so that what looks at
    the batch sees none; a network that normalises each image's scale away is let through.
    """
    discriminator = make(student, "Discriminator", filters=4)
    white = np.ones((1, 8, 8, 1), np.float32)
    discriminator(white)
    rng = np.random.default_rng(6)
    weights = weights_of(discriminator)
    positive = [np.asarray(rng.uniform(0.05, 0.15, w.shape)) if w.ndim > 1 else w for w in weights]
    set_weights(discriminator, positive)
    bright, brighter, dark = (
        float(expect_shape(discriminator(np.float32(scale) * white), (1, 1), LOGITS)[0, 0])
        for scale in (1, 2, -1)
    )
    if abs(brighter - bright) < 0.05 * abs(bright):
        return
    expect(
        bright > 0, f"with positive kernels a white image should get a positive logit: received {bright:.3g}."
    )
    ratio = -dark / bright
    message = "with all kernels positive, a negative image should get a small negative logit"
    if ratio <= 1e-9:
        raise CheckFailed(f"{message}: received {dark:.3g}.", mistakes.RELU_IN_DISCRIMINATOR)
    num_activations = math.log(ratio) / math.log(0.2)
    whole = num_activations > 0.9 and abs(num_activations - round(num_activations)) < 2e-3
    expect(whole, f"{message}, 0.2^k times that of its opposite for k activations: the ratio is {ratio:.4g}.",
           mistakes.SLOPE)  # fmt: skip


@check(
    cell="discriminator_check",
    says="The discriminator is convolutional, as wide as `filters` says, and does not normalise its input.",
    needs=[test_discriminator_shape],
    read_again="section 4",
)
def test_discriminator_is_convolutional(student: Student) -> None:
    """A moving mean that changes sign with the images sees them through linear layers only: it is at the input."""
    discriminator = make(student, "Discriminator", filters=4)
    x = random_images(2, 6, 8, 8, 1)
    discriminator(x)
    _expect_convolutions(discriminator)
    _expect_filters_matter(student, "Discriminator", x)
    before, start = weights_of(discriminator), statistics_of(discriminator)
    moved = []
    for sign in (1, -1):
        set_weights(discriminator, before)
        discriminator(np.float32(sign) * x, training=True)
        moved.append([flat([a], [b]) - b.ravel() for a, b in _pairs(statistics_of(discriminator), start)])
    for plus, minus in zip(*moved, strict=True):
        linear = np.abs(plus).max() > 1e-6 and np.allclose(plus, -minus, 1e-4, 1e-7)
        expect(not linear, "a moving mean is proportional to the images.", mistakes.NORM_AT_INPUT)


@check(
    cell="discriminator_check",
    says="A discriminator made from get_config and given the same weights gives the same logits.",
    needs=[test_discriminator_shape],
    read_again="section 4",
)
def test_discriminator_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    expect_twin(
        student, "Discriminator", {"filters": 5}, random_images(3, 4, 8, 8, 1), mistakes.CONFIG_DEFAULTS
    )
