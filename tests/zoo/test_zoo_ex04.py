"""Every sample submission of exercise 4 gets exactly the verdict that is written in it."""

import pytest
from zoo_tests import (  # noqa: F401  pytest runs them here
    Zoo,
    test_every_point_of_the_lesson_is_judged,
    test_stub_passes_nothing,
    test_zoo_is_large_enough,
)

from judge.suite.zoo import Sample

ZOO = Zoo("ex04_debugger", "debugger", right=11, wrong=0)


@pytest.mark.parametrize("student", ["", "bob", "cleo"])
def test_solution_has_full_marks_for_any_student(parent, student):
    ZOO.expect_full_marks(parent, student)


def test_another_students_answers_are_recognised(parent):
    (sheet,) = [sample.answers for sample in ZOO.samples if sample.name == "right/sheet_in_words"]
    found = {v.name: v for v in ZOO.judge_answers(parent, sheet, "bob")}
    assert found["test_sheet"].mistake == "another-students-program"
    assert 'hand_out("bob")' in found["test_sheet"].message


def test_the_feedback_tells_the_session_as_a_story(parent):
    never_up = 'def session():\n    return "b 92, std.max() > 50\\nc\\np std\\np batch\\nq"'
    found = {v.name: v for v in ZOO.judge_answers(parent, {"session": never_up})}
    story = found["test_up_reaches_the_batch"].example
    for part in ("b 92, std.max() > 50", "● stop 1: breakpoint 1", "└ reparameterise, line 92", "You quit."):
        assert part in story


@pytest.mark.slow
@pytest.mark.parametrize("sample", ZOO.samples, ids=lambda sample: sample.name)
def test_sample_gets_what_is_written_in_it(sample: Sample, parent, short_budgets):
    ZOO.expect_what_is_written(sample, parent)
