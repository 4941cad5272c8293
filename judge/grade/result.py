"""The result of grading one notebook: one object, one versioned JSON form (docs/results.md).

Points are given here and nowhere else. A notebook is either judged as a whole or not at all: as soon as
one check is our fault, no cell has points, and whoever writes the gradebook must leave it alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from judge.grade import result_json
from judge.grade.result_json import LINE, MOST_ITEMS, ResultError, clean
from judge.suite.engine import Status, Verdict

__all__ = ["CellScore", "CheckResult", "Result", "ResultError", "make_result"]

JUDGED, OUR_FAULT = "judged", "our_fault"
FAULT_FOR_STUDENTS = (
    "The judge could not judge this; this is our fault, no points were lost; your instructor has been told."
)


@dataclass(frozen=True)
class CheckResult:
    """What became of one check.

    Attributes:
        name: the check's function name.
        cell: grade_id of the cell whose points it shares.
        says: the sentence a student reads.
        status: the verdict.
        points: `max_points` if it passed and the notebook was judged, else 0; not rounded.
        max_points: its share of the cell's points.
        message: why; for `our_fault` a traceback, which only instructors may see.
        example: the smallest failing input, or "".
        misconception: the name of the recognised mistake, or "".
        hint: what a student who made it should read, or "".
        read_again: where to read about it, or "".
        seconds: how long it took.
        needs: names of the earlier checks without which it is not run.
    """

    name: str
    cell: str
    says: str
    status: Status
    points: float
    max_points: float
    message: str = ""
    example: str = ""
    misconception: str = ""
    hint: str = ""
    read_again: str = ""
    seconds: float = 0.0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellScore:
    """The points of one autograded cell, rounded to two decimals."""

    grade_id: str
    points: float
    max_points: float


@dataclass(frozen=True)
class Result:
    """What the judge says of one notebook.

    Attributes:
        exercise: e.g. "ex03_vae".
        notebook: e.g. "vae".
        student: the gradebook's student id, or "".
        graded: which file was graded, e.g. "vae.ipynb".
        state: "judged", or "our_fault": then every number of points is 0 and means nothing.
        checks: in the suite's order.
        cells: every autograded cell, in the notebook's order.
        notes: sentences about the submission, for the student too.
        walls: the walls that were in force.
        seconds: how long grading took.
        suite_hash: which version of the suite judged.
        fault: what went wrong outside of any check, for the instructor, or "".
        warning: why nothing of the work was read, so that its 0 points are no ordinary ones, or "".
    """

    exercise: str
    notebook: str
    student: str
    graded: str
    state: str
    checks: tuple[CheckResult, ...]
    cells: tuple[CellScore, ...]
    notes: tuple[str, ...]
    walls: tuple[str, ...]
    seconds: float
    suite_hash: str
    fault: str = ""
    warning: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether the points mean anything."""
        return self.state == JUDGED

    @property
    def points(self) -> float:
        """Points of all cells."""
        return round(math.fsum(cell.points for cell in self.cells), 2)

    @property
    def max_points(self) -> float:
        """Points that can be had."""
        return round(math.fsum(cell.max_points for cell in self.cells), 2)

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """Names of the mistakes that were recognised, each once."""
        return tuple(dict.fromkeys(check.misconception for check in self.checks if check.misconception))

    def checks_with(self, status: Status) -> tuple[CheckResult, ...]:
        """The checks with this verdict."""
        return tuple(check for check in self.checks if check.status is status)

    def checks_of(self, grade_id: str) -> tuple[CheckResult, ...]:
        """The checks that share the points of one cell."""
        return tuple(check for check in self.checks if check.cell == grade_id)

    def cell(self, grade_id: str) -> CellScore:
        """The score of one cell.

        Raises:
            KeyError: if the notebook has no such autograded cell.
        """
        return {cell.grade_id: cell for cell in self.cells}[grade_id]

    def for_student(self) -> Result:
        """The same result without anything of ours that went wrong in it: safe to show to its student."""
        if self.is_judged:
            return self
        checks = tuple(
            replace(check, message=FAULT_FOR_STUDENTS) if check.status is Status.OUR_FAULT else check
            for check in self.checks
        )
        return replace(self, checks=checks, fault="")

    def to_json(self) -> str:
        """The result as versioned JSON (docs/results.md).

        Raises:
            ResultError: if it does not fit the schema.
        """
        return result_json.write(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read what `to_json` wrote.

        Raises:
            ResultError: if the text is not JSON, is of another version, or does not fit the schema.
        """
        document = result_json.read(text)
        checks = (
            CheckResult(**check | {"status": Status(check["status"]), "needs": tuple(check.get("needs", ()))})
            for check in document["checks"]
        )
        cells = (CellScore(**cell) for cell in document["cells"])
        lists = {"checks": tuple(checks), "cells": tuple(cells)}
        return cls(**document | lists | {name: tuple(document[name]) for name in ("notes", "walls")})


def make_result(
    *,
    exercise: str,
    notebook: str,
    student: str,
    graded: str,
    verdicts: Sequence[Verdict],
    cell_points: Mapping[str, float],
    notes: Iterable[str] = (),
    walls: Iterable[str] = (),
    seconds: float = 0.0,
    suite_hash: str = "",
    fault: str = "",
    warning: str = "",
) -> Result:
    """Give points for verdicts.

    A check is worth its cell's points times its weight over the weights of the cell's checks. A cell has
    what its passed checks are worth, rounded to two decimals; all passed is exactly its points.

    Args:
        exercise, notebook, student, graded, notes, walls, seconds, suite_hash, warning: see `Result`.
        verdicts: one for each check, in the suite's order.
        cell_points: the points of each autograded cell, by grade_id, in the notebook's order.
        fault: why nothing could be judged (say, the suite is broken); then `verdicts` may be empty.

    Raises:
        ResultError: if checks and cells do not belong together: our fault.
    """
    shares = _shares(verdicts, cell_points, complete=not fault)
    is_fault = bool(fault) or any(v.status is Status.OUR_FAULT for v in verdicts)
    checks = tuple(_check_result(v, shares[v.name], is_fault) for v in verdicts)
    return Result(
        exercise=clean(exercise, LINE),
        notebook=clean(notebook, LINE),
        student=clean(student, LINE),
        graded=clean(graded, LINE),
        state=OUR_FAULT if is_fault else JUDGED,
        checks=checks,
        cells=tuple(_cell_score(name, points, checks) for name, points in cell_points.items()),
        notes=tuple(clean(note) for note in notes)[:MOST_ITEMS],
        walls=tuple(clean(wall, LINE) for wall in walls)[:MOST_ITEMS],
        seconds=float(seconds),
        suite_hash=clean(suite_hash, LINE),
        fault=clean(fault),
        warning=clean(warning),
    )


def _shares(verdicts: Sequence[Verdict], cell_points: Mapping[str, float], *, complete: bool) -> dict[str, float]:
    """What each check is worth, by its name; `complete` asks that every cell has a check."""
    if len({verdict.name for verdict in verdicts}) != len(verdicts):
        raise ResultError("Two checks of the suite have the same name: give each function its own.")
    for name, points in cell_points.items():
        if not (math.isfinite(points) and points >= 0):
            raise ResultError(f"The cell {name!r} must have 0 or more points: received {points}.")
    weights: dict[str, float] = dict.fromkeys(cell_points, 0.0)
    for verdict in verdicts:
        if verdict.check.cell not in weights:
            expected = ", ".join(cell_points) or "none, since no cell has points"
            raise ResultError(
                f"The check {verdict.name!r} names the cell {verdict.check.cell!r}, which is no autograded "
                f"cell of the notebook: expected one of {expected}. Correct its @check(cell=...)."
            )
        weights[verdict.check.cell] += verdict.check.weight
    unjudged = ", ".join(name for name, weight in weights.items() if weight == 0)
    if unjudged and complete:
        raise ResultError(
            f"No check judges the cell {unjudged}: every autograded cell needs at least one. "
            "Write it in the suite, or take the cell's points away in the lesson."
        )
    return {v.name: cell_points[v.check.cell] * (v.check.weight / weights[v.check.cell]) for v in verdicts}


def _check_result(verdict: Verdict, worth: float, is_fault: bool) -> CheckResult:
    passed = verdict.status is Status.PASSED and not is_fault
    return CheckResult(
        name=clean(verdict.name, LINE),
        cell=clean(verdict.check.cell, LINE),
        says=clean(verdict.check.says),
        status=verdict.status,
        points=worth if passed else 0.0,
        max_points=worth,
        message=clean(verdict.message),
        example=clean(verdict.example),
        misconception=clean(verdict.mistake, LINE),
        hint=clean(verdict.hint),
        read_again=clean(verdict.check.read_again),
        seconds=float(verdict.seconds),
        needs=tuple(clean(name, LINE) for name in verdict.check.needs)[:MOST_ITEMS],
    )


def _cell_score(name: str, points: float, checks: Sequence[CheckResult]) -> CellScore:
    mine = [check for check in checks if check.cell == name]
    points = float(points)
    if mine and all(check.points == check.max_points and check.status is Status.PASSED for check in mine):
        return CellScore(name, points, points)
    return CellScore(name, min(points, round(math.fsum(check.points for check in mine), 2)), points)
