"""Every exercise's solution keeps full marks when it is written in another way."""

from pathlib import Path

import pytest
from rich.console import Console

from judge.commands.rewrite import rewrite, rewritten
from judge.commands.workbench import Workbench
from judge.course.lesson import exercises
from judge.suite.rewrites import REWRITES
from judge.suite.suites import suites_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.full
@pytest.mark.parametrize("exercise", exercises(ROOT))
def test_the_solution_written_in_another_way_keeps_its_marks(exercise):
    assert rewrite(ROOT, exercise, Console(quiet=True)) == []


@pytest.mark.parametrize("name", REWRITES)
def test_some_exercise_is_changed_by_each_rewrite(name):
    assert any(rewritten(Workbench(suite), name) for suite in suites_of("*", ROOT))
