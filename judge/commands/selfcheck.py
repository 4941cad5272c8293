"""The course checks itself: what an instructor should know before students do, one line per finding."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from rich.console import Console

from judge.commands.offers import offered_answers
from judge.commands.record import differences, run_mutants
from judge.commands.workbench import Workbench
from judge.course.build import stale
from judge.course.leaks import check_release
from judge.course.lesson import exercises
from judge.grade import grading
from judge.grade.lesson_grading import autograded_points
from judge.suite import zoo
from judge.suite.engine import Status, Verdict
from judge.suite.suites import Suite, suites_of


def findings(root: Path, names: Sequence[str], *, run_zoo: bool, console: Console) -> Iterator[str]:
    """Everything that is wrong with the course, with its remedy.

    Args:
        root: the course folder.
        names: the exercises to look at; all if empty.
        run_zoo: also grade the stub, the solution and every sample, and ask all that students can import.
        console: where progress is shown.
    """
    yield from stale(root)
    for exercise in names or exercises(root):
        console.print(f"checking {exercise}", highlight=False)
        yield from check_release(root, exercise)
        for suite in suites_of(exercise, root):
            yield from _points(suite)
            if run_zoo:
                yield from (wrong := list(_zoo(suite, console)))
                bench = Workbench(suite)
                yield from _mistakes(bench, console)
                if not wrong:  # what the solution answers is what others are compared with
                    yield from offered_answers(bench)


def _points(suite: Suite) -> Iterator[str]:
    """Cells with points but no check, and checks of cells that do not exist."""
    lesson = suite.notebook
    notebook = nbformat.read(suite.release, as_version=4)
    cells = set(autograded_points(notebook))
    judged = {check.cell for check in suite.checks.values()}
    where = suite.path.relative_to(suite.root)
    for cell in sorted(cells - judged):
        yield f"{where}: no check judges the cell {cell} of {lesson}.ipynb. Write one, or take its points away."
    for cell in sorted(judged - cells):
        yield f"{where}: a check judges the cell {cell}, which {lesson}.ipynb does not have. Correct `cell=`."


def errors_shown(outputs: dict[str, list[Any]]) -> list[str]:
    """The exceptions that cells ended with, each as its type and message."""
    shown = [output for cell in outputs.values() for output in cell]
    return [f"{o['ename']}: {o['evalue']}" for o in shown if o["output_type"] == "error"]


def _zoo(suite: Suite, console: Console) -> Iterator[str]:
    """The stub must fail everywhere, the solution pass, and every sample get what is written in it."""
    released = nbformat.read(suite.release, as_version=4)
    solved = zoo.solved_answers(suite.root, suite.exercise, suite.notebook)

    def grade(answers: dict[str, str], *, show: bool = False) -> grading.Grading:
        return grading.grade(grading.Submission(zoo.submission(released, answers)), suite, show=show)

    passed = [v.name for v in grade({}).verdicts if v.status is Status.PASSED]
    if passed:
        yield f"{suite}: the untouched release passes {', '.join(passed)}. Make these checks ask for work."
    right = grade(solved, show=True)
    for error in errors_shown(right.outputs):
        yield (
            f"{suite.notebook}.ipynb: for the feedback the solution's cells are run without the test cells, and then "
            f"one raises {error}. Make what it needs outside the test cells."
        )
    for verdict in right.verdicts:
        if verdict.status is not Status.PASSED:
            yield f"{suite}: the solution does not pass {verdict.name}: {verdict.message.splitlines()[0]}"
    for sample in zoo.samples(suite.root, suite.exercise):
        started = time.monotonic()
        verdicts = grade(solved | sample.answers).verdicts
        wrong = zoo.difference(sample, verdicts)
        seconds = time.monotonic() - started
        console.print(f"  {sample.name}: {'as written' if not wrong else 'NOT as written'}, {seconds:.1f} s")
        if wrong:
            where = sample.path.relative_to(suite.root)
            yield f"{where}: {wrong}.{_said(sample, verdicts)} Correct the suite or the sample."


def _said(sample: zoo.Sample, verdicts: list[Verdict]) -> str:
    """What the checks say that should have passed, for a finding's end."""
    surprises = [v for v in verdicts if v.status in (Status.FAILED, Status.OUR_FAULT) and v.name not in sample.fails]
    return "".join(f" {v.name} says: {' '.join(v.message.split())}" for v in surprises)


def _mistakes(bench: Workbench, console: Console) -> Iterator[str]:
    """Every mistake's patch must lose points, be recognised, and give what is recorded."""
    if bench.suite.mistakes:
        record = run_mutants(bench, console)
        yield from record.problems
        yield from differences(bench, record)
