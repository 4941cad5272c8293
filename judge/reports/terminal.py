"""Tables for the instructor's terminal, drawn by rich. A student's text is never read as rich markup."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from judge.grade.result import CheckResult, Result
from judge.reports.words import SYMBOLS, number, one_line, out_of, verdict
from judge.suite.engine import Status

_STYLES = {
    Status.PASSED: "green",
    Status.FAILED: "red",
    Status.NOT_RUN: "dim",
    Status.OUR_FAULT: "bold yellow",
}
_COUNTED = (Status.PASSED, Status.FAILED, Status.NOT_RUN)


def score_table(results: Iterable[Result]) -> Table:
    """One line per graded notebook: who, how many points, how many checks passed ✓, failed ✗ and waited ○.

    The names of the failed checks are in `details`: an untouched notebook fails too many for a table.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student", overflow="fold", min_width=12)  # a long id must not cost the other columns
    table.add_column("Notebook", overflow="fold")
    for heading in ("Points", *(SYMBOLS[status] for status in _COUNTED)):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Recognised mistakes", overflow="fold")
    table.add_column("s", justify="right", no_wrap=True)
    for result in results:
        table.add_row(*_row(result))
    return table


def _row(result: Result) -> list[RenderableType]:
    counts = [str(len(result.checks_with(s))) for s in _COUNTED]
    fault = Text(f"{SYMBOLS[Status.OUR_FAULT]} our fault", "bold yellow")
    points = Text(f"{number(result.points)} / {number(result.max_points)}") if result.is_judged else fault
    if result.warning:
        points = Text(f"{SYMBOLS[Status.OUR_FAULT]} not read", "bold yellow")
    return [
        _text(result.student or "–"),
        _text(result.notebook),
        points,
        *map(Text, counts),
        _text(", ".join(result.misconceptions)),
        Text(f"{result.seconds:.1f}"),
    ]


def details(result: Result) -> RenderableType:
    """Everything about one result, tracebacks of ours included: for the instructor only."""
    who = f"{result.student}: " if result.student else ""
    score = out_of(result.points, result.max_points) if result.is_judged else "not judged: our fault"
    parts: list[RenderableType] = [
        Text(f"{who}{result.exercise}/{result.notebook}, {score}", "bold"),
        Text(f"graded {result.graded} in {result.seconds:.1f} s; walls: {', '.join(result.walls) or 'NONE'}"),
        *(_text(f"note: {note}") for note in result.notes),
    ]
    if result.fault:
        parts += [Text("what went wrong in the judge:", "bold yellow"), Padding(Text(result.fault), (0, 4))]
    for check in result.checks:
        parts += _check(check, judged=result.is_judged)
    return Group(*parts)


def _check(check: CheckResult, *, judged: bool) -> list[RenderableType]:
    points = f"{number(check.points)} / {number(check.max_points)}" if judged else "–"
    title = Text(f"{verdict(check):<12}", _STYLES[check.status])
    title.append(f"  {points:>9}  {one_line(check.says)} ", "default not dim not bold")
    title.append(f"[{check.cell}: {check.name}, {check.seconds:.1f} s]", "dim default not bold")
    mistake = f"{check.misconception}: {check.hint}" if check.misconception else check.hint
    rest = [check.message, check.example, mistake]
    return [title, *(Padding(Text(text), (0, 4)) for text in rest if text)]


def _text(text: str) -> Text:
    return Text(one_line(text))
