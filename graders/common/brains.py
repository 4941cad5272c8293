"""Slices of drawn heads, half of them AD with larger ventricles on average, and the judge's ruler for ventricles.

A head is the course's practice head (ellipses; no patient is in it), cut through both lateral ventricles. How far
the classes lie apart follows ADNI, where the ventricles hold 45.0 cm3 (sd 27.5) in controls and 59.3 cm3 (29.3) in AD
(Fonov et al.): AD is 1.32 times as large on average. Within a class sizes vary half as much here, so that a second of
training suffices: the classes lie one standard deviation apart, and one CN head in four has larger ventricles than an
AD head. Head, position, sides, contrast and noise vary, too, and tell nothing of the class.
"""

from __future__ import annotations

import math

import numpy as np

from judge.suite import Array

CN, AD = 0, 1
SIZE = 16  # pixels of an edge
PIXEL_MM = 6.0
FINE = 4  # places in a pixel and direction whose mean it is
CENTRE_UP = 5.0  # mm, height of the middle of the slice

AD_LARGER = 1.32  # median of AD over that of CN
SD_LOG_AREA = 0.28  # within a class

# Ellipses: (right, up) of the centre and radii, mm. The last two lie on both sides.
BRAIN = ((0.0, 12.0), (63.0, 57.0))
WHITE = ((22.0, 20.0), (24.0, 26.0))
VENTRICLE = ((10.0, 18.0), (8.0, 9.5))

# The ruler: this brightness is all fluid and none, and pixels are counted whose centres lie in this box, mm.
FLUID, TISSUE = 0.25, 0.55
BOX_RIGHT, BOX_UP = (-30.0, 30.0), (5.0, 41.0)


def heads(num: int, seed: int) -> tuple[Array, Array]:
    """Draw as many CN as AD heads, in no order.

    Returns:
        (images float32 (num, SIZE, SIZE, 1) in [0, 1], labels int32 (num,)).
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(num) % 2).astype(np.int32)
    images = np.stack([_head(AD_LARGER if label == AD else 1.0, rng) for label in labels])
    return images[..., None].astype(np.float32), labels


def _head(median_area: float, rng: np.random.Generator) -> Array:
    """One slice, (SIZE, SIZE), whose ventricles vary around this area, relative to `VENTRICLE`."""
    right, up = _places(SIZE * FINE)
    scale, (moved_right, moved_up) = rng.uniform(0.94, 1.06), rng.uniform(-2.0, 2.0, 2)
    x, z = (right - moved_right) / scale, (up[:, None] - moved_up) / scale
    area, unevenness = median_area * np.exp(SD_LOG_AREA * rng.normal()), np.exp(0.1 * rng.normal())
    slice_ = np.where(_within(x, z, BRAIN), 0.7, 0.0)
    slice_[_within(np.abs(x), z, WHITE)] = 0.9
    fluid = rng.uniform(0.05, 0.2)
    for side in (-1, 1):
        slice_[_within(side * x, z, VENTRICLE, math.sqrt(area * unevenness**side))] = fluid
    pixels = slice_.reshape(SIZE, FINE, SIZE, FINE).mean(axis=(1, 3))
    noise = rng.uniform(0.01, 0.05) * rng.normal(size=pixels.shape)
    image: Array = np.clip(rng.uniform(0.85, 1.0) * pixels + noise, 0.0, 1.0)
    return image


def _within(x: Array, z: Array, ellipse: tuple[tuple[float, float], tuple[float, float]], larger: float = 1.0) -> Array:
    """Which places lie in an ellipse whose radii are so many times larger."""
    (right, up), (width, height) = ellipse
    inside: Array = ((x - right) / width) ** 2 + ((z - up) / height) ** 2 < larger**2
    return inside


def _places(num: int) -> tuple[Array, Array]:
    """mm to the right of `num` columns and up of `num` rows; the first row is the top."""
    offsets = SIZE * PIXEL_MM * ((np.arange(num) + 0.5) / num - 0.5)
    return offsets, CENTRE_UP - offsets


def ventricle_area(images: Array) -> Array:
    """The dark area around the ventricles, (n,), in mm2, of images (n, SIZE, SIZE, 1).

    Between `FLUID` and `TISSUE` a pixel counts in part.
    """
    right, up = _places(SIZE)
    columns = (right > BOX_RIGHT[0]) & (right < BOX_RIGHT[1])
    rows = (up > BOX_UP[0]) & (up < BOX_UP[1])
    box = np.asarray(images, np.float64)[:, rows][:, :, columns]
    area: Array = np.clip((TISSUE - box) / (TISSUE - FLUID), 0.0, 1.0).sum(axis=(1, 2, 3)) * PIXEL_MM**2
    return area


def group_difference(images: Array, labels: Array) -> float:
    """How much larger the ventricles of the AD images are than those of the CN images, mean of mm2."""
    area = ventricle_area(images)
    return float(area[labels == AD].mean() - area[labels == CN].mean())
