"""Everything a suite imports: `from judge.suite import Student, agree, check, ...`.

A suite is a pytest module, `graders/<exercise>/test_<notebook>.py`, whose test functions carry `@check`
and take a `student`. It holds what is right; it is never shown to a student.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from judge.expect import (
    Array,
    CheckFailed,
    Mistake,
    agree,
    expect,
    expect_array,
    expect_pair,
    for_all,
    is_same,
)
from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, Raised, Returned, TimedOut, TooMuchOutput
from judge.student import Gradients, Remote, Student, unwrap

__all__ = [
    "Array", "Check", "CheckFailed", "Died", "Gradients", "Mistake", "OutOfMemory", "Outcome", "Raised",
    "Remote", "Returned", "Student", "TimedOut", "TooMuchOutput", "agree", "check", "expect", "expect_array",
    "expect_pair", "for_all", "is_same", "unwrap",
]  # fmt: skip

CheckFunction = TypeVar("CheckFunction", bound=Callable[..., None])


@dataclass(frozen=True)
class Check:
    """What is known of a check without running it.

    Attributes:
        cell: grade_id of the cell whose points it shares.
        says: the sentence a student reads, a statement of fact ("The KL is zero at the prior.").
        weight: its share of the cell's points, relative to the cell's other checks.
        needs: names of the earlier checks that must have passed.
        seconds: its time budget.
        read_again: where to read about it, e.g. "equation (4) of the lesson".
    """

    cell: str
    says: str
    weight: float
    needs: tuple[str, ...]
    seconds: float
    read_again: str


def check(
    *,
    cell: str,
    says: str,
    weight: float = 1.0,
    needs: Sequence[Callable[..., None]] = (),
    seconds: float = 30.0,
    read_again: str = "",
) -> Callable[[CheckFunction], CheckFunction]:
    """Make a test function a check; see `Check` for the arguments.

    Raises:
        ValueError: if a weight or budget is not positive, or a needed function is no check.
    """
    if weight <= 0 or seconds <= 0:
        raise ValueError(f"weight and seconds must be positive: received {weight} and {seconds}")
    for needed in needs:
        if not isinstance(getattr(needed, "check", None), Check):
            raise ValueError(f"needs lists {needed!r}, which is not a check; decorate it with @check")
    names = tuple(needed.__name__ for needed in needs)
    info = Check(cell, says, weight, names, seconds, read_again)

    def attach(function: CheckFunction) -> CheckFunction:
        function.check = info  # type: ignore[attr-defined]
        return function

    return attach
