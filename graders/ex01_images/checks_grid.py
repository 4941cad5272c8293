"""Checks of the affine: voxel size, millimetres and back."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import make
from graders.ex01_images import geometry_mistakes, oracles
from judge.suite import Array, Student, agree, check, for_all

SIZE, PLACES, INDICES = "the voxel size", "the places of the voxels", "the voxel indices"
VOXELS = np.array([[1.0, 2.0, 3.0], [4.0, 0.0, 1.0], [-2.0, 5.5, 0.25]])
_POINTS = arrays(np.float64, (4, 3), elements=st.integers(-60, 60).map(float))


@check(cell="grid_check", says="The voxel size is the length of each column of M.", read_again="section 2")
def test_voxel_size(student: Student) -> None:
    """Whatever the order, direction and tilt of the axes."""
    agree(make(student, "Grid", oracles.AFFINE).call("voxel_size"), oracles.voxel_sizes(oracles.AFFINE),
          SIZE, mistakes=geometry_mistakes.voxel_size(oracles.AFFINE))  # fmt: skip

    def is_right(affine: Array) -> None:
        agree(make(student, "Grid", affine).call("voxel_size"), oracles.voxel_sizes(affine), SIZE)

    for_all(is_right, max_examples=12, affine=oracles.affines())


@check(cell="grid_check", says="to_mm is equation (1), for many points.", weight=2, read_again="equation (1)")
def test_to_mm(student: Student) -> None:
    """A fixed affine tells the known mistakes apart; then any."""
    found = make(student, "Grid", oracles.AFFINE).call("to_mm", VOXELS)
    agree(found, oracles.places(oracles.AFFINE, VOXELS), PLACES, atol=1e-3,
          mistakes=geometry_mistakes.to_mm(oracles.AFFINE, VOXELS))  # fmt: skip

    def is_right(affine: Array, voxels: Array) -> None:
        expected = oracles.places(affine, voxels)
        agree(make(student, "Grid", affine).call("to_mm", voxels), expected, PLACES, atol=1e-3)

    for_all(is_right, max_examples=12, affine=oracles.affines(), voxels=_POINTS)


@check(
    cell="grid_check",
    says="to_voxels is the inverse of equation (1), and not rounded.",
    weight=2,
    read_again="section 2",
)
def test_to_voxels(student: Student) -> None:
    """Places between voxels among them."""
    mm = np.array([[10.3, -7.2, 5.1], [0.0, 0.0, 0.0], [-31.0, 12.5, 40.7]])
    inverse = np.linalg.inv(oracles.AFFINE)
    agree(make(student, "Grid", oracles.AFFINE).call("to_voxels", mm), oracles.places(inverse, mm), INDICES,
          atol=1e-3, mistakes=geometry_mistakes.to_voxels(oracles.AFFINE, mm))  # fmt: skip

    def is_right(affine: Array, mm: Array) -> None:
        expected = oracles.places(np.linalg.inv(affine), mm)
        agree(make(student, "Grid", affine).call("to_voxels", mm), expected, INDICES, atol=1e-3)

    for_all(is_right, max_examples=12, affine=oracles.affines(), mm=_POINTS)


@check(cell="grid_check", says="Both also take a single point, (3,).", read_again="section 2")
def test_single_point(student: Student) -> None:
    """One point in, one point out, of whole numbers too."""
    grid = make(student, "Grid", oracles.AFFINE)
    whole = np.array([2, 0, 3])
    place = oracles.places(oracles.AFFINE, whole)
    agree(grid.call("to_mm", whole), place, "the place of one voxel", atol=1e-3)
    agree(grid.call("to_voxels", place), whole, "the indices of one place", atol=1e-3)
