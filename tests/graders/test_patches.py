"""Every mistake of the course is a patch that fits its solution: a lesson that is laid out anew loses none."""

import pytest

from judge.commands.workbench import Workbench
from judge.suite.suites import suites_of


@pytest.mark.parametrize("suite", suites_of("*"), ids=lambda suite: suite.exercise)
def test_every_patch_fits_the_solution(suite):
    bench = Workbench(suite)
    assert all(text != bench.solved[mistake.hole] for _, mistake, text in bench.mutants())
