"""Every sample submission of exercise 7 gets exactly the verdict that is written in it."""

import pytest
from samples import in_turn
from zoo_tests import (  # noqa: F401  pytest runs them here
    Zoo,
    test_every_point_of_the_lesson_is_judged,
    test_solution_has_full_marks,
    test_stub_passes_nothing,
    test_zoo_is_large_enough,
)

from judge.suite.zoo import Sample

ZOO = Zoo("ex07_cvae_gan", "cvae_gan", right=8, wrong=0)


@pytest.mark.slow
@pytest.mark.parametrize("sample", in_turn(ZOO.samples, every=3))
def test_sample_gets_what_is_written_in_it(sample: Sample, parent, short_budgets):
    ZOO.expect_what_is_written(sample, parent)
