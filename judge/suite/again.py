"""Asks again: an answer that is right only the first time, or only in the suite's order, loses its points.

After the suite, checks that passed run once more in the same sandbox, with fresh copies of their inputs and from the
last to the first, so that whatever came before another comes after it: the cheapest of each cell, and more as long as
a tenth of the suite's time lasts. A check that fails then is run up to three times more, and its points are lost if it
fails in one of these too: a right answer that draws noise fails a check about once in a million times, and so twice
practically never. Where a cell has lost one, each of its checks is asked four times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from judge.suite import Check
from judge.suite.expect import CheckFailed
from judge.suite.student import Student

_SHARE = 0.1  # of the time that the suite took
LEAST_SECONDS = 0.5
_TIMES_MORE = 3


@dataclass(frozen=True)
class Passed:
    """A check that passed.

    Attributes:
        check: what is known of it.
        ask: its function.
        seconds: how long it took.
    """

    check: Check
    ask: Callable[[Student], None]
    seconds: float


def fail_again(passed: Mapping[str, Passed], student: Student, suite_seconds: float) -> dict[str, Exception]:
    """What goes wrong when checks are asked again, by name.

    Args:
        passed: the checks that passed, in the order in which they ran.
        student: the submission, in the state in which the suite has left it.
        suite_seconds: how long the whole suite took.
    """
    able = {name: one for name, one in passed.items() if not one.check.once}
    first = set(_affordable(able, max(LEAST_SECONDS, _SHARE * suite_seconds)))
    failed = dict(_failures(able, first, student, suspect=False))
    cells = {able[name].check.cell for name in failed}
    rest = {name for name, one in able.items() if one.check.cell in cells} - failed.keys()
    return failed | dict(_failures(able, rest, student, suspect=True))


def _affordable(able: Mapping[str, Passed], seconds: float) -> Iterator[str]:
    """The cheapest check of each cell, then the cheapest of all until the time is used up."""
    cells: set[str] = set()
    cheapest = sorted(able, key=lambda name: able[name].seconds)
    for name in cheapest:
        if able[name].check.cell not in cells:
            cells.add(able[name].check.cell)
            seconds -= able[name].seconds
            yield name
    for name in cheapest:
        seconds -= able[name].seconds
        if seconds < 0:
            return
        yield name


def _failures(
    able: dict[str, Passed], names: Iterable[str], student: Student, *, suspect: bool
) -> Iterator[tuple[str, Exception]]:
    chosen = set(names)
    for name in [name for name in reversed(able) if name in chosen]:
        failure = _fails(able[name], student, suspect=suspect)
        if student.time_is_up:
            return
        if failure is not None:
            yield name, failure


def _fails(one: Passed, student: Student, *, suspect: bool) -> Exception | None:
    """What is wrong when it is asked again, if that is no chance; a suspect is asked more than once in any case."""
    failures: list[CheckFailed] = []
    for _ in range(1 + _TIMES_MORE):
        failure = failure_of(one.check, one.ask, student)
        if failure is None and not failures and not suspect:
            return None
        if isinstance(failure, CheckFailed):
            failures.append(failure)
        elif failure is not None:
            return failure
        if len(failures) > 1:
            return _explained(failures[0])
        if failure is not None and failure.fatal:
            failure_of(one.check, one.ask, student)  # its sandbox is a new one, which nothing has been asked
    return None


def _explained(failure: CheckFailed) -> CheckFailed:
    return CheckFailed(
        "This passed when it was asked first, and failed when it was asked again with the same inputs: "
        f"{failure.message} An answer must not depend on what was asked before.",
        example=failure.example,
    )


def prepare(student: Student, check: Check) -> None:
    """Begin a check."""
    student.begin_check(check.seconds)
    student.inputs_may_change, student.in_numpy = bool(check.changes_inputs), check.in_numpy


def failure_of(check: Check, ask: Callable[[Student], None], student: Student) -> Exception | None:
    """What goes wrong when a check is asked, or None."""
    prepare(student, check)
    try:
        ask(student)
    except Exception as error:  # one that is no CheckFailed is the suite's
        return error
    return None
