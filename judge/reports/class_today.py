"""What to say to the class today: who is wrong where, told apart from who has not begun and who only waits."""

from __future__ import annotations

from collections import Counter

from judge.grade.result import Result
from judge.reports.class_numbers import ClassNumbers
from judge.reports.class_tables import in_order
from judge.reports.first import is_open, waiting_by_cause
from judge.suite.engine import Status

SYMBOLS = {"right": "✓", "wrong": "✗", "not attempted": "–", "waiting": "○"}


def hole_state(result: Result, cell: str) -> str:
    """One of `SYMBOLS`: wrong before not attempted before waiting."""
    checks = result.checks_of(cell)
    failed = [check for check in checks if check.status is Status.FAILED]
    if any(not is_open(check) for check in failed):
        return "wrong"
    if failed:
        return "not attempted"
    return "waiting" if any(check.status is Status.NOT_RUN for check in checks) else "right"


def hole_grid(numbers: ClassNumbers) -> list[tuple[str, list[str]]]:
    """For each judged student the state of each hole, in the order of the lesson; "" where there is none."""
    rows = []
    for student in numbers.judged:
        has = {(r.notebook, c.grade_id): hole_state(r, c.grade_id) for r in student.results for c in r.cells}
        rows.append((student.student, [has.get((row.notebook, row.cell), "") for row in in_order(numbers)]))
    return rows


def held_up(numbers: ClassNumbers) -> Counter[tuple[str, str]]:
    """How many checks, over the class, wait in the end for each hole; by notebook and cell."""
    counts: Counter[tuple[str, str]] = Counter()
    for result in (result for student in numbers.judged for result in student.results):
        cells = {check.name: check.cell for check in result.checks}
        for name, waiting in waiting_by_cause(result).items():
            counts[result.notebook, cells[name]] += len(waiting)
    return counts


def who_needs_help(numbers: ClassNumbers) -> dict[str, list[str]]:
    """Who has less than half of the points, fewest first: those who tried, and those who have not begun."""
    tried: list[str] = []
    idle: list[str] = []
    states = dict(hole_grid(numbers))
    for row in sorted(numbers.judged, key=lambda row: row.percent):
        if row.percent < 50:
            (tried if {"wrong", "right"} & set(states[row.student]) else idle).append(row.student)
    return {"Need help": tried, "Have not begun": idle}
