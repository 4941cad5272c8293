"""ConvEncoder and ConvDecoder: judged by what they do and by the sizes of the lesson's table; and mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.behaviour import bend
from graders.common.objects import expect_shape, expect_twin, make, set_weights, weights_of
from graders.common.reference import random_images
from judge.suite import Array, Remote, Student, cell, expect

encoder = cell("conv_encoder_check", read_again="section 6")
decoder = cell("conv_decoder_check", read_again="section 6")

# fmt: off
FIRST = 'layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")'
SECOND = FIRST.replace("(filters", "(2 * filters")
UP, LAST = FIRST.replace("2D", "2DTranspose"), "padding=\"same\", activation=activation)"
SPREAD = 'layers.Dense(height // 4 * (width // 4) * 2 * filters, activation="relu")'
RELU = ', activation="relu"'
FIRST_STRAIGHT = encoder.mistake("encoder-first-not-bent", (FIRST, FIRST.replace(RELU, "")),
    "The first convolution has no ReLU: without it, two convolutions are no more than one.")
SECOND_STRAIGHT = encoder.mistake("encoder-second-not-bent", (SECOND, SECOND.replace(RELU, "")),
    "The second convolution has no ReLU: without it, it and the linear layer are no more than one.")
SQUASHED = encoder.mistake("encoder-code-squashed",
    ("layers.Dense(latent_dim)", 'layers.Dense(latent_dim, activation="relu")'),
    "Your code has an activation that keeps it from some numbers. It may be any real number: use a linear layer.",
    also=[("layers.Dense(latent_dim)", f'layers.Dense(latent_dim, activation="{name}")')
          for name in ("tanh", "sigmoid")])
NARROW = encoder.mistake("encoder-second-too-narrow", (SECOND, FIRST),
    "The second convolution has `filters` filters; the table asks for twice as many.")
FIXED = encoder.mistake("encoder-filters-fixed",
    [(FIRST, FIRST.replace("filters", "16")), (SECOND, SECOND.replace("2 * filters", "32"))],
    "The number of filters is fixed: use the argument `filters`.")
encoder.mistake("encoder-code-fixed", ("layers.Dense(latent_dim)", "layers.Dense(16)"),
    "The length of the code is fixed: use the argument `latent_dim`.")
NOT_STRIDED = encoder.mistake("encoder-not-strided", (SECOND, SECOND.replace("strides=2, ", "")),
    "A convolution keeps the size of its maps: each of the two has strides=2.",
    also=[(FIRST, FIRST.replace("strides=2, ", ""))])
WIDE = encoder.mistake("encoder-kernel-of-another-size", (FIRST, FIRST.replace("3", "6")),
    "A convolution looks through windows of another size than the table's 3 x 3.",
    also=[(SECOND, SECOND.replace("3", "6"))])
UNPADDED = encoder.mistake("encoder-without-padding", (FIRST, FIRST.replace('padding="same", ', "")),
    'The last row and column of the image never reach the code: each convolution has padding="same".')
SPREAD_STRAIGHT = decoder.mistake("decoder-spread-not-bent", (SPREAD, SPREAD.replace(RELU, "")),
    "The dense layer has no ReLU.")
UP_STRAIGHT = decoder.mistake("decoder-first-not-bent", (UP, UP.replace(RELU, "")),
    "The first transposed convolution has no ReLU: without it, two are no more than one.")
IGNORED = decoder.mistake("decoder-activation-ignored", (LAST, 'padding="same", activation="sigmoid")'),
    "Your pixels stay in [0, 1] with activation=None: hand the argument `activation` to the last layer.")
UNBOUNDED = decoder.mistake("decoder-without-activation", (LAST, 'padding="same")'),
    "Your pixels leave [0, 1] though the activation is a sigmoid: hand the argument `activation` to the last layer.")
NEVER_NEGATIVE = decoder.mistake("decoder-always-relu", (LAST, 'padding="same", activation="relu")'),
    "Your pixels are never negative: the last layer has a ReLU. It should have the argument `activation`.")
SPREAD_FIXED = decoder.mistake("decoder-filters-fixed",
    [(SPREAD, SPREAD.replace("* 2 * filters", "* 32")), ("width // 4, 2 * filters))", "width // 4, 32))"),
     (UP, UP.replace("filters", "16"))],
    "The number of filters is fixed: use the argument `filters`.")
SPREAD_NARROW = decoder.mistake("decoder-too-narrow",
    [(SPREAD, SPREAD.replace("* 2 * filters", "* filters")), ("width // 4, 2 * filters))", "width // 4, filters))")],
    "The small maps should be 2 * filters; yours are `filters`.")
WIDE_UP = decoder.mistake("decoder-kernel-of-another-size", (UP, UP.replace("3", "6")),
    "A transposed convolution has windows of another size than the table's 3 x 3.",
    also=[("channels, 3, strides", "channels, 6, strides")])
decoder.mistake("decoder-height-for-width",
    [(SPREAD, SPREAD.replace("width // 4", "height // 4")),
     ("height // 4, width // 4, 2 * filters)", "height // 4, height // 4, 2 * filters)")],
    "You use the height twice: an image may be wider than high.")
decoder.mistake("decoder-one-channel", (f"(channels, 3, strides=2, {LAST}", f"(1, 3, strides=2, {LAST}"),
    "Your image has one channel whatever image_shape says.")
NEW_LAYERS = encoder.mistake("encoder-layers-made-in-call",
    ("return self.code(", "return layers.Dense(self.latent_dim)("),
    "Two calls gave two answers, as if layers were made anew each time. Make every layer in __init__.")
# fmt: on


def randomise(model: Remote, seed: int, opened: int | None = None, inputs_axis: int = 2) -> None:
    """Give a model large random kernels.

    Args:
        model: the encoder or decoder.
        seed: tells the draws apart.
        opened: every array of so many numbers becomes 50, so that a ReLU behind it is always open. All kernels then
            sum to 0 over their inputs, so that the layer behind does not see those 50.
        inputs_axis: of a convolution's kernel; a transposed one has its inputs last.
    """
    rng = np.random.default_rng(seed)
    fresh = []
    for array in weights_of(model):
        if array.ndim < 2:
            fresh.append(np.full(array.shape, 50.0) if array.shape == (opened,) else array)
            continue
        drawn = rng.normal(0, 2 / np.sqrt(array[..., 0].size), array.shape)
        centre = drawn.mean(axis=inputs_axis if array.ndim == 4 else 0, keepdims=True)
        fresh.append(drawn if opened is None else drawn - centre)
    set_weights(model, fresh)


def has_arrays(model: Remote, *shapes: tuple[int | None, ...]) -> bool:
    """Whether for each shape there is an array of weights that has it; None stands for any size."""
    found = [array.shape for array in weights_of(model)]

    def fits(have: tuple[int, ...], shape: tuple[int | None, ...]) -> bool:
        return len(have) == len(shape) and all(n in (None, m) for m, n in zip(have, shape, strict=True))

    return all(any(fits(have, shape) for have in found) for shape in shapes)


def images(seed: int, *shape: int) -> Array:
    """Images around 0, so that a layer's input has both signs."""
    return 2 * random_images(seed, *shape) - 1


def codes(seed: int, num: int, latent_dim: int) -> Array:
    """Codes of size 3."""
    return 3 * np.random.default_rng(seed).normal(size=(num, latent_dim)).astype(np.float32)


@encoder.check("The encoder returns a code of latent_dim numbers for each image.")
def test_encoder_shapes(student: Student) -> None:
    """For two encoders, two image shapes and a batch of one."""
    made = make(student, "ConvEncoder", latent_dim=5, filters=2)
    expect_shape(made(images(0, 3, 8, 12, 2)), (3, 5), "the code")
    made = make(student, "ConvEncoder", latent_dim=2, filters=3)
    for batch in (1, 4):
        expect_shape(made(images(1, batch, 8, 8, 1)), (batch, 2), "the code")


@encoder.check("A code depends on the whole image, and its numbers may be any.", needs=[test_encoder_shapes])
def test_encoder_code_is_linear(student: Student) -> None:
    """Large kernels make the numbers of a linear layer leave [-1, 1] on both sides."""
    made, x = make(student, "ConvEncoder", latent_dim=16, filters=4), images(2, 32, 8, 8, 1)
    made(x)
    randomise(made, 2)
    first, second = (expect_shape(made(x), (32, 16), "the code") for _ in range(2))
    expect(np.allclose(first, second), "the encoder gave two answers for one image.", NEW_LAYERS)
    expect(bool(first.std(axis=0).max() > 1e-6), "the code is the same for all images.")
    edged = x.copy()
    edged[:, -1] = 1 - edged[:, -1]
    moved = not np.allclose(expect_shape(made(edged), (32, 16), "the code"), first)
    expect(moved, "the code stays the same when the last row of the image changes.", UNPADDED)
    low, high = first.min(), first.max()
    message = f"expected numbers below -1 and above 1 with large weights, received {low:.3g} to {high:.3g}."
    expect(bool(low < -1 and high > 1), f"a code may be any real number: {message}", SQUASHED)


@encoder.check("The layers have the sizes of the table: filters, twice as many, and a quarter of height and width.",
               needs=[test_encoder_shapes])  # fmt: skip
def test_encoder_sizes(student: Student) -> None:
    """By the shapes of its weights; what the table does not say is free."""
    for filters in (3, 4):
        made = make(student, "ConvEncoder", latent_dim=5, filters=filters)
        made(images(5, 2, 8, 12, 1))
        first, second = ((None, None, None, number) for number in (filters, 2 * filters))
        expect(has_arrays(made, first), f"no convolution has filters={filters} filters.", FIXED)
        expect(has_arrays(made, second), f"no convolution has {2 * filters} filters.", NARROW)
        windows = has_arrays(made, (3, 3, None, filters), (3, 3, None, 2 * filters))
        expect(windows, "the windows of both convolutions are 3 x 3 in the table.", WIDE)
        message = f"no layer leads from 2 x 3 x {2 * filters} numbers to the code of 5."
        code = has_arrays(made, (None, 5))
        expect(has_arrays(made, (2 * 3 * 2 * filters, 5)), message, NOT_STRIDED if code else None)


@encoder.check("The encoder bends behind each of its convolutions.", needs=[test_encoder_sizes])
def test_encoder_bends(student: Student) -> None:
    """One ReLU is held open by a large bias, and the other one must show: then the encoder is not affine."""
    a, b = images(3, 8, 8, 8, 3), images(4, 8, 8, 8, 3)
    for opened, which, straight in ((10, "first", FIRST_STRAIGHT), (5, "second", SECOND_STRAIGHT)):
        made = make(student, "ConvEncoder", latent_dim=6, filters=5)
        made(a)
        randomise(made, 3, opened)
        expect(bend(made, a, b) > 1e-2, f"nothing bends behind the {which} convolution.", straight)


@encoder.check("An encoder made from get_config and given the same weights gives the same code.",
               needs=[test_encoder_shapes])  # fmt: skip
def test_encoder_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    expect_twin(student, "ConvEncoder", {"latent_dim": 3, "filters": 2}, images(6, 2, 8, 8, 1), SQUASHED)


@decoder.check("The decoder returns images of image_shape.")
def test_decoder_shapes(student: Student) -> None:
    """For two shapes and a batch of one."""
    for shape, latent_dim in (((8, 12, 2), 3), ((4, 4, 1), 6)):
        made = make(student, "ConvDecoder", image_shape=shape, filters=2)
        for batch in (4, 1):
            expect_shape(made(codes(7, batch, latent_dim)), (batch, *shape), "the image")


def pixels(student: Student, **arguments: str | None) -> Array:
    """What a decoder with large weights makes of 32 codes, its last layer's bias being 0 as Keras makes it."""
    made, z = make(student, "ConvDecoder", image_shape=(8, 8, 1), filters=4, **arguments), codes(8, 32, 3)
    made(z)
    randomise(made, 8)
    found = expect_shape(made(z), (32, 8, 8, 1), "the image")
    expect(bool(found.std(axis=0).max() > 1e-6), "the image is the same for all codes.")
    return found


@decoder.check(
    "Pixels lie in [0, 1] by default, and may be any with activation=None.",
    needs=[test_decoder_shapes],
)
def test_decoder_activation(student: Student) -> None:
    """Large weights make the numbers of a linear layer leave [-1, 1] on both sides."""
    found, free = pixels(student), pixels(student, activation=None)
    shown = f"received {found.min():.3g} to {found.max():.3g}."
    inside = bool(found.min() >= 0 and found.max() <= 1)
    beyond = NEVER_NEGATIVE if found.min() >= 0 else UNBOUNDED
    expect(inside, f"pixels lie in [0, 1] by default: {shown}", beyond)
    shown = f"with large weights expected some below -1 and above 1, received {free.min():.3g} to {free.max():.3g}."
    reached = bool(free.min() < -1 and free.max() > 1)
    expect(reached, f"with activation=None a pixel may be any number: {shown}", IGNORED)


@decoder.check("The layers have the sizes of the table: a quarter of height and width, 2 filters, then filters.",
               needs=[test_decoder_shapes])  # fmt: skip
def test_decoder_sizes(student: Student) -> None:
    """By the shapes of its weights; what the table does not say is free."""
    for filters in (3, 4):
        made = make(student, "ConvDecoder", image_shape=(8, 12, 1), filters=filters)
        made(codes(11, 2, 5))
        narrow = has_arrays(made, (5, 2 * 3 * filters))
        message = f"no layer leads from the code of 5 to 2 x 3 x {2 * filters} numbers."
        expect(has_arrays(made, (5, 2 * 3 * 2 * filters)), message, SPREAD_NARROW if narrow else SPREAD_FIXED)
        first = has_arrays(made, (None, None, filters, 2 * filters))  # a transposed kernel: filters first
        expect(first, f"no transposed convolution leads from {2 * filters} to filters={filters} maps.")
        windows = has_arrays(made, (3, 3, filters, 2 * filters), (3, 3, 1, filters))
        expect(windows, "the windows of both transposed convolutions are 3 x 3 in the table.", WIDE_UP)


@decoder.check("The decoder bends behind its dense layer and its first convolution.", needs=[test_decoder_sizes])
def test_decoder_bends(student: Student) -> None:
    """One ReLU is held open by a large bias, and the other one must show: then the decoder is not affine."""
    a, b = codes(9, 8, 3), codes(10, 8, 3)
    places = (
        (5, "dense layer", SPREAD_STRAIGHT),
        (40, "first transposed convolution", UP_STRAIGHT),
    )  # 2 x 2 x 10
    for opened, which, straight in places:
        made = make(student, "ConvDecoder", image_shape=(8, 8, 1), filters=5, activation=None)
        made(a)
        randomise(made, 9, opened, inputs_axis=3)
        expect(bend(made, a, b) > 1e-2, f"nothing bends behind the {which}.", straight)


@decoder.check("A decoder made from get_config and given the same weights gives the same image.",
               needs=[test_decoder_shapes])  # fmt: skip
def test_decoder_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"image_shape": (4, 8, 2), "filters": 2, "activation": None}
    expect_twin(student, "ConvDecoder", arguments, codes(12, 2, 3), UNBOUNDED)
