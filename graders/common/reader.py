"""The judge's own reader of drawn digits, and how it sees a model's classes."""

from __future__ import annotations

import math

import numpy as np

from graders import digit_classifier
from judge.suite import Array

# The version of graders/digit_classifier.py and its weights that the limits of this suite were measured with. It
# stands here so that verdicts kept from an earlier version are not taken for this one's.
CLASSIFIER = "ea88e1d42eea52c54912a92bcf727247be333c0ec0111939fd791a24e5bd409f"
MARGIN = 2  # pixels of background on each side, as the course enlarges these digits
SIZE = 28


def share_read_as_asked(images: Array, labels: Array) -> float:
    """Share of 8x8 images (n, 8, 8, 1) that the digit classifier, after enlarging, reads as the label asked for."""
    assert digit_classifier.fingerprint() == CLASSIFIER, "measure the limits again: benchmarks/calibrate.py"
    read = digit_classifier.classify(enlarge(images)).argmax(axis=1)
    return float((read == labels).mean())


def spread_by_class(samples: Array, labels: Array, real: Array, real_labels: Array) -> Array:
    """For each class, how far samples lie from their mean, compared with real examples: 1 is as varied as these.

    Args:
        samples: (n, ...), generated.
        labels: (n,), what they were asked to show.
        real: (m, ...), of the same size.
        real_labels: (m,).

    Returns:
        (classes,), square roots of ratios of total variances.
    """

    def total_variance(x: Array, of: Array, label: int) -> float:
        return float(x[of == label].reshape(int((of == label).sum()), -1).var(axis=0).sum())

    classes = np.unique(real_labels)
    ratios = [total_variance(samples, labels, k) / total_variance(real, real_labels, k) for k in classes]
    return np.sqrt(ratios)


def enlarge(images: Array) -> Array:
    """Frame 8x8 images and enlarge them to 28x28 as the course does: bicubic, clipped to [0, 1]."""
    framed = np.pad(np.asarray(images, np.float64)[..., 0], [(0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)])
    weights = _bicubic(framed.shape[1], SIZE)
    enlarged: Array = np.clip(weights @ framed @ weights.T, 0.0, 1.0)[..., None]
    return enlarged


def _bicubic(size: int, wanted: int) -> Array:
    """Weights of cubic convolution (Keys, 1981, a = -1/2) that enlarge `size` numbers to `wanted`: (wanted, size)."""
    weights = np.zeros((wanted, size))
    for row, column in np.ndindex(wanted, size):
        weights[row, column] = _cubic(abs((row + 0.5) * size / wanted - 0.5 - column))
    normalised: Array = weights / weights.sum(axis=1, keepdims=True)
    return normalised


def _cubic(distance: float) -> float:
    if distance < 1:
        return 1.5 * distance**3 - 2.5 * distance**2 + 1
    return -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2 if distance < 2 else 0.0


def blobs(num: int, num_classes: int, seed: int) -> tuple[Array, Array]:
    """Points of the plane: each class is one Gaussian of standard deviation `BLOB_SD` on a ring of radius 2.

    Returns:
        (points float32 (num, 2), labels int32 (num,)).
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(num) % num_classes).astype(np.int32)
    points = blob_centres(num_classes)[labels] + BLOB_SD * rng.normal(size=(num, 2))
    return points.astype(np.float32), labels


BLOB_SD = 0.3


def blob_centres(num_classes: int) -> Array:
    """The centres of the classes, (num_classes, 2)."""
    angles = 2 * math.pi * np.arange(num_classes) / num_classes
    return 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def share_at_own_centre(points: Array, labels: Array, num_classes: int) -> float:
    """Share of points whose nearest centre is that of their class, and within four standard deviations."""
    distances = np.linalg.norm(points[:, None] - blob_centres(num_classes), axis=2)
    near = distances.min(axis=1) < 4 * BLOB_SD
    return float(((distances.argmin(axis=1) == labels) & near).mean())
