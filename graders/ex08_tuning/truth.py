"""Which runs a student reads, what is wrong with each, and which experiment tells two faults apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from judge.suite import Outcome, Returned, Student

LETTERS = "ABCD"
_RUNS = Path(__file__).with_name("runs.json")  # made by benchmarks/training_runs.py

# Experiment -> (faults for which its answer is True, faults for which it is False). Where the answer depends on the
# run, a fault is in neither, and the experiment tells it from nothing.
OUTCOMES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    name: (frozenset(yes.split()), frozenset(no.split()))
    for name, yes, no in (
        ("add-the-terms", "none overfit underfit rate-too-low posterior-collapse leakage last-batch", "wrong-total"),
        ("good-samples", "mode-collapse", "discriminator-too-slow divergence"),
        ("kl-by-entry", "none overfit underfit leakage last-batch wrong-total", "posterior-collapse"),
        ("three-epochs", "none overfit underfit leakage last-batch wrong-total posterior-collapse", "rate-too-high"),
        ("compare-files", "none overfit underfit last-batch wrong-total rate-too-low rate-too-high posterior-collapse",
         "leakage"),
        ("fresh-images", "none overfit underfit last-batch wrong-total posterior-collapse", "leakage"),
        ("ten-times-rate", "rate-too-low", "underfit rate-too-high"),
        ("double-the-units", "underfit", "posterior-collapse rate-too-low"),
        ("more-data", "overfit", "underfit posterior-collapse"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """What is wrong with a run.

    Attributes:
        fault: its name.
        evidence: name of a curve that shows it -> (first, last) epoch on which it does.
    """

    fault: str
    evidence: dict[str, tuple[int, int]]


@cache
def all_runs() -> list[Run]:
    """Every kept run, by its number."""
    kept = json.loads(_RUNS.read_text(encoding="utf-8"))["runs"]
    return [Run(run["fault"], {name: (first, last) for name, (first, last) in run["evidence"].items()}) for run in kept]


def tells_apart(experiment: str, first: str, second: str) -> tuple[bool, bool] | None:
    """The answers of an experiment for two faults, if they differ; else None."""
    answers = [True if fault in OUTCOMES[experiment][0] else False if fault in OUTCOMES[experiment][1] else None
               for fault in (first, second)]  # fmt: skip
    one, other = answers
    return None if one is None or other is None or one == other else (one, other)


def name_of(student: Student) -> str:
    """The gradebook's id; where there is none (a trial run), the one on the sheet."""
    if student.identity:
        return student.identity
    sheet = student.attempt("reading")
    name = sheet.value.get("student") if isinstance(sheet, Returned) and isinstance(sheet.value, dict) else None
    return name if isinstance(name, str) and 0 < len(name) <= 80 else "student"


@dataclass(frozen=True)
class Given:
    """What a student was given: four runs and two faults; the experiments, with the seconds that each takes."""

    runs: dict[str, Run]
    pair: tuple[str, str]
    seconds: dict[str, int]


_GIVEN: WeakKeyDictionary[Student, Given] = WeakKeyDictionary()


def given_to(student: Student) -> Given:
    """What this student was given, asked of the course's own code in a sandbox without the notebook."""
    if student not in _GIVEN:
        introduce(student)
        name = name_of(student)
        with student.clean_room(60.0) as room:
            numbers = _ours(room.attempt("vaegan.curves.run_numbers", name))
            pair = _ours(room.attempt("vaegan.curves.pair_of_faults", name))
            experiments = _ours(room.attempt("vaegan.curves.EXPERIMENTS.copy"))
        runs = {letter: all_runs()[int(number)] for letter, number in zip(LETTERS, numbers, strict=True)}
        _GIVEN[student] = Given(runs, (pair[0], pair[1]), {name: int(about[0]) for name, about in experiments.items()})
    return _GIVEN[student]


def introduce(student: Student) -> None:
    """Tell the notebook whose it is: there is no user's name in a sandbox."""
    if student.identity:
        student.attempt("vaegan.debugger.use_student", student.identity)


def _ours(outcome: Outcome) -> Any:
    if not isinstance(outcome, Returned):
        raise RuntimeError(f"the clean room failed: {outcome}")
    return outcome.value
