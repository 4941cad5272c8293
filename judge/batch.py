"""Grades many submissions of one exercise through nbgrader, one after the other, with progress.

Everything is nbgrader's: its folders, its gradebook, its autograde step with the judge in it. This module
adds what a person at a terminal wants: progress, a summary, and a sentence for each case that is not
simply a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from judge import grading
from judge.autograde import read_results
from judge.result import Result

ROOT = grading.ROOT
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


def nbgrader_api(course: Path) -> Any:
    """nbgrader as the course configures it, with `course` as its folder."""
    config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    config.CourseDirectory.root = str(course)
    return NbGraderAPI(config=config)


def students_with(course: Path, exercise: str) -> list[str]:
    """Ids of the students who handed something in for the exercise."""
    return sorted(path.parent.name for path in (course / "submitted").glob(f"*/{exercise}") if path.is_dir())


def grade_all(course: Path, exercise: str, students: list[str], *, force: bool = False) -> Iterator[Graded]:
    """Grade each student's submission and, if it could be graded, write its feedback.

    Raises:
        IsolationMissing, SandboxUnavailable: before the first submission, if no sandbox can be had.
    """
    parent = grading.warm_parent()
    parent.start()
    parent.fork().close()  # without walls nothing may be graded, and the reader learns it at once
    api = nbgrader_api(course)
    for student in students:
        yield _grade_one(api, course, exercise, student, force)


def _grade_one(api: Any, course: Path, exercise: str, student: str, force: bool) -> Graded:
    folder = course / "submitted" / student / exercise
    if problem := _nothing_to_grade(folder, course / "release" / exercise):
        return Graded(student, problem=problem)
    answer = api.autograde(exercise, student, force=force, create=True)
    if not answer["success"]:
        return Graded(student, problem=_why(answer), ours=True)
    feedback = api.generate_feedback(exercise, student, force=True)
    if not feedback["success"]:
        return Graded(student, problem=f"graded, but without feedback: {_why(feedback)}", ours=True)
    return Graded(student, tuple(read_results(course / "autograded" / student / exercise)))


def _nothing_to_grade(folder: Path, release: Path) -> str:
    """A sentence if no notebook of the exercise was handed in, else ""."""
    expected = sorted(
        path.name for path in release.glob("*.ipynb") if grading.suite_path(release.name, path.stem).exists()
    )
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


def with_progress(console: Console, graded: Iterator[Graded], total: int) -> list[Graded]:
    """Consume the iterator behind a progress bar."""
    done: list[Graded] = []
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("warming up (TensorFlow)", total=total)
        for one in graded:
            done.append(one)
            progress.update(task, advance=1, description=f"graded {one.student}")
    return done
