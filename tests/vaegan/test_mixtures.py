"""The ring and the grid have the modes that they say, and points where they say."""

import numpy as np
import pytest

from vaegan.data import RING_SD, grid_centres, grid_of_gaussians, ring, ring_centres


def nearest(points, centres):
    distances = np.linalg.norm(points[:, None] - centres, axis=-1)
    return distances.argmin(axis=1), distances.min(axis=1)


def test_the_ring_has_eight_different_centres_at_equal_distances():
    centres = ring_centres()
    assert centres.shape == (8, 2) and centres.dtype == "float32"
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 2.0, rtol=1e-6)
    gaps = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    np.testing.assert_allclose(gaps, 4.0 * np.sin(np.pi / 8), rtol=1e-5)  # the chord of an eighth of a turn


def test_the_grid_is_centred_on_the_origin():
    centres = grid_centres(side=3, spacing=1.5)
    assert sorted(map(tuple, centres.tolist())) == [(x, y) for x in (-1.5, 0, 1.5) for y in (-1.5, 0, 1.5)]


@pytest.mark.parametrize(
    "points, centres",
    [
        (ring(8_000, seed=0), ring_centres()),
        (ring(5_000, seed=1, num_modes=5, radius=1.0), ring_centres(5, 1.0)),
        (grid_of_gaussians(25_000, seed=2), grid_centres()),
    ],
)
def test_points_belong_to_all_modes_alike_and_spread_as_told(points, centres):
    mode, distance = nearest(points, centres)
    assert points.dtype == "float32"
    counts = np.bincount(mode, minlength=len(centres))
    assert np.all(np.abs(counts - 1_000) < 160)  # five standard deviations of a binomial count
    assert np.mean(distance**2) == pytest.approx(2 * RING_SD**2, rel=0.1)
    assert np.mean(distance < 3 * RING_SD) == pytest.approx(1 - np.exp(-4.5), abs=0.006)


def test_the_same_seed_draws_the_same_points():
    np.testing.assert_array_equal(ring(10, seed=3), ring(10, seed=3))
    assert not np.any(ring(10, seed=3) == ring(10, seed=4))


def test_a_width_must_be_positive():
    with pytest.raises(ValueError, match="received 0"):
        ring(10, seed=0, sd=0)
