"""Inputs for repaired functions: ordinary ones, and ones that show the mistake, small and easy to read."""

from __future__ import annotations

import numpy as np

from judge.suite import Array

Rng = np.random.Generator


def slices(rng: Rng, surprise: bool) -> list[Array]:
    """int16 slices; one is empty."""
    images = rng.integers(5, 170, (3, 8, 8)).astype(np.int16)
    if surprise:
        images[rng.integers(3)] = rng.choice([0, 40])
    return [images]


def bright_slices(rng: Rng, surprise: bool) -> list[Array]:
    """int16 slices; one has pixels whose squares are larger than int16 holds."""
    images = rng.integers(5, 170, (3, 8, 8)).astype(np.int16)
    if surprise:
        images[rng.integers(3)] = rng.integers(190, 250, (8, 8))
    return [images]


def heads(rng: Rng, surprise: bool) -> list[Array]:
    """Outputs of a linear head; some are not positive."""
    head = rng.uniform(0.1, 2.0, (3, 4))
    if surprise:
        head[0, 1], head[2, 3] = 0.0, -rng.uniform(0.5, 3.0)
    return [head]


def latents(rng: Rng, surprise: bool) -> list[Array]:
    """z_mean, z_log_var, epsilon; some log-variances are large, or negative."""
    z_log_var = rng.uniform(0.1, 1.0, (3, 4))
    if surprise:
        z_log_var[1] = rng.uniform(5, 8, 4) * rng.choice([-1, 1])
    return [rng.normal(size=(3, 4)), z_log_var, rng.normal(size=(3, 4))]


def posteriors(rng: Rng, surprise: bool) -> list[Array]:
    """z_mean and z_log_var; one row is the prior."""
    z_mean, z_log_var = rng.normal(size=(3, 4)), rng.uniform(-1.5, 1.5, (3, 4))
    if surprise:
        z_mean[1], z_log_var[1] = 0.0, 0.0
    return [z_mean, z_log_var]


def images_and_logits(rng: Rng, surprise: bool) -> list[Array]:
    """x in [0, 1] and float32 logits; some are beyond what a float32 probability can show."""
    x, logits = rng.random((3, 5)).astype(np.float32), rng.normal(0, 3, (3, 5)).astype(np.float32)
    if surprise:
        logits[1] = rng.choice([-1.0, 1.0], 5) * rng.uniform(20, 60, 5)
        logits[1, 0] = 40.0
    return [x, logits]


def logits(rng: Rng, surprise: bool) -> list[Array]:
    """float32 logits of pixels; some are too large for the exponential in half precision."""
    values = rng.normal(0, 3, (3, 5)).astype(np.float32)
    if surprise:
        values[1] = rng.choice([-1.0, 1.0], 5) * rng.uniform(12, 300, 5)
        values[1, 0] = 100.0
    return [values]


def class_logits(rng: Rng, surprise: bool) -> list[Array]:
    """float32 logits of classes; one row is large."""
    values = rng.normal(0, 3, (4, 3)).astype(np.float32)
    if surprise:
        values[2, rng.integers(3)] = rng.uniform(95, 900)
    return [values]


def log_weights(rng: Rng, surprise: bool) -> list[Array]:
    """float32, (draws, batch); the weights of one example all underflow."""
    values = rng.normal(-45, 4, (5, 3)).astype(np.float32)
    if surprise:
        values[:, 1] -= rng.uniform(100, 2000)
    return [values]


def one_hot(rng: Rng, surprise: bool) -> list[Array]:
    """Rows with one 1; one class has none."""
    labels = rng.permutation(np.array([0, 1, 2, 0, 1, 2, rng.integers(3)]))
    return [np.eye(3)[np.where(labels == 1, 2, labels) if surprise else labels]]


def losses_and_labels(rng: Rng, surprise: bool) -> list[Array]:
    """Losses and their labels; one class has none."""
    labels = np.argmax(one_hot(rng, surprise)[0], axis=1)
    return [rng.uniform(0.1, 3.0, len(labels)), labels]


def labels(rng: Rng, surprise: bool) -> list[Array]:
    """int labels, all the same or not."""
    same = np.full(5, rng.integers(3))
    return [np.array([0, 2, 1, 1, 0]) if surprise else same]


def probabilities(rng: Rng, surprise: bool) -> list[Array]:
    """float32 probabilities and a target; some are exactly 0 or 1."""
    values = rng.uniform(0.05, 0.95, 6).astype(np.float32)
    if surprise:
        values[[1, 4]] = 1.0, 0.0
    return [values, np.array(float(rng.integers(2)))]


def points(rng: Rng, surprise: bool) -> list[Array]:
    """Points of the plane, float32; one is the origin."""
    values = rng.normal(0, 2, (4, 2)).astype(np.float32)
    if surprise:
        values[2] = 0.0
    return [values]


def modes(rng: Rng, surprise: bool) -> list[Array]:
    """Numbers of modes; some do not occur."""
    everywhere = np.concatenate([np.arange(8), rng.integers(0, 8, 8)])
    return [rng.choice([1, 2, 5], 12) if surprise else rng.permutation(everywhere)]
