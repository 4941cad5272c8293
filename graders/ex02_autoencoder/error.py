"""The reconstruction error: its checks and its mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.objects import counted, expect_gradient, expect_shape
from judge.suite import Array, Student, agree, cell, expect, expect_array

error = cell("error_check", read_again="equation (1)")
CASES = (((5, 4), 0), ((3, 2, 3, 2), 1), ((1, 6, 1, 1), 2))

# fmt: off
RIGHT = "ops.sum(ops.square(x - reconstruction), axis=pixel_axes)"
error.mistake("error-mean-over-pixels", (RIGHT, RIGHT.replace("sum", "mean")),
    "You average over the pixels; equation (1) sums them.")
error.mistake("error-root", (RIGHT, f"ops.sqrt({RIGHT})"),
    "You took the root of the sum. Equation (1) is the squared distance.")
error.mistake("error-not-squared", (RIGHT, RIGHT.replace("square", "abs")),
    "You add up absolute differences; equation (1) squares each of them.")
error.mistake("error-halved", (RIGHT, f"0.5 * {RIGHT}"),
    "Your error is half the right one: equation (1) has no factor 1/2.")
error.mistake("error-signed", (RIGHT, "ops.sum(x - reconstruction, axis=pixel_axes)"),
    "Your error takes both signs: differences of opposite sign cancel. Square each before you add them up.")
error.mistake("error-squared-after-sum", (RIGHT, "ops.square(ops.sum(x - reconstruction, axis=pixel_axes))"),
    "You square the sum of the differences. Square each difference, then add up.")
ONE_NUMBER = error.mistake("error-one-for-the-batch", (RIGHT, "ops.sum(ops.square(x - reconstruction))"),
    "You have one number for the whole batch; every image keeps its own. Leave out the first axis of the sum.",
    also=[(RIGHT, f"ops.mean({RIGHT})")])
error.mistake("error-last-axis-only", (RIGHT, RIGHT.replace("pixel_axes", "-1")),
    "You sum over the last axis alone: an image has more axes than that. pixel_axes lists them.")
NO_GRADIENT = error.mistake("error-outside-tensorflow",
    (RIGHT, "np.sum((np.asarray(x) - np.asarray(reconstruction)) ** 2, axis=pixel_axes)"),
    "No gradient reaches the reconstruction: NumPy left TensorFlow's record. Use the functions of keras.ops.")
# fmt: on


def pair(shape: tuple[int, ...], seed: int) -> tuple[Array, Array]:
    """Images and reconstructions of that shape, float32, in no particular range."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape).astype(np.float32), rng.normal(size=shape).astype(np.float32)


def squared_error(x: Array, reconstruction: Array) -> Array:
    """Equation (1), image by image, in float64."""
    differences = np.asarray(x, np.float64) - np.asarray(reconstruction, np.float64)
    return np.array([(image**2).sum() for image in differences])


@error.check("The reconstruction error is one number for each image: (batch,).")
def test_error_shape(student: Student) -> None:
    """Whatever the number of axes, and for a batch of one."""
    for shape, seed in CASES:
        found = student.call("reconstruction_error", *pair(shape, seed))
        one = isinstance(found, np.ndarray | float) and np.ndim(found) == 0
        expect(not one, f"the reconstruction error of {counted(shape[0], 'image')} is one number.", ONE_NUMBER)
        expect_shape(found, shape[:1], "the reconstruction error")


@error.check("The reconstruction error is the sum of the squared differences.", weight=2)
def test_error_value(student: Student) -> None:
    """Random images, some differences negative, some beyond 1."""
    for shape, seed in CASES:
        x, reconstruction = pair(shape, seed)
        found = student.call("reconstruction_error", x, reconstruction)
        agree(found, squared_error(x, reconstruction), "the reconstruction error")


@error.check("A gradient reaches the reconstruction, and the number type of the reconstruction is kept.")
def test_error_gradient_and_dtype(student: Student) -> None:
    """Training needs the gradient; a float64 image must not meet a float32 reconstruction."""
    x, reconstruction = pair((3, 2, 2, 1), 3)
    found = student.gradients("reconstruction_error", x, reconstruction)
    gradient = expect_gradient(found, 1, x.shape, "the gradient for the reconstruction", NO_GRADIENT)
    expect(bool(gradient.any()), "the gradient for the reconstruction is 0 everywhere.", NO_GRADIENT)
    for dtype in (np.float32, np.float64):
        value = student.call("reconstruction_error", x.astype(np.float64), reconstruction.astype(dtype))
        expect_array(value, "the reconstruction error of a float64 image")
        received = np.asarray(value).dtype
        wanted = f"the error should be {np.dtype(dtype)}, as the reconstruction: received {received}."
        expect(received == dtype, wanted)
