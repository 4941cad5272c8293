"""Turns a sample of the zoo into what a sandbox runs: the lesson's module cells, with the sample's answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from judge.course.handouts import given_modules
from judge.course.lesson import Lesson, read_lesson
from judge.course.regions import stub_code
from judge.sandbox.session import Code
from judge.suite.zoo import Sample, samples

ROOT = Path(__file__).resolve().parents[2]


def lesson(exercise: str, name: str) -> Lesson:
    """The solved lesson."""
    return read_lesson(ROOT / "solutions" / exercise / f"{name}.py")


def code(solved: Lesson, answers: Mapping[str, str]) -> Code:
    """The cells that define classes and functions, without the notebook's quick checks and pictures."""
    cells = {str(cell.grade_id): cell.source for cell in solved.cells if cell.active}
    unknown = set(answers) - set(cells)
    if unknown:
        raise ValueError(f"the lesson {solved.where} has no cell {sorted(unknown)}")
    return Code(tuple((cells | dict(answers)).items()), given_modules(ROOT, solved.exercise))


def stub(solved: Lesson) -> Code:
    """The lesson as students get it."""
    return code(solved, {str(c.grade_id): stub_code(c.source) for c in solved.cells if c.active and c.regions})


def in_turn(found: list[Sample], every: int) -> list:
    """The samples as parameters of a test; of each kind all but every so many-eth are marked `full`."""
    kinds = [[sample for sample in found if sample.path.parent.name == kind] for kind in ("right", "wrong", "hostile")]
    daily = {sample.name for kind in kinds for sample in kind[::every]}
    return [pytest.param(s, id=s.name, marks=() if s.name in daily else pytest.mark.full) for s in found]


def zoo(exercise: str) -> list[Sample]:
    """The samples of an exercise."""
    return samples(ROOT, exercise)
