"""Reads digits independently of every student: a small convolutional network, in NumPy alone.

Trained by `benchmarks/train_digit_classifier.py` on MNIST and on scikit-learn's enlarged digits; how well it reads
those that it was not trained on stands in `benchmarks/results/digit_classifier.json`. Suites ask it whether a
generator drew the digit that it was asked for, how much the drawings differ from each other (`features`), and how
far drawings are from real digits (`frechet_distance`).

Whoever judges with it names its `fingerprint` in a file of the suite, so that a suite's version covers the weights.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from judge.suite import Array

HERE = Path(__file__)
WEIGHTS = HERE.with_suffix(".npz")
STRIDES = (2, 1, 2)  # of the convolutions; no padding
_IMAGES_AT_ONCE = 250


def classify(images: Array) -> Array:
    """Probability of each digit.

    Args:
        images: (n, 28, 28, 1), in [0, 1]; white ink on black.

    Returns:
        float64, (n, 10); rows sum to 1.

    Raises:
        ValueError: if the images have another shape.
    """
    layers = weights()
    logits = features(images) @ layers["output_kernel"] + layers["output_bias"]
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Array = shares / shares.sum(axis=1, keepdims=True)
    return probabilities


def features(images: Array) -> Array:
    """What the network knows of an image just before it decides: its last hidden layer.

    Args:
        images: (n, 28, 28, 1), in [0, 1].

    Returns:
        float64, (n, 64), not negative.

    Raises:
        ValueError: if the images have another shape.
    """
    images = np.asarray(images, np.float32)
    if images.ndim != 4 or images.shape[1:] != (28, 28, 1):
        raise ValueError(f"expected images of shape (n, 28, 28, 1), received {images.shape}. Resize them first.")
    parts = [_features(images[i : i + _IMAGES_AT_ONCE]) for i in range(0, len(images), _IMAGES_AT_ONCE)]
    return np.concatenate(parts or [np.zeros((0, 64))]).astype(np.float64)


def frechet_distance(features_a: Array, features_b: Array) -> float:
    """Distance of two sets of examples, each seen as a normal distribution of its features.

    Heusel et al. (2017), equation (6), there with Inception's features:
    |m_a - m_b|^2 + trace(C_a + C_b - 2 (C_a C_b)^(1/2)). With this network's features it is a "MNIST-FID", whose
    numbers compare with each other and not with published ones.

    Args:
        features_a: (n, d), n >= 2.
        features_b: (m, d), m >= 2.

    Returns:
        0 for equal sets; grows as they differ in mean or covariance.
    """
    means = [np.mean(f, axis=0, dtype=np.float64) for f in (features_a, features_b)]
    first, second = (np.atleast_2d(np.cov(f, rowvar=False, dtype=np.float64)) for f in (features_a, features_b))
    # C_a C_b has the eigenvalues of R C_b R with R = C_a^(1/2), which is symmetric
    root = _matrix_root(first)
    shared = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second @ root), 0.0, None)).sum()
    shift = float(((means[0] - means[1]) ** 2).sum())
    return max(0.0, shift + float(np.trace(first) + np.trace(second) - 2 * shared))


def fingerprint() -> str:
    """Hash of what this file does, however it is laid out, and of the weights."""
    code = ast.dump(ast.parse(HERE.read_text("utf-8")))
    return hashlib.sha256(code.encode() + WEIGHTS.read_bytes()).hexdigest()


@cache
def weights() -> dict[str, Array]:
    """The layers by name, float32; batch normalisation is folded into the convolutions."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def _features(images: Array) -> Array:
    layers = weights()
    maps = images
    for position, stride in enumerate(STRIDES):
        maps = _convolve(maps, layers[f"kernel_{position}"], layers[f"bias_{position}"], stride)
    flat = maps.reshape(len(maps), -1)
    hidden: Array = np.maximum(flat @ layers["hidden_kernel"] + layers["hidden_bias"], 0.0)
    return hidden


def _convolve(maps: Array, kernel: Array, bias: Array, stride: int) -> Array:
    """A convolution without padding and a ReLU: (n, h, w, c) -> (n, h', w', kernel.shape[3])."""
    height, width, channels, num_filters = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(maps, (height, width), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]  # (n, h', w', c, height, width)
    patches = windows.reshape(-1, channels * height * width)
    by_channel = kernel.transpose(2, 0, 1, 3).reshape(channels * height * width, num_filters)
    filtered = np.maximum(patches @ by_channel + bias, 0.0)
    result: Array = filtered.reshape(*windows.shape[:3], num_filters)
    return result


def _matrix_root(covariance: Array) -> Array:
    """The symmetric root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(covariance)
    root: Array = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return root
