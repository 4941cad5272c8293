"""Known wrong ways to place, turn, cut and scale voxels, each with the hint for a student who did that.

Each function takes the inputs of a check and returns what every mistake would answer to exactly these inputs.
"""

from __future__ import annotations

import nibabel
import numpy as np

from graders.ex01_images import oracles
from judge.suite import Array, Mistake


def voxel_size(affine: Array) -> list[Mistake]:
    """Mistakes in the edges of a voxel."""
    steps = affine[:3, :3]
    diagonal_hint = (
        "You took the diagonal of the affine. It holds the voxel's edges only if the axes run exactly along x, y and "
        "z; take the length of each column."
    )
    return [
        Mistake("voxel-size-from-diagonal", diagonal_hint, np.diag(steps)),
        Mistake("voxel-size-from-diagonal", diagonal_hint, np.abs(np.diag(steps))),
        Mistake(
            "voxel-size-of-rows",
            "You took the length of the rows of M; the step along one voxel axis is a column.",
            np.sqrt((steps**2).sum(axis=1)),
        ),
        Mistake(
            "voxel-size-squared",
            "Your edges are squared: the square root is missing.",
            (steps**2).sum(axis=0),
        ),
        Mistake(
            "voxel-size-with-t",
            "Your columns have a fourth entry or the shift t in them: only the upper left 3 x 3 part counts.",
            np.sqrt((affine**2).sum(axis=0)),
        ),
    ]


def to_mm(affine: Array, voxels: Array) -> list[Mistake]:
    """Mistakes in equation (1); voxels (n, 3)."""
    steps, shift = affine[:3, :3], affine[:3, 3]
    return [
        Mistake(
            "affine-transposed",
            "M is transposed. For points in rows the product is points @ M.T; for one column it is M @ point.",
            voxels @ steps + shift,
        ),
        Mistake(
            "affine-without-shift",
            "The shift t is missing: voxel (0, 0, 0) does not lie at (0, 0, 0) mm.",
            voxels @ steps.T,
        ),
        Mistake(
            "affine-shift-first",
            "You shifted before you turned; equation (1) turns and stretches first, then adds t.",
            (voxels + shift) @ steps.T,
        ),
        Mistake(
            "affine-axes-ignored",
            "You multiplied by the voxel's edges only: where the axes point is lost. Use the whole matrix M.",
            voxels * oracles.voxel_sizes(affine) + shift,
        ),
        Mistake(
            "affine-diagonal-only",
            "You used the diagonal of M only; axes may be exchanged, and then the steps are elsewhere.",
            voxels * np.diag(steps) + shift,
        ),
    ]


def to_voxels(affine: Array, mm: Array) -> list[Mistake]:
    """Mistakes in the inverse of equation (1); mm (n, 3)."""
    inverse = np.linalg.inv(affine)
    right = oracles.places(inverse, mm)
    steps, shift = affine[:3, :3], affine[:3, 3]
    rounded = "You rounded. to_voxels returns fractions; who wants the nearest voxel rounds later."
    return [
        Mistake("to-voxels-rounded", rounded, np.rint(right)),
        Mistake("to-voxels-rounded", rounded, np.floor(right)),
        Mistake("to-voxels-rounded", rounded, np.trunc(right)),
        Mistake(
            "affine-not-inverted",
            "This is the way from voxels to millimetres; for the way back use the inverse of the affine.",
            oracles.places(affine, mm),
        ),
        Mistake(
            "affine-transposed",
            "The matrix is transposed. For points in rows the product is points @ M.T; for one column it is M @ point.",
            mm @ inverse[:3, :3] + inverse[:3, 3],
        ),
        Mistake(
            "to-voxels-shift-last",
            "You subtracted t after the inverse of M; undo the steps in the opposite order, or invert the affine.",
            mm @ np.linalg.inv(steps).T - shift,
        ),
        Mistake(
            "affine-without-shift",
            "The shift is missing: the place (0, 0, 0) mm is not voxel (0, 0, 0).",
            mm @ np.linalg.inv(steps).T,
        ),
        Mistake(
            "affine-axes-ignored",
            "You divided by the voxel's edges only: where the axes point is lost. Use the inverse of the affine.",
            (mm - shift) / oracles.voxel_sizes(affine),
        ),
    ]


def ras_voxels(voxels: Array, affine: Array) -> list[Mistake]:
    """Mistakes in turning the array; give an affine whose axes are all exchanged, some of them reversed."""
    orientation = nibabel.io_orientation(affine)
    target = orientation[:, 0].astype(int)  # axis c of the array goes along axis target[c]
    flips = [axis for axis in range(3) if orientation[axis, 1] < 0]
    right = oracles.canonical(voxels, affine)[0]
    inverse_order = np.transpose(voxels, target)
    return [
        Mistake("ras-not-turned", "The voxels are as they were: reorder and flip the axes.", voxels),
        Mistake(
            "ras-not-flipped",
            "The axes are in the right order, and those that run backwards still do: flip them.",
            np.transpose(voxels, np.argsort(target)),
        ),
        Mistake(
            "ras-not-reordered",
            "You flipped axes and left them in their order: the first must be the one that runs left to right.",
            np.flip(voxels, tuple(flips)),
        ),
        Mistake(
            "ras-order-inverted",
            "You reordered the axes the wrong way round: np.transpose wants, for each new axis, the number of the old.",
            np.transpose(np.flip(voxels, tuple(flips)), target),
        ),
        Mistake(
            "ras-order-inverted",
            "You reordered the axes the wrong way round: np.transpose wants, for each new axis, the number of the old.",
            inverse_order,
        ),
        Mistake(
            "ras-became-lps",
            "The scan came out as LPS, to the left and to the back: that is DICOM's convention, NIfTI's is RAS.",
            right[::-1, ::-1],
        ),
    ]


def ras_affine(voxels: Array, affine: Array) -> list[Mistake]:
    """Mistakes in turning the affine along."""
    right = oracles.canonical(voxels, affine)[1]
    kept_shift = right.copy()
    kept_shift[:3, 3] = affine[:3, 3]
    straight = np.diag(np.append(oracles.voxel_sizes(right), 1.0))
    straight_here = straight.copy()
    straight_here[:3, 3] = right[:3, 3]
    lost = (
        "You made a new affine out of the voxel's edges: the head's place or tilt is lost. Use equation (2)."
    )
    return [
        Mistake(
            "ras-affine-kept",
            "You turned the array and kept the affine: every voxel now claims to lie elsewhere. Use equation (2).",
            affine,
        ),
        Mistake(
            "ras-shift-kept",
            "You turned M and kept t. When an axis of n voxels is flipped, t moves to the other end: by n - 1 steps.",
            kept_shift,
        ),
        Mistake("ras-affine-made-up", lost, straight),
        Mistake("ras-affine-made-up", lost, straight_here),
        Mistake("ras-affine-made-up", lost, np.eye(4)),
    ]


def coronal(voxels: Array, nearest: Array, point_mm: Array) -> list[Mistake]:
    """Mistakes in the slice of a RAS volume.

    Args:
        voxels: (I, J, K).
        nearest: (3,), the right voxel.
        point_mm: (3,), the place, whose whole millimetres are valid indices too.
    """
    i, j, k = (int(n) for n in nearest)
    by_mm = round(float(point_mm[1]))
    index_hint = "You used millimetres as an index. Ask self.grid which voxel lies there."
    listed = [
        Mistake("slice-not-turned", "The image is [x, z]: transpose it, rows are z.", voxels[:, j, :]),
        Mistake(
            "slice-upside-down",
            "The head stands on its head: row 0 of a picture is the top, so the rows must be turned round.",
            voxels[:, j, :].T,
        ),
        Mistake(
            "slice-mirrored",
            "Left and right are exchanged: only the rows are to be turned round, not the columns.",
            voxels[:, j, :].T[:, ::-1],
        ),
        Mistake(
            "slice-mirrored",
            "Left and right are exchanged: only the rows are to be turned round, not the columns.",
            voxels[:, j, :].T[::-1, ::-1],
        ),
        Mistake(
            "slice-sagittal",
            "This is a sagittal slice, of constant x; a coronal one has constant y: the second index.",
            voxels[i].T[::-1],
        ),
        Mistake(
            "slice-axial",
            "This is an axial slice, of constant z; a coronal one has constant y: the second index.",
            voxels[:, :, k].T[::-1],
        ),
    ]
    if 0 <= by_mm < voxels.shape[1]:
        listed.append(Mistake("millimetres-as-index", index_hint, voxels[:, by_mm, :].T[::-1]))
    return listed


def normalised(voxels: Array) -> list[Mistake]:
    """Mistakes in equation (3) for a Volume; those that divide by zero here are left out."""
    v = voxels.astype(np.float64)
    low, high = np.percentile(v, (2, 98))
    lowest, low_share, high_share = v.min(), np.percentile(v, 0.02), np.percentile(v, 0.98)
    with np.errstate(divide="ignore", invalid="ignore"):
        listed = [
            Mistake(
                "normalised-not-clipped",
                "Values beyond the percentiles leave [0, 1]: clip them.",
                (v - low) / (high - low),
            ),
            Mistake(
                "normalised-by-extremes",
                "You used minimum and maximum: a single bright voxel decides. Take percentiles 2 and 98.",
                (v - lowest) / (v.max() - lowest),
            ),
            Mistake(
                "normalised-by-moments",
                "You subtracted the mean and divided by the standard deviation; take percentiles 2 and 98.",
                (v - v.mean()) / v.std(),
            ),
            Mistake(
                "normalised-percentile-as-share",
                "np.percentile counts from 0 to 100: 0.02 and 0.98 are almost the minimum. Write 2 and 98.",
                np.clip((v - low_share) / (high_share - low_share), 0, 1),
            ),
            Mistake(
                "normalised-zeros-left-out",
                "You left out the zeros in Volume itself. That is BrainVolume's business: ask self.foreground().",
                oracles.normalised(v, v[v > 0]) if lowest <= 0 and (v > 0).any() else v / 0.0,
            ),
            Mistake(
                "normalised-by-high-only",
                "You divided by the 98th percentile, not by its distance from the 2nd.",
                np.clip((v - low) / high, 0, 1),
            ),
            Mistake(
                "normalised-to-255",
                "Your values go to 255; equation (3) ends at 1.",
                255 * np.clip((v - low) / (high - low), 0, 1),
            ),
        ]
    right = np.clip((v - low) / (high - low), 0, 1)
    return [m for m in listed if np.isfinite(m.value).all() and not np.allclose(m.value, right, atol=1e-3)]


def loaded(stored: Array, slope: float) -> list[Mistake]:
    """Mistakes in reading unsigned integers above 32,767 with a scale factor."""
    wrapped = "Large values turned negative: 16 bits cannot hold them. Read floats, and compute with floats."
    values = stored.astype(np.float64) * slope
    return [
        Mistake(
            "scale-factor-lost",
            "These are the integers as stored. The header's scale factor is missing; image.get_fdata() applies it.",
            stored.astype(np.float64),
        ),
        Mistake("integer-overflow", wrapped, stored.astype(np.int16) * slope),
        Mistake("integer-overflow", wrapped, stored.astype(np.int16)),
        Mistake("integer-overflow", wrapped, np.trunc(values).astype(np.int64).astype(np.uint8)),
        Mistake(
            "loaded-as-integers",
            "The fractions are gone: the scaled values were turned into integers. Read them as float32.",
            np.trunc(values),
        ),
        Mistake("loaded-transposed", "The axes came out in reverse order.", values.T),
    ]


def saved_affine(affine: Array) -> list[Mistake]:
    """Mistakes in the affine of a file."""
    sizes = oracles.voxel_sizes(affine)
    edges = "Only the voxel's edges were saved: left, right and the place of the head are lost. Save the whole affine."
    with_shift = np.diag([*sizes, 1.0])
    with_shift[:3, 3] = affine[:3, 3]
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    return [
        Mistake(
            "affine-lost-on-save",
            "The file has the identity for an affine: left and right are lost for good. Hand over self.affine.",
            np.eye(4),
        ),
        Mistake("affine-edges-only", edges, np.diag([*sizes, 1.0])),
        Mistake("affine-edges-only", edges, with_shift),
        Mistake("affine-edges-only", edges, np.diag([-sizes[0], *sizes[1:], 1.0])),
        Mistake("affine-inverted", "The file has the inverse of the affine.", np.linalg.inv(affine)),
        Mistake("affine-in-lps", "The signs of x and y are turned: NIfTI counts in RAS, not in LPS.", lps),
        Mistake("affine-transposed", "The file has the transposed affine.", affine.T),
    ]
