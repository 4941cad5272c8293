"""Grades many submissions of one exercise through nbgrader, with progress.

Everything is nbgrader's: its folders, its gradebook, its autograde step with the judge in it. This module
adds what a person at a terminal wants: progress, a summary, and a sentence for each case that is not
simply a score.
"""

from __future__ import annotations

import functools
import glob
import hashlib
import json
import os
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.apps.api import NbGraderAPI
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from judge import ROOT, grading
from judge.autograde import stopped_ahead
from judge.fanout import Ahead, judge_ahead
from judge.folders import MAX_NOTEBOOK, SIZES, TooManyEntries, walk
from judge.policies import Policies, policies_of
from judge.quarantine import Refused, check_place, notes_of, prepare
from judge.result import Result
from judge.sandbox.sandbox import IsolationMissing, SandboxUnavailable
from judge.store import environment_hash, write_whole
from judge.suites import suites_of
from judge.trouble import trouble
from judge.warm import warm_parent

_EXCEPTION = re.compile(r" *[A-Za-z_][\w.]*(Error|Fault|Missing|Unavailable|Broken|Exception): ")


@dataclass(frozen=True)
class Graded:
    """What became of one student's submission.

    Attributes:
        student: the student's id.
        results: one per judged notebook; empty if nothing was judged.
        problem: why nothing was judged, or "".
        ours: whether the problem is the judge's, so that someone of ours must look.
    """

    student: str
    results: tuple[Result, ...] = ()
    problem: str = ""
    ours: bool = False


def nbgrader_api(course: Path, *, use_store: bool = True) -> Any:
    """nbgrader as the course configures it, with `course` as its folder."""
    config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    config.CourseDirectory.root = str(course)
    config.JudgeNotebook.use_store = use_store
    return NbGraderAPI(config=config)


def grade_all(
    course: Path,
    exercise: str,
    students: Sequence[str],
    *,
    fresh: bool = False,
    workers: int = 1,
    scheduler: str | None = None,
) -> Generator[Graded]:
    """Grade each student's submission and write its feedback; what is graded already is only read.

    Args:
        course: the course folder.
        exercise: what to grade.
        students: whose submissions.
        fresh: judge everything anew, whatever was judged before.
        workers: how many processes judge at once on this machine.
        scheduler: the address of a Dask scheduler to judge on instead.

    Raises:
        IsolationMissing, SandboxUnavailable: before the first submission, if no sandbox can be had.
        ValueError: before the first submission, if the gradebook does not know the exercise.
    """
    if glob.escape(str(course)) != str(course):
        raise ValueError(
            f"nbgrader reads *, ? and [ in {course.name!r} as patterns. Rename the course folder."
        )
    on_workers = scheduler is not None or min(workers, len(students)) > 1
    api = nbgrader_api(course, use_store=on_workers or not fresh)  # a worker's verdict is read from the store
    policies = policies_of(api, exercise)
    waiting = []
    for student in students:
        look = functools.partial(_look, course, exercise, student, policies, fresh)
        known = _guarded_by_sentence(course, student, look)
        if known is None:
            waiting.append(student)
        else:
            yield known
    if not waiting:
        return
    _expect_in_gradebook(api, exercise)
    for ahead in _judged(course, exercise, waiting, workers, scheduler, fresh, on_workers):
        yield _grade_guarded(api, course, exercise, ahead, policies)


def _look(course: Path, exercise: str, student: str, policies: Policies, fresh: bool) -> Graded | None:
    """What is known of a submission without judging it; None if it has to be judged."""
    check_place(course, exercise, student)
    if not fresh and _is_done(course, exercise, student, policies):
        return Graded(student, results_of(course, exercise, student))
    prepare(course, exercise, student)
    problem = _nothing_to_grade(course, exercise, student)
    return Graded(student, problem=problem) if problem else None


def _grade_guarded(api: Any, course: Path, exercise: str, ahead: Ahead, policies: Policies) -> Graded:
    """Grade one; whatever goes wrong is a sentence, and the others go on."""
    student = ahead.student
    if ahead.problem:
        return Graded(student, problem=_in_course(course, ahead.problem), ours=True)
    if ahead.stopped:
        stopped_ahead[exercise, student] = ahead.stopped
    try:
        graded = _guarded_by_sentence(
            course, student, lambda: _grade_one(api, course, exercise, student, policies)
        )
    finally:
        stopped_ahead.pop((exercise, student), None)
    assert graded is not None
    return graded


def _guarded_by_sentence(course: Path, student: str, work: Callable[[], Graded | None]) -> Graded | None:
    try:
        return work()
    except (Refused, TooManyEntries) as error:
        return Graded(student, problem=str(error))
    except (OSError, SQLAlchemyError) as error:
        return Graded(student, problem=_in_course(course, trouble(error)), ours=True)
    except (IsolationMissing, SandboxUnavailable):
        raise  # nobody can be graded
    except Exception as error:  # one submission must not stop the others, whatever it finds to break
        said = str(error).split("\n")[0][:300]
        return Graded(student, problem=_in_course(course, f"{type(error).__name__}: {said}"), ours=True)


def _judged(
    course: Path, exercise: str, students: list[str], workers: int, scheduler: str | None, fresh: bool,
    on_workers: bool,
) -> Iterator[Ahead]:  # fmt: skip
    """The students in the order in which their verdicts are there, or can be made by a fork of this process."""
    if not on_workers:
        warm_parent().try_out()
        yield from map(Ahead, students)
    else:
        yield from judge_ahead(course, exercise, students, workers=workers, scheduler=scheduler, fresh=fresh)


def _expect_in_gradebook(api: Any, exercise: str) -> None:
    """Look whether the gradebook answers and knows the exercise.

    Raises:
        ValueError: if it cannot be read at all, or does not know the exercise.
    """
    try:
        with api.gradebook as gradebook:
            gradebook.find_assignment(exercise)
    except OperationalError as error:
        if "locked" not in str(error.orig):  # it may answer later; each submission says what became of it
            raise ValueError(f"Nothing was graded: {trouble(error)}") from None
    except SQLAlchemyError as error:
        raise ValueError(f"Nothing was graded: {trouble(error)}") from None
    except MissingEntry:
        raise ValueError(
            f"Nothing was graded: the gradebook does not know {exercise}. "
            f"Run `nbgrader generate_assignment {exercise} --force` in the course folder, then grade again."
        ) from None


def _grade_one(api: Any, course: Path, exercise: str, student: str, policies: Policies) -> Graded:
    fingerprint = _fingerprint(course, exercise, student, policies)
    answer = api.autograde(exercise, student, force=True, create=True)
    if answer.get("error", "").strip().endswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader's API reports it like any other exception
    if not answer["success"]:
        return Graded(student, problem=_in_course(course, _why(answer)), ours=True)
    feedback = api.generate_feedback(exercise, student, force=True)
    if not feedback["success"]:
        why = _in_course(course, _why(feedback))
        return Graded(student, problem=f"graded, but without feedback: {why}", ours=True)
    graded = Graded(student, results_of(course, exercise, student))
    _remember(course, exercise, graded, fingerprint)
    return graded


def _in_course(course: Path, text: str) -> str:
    """The text without the server's path of the course folder."""
    return text.replace(f"{course}/", "").replace(str(course), "the course folder")


def results_of(course: Path, exercise: str, student: str) -> tuple[Result, ...]:
    """The results of the notebooks that the judge judges; other files of such a name are a student's.

    Raises:
        ValueError: if one of them is not a result.
    """
    folder = course / "autograded" / student / exercise
    paths = [folder / f"{suite.notebook}.result.json" for suite in suites_of(exercise)]
    return tuple(Result.from_json(path.read_text(encoding="utf-8")) for path in paths if path.exists())


def _fingerprint(course: Path, exercise: str, student: str, policies: Policies) -> str:
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
        times = (
            status.st_mtime_ns if with_times and not entry.is_folder else 0
        )  # a folder's tells of our own files
        digest.update(f"{status.st_mode} {0 if entry.is_folder else status.st_size} {times} ".encode())
        digest.update(os.fsencode(entry.path) + b"\0")
        if entry.is_file and status.st_size <= MAX_NOTEBOOK and os.access(folder / entry.path, os.R_OK):
            with (folder / entry.path).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())


def _is_done(course: Path, exercise: str, student: str, policies: Policies) -> bool:
    """Whether this very submission was graded to the end and its papers are still there."""
    marker = course / ".judge" / "done" / exercise / student
    papers = [course / step / student / exercise for step in ("autograded", "feedback")]
    try:
        if not all(any(paper.glob("*.*")) for paper in papers):
            return False
        results_of(course, exercise, student)
        return marker.read_text(encoding="utf-8") == _fingerprint(course, exercise, student, policies)
    except (OSError, ValueError):
        return False


def _remember(course: Path, exercise: str, graded: Graded, fingerprint: str) -> None:
    """Mark a submission as graded to the end, and add a line to the history of verdicts."""
    for result in graded.results:
        line = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"), "exercise": exercise,
            "notebook": result.notebook, "student": graded.student, "points": result.points,
            "max_points": result.max_points, "submission": fingerprint, "suite": result.suite_hash,
        }  # fmt: skip
        history = course / ".judge" / "history.jsonl"
        history.parent.mkdir(exist_ok=True)
        with history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    marker = course / ".judge" / "done" / exercise / graded.student
    marker.parent.mkdir(parents=True, exist_ok=True)
    write_whole(marker, fingerprint)


def _nothing_to_grade(course: Path, exercise: str, student: str) -> str:
    """A sentence if a notebook of the exercise was not handed in, else ""."""
    expected = [f"{name}.ipynb" for name in grading.judged_notebooks(course, exercise)]
    folder = course / "submitted" / student / exercise
    found = sorted(path.name for path in folder.glob("*.ipynb"))
    missing = [name for name in expected if name not in found]
    if not missing:
        return ""
    there = ", ".join(found) or "no notebook"
    return (
        f"{', '.join(missing)} is missing (found: {there}). Ask for it under its own name, then grade again."
    )


def _why(answer: dict[str, Any]) -> str:
    """The exception that stopped nbgrader, or the last line of its log."""
    text = f"{answer.get('log', '')}\n{answer.get('error', '')}"
    raised = [
        line for line in text.splitlines() if _EXCEPTION.match(line) and "NbGraderException" not in line
    ]
    lines = raised or [line for line in text.splitlines() if line.strip()]
    return (lines[0] if raised else lines[-1]).strip() if lines else "nbgrader gave no reason"


def with_progress(console: Console, graded: Generator[Graded], total: int) -> tuple[list[Graded], bool]:
    """Consume the iterator behind a progress bar; returns what was graded and whether Ctrl-C ended it."""
    done: list[Graded] = []
    text = TextColumn("{task.description}")
    columns = (SpinnerColumn(), text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("warming up (TensorFlow)", total=total)
        try:
            with closing(graded):
                for one in graded:
                    done.append(one)
                    progress.update(task, advance=1, description=f"graded {one.student}")
        except KeyboardInterrupt:
            return done, True
    return done, False


def summary(graded: Sequence[Graded]) -> str:
    """Counts in one sentence: full marks, less, not judged, our fault."""
    totals = [
        (sum(r.points for r in g.results), sum(r.max_points for r in g.results)) for g in graded if g.results
    ]
    full = sum(points == most for points, most in totals)
    counts = {
        "with full marks": full,
        "with less": len(totals) - full,
        "not judged": sum(bool(g.problem) and not g.ours for g in graded),
        "our fault": sum(g.ours for g in graded),
    }
    return (
        f"{len(graded)} submissions: " + ", ".join(f"{count} {what}" for what, count in counts.items()) + "."
    )
