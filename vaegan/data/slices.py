"""One door to cohorts of brain scans, whatever folder they come in."""

from pathlib import Path

import numpy as np

from vaegan.data.adni import find_adni, is_adni
from vaegan.data.bids import find_bids, is_bids
from vaegan.data.cache import read_cached, write_cached
from vaegan.data.cohort import Cohort
from vaegan.data.normalise import robust_normalise
from vaegan.data.oasis import find_oasis_slices, find_oasis_volumes, is_oasis_slices, is_oasis_volumes
from vaegan.data.progress import progress
from vaegan.data.volume import BRAIN_CENTRE, brain_centre, coronal_slice

HIPPOCAMPI_MM = -20.0  # y of the coronal plane through both hippocampi, MNI space
FIELD_MM = 96.0  # ventricles and hippocampi; 192 shows the whole head
LAYOUTS = {  # in the order they are tried
    "bids": (is_bids, find_bids),
    "oasis-slices": (is_oasis_slices, find_oasis_slices),
    "oasis": (is_oasis_volumes, find_oasis_volumes),
    "adni": (is_adni, find_adni),
}


def load_cohort(
    source,
    size=64,
    slice_mm=HIPPOCAMPI_MM,
    field_mm=FIELD_MM,
    layout="auto",
    table=None,
    skip=(),
    origin="auto",
    cache=True,
):
    """Load coronal slices of T1w scans with their labels.

    From each scan the plane y = slice_mm is cut, by millimetres and so whatever the orientation and the size of the
    voxels; a square of field_mm around ventricles and hippocampi is sampled with size x size pixels, and its
    brightness is brought to 0..1 by the 2nd and 98th percentile.

    Args:
        source: folder in BIDS, as downloaded from ADNI, of OASIS-1, or of Neurite's OASIS slices.
        size: pixels of an edge.
        slice_mm: y in MNI space, or several, which gives several images of each scan.
        field_mm: mm of an edge; 96 for ventricles and hippocampi, 192 for the whole head.
        layout: "auto", or one of "bids", "adni", "oasis", "oasis-slices".
        table: file with the diagnoses, where it is not in the folder.
        skip: diagnoses to leave out, such as ["MCI"]; anything but CN and AD is refused otherwise.
        origin: "header" to trust the millimetres of the files, "brain" to count them from the middle of the brain (of
            scans without a skull); "auto" trusts files that say they are in MNI or Talairach space.
        cache: keep the slices in the user's cache folder, so that the next time takes no time.

    Returns:
        Cohort.

    Example:
        >>> cohort = load_cohort("ds001")
        >>> train, test = split_by_subject(cohort)
    """
    folder = Path(source).expanduser()
    if not folder.is_dir():
        raise NotADirectoryError(f"There is no folder {folder}: expected one with scans. Correct the path.")
    _check_numbers(size, field_mm)
    table = None if table is None else Path(table).expanduser()
    found = _find(folder, layout)(folder, table, [skip] if isinstance(skip, str) else list(skip))
    planes = [found.only_slice] if found.only_slice is not None else np.atleast_1d(slice_mm).astype(float).tolist()
    how = {
        "size": int(size),
        "planes": planes,
        "field_mm": float(field_mm),
        "origin": _checked_origin(origin),
    }
    kept = read_cached(found.scans, how) if cache else None
    x, notes = kept or _cut_all(found, how)
    if cache and kept is None:
        write_cached(found.scans, how, x, notes)
    return _cohort(found, planes, x, notes)


def _check_numbers(size, field_mm):
    if not isinstance(size, int | np.integer) or size < 8:
        raise ValueError(f"size must be a number of pixels: expected an int of at least 8, received {size!r}.")
    if not 10 <= field_mm <= 400:
        raise ValueError(f"field_mm must be a length in the head: expected 10 to 400 mm, received {field_mm!r}.")


def _checked_origin(origin):
    if origin not in ("auto", "header", "brain"):
        raise ValueError(f"There is no such origin: expected 'auto', 'header' or 'brain', received {origin!r}.")
    return origin


def _find(folder, layout):
    """Return the reader of a folder."""
    if layout != "auto":
        if layout not in LAYOUTS:
            known = ", ".join(["auto", *LAYOUTS])
            raise ValueError(f"There is no such layout: expected one of {known}, received {layout!r}.")
        return LAYOUTS[layout][1]
    return LAYOUTS[layout_of(folder)][1]


def layout_of(folder):
    """Name the layout of a folder, one of `LAYOUTS`.

    Raises:
        FileNotFoundError: if it is none of them.
    """
    for name, (looks_like, _) in LAYOUTS.items():
        if looks_like(folder):
            return name
    raise FileNotFoundError(
        f"{folder} holds no cohort that can be read: expected a BIDS folder (participants.tsv, sub-*/), an ADNI "
        "download (002_S_0295/...), OASIS-1 (OAS1_0001_MR1/...) or Neurite's OASIS slices "
        "(OASIS_OAS1_0001_MR1/slice_norm.nii.gz), found none of them. Correct the path."
    )


def _cut_all(found, how):
    """Return the slices of all scans, float32 (n, size, size, 1), and what is to be said of the scans."""
    images, told = [], {}
    for scan in progress(found.scans, "reading scans", len(found.scans)):
        volume = found.read(scan.path)
        images += _cut(volume, **how)
        if volume.note:
            told.setdefault(volume.note, []).append(scan.path.name)
    notes = [f"{names[0]}{_and_more(len(names) - 1)}: {note}." for note, names in told.items()]
    return np.stack(images)[..., np.newaxis], tuple(notes)


def _and_more(num):
    return f" and {num} more" if num else ""


def _cut(volume, size, planes, field_mm, origin):
    """Return the slices of one scan, each float32, (size, size)."""
    trusted = origin == "header" or (origin == "auto" and volume.aligned)
    shift = np.zeros(3) if trusted else brain_centre(volume) - BRAIN_CENTRE
    return [robust_normalise(coronal_slice(volume, y, size, field_mm, shift), volume.name) for y in planes]


def _cohort(found, planes, x, notes):
    """Put images and what is known of them together, one row per image."""
    scans = [scan for scan in found.scans for _ in planes]
    names = list(dict.fromkeys(name for scan in scans for name in scan.row))
    columns = {name: _column([scan.row.get(name, "") for scan in scans]) for name in names}
    columns["session"] = np.array([scan.session for scan in scans])
    columns["slice_mm"] = np.array(planes * len(found.scans))
    return Cohort(
        x=x,
        labels=np.array([scan.label for scan in scans], dtype="int64"),
        subjects=np.array([scan.subject for scan in scans]),
        table=columns,
        caption=found.caption,
        notes=(*found.notes, *notes),
    )


def _column(texts):
    """Return float64 if every text is a number or missing, else the texts."""
    try:
        return np.array([np.nan if text.lower() in ("", "n/a", "nan") else float(text) for text in texts])
    except ValueError:
        return np.array(texts)
