"""Takes in and grades one lesson of a submission, within the limits that one submission has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

from judge.grade import grading, kept
from judge.grade.result import Result, make_result
from judge.grade.store import Store
from judge.machine.guard import GRACE, SUBMISSION_SECONDS, Clock, LimitReached, guarded
from judge.sandbox.shared_fork_server import fork_server, guarded_with_sandboxes
from judge.submission.folders import MAX_NOTEBOOK
from judge.submission.intake import Intake, take_in
from judge.suite.suites import Suite


def take_in_guarded(
    notebook: Path,
    release: Path,
    clock: Clock,
    *,
    keep_all_outputs: bool = False,
    aside: Sequence[str] = (),
    stopped: str = "",
) -> tuple[Intake, str]:
    """Take a notebook in, within its limits; beyond them it is the release with nothing filled in.

    Args:
        notebook: the submitted .ipynb.
        release: the notebook that students were given.
        clock: what the submission has left of its time.
        keep_all_outputs, aside: see `take_in`.
        stopped: why it is not even tried, or "".

    Returns:
        What was taken in, and why it was stopped, or "".
    """
    if not stopped and (size := notebook.stat().st_size) > MAX_NOTEBOOK:
        stopped = (
            f"{notebook.name} is {size >> 20} MiB large, and at most {MAX_NOTEBOOK >> 20} MiB are read, so nothing "
            "in it is graded. Clear its outputs (Edit, Clear Outputs of All Cells), save, and hand in again."
        )
    if not stopped:
        try:
            return guarded(
                lambda: take_in(notebook, release, keep_all_outputs=keep_all_outputs, aside=aside),
                clock.left(),
            ), ""
        except LimitReached as error:
            stopped = str(error)
    untouched = nbformat.read(release, as_version=4)
    return Intake(untouched, notebook.name, [stopped]), stopped


def judge_guarded(
    taken: Intake,
    folder: Path,
    suite: Suite,
    student: str,
    store: Store | None,
    clock: Clock,
    stopped: str = "",
    *,
    show: bool = True,
) -> tuple[Result, grading.Grading]:
    """Judge a lesson within its limits; beyond them no check has passed, and each says why."""
    if not stopped:
        with clock.stopped():
            _ = suite.checks  # read here, once for all who are judged
            fork_server().start()
        try:
            return guarded_with_sandboxes(
                lambda: judge_lesson(
                    taken,
                    folder,
                    suite,
                    student,
                    store,
                    show=show,
                    beside=show,
                    seconds=clock.left(keep=GRACE),
                ),
                clock.left(),
            )
        except LimitReached as error:
            stopped = str(error)
            taken.notes.append(stopped)
    taken.warning = stopped
    graded = grading.stopped(suite, stopped)
    return _result(taken, suite, student, graded, []), graded


def judge_lesson(
    taken: Intake,
    folder: Path,
    suite: Suite,
    student: str,
    store: Store | None,
    *,
    show: bool = True,
    beside: bool = False,
    seconds: float = SUBMISSION_SECONDS,
) -> tuple[Result, grading.Grading]:
    """Grade a lesson with the other files of its folder; raises what `grading.grade` raises."""
    files, file_notes = grading.read_files(folder)
    submission = grading.Submission(taken.notebook, files, student)
    graded = kept.grade(store, submission, suite, show=show, beside=beside, seconds=seconds)
    return _result(taken, suite, student, graded, file_notes), graded


def _result(taken: Intake, suite: Suite, student: str, graded: grading.Grading, file_notes: list[str]) -> Result:
    return make_result(
        exercise=suite.exercise, notebook=suite.notebook, student=student,
        graded=taken.graded, verdicts=graded.verdicts, cell_points=autograded_points(taken.notebook),
        notes=[*taken.notes, *file_notes, *graded.notes], walls=graded.walls, seconds=graded.seconds,
        suite_hash=suite.version, warning=taken.warning,
    )  # fmt: skip


def autograded_points(nb: Any) -> dict[str, float]:
    """Points of the cells that the judge scores: graded, and not answered in free text."""
    cells = [cell.metadata.nbgrader for cell in nb.cells if grading.is_test(cell)]
    return {cell.grade_id: float(cell.points) for cell in cells}
