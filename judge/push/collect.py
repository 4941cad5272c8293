"""Puts what lies in a checkout where nbgrader looks for submissions, with the time at which it was submitted.

The time is never the student's word: neither a commit's date nor a `timestamp.txt` of theirs is. It is the
time of collecting, or, for a repository that students change by pushing alone, that of the push: git writes it
into the branch's log on the server, by the server's clock, and no push can change that log.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from judge.grade import grading
from judge.push.checkout import Checkout, Commit
from judge.push.student_folder import Work, copy_files

_ID = re.compile(r"\w[\w.@+-]{0,79}")
_TIMESTAMP = "timestamp.txt"  # where nbgrader reads when a submission was handed in
_NOT_TAKEN = "The repository's own timestamp.txt was left out: the time of submission is not the student's to write."


def collect(
    checkout: Checkout, work: Work, course: Path, student: str, pushed_at: float | None = None
) -> tuple[Path, list[str]]:
    """Put an exercise's files into submitted/; what was there goes to .judge/replaced/ unless it is the same.

    Regular files only, unlike with `git archive`: a link would hand in what it points to.

    Args:
        checkout, work: what is collected.
        course: the course folder.
        student: the gradebook's id.
        pushed_at: when it arrived on our server, in seconds since 1970; None for now.

    Returns:
        The folder, and notes about what was left out.

    Raises:
        ValueError: if the student's id is no plain name.
    """
    if not _ID.fullmatch(student):
        raise ValueError(
            "Say whose work it is: expected --student with a plain name (letters, digits and . @ + - _, at most "
            f"80), received {student!r}. Give the student such an id in the gradebook."
        )
    target = course / "submitted" / student / work.exercise
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".collected-", dir=target.parent))
    try:
        notes = copy_files(checkout, work, grading.judged_notebooks(course, work.exercise), scratch)
        notes += _without_timestamp(scratch)
        if pushed_at is None and _contents(scratch) == _contents(target):
            return target, [*notes, "Nothing has changed since it was collected last; its time stays."]
        _write_timestamp(scratch, time.time() if pushed_at is None else pushed_at)
        _replace(target, scratch, course / ".judge" / "replaced" / student)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target, notes


def time_of_push(checkout: Checkout, work: Work) -> float | None:
    """When the push arrived that changed the exercise last, by the server's log of the branch.

    Returns:
        Seconds since 1970, or None if this is no branch, or the server has kept no log of it.
    """
    if not isinstance(checkout, Commit):
        return None
    log = checkout.repository.log(checkout.revision)
    if not log or log[-1][1] != checkout.name:
        return None
    folders = [f"{commit}:{work.folder}" for _, commit in log]
    trees = checkout.repository.names(folders, checkout.name)
    last = len(log) - 1
    while last > 0 and trees[last - 1] == trees[-1]:
        last -= 1
    return log[last][0]


def _without_timestamp(folder: Path) -> list[str]:
    """Take away what nbgrader, or a file system that does not tell cases apart, would read as the time."""
    found = [path for path in folder.iterdir() if path.name.casefold() == _TIMESTAMP]
    for path in found:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return [_NOT_TAKEN] if found else []


def _write_timestamp(folder: Path, seconds: float) -> None:
    written = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
    (folder / _TIMESTAMP).write_text(written, encoding="utf-8")


def _contents(folder: Path) -> dict[str, bytes] | None:
    """What lies in a folder, the time stamp apart; None if there is none, or more than ordinary files."""
    if folder.is_symlink() or not folder.is_dir():
        return None
    paths = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()]
    if any(path.is_symlink() or not path.is_file() for path in paths):
        return None
    own = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in own.items() if name != _TIMESTAMP}


def _replace(target: Path, scratch: Path, replaced: Path) -> None:
    if target.exists() or target.is_symlink():
        replaced.mkdir(parents=True, exist_ok=True)
        target.rename(replaced / f"{target.name}-{time.time_ns()}")
    scratch.chmod(0o755)
    scratch.rename(target)
