"""Which submissions were graded to the end before, and the history of verdicts."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from judge.grade.result import Result
from judge.grade.store import environment_hash
from judge.machine.whole_files import write_whole
from judge.nbgrader.policies import Policies
from judge.submission.folders import MAX_NOTEBOOK, SIZES, walk
from judge.submission.quarantine import notes_of
from judge.suite.suites import suites_of


def results_of(course: Path, exercise: str, student: str) -> tuple[Result, ...]:
    """The results of the notebooks that the judge judges; other files of such a name are a student's.

    Raises:
        ValueError: if one of them is not a result.
    """
    folder = course / "autograded" / student / exercise
    paths = [folder / f"{suite.notebook}.result.json" for suite in suites_of(exercise)]
    return tuple(Result.from_json(path.read_text(encoding="utf-8")) for path in paths if path.exists())


def fingerprint_of(course: Path, exercise: str, student: str, policies: Policies) -> str:
    """Identifies all that a submission's grade, penalty and feedback depend on."""
    digest = hashlib.sha256(f"{environment_hash()} {policies.of(student)} {SIZES}".encode())
    _add_folder(digest, course / "submitted" / student / exercise, with_times=True)
    _add_folder(digest, course / "release" / exercise)
    digest.update("".join(notes_of(course, exercise, student)).encode("utf-8", "replace"))
    for suite in suites_of(exercise):
        digest.update(suite.version.encode())
    return digest.hexdigest()


def _add_folder(digest: Any, folder: Path, *, with_times: bool = False) -> None:
    """Add everything in a folder, every byte of what is read; of what is too large for that, what `lstat` says."""
    for entry in walk(folder):
        status = entry.status
        times = status.st_mtime_ns if with_times and not entry.is_folder else 0  # a folder's tells of our own files
        digest.update(f"{status.st_mode} {0 if entry.is_folder else status.st_size} {times} ".encode())
        digest.update(os.fsencode(entry.path) + b"\0")
        if entry.is_file and status.st_size <= MAX_NOTEBOOK and os.access(folder / entry.path, os.R_OK):
            with (folder / entry.path).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())


def is_done(course: Path, exercise: str, student: str, policies: Policies) -> bool:
    """Whether this very submission was graded to the end and its papers are still there."""
    marker = course / ".judge" / "done" / exercise / student
    papers = [course / step / student / exercise for step in ("autograded", "feedback")]
    try:
        if not all(any(paper.glob("*.*")) for paper in papers):
            return False
        results_of(course, exercise, student)
        return marker.read_text(encoding="utf-8") == fingerprint_of(course, exercise, student, policies)
    except (OSError, ValueError):
        return False


def remember(course: Path, exercise: str, student: str, results: Sequence[Result], fingerprint: str) -> None:
    """Mark a submission as graded to the end, and add a line to the history of verdicts."""
    for result in results:
        line = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"), "exercise": exercise,
            "notebook": result.notebook, "student": student, "points": result.points,
            "max_points": result.max_points, "submission": fingerprint, "suite": result.suite_hash,
        }  # fmt: skip
        history = course / ".judge" / "history.jsonl"
        history.parent.mkdir(exist_ok=True)
        with history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    marker = course / ".judge" / "done" / exercise / student
    marker.parent.mkdir(parents=True, exist_ok=True)
    write_whole(marker, fingerprint)
