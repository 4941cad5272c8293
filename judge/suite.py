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
    Misconception,
    agree,
    expect,
    expect_array,
    expect_pair,
    for_all,
    is_same,
)
from judge.networks import build_optimizer, layer, linear_network, stack
from judge.noise import (
    SAME_FOR_ENTRIES,
    SAME_FOR_EXAMPLES,
    alignment,
    alignment_limit,
    distance_limit,
    distance_to,
    distance_to_normal,
    expect_fresh,
    expect_standard_normal,
)
from judge.objects import (
    call_in_numpy,
    expect_all_reached,
    expect_gradient,
    expect_object,
    expect_same_weights,
    expect_shape,
    expect_twin,
    flat,
    from_config,
    holds_objects,
    make,
    outputs,
    set_weights,
    statistics_of,
    trainable_weights_of,
    weights_of,
)
from judge.reference import Digits, digits, numerical_gradient, random_images, sigmoid
from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, Raised, Returned, TimedOut, TooMuchOutput
from judge.student import Gradients, Remote, Student, unwrap

__all__ = [
    "SAME_FOR_ENTRIES", "SAME_FOR_EXAMPLES", "Array", "Check", "CheckFailed", "Died", "Digits", "Gradients",
    "Misconception", "OutOfMemory", "Outcome", "Raised", "Remote", "Returned", "Student", "TimedOut",
    "TooMuchOutput", "agree", "alignment", "alignment_limit", "build_optimizer", "call_in_numpy", "check", "digits",
    "distance_limit", "distance_to", "distance_to_normal", "expect", "expect_all_reached", "expect_array",
    "expect_fresh", "expect_gradient", "expect_object", "expect_pair", "expect_same_weights",
    "expect_shape", "expect_standard_normal", "expect_twin", "flat", "for_all", "from_config",
    "holds_objects", "is_same", "layer", "linear_network", "make", "numerical_gradient", "outputs", "random_images",
    "set_weights", "sigmoid", "stack", "statistics_of", "trainable_weights_of", "unwrap", "weights_of",
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
