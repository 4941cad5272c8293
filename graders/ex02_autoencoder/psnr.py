"""Peak signal-to-noise ratio: its checks and its mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.objects import counted, expect_shape
from graders.common.reference import random_images
from judge.suite import Array, Student, agree, cell, expect

psnr = cell("psnr_check", read_again="equation (6)", in_numpy=True)
CASES = (((5, 6, 4, 1), 0), ((3, 7), 1), ((1, 2, 2, 3), 2))

# fmt: off
RIGHT = "-10.0 * np.log10(np.mean((x - reconstruction) ** 2, axis=pixel_axes))"
psnr.mistake("psnr-natural-log", (RIGHT, RIGHT.replace("log10", "log")),
    "You took the natural logarithm; decibel are tenths of a power of ten: np.log10.")
psnr.mistake("psnr-sign", (RIGHT, RIGHT[1:]),
    "Your sign is wrong: a smaller error makes a larger PSNR. Mind the 1 / in equation (6).")
psnr.mistake("psnr-not-squared", (RIGHT, RIGHT.replace("(x - reconstruction) ** 2", "np.abs(x - reconstruction)")),
    "You average absolute differences; equation (6) squares them.")
psnr.mistake("psnr-factor-twenty", (RIGHT, RIGHT.replace("10.0", "20.0")),
    "Your number is twice the right one: the factor is 10 for a mean of squares (20 belongs to its root).")
psnr.mistake("psnr-bel", (RIGHT, RIGHT.replace("10.0 * ", "")),
    "The factor 10 in front of the logarithm is missing.")
psnr.mistake("psnr-sum-of-squares", (RIGHT, RIGHT.replace("mean", "sum")),
    "You sum the squares; equation (6) divides by the number of pixels.")
psnr.mistake("psnr-peak-255", (RIGHT, f"20.0 * np.log10(255.0) {RIGHT}"),
    "Your peak is 255; these pixels lie in [0, 1], so the peak is 1.")
ONE_NUMBER = psnr.mistake("psnr-one-for-the-batch", (RIGHT, RIGHT.replace(", axis=pixel_axes", "")),
    "You have one number for the whole batch; every image has its own. Average over pixel_axes, and not again.",
    also=[(RIGHT, f"np.mean({RIGHT})")])
# fmt: on


def decibels(x: Array, reconstruction: Array) -> Array:
    """Equation (6), image by image, in float64."""
    differences = np.asarray(x, np.float64) - np.asarray(reconstruction, np.float64)
    return np.array([10 * np.log10(image.size / (image**2).sum()) for image in differences])


@psnr.check("psnr returns one number for each image: (batch,).")
def test_psnr_shape(student: Student) -> None:
    """Whatever the number of axes, and for a batch of one."""
    for shape, seed in CASES:
        x = random_images(seed, *shape)
        found = student.call("psnr", x, 1 - x)
        one = isinstance(found, np.ndarray | float) and np.ndim(found) == 0
        expect(not one, f"the PSNR of {counted(shape[0], 'image')} is one number.", ONE_NUMBER)
        expect_shape(found, shape[:1], "the PSNR")


@psnr.check("psnr is equation (6), in decibel, larger for a smaller error.", weight=2)
def test_psnr_value(student: Student) -> None:
    """Small errors and large ones; reconstructions may leave [0, 1]."""
    for shape, seed in CASES:
        x, noise = random_images(seed, *shape), np.random.default_rng(seed).normal(size=shape)
        for size in (0.01, 1.0):
            reconstruction = (x + size * noise).astype(np.float32)
            agree(student.call("psnr", x, reconstruction), decibels(x, reconstruction), "the PSNR", rtol=1e-3)
