"""A submission as a suite sees it: something to call, whose answers are data."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from judge.sandbox.clock import PATIENCE
from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, Raised, Returned, TimedOut, TooMuchOutput
from judge.sandbox.protocol import Handle
from judge.sandbox.session import Session
from judge.suite.expect import Array, CheckFailed, Evidence
from judge.suite.first_cause import NotThere, remedy, with_cause
from judge.suite.shown_input import Asked

NOT_WRITTEN, NOT_THERE = "it still raises ToImplement", "is not there"  # so `explain` says it
_HOLE = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*): ")  # how the text of a ToImplement begins


@dataclass(frozen=True)
class Gradients:
    """What `Student.gradients` found.

    Attributes:
        value: what the call returned.
        inputs: d sum(output) / d input for each floating input, None where unconnected.
        weights: the same for each trainable weight of `weights_of`.
    """

    value: Any
    inputs: list[Array | None]
    weights: list[Array | None]


class Student:
    """Calls the student's code in its sandbox within the running check's time."""

    def __init__(self, session: Session, identity: str = "", *, stand_ins: Collection[str] = ()) -> None:
        """
        Args:
            session: the sandbox that holds the notebook.
            identity: the student's id as the gradebook has it, for exercises that differ by student.
            stand_ins: the holes in whose place stand-ins stand.
        """
        self._session = session
        self.identity = identity
        self._stand_ins = frozenset(stand_ins)
        self.inputs_may_change = False  # the engine says so where a check does
        self.in_numpy = False  # likewise
        self.time_is_up = False  # the whole submission's
        self.begin_check(60.0)

    def stand_in(self, hole: str) -> bool:
        """Whether a stand-in fills this hole now, of whose formula expected values must be."""
        return hole in self._stand_ins

    def begin_check(self, seconds: float) -> None:
        """Start a check's time budget; the engine calls this."""
        self._budget = self._left = seconds
        self.asked: Asked | None = None  # the last call of the student's own code
        self._began, self._forgiven = time.monotonic(), 0.0

    @contextmanager
    def clean_room(self, seconds: float) -> Iterator[Student]:
        """A second sandbox without the student's notebook, for library code whose word must be trusted.

        Args:
            seconds: its time budget.
        """
        with self._session.empty() as session:
            room = Student(session, self.identity)
            room.begin_check(seconds)
            yield room

    def attempt(self, target: str | Remote, *args: Any, **kwargs: Any) -> Outcome:
        """Call and return what became of it.

        Args:
            target: a name of the notebook ("VAE"), a library's dotted name
                ("keras.optimizers.SGD"), or an object that came back earlier.
            *args: data or objects that came back; arrays arrive as tensors of the same dtype.
            **kwargs: likewise.
        """
        return self._call(target, None, args, kwargs)

    def call(self, target: str | Remote, *args: Any, **kwargs: Any) -> Any:
        """Call and return the result; see `attempt`.

        Raises:
            CheckFailed: with a sentence for the student if nothing was returned.
        """
        return unwrap(self._call(target, None, args, kwargs), _name(target))

    def get(self, name: str) -> Any:
        """A name of the notebook or a dotted library name, as data or object."""
        found = unwrap(self.request("resolve", target=name), name)
        if isinstance(found, Remote):
            found.name = name
        return found

    def gradients(
        self,
        target: str | Remote,
        *inputs: Array,
        method: str | None = None,
        weights_of: Remote | None = None,
        output: int | str | None = None,
        **kwargs: Any,
    ) -> Gradients:
        """Gradients of the sum of what a call returns.

        Args:
            target: what to call.
            *inputs: arrays; those of floating dtype are differentiated with respect to.
            method: the method of `target` to call instead of `target` itself.
            weights_of: a model or layer whose trainable weights are differentiated with respect to.
            output: which item of the returned tuple or dict to sum; None for all of one tensor.
            **kwargs: further arguments of the call.

        Raises:
            CheckFailed: if the call or the differentiation fails.
        """
        name = _name(target) if method is None else f"{_name(target)}.{method}"
        outcome = self.request(
            "gradients", target=target, method=method, args=list(inputs), kwargs=kwargs, weights_of=weights_of,
            output=output,
        )  # fmt: skip
        self.asked = Asked(f"the gradient of {name}", inputs, kwargs, outcome)
        value = unwrap(outcome, name)
        num_inputs = sum(isinstance(x, np.ndarray | np.generic) and x.dtype.kind == "f" for x in inputs)
        return _gradients(value, name, num_inputs)

    def request(self, do: str, **arguments: Any) -> Outcome:
        """Ask the sandbox for one thing within what is left of the check's time, of which only requests take."""
        if self._left <= 0:
            self._forgive_waiting()
        if self._left <= 0:
            return TimedOut(self._budget)
        started = time.monotonic()
        outcome = self._session.request(self._left, do, **_outward(arguments))
        self._left -= time.monotonic() - started
        if isinstance(outcome, TimedOut) and not outcome.of_submission:
            return replace(outcome, seconds=self._budget)
        self.time_is_up |= isinstance(outcome, TimedOut)
        if isinstance(outcome, Returned):
            return Returned(self._inward(outcome.value))
        return with_cause(outcome, self._session)

    def _forgive_waiting(self) -> None:
        """Time in which the sandbox waited for processors that others had was not the student's."""
        waited = min(self._session.waited(self._began), PATIENCE * self._budget)
        self._left += max(0.0, waited - self._forgiven)
        self._forgiven = max(waited, self._forgiven)

    def call_in_numpy(self, target: str | Remote, *args: Any, **kwargs: Any) -> Any:
        """As `call`, with arrays that arrive as NumPy's: for functions of plain numbers."""
        return unwrap(self._call(target, None, args, kwargs, as_numpy=True), _name(target))

    def _call(
        self, target: str | Remote, method: str | None, args: Any, kwargs: Any, *, as_numpy: bool = False
    ) -> Outcome:
        outcome = self.request(
            "call",
            target=target,
            method=method,
            args=list(args),
            kwargs=kwargs,
            watch=not self.inputs_may_change,
            as_numpy=as_numpy or self.in_numpy,
        )
        if "." not in _name(target):  # not a library's
            name = _name(target) if method is None else f"{_name(target)}.{method}"
            self.asked = Asked(name, tuple(args), kwargs, outcome)
        return outcome

    def _inward(self, value: Any) -> Any:
        return _map(value, lambda item: Remote(self, item) if isinstance(item, Handle) else item)


class Remote:
    """An object that lives on the student's side: a model, a layer, an optimiser."""

    def __init__(self, student: Student, handle: Handle) -> None:
        """Made by `Student`; a suite never makes one."""
        self._student = student
        self.handle = handle
        self.name = handle.type_name  # what messages call it: an object by its class, a class by its own name

    @property
    def type_name(self) -> str:
        """The name of its class, as the sandbox tells it."""
        return self.handle.type_name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; CheckFailed if nothing is returned."""
        return self._student.call(self, *args, **kwargs)

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call one of its methods; CheckFailed if nothing is returned."""
        return unwrap(self.attempt(method, *args, **kwargs), f"{self.name}.{method}")

    def attempt(self, method: str, *args: Any, **kwargs: Any) -> Outcome:
        """Call one of its methods and return what became of it."""
        return self._student._call(self, method, args, kwargs)

    def get(self, attribute: str) -> Any:
        """One of its attributes; CheckFailed if there is none."""
        outcome = self._student.request("get", target=self, name=attribute)
        return unwrap(outcome, f"{self.name}.{attribute}")

    def gradients(self, method: str | None, *inputs: Array, **options: Any) -> Gradients:
        """See `Student.gradients`."""
        return self._student.gradients(self, *inputs, method=method, **options)


def unwrap(outcome: Outcome, name: str) -> Any:
    """The returned value, or CheckFailed with a sentence that says what happened to `name`."""
    if isinstance(outcome, Returned):
        return outcome.value
    fatal = not isinstance(outcome, Raised)
    raised = f"{outcome.kind}: {outcome.message[:200]}" if isinstance(outcome, Raised) else ""
    raise CheckFailed(
        explain(outcome, name), fatal=fatal, crashed=isinstance(outcome, Died),
        evidence=Evidence(np.array(raised)) if raised else None,
    )  # fmt: skip


def explain(outcome: Outcome, name: str) -> str:
    """One sentence for the student about a call that returned nothing."""
    match outcome:
        case Raised() if "ToImplement" in outcome.kinds:
            hole = _HOLE.match(outcome.reason)
            inner = hole[1] if hole and hole[1].split(".")[-1] != name.split(".")[-1] else ""
            who = f" `{name}` needs it." if inner else ""
            return f"`{inner or name}` is not written yet: {NOT_WRITTEN}.{who}"
        case NotThere() if not outcome.lines:
            return f"`{name}` {NOT_THERE}{outcome.why}"
        case Raised(kind="InputChanged"):
            return f"`{name}` {outcome.message}"
        case Raised():
            where = f" (your line: `{outcome.lines[-1][2]}`)" if outcome.lines else ""
            first = outcome.reason
            why = f". It is not there{outcome.why}" if isinstance(outcome, NotThere) else ""
            advice = f"; {remedy(outcome)}" if remedy(outcome) else ""
            return f"`{name}` raised {outcome.kind}{': ' if first else ''}{first}{where}{why}{advice}"
        case TimedOut(of_submission=True):
            return (
                f"`{name}` was not run to its end: the {outcome.seconds:.0f} seconds that a whole submission has "
                "are used up. Look first at what takes long in your cells, and at the checks before this one."
            )
        case TimedOut():
            return f"`{name}` did not finish within {outcome.seconds:.0f} seconds and was stopped."
        case OutOfMemory():
            return f"`{name}` asked for more memory than a submission may use and was stopped."
        case TooMuchOutput():
            return f"`{name}` returned more data than a submission may send."
        case Died():
            return f"`{name}` ended the whole Python process ({outcome.how}) instead of returning."
        case Returned():
            return f"`{name}` returned."


def _gradients(value: Any, name: str, num_inputs: int) -> Gradients:
    """What the agent says of gradients, which a submission may have forged."""
    parts = value if isinstance(value, dict) else {}
    inputs, weights = parts.get("inputs"), parts.get("weights")
    if isinstance(inputs, list) and isinstance(weights, list) and len(inputs) == num_inputs:
        found = [*inputs, *weights]
        if all(g is None or isinstance(g, np.ndarray) for g in found):
            return Gradients(parts.get("value"), found[:num_inputs], found[num_inputs:])
    raise CheckFailed(f"The gradient of `{name}` came back as something else.")


def _name(target: str | Remote) -> str:
    return target.name if isinstance(target, Remote) else target


def _outward(value: Any) -> Any:
    return _map(value, lambda item: item.handle if isinstance(item, Remote) else item)


def _map(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_map(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _map(item, change) for key, item in value.items()}
    return change(value)
