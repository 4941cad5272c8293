"""What a check expects: comparisons that explain themselves, and named mistakes.

Everything here runs on the judge's side. A failed expectation raises `CheckFailed`, whose text is read
by the student; any other exception in a suite is our fault and fails closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_MAX_NUMBERS = 2**25  # in one array; as float64 they take 256 MiB here
_MAX_EVIDENCE = 2**16  # numbers; a recorded answer is far smaller
_MAX_MESSAGE = 2000  # characters; a message may quote what came back, however much that is


Patch = tuple[tuple[str, str], ...]  # (old, new) pieces of the solution, changed together


@dataclass(frozen=True)
class Mistake:
    """A named, known-wrong way to do it.

    Attributes:
        name: short and unique in the exercise, e.g. "kl-without-half".
        hint: what a student who did that should read; one or two sentences. `{}` stands for what `recognise` says.
        value: the array that this mistake gives for the inputs at hand, where a check works it out itself.
        hole: grade_id of the solution's cell that the patches change.
        patches: each turns the solution into this mistake.
        recognise: for what depends on a student's own numbers: (received, expected) -> whether, or with what detail,
            this is the mistake.
    """

    name: str
    hint: str
    value: Any = None
    hole: str = ""
    patches: tuple[Patch, ...] = ()
    recognise: Callable[[Array, Array | None], bool | str] | None = None

    def explains(self, received: Array, rtol: float, atol: float) -> bool:
        """Whether `received` is what this mistake gives, shape included."""
        wrong = np.asarray(self.value, np.float64)
        return wrong.shape == received.shape and bool(np.allclose(received, wrong, rtol, atol))


@dataclass(frozen=True)
class Evidence:
    """What came back where a check failed: by it a mistake is recognised.

    Attributes:
        received: numbers, or the kind and text of an exception.
        expected: what was right, where that is an array of the same meaning, else None.
        rtol, atol: how closely the check compared.
    """

    received: Array
    expected: Array | None = None
    rtol: float = 1e-4
    atol: float = 1e-5


class CheckFailed(Exception):
    """The submission does not do what the check asks.

    Attributes:
        message: what was expected and what arrived, for the student.
        mistake: the mistake that was recognised, or None.
        example: the smallest failing input, readable, or None.
        fatal: True if the student's process was lost, so that trying smaller inputs is pointless.
        crashed: True if it ended by itself, without having used up its time or memory.
        evidence: what came back, or None.
    """

    def __init__(
        self,
        message: str,
        mistake: Mistake | None = None,
        *,
        example: str | None = None,
        fatal: bool = False,
        crashed: bool = False,
        evidence: Evidence | None = None,
    ) -> None:
        """Args: see the attributes."""
        super().__init__(message)
        self.message = message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]} ..."
        self.mistake = mistake
        self.example = example
        self.fatal = fatal
        self.crashed = crashed
        self.evidence = evidence


def expect_array(value: Any, what: str, shape: Sequence[int | None] | None = None) -> Array:
    """The value as a float64 array, if it is a finite real array of that shape.

    Args:
        value: what came back from the student.
        what: the name of the thing, for the message ("the KL divergence").
        shape: expected sizes; None stands for any size.

    Raises:
        CheckFailed: if it is not.
    """
    if isinstance(value, bool | int | float):
        value = np.asarray(value)
    if not isinstance(value, np.ndarray):
        raise CheckFailed(f"{what} must be a tensor: expected numbers, received {describe(value)}.")
    if shape is not None and not _shape_fits(value.shape, shape):
        wanted = ", ".join("any" if n is None else str(n) for n in shape)
        message = f"{what} has the wrong shape: expected ({wanted}), received {value.shape}."
        raise CheckFailed(message, evidence=_numbers(value))
    if value.size > _MAX_NUMBERS:
        raise CheckFailed(f"{what} is far too large: received a tensor of shape {value.shape}.")
    array = value.astype(np.float64)
    if not np.isfinite(array).all():
        message = f"{what} contains NaN or infinity: expected finite numbers, received {show(array)}."
        raise CheckFailed(message, evidence=Evidence(array))
    return array


def in_shape(value: Any, shape: Sequence[int]) -> Any:
    """The value laid out in that shape, if it holds as many numbers: that its own shape is wrong another check says."""
    fits = isinstance(value, np.ndarray) and value.size == np.prod(shape, dtype=int)
    return value.reshape(shape) if fits else value


def expect_pair(value: Any, what: str) -> tuple[Any, Any]:
    """The two items of a tuple or list, e.g. `(z_mean, z_log_var)`.

    Raises:
        CheckFailed: if there are not exactly two.
    """
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise CheckFailed(f"{what} must be two things: expected a pair, received {describe(value)}.")
    return value[0], value[1]


def expect(condition: bool, message: str, mistake: Mistake | None = None) -> None:
    """Fail with `message` unless the condition holds."""
    if not condition:
        raise CheckFailed(message, mistake)


def is_same(received: Any, expected: Any) -> bool:
    """Whether what came back equals plain data; whatever came back, `==` may raise where arrays are in it."""
    try:
        return bool(received == expected)
    except ValueError:  # an array of several truths is no truth
        return False


def agree(
    received: Any,
    expected: Any,
    what: str,
    *,
    rtol: float = 1e-4,
    atol: float = 1e-5,
    mistakes: Sequence[Mistake] = (),
    known_by: Array | None = None,
) -> None:
    """Fail unless `received` equals `expected` within rounding of float32.

    Args:
        received: what came back from the student.
        expected: the oracle's array; the shape must be equal too.
        what: the name of the thing, for the message.
        rtol: relative tolerance.
        atol: absolute tolerance.
        mistakes: known mistakes; the first that gives `received` is named in the feedback.
        known_by: numbers by which mistakes are told instead of by `received`: without what is chance or the
            student's own in it.

    Raises:
        CheckFailed: with both values, rounded, and the recognised mistake.
    """
    expected = np.asarray(expected, np.float64)
    array = expect_array(received, what)
    if array.shape == expected.shape and np.allclose(array, expected, rtol, atol):
        return
    recognised = next((m for m in mistakes if m.explains(array, rtol, atol)), None)
    if array.shape != expected.shape:
        message = f"{what} has the wrong shape: expected {expected.shape}, received {array.shape}."
    else:
        message = f"{what} has the wrong value: {apart(expected, array, rtol, atol)}."
    if known_by is None:
        evidence = Evidence(array, expected, rtol, atol)
    else:
        evidence = Evidence(np.asarray(known_by, np.float64), None, max(rtol, 1e-3), max(atol, 1e-3))
    raise CheckFailed(message, recognised, evidence=evidence)


def _numbers(value: Array) -> Evidence | None:
    """An array as evidence, if it is one of real numbers and of modest size."""
    real = value.dtype.kind in "fiub" and value.size <= _MAX_EVIDENCE
    return Evidence(value.astype(np.float64)) if real else None


def _shape_fits(shape: Sequence[int], wanted: Sequence[int | None]) -> bool:
    return len(shape) == len(wanted) and all(w in (None, n) for n, w in zip(shape, wanted, strict=True))


def apart(expected: Array, received: Array, rtol: float, atol: float) -> str:
    """What was expected and what came: a few numbers of each or, where these are the same, the entry that is not."""
    texts = show(expected), show(received)
    if texts[0] != texts[1]:
        return f"expected {texts[0]}, received {texts[1]}"
    place = tuple(int(i) for i in np.argwhere(~np.isclose(received, expected, rtol, atol))[0])
    one, other = (float(array[place]) for array in (expected, received))
    pairs = ((f"{one:.{digits}g}", f"{other:.{digits}g}") for digits in (4, 8, 17))
    shown = next((pair for pair in pairs if pair[0] != pair[1]), (repr(one), repr(other)))
    where = f" at {list(place)}" if place else ""
    return f"expected {shown[0]}{where}, received {shown[1]}{' there' if place else ''}"


def show(array: Array) -> str:
    """A few numbers, four digits each."""
    array = np.asarray(array)
    if array.ndim == 0:
        return f"{array:.4g}"
    if array.ndim > 3:  # NumPy leaves out nothing of short axes: 25 of length 2 would be written out in full
        array = array.reshape(-1)
    text = np.array2string(array, precision=4, threshold=12, edgeitems=2, max_line_width=100, suppress_small=True)
    return " ".join(text.split())


def show_example(example: dict[str, Any]) -> str:
    """One line per argument of a failing input."""
    return "\n".join(
        f"{name} = {show(value) if isinstance(value, np.ndarray) else repr(value)}" for name, value in example.items()
    )


def describe(value: Any) -> str:
    """What kind of thing came back, in a student's words."""
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, np.ndarray):
        return f"one tensor of shape {value.shape}"
    if isinstance(value, list | tuple | dict):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, str):
        return f"the text {value[:60]!r}"
    type_name = getattr(value, "type_name", type(value).__name__)
    return f"an object of type {type_name}"
