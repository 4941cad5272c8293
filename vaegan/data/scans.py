"""What the readers of folders hand on: a list of scans, and how to cut them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

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


def count_note(number, what):
    """Return a tuple with a sentence on how many were left out, or an empty one."""
    return (f"Left out, {what}: {number}.",) if number else ()


def need_scans(scans, folder, what):
    """Raise if nothing is left to read."""
    if not scans:
        raise FileNotFoundError(f"{folder} holds no scan to read: expected {what}, found none. Correct the path.")
    return sorted(scans, key=lambda scan: (scan.subject, scan.session))
