"""Every sample submission of exercise 7 gets exactly the verdict that is written in it."""

import pytest
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
@pytest.mark.parametrize("sample", ZOO.samples, ids=lambda sample: sample.name)
def test_sample_gets_what_is_written_in_it(sample: Sample, parent):
    ZOO.expect_what_is_written(sample, parent)
