"""A student's folder of one exercise in a checkout: whether it changed, and copies of its files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from judge.push.checkout import Checkout
from judge.push.git import NOTHING, GitError
from judge.reports.plain import printable

MOST_NOTEBOOK = 32 * 2**20  # bytes of a notebook that are read
_MOST_FILE, _MOST_ALL, _MOST_FILES = 8 * 2**20, 64 * 2**20, 200  # bytes, bytes, files


@dataclass(frozen=True)
class Work:
    """A student's folder of one exercise.

    Attributes:
        exercise: its name in the course.
        folder: its path in the checkout, "" for the checkout itself.
        note: a sentence about how it was found, or "".
    """

    exercise: str
    folder: str
    note: str = ""

    def path(self, name: str) -> str:
        """The path in the checkout of a file of this folder."""
        return f"{self.folder}/{name}" if self.folder else name


def changed(checkout: Checkout, works: Sequence[Work], revision: str) -> tuple[list[Work], str]:
    """Those whose files differ from a revision, and a note if that cannot be said and all are returned."""
    if NOTHING.fullmatch(revision):
        return list(works), ""
    try:
        paths = checkout.changed_since(revision)
    except GitError as error:
        return list(works), f"What changed since {revision[:12]} cannot be said ({error}); all is graded."
    return [w for w in works if any(path.startswith(w.path("")) for path in paths)], ""


def copy_files(checkout: Checkout, work: Work, lessons: Sequence[str], folder: Path) -> list[str]:
    """Write the exercise's files, lessons first and with their times; notes say what was left out."""
    own = [path for path in checkout.sizes if path.startswith(work.path(""))]
    pairs = {work.path(f"{lesson}.{ending}") for lesson in lessons for ending in ("ipynb", "py")}
    left_out, room = [], _MOST_ALL
    for number, path in enumerate(sorted(own, key=lambda path: path not in pairs)):
        name, size = path.removeprefix(work.path("")), checkout.sizes[path]
        most = MOST_NOTEBOOK if path in pairs else _MOST_FILE
        if number >= _MOST_FILES or size > min(most, room):
            left_out.append(f"{name} ({size / 2**20:.1f} MiB)")
            continue
        try:
            _write(folder, name, checkout.read(path))
        except (OSError, GitError) as error:
            left_out.append(f"{name} ({getattr(error, 'strerror', None) or error})")
            continue
        room -= size
        if path in pairs:
            _set_time(folder / name, checkout, path)
    found = [work.note] if work.note else []
    return [*found, *checkout.notes, *([_left_out_note(left_out)] if left_out else [])]


def _left_out_note(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return (
        f"Left out: {', '.join(map(_shown, names[:5]))}{more}. Of one exercise {_MOST_FILES} files are read, up to "
        f"{_MOST_FILE // 2**20} MiB each, {MOST_NOTEBOOK // 2**20} for a notebook of the course, and "
        f"{_MOST_ALL // 2**20} in all. Clear large outputs (Edit > Clear Outputs of All Cells)."
    )


def _shown(name: str) -> str:
    return " ".join(printable(name).split())


def _write(folder: Path, name: str, content: bytes) -> None:
    """Write a file of the student's; bytes of its name that are no UTF-8 become question marks."""
    file = folder / name.encode("utf-8", "replace").decode()
    if ".." in file.parts or not file.is_relative_to(folder):
        raise OSError(0, "its name leads out of the folder")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _set_time(file: Path, checkout: Checkout, path: str) -> None:
    try:
        changed_at = checkout.time(path)
    except GitError:  # the file was read: only its history is missing
        changed_at = 0.0
    os.utime(file, (changed_at, changed_at))
