"""Whatever a sandbox answers, every suite reaches a verdict on every check, and none of them is our fault.

Once student code has run, the agent may say anything. Here it is replaced on the judge's side by a liar that
draws each answer from all that can cross the boundary; the shapes of what it was asked are favourites, since
those get furthest into a check.
"""

import importlib
import itertools
import random
import time
import traceback
import warnings
from typing import ClassVar

import forging
import numpy as np
import pytest
import samples

from judge.sandbox import outcomes
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Died, OutOfMemory, TimedOut, TooMuchOutput
from judge.sandbox.protocol import DTYPES, Handle
from judge.sandbox.session import Code, Session
from judge.suite import properties
from judge.suite.engine import Status
from judge.suite.expect import CheckFailed
from judge.suite.recognition import recognise
from judge.suite.suites import Suite, suites_of

SUITES = suites_of("*")
WORDS = ("loss", "reconstruction_loss", "kl_loss", "value", "inputs", "weights", "config", "class_name", "")
NUMBERS = (0, 1, -1, 2, 0.0, 1e-30, 1e300, float("nan"), float("inf"), 2**63, -(2**63), True)
SHAPES = ((), (0,), (1,), (2,), (4, 3), (2, 2, 2, 2), (0, 3, 0), (3,) * 6, (5, 28, 28, 1), (300,))


class Pretender:
    """Stands in for a session, and for one beside stand-ins too."""

    generation = 1
    code = Code(())
    cell_errors: ClassVar = {}

    def __init__(self, parent: ForkServer) -> None:
        self._parent = parent

    def empty(self) -> Session:
        """A clean room is no place for liars: no student code has run in it."""
        return Session(self._parent, Code(()))

    def with_cells(self, sources):
        return self

    def join(self, other):
        pass


class Liar(Pretender):
    """Answers anything."""

    def __init__(self, parent: ForkServer, seed: int, *, honest_handles: float) -> None:
        super().__init__(parent)
        self._random = random.Random(seed)
        self._numpy = np.random.default_rng(seed)
        self._honest_handles = honest_handles

    def request(self, seconds: float, do: str, **arguments):
        """Any outcome that a sandbox can cause."""
        draw = self._random.random()
        if draw < 0.02:
            return self._random.choice((TimedOut(seconds), OutOfMemory(), Died("why"), TooMuchOutput()))
        if draw < 0.06:
            reply = {"raised": self._value(arguments, 0)}
        elif draw < 0.1:
            reply = {"raised": {"type": "E", "kinds": ["E"], "message": "m", "lines": self._value(arguments, 0)}}
        elif do == "gradients" and draw < 0.7:
            value, given = self._value(arguments, 1), arguments.get("args") or []
            reply = {"returned": {"value": value, "inputs": list(given), "weights": self._value(arguments, 0)}}
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


# Of so many forged answers one is tried; primes, so that kinds and places have their turns.
EVERY, EVERY_IN_FULL = 97, 7


class Bench:
    """A suite, and what the solution answered to it.

    Attributes:
        checks: its functions by name.
        tapes: what was taken down, by check.
    """

    def __init__(self, suite: Suite, parent: ForkServer, every: int = 1) -> None:
        module = importlib.import_module(f"graders.{suite.exercise}.{suite.path.stem}")
        self.checks = {name: getattr(module, name) for name in suite.checks}
        self._mistakes = {name: cell.mistakes for name, cell in suite.cells.items()}
        self._answers = suite.answers
        solved = samples.lesson(suite.exercise, suite.notebook)
        tried = dict(itertools.islice(self.checks.items(), 0, None, every))
        with Session(parent, samples.code(solved, {}), total_seconds=1_200) as session:
            session.load()
            self.tapes = forging.record(tried, session)

    def trials(self):
        """(check, what is forged, the forged answers by position): one place at a time, then all that is data."""
        for name, tape in self.tapes.items():
            places = [[place] for place in tape.places()]
            for where, (kind, change) in itertools.product([*places, tape.data()], forging.KINDS.items()):
                honest = {place: getattr(tape.answers[place], "value", None) for place in where}
                forged = {place: outcomes.Returned(change(value)) for place, value in honest.items()}
                yield name, f"{kind} at {where if len(where) < 2 else 'all'}", forged
            for where, outcome in itertools.product(places, forging.OUTCOMES):
                yield name, f"{outcome} at {where}", {where[0]: outcome}

    def verdict(self, name: str, forged) -> str:
        """What came of one check: "", or why it failed; a traceback is our fault."""
        try:
            forging.run(self.checks[name], forging.Player(self.tapes[name], forged))
        except CheckFailed as failure:
            recognise({name: failure.evidence}, {}, self._mistakes, self._answers)
            return failure.message
        except Exception:
            return traceback.format_exc()
        return ""


def forge(bench, trials, monkeypatch) -> list[str]:
    """What became our fault, or too long."""
    monkeypatch.setattr(properties, "_MAX_FAILING_EXAMPLES", 2)
    wrong = []
    for name, what, forged in trials:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's, of numbers that no honest work has
            started = time.monotonic()
            said = bench.verdict(name, forged)
        if said.startswith("Traceback"):
            wrong.append(f"{name}, {what}: {' '.join(said.splitlines()[-4:])}")
        if len(said) > 3000 or time.monotonic() - started > 20:
            wrong.append(f"{name}, {what}: {len(said)} characters, {time.monotonic() - started:.0f} s")
    return wrong


def id_of(suite: Suite) -> str:
    return suite.exercise


@pytest.mark.parametrize("suite", SUITES, ids=id_of)
def test_no_forged_answer_of_some_checks_is_our_fault(suite, parent, monkeypatch):
    bench = Bench(suite, parent, every=6)
    trials = list(bench.trials())
    assert len(trials) > 100 * len(bench.tapes)
    assert forge(bench, trials[::EVERY], monkeypatch) == []


@pytest.mark.full
@pytest.mark.parametrize("suite", SUITES, ids=id_of)
def test_no_forged_answer_of_any_check_is_our_fault(suite, parent, monkeypatch):
    bench = Bench(suite, parent)
    assert forge(bench, itertools.islice(bench.trials(), 0, None, EVERY_IN_FULL), monkeypatch) == []


class OneWord(Pretender):
    """Objects where objects are made or asked for, and one value for all else."""

    def __init__(self, parent: ForkServer, value) -> None:
        super().__init__(parent)
        self._value = value

    def waited(self, since: float) -> float:
        return 0.0

    def request(self, seconds: float, do: str, **arguments):
        target, method = arguments.get("target"), arguments.get("method") or ""
        name = target if isinstance(target, str) else ""
        if do == "resolve" or name.rpartition(".")[2][:1].isupper() or method.startswith("from_"):
            return outcomes.Returned(Handle(1, name or "Model"))
        if do == "gradients":
            floats = [a for a in arguments["args"] if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
            value = {"value": self._value, "inputs": [self._value] * len(floats), "weights": [self._value]}
            return outcomes.Returned(value)
        return outcomes.Returned(self._value)


WORDS_FOR_ALL = {kind: change(None) for kind, change in forging.KINDS.items() if kind.startswith("the constant")}


@pytest.mark.parametrize("suite", SUITES, ids=id_of)
@pytest.mark.parametrize("kind", [
    pytest.param(kind, marks=[pytest.mark.full] * bool(number % 7)) for number, kind in enumerate(WORDS_FOR_ALL)
])  # fmt: skip
def test_one_answer_to_everything_earns_nothing(suite, kind, parent):
    verdicts = suite.judge(OneWord(parent, WORDS_FOR_ALL[kind]), "student").verdicts
    assert {v.status for v in verdicts} <= {Status.FAILED, Status.NOT_RUN}, [
        (v.name, v.message) for v in verdicts if v.status in (Status.PASSED, Status.OUR_FAULT)
    ]
