"""Says which exercise a notebook belongs to that was handed in under another's name."""

from __future__ import annotations

from pathlib import Path

from judge.submission.find_work import File
from judge.submission.released import Lesson, read_lesson

RELEASED = ("release", "outbound")  # folders of all that was handed out: the course's, the exchange's
_MOST = 0.5  # share of a lesson's holes by which it is recognised


def foreign(file: File, lesson: Lesson, release: Path, *, own: bool = True) -> str:
    """A sentence if a file carries the cells of another released notebook and none of this one's, else "".

    Args:
        file: what was handed in.
        lesson, release: the notebook that was expected, and where it lies.
        own: whether another notebook of the same exercise counts.
    """
    if file.match.answers() or release.parent.parent.name not in RELEASED:
        return ""
    marks = {mark for cell in file.match.cells for mark in (cell.id, cell.grade_id)}
    shares = {path: _share(path, marks) for path in _others(release, own=own)}
    best = max(shares, key=lambda path: shares[path], default=None)
    if best is None or shares[best] < _MOST:
        return ""
    return (
        f"{file.path.name} holds the notebook {best.stem} of {best.parent.name}, not {lesson.name} of "
        f"{release.parent.name}, so nothing in it is graded. Hand in your {lesson.name}.ipynb of this exercise."
    )


def foreign_beside(files: list[File], folder: Path, lesson: Lesson, release: Path) -> str:
    """A sentence if the notebook of another exercise lies in a folder, under whatever name, else ""."""
    for file in files:
        if file.path.parent == folder and (told := foreign(file, lesson, release, own=False)):
            return told
    return ""


def _others(release: Path, *, own: bool) -> list[Path]:
    found = sorted(release.parent.parent.glob("*/*.ipynb"))
    return [path for path in found if path != release and (own or path.parent != release.parent)]


def _share(release: Path, marks: set[str]) -> float:
    holes = read_lesson(release).holes
    return len(holes.keys() & marks) / len(holes) if holes else 0.0
