"""One submission's result as plain text: for the terminal of the student who has just pushed it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from judge.engine import Status
from judge.reports.feedback import cell_text
from judge.reports.words import out_of
from judge.result import FAULT_FOR_STUDENTS, Result

WIDTH = 78


def plain_text(result: Result) -> str:
    """The score, notes, and under each cell that is not yet right what is missing. Nothing of ours is in it."""
    return "\n".join(_lines(result.for_student())) + "\n"


def _lines(result: Result) -> Iterator[str]:
    title = f"{result.exercise}, {result.notebook}"
    if not result.is_judged:
        yield from textwrap.wrap(f"{title}: {FAULT_FOR_STUDENTS}", WIDTH)
        return
    yield f"{title}: {out_of(result.points, result.max_points)} (graded {result.graded})"
    for note in result.notes:
        yield from textwrap.wrap(f"note: {note}", WIDTH, subsequent_indent="  ")
    for cell in result.cells:
        if {check.status for check in result.checks_of(cell.grade_id)} == {Status.PASSED}:
            yield f"  ✓ {cell.grade_id}: {out_of(cell.points, cell.max_points)}"
            continue
        yield ""
        yield f"  {cell.grade_id}"
        for line in cell_text(result, cell.grade_id).split("\n"):
            yield from _wrapped("  " + line)


def _wrapped(line: str) -> list[str]:
    """The line itself if it fits: the columns of a small array stay columns."""
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent)
