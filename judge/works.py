"""A student's folders of exercises in a checkout: which there are, which changed, and copies of their files."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from judge import grading
from judge.checkout import NOTHING, Checkout, GitError

MOST_NOTEBOOK = 32 * 2**20  # bytes of a notebook that are read
_MOST_FILE, _MOST_ALL, _MOST_FILES = 8 * 2**20, 64 * 2**20, 200  # bytes, bytes, files
_ID = re.compile(r"\w[\w.@+-]{0,79}")
_DEPTH = 3  # how many folders deep an exercise is looked for


@dataclass(frozen=True)
class Work:
    """A student's folder of one exercise.

    Attributes:
        exercise: its name in the course.
        folder: its path in the checkout, "" for the checkout itself.
    """

    exercise: str
    folder: str

    def path(self, name: str) -> str:
        """The path in the checkout of a file of this folder."""
        return f"{self.folder}/{name}" if self.folder else name


def exercises_in(checkout: Checkout, course: Path) -> list[Work]:
    """The exercises of a checkout: folders with an exercise's name, or the checkout itself if it is one.

    Args:
        checkout: the student's repository.
        course: the course folder, with release/.
    """
    released = sorted((course / "release").iterdir())
    known = {path.name: set(grading.judged_notebooks(course, path.name)) for path in released}
    found: dict[str, str] = {}
    for path in sorted(checkout.sizes, key=lambda path: path.count("/")):
        parts = path.split("/")[:-1][:_DEPTH]
        for depth, name in enumerate(parts):
            if known.get(name):
                found.setdefault(name, "/".join(parts[: depth + 1]))
    if not found:
        here = {Path(path).stem for path in checkout.sizes if "/" not in path}
        found = {name: "" for name, lessons in known.items() if lessons & here}
    return [Work(exercise, folder) for exercise, folder in sorted(found.items())]


def changed(checkout: Checkout, works: Sequence[Work], revision: str) -> tuple[list[Work], str]:
    """Those whose files differ from a revision, and a note if that cannot be said and all are returned."""
    if NOTHING.fullmatch(revision):
        return list(works), ""
    try:
        paths = checkout.changed_since(revision)
    except GitError as error:
        return list(works), f"What changed since {revision[:12]} cannot be said ({error}); all is graded."
    return [w for w in works if any(path.startswith(w.path("")) for path in paths)], ""


def collect(checkout: Checkout, work: Work, course: Path, student: str) -> tuple[Path, list[str]]:
    """Put an exercise's files where nbgrader looks for submissions; what was there goes to .judge/replaced/.

    Regular files only, unlike with `git archive`: a link would hand in what it points to.

    Returns:
        The folder, and a note if something was left out.

    Raises:
        ValueError: if the student's id is no plain name.
    """
    if not _ID.fullmatch(student):
        raise ValueError(f"Say whose work it is: expected --student with a plain name, received {student!r}.")
    target = course / "submitted" / student / work.exercise
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".collected-", dir=target.parent))
    notes = copy_files(checkout, work, grading.judged_notebooks(course, work.exercise), scratch)
    if target.exists() or target.is_symlink():
        replaced = course / ".judge" / "replaced" / student / f"{work.exercise}-{time.time_ns()}"
        replaced.parent.mkdir(parents=True, exist_ok=True)
        target.rename(replaced)
    scratch.chmod(0o755)
    scratch.rename(target)
    return target, notes


def copy_files(checkout: Checkout, work: Work, lessons: Sequence[str], folder: Path) -> list[str]:
    """Write the exercise's files, lessons first and with their times; a note says what was left out."""
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
        except OSError as error:
            left_out.append(f"{name} ({error.strerror})")
            continue
        room -= size
        if path in pairs:
            changed_at = checkout.time(path)
            os.utime(folder / name, (changed_at, changed_at))
    return [_left_out_note(left_out)] if left_out else []


def _left_out_note(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return (
        f"Left out: {', '.join(names[:5])}{more}. Of one exercise {_MOST_FILES} files are read, up to "
        f"{_MOST_FILE // 2**20} MiB each, {MOST_NOTEBOOK // 2**20} for a notebook of the course, and "
        f"{_MOST_ALL // 2**20} in all. Clear large outputs (Edit > Clear Outputs of All Cells)."
    )


def _write(folder: Path, name: str, content: bytes) -> None:
    file = folder / name
    if ".." in file.parts:
        raise OSError(0, "its name leads out of the folder")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
