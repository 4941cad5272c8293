"""What a student should mend first, and what then follows by itself."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from judge.engine import Status
from judge.reports.lines import hole_of, line_in
from judge.result import CheckResult, Result

_HEADING = re.compile(r"^ {0,3}#{1,4}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_MARKS = re.compile(r"[$`*]")
_NOT_WRITTEN = "it still raises ToImplement"  # so `judge.student.explain` says it


@dataclass(frozen=True)
class First:
    """The failed check to begin with.

    Attributes:
        check: the check.
        line: the student's own line that it is about, or "".
        waiting: the checks that wait for it.
    """

    check: CheckResult
    line: str
    waiting: tuple[CheckResult, ...]


def is_open(check: CheckResult) -> bool:
    """Whether a check failed because its hole is not written yet: not attempted, which is not wrong."""
    return check.status is Status.FAILED and _NOT_WRITTEN in check.message


def waiting_by_cause(result: Result) -> dict[str, tuple[CheckResult, ...]]:
    """The waiting checks by the name of the failed check that each of them waits for, in the end."""
    checks = {check.name: check for check in result.checks}
    causes: dict[str, list[CheckResult]] = defaultdict(list)
    for check in result.checks_with(Status.NOT_RUN):
        cause: CheckResult | None = check
        while cause is not None and cause.status is Status.NOT_RUN:  # a check needs earlier ones only
            needs = (checks[name] for name in cause.needs if name in checks)
            cause = next((need for need in needs if need.status is not Status.PASSED), None)
        if cause is not None:
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
    lines = answer[1].split("\n") if answer else [""]
    return First(check, lines[line_in(check, lines)].strip(), causes.get(check.name, ()))


def titles_of(lesson: Any) -> dict[str, str]:
    """The heading above each cell with a grade_id, by grade_id; later tests under one heading are its parts.

    Args:
        lesson: the released notebook, so that no heading of a student's is among them.
    """
    titles, heading = {}, ""
    parts: Counter[str] = Counter()
    for cell in lesson.cells:
        if cell.cell_type == "markdown" and (found := _HEADING.findall(cell.source)):
            heading = _MARKS.sub("", found[-1])
        about = cell.metadata.get("nbgrader", {})
        if grade_id := about.get("grade_id"):
            parts[heading] += bool(about.get("grade"))
            part = f", part {parts[heading]}" if heading and about.get("grade") and parts[heading] > 1 else ""
            titles[str(grade_id)] = f"{heading}{part}" or str(grade_id)
    return titles
