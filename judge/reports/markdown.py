"""A Markdown summary, as GitHub shows it beside a workflow run and GitLab in a merge request."""

from __future__ import annotations

import re
from collections.abc import Iterable

from judge.grade.result import FAULT_FOR_STUDENTS, CheckResult, Result
from judge.reports.words import number, one_line, out_of, sentence, verdict
from judge.suite.engine import Status

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$&]|:(?=//)|^[-+=])")
_BAR = re.compile(r"(?<!\\)\|")  # ends a cell of a table, in code too
_CODE = re.compile(r"(`[^`\n]+`)")


def markdown_summary(results: Iterable[Result]) -> str:
    """One section per notebook. It holds nothing that students may not see, and no live markup of theirs."""
    return "\n".join(_section(result.for_student()) for result in results)


def _section(result: Result) -> str:
    who = f" ({_escape(result.student)})" if result.student else ""
    score = out_of(result.points, result.max_points) if result.is_judged else "not judged"
    lines = [f"## {_escape(result.exercise)}, {_escape(result.notebook)}{who}: {score}", ""]
    if not result.is_judged:
        lines += [f"⚠ {FAULT_FOR_STUDENTS}", ""]
    lines += [f"- {_escape(note)}" for note in result.notes]
    lines += [""] if result.notes else []
    if result.checks:
        lines += ["| | Check | Points |", "|---|---|---:|"]
        lines += [_row(check, judged=result.is_judged) for check in result.checks]
    for check in result.checks_with(Status.FAILED):
        lines += ["", *_explanation(check)]
    return "\n".join(lines) + "\n"


def _row(check: CheckResult, *, judged: bool) -> str:
    points = f"{number(check.points)} / {number(check.max_points)}" if judged else "–"
    says = _BAR.sub(r"\\|", _escape(check.says))
    return f"| {verdict(check).replace(' ', '&nbsp;')} | {says} | {points} |"


def _explanation(check: CheckResult) -> list[str]:
    lines = [f"### {_escape(check.says)}", "", _escape(sentence(check.message))]
    if check.example:
        lines += ["", "What shows it:", "", _block(check.example)]
    if check.hint:
        lines += ["", f"> **A likely reason:** {_escape(check.hint)}"]
    if check.read_again:
        lines += ["", f"*Read again:* {_escape(check.read_again)}"]
    return lines


def _block(text: str) -> str:
    """Code, indented rather than fenced: no text can end an indented block but a line without indent."""
    return "\n".join("    " + line for line in text.splitlines())


def _escape(text: str) -> str:
    """One line in which nothing is markup but code in backticks: no HTML, no link, no mention of anyone."""
    parts = _CODE.split(one_line(text))
    return "".join(part if _CODE.fullmatch(part) else _escape_words(part) for part in parts)


def _escape_words(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("@", "@\u200b")
