"""The class report's numbers as CSV, for a spreadsheet or a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from judge.reports.class_numbers import CellRow, ClassNumbers
from judge.suite.engine import Status


def students_csv(numbers: ClassNumbers) -> str:
    """One line per student: points in all, per hole, failed checks, recognised mistakes, seconds."""
    cells = list(dict.fromkeys((row.notebook, row.cell) for row in in_order(numbers)))
    lines: list[list[object]] = [
        ["student", "points", "max_points", "percent", *(f"{n}/{c}" for n, c in cells),
         "failed_checks", "recognised_mistakes", "grading_seconds"]
    ]  # fmt: skip
    for row in numbers.students:
        scores = {(r.notebook, c.grade_id): c.points for r in row.results for c in r.cells}
        failed = [c.name for r in row.results for c in r.checks_with(Status.FAILED)]
        has = [row.points, row.max_points, round(row.percent, 1), *(scores.get(cell, "") for cell in cells)]
        why_not = "not read" if row.warning else "" if row.is_judged else "not judged"
        lines.append([row.student, *([why_not, *[""] * (len(has) - 1)] if why_not else has),
                      " ".join(failed), " ".join(row.misconceptions), round(row.seconds, 1)])  # fmt: skip
    return _csv(lines)


def checks_csv(numbers: ClassNumbers) -> str:
    """One line per check: how many failed it, how many waited for another, recognised mistakes."""
    lines: list[list[object]] = [
        ["notebook", "cell", "check", "says", "failed", "waiting", "judged", "recognised_mistakes"]
    ]
    for row in numbers.checks:
        mistakes = " ".join(f"{name}:{count}" for name, count in row.mistakes)
        lines.append([row.notebook, row.cell, row.name, row.says, len(row.failed), row.waiting, row.judged, mistakes])
    return _csv(lines)


def in_order(numbers: ClassNumbers) -> list[CellRow]:
    """The holes in the notebook's order."""
    order = {(r.notebook, c.grade_id): i for row in numbers.judged for r in row.results
             for i, c in enumerate(r.cells)}  # fmt: skip
    return sorted(numbers.cells, key=lambda row: (row.notebook, order[row.notebook, row.cell]))


def _csv(lines: Sequence[Sequence[object]]) -> str:
    """Spreadsheets run what begins with =, +, - or @; an apostrophe makes it text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for line in lines:
        writer.writerow(f"'{v}" if isinstance(v, str) and v[:1] in tuple("=+-@") else v for v in line)
    return out.getvalue()
