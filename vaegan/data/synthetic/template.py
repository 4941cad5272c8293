"""The brain that the synthetic cohort is made from, with its ventricles and hippocampi marked.

It is the MNI ICBM152 average of 152 young adults (Fonov et al., NeuroImage 2011), as it ships inside nilearn.
It is read from the installed nilearn when it is needed; nothing of it, and nothing made of it, is part of this
package. Without nilearn a phantom of ellipsoids takes its place (`vaegan.data.synthetic.phantom`).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from vaegan.data.synthetic.phantom import CSF, left_and_right, make_phantom
from vaegan.data.synthetic.warp import blur

FILE = "mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"
MARGIN = 8.0  # mm kept around the brain: room for it to grow
DARK, BRIGHT = (
    40.0,
    225.0,
)  # grey values of the average that become 0 and 1: an average has less contrast than a scan
HIPPOCAMPUS_TILT = np.deg2rad(-35)
HIPPOCAMPUS_CENTRE, HIPPOCAMPUS_RADII = (27.0, -21.0, -15.0), (8.0, 20.0, 7.0)


@dataclass(frozen=True, eq=False)
class Template:
    """A brain without a skull, on a grid along the axes of MNI space: +x right, +y front, +z up.

    Attributes:
        t1: float32, (X, Y, Z), about 0 (fluid) to 1 (white matter); 0 outside the brain.
        brain: bool, (X, Y, Z).
        tissue: float32, (X, Y, Z), share of grey and white matter in 0..1.
        structures: name -> float32 (X, Y, Z), 1 inside; the names are those of `left_and_right`.
        spacing: mm.
        origin: mm, the place of the voxel (0, 0, 0).
        name: what it is, for captions.
    """

    t1: np.ndarray
    brain: np.ndarray
    tissue: np.ndarray
    structures: dict
    spacing: float
    origin: tuple
    name: str

    def volume_cm3(self, structure):
        """Return the volume of one of the structures, cm3."""
        return float(self.structures[structure].sum()) * self.spacing**3 / 1000


def load_template():
    """Return the MNI template of the installed nilearn, or the phantom where nilearn is absent."""
    folder = _nilearn_folder()
    return _mni_template(folder) if folder is not None else phantom_template()


def phantom_template(spacing=2.0):
    """Return the phantom as a Template; a coarse one serves fast tests."""
    return Template(**make_phantom(spacing), spacing=spacing, name="phantom of ellipsoids")


def _nilearn_folder():
    try:
        import nilearn
    except ImportError:
        return None
    folder = Path(nilearn.__file__).parent / "datasets" / "data"
    return folder if all((folder / FILE.format(kind)).is_file() for kind in ("t1", "gm", "wm")) else None


def _mni_template(folder):
    import nibabel

    t1, grey, white = (nibabel.load(folder / FILE.format(kind)) for kind in ("t1", "gm", "wm"))
    affine, (t1, grey, white) = (
        t1.affine,
        (np.asarray(image.dataobj, dtype="float32") for image in (t1, grey, white)),
    )
    cut, origin = _around(t1 > 0, affine[:3, 3])
    t1, tissue = t1[cut], (grey[cut] + white[cut]) / 255
    axes = [start + np.arange(size) for start, size in zip(origin, t1.shape, strict=True)]
    x, y, z = np.meshgrid(*(axis.astype("float32") for axis in axes), indexing="ij", sparse=True)
    ventricles = _ventricles((t1 > 0) & (tissue < 0.5), x, y, z)
    hippocampi = _hippocampi(grey[cut] > 127.5, x, y, z)
    contrast = np.clip((t1 - DARK) / (BRIGHT - DARK), 0.02, None)
    fluid = blur(ventricles.astype("float32"), 0.7)
    return Template(
        t1=(t1 > 0) * (contrast * (1 - fluid) + CSF * fluid),
        brain=t1 > 0,
        tissue=np.clip(tissue, 0, 1),
        structures=left_and_right(ventricles, hippocampi, x),
        spacing=1.0,
        origin=tuple(map(float, origin)),
        name="ICBM152 template of nilearn",
    )


def _around(mask, origin):
    """Return the slices that cut the volume to the mask and a margin, and the origin of what is left."""
    bounds = [(np.flatnonzero(mask.any(axis=others))[[0, -1]]) for others in ((1, 2), (0, 2), (0, 1))]
    starts = [max(0, int(low - MARGIN)) for low, _ in bounds]
    ends = [int(high + MARGIN + 1) for _, high in bounds]
    return tuple(map(slice, starts, ends)), origin + np.array(starts)


def _ventricles(fluid, x, y, z):
    """Find the bodies of the lateral ventricles: the two largest pieces of fluid in the middle of the brain."""
    box = (abs(x) < 40) & (abs(x) >= 2) & (y > -60) & (y < 40) & (z > -5) & (z < 32)
    pieces, num_pieces = ndimage.label(fluid & box)
    sizes = ndimage.sum(fluid, pieces, np.arange(1, num_pieces + 1))
    return np.isin(pieces, 1 + np.argsort(sizes)[-2:])


def _hippocampi(grey, x, y, z):
    """Find the hippocampi roughly: the grey matter inside one tilted ellipsoid on each side."""
    centre_x, centre_y, centre_z = HIPPOCAMPUS_CENTRE
    cos, sin = np.cos(HIPPOCAMPUS_TILT), np.sin(HIPPOCAMPUS_TILT)
    across, along = abs(x) - centre_x, cos * (y - centre_y) + sin * (z - centre_z)
    upward = cos * (z - centre_z) - sin * (y - centre_y)
    parts = zip((across, along, upward), HIPPOCAMPUS_RADII, strict=True)
    return grey & (sum((part / radius) ** 2 for part, radius in parts) < 1)
