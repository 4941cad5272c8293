"""The affine: voxel size, millimetres and back. Its checks and its mistakes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import make
from graders.ex01_images import oracles
from judge.suite import Array, Student, agree, cell, for_all

grid = cell("grid_check", read_again="section 2", in_numpy=True)
SIZE, PLACES, INDICES = "the voxel size", "the places of the voxels", "the voxel indices"
VOXELS = np.array([[1.0, 2.0, 3.0], [4.0, 0.0, 1.0], [-2.0, 5.5, 0.25]])
MM = np.array([[10.3, -7.2, 5.1], [0.0, 0.0, 0.0], [-31.0, 12.5, 40.7]])
_POINTS = arrays(np.float64, (4, 3), elements=st.integers(-60, 60).map(float))


@grid.check("The voxel size is the length of each column of M.")
def test_voxel_size(student: Student) -> None:
    """Whatever the order, direction and tilt of the axes."""

    def is_right(affine: Array) -> None:
        agree(make(student, "Grid", affine).call("voxel_size"), oracles.voxel_sizes(affine), SIZE)

    is_right(oracles.AFFINE)
    for_all(is_right, max_examples=12, affine=oracles.affines())


@grid.check("to_mm is equation (1), for many points.", weight=2, read_again="equation (1)")
def test_to_mm(student: Student) -> None:
    """A fixed affine tells the known mistakes apart; then any."""

    def is_right(affine: Array, voxels: Array) -> None:
        expected = oracles.places(affine, voxels)
        agree(make(student, "Grid", affine).call("to_mm", voxels), expected, PLACES, atol=1e-3)

    is_right(oracles.AFFINE, VOXELS)
    for_all(is_right, max_examples=12, affine=oracles.affines(), voxels=_POINTS)


@grid.check("to_voxels is the inverse of equation (1), and not rounded.", weight=2)
def test_to_voxels(student: Student) -> None:
    """Places between voxels among them."""

    def is_right(affine: Array, mm: Array) -> None:
        expected = oracles.places(np.linalg.inv(affine), mm)
        agree(make(student, "Grid", affine).call("to_voxels", mm), expected, INDICES, atol=1e-3)

    is_right(oracles.AFFINE, MM)
    for_all(is_right, max_examples=12, affine=oracles.affines(), mm=_POINTS)


@grid.check("Both also take a single point, (3,).")
def test_single_point(student: Student) -> None:
    """One point in, one point out, of whole numbers too."""
    made = make(student, "Grid", oracles.AFFINE)
    whole = np.array([2, 0, 3])
    place = oracles.places(oracles.AFFINE, whole)
    agree(made.call("to_mm", whole), place, "the place of one voxel", atol=1e-3)
    agree(made.call("to_voxels", place), whole, "the indices of one place", atol=1e-3)


# fmt: off
SIZES = "np.sqrt(np.sum(self.affine[:3, :3] ** 2, axis=0))"
TO_MM = "voxels @ self.affine[:3, :3].T + self.affine[:3, 3]"
TO_VOXELS = "mm @ inverse[:3, :3].T + inverse[:3, 3]"
grid.mistake("voxel-size-from-diagonal", (SIZES, "np.abs(np.diag(self.affine)[:3])"),
    "You took the diagonal of the affine. It holds the voxel's edges only if the axes run exactly along x, y and z; "
    "take the length of each column.", also=[(SIZES, "np.diag(self.affine)[:3]")])
grid.mistake("voxel-size-of-rows", (SIZES, SIZES.replace("axis=0", "axis=1")),
    "You took the length of the rows of M; the step along one voxel axis is a column.")
grid.mistake("voxel-size-squared", (SIZES, "np.sum(self.affine[:3, :3] ** 2, axis=0)"),
    "Your edges are squared: the square root is missing.")
grid.mistake("voxel-size-with-t", (SIZES, SIZES.replace("[:3, :3]", "")),
    "Your columns have a fourth entry or the shift t in them: only the upper left 3 x 3 part counts.",
    also=[(SIZES, SIZES.replace("[:3, :3]", "[:3]"))])
grid.mistake("voxel-size-sum-of-steps", (SIZES, "np.sum(np.abs(self.affine[:3, :3]), axis=0)"),
    "You added up the entries of each column; its length is the root of the sum of their squares.")
grid.mistake("affine-transposed", [(TO_MM, TO_MM.replace(".T", "")), (TO_VOXELS, TO_VOXELS.replace(".T", ""))],
    "M is transposed. For points in rows the product is points @ M.T; for one column it is M @ point.",
    also=[(TO_MM, TO_MM.replace(".T", "")), (TO_VOXELS, TO_VOXELS.replace(".T", ""))])
grid.mistake("affine-without-shift", (TO_MM, "voxels @ self.affine[:3, :3].T"),
    "The shift t is missing: voxel (0, 0, 0) does not lie at (0, 0, 0) mm.",
    also=[(TO_VOXELS, "mm @ inverse[:3, :3].T")])
grid.mistake("affine-shift-first", (TO_MM, "(voxels + self.affine[:3, 3]) @ self.affine[:3, :3].T"),
    "You shifted before you turned; equation (1) turns and stretches first, then adds t.")
grid.mistake("affine-shift-subtracted", (TO_MM, TO_MM.replace(" + ", " - ")),
    "You subtracted the shift t; equation (1) adds it.")
grid.mistake("affine-axes-ignored", (TO_MM, "voxels * self.voxel_size() + self.affine[:3, 3]"),
    "You used the voxel's edges only: where the axes point is lost. Use the whole matrix M, or its inverse.",
    also=[(TO_VOXELS, "(mm - self.affine[:3, 3]) / self.voxel_size()")])
grid.mistake("affine-diagonal-only", (TO_MM, "voxels * np.diag(self.affine)[:3] + self.affine[:3, 3]"),
    "You used the diagonal of M only; axes may be exchanged, and then the steps are elsewhere.")
grid.mistake("to-voxels-rounded", (TO_VOXELS, f"np.rint({TO_VOXELS})"),
    "You rounded. to_voxels returns fractions; who wants the nearest voxel rounds later.",
    also=[(TO_VOXELS, f"np.floor({TO_VOXELS})"), (TO_VOXELS, f"({TO_VOXELS}).astype(int)")])
grid.mistake("affine-not-inverted", ("np.linalg.inv(self.affine)", "self.affine"),
    "This is the way from voxels to millimetres; for the way back use the inverse of the affine.")
grid.mistake("to-voxels-shift-last", (TO_VOXELS, TO_VOXELS.replace("+ inverse", "- self.affine")),
    "You subtracted t after the inverse of M; undo the steps in the opposite order, or invert the affine.")
grid.mistake("many-points-only", (TO_MM, "np.array([self.affine[:3, :3] @ v + self.affine[:3, 3] for v in voxels])"),
    "A single point, (3,), may come, too: a loop over it goes through its three numbers. `points @ M.T` takes both.",
    also=[(TO_VOXELS, "np.array([inverse[:3, :3] @ p + inverse[:3, 3] for p in mm])")])
