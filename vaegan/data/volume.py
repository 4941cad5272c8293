"""Reading one scan and cutting a slice out of it, by millimetres.

A scan is a box of voxels and an affine, the matrix that says where each voxel lies: world = affine @ (i, j, k, 1),
in millimetres to the right, to the front and upward. Voxels may be stored in any order, be longer along one axis, or
lie obliquely in the head; asking for places in millimetres gets all of it right, and nothing has to be turned first.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from vaegan.data.voxels import read_voxels

BRAIN_CENTRE = (0.0, -22.0, 9.5)  # mm in MNI space: the middle of the brain of the ICBM152 template
CENTRE = (0.0, 5.0)  # mm to the right and up: between ventricles and hippocampi
ATLAS_CODES = (3, 4)  # NIfTI's codes for Talairach and MNI space; 1 is the scanner's own
BRIGHT_SHARE = 0.2  # of the 98th percentile: what is brighter belongs to the head
MAX_OVERSAMPLING = 8


@dataclass(frozen=True, eq=False)
class Volume:
    """A scan in memory.

    Attributes:
        voxels: float32, (I, J, K).
        affine: float64, (4, 4), voxels to millimetres (right, front, up).
        name: the file, for messages.
        aligned: True if its millimetres are those of MNI or Talairach space, not of the scanner.
        note: a sentence to look at, or "".
    """

    voxels: np.ndarray
    affine: np.ndarray
    name: str
    aligned: bool = True
    note: str = ""


def read_volume(path):
    """Read a NIfTI or Analyze file and refuse what is no three-dimensional scan.

    Analyze files know no orientation: nibabel reads them as the format defines it, with voxels from right to left
    and the origin in the middle.

    Raises:
        ValueError: naming the file, if it is damaged, not three-dimensional, without an affine or not finite.
    """
    image, voxels = read_voxels(path)
    shape = "x".join(map(str, voxels.shape))
    while voxels.ndim > 3 and voxels.shape[-1] == 1:
        voxels = voxels[..., 0]  # Analyze files often count one point in time
    if voxels.ndim != 3 or min(voxels.shape) < 2:
        raise ValueError(
            f"{path} is not one three-dimensional scan: expected 3 axes, received shape {shape}. "
            "A series of volumes, or one slice, is not a T1w scan."
        )
    return Volume(voxels, _affine(image, path), str(path), _is_aligned(image, path), _flip_note(image))


def _flip_note(image):
    """Say if sform and qform both count and disagree by a flip: then left may be right."""
    header = image.header
    if "sform_code" not in header or not (header["sform_code"] and header["qform_code"]):
        return ""
    sform, qform = np.linalg.det(header.get_sform()[:3, :3]), np.linalg.det(header.get_qform()[:3, :3])
    if sform * qform >= 0 and _directions(header.get_sform()) == _directions(header.get_qform()):
        return ""
    return "sform and qform disagree by a flip; the sform was used. Look whether left is left"


def _directions(affine):
    import nibabel

    return nibabel.aff2axcodes(affine)


def _affine(image, path):
    header, affine = image.header, np.asarray(image.affine, dtype=float)
    if "sform_code" in header and not (header["sform_code"] or header["qform_code"]):
        raise ValueError(
            f"{path} has no affine: expected a qform or sform that says where the voxels lie, received none. "
            "Convert the scan from its DICOM files again, or copy the header of the original."
        )
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise ValueError(
            f"{path} has an impossible affine: expected a matrix that can be inverted, received "
            f"{affine.round(3).tolist()}. Copy the header of the original."
        )
    return affine


def _is_aligned(image, path):
    """Say whether the header, or the name as BIDS derivatives write it, says MNI or Talairach space."""
    header = image.header
    if "sform_code" not in header:
        return False
    code = int(header["sform_code"]) or int(header["qform_code"])  # the first that is set gives the affine
    return code in ATLAS_CODES or "_space-MNI" in str(path)


def brain_centre(volume):
    """Return the middle of what is bright, mm: about the middle of the brain if the skull is stripped."""
    coarse = volume.voxels[::2, ::2, ::2]
    if not (coarse > 0).any():
        raise ValueError(f"{volume.name} is empty: expected a head, received no voxel above zero.")
    bright = coarse > BRIGHT_SHARE * np.percentile(coarse[coarse > 0], 98)
    middle = 2 * np.array([place.mean() for place in np.nonzero(bright)])
    return (volume.affine @ [*middle, 1.0])[:3]


def coronal_slice(volume, slice_mm, size, field_mm, shift=(0.0, 0.0, 0.0)):
    """Cut a square out of the coronal plane y = slice_mm, seen from behind: the subject's left is left.

    A pixel wider than a voxel is the mean of the places in it, so that thin structures do not vanish between pixels.

    Args:
        volume: Volume.
        slice_mm: y of the plane.
        size: pixels of an edge.
        field_mm: mm of an edge; the middle is `CENTRE`.
        shift: mm to add to every place before the scan is asked, where its origin is not that of MNI space.

    Returns:
        float32, (size, size), in the units of the scan; row 0 is the top of the head. 0 outside the scan.
    """
    to_voxels = np.linalg.inv(volume.affine)
    _check_plane(volume, slice_mm + shift[1], slice_mm)
    voxel = np.sqrt((volume.affine[:3, :3] ** 2).sum(axis=0)).min()
    times = min(MAX_OVERSAMPLING, max(1, math.ceil(field_mm / size / voxel - 0.01)))
    offsets = field_mm * ((np.arange(size * times) + 0.5) / (size * times) - 0.5)
    x = CENTRE[0] + offsets + shift[0]
    z = (CENTRE[1] - offsets + shift[2])[:, np.newaxis]
    world = np.stack(np.broadcast_arrays(x, slice_mm + shift[1], z, 1.0))  # (4, rows, columns)
    places = np.tensordot(to_voxels[:3], world, axes=1)
    fine = ndimage.map_coordinates(volume.voxels, places, order=1, mode="constant", prefilter=False)
    return fine.reshape(size, times, size, times).mean(axis=(1, 3))


def _check_plane(volume, y, asked):
    corners = np.array(np.meshgrid(*[(-0.5, n - 0.5) for n in volume.voxels.shape], [1.0])).reshape(4, -1)
    low, high = np.sort((volume.affine @ corners)[1])[[0, -1]]
    if not low <= y <= high:
        raise ValueError(
            f"{volume.name} does not reach the slice: expected it to hold y = {asked:g} mm, received a scan from "
            f'{low:.0f} to {high:.0f} mm. Its origin is not that of MNI space: say origin="brain".'
        )
