"""Takes down what the solution answers to each check, and plays it back with some answers forged.

So a forged answer comes as deep into a check as answers come, without a sandbox and without TensorFlow.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, Raised, Returned, TimedOut, TooMuchOutput
from judge.sandbox.protocol import Handle
from judge.sandbox.session import Session
from judge.suite.student import Student

Check = Callable[[Student], None]
WHO = "student"
SECONDS = 120.0


@dataclass
class Tape:
    """What was asked in one check, and answered; what its clean rooms said stands apart."""

    asked: list[str] = field(default_factory=list)
    answers: list[Outcome] = field(default_factory=list)
    rooms: list[Tape] = field(default_factory=list)

    def places(self) -> list[int]:
        """The first position of each different thing that is asked, and the last of all."""
        first = {asked: position for position, asked in reversed(list(enumerate(self.asked)))}
        return sorted({*first.values(), *range(len(self.asked))[-1:]})

    def data(self) -> list[int]:
        """Where the answer is data, and more than nothing."""
        return [n for n, answer in enumerate(self.answers) if isinstance(answer, Returned) and _tells(answer.value)]


class Recorder:
    """Stands before a real session and takes everything down."""

    generation = 1

    def __init__(self, session: Session, tape: Tape) -> None:
        self._session, self._tape = session, tape

    def request(self, seconds: float, do: str, **arguments: Any) -> Outcome:
        outcome = self._session.request(seconds, do, **arguments)
        self._tape.asked.append(_what(do, arguments))
        self._tape.answers.append(outcome)
        return outcome

    def waited(self, since: float) -> float:
        return self._session.waited(since)

    @contextlib.contextmanager
    def empty(self) -> Iterator[Any]:
        self._tape.rooms.append(Tape())
        with self._session.empty() as room:
            yield Recorder(room, self._tape.rooms[-1])


class Player:
    """Stands in for a session: answers as it was taken down, but for what is forged."""

    generation = 1

    def __init__(self, tape: Tape, forged: Mapping[int, Outcome]) -> None:
        self._tape, self._forged, self._at, self._room = tape, forged, -1, -1

    def request(self, seconds: float, do: str, **arguments: Any) -> Outcome:
        self._at += 1
        answers = self._tape.answers
        return self._forged.get(self._at) or (answers[self._at] if self._at < len(answers) else Died("no more"))

    def waited(self, since: float) -> float:
        return 0.0

    @contextlib.contextmanager
    def empty(self) -> Iterator[Any]:
        self._room += 1
        yield Player(self._tape.rooms[self._room % len(self._tape.rooms)], {})


def record(checks: Mapping[str, Check], session: Session) -> dict[str, Tape]:
    """Run every check on the solution, which must pass."""
    tapes = {}
    for name, check in checks.items():
        tapes[name] = Tape()
        run(check, Recorder(session, tapes[name]))
    return tapes


def run(check: Check, session: Any) -> None:
    """Run one check; it raises what it raises."""
    student = Student(session, WHO)
    student.begin_check(SECONDS)
    check(student)


def _what(do: str, arguments: Mapping[str, Any]) -> str:
    target = arguments.get("target")
    name = target if isinstance(target, str) else getattr(target, "type_name", "")
    return f"{do} {name} {arguments.get('method') or arguments.get('name') or ''}"


def _tells(value: Any) -> bool:
    if isinstance(value, list | tuple | dict):
        return any(map(_tells, value.values() if isinstance(value, dict) else value))
    return value is not None and not isinstance(value, Handle)


def _leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """The answer with each array and number in it changed."""
    if isinstance(value, list | tuple):
        return type(value)(_leaves(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _leaves(item, change) for key, item in value.items()}
    return change(value)


def _items(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    """The answer with the outermost list, tuple or dict in it changed; of anything else a list."""
    if isinstance(value, dict):
        return dict(change(list(value.items())))
    return tuple(change(list(value))) if isinstance(value, tuple) else change(_listed(value))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _full(number: float | int | bool, dtype: str) -> Callable[[Any], Any]:
    return lambda value: _leaves(value, lambda leaf: np.full(np.shape(leaf), number, dtype))


def _array(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def changed(leaf: Any) -> Any:
        with np.errstate(all="ignore"):
            return change(leaf) if isinstance(leaf, np.ndarray) else change(np.zeros(2, np.float32))

    return lambda value: _leaves(value, changed)


def _constant(value: Any) -> Callable[[Any], Any]:
    return lambda honest: value


def _deep(depth: int) -> Any:
    return [] if depth == 0 else [_deep(depth - 1), 1]


_RAISED = Raised("IndexError", ("IndexError", "Exception"), "m\n" * 9, (("f", -(2**63), "x" * 300),))

# What one answer is replaced by, given the honest one: all that can cross the boundary, by what it is.
KINDS: dict[str, Callable[[Any], Any]] = {
    **{f"the constant {value!r:.40}": _constant(value) for value in (
        None, True, False, 0, -1, 2**63, 2**64 - 1, -(2**63), 1e300, -1e-300, float("nan"), float("-inf"), "", "loss",
        "\x1b[2J\u202e\x00", "9" * 10**5, [], (), {}, [2**63], [True], [None], ["a", 1], [[1], [1, 2], []], [[]] * 3,
        {"a": [1]}, {"": None}, _deep(20), [2**64 - 1, float("nan")], (1, 2, 3), list(range(10**5)),
        Handle(-(2**63), "x" * 200), Handle(1, "VAE"), [Handle(1, "\n")], {"loss": Handle(3, "Tensor")},
    )},
    "an array without axes": _constant(np.array(2.5)),
    "an empty array": _constant(np.zeros((0,), np.float32)),
    "an array empty in the middle": _constant(np.zeros((3, 0, 3))),
    "six axes": _constant(np.ones((2,) * 6, np.float16)),
    "a huge array": _constant(np.zeros(2**26, np.uint8)),
    "a huge shape of nothing": _constant(np.zeros((0, 2**28), np.uint8)),
    "uint64": _full(2**64 - 1, "uint64"),
    "int64": _full(-(2**63), "int64"),
    "int8": _full(-128, "int8"),
    "bool": _full(True, "bool"),
    "NaN": _full(float("nan"), "float32"),
    "infinity": _full(float("-inf"), "float16"),
    "zeros": _full(0, "float32"),
    "ones": _full(1, "float64"),
    "negative": _full(-3, "int32"),
    "1e300": _full(1e300, "float64"),
    "3e38": _full(3e38, "float32"),
    "subnormal": _full(5e-324, "float64"),
    "float16": _array(lambda a: a.astype(np.float16)),
    "uint8": _array(lambda a: a.astype(np.uint8)),
    "one NaN": _array(lambda a: np.where(np.arange(a.size).reshape(a.shape) == 0, np.nan, a)),
    "nested lists": _array(lambda a: a.tolist()),
    "text of numbers": _array(lambda a: str(a.ravel()[:3])),
    "transposed": _array(lambda a: a.T),
    "flat": _array(lambda a: a.ravel()),
    "an axis more": _array(lambda a: a[None] if a.ndim < 6 else a[0]),
    "a row less": _array(lambda a: a[1:] if a.ndim else a[None]),
    "a row more": _array(lambda a: np.concatenate([a, a[:1]]) if a.ndim else np.stack([a, a])),
    "no row": _array(lambda a: a[:0] if a.ndim else a.reshape(1)[:0]),
    "None in its place": lambda value: _leaves(value, lambda _: None),
    "an object in its place": lambda value: _leaves(value, lambda _: Handle(2, "Tensor")),
    "a list of it": lambda value: [value],
    "the last item missing": lambda value: _items(value, lambda items: items[:-1]),
    "an item more": lambda value: _items(value, lambda items: [*items, *items[:1], *items[:1]]),
    "turned around": lambda value: _items(value, lambda items: items[::-1]),
    "as a dict": lambda value: {str(n): item for n, item in enumerate(_items(value, list))},
    "as a list": lambda value: list(value) if isinstance(value, dict | tuple) else [value, value],
}  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = (
    TimedOut(SECONDS), TimedOut(300.0, of_submission=True), OutOfMemory(), Died("why"), TooMuchOutput(), _RAISED,
    Raised("", (), "", ()), Raised("ValueError", ("ValueError",), "9" * 4000, ()),
)  # fmt: skip
