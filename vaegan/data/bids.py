"""Reader of BIDS folders: participants.tsv and sub-*/[ses-*/]anat/*_T1w.nii[.gz] (bids.neuroimaging.io)."""

import json
import re

from vaegan.data.diagnosis import read_labels
from vaegan.data.scans import Scan, Source, column, count_note, diagnosis_column, need_scans, read_table

WHAT = "participants.tsv and sub-<id>/[ses-<id>/]anat/*_T1w.nii or .nii.gz"
SESSION = re.compile(r"ses-([A-Za-z0-9]+)")


def is_bids(folder):
    """Say whether a folder looks like BIDS."""
    return (folder / "participants.tsv").is_file() or any(folder.glob("sub-*/"))


def find_bids(folder, table=None, skip=()):
    """List the T1w scans of a BIDS folder.

    Of several T1w files of one session the first is taken, and the notes say so.

    Args:
        folder: Path.
        table: Path of another participants.tsv, or None.
        skip: diagnoses to leave out; see `read_labels`.

    Returns:
        Source.
    """
    table = table or folder / "participants.tsv"
    if not table.is_file():
        raise FileNotFoundError(
            f"{table} is missing: expected the table of a BIDS folder, with participant_id and diagnosis, found none. "
            "Write it, or name another with table=."
        )
    rows = _participants(table)
    diagnosis = diagnosis_column(list(rows.values()), table)
    labels = read_labels({subject: row[diagnosis] for subject, row in rows.items()}, table, skip)
    scans, spare, without, unlisted = [], 0, 0, []
    files = {place.name: _t1w(place) for place in sorted(folder.glob("sub-*/"))}
    for subject in sorted(files.keys() | labels.keys()):
        sessions = files.get(subject, {})
        if sessions and subject not in rows:
            unlisted.append(subject)
        if subject in labels:
            without += not sessions
            for session, paths in sessions.items():
                spare += len(paths) - 1
                scans.append(Scan(paths[0], subject, session, labels[subject], rows[subject]))
    if unlisted:
        raise ValueError(
            f"{table} does not list {unlisted[0]}: expected a row with a diagnosis for every subject with a scan, "
            f"received none for {len(unlisted)} subjects. Add the row or move the folder away."
        )
    notes = (
        *count_note(len(rows) - len(labels), f"subjects with the diagnoses {', '.join(skip)}"),
        *count_note(without, "subjects of the table without a T1w scan"),
        *count_note(spare, "further T1w scans of the same session"),
    )
    return Source(need_scans(scans, folder, WHAT), _caption(folder), notes)


def _participants(table):
    """Return subject -> row; a subject has one row."""
    rows = read_table(table, "\t")
    name = column(rows, ("participant_id",), table)
    found = {}
    for row in rows:
        subject = row[name] if row[name].startswith("sub-") else f"sub-{row[name]}"
        if subject in found:
            raise ValueError(
                f"{table} lists {subject} twice: expected one row per subject. Delete or rename one."
            )
        found[subject] = row
    return found


def _t1w(place):
    """Return session -> T1w files of a subject's folder."""
    sessions = {}
    for pattern in ("anat", "ses-*/anat"):
        for path in sorted([*place.glob(f"{pattern}/*_T1w.nii"), *place.glob(f"{pattern}/*_T1w.nii.gz")]):
            session = SESSION.search(path.parent.parent.name)
            sessions.setdefault(session.group(1) if session else "", []).append(path)
    return sessions


def _caption(folder):
    """Return the name of the data, as dataset_description.json says."""
    path = folder / "dataset_description.json"
    if not path.is_file():
        return f"BIDS folder {folder.name}"
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise ValueError(
            f"{path} is damaged: expected JSON, received text that is not ({problem})."
        ) from problem
    name = str(description.get("Name") or f"BIDS folder {folder.name}")
    if description.get("Synthetic") and "synthetic" not in name.lower():
        name = f"synthetic: {name}"
    return name
