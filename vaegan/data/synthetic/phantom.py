"""A head of ellipsoids: stands in for the template where nilearn is not installed, and makes tests fast."""

import numpy as np

WHITE, GREY, CSF = 1.0, 0.68, 0.14
BRAIN = ((0, -20, 12), (68, 84, 62))  # centre, radii in mm
VENTRICLE = ((12, -14, 17), (6, 36, 8))
HIPPOCAMPUS = ((27, -21, -15), (7, 18, 6))
FIELD = ((-80, -116, -62), (80, 76, 86))  # corners of the volume, mm
CORTEX = 0.91  # the outer part of the brain's radius is grey
FOLDS = 22  # along half a turn


def make_phantom(spacing):
    """Draw the phantom.

    Args:
        spacing: mm.

    Returns:
        dict with t1, brain, tissue, structures and origin, as in `Template`.
    """
    low, high = FIELD
    axes = [np.arange(a, b, spacing, dtype="float32") for a, b in zip(low, high, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
    radius = np.sqrt(_ellipsoid(BRAIN, x, y, z))
    turn = np.arctan2(z - BRAIN[0][2], np.abs(x)) + 0.4 * np.sin(0.06 * y)
    sulcus = (np.cos(FOLDS * turn) > 0.85) & (radius > 0.86)
    ventricles = _ellipsoid(VENTRICLE, np.abs(x), y, z) < 1
    hippocampi = (_ellipsoid(HIPPOCAMPUS, np.abs(x), y, z) < 1) & ~ventricles
    brain = radius < 1
    grey = (radius > CORTEX - 0.08 * np.cos(FOLDS * turn)) | hippocampi
    t1 = np.where(grey, np.float32(GREY), np.float32(WHITE))
    t1[ventricles | sulcus] = CSF
    return {
        "t1": t1 * brain,
        "brain": brain,
        "tissue": (brain & ~ventricles & ~sulcus).astype("float32"),
        "structures": left_and_right(ventricles, hippocampi, x),
        "origin": tuple(map(float, low)),
    }


def left_and_right(ventricles, hippocampi, x):
    """Split both structures at x = 0; the subject's left is x < 0.

    Returns:
        dict: left_ventricle, right_ventricle, left_hippocampus, right_hippocampus -> float32 mask.
    """
    masks = {"ventricle": ventricles, "hippocampus": hippocampi}
    return {
        f"{side}_{name}": (mask & (x < 0 if side == "left" else x > 0)).astype("float32")
        for name, mask in masks.items()
        for side in ("left", "right")
    }


def _ellipsoid(shape, x, y, z):
    """Return the squared distance from the centre, in radii: below 1 inside."""
    centre, radii = shape
    return sum(((p - c) / r) ** 2 for p, c, r in zip((x, y, z), centre, radii, strict=True))
