"""Grades one checkout: every exercise in a student's repository, with the verdicts that nbgrader would store.

The same intake, sandbox and suites as in `nbgrader autograde` (`judge.grade.lesson_grading`), without a gradebook:
for a git hook, a CI job, or an instructor who looks at one repository.
"""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from judge.grade import grading
from judge.grade.lesson_grading import autograded_points, judge_guarded, take_in_guarded
from judge.grade.result import Result, make_result
from judge.grade.store import Store
from judge.machine.guard import FEEDBACK_SECONDS, GRACE, SUBMISSION_SECONDS, Clock, LimitReached, guarded
from judge.push.checkout import Checkout
from judge.push.student_folder import Work, copy_files
from judge.submission.intake import Intake, complete
from judge.suite.engine import SuiteBroken
from judge.suite.suites import Suite, suite_of


@dataclass(frozen=True)
class Pushed:
    """What became of one notebook of a checkout.

    Attributes:
        work: whose exercise it belongs to.
        result: the verdicts.
        notebook: what was graded, sound and with the released structure.
        texts: the student's files of this notebook by path in the checkout, to find lines in.
    """

    work: Work
    result: Result
    notebook: Any
    texts: dict[str, str]


def grade_work(
    checkout: Checkout, work: Work, course: Path, student: str = "", store: Store | None = None
) -> Iterator[Pushed]:
    """Judge the notebooks of one exercise.

    Args:
        checkout: the student's repository.
        work: which folder.
        course: the course folder.
        student: the gradebook's id of the student; some exercises differ by it.
        store: earlier verdicts, or None.

    Raises:
        IsolationMissing, SandboxUnavailable: if there is no sandbox to be had.
    """
    with tempfile.TemporaryDirectory(prefix="judge-") as name:
        folder = Path(name, "submitted", "student", work.exercise)
        folder.mkdir(parents=True)
        Path(name, "release").symlink_to(course.resolve() / "release")
        lessons = grading.judged_notebooks(course, work.exercise)
        notes = copy_files(checkout, work, lessons, folder)
        clock = Clock(SUBMISSION_SECONDS - FEEDBACK_SECONDS - GRACE)
        stopped = _complete(Path(name), work.exercise, clock)
        for lesson in lessons:
            release = course / "release" / work.exercise / f"{lesson}.ipynb"
            taken, stopped = _take_in(folder / release.name, release, notes, clock, stopped)
            suite = suite_of(work.exercise, lesson)
            result = _judge(taken, folder, suite, student, store, clock, stopped)
            texts = {
                work.path(file): (folder / file).read_text(encoding="utf-8", errors="replace")
                for file in {f"{lesson}.py", f"{lesson}.ipynb", *taken.graded.split(", ")}
                if work.path(file) in checkout.sizes and (folder / file).is_file()
            }
            yield Pushed(work, result, taken.notebook, texts)


def _complete(course: Path, exercise: str, clock: Clock) -> str:
    """Make the notebook of a module that came without; why that was stopped, or ""."""
    try:
        guarded(lambda: complete(course, exercise, "student"), clock.left())
    except LimitReached as error:
        return str(error)
    return ""


def _take_in(notebook: Path, release: Path, notes: list[str], clock: Clock, stopped: str) -> tuple[Intake, str]:
    """Take a lesson in; one that is not there is judged as it was handed out, and a note says so."""
    if notebook.is_file():
        taken, stopped = take_in_guarded(notebook, release, clock, stopped=stopped)
    else:
        there = ", ".join(sorted(path.name for path in notebook.parent.glob("*.ipynb"))) or "no notebook"
        taken = Intake(nbformat.read(release, as_version=4), "nothing")
        taken.notes.append(
            f"{notebook.name} is missing (found: {there}), so its checks had the notebook as it was handed "
            "out. Give your work its own name back and push again."
        )
    taken.notes[:0] = notes
    return taken, stopped


def _judge(
    taken: Intake, folder: Path, suite: Suite, student: str, store: Store | None, clock: Clock, stopped: str
) -> Result:
    """The result; whatever goes wrong in a suite is ours and gives nobody fewer points."""
    try:
        return judge_guarded(taken, folder, suite, student, store, clock, stopped, show=False)[0]
    except SuiteBroken:
        return make_result(
            exercise=suite.exercise, notebook=suite.notebook, student=student,
            graded=taken.graded, verdicts=[], cell_points=autograded_points(taken.notebook),
            notes=taken.notes, suite_hash=suite.version, fault=traceback.format_exc(),
        )  # fmt: skip
