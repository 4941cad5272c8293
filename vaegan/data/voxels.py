"""Reading the voxels of one file, and refusing what has no single brightness at each place."""

import gzip
import zlib

import numpy as np

from vaegan.data.files import GZIP_MAGIC, check_present

_NIFTI2_SIZES = (b"\x1c\x02\0\0", b"\0\0\x02\x1c")  # 540, the size of its header


class ScanError(ValueError):
    """A file that is a scan, but none that can be used."""


def read_voxels(path):
    """Read a file of any shape.

    Returns:
        the nibabel image, and its voxels as float32.

    Raises:
        ValueError: naming the file, if it is damaged or its values are not finite numbers of one kind.
        FileNotFoundError: if it is a link whose content is not here.
    """
    import nibabel  # imported here: digits need no reader of scans

    check_present(path)
    try:
        image = _open(path)
        _check_kind(image.get_data_dtype(), path)
        voxels = np.asanyarray(image.dataobj, dtype="float32")
    except (FileNotFoundError, ScanError):
        raise
    except (
        nibabel.filebasedimages.ImageFileError,
        nibabel.spatialimages.HeaderDataError,
        nibabel.wrapstruct.WrapStructError,
    ) as problem:
        raise ValueError(
            f"{path} is no scan: expected NIfTI or Analyze, received a file that is neither or is cut off ({problem}). "
            "Copy or download it again."
        ) from problem
    except (EOFError, OSError, ValueError, zlib.error) as problem:
        raise ValueError(
            f"{path} cannot be read: expected a complete file, received one that is damaged or cut off "
            f"({problem}). Copy or download it again."
        ) from problem
    if not np.isfinite(voxels).all():
        raise ValueError(
            f"{path} holds values that are no numbers: expected finite brightness, received NaN or infinity in "
            f"{np.count_nonzero(~np.isfinite(voxels))} voxels. Write the file again without them."
        )
    return image, voxels


def _open(path):
    """Open a scan by what is in it: a .nii may be packed by gzip, and a .nii.gz may not be."""
    import nibabel

    name = str(path).lower()
    with open(path, "rb") as file:
        packed = file.read(2) == GZIP_MAGIC
    if not name.endswith((".nii", ".nii.gz")) or packed == name.endswith(".gz"):
        return nibabel.load(path)
    with gzip.open(path) if packed else open(path, "rb") as file:
        content = file.read()
    kind = nibabel.Nifti2Image if content[:4] in _NIFTI2_SIZES else nibabel.Nifti1Image
    return kind.from_bytes(content)


def _check_kind(dtype, path):
    """Refuse colours and complex numbers, which have no single brightness."""
    if dtype.names is not None:
        raise ScanError(
            f"{path} holds colours: expected one brightness per voxel, received {'+'.join(dtype.names)}. It is a "
            "picture of a scan: convert the scan from its DICOM files again."
        )
    if dtype.kind not in "biuf":
        received = "complex numbers (magnitude and phase)" if dtype.kind == "c" else str(dtype)
        raise ScanError(
            f"{path} holds no brightness: expected one real number per voxel, received {received}. Save the magnitude."
        )
