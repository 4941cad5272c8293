"""Readers of two forms of OASIS-1 (Marcus et al., Journal of Cognitive Neuroscience 2007).

- The volumes as published: OAS1_<id>_MR<n>/PROCESSED/MPRAGE/T88_111/*_t88_masked_gfc.{hdr,img}, Analyze files,
  16 bit, big-endian, one skull-stripped scan per visit in the Talairach space of the publisher.
- Neurite's slices: OASIS_OAS1_<id>_MR<n>/slice_norm.nii.gz, one coronal slice of 160 x 192 mm per subject, skull
  stripped and scaled to 0..1 (Hoopes et al., arXiv:2101.01035).

The diagnosis of both is the Clinical Dementia Rating (CDR) in OASIS-1's table: 0 is CN, 0.5 and more is AD. Most
young subjects have no rating. They are left out: age alone would tell them from the patients.
"""

import re

import numpy as np

from vaegan.data.diagnosis import AD, CN
from vaegan.data.files import find_files, text_of
from vaegan.data.scans import Scan, Source, count_note, need_scans
from vaegan.data.table import alike, column, read_table
from vaegan.data.volume import Volume
from vaegan.data.voxels import read_voxels

VISIT = re.compile(r"(OAS1_\d{4})_(MR\d+)")
T88 = "PROCESSED/MPRAGE/T88_111/*_t88_masked_gfc.img*"
VOLUMES_WHAT = f"OAS1_<id>_MR<n>/{T88}, in the folder or in disc*/"
SLICES_WHAT = "OASIS_OAS1_<id>_MR<n>/slice_norm.nii.gz"
NEURITE_SHAPE = (160, 192)
NEURITE_Y = -16.0  # mm: slice 109 + 3 cropped of FreeSurfer's 256, whose middle is 0
NEURITE_AFFINE = np.array(  # 48 and 31 voxels were cropped; the first axis runs to the left, the second down
    [[-1, 0, 0, 80.0], [0, 0, 1, NEURITE_Y], [0, -1, 0, 97.0], [0, 0, 0, 1]]
)


def is_oasis_volumes(folder):
    """Say whether a folder looks like OASIS-1 as published."""
    return any(VISIT.fullmatch(place.name) for place in _visits(folder, "OAS1_*"))


def is_oasis_slices(folder):
    """Say whether a folder looks like Neurite's 2-D slices."""
    return bool(find_files(folder, "*OAS1_*/slice_norm.nii.gz"))


def find_oasis_volumes(folder, table=None, skip=()):
    """List the T88 scans of OASIS-1.

    Analyze files have no origin, so millimetres are counted from the middle of the brain.

    Args:
        folder: Path, with OAS1_<id>_MR<n>/ or disc*/OAS1_<id>_MR<n>/.
        table: Path of the CSV; None looks for one in the folder and beside it.
        skip: ratings to leave out, such as ["0.5"], very mild dementia.

    Returns:
        Source.
    """
    files = {place.name: find_files(place, T88) for place in _visits(folder, "OAS1_*")}
    files = {visit: paths[0] for visit, paths in files.items() if paths}
    return _source(folder, table, files, "OASIS-1, T1w in Talairach space", VOLUMES_WHAT, skip)


def find_oasis_slices(folder, table=None, skip=()):
    """List Neurite's coronal slices; arguments as in `find_oasis_volumes`.

    Returns:
        Source.
    """
    files = {place.parent.name: place for place in find_files(folder, "*OAS1_*/slice_norm.nii.gz")}
    caption = "OASIS-1, Neurite's coronal slices"
    return _source(folder, table, files, caption, SLICES_WHAT, skip, only_slice=NEURITE_Y, read=read_slice)


def read_slice(path):
    """Read one of Neurite's slices as a volume one voxel thick, placed where it was cut."""
    voxels = read_voxels(path)[1]
    if voxels.shape not in (NEURITE_SHAPE, (*NEURITE_SHAPE, 1)):
        raise ValueError(
            f"{path} is not one of Neurite's slices: expected {'x'.join(map(str, NEURITE_SHAPE))} pixels, received "
            f"{'x'.join(map(str, voxels.shape))}. Put the file of the 2-D release in its place."
        )
    return Volume(voxels.reshape(*NEURITE_SHAPE, 1), NEURITE_AFFINE, str(path))


def _visits(folder, pattern):
    return find_files(folder, f"{pattern}/", f"disc*/{pattern}/")


def _source(folder, table, files, caption, what, skip, **how):
    rated, read_notes = _ratings(table or _find_table(folder))
    skipped = {float(rating) for rating in ([skip] if isinstance(skip, str) else skip)}
    scans, unrated, unwanted, unlisted = [], 0, 0, []
    for visit, path in files.items():
        subject, session = VISIT.search(visit).groups()
        row = rated.get(subject)
        if row is None:
            unlisted.append(visit)
        elif row["label"] is None:
            unrated += 1
        elif row["rating"] in skipped:
            unwanted += 1
        else:
            scans.append(Scan(path, subject, session, row["label"], row["row"]))
    if unlisted:
        raise ValueError(
            f"{folder}: the table of OASIS-1 does not list {min(unlisted)}: expected a row for every scan, "
            f"received none for {len(unlisted)} scans."
            f"{alike(VISIT.search(min(unlisted)).group(1), rated)} Download the table anew."
        )
    notes = (
        *read_notes,
        *count_note(unrated, "scans of subjects without a CDR (young adults)"),
        *count_note(unwanted, f"scans with a CDR of {' or '.join(map(str, sorted(skipped)))}"),
    )
    return Source(need_scans(scans, folder, what), caption, notes, **how)


def _find_table(folder):
    for place in (folder, folder.parent):
        for path in find_files(place, "*.csv"):
            if "CDR" in text_of(path)[0].split("\n", 1)[0].upper():
                return path
    raise FileNotFoundError(
        f"{folder} lacks the table of OASIS-1: expected a CSV with the columns ID and CDR in the folder or beside it, "
        "found none. Save oasis_cross-sectional.xlsx as CSV, or name the file with table=."
    )


def _ratings(table):
    """Return subject -> {label, rating, row}, and notes; visits share the rating of the first that has one."""
    read = read_table(table, ",")
    visit, rating = column(read, ("id", "subject", "mri id"), table), column(read, ("cdr",), table)
    ratings, seen = {}, set()
    for row in read.rows:
        found = VISIT.search(row[visit])
        if found is None:
            raise ValueError(f"{table} holds no visit id: expected OAS1_0001_MR1 or so, received {row[visit]!r}.")
        if found.group() in seen:
            raise ValueError(f"{table} lists {found.group()} twice: expected one row per visit. Delete one.")
        seen.add(found.group())
        known = ratings.get(found.group(1))
        if known is None or known["label"] is None:
            label = _label(row[rating], table, row[visit])
            number = None if label is None else float(row[rating])
            ratings[found.group(1)] = {"label": label, "rating": number, "row": row}
    return ratings, read.notes


def _label(rating, table, visit):
    """Return 0, 1, or None where there is no rating."""
    if rating.lower() in ("", "n/a", "nan"):
        return None
    if rating not in ("0", "0.0", "0.5", "1", "1.0", "2", "2.0", "3", "3.0"):
        raise ValueError(f"{table}: the CDR of {visit} is impossible: expected 0, 0.5, 1, 2 or 3, received {rating!r}.")
    return CN if float(rating) == 0 else AD
