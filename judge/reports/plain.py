"""Results as plain text: for the terminal of the student who has just pushed their work.

What is not yet right comes first, each cause once; what has passed or waits is counted; the score comes last,
where the eye is when the command ends.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from judge.grade.result import FAULT_FOR_STUDENTS, CheckResult, Result
from judge.reports.words import SYMBOLS, one_line, out_of, sentence
from judge.suite.engine import Status

WIDTH = 78
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, directions, halves of characters
_OPEN = re.compile(r"(`[^`]+`) is not written yet\b")
_NAME = re.compile(r"^`[^`]*` ")
_MOST_IN_COLUMN = 12  # open holes that have a line each


def printable(text: str) -> str:
    """The text with every character that a terminal could obey, or that hides others, shown as its escape.

    Line ends and tabs stay: "\\x1b[2J" becomes the characters `\\`, `x`, `1`, `b` and so on.
    """
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) not in _HIDDEN else _escaped(char) for char in text
    )


def _escaped(char: str) -> str:
    if "\udc80" <= char <= "\udcff":  # a byte of a file's name that is no UTF-8
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode()


def plain_text(results: Sequence[Result]) -> str:
    """Notes, what is not yet right and why, and in the last line the score. Nothing of ours is in it."""
    results = [result.for_student() for result in results]
    blocks = ["\n".join(lines) for result in results if (lines := list(_body(result)))]
    scores = [_score(result) for result in results]
    if len(results) > 1 and all(result.is_judged for result in results):
        points, most = (sum(values) for values in zip(*((r.points, r.max_points) for r in results), strict=True))
        scores.append(f"all {len(results)} notebooks: {out_of(points, most)}")
    return printable("\n\n".join([*blocks, "\n".join(scores)]) + "\n")


def _score(result: Result) -> str:
    title = f"{result.exercise}, {result.notebook}"
    if not result.is_judged:
        return "\n".join(textwrap.wrap(f"{title}: {FAULT_FOR_STUDENTS}", WIDTH))
    return f"{title}: {out_of(result.points, result.max_points)} (graded {one_line(result.graded)})"


def _body(result: Result) -> Iterator[str]:
    notes = [f"note: {one_line(note)}" for note in result.notes]
    for note in notes:
        yield from textwrap.wrap(note, WIDTH, subsequent_indent="  ")
    if not result.is_judged:
        return
    failed = result.checks_with(Status.FAILED)
    still_open = [check for check in failed if _OPEN.match(check.message)]
    for checks in _by_cause([check for check in failed if check not in still_open]):
        yield from _cause(checks)
    yield from _not_written(still_open)
    yield from _counted(result)


def _by_cause(failed: Sequence[CheckResult]) -> list[list[CheckResult]]:
    """Checks that failed for one reason, together; the same reason under another name is the same."""
    found: dict[tuple[str, str], list[CheckResult]] = {}
    for check in failed:
        found.setdefault((_NAME.sub("", check.message), check.hint), []).append(check)
    return list(found.values())


def _cause(checks: Sequence[CheckResult]) -> Iterator[str]:
    """The first of these checks in full, and how many more failed for its reason."""
    first = checks[0]
    yield from _wrapped(f"{SYMBOLS[Status.FAILED]} {one_line(first.says)}", indent=2)
    for line in sentence(first.message).split("\n"):
        yield from _wrapped(f"    {line}")
    if first.example:
        yield "    What shows it:"
        for line in first.example.split("\n"):
            yield from _wrapped(f"        {line}")
    yield from _wrapped(f"    A likely reason: {one_line(first.hint)}") if first.hint else ()
    yield from _wrapped(f"    Read again: {one_line(first.read_again)}") if first.read_again else ()
    if len(checks) > 1:
        others = "another check" if len(checks) == 2 else f"{len(checks) - 1} other checks"
        yield f"    For the same reason {others} did not pass."


def _not_written(checks: Sequence[CheckResult]) -> Iterator[str]:
    """The holes that can be written now, by name: what is not written needs no explanation."""
    holes: dict[str, str] = {}
    for check in checks:
        if match := _OPEN.match(check.message):
            holes.setdefault(match[1], check.read_again)
    if not holes:
        return
    yield f"{SYMBOLS[Status.FAILED]} Not written yet (it still raises ToImplement):"
    if len(holes) <= _MOST_IN_COLUMN:
        for name, where in holes.items():
            yield from _wrapped(f"    {name}" + (f", {one_line(where)}" if where else ""))
    else:
        yield from _wrapped("    " + ", ".join(holes))


def _counted(result: Result) -> Iterator[str]:
    passed, waiting = (len(result.checks_with(status)) for status in (Status.PASSED, Status.NOT_RUN))
    words = f"{SYMBOLS[Status.PASSED]} {passed} of {len(result.checks)} checks passed"
    if waiting:
        wait = "1 waits" if waiting == 1 else f"{waiting} wait"
        words += f"   {SYMBOLS[Status.NOT_RUN]} {wait} until what they need has passed"
    yield words


def _wrapped(line: str, indent: int = 0) -> list[str]:
    """The line itself if it fits: the columns of a small array stay columns."""
    if len(line) <= WIDTH:
        return [line]
    start = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line.strip(), WIDTH, initial_indent=start, subsequent_indent=start + " " * indent)
