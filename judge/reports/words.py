"""The words and symbols that all reports share. A verdict is a symbol and a word, never a colour alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from judge.grade.result import CheckResult
from judge.suite.engine import Status

SYMBOLS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.NOT_RUN: "○", Status.OUR_FAULT: "⚠"}
WORDS = {
    Status.PASSED: "Passed",
    Status.FAILED: "Not yet",
    Status.NOT_RUN: "Waiting",
    Status.OUR_FAULT: "Not judged",
}

_ORDINARY_START = re.compile(r"(the|a|an|your|its|each|every) ")


def verdict(check: CheckResult) -> str:
    """Symbol and word: "✓ Passed"."""
    return f"{SYMBOLS[check.status]} {WORDS[check.status]}"


def number(points: float) -> str:
    """At most two decimals, none that say nothing: "4", "2.5", "1.33"."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def out_of(points: float, max_points: float) -> str:
    """E.g. "2.67 of 4 points"."""
    return f"{number(points)} of {number(max_points)} point{'' if max_points == 1 else 's'}"


def how_many_passed(checks: Sequence[CheckResult]) -> str:
    """E.g. "2 of 3 checks passed"."""
    passed = sum(check.status is Status.PASSED for check in checks)
    if len(checks) == 1:
        return "the check passed" if passed else "the check has not passed yet"
    if passed == len(checks):
        return "both checks passed" if passed == 2 else f"all {passed} checks passed"
    return f"{passed} of {len(checks)} checks passed"


def sentence(text: str) -> str:
    """The text with a capital letter, where it begins with an ordinary word and not with a name of code."""
    return text[:1].upper() + text[1:] if _ORDINARY_START.match(text) else text


def one_line(text: str) -> str:
    """The text without line breaks, for a cell of a table."""
    return " ".join(text.split())
