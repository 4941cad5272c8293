"""What the guilty functions should have computed, and what they do compute, in NumPy.

The right ones follow the docstring that each function has in the program; the wrong ones repeat the mistake,
so that a fix that changes nothing is recognised.
"""

from __future__ import annotations

import math

import numpy as np

from judge.suite import Array


def _float(array: Array) -> Array:
    return np.asarray(array, np.float64)


def normalise(images: Array) -> Array:
    """Each slice stretched to 0..1, flattened; zeros for an empty one."""
    rows = []
    for image in _float(images).reshape(len(images), -1):
        low, high = image.min(), image.max()
        rows.append(np.zeros_like(image) if high == low else (image - low) / (high - low))
    return np.stack(rows)


def normalise_wrong(images: Array) -> Array:
    """0/0 for an empty slice."""
    pixels = _float(images).reshape(len(images), -1)
    low, high = pixels.min(axis=1, keepdims=True), pixels.max(axis=1, keepdims=True)
    return np.asarray((pixels - low) / (high - low))


def log_variance(head: Array) -> Array:
    """Log of ReLU, no variance below 1e-6."""
    return np.array([[math.log(max(value, 1e-6)) for value in row] for row in _float(head)])


def log_variance_wrong(head: Array) -> Array:
    """log(0)."""
    return np.asarray(np.log(np.maximum(_float(head), 0.0)))


def reparameterise(z_mean: Array, z_log_var: Array, epsilon: Array) -> Array:
    """Mean plus standard deviation times noise; the standard deviation is the root of the variance."""
    return np.asarray(_float(z_mean) + np.sqrt(np.exp(_float(z_log_var))) * epsilon)


def variance_for_std(z_mean: Array, z_log_var: Array, epsilon: Array) -> Array:
    """The 1/2 in the exponent is missing."""
    return np.asarray(z_mean + np.exp(_float(z_log_var)) * epsilon)


def log_var_for_variance(z_mean: Array, z_log_var: Array, epsilon: Array) -> Array:
    """The root of the log-variance."""
    return np.asarray(z_mean + np.sqrt(_float(z_log_var)) * epsilon)


def kl_to_standard_normal(z_mean: Array, z_log_var: Array) -> Array:
    """E_q[log q - log p] of a Laplace q with this mean and variance, entry by entry in closed form, summed."""
    total = []
    for mean, log_var in zip(_float(z_mean), _float(z_log_var), strict=True):
        pairs = zip(mean, log_var, strict=True)
        total.append(sum(0.5 * (math.log(math.pi) + math.exp(v) + m * m - v) - 1.0 for m, v in pairs))
    return np.array(total)


def log_var_for_std(z_mean: Array, z_log_var: Array) -> Array:
    """z_log_var taken for the standard deviation."""
    v = _float(z_log_var)
    return np.asarray(-0.5 * (2.0 - np.log(np.pi) + np.log(v**2) - z_mean**2 - v**2).sum(axis=1))


def reconstruction_loss(x: Array, logits: Array) -> Array:
    """-log p(x) of independent coins, from logits, x smoothed by a tenth."""
    x, logits = 0.05 + 0.9 * _float(x), _float(logits)
    return np.asarray((x * np.logaddexp(0, -logits) + (1 - x) * np.logaddexp(0, logits)).sum(axis=1))


def saturated_probability(x: Array, logits: Array) -> Array:
    """log(1 - p) with p rounded to 1."""
    x, p = 0.05 + 0.9 * x, 1.0 / (1.0 + np.exp(-logits.astype(np.float32)))
    return np.asarray(-(x * np.log(p) + (1.0 - x) * np.log(1.0 - p)).sum(axis=1))


def softplus(logits: Array) -> Array:
    """log(1 + exp(l)) = max(l, 0) + log(1 + exp(-|l|))."""
    logits = _float(logits)
    return np.asarray(np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits))))


def softplus_wrong(logits: Array) -> Array:
    """exp overflows in half precision at 11.1."""
    return np.asarray(np.log(1.0 + np.exp(logits.astype(np.float16))))


def log_mean_exp(log_weights: Array) -> Array:
    """With the largest weight taken out first."""
    columns = []
    for column in _float(log_weights).T:
        top = max(column)
        columns.append(top + math.log(sum(math.exp(value - top) for value in column) / len(column)))
    return np.array(columns)


def log_mean_exp_wrong(log_weights: Array) -> Array:
    """log(0) once every weight has underflowed."""
    return np.asarray(np.log(np.mean(np.exp(log_weights.astype(np.float32)), axis=0)))


def slice_rms(images: Array) -> Array:
    """Root mean square of each slice."""
    return np.array([math.sqrt(sum(float(v) ** 2 for v in image.ravel()) / image.size) for image in images])


def slice_rms_wrong(images: Array) -> Array:
    """Squares that do not fit into int16."""
    return np.asarray(np.sqrt((images * images).mean(axis=(1, 2))))


def class_weights(one_hot: Array) -> Array:
    """batch / (classes * count), 0 for a class without members."""
    num_classes = one_hot.shape[1]
    counts = [int(column.sum()) for column in one_hot.T]
    return np.array([len(one_hot) / (num_classes * count) if count else 0.0 for count in counts])


def class_weights_wrong(one_hot: Array) -> Array:
    """Divides by a count of 0."""
    return np.asarray(len(one_hot) / (one_hot.shape[1] * _float(one_hot).sum(axis=0)))


def class_means(losses: Array, labels: Array) -> Array:
    """Mean loss of each class, 0 for a class without members."""
    groups = [[loss for loss, own in zip(losses, labels, strict=True) if own == label] for label in range(3)]
    return np.array([sum(group) / len(group) if group else 0.0 for group in groups])


def class_means_wrong(losses: Array, labels: Array) -> Array:
    """0/0 for a class without members."""
    return np.array([_float(losses)[labels == c].sum() / (labels == c).sum() for c in range(3)])


def softmax(logits: Array) -> Array:
    """exp(l) / sum(exp(l)) of each row."""
    shifted = _float(logits) - _float(logits).max(axis=1, keepdims=True)
    return np.asarray(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))


def softmax_wrong(logits: Array) -> Array:
    """exp overflows in float32 at 88.7."""
    grown = np.exp(logits.astype(np.float32))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def label_planes(labels: Array) -> Array:
    """Ones in the plane of each label."""
    planes = np.zeros((len(labels), 8, 8, 3))
    for image, label in enumerate(labels):
        planes[image, :, :, label] = 1.0
    return planes


def label_planes_wrong(labels: Array) -> Array:
    """Tiled along the batch and cut up wrongly."""
    return np.tile(np.eye(3)[labels], (64, 1)).reshape(len(labels), 8, 8, 3)


def binary_cross_entropy(probabilities: Array, target: Array) -> Array:
    """-log of the probability of the target, at most -log(1e-7)."""
    p = np.clip(_float(probabilities), 1e-7, 1 - 1e-7)
    return np.asarray(-np.log(p if target == 1 else 1.0 - p))


def binary_cross_entropy_wrong(probabilities: Array, target: Array) -> Array:
    """0 * log(0)."""
    return np.asarray(-(target * np.log(probabilities) + (1.0 - target) * np.log(1.0 - probabilities)))


def unit_features(points: Array) -> Array:
    """Each point divided by its length; the origin stays."""
    return np.array([[x / (math.hypot(x, y) or 1.0), y / (math.hypot(x, y) or 1.0)] for x, y in _float(points)])


def unit_features_wrong(points: Array) -> Array:
    """0/0 at the origin."""
    return np.asarray(points / np.linalg.norm(_float(points), axis=1, keepdims=True))


def diversity(modes: Array) -> Array:
    """-sum p log p over the modes that occur."""
    counts = [list(modes).count(mode) for mode in range(8)]
    return np.array(-sum(c / len(modes) * math.log(c / len(modes)) for c in counts if c))


def diversity_wrong(modes: Array) -> Array:
    """0 * log(0)."""
    share = np.bincount(modes, minlength=8) / len(modes)
    return np.array(-(share * np.log(share)).sum())
