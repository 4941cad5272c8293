"""Which input a failed check is about, where its author did not say: the student's call whose answer was wrong."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from judge.sandbox.outcomes import Outcome, Raised, Returned
from judge.suite.expect import CheckFailed, describe, show
from judge.suite.first_cause import NotThere

_MOST_OF_ONE = 100  # characters of one argument
_MOST_IN_A_LINE = 90
_MOST_PARTS = 64  # of an answer that are looked at, which may hold millions
_FEW = 12  # numbers, of which `show` leaves out none


@dataclass(frozen=True)
class Asked:
    """A call of the student's code.

    Attributes:
        name: the function, or the type and method.
        args, kwargs: what it was given.
        outcome: what became of it.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outcome: Outcome


def shown_input(asked: Asked | None, failure: CheckFailed) -> str:
    """The call as a student would write it; "" where it is not certain that the failure is about its answer."""
    if asked is None or not (asked.args or asked.kwargs) or not _is_about(failure, asked.outcome):
        return ""
    given = [_shown(value) for value in asked.args]
    given += [f"{name}={_shown(value)}" for name, value in asked.kwargs.items()]
    line = f"{asked.name}({', '.join(given)})"
    if len(line) <= _MOST_IN_A_LINE:
        return line
    return "\n".join([f"{asked.name}(", *(f"    {argument}," for argument in given), ")"])


def _is_about(failure: CheckFailed, outcome: Outcome) -> bool:
    """Whether what was found wrong is what this call answered."""
    if failure.evidence is None:  # then it may be about what is no array
        return isinstance(outcome, Returned) and failure.message.endswith(f"received {describe(outcome.value)}.")
    received = failure.evidence.received
    if isinstance(outcome, Raised):
        stub = "ToImplement" in outcome.kinds or isinstance(outcome, NotThere)
        return not stub and received.dtype.kind == "U" and str(received).startswith(f"{outcome.kind}: ")
    if not isinstance(outcome, Returned) or received.dtype.kind == "U":
        return False
    return any(
        np.array_equal(part.ravel(), received.ravel(), equal_nan=part.dtype.kind in "fc")
        for part in itertools.islice(_parts(outcome.value), _MOST_PARTS)
    )


def _parts(value: Any) -> Iterator[Any]:
    """The arrays and numbers in an answer."""
    if isinstance(value, np.ndarray | np.generic | int | float):
        yield np.asarray(value)
    elif isinstance(value, list | tuple | dict):
        items = value.values() if isinstance(value, dict) else value
        for item in itertools.islice(items, _MOST_PARTS):
            yield from _parts(item)


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        size = "" if value.size <= _FEW else f" of shape {value.shape}"
        return f"{show(value)}{size}"
    text = getattr(value, "type_name", None)
    text = f"<{text}>" if text else repr(value)
    return text if len(text) <= _MOST_OF_ONE else f"{text[:_MOST_OF_ONE]}..."
