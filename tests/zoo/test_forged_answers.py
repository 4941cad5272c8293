"""Whatever a sandbox answers, every suite reaches a verdict on every check, and none of them is our fault.

Once student code has run, the agent may say anything. Here it is replaced on the judge's side by a liar that
draws each answer from all that can cross the boundary; the shapes of what it was asked are favourites, since
those get furthest into a check.
"""

import random
import time

import numpy as np
import pytest

from judge.engine import Status
from judge.sandbox import outcomes
from judge.sandbox.outcomes import Died, OutOfMemory, TimedOut, TooMuchOutput
from judge.sandbox.parent import WarmParent
from judge.sandbox.protocol import DTYPES, Handle
from judge.sandbox.session import Code, Session
from judge.suites import Suite, suites_of

SUITES = suites_of("*")
WORDS = ("loss", "reconstruction_loss", "kl_loss", "value", "inputs", "weights", "config", "class_name", "")
NUMBERS = (0, 1, -1, 2, 0.0, 1e-30, 1e300, float("nan"), float("inf"), 2**63, -(2**63), True)
SHAPES = ((), (0,), (1,), (2,), (4, 3), (2, 2, 2, 2), (0, 3, 0), (3,) * 6, (5, 28, 28, 1), (300,))


class Liar:
    """Stands in for a session."""

    generation = 1

    def __init__(self, parent: WarmParent, seed: int, *, honest_handles: float) -> None:
        self._parent = parent
        self._random = random.Random(seed)
        self._numpy = np.random.default_rng(seed)
        self._honest_handles = honest_handles

    def empty(self) -> Session:
        """A clean room is no place for liars: no student code has run in it."""
        return Session(self._parent, Code(()))

    def request(self, seconds: float, do: str, **arguments):
        """Any outcome that a sandbox can cause."""
        draw = self._random.random()
        if draw < 0.02:
            return self._random.choice((TimedOut(seconds), OutOfMemory(), Died("why"), TooMuchOutput()))
        if draw < 0.06:
            reply = {"raised": self._value(arguments, 0)}
        elif draw < 0.1:
            reply = {
                "raised": {"type": "E", "kinds": ["E"], "message": "m", "lines": self._value(arguments, 0)}
            }
        elif do == "gradients" and draw < 0.7:
            value, given = self._value(arguments, 1), arguments.get("args") or []
            reply = {
                "returned": {"value": value, "inputs": list(given), "weights": self._value(arguments, 0)}
            }
        else:
            reply = {"returned": self._value(arguments, 0)}
        return outcomes.from_reply(reply)

    def _value(self, arguments, depth: int):
        draw = self._random.random()
        if draw < self._honest_handles:
            return Handle(self._random.randint(-1, 9), self._random.choice(("VAE", "\x1b[2J", "x" * 200)))
        if draw < 0.75:
            return self._array(arguments)
        if depth < 3 and draw < 0.88:
            items = [self._value(arguments, depth + 1) for _ in range(self._random.choice((0, 1, 2, 2, 3)))]
            return self._random.choice((items, tuple(items), dict(zip(self._words(), items, strict=False))))
        return self._random.choice((None, *WORDS, *NUMBERS, "\ud800\x00\u202e" * 99))

    def _words(self):
        return self._random.sample(WORDS, 3)

    def _array(self, arguments):
        asked = [a.shape for a in _arrays(list(arguments.values()))]
        shape = self._random.choice([*SHAPES, *asked * 5, *(s[:1] for s in asked * 5)])
        dtype = self._random.choice((*sorted(DTYPES), "float32", "float32"))
        array = self._numpy.normal(size=shape) * self._random.choice((0, 1, 1, 1e30))
        if self._random.random() < 0.1:
            array = np.full(shape, np.nan)
        with np.errstate(all="ignore"):
            return np.asarray(array).astype(dtype)


def _arrays(values) -> list:
    found = []
    for value in values:
        if isinstance(value, np.ndarray):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += _arrays(value)
        elif isinstance(value, dict):
            found += _arrays(value.values())
    return found


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.exercise)
@pytest.mark.parametrize("honest_handles", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("seeds", [range(3), pytest.param(range(3, 20), marks=pytest.mark.full)])
def test_no_answer_is_our_fault(suite: Suite, seeds, honest_handles, parent):
    names = list(suite.checks)
    for seed in seeds:
        started = time.monotonic()
        verdicts = suite.judge(Liar(parent, seed, honest_handles=honest_handles), "student").verdicts
        assert [v.name for v in verdicts] == names
        faults = {v.name: v.message for v in verdicts if v.status is Status.OUR_FAULT}
        assert faults == {}, f"seed {seed}\n" + "\n".join(faults.values())
        assert time.monotonic() - started < 60
