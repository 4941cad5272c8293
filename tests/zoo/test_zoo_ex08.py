"""Every sample submission of exercise 8 gets exactly the verdict that is written in it."""

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

ZOO = Zoo("ex08_tuning", "tuning", right=8, wrong=1)


def test_anothers_curves_are_recognised(parent):
    (solved,) = [cell.source for cell in ZOO.solved.cells if cell.grade_id == "reading"]
    sheet = solved.replace('"student": student_id()', '"student": "cleo"')
    found = {v.name: v for v in ZOO.judge_answers(parent, {"reading": sheet}, "bob")}
    assert found["test_sheet"].mistake == "anothers-curves"
    assert 'use_student("bob")' in found["test_sheet"].message


@pytest.mark.slow
@pytest.mark.parametrize("sample", in_turn(ZOO.samples, every=3))
def test_sample_gets_what_is_written_in_it(sample: Sample, parent, short_budgets):
    ZOO.expect_what_is_written(sample, parent)
