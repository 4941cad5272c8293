"""What the readers of folders hand on: a list of scans, and how to cut them."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from vaegan.data.diagnosis import COLUMNS
from vaegan.data.volume import read_volume


@dataclass(frozen=True)
class Scan:
    """One scan of one subject.

    Attributes:
        path: the file.
        subject: id; the same for all scans of a person.
        session: "" if there is one.
        label: 0 CN, 1 AD.
        row: dict, column -> text, what the table of the data says of the subject.
    """

    path: Path
    subject: str
    session: str
    label: int
    row: dict


@dataclass(frozen=True)
class Source:
    """A folder of scans.

    Attributes:
        scans: list of Scan, by subject and session.
        caption: names the data.
        notes: what was left out.
        only_slice: y in mm where the data are slices already, else None.
        read: path -> Volume.
    """

    scans: list
    caption: str
    notes: tuple = ()
    only_slice: float | None = None
    read: Callable = field(default=read_volume)


def read_table(path, delimiter):
    """Read a table with a heading.

    Returns:
        list of dict, column -> text without blanks around it.

    Raises:
        ValueError: if the file is no text or a row is longer or shorter than the heading.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ValueError(
            f"{path} is no table: expected text in UTF-8, received other bytes ({problem})."
        ) from problem
    rows = [
        row for row in csv.reader(text.splitlines(), delimiter=delimiter) if any(cell.strip() for cell in row)
    ]
    if len(rows) < 2:
        raise ValueError(
            f"{path} is empty: expected a heading and a row per subject, received {len(rows)} rows."
        )
    heading = [cell.strip() for cell in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(heading):
            what = "tabs" if delimiter == "\t" else "commas"
            raise ValueError(
                f"{path} row {number} does not fit its heading: expected {len(heading)} cells, received {len(row)}. "
                f"Separate the cells by {what}."
            )
    return [{name: cell.strip() for name, cell in zip(heading, row, strict=True)} for row in rows[1:]]


def column(rows, names, where):
    """Return the column that has one of these names, whatever its capitals.

    Raises:
        ValueError: if there is none.
    """
    found = {name.lower(): name for name in rows[0]}
    for name in names:
        if name in found:
            return found[name]
    raise ValueError(
        f"{where} lacks a column: expected one of {', '.join(names)}, received {', '.join(rows[0])}. Add or rename it."
    )


def diagnosis_column(rows, where):
    """Return the name of the column with the diagnosis."""
    return column(rows, COLUMNS, where)


def count_note(number, what):
    """Return a tuple with a sentence on how many were left out, or an empty one."""
    return (f"Left out, {what}: {number}.",) if number else ()


def need_scans(scans, folder, what):
    """Raise if nothing is left to read."""
    if not scans:
        raise FileNotFoundError(
            f"{folder} holds no scan to read: expected {what}, found none. Correct the path."
        )
    return sorted(scans, key=lambda scan: (scan.subject, scan.session))
