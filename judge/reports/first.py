"""What a student should mend first, and what then follows by itself."""

from __future__ import annotations

import ast
import re
import textwrap
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from judge.grade.result import CheckResult, Result
from judge.reports.lines import hole_of, line_in
from judge.suite.engine import Status
from judge.suite.student import NOT_WRITTEN

_HEADING = re.compile(r"^ {0,3}#{1,4}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_MARKS = re.compile(r"[$`*]")
_WORTH = re.compile(r" \([\d.]+ points?(, about \d+ minutes)?\)$")  # a heading's, no part of the section's name
_MOST_LINES = 6  # of a student's code that the head of a page quotes


@dataclass(frozen=True)
class First:
    """The failed check to begin with.

    Attributes:
        check: the check.
        code: the student's own line or lines that it is about, or "".
        waiting: the checks that wait for it.
    """

    check: CheckResult
    code: str
    waiting: tuple[CheckResult, ...]


def is_open(check: CheckResult) -> bool:
    """Whether a check failed because its hole is not written yet: not attempted, which is not wrong."""
    return check.status is Status.FAILED and NOT_WRITTEN in check.message


def cause_of(check: CheckResult, result: Result) -> CheckResult | None:
    """The check that a waiting one waits for in the end, which waits for none itself; None if it is not known."""
    checks = {one.name: one for one in result.checks}
    cause: CheckResult | None = check
    while cause is not None and cause.status is Status.NOT_RUN:  # a check needs earlier ones only
        needs = (checks[name] for name in cause.needs if name in checks)
        cause = next((need for need in needs if need.status is not Status.PASSED), None)
    return cause


def waiting_by_cause(result: Result) -> dict[str, tuple[CheckResult, ...]]:
    """The waiting checks by the name of the failed check that each of them waits for, in the end."""
    causes: dict[str, list[CheckResult]] = defaultdict(list)
    for check in result.checks_with(Status.NOT_RUN):
        if cause := cause_of(check, result):
            causes[cause.name].append(check)
    return {name: tuple(waiting) for name, waiting in causes.items()}


def first_of(result: Result, notebook: Any) -> First | None:
    """The failed check to mend first: wrong before not written, then what holds up most, then the first.

    Args:
        result: the verdicts.
        notebook: the notebook that was graded.
    """
    causes = waiting_by_cause(result)
    failed = result.checks_with(Status.FAILED)
    if not failed:
        return None
    check = min(failed, key=lambda check: (is_open(check), -len(causes.get(check.name, ()))))
    answer = hole_of(check.cell, notebook)
    code = own_code(answer[1], line_in(check, answer[1].split("\n"))) if answer else ""
    return First(check, code, causes.get(check.name, ()))


def own_code(source: str, line: int) -> str:
    """The line of an answer; of a function's first line what the student wrote below it, or what it returns.

    Args:
        source: the answer.
        line: the index of a line in it.
    """
    lines = source.split("\n")
    try:
        found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return lines[line].strip()
    body = next((node.body for node in found if node.lineno == line + 1), [])
    if len(body) > 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]  # without its docstring
    if not body:
        return lines[line].strip()
    last = body[-1].end_lineno or body[-1].lineno
    short = last - body[0].lineno < _MOST_LINES or not isinstance(body[-1], ast.Return)
    start = body[0].lineno if short else body[-1].lineno
    return textwrap.dedent("\n".join(lines[start - 1 : min(last, start - 1 + _MOST_LINES)]))


def titles_of(lesson: Any) -> dict[str, str]:
    """The heading above each cell with a grade_id, by grade_id; later tests under one heading are its parts.

    Args:
        lesson: the released notebook, so that no heading of a student's is among them.
    """
    titles, heading = {}, ""
    parts: Counter[str] = Counter()
    for cell in lesson.cells:
        if cell.cell_type == "markdown" and (found := _HEADING.findall(cell.source)):
            heading = _MARKS.sub("", _WORTH.sub("", found[-1]))
        about = cell.metadata.get("nbgrader", {})
        if grade_id := about.get("grade_id"):
            parts[heading] += bool(about.get("grade"))
            part = f", part {parts[heading]}" if heading and about.get("grade") and parts[heading] > 1 else ""
            titles[str(grade_id)] = f"{heading}{part}" or str(grade_id)
    return titles
