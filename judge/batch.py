"""Grades many submissions of one exercise through nbgrader, with progress.

Everything is nbgrader's: its folders, its gradebook, its autograde step with the judge in it. This module
adds what a person at a terminal wants: progress, a summary, and a sentence for each case that is not
simply a score.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Sequence
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
from sqlalchemy.exc import OperationalError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from judge import ROOT, grading
from judge.fanout import judge_ahead
from judge.intake import prepare
from judge.result import Result
from judge.store import submission_key, write_whole
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
    waiting = []
    for student in students:
        if not fresh and _is_done(course, exercise, student):
            yield Graded(student, results_of(course, exercise, student))
            continue
        prepare(course, exercise, student)
        if problem := _nothing_to_grade(course, exercise, student):
            yield Graded(student, problem=problem)
        else:
            waiting.append(student)
    if not waiting:
        return
    api = nbgrader_api(course, use_store=not fresh)
    _expect_in_gradebook(api, exercise)
    for student in _judged(course, exercise, waiting, workers, scheduler):
        yield _grade_one(api, course, exercise, student)


def _judged(
    course: Path, exercise: str, students: list[str], workers: int, scheduler: str | None
) -> Iterator[str]:
    """The students in the order in which their verdicts are there, or can be made here."""
    if scheduler is None and min(workers, len(students)) < 2:
        warm_parent().try_out()
        yield from students
    else:
        yield from judge_ahead(course, exercise, students, workers=workers, scheduler=scheduler)


def _expect_in_gradebook(api: Any, exercise: str) -> None:
    try:
        with api.gradebook as gradebook:
            gradebook.find_assignment(exercise)
    except OperationalError:
        return  # a database that does not answer may do so later; each submission says what became of it
    except MissingEntry:
        raise ValueError(
            f"Nothing was graded: the gradebook does not know {exercise}. "
            f"Run `nbgrader generate_assignment {exercise} --force` in the course folder, then grade again."
        ) from None


def _grade_one(api: Any, course: Path, exercise: str, student: str) -> Graded:
    fingerprint = _fingerprint(course, exercise, student)
    answer = api.autograde(exercise, student, force=True, create=True)
    if answer.get("error", "").strip().endswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader's API reports it like any other exception
    if not answer["success"]:
        return Graded(student, problem=_why(answer), ours=True)
    feedback = api.generate_feedback(exercise, student, force=True)
    if not feedback["success"]:
        return Graded(student, problem=f"graded, but without feedback: {_why(feedback)}", ours=True)
    graded = Graded(student, results_of(course, exercise, student))
    _remember(course, exercise, graded, fingerprint)
    return graded


def results_of(course: Path, exercise: str, student: str) -> tuple[Result, ...]:
    """The results of the notebooks that the judge judges; other files of such a name are a student's.

    Raises:
        ValueError: if one of them is not a result.
    """
    folder = course / "autograded" / student / exercise
    notebooks = [path.stem.removeprefix("test_") for path in _suites(exercise)]
    paths = [folder / f"{notebook}.result.json" for notebook in notebooks]
    return tuple(Result.from_json(path.read_text(encoding="utf-8")) for path in paths if path.exists())


def _suites(exercise: str) -> list[Path]:
    return sorted(grading.suite_path(exercise, "").parent.glob("test_*.py"))


def _fingerprint(course: Path, exercise: str, student: str) -> str:
    """Identifies all that a submission's grade and feedback depend on."""
    folders = (course / "submitted" / student / exercise, course / "release" / exercise)
    files = [file for folder in folders for file in sorted(grading.read_files(folder, ())[0].items())]
    suites = sorted(grading.suite_path(exercise, "").parent.glob("*.py"))
    return submission_key([*files, *((path.name, path.read_bytes()) for path in suites)])


def _is_done(course: Path, exercise: str, student: str) -> bool:
    """Whether this very submission was graded to the end and its papers are still there."""
    marker = course / ".judge" / "done" / exercise / student
    papers = [course / step / student / exercise for step in ("autograded", "feedback")]
    if not marker.exists() or not all(any(paper.glob("*.*")) for paper in papers):
        return False
    return marker.read_text(encoding="utf-8") == _fingerprint(course, exercise, student)


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
