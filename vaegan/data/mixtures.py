"""Mixtures of Gaussians in the plane: data whose modes one can count.

A GAN that has collapsed makes good samples of few modes. On images that is hard to see; on a ring of eight
small clouds (Metz et al., 2016) it is a number between 0 and 8.
"""

import numpy as np

RING_SD = 0.05
"""Standard deviation of each cloud of `ring` in both directions."""


def ring_centres(num_modes=8, radius=2.0):
    """Return the centres, float32, (num_modes, 2), evenly spaced on a circle; the first is (radius, 0).

    The end of the circle is its beginning, so it is left out: counted twice, it would make two modes of eight
    one and the same.
    """
    angle = np.linspace(0.0, 2.0 * np.pi, num_modes, endpoint=False)
    return (radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)).astype("float32")


def grid_centres(side=5, spacing=2.0):
    """Return the centres, float32, (side * side, 2), of a square grid around the origin, row by row."""
    line = (np.arange(side) - (side - 1) / 2) * spacing
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2).astype("float32")


def ring(num, seed, num_modes=8, radius=2.0, sd=RING_SD):
    """Draw points of a ring of Gaussians, all equally likely.

    Args:
        num: number of points.
        seed: int; the same seed draws the same points.
        num_modes: number of clouds.
        radius: of the circle on which their centres lie.
        sd: standard deviation of each cloud in both directions.

    Returns:
        float32, (num, 2).
    """
    return _mixture(num, seed, ring_centres(num_modes, radius), sd)


def grid_of_gaussians(num, seed, side=5, spacing=2.0, sd=RING_SD):
    """Draw points of side * side Gaussians on a square grid, all equally likely: float32, (num, 2)."""
    return _mixture(num, seed, grid_centres(side, spacing), sd)


def _mixture(num, seed, centres, sd):
    if not sd > 0:
        raise ValueError(f"sd must be positive, received {sd}.")
    random = np.random.default_rng(seed)
    chosen = centres[random.integers(len(centres), size=num)]
    return (chosen + sd * random.standard_normal((num, 2))).astype("float32")
