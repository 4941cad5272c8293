"""Reader of BIDS folders: participants.tsv and sub-*/[ses-*/]anat/*_T1w.nii[.gz] (bids.neuroimaging.io)."""

import re

from vaegan.data.diagnosis import COLUMNS, read_labels
from vaegan.data.files import check_present, find_files
from vaegan.data.scans import Scan, Source, count_note, need_scans
from vaegan.data.sidecar import in_words, read_json
from vaegan.data.table import alike, column, read_table

WHAT = "participants.tsv and sub-<id>/[ses-<id>/]anat/*_T1w.nii or .nii.gz"
T1W = "[Tt]1[Ww].[Nn][Ii][Ii]"  # some systems shout
SESSION = re.compile(r"ses-([A-Za-z0-9]+)")


def is_bids(folder):
    """Say whether a folder looks like BIDS."""
    return (folder / "participants.tsv").is_file() or bool(find_files(folder, "sub-*/"))


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
    check_present(table)
    if not table.is_file():
        raise FileNotFoundError(
            f"{table} is missing: expected the table of a BIDS folder, with participant_id and diagnosis, found none. "
            "Write it, or name another with table=."
        )
    read = read_table(table, "\t")
    rows, diagnosis = _participants(read, table), column(read, COLUMNS, table)
    words = in_words({subject: row[diagnosis] for subject, row in rows.items()}, table.parent, diagnosis)
    labels = read_labels(words, table, skip)
    scans, spare, without, unlisted = [], 0, 0, []
    files = {place.name: _t1w(place) for place in find_files(folder, "sub-*/")}
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
            f"received none for {len(unlisted)} subjects.{alike(unlisted[0], rows)} Add or correct the row, or move "
            "the folder away."
        )
    notes = (
        *read.notes,
        *count_note(len(rows) - len(labels), f"subjects with the diagnoses {', '.join(skip)}"),
        *count_note(without, "subjects of the table without a T1w scan"),
        *count_note(spare, "further T1w scans of the same session"),
    )
    return Source(need_scans(scans, folder, WHAT), _caption(folder), notes)


def _participants(read, table):
    """Return subject -> row; a subject has one row."""
    name = column(read, ("participant_id",), table)
    found = {}
    for row in read.rows:
        subject = row[name] if row[name].lower().startswith("sub-") else f"sub-{row[name]}"
        if subject in found:
            raise ValueError(f"{table} lists {subject} twice: expected one row per subject. Delete or rename one.")
        found[subject] = row
    return found


def _t1w(place):
    """Return session -> T1w files of a subject's folder."""
    sessions = {}
    for pattern in ("anat", "ses-*/anat"):
        for path in find_files(place, f"{pattern}/*_{T1W}", f"{pattern}/*_{T1W}.[Gg][Zz]"):
            session = SESSION.search(path.parent.parent.name)
            sessions.setdefault(session.group(1) if session else "", []).append(path)
    return sessions


def _caption(folder):
    """Return the name of the data, as dataset_description.json says."""
    path = folder / "dataset_description.json"
    if not path.is_file():
        return f"BIDS folder {folder.name}"
    description = read_json(path)
    name = str(description.get("Name") or f"BIDS folder {folder.name}")
    if description.get("Synthetic") and "synthetic" not in name.lower():
        name = f"synthetic: {name}"
    return name
