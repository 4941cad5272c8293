"""Principal angles: checks with subspaces of known angles, and mistakes."""

from __future__ import annotations

import numpy as np

from graders.ex02_autoencoder.pca import turned
from judge.suite import Array, Student, agree, cell

angles = cell("angles_check", read_again="equation (4)", in_numpy=True)

# fmt: off
ANGLES = "np.degrees(np.arccos(np.clip(cosines, 0.0, 1.0)))"
angles.mistake("angles-in-radians", (ANGLES, "np.arccos(np.clip(cosines, 0.0, 1.0))"),
    "Your angles are in radians; return degrees.")
angles.mistake("angles-are-cosines", (ANGLES, "cosines"),
    "You return the cosines; the angles are their arc cosines, in degrees.")
angles.mistake("angles-largest-first", (ANGLES, f"{ANGLES}[::-1]"),
    "Your angles come with the largest first; the smallest should be first.")
angles.mistake("angles-not-orthonormal",
    ("np.linalg.qr(first.T)[0], np.linalg.qr(second.T)[0]", "first.T, second.T"),
    "You use the rows as they come; equation (4) needs orthonormal bases. np.linalg.qr makes them.")
angles.mistake("angles-only-normalised",
    ("np.linalg.qr(first.T)[0], np.linalg.qr(second.T)[0]",
     "(first / np.linalg.norm(first, axis=1, keepdims=True)).T, "
     "(second / np.linalg.norm(second, axis=1, keepdims=True)).T"),
    "You made the rows one unit long, but they must be perpendicular to each other, too: np.linalg.qr does both.")
angles.mistake("angles-between-pairs",
    ("np.linalg.svd(first_basis.T @ second_basis, compute_uv=False)",
     "np.sort(np.abs(np.diag(first_basis.T @ second_basis)))[::-1]"),
    "You compare direction by direction. The angles are between subspaces: take singular values.")
# fmt: on


def subspaces(seed: int, degrees: Array) -> tuple[Array, Array]:
    """Two sets of rows that span subspaces of 2 k + 1 pixels at these k angles, mixed beyond recognition."""
    rng, number = np.random.default_rng(seed), len(degrees)
    basis, theta = turned(seed, 2 * number + 1), np.radians(degrees)[:, None]
    first = basis[:number]
    second = np.cos(theta) * first + np.sin(theta) * basis[number : 2 * number]
    mixes = (np.eye(number) + 0.4 * rng.normal(size=(number, number)) for _ in range(2))
    return next(mixes) @ first, next(mixes) @ second


@angles.check("principal_angles finds the angles between two subspaces, in degrees, the smallest first.", weight=2)
def test_angles_value(student: Student) -> None:
    """Of one, two and three directions, from other vectors than orthonormal ones."""
    for seed, degrees in ((1, [20.0, 75.0]), (0, [30.0]), (2, [5.0, 45.0, 90.0])):
        expected = np.array(degrees)
        found = student.call("principal_angles", *subspaces(seed, expected))
        agree(found, expected, "the principal angles", rtol=1e-3, atol=0.05)


@angles.check("The angles depend on the subspaces alone: equal ones have angles of 0, whatever spans them.")
def test_angles_of_equal_subspaces(student: Student) -> None:
    """Rounding makes some cosines larger than 1; the angle must be a number all the same."""
    for seed in range(3, 8):
        found = student.call("principal_angles", *subspaces(seed, np.zeros(3)))
        agree(found, np.zeros(3), "the angles between equal subspaces", atol=0.05)
