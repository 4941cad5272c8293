"""Grades many submissions of one exercise through nbgrader, with progress.

Everything is nbgrader's: its folders, its gradebook, its autograde step with the judge in it. This module
adds what a person at a terminal wants: progress, a summary, and a sentence for each case that is not
simply a score.
"""

from __future__ import annotations

import functools
import glob
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
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

from judge import ROOT
from judge.grade import grading
from judge.grade.fanout import Ahead, judge_ahead
from judge.grade.result import Result
from judge.machine.trouble import expect_writable, trouble, trouble_in
from judge.nbgrader.autograde import stopped_ahead
from judge.nbgrader.graded_before import fingerprint_of, is_done, remember, results_of
from judge.nbgrader.policies import Policies, policies_of
from judge.sandbox.sandbox import IsolationMissing, SandboxUnavailable
from judge.sandbox.shared_fork_server import fork_server
from judge.submission.folders import TooManyEntries
from judge.submission.quarantine import Refused, check_place, prepare

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
        raise ValueError(f"nbgrader reads *, ? and [ in {course.name!r} as patterns. Rename the course folder.")
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
    expect_writable(course / ".judge", course / "autograded", course / "feedback")
    _expect_in_gradebook(api, exercise)
    for ahead in _judged(course, exercise, waiting, workers, scheduler, fresh, on_workers):
        yield _grade_guarded(api, course, exercise, ahead, policies)


def _look(course: Path, exercise: str, student: str, policies: Policies, fresh: bool) -> Graded | None:
    """What is known of a submission without judging it; None if it has to be judged."""
    check_place(course, exercise, student)
    if not fresh and is_done(course, exercise, student, policies):
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
        graded = _guarded_by_sentence(course, student, lambda: _grade_one(api, course, exercise, student, policies))
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
        fork_server().try_out()
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
    fingerprint = fingerprint_of(course, exercise, student, policies)
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
    remember(course, exercise, student, graded.results, fingerprint)
    return graded


def _in_course(course: Path, text: str) -> str:
    """The text without the server's path of the course folder."""
    return text.replace(f"{course}/", "").replace(str(course), "the course folder")


def _nothing_to_grade(course: Path, exercise: str, student: str) -> str:
    """A sentence if a notebook of the exercise was not handed in, else ""."""
    expected = [f"{name}.ipynb" for name in grading.judged_notebooks(course, exercise)]
    folder = course / "submitted" / student / exercise
    found = sorted(path.name for path in folder.glob("*.ipynb"))
    missing = [name for name in expected if name not in found]
    if not missing:
        return ""
    there = ", ".join(found) or "no notebook"
    return f"{', '.join(missing)} is missing (found: {there}). Ask for it under its own name, then grade again."


def _why(answer: dict[str, Any]) -> str:
    """The exception that stopped nbgrader, or the last line of its log."""
    text = f"{answer.get('log', '')}\n{answer.get('error', '')}"
    raised = [line for line in text.splitlines() if _EXCEPTION.match(line) and "NbGraderException" not in line]
    lines = raised or [line for line in text.splitlines() if line.strip()]
    return trouble_in((lines[0] if raised else lines[-1]).strip()) if lines else "nbgrader gave no reason"


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
    totals = [(sum(r.points for r in g.results), sum(r.max_points for r in g.results)) for g in graded if g.results]
    full = sum(points == most for points, most in totals)
    counts = {
        "with full marks": full,
        "with less": len(totals) - full,
        "not judged": sum(bool(g.problem) and not g.ours for g in graded),
        "our fault": sum(g.ours for g in graded),
    }
    return f"{len(graded)} submissions: " + ", ".join(f"{count} {what}" for what, count in counts.items()) + "."
