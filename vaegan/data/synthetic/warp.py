"""Smooth, invertible deformations: a stationary velocity field, integrated.

A velocity field v says where each point of the brain wants to go, in millimetres per unit of time. Following it
for one unit gives the deformation exp(v). Because two paths of the same smooth field never cross, exp(v) is
a diffeomorphism: it stretches and shrinks but neither tears nor folds (Arsigny et al., MICCAI 2006). On a grid
this holds up to the interpolation, so `jacobian_determinant` measures it: where the determinant is above one
tissue has grown, below one it has shrunk, and at zero or less the deformation has folded.

Fields are float32, (3, X, Y, Z), in millimetres, on a grid with the same spacing along every axis.
"""

import numpy as np
from scipy import ndimage

NUM_SQUARINGS = 5


def integrate(velocity, spacing, num_squarings=NUM_SQUARINGS):
    """Return the displacement u of exp(velocity): the point x goes to x + u(x).

    Scaling and squaring: exp(v / 2^n) is v / 2^n to first order, and exp(2 w) = exp(w) o exp(w). So the
    small step is composed with itself n times, each time doubling it: u <- u + u o (id + u).

    Args:
        velocity: float32, (3, X, Y, Z), mm.
        spacing: distance of two grid points, mm.
        num_squarings: n; v / 2^n should be well below one grid step.

    Returns:
        float32, (3, X, Y, Z), mm.
    """
    displacement = velocity / np.float32(spacing * 2**num_squarings)  # in grid steps
    identity = np.indices(velocity.shape[1:], dtype="float32")
    for _ in range(num_squarings):
        displacement = displacement + sample(displacement, identity + displacement)
    return displacement * np.float32(spacing)


def sample(field, points):
    """Interpolate every component of a field at points given in grid steps, linearly.

    Args:
        field: float32, (channels, X, Y, Z).
        points: float32, (3, ...).

    Returns:
        float32, (channels, ...).
    """
    values = np.empty((len(field), *points.shape[1:]), dtype="float32")
    for component, value in zip(field, values, strict=True):
        ndimage.map_coordinates(component, points, output=value, order=1, mode="nearest", prefilter=False)
    return values


def jacobian_determinant(displacement, spacing):
    """Return how much each small volume grows under x -> x + u(x), by central differences.

    Returns:
        float32, (X, Y, Z); 1 where nothing changes, 0 or less where the deformation folds.
    """
    rows = [np.gradient(component, spacing) for component in displacement]
    (a, b, c), (d, e, f), (g, h, i) = rows
    a, e, i = a + 1, e + 1, i + 1
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def smooth_noise(shape, spacing, smoothness, size, chance):
    """Draw a random velocity field: white noise, blurred, scaled to a root mean square length.

    Args:
        shape: (X, Y, Z).
        spacing: mm.
        smoothness: standard deviation of the blur, mm.
        size: root mean square of the length of the vectors, mm.
        chance: numpy Generator.

    Returns:
        float32, (3, X, Y, Z), mm.
    """
    noise = chance.standard_normal((3, *shape), dtype="float32")
    blurred = np.stack([blur(component, smoothness / spacing) for component in noise])
    return blurred * np.float32(size / np.sqrt(np.mean(np.sum(blurred**2, axis=0))))


def blur(volume, sigma):
    """Blur a float32 volume with a Gaussian of `sigma` grid steps; beyond the border it goes on as it ends."""
    return ndimage.gaussian_filter(volume, sigma, mode="nearest", truncate=3.0)


def linear_weights(num_out, num_in, scale, offset=0.0):
    """Return the matrix that interpolates along one axis: output i is read at the input place scale * i + offset.

    Interpolation on a grid is linear and works axis by axis, so three small matrices enlarge a whole field:
    much faster than asking for each point by itself.

    Returns:
        float32, (num_out, num_in); each row sums to one; places outside take the value of the border.
    """
    places = np.clip(scale * np.arange(num_out) + offset, 0, num_in - 1)
    below = np.minimum(places.astype(int), num_in - 2)
    weights = np.zeros((num_out, num_in), dtype="float32")
    weights[np.arange(num_out), below] = 1 - (places - below)
    weights[np.arange(num_out), below + 1] = places - below
    return weights


def resample(field, weights):
    """Apply one matrix of `linear_weights` to each of the last three axes of a field."""
    for matrix in weights:
        field = np.tensordot(field, matrix, axes=(-3, 1))  # the done axis goes to the end, the next one is third again
    return field
