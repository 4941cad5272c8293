"""Small scans to practise on: a head of ellipsoids, stored as carelessly as real scanners store real heads.

Every axis order and direction occurs, voxels are longer than wide, some boxes lie askew, and integers with a scale
factor stand for brightness. A capsule is taped to the *right* temple, as radiographers do: whoever mixes up left and
right sees it on the wrong side. No patient is in it; for brains that look like brains see `vaegan.data.synthetic`.
"""

from pathlib import Path

import nibabel
import numpy as np

CAPTION = "synthetic practice heads (ellipsoids, no patient)"
CAPSULE_MM = (76.0, -10.0, 0.0)
VENTRICLES_MM = (10.0, -14.0, 18.0)  # the right one; the left is its mirror image
STORED_AS = ("RAS", "LAS", "LPS", "PIR", "SAR", "ASL")
VOXEL_MM = ((4.0, 4.0, 4.0), (3.0, 4.0, 5.0), (4.0, 6.0, 3.0))  # along R, A, S
FIELD_MM = ((-88.0, -112.0, -72.0), (88.0, 80.0, 92.0))  # corners of the box


def write_practice_cohort(folder, num_subjects=6, num_sessions=2, seed=0):
    """Write a BIDS folder; a subject's sessions show the same head.

    Args:
        folder: where to write; made if it is not there.
        num_subjects: CN and AD in turn; AD heads have the larger ventricles.
        num_sessions: scans of each.
        seed: int.

    Returns:
        Path of the folder.
    """
    folder, rng = Path(folder), np.random.default_rng(seed)
    lines = ["participant_id\tage\tsex\tdiagnosis"]
    for number in range(num_subjects):
        subject, diagnosis = f"sub-{number + 1}", ("CN", "AD")[number % 2]
        lines.append(f"{subject}\t{rng.integers(60, 85)}\t{'FM'[rng.integers(2)]}\t{diagnosis}")
        size = rng.uniform(0.92, 1.05)
        ventricle = rng.uniform(1.2, 1.5) if diagnosis == "AD" else rng.uniform(0.8, 1.05)
        for session in range(num_sessions):
            image = practice_scan(STORED_AS[rng.integers(len(STORED_AS))], size, ventricle, rng)
            place = folder / subject / f"ses-{session + 1}" / "anat"
            place.mkdir(parents=True, exist_ok=True)
            nibabel.save(image, place / f"{subject}_ses-{session + 1}_T1w.nii.gz")
    (folder / "participants.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def practice_scan(stored_as="RAS", size=1.0, ventricle=1.0, rng=None):
    """Draw one head and store it.

    Args:
        stored_as: where the three axes of the array point.
        size: of the brain, 1 is usual.
        ventricle: radius of the ventricles, 1 is usual.
        rng: numpy Generator for noise, voxel size and tilt; None for isotropic, straight and without noise.

    Returns:
        nibabel.Nifti1Image, int16 with a scale factor.
    """
    spacing = VOXEL_MM[0 if rng is None else rng.integers(len(VOXEL_MM))]
    affine = _tilt(0.0 if rng is None else rng.uniform(-0.2, 0.2)) @ _upright(spacing)
    shape = [int((b - a) // step) for a, b, step in zip(*FIELD_MM, spacing, strict=True)]
    index = np.stack([*np.indices(shape), np.ones(shape)])
    brightness = head(*np.tensordot(affine, index, axes=1)[:3], size, ventricle)
    if rng is not None:
        brightness = np.where(brightness > 0, brightness + rng.normal(0, 12, shape), 0.0).clip(0)
    upright = nibabel.Nifti1Image(brightness.astype("float32"), affine)
    turn = nibabel.orientations.ornt_transform(
        nibabel.io_orientation(affine), nibabel.orientations.axcodes2ornt(stored_as)
    )
    image = upright.as_reoriented(turn)
    image.set_data_dtype("uint16")  # nibabel finds the scale factor, and 0 stays 0
    return image


def head(x, y, z, size=1.0, ventricle=1.0):
    """Return the brightness of the head at places in mm: brain in its fluid, ventricles, and the capsule."""
    inside = _ellipsoid((x, y, z), (0, -20, 12), np.multiply((68, 86, 62), size))
    brain = _ellipsoid((x, y, z), (0, -20, 12), np.multiply((63, 81, 57), size))
    white = _ellipsoid((np.abs(x), y, z), (22, -20, 20), np.multiply((24, 58, 26), size))
    fluid = _ellipsoid((np.abs(x), y, z), VENTRICLES_MM, np.multiply((9, 34, 11), ventricle))
    capsule = _ellipsoid((x, y, z), CAPSULE_MM, (7, 14, 7))
    brightness = np.select([fluid, white, brain, inside, capsule], [110.0, 620.0, 430.0, 150.0, 760.0], 0.0)
    return np.where(brightness > 0, brightness + 0.6 * z, 0.0)  # brighter near the coil


def _ellipsoid(place, centre, radii):
    return sum(((p - c) / r) ** 2 for p, c, r in zip(place, centre, radii, strict=True)) < 1


def _upright(spacing):
    """Return the affine of a box in RAS order whose first voxel lies at the lower corner of the field."""
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = FIELD_MM[0]
    return affine


def _tilt(angle):
    """Return a nod of the head, a turn about the left-right axis, as a (4, 4) matrix."""
    turn = np.eye(4)
    turn[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return turn
