"""Data and slow, certain mathematics that suites share."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from judge.suite import Array


class Digits(NamedTuple):
    """scikit-learn's handwritten digits: images float32 (images, 8, 8, 1) in [0, 1], labels int64 0 to 9."""

    train_images: Array
    train_labels: Array
    test_images: Array
    test_labels: Array


@cache
def digits() -> Digits:
    """1,000 training and 797 held-out digits.

    Read from the file that ships with scikit-learn; importing the library would cost more than a check.
    """
    spec = find_spec("sklearn")
    assert spec is not None and spec.origin is not None, "scikit-learn is not installed"
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = np.array(list(csv.reader(file)), np.float32)
    images, labels = (rows[:, :64] / 16).reshape(-1, 8, 8, 1), rows[:, 64].astype(np.int64)
    return Digits(images[:1000], labels[:1000], images[1000:], labels[1000:])


def random_images(seed: int, *shape: int) -> Array:
    """Grey images of that shape, float32 in [0, 1]."""
    return np.random.default_rng(seed).random(shape).astype(np.float32)


def sigmoid(logits: Array) -> Array:
    """Probability of a logit, elementwise, without overflow."""
    probability: Array = np.exp(-np.logaddexp(0.0, -np.asarray(logits, np.float64)))
    return probability


def numerical_gradient(function: Callable[[Array], float], at: Array, step: float = 1e-5) -> Array:
    """Central differences of a scalar function, one entry at a time, in float64.

    Args:
        function: array -> number.
        at: where; any shape.
        step: half the distance of the two points; the error is of the order step**2.

    Returns:
        The gradient, same shape as `at`.
    """
    at = np.asarray(at, np.float64)
    gradient = np.zeros_like(at)
    for index in np.ndindex(at.shape):
        above, below = at.copy(), at.copy()
        above[index] += step
        below[index] -= step
        gradient[index] = (function(above) - function(below)) / (2 * step)
    return gradient
