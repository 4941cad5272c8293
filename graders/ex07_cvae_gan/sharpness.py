"""Sharpness: its checks and its mistakes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import call_in_numpy
from graders.common.reference import random_images
from judge.suite import Array, Student, agree, cell, for_all

sharp = cell("sharpness_check", read_again="equation (1)")
NAME = "the sharpness"

# fmt: off
AROUND = "around = x[:, :-2, 1:-1] + x[:, 2:, 1:-1] + x[:, 1:-1, :-2] + x[:, 1:-1, 2:]"
RESULT = "return np.var(4.0 * x[:, 1:-1, 1:-1] - around, axis=(1, 2))"
sharp.mistake("sharpness-of-the-batch", (RESULT, RESULT.replace(", axis=(1, 2)", "")),
    "You took the variance over the whole batch. Return one number for each image.")
sharp.mistake("sharpness-mean-square",
    (RESULT, RESULT.replace("np.var(", "np.mean(np.square(").replace(", axis", "), axis")),
    "You return the mean square of the Laplacian; the variance subtracts the square of its mean first.")
sharp.mistake("sharpness-standard-deviation", (RESULT, RESULT.replace("np.var", "np.std")),
    "You return the standard deviation; equation (1) is the variance.")
sharp.mistake("sharpness-mean-absolute",
    (RESULT, RESULT.replace("np.var(", "np.mean(np.abs(").replace(", axis", "), axis")),
    "You return the mean size of the Laplacian; equation (1) is its variance.")
sharp.mistake("sharpness-one-pixel-less", (RESULT, RESULT.replace("axis=(1, 2)", "axis=(1, 2), ddof=1")),
    "You divide by one pixel less: the variance of equation (1) is over these pixels, not an estimate from them.")
sharp.mistake("sharpness-without-centre", (RESULT, RESULT.replace("4.0 * x[:, 1:-1, 1:-1] - ", "")),
    "The pixel in the middle is missing: the Laplacian is four times it, minus its neighbours.")
sharp.mistake("sharpness-centre-once", (RESULT, RESULT.replace("4.0 * ", "")),
    "The middle counts once; four neighbours are subtracted, so it counts four times.")
sharp.mistake("sharpness-of-the-pixels", (RESULT, "return np.var(x[:, 1:-1, 1:-1], axis=(1, 2))"),
    "You return the variance of the pixels, which is contrast. Sharpness looks at differences of neighbours.")
sharp.mistake("sharpness-beyond-the-edge", [(AROUND, "around = sum(np.roll(x, by, axis) for by in (1, -1) "
    "for axis in (1, 2))"), (RESULT, "return np.var(4.0 * x - around, axis=(1, 2))")],
    "At the border your Laplacian takes the pixel on the other side of the image. Leave the border out.")
sharp.mistake("sharpness-across-only", (AROUND, "around = 2.0 * (x[:, 1:-1, :-2] + x[:, 1:-1, 2:])"),
    "You look at two of the four neighbours.",
    also=[(AROUND, "around = 2.0 * (x[:, :-2, 1:-1] + x[:, 2:, 1:-1])")])
sharp.mistake("sharpness-diagonal", (AROUND, "around = x[:, :-2, :-2] + x[:, 2:, 2:] + x[:, :-2, 2:] + x[:, 2:, :-2]"),
    "You subtract the diagonal neighbours; take those above, below, left and right.")
# fmt: on


def right(images: Array) -> Array:
    """Pixel by pixel."""
    found = []
    for image in np.asarray(images, np.float64)[..., 0]:
        height, width = image.shape
        laplacian = [
            4 * image[h, w] - image[h - 1, w] - image[h + 1, w] - image[h, w - 1] - image[h, w + 1]
            for h in range(1, height - 1)
            for w in range(1, width - 1)
        ]
        found.append(np.mean(np.square(laplacian)) - np.mean(laplacian) ** 2)
    return np.array(found)


@sharp.check("sharpness is the variance of the Laplacian over the inner pixels, one number for each image.", weight=2)
def test_sharpness(student: Student) -> None:
    """On random images of two sizes, as NumPy arrays and as tensors; then on any."""
    for seed, shape in enumerate(((3, 6, 5, 1), (2, 3, 4, 1))):
        images = random_images(seed, *shape)
        agree(call_in_numpy(student, "sharpness", images), right(images), NAME)
    agree(student.call("sharpness", images), right(images), f"{NAME} of a tensor")

    def has_the_value(images: Array) -> None:
        agree(call_in_numpy(student, "sharpness", images), right(images), NAME)

    for_all(has_the_value, max_examples=8,
            images=arrays(np.float32, (2, 4, 4, 1), elements=st.floats(0, 1, width=32)))  # fmt: skip


@sharp.check("A flat image and an even slope have sharpness 0; twice the contrast is four times as sharp.",
             needs=[test_sharpness])  # fmt: skip
def test_sharpness_of_known_images(student: Student) -> None:
    """A white image, a ramp, a dot, a dot twice as bright."""
    ramp = np.add.outer(np.arange(5.0), 2 * np.arange(5.0))
    dot = np.zeros((5, 5))
    dot[2, 2] = 1.0
    images = np.stack([np.ones((5, 5)), ramp, dot, 2 * dot])[..., None].astype(np.float32)
    agree(call_in_numpy(student, "sharpness", images), np.array([0.0, 0.0, 20 / 9, 80 / 9]), NAME)
