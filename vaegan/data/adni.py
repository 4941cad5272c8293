"""Reader of ADNI downloads: ADNI/<subject>/<description>/<date>/I<image>/*.nii and the CSV of the collection.

The Image and Data Archive hands out each scan in a folder of its own and, beside it, a table with the columns
Image Data ID, Subject, Group, Sex, Age, Visit, Modality, Description, Type, Acq Date, Format, Downloaded.
The scans are in the space of the scanner and show the whole head, unless somebody has processed them.
"""

import re

from vaegan.data.diagnosis import read_labels
from vaegan.data.files import find_files, text_of
from vaegan.data.scans import Scan, Source, count_note, need_scans
from vaegan.data.table import alike, column, read_table

SUBJECT = re.compile(r"\d{3}_S_\d{4,5}")
IMAGE = re.compile(r"(?:^|_)I(\d+)(?:\.nii|\.nii\.gz)?$")
WITHDRAWN = re.compile(r"381_S_10\d{3}")  # withdrawn by ADNI
WHAT = "<subject>/.../I<image>/*.nii as the Image and Data Archive writes them, and the CSV of the collection"


def is_adni(folder):
    """Say whether a folder looks like an ADNI download."""
    return any(SUBJECT.fullmatch(place.name) for place in find_files(folder, "*/", "ADNI/*/"))


def find_adni(folder, table=None, skip=()):
    """List the scans of an ADNI download.

    Subjects whose group changes between visits are left out, and the notes say how many.

    Args:
        folder: Path, the folder that holds the subjects' folders (or the folder ADNI that does).
        table: Path of the CSV; None looks for one in the folder and beside it.
        skip: groups to leave out, such as ["MCI"].

    Returns:
        Source.
    """
    table = table or _find_table(folder)
    rows, read_notes = _rows(table)
    rows = {row["image"]: row for row in rows}
    images = _images(folder, table, rows)
    groups = {}
    for image in images:
        groups.setdefault(rows[image]["subject"], set()).add(rows[image]["group"])
    steady = {subject: next(iter(found)) for subject, found in groups.items() if len(found) == 1}
    labels = read_labels(steady, table, skip)
    found = [(rows[image], path) for image, path in images.items() if rows[image]["subject"] in labels]
    scans = [
        Scan(path, row["subject"], row["visit"] or f"I{row['image']}", labels[row["subject"]], row)
        for row, path in found
    ]
    notes = (
        *read_notes,
        *count_note(len(steady) - len(labels), f"subjects of the groups {', '.join(skip)}"),
        *count_note(len(groups) - len(steady), "subjects whose group changes between visits"),
    )
    return Source(need_scans(scans, folder, WHAT), "ADNI, T1w, as downloaded", notes)


def _find_table(folder):
    for path in [*find_files(folder, "*.csv"), *find_files(folder.parent, "*.csv")]:
        heading = text_of(path)[0].split("\n", 1)[0].lower()
        if "subject" in heading and "image" in heading and "group" in heading:
            return path
    raise FileNotFoundError(
        f"{folder} lacks the CSV of the collection: expected a table with the columns Image Data ID, Subject and "
        "Group, found none. Download it with the collection, or name it with table=."
    )


def _rows(table):
    """Return the rows, with four columns whose names are always the same (image, subject, group, visit), and notes."""
    read = read_table(table, ",")
    rows = read.rows
    image = column(read, ("image data id", "image_data_id", "image id", "imageuid"), table)
    subject = column(read, ("subject", "ptid", "subject id"), table)
    group = column(read, ("group", "dx", "research group"), table)
    visit = next((name for name in rows[0] if name.lower() == "visit"), None)
    seen = set()
    for row in rows:
        row |= {"image": row[image].lstrip("I"), "subject": row[subject], "group": row[group]}
        row["visit"] = row[visit] if visit else ""
        if row["image"] in seen:
            raise ValueError(f"{table} lists image I{row['image']} twice: expected one row per image. Delete one.")
        seen.add(row["image"])
    return rows, read.notes


def _images(folder, table, rows):
    """Return image id -> file, for the scans that are not withdrawn."""
    files = find_files(folder, "**/*.nii", "**/*.nii.gz")
    if not files and find_files(folder, "**/*.dcm"):
        raise ValueError(f"{folder} holds DICOM files: expected NIfTI, received .dcm. Convert them with dcm2niix.")
    images = {}
    for path in files:
        found = IMAGE.search(path.parent.name) or IMAGE.search(path.name)
        if found is None:
            raise ValueError(f"{path} has no image id: expected I123456 in the name of it or its folder, found none.")
        image = found.group(1)
        if image in images:
            raise ValueError(f"{path} comes twice: expected one file of image I{image}, received also {images[image]}.")
        if image not in rows:
            raise ValueError(
                f"{path} is not in {table}: expected a row for image I{image}, found none.{alike(image, rows)} "
                "Download the CSV anew."
            )
        if not WITHDRAWN.fullmatch(rows[image]["subject"]):
            images[image] = path
    return images
