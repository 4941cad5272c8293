"""Generator and discriminator: shapes, ranges, what DCGAN asks for, and whether they can be made again."""

from __future__ import annotations

import math

import numpy as np

from graders.common.behaviour import expect_convolutions, expect_filters_matter, randomise_kernels
from graders.common.objects import (
    expect_shape,
    expect_twin,
    flat,
    make,
    set_weights,
    statistics_of,
    weights_of,
)
from graders.common.reference import random_images
from judge.suite import Array, CheckFailed, Student, cell, expect

generator = cell("generator_check", read_again="section 3")
discriminator = cell("discriminator_check", read_again="section 4")
IMAGES, LOGITS = "what the generator returns", "what the discriminator returns"

# fmt: off
SIGMOID, PAINT = ', activation="sigmoid")', "self.paint = layers.Conv2DTranspose(channels, 4, strides=2"
NEW_HINT = "Two calls gave two answers, as if layers were made anew each time. Make every layer in __init__."
DEFAULTS_HINT = ("The twin was made with other arguments than the original, probably defaults: put each constructor "
                 "argument into get_config, with the value that this object has.")
DENSE_HINT = ("There is no convolution in this network: DCGAN replaces the hidden dense layers by strided "
              "convolutions, transposed ones in the generator.")
FILTERS_HINT = "The argument `filters` changes nothing: use it for the widths of the layers."
NO_CONFIG = ("def get_config(self):", "def no_config(self):")  # Keras then records what it can see of the arguments
TANH = generator.mistake("generator-ends-in-tanh", (SIGMOID, SIGMOID.replace("sigmoid", "tanh")),
    "Your images have numbers below 0, down to -1: the generator ends in a tanh. The images of this course are "
    "scaled to [0, 1], so it must end in a sigmoid.")
NO_SIGMOID = generator.mistake("generator-without-sigmoid", (SIGMOID, ")"),
    "Your images have numbers far outside [0, 1]: the generator's last layer needs the activation that squashes "
    "every number into that range.")
NO_NORM = generator.mistake("generator-without-batchnorm",
    [("self.project_norm(x, training=training)", "x"), ("self.enlarge_norm(x, training=training)", "x")],
    "The examples of a batch do not influence each other with training=True: is there a BatchNormalization, and "
    "does it get the training flag?",
    also=[[("project_norm(x, training=training)", "project_norm(x, training=False)"),
           ("enlarge_norm(x, training=training)", "enlarge_norm(x, training=False)")]])
ALWAYS_TRAINING = generator.mistake("batchnorm-always-training",
    [("project_norm(x, training=training)", "project_norm(x, training=True)"),
     ("enlarge_norm(x, training=training)", "enlarge_norm(x, training=True)")],
    "With training=False an image still depends on the other images of its batch: hand `training` to the "
    "BatchNormalization layers instead of True.",
    also=[("enlarge_norm(x, training=training)", "enlarge_norm(x, training=True)")])
AT_OUTPUT = generator.mistake("batchnorm-at-output",
    [(SIGMOID, ")\n        self.paint_norm = layers.BatchNormalization()"),
     ("self.paint(x)", "ops.sigmoid(self.paint_norm(self.paint(x), training=training))")],
    "The generator's last layer is followed by a batch normalisation, which forces the brightness of every batch. "
    "DCGAN leaves it out there.")
DENSE_GENERATOR = generator.mistake("not-convolutional",
    [("self.enlarge = layers.Conv2DTranspose(filters, 4, strides=2, padding=\"same\", use_bias=False)",
      "self.flatten, self.image = layers.Flatten(), layers.Reshape(image_shape)"),
     (f'{PAINT}, padding="same"', "self.paint = layers.Dense(math.prod(image_shape)"),
     ("x = self.enlarge(x)", "x = self.flatten(x)"), ("self.paint(x)", "self.image(self.paint(x))")], DENSE_HINT)
SAME_WIDTHS = generator.mistake("filters-ignored",
    [("layers.Dense(math.prod(seed_shape)", "layers.Dense(height // 4 * width // 4 * 64"),
     ("Reshape(seed_shape)", "Reshape((height // 4, width // 4, 64))"), ("Transpose(filters", "Transpose(32")],
    FILTERS_HINT)
NEW_LAYERS = generator.mistake("layers-made-in-call",
    ("self.reshape(self.project(z))", "self.reshape(layers.Dense(math.prod(self.reshape.target_shape))(z))"), NEW_HINT)
NO_RELU = generator.mistake("generator-without-relu",
    [("ops.relu(self.project_norm(x, training=training))", "self.project_norm(x, training=training)"),
     ("ops.relu(self.enlarge_norm(x, training=training))", "self.enlarge_norm(x, training=training)")],
    "Without an activation between them all layers of the generator together are one linear map: put a ReLU after each "
    "BatchNormalization.")
GENERATOR_DEFAULTS = generator.mistake("config-returns-defaults", (", filters=self.filters", ""), DEFAULTS_HINT,
    also=[NO_CONFIG])
PROBABILITIES = discriminator.mistake("discriminator-returns-probabilities", ("Dense(1)", f"Dense(1{SIGMOID}"),
    "All your numbers lie between 0 and 1: the discriminator ends in a sigmoid. It should return logits; the losses "
    "turn them into probabilities.")
SQUASHED = discriminator.mistake("discriminator-squashed", ("Dense(1)", 'Dense(1, activation="tanh")'),
    "Your logits are squashed into a narrow range: the last layer has an activation. Logits are any real numbers.")
NEVER_NEGATIVE = discriminator.mistake("discriminator-never-negative", ("Dense(1)", 'Dense(1, activation="relu")'),
    'None of your logits is negative: the last layer has a ReLU or softplus. Negative logits mean "fake".',
    also=[("Dense(1)", 'Dense(1, activation="softplus")')])
SLOPE = discriminator.mistake("leaky-slope", ("negative_slope=0.2", ""),
    "The slope for negative inputs is not 0.2. Look up how Keras' LeakyReLU names its argument, and what its "
    "default is.",
    also=[("negative_slope=0.2", "0.01")])
RELU = discriminator.mistake("discriminator-relu", ("LeakyReLU(negative_slope=0.2)", "ReLU()"),
    "Where its inputs are negative your discriminator is blind: a plain ReLU gives 0 there, and no gradient to the "
    "generator. Use LeakyReLU.")
FIRST_NORM = ("self.flatten = ", "self.first_norm = layers.BatchNormalization()\n        self.flatten = ")
AT_INPUT = discriminator.mistake("batchnorm-at-input",
    [FIRST_NORM, ("self.leak(self.look(x))", "self.leak(self.first_norm(self.look(x), training=training))")],
    "The discriminator normalises its input, or what its first layer makes of it: real and fake then look alike in "
    "mean and contrast. DCGAN leaves out batch normalisation at the discriminator's input layer.",
    also=[[FIRST_NORM, ("self.look(x)", "self.look(self.first_norm(x, training=training))")]])
DENSE_DISCRIMINATOR = discriminator.mistake("not-convolutional",
    [("layers.Conv2D(filters, 4, strides=2, padding=\"same\")", "layers.Dense(filters)"),
     ("layers.Conv2D(2 * filters, 4, strides=2, padding=\"same\", use_bias=False)", "layers.Dense(2 * filters)")],
    DENSE_HINT)
D_SAME_WIDTHS = discriminator.mistake("filters-ignored",
    [("Conv2D(filters", "Conv2D(16"), ("Conv2D(2 * filters", "Conv2D(32")], FILTERS_HINT)
D_NEW_LAYERS = discriminator.mistake("layers-made-in-call", ("self.judge(self.", "layers.Dense(1)(self."), NEW_HINT)
DISCRIMINATOR_DEFAULTS = discriminator.mistake("config-returns-defaults",
    ("        config.update(filters=self.filters)\n", ""), DEFAULTS_HINT, also=[NO_CONFIG])
# fmt: on


def _normal(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def _pairs(after: list[Array], before: list[Array]) -> list[tuple[Array, Array]]:
    expect(len(after) == len(before), "a call made new layers.", D_NEW_LAYERS)
    return list(zip(after, before, strict=True))


@generator.check("The generator makes images of image_shape, with all numbers in [0, 1].", weight=2)
def test_generator_makes_images(student: Student) -> None:
    """Two generators and batch sizes; with kernels of size 1 the numbers must fill the range, not leave it."""
    for latent_dim, shape in ((5, (8, 12, 3)), (3, (4, 4, 1))):
        generator = make(student, "Generator", latent_dim=latent_dim, image_shape=shape, filters=6)
        for batch in (1, 24):
            images = expect_shape(generator(_normal(0, batch, latent_dim)), (batch, *shape), IMAGES)
    generator = make(student, "Generator", latent_dim=5, image_shape=(8, 12, 3), filters=6)
    z = 3 * _normal(1, 16, 5)
    generator(z)
    randomise_kernels(generator)
    images, again = (expect_shape(generator(z), (16, 8, 12, 3), IMAGES) for _ in range(2))
    low, high = float(images.min()), float(images.max())
    mistake = TANH if low >= -1 and high <= 1 else NO_SIGMOID
    message = f"images have numbers in [0, 1]: with large weights received {low:.3g} to {high:.3g}."
    expect(low >= 0 and high <= 1, message, mistake)
    expect(low < 0.2 and high > 0.8, f"{message} Expected them to fill that range.")
    expect(np.allclose(images, again), "the generator gave two answers for one z.", NEW_LAYERS)
    expect(bool(images.std(axis=0).max() > 1e-4), "all z give the same image: it must depend on z.")


@generator.check(
    "The generator normalises its batches when it trains, and only then; not at its output.",
    weight=2,
    needs=[test_generator_makes_images],
)
def test_generator_normalises_batches(student: Student) -> None:
    """Does an image depend on its batch? A moving statistic of the output would have 7 entries, as it has channels."""
    generator = make(student, "Generator", latent_dim=5, image_shape=(8, 8, 7), filters=6)
    z, shape = 2 * _normal(2, 8, 5), (4, 8, 8, 7)
    other = np.concatenate([z[:4], z[4:] + 3])
    generator(z)
    randomise_kernels(generator)
    before = statistics_of(generator)
    calm = [expect_shape(generator(x, training=False), (8, *shape[1:]), IMAGES)[:4] for x in (z, other)]
    expect(np.allclose(calm[0], calm[1], atol=1e-5), "an image depends on its batch.", ALWAYS_TRAINING)
    unmoved = all(map(np.array_equal, before, statistics_of(generator)))
    expect(unmoved, "moving statistics changed with training=False.", ALWAYS_TRAINING)
    busy = [expect_shape(generator(x, training=True), (8, *shape[1:]), IMAGES)[:4] for x in (z, other)]
    message = "with training=True an image does not depend on its batch."
    expect(not np.allclose(busy[0], busy[1], atol=1e-4), message, NO_NORM)
    after = statistics_of(generator)
    moved = len(after) == len(before) and not all(map(np.array_equal, before, after))
    expect(moved, "with training=True no moving statistic changed.", NO_NORM)
    alone = "one stage alone has moving statistics: both need a BatchNormalization that is called."
    expect(len(after) >= 4, alone, NO_NORM)
    at_output = any(a.shape == (7,) for a in after)
    expect(not at_output, "a moving statistic has one entry for each channel of the image.", AT_OUTPUT)


@generator.check("The generator is convolutional, and as wide as `filters` says.", needs=[test_generator_makes_images])
def test_generator_is_convolutional(student: Student) -> None:
    """Its weights tell."""
    generator = make(student, "Generator", latent_dim=3, image_shape=(8, 8, 1), filters=4)
    generator(_normal(3, 2, 3))
    expect_convolutions(generator, DENSE_GENERATOR)
    expect_filters_matter(student, "Generator", _normal(3, 2, 64), SAME_WIDTHS)


@generator.check(
    "The generator is no linear map up to its sigmoid: activations stand between its layers.",
    weight=0.5,
    needs=[test_generator_makes_images],
)
def test_generator_bends(student: Student) -> None:
    """What it makes of the middle of two z, in logits, is not the middle of what it makes of each."""
    generator = make(student, "Generator", latent_dim=5, image_shape=(8, 8, 1), filters=6)
    ends = 3 * _normal(5, 4, 5), 3 * _normal(6, 4, 5)
    found = [expect_shape(generator(z), (4, 8, 8, 1), IMAGES) for z in (*ends, (ends[0] + ends[1]) / 2)]
    first, last, middle = (np.log(p / (1 - p)) for p in np.clip(found, 1e-6, 1 - 1e-6))
    bend, width = np.abs(middle - (first + last) / 2).max(), np.abs(first - last).max()
    straight = bool(width > 1e-4 and bend < 0.01 * width)
    expect(not straight, "the logits of the images are a linear map of z.", NO_RELU)


@generator.check(
    "A generator made from get_config and given the same weights makes the same images.",
    needs=[test_generator_makes_images],
)
def test_generator_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"latent_dim": 3, "image_shape": (4, 8, 2), "filters": 5}
    expect_twin(student, "Generator", arguments, _normal(4, 4, 3), GENERATOR_DEFAULTS)


@discriminator.check("The discriminator returns one logit for each image: (batch, 1), for images of any size.")
def test_discriminator_shape(student: Student) -> None:
    """Three sizes of image, and a batch of one."""
    for shape in ((28, 28, 1), (8, 8, 3), (6, 10, 1)):
        discriminator = make(student, "Discriminator", filters=4)
        for batch in (3, 1):
            expect_shape(discriminator(random_images(0, batch, *shape)), (batch, 1), LOGITS)


@discriminator.check(
    "The discriminator returns logits, any real numbers, that depend on the image.",
    weight=2,
    needs=[test_discriminator_shape],
)
def test_discriminator_returns_logits(student: Student) -> None:
    """Kernels of size 1, the last one's sign turned once: logits of both signs, far from 0."""
    discriminator = make(student, "Discriminator", filters=6)
    x = random_images(1, 32, 8, 8, 2)
    discriminator(x)
    found = []
    for seed in range(4):
        randomise_kernels(discriminator, seed)
        found.append(expect_shape(discriminator(x), (32, 1), LOGITS))
    again = expect_shape(discriminator(x), (32, 1), LOGITS)
    expect(np.allclose(found[-1], again), "the discriminator gave two answers for one image.", D_NEW_LAYERS)
    expect(
        bool(max(f.std() for f in found) > 1e-4),
        "all images get the same logit: it must depend on the image.",
    )
    low, high = float(np.min(found)), float(np.max(found))
    mistake = SQUASHED if low < 0 else NEVER_NEGATIVE
    if low >= 0 and high <= 1:
        mistake = PROBABILITIES
    message = f"with large weights expected logits below -1 and above 1, received {low:.3g} to {high:.3g}."
    expect(low < -1 and high > 1, message, mistake)


@discriminator.check(
    "The slope of its activations is 0.2 where their input is negative.",
    needs=[test_discriminator_returns_logits],
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
        float(expect_shape(discriminator(np.float32(scale) * white), (1, 1), LOGITS)[0, 0]) for scale in (1, 2, -1)
    )
    if abs(brighter - bright) < 0.05 * abs(bright):
        return
    expect(bright > 0, f"with positive kernels a white image should get a positive logit: received {bright:.3g}.")
    ratio = -dark / bright
    message = "with all kernels positive, a negative image should get a small negative logit"
    if ratio <= 1e-9:
        raise CheckFailed(f"{message}: received {dark:.3g}.", RELU)
    num_activations = math.log(ratio) / math.log(0.2)
    whole = num_activations > 0.9 and abs(num_activations - round(num_activations)) < 2e-3
    expect(whole, f"{message}, 0.2^k times that of its opposite for k activations: the ratio is {ratio:.4g}.",
           SLOPE)  # fmt: skip


@discriminator.check(
    "The discriminator is convolutional, as wide as `filters` says, and does not normalise its input.",
    needs=[test_discriminator_shape],
)
def test_discriminator_is_convolutional(student: Student) -> None:
    """A moving mean that changes sign with the images sees them through linear layers only: it is at the input."""
    discriminator = make(student, "Discriminator", filters=4)
    x = random_images(2, 6, 8, 8, 1)
    discriminator(x)
    expect_convolutions(discriminator, DENSE_DISCRIMINATOR)
    expect_filters_matter(student, "Discriminator", x, D_SAME_WIDTHS)
    before, start = weights_of(discriminator), statistics_of(discriminator)
    moved = []
    for sign in (1, -1):
        set_weights(discriminator, before)
        discriminator(np.float32(sign) * x, training=True)
        moved.append([flat([a], [b]) - b.ravel() for a, b in _pairs(statistics_of(discriminator), start)])
    for plus, minus in zip(*moved, strict=True):
        linear = np.abs(plus).max() > 1e-6 and np.allclose(plus, -minus, 1e-4, 1e-7)
        expect(not linear, "a moving mean is proportional to the images.", AT_INPUT)


@discriminator.check(
    "A discriminator made from get_config and given the same weights gives the same logits.",
    needs=[test_discriminator_shape],
)
def test_discriminator_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    expect_twin(student, "Discriminator", {"filters": 5}, random_images(3, 4, 8, 8, 1), DISCRIMINATOR_DEFAULTS)
