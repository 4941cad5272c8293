"""A two-dimensional Gaussian: the one data set whose best possible loss is known exactly."""

import math

import numpy as np

STANDARD_DEVIATIONS = (5.0, 1.0)

GAUSSIAN_2D_ENTROPY = math.log(2 * math.pi * math.e) + math.log(5.0)
"""Differential entropy of `gaussian_2d`, 4.447 nats; derived in its docstring."""


def gaussian_2d(num, seed, rotation=0.0):
    """Draw points of N(0, R diag(25, 1) R^T), the Gaussian with standard deviations 5 and 1.

    No model can have an expected loss -E[log p(x)] below the entropy of the data, and -ELBO is never
    below -log p(x). So the entropy is the floor of a VAE's loss, and a VAE with a linear encoder, a
    linear decoder and p(x|z) = N(Wz, I) can reach it: W W^T + I can equal diag(25, 1).

    One Gaussian variable of standard deviation s has the entropy

        -E[log p] = 1/2 ln(2 pi s^2) + E[x^2] / (2 s^2) = 1/2 ln(2 pi e) + ln s.

    Two independent ones add, and a rotation changes no volume:

        H = ln(2 pi e) + ln 5 + ln 1 = 2.8379 + 1.6094 = 4.4473 nats.

    Args:
        num: number of points.
        seed: int; the same seed draws the same points.
        rotation: angle in radians, counter-clockwise, of the long axis from the first coordinate.

    Returns:
        float32, (num, 2).
    """
    noise = np.random.default_rng(seed).standard_normal((num, 2))
    cos, sin = math.cos(rotation), math.sin(rotation)
    turn = np.array([[cos, -sin], [sin, cos]])
    return (noise * STANDARD_DEVIATIONS @ turn.T).astype("float32")
