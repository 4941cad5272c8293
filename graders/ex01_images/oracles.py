"""The right answers of exercise 1, as nibabel gives them, and scans to ask about."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

import nibabel
import nibabel.affines
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from judge.suite import Array

# i runs to the back, j downward, k to the left; the three steps differ; nothing is symmetric.
AFFINE = np.array([[0.0, 0.3, -4.0, 31.0], [-2.0, 0.2, 0.4, -17.0], [0.1, -3.0, 0.2, 8.0], [0, 0, 0, 1]])
SHAPE = (5, 3, 4)


def make_affine(
    order: Sequence[int], directions: Sequence[int], spacing: Sequence[float], angles: Sequence[float],
    origin: Sequence[float],
) -> Array:  # fmt: skip
    """An affine whose axis c points along `order[c]`, in `directions[c]`, turned by small angles.

    Args:
        order: a permutation of 0, 1, 2.
        directions: 1 or -1 for each axis.
        spacing: mm along each axis.
        angles: radians, about x, y and z.
        origin: mm, the place of voxel (0, 0, 0).
    """
    affine = np.eye(4)
    steps = np.zeros((3, 3))
    steps[list(order), [0, 1, 2]] = np.multiply(directions, spacing)
    for axis, angle in enumerate(angles):
        one, other = [a for a in range(3) if a != axis]
        turn = np.eye(3)
        turn[[one, other], [one, other]] = np.cos(angle)
        turn[one, other], turn[other, one] = -np.sin(angle), np.sin(angle)
        steps = turn @ steps
    affine[:3, :3], affine[:3, 3] = steps, origin
    return affine


def affines(max_angle: float = 0.25, straight_ras: bool = False) -> SearchStrategy[Array]:
    """Affines of real scanners: any order and direction of axes, anisotropic, oblique.

    Args:
        max_angle: radians; below pi / 12 about each axis there is no doubt where an axis points.
        straight_ras: only those whose axes run to the right, front and top (oblique all the same).
    """
    whole = st.integers(-40, 40).map(float)
    return st.builds(
        make_affine,
        order=st.just((0, 1, 2)) if straight_ras else st.permutations((0, 1, 2)),
        directions=st.just((1, 1, 1)) if straight_ras else st.tuples(*[st.sampled_from((1, -1))] * 3),
        spacing=st.tuples(*[st.sampled_from((1.0, 0.75, 1.5, 2.0, 4.5))] * 3),
        angles=st.tuples(*[st.sampled_from((0.0, max_angle, -max_angle / 2))] * 3),
        origin=st.tuples(whole, whole, whole),
    )


def random_voxels(seed: int, shape: Sequence[int] = SHAPE) -> Array:
    """Voxels whose values all differ, float32, none of them 0."""
    rng = np.random.default_rng(seed)
    return rng.permutation(int(np.prod(shape))).reshape(shape).astype(np.float32) + 1


def image(voxels: Array, affine: Array) -> nibabel.Nifti1Image:
    """The scan as nibabel has it."""
    return nibabel.Nifti1Image(voxels, affine)


def canonical(voxels: Array, affine: Array) -> tuple[Array, Array]:
    """The same scan in RAS order, voxels and affine."""
    turned = nibabel.as_closest_canonical(image(voxels, affine))
    return np.asarray(turned.dataobj), np.asarray(turned.affine)


def voxel_sizes(affine: Array) -> Array:
    """Edges of a voxel in mm, (3,)."""
    return np.asarray(nibabel.affines.voxel_sizes(affine))


def places(affine: Array, voxels: Array) -> Array:
    """Millimetres of voxel indices (n, 3)."""
    return np.asarray(nibabel.affines.apply_affine(affine, voxels))


def normalised(voxels: Array, counted: Array) -> Array:
    """Equation (3), with the percentiles of `counted`."""
    low, high = np.percentile(counted, (2, 98))
    return np.asarray(np.clip((voxels.astype(np.float64) - low) / (high - low), 0, 1))


def file_of(voxels: Array, affine: Array, slope: float | None = None, compressed: bool = False) -> Array:
    """The bytes of a NIfTI file, uint8.

    Args:
        voxels: as they are stored.
        affine: (4, 4).
        slope: what a reader multiplies the stored numbers by, or None for a file without scale factor.
        compressed: as in .nii.gz.
    """
    stored = image(voxels, affine)
    if slope is not None:
        stored.header.set_slope_inter(slope, 0)
    content = stored.to_bytes()
    return np.frombuffer(gzip.compress(content, mtime=0) if compressed else content, np.uint8)
