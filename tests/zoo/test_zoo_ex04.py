"""Every sample submission of exercise 4 gets exactly the verdict that is written in it."""

import time

import pytest
import samples

from judge.engine import Status, read_suite, run_suite
from judge.sandbox.session import Session
from judge.student import Student
from judge.zoo import Sample, difference

EXERCISE = "ex04_debugger"
SUITE = samples.ROOT / "graders" / EXERCISE / "test_debugger.py"
ZOO = samples.zoo(EXERCISE)
SOLVED = samples.lesson(EXERCISE, "debugger")


def verdicts(parent, code, student=""):
    with Session(parent, code) as session:
        session.load()
        return run_suite(SUITE, session, student)


@pytest.fixture
def short_budgets(monkeypatch):
    """Five seconds for a check at most: a hang is a hang."""
    begin = Student.begin_check
    monkeypatch.setattr(Student, "begin_check", lambda self, seconds: begin(self, min(seconds, 5.0)))


@pytest.mark.parametrize("student", ["", "bob", "cleo"])
def test_solution_has_full_marks_for_any_student(parent, student):
    found = verdicts(parent, samples.code(SOLVED, {}), student)
    assert {v.name: v.message for v in found if v.status != "passed"} == {}


def test_stub_passes_nothing(parent):
    found = verdicts(parent, samples.stub(SOLVED))
    assert {v.status for v in found} == {Status.FAILED, Status.NOT_RUN}
    assert all("ToImplement" in v.message for v in found if v.status is Status.FAILED)


def test_every_point_of_the_lesson_is_judged():
    judged = {check.cell for check in read_suite(SUITE).values()}
    assert judged == {cell.grade_id for cell in SOLVED.cells if cell.role == "test"}


def test_zoo_is_large_enough():
    kinds = [sample.path.parent.name for sample in ZOO]
    assert kinds.count("right") >= 6
    assert kinds.count("wrong") >= 15


def test_another_students_answers_are_recognised(parent):
    (sheet,) = [sample.answers for sample in ZOO if sample.name == "right/sheet_in_words"]
    found = {v.name: v for v in verdicts(parent, samples.code(SOLVED, sheet), "bob")}
    assert found["test_sheet"].misconception == "another-students-program"
    assert 'hand_out("bob")' in found["test_sheet"].message


def test_the_feedback_tells_the_session_as_a_story(parent):
    (sample,) = [sample for sample in ZOO if sample.name == "wrong/session_never_up"]
    found = {v.name: v for v in verdicts(parent, samples.code(SOLVED, sample.answers))}
    story = found["test_up_reaches_the_batch"].example
    for part in ("b 92, std.max() > 50", "● stop 1: breakpoint 1", "└ reparameterise, line 92", "You quit."):
        assert part in story


@pytest.mark.slow
@pytest.mark.parametrize("sample", ZOO, ids=lambda sample: sample.name)
def test_sample_gets_what_is_written_in_it(sample: Sample, parent, short_budgets):
    started = time.monotonic()
    found = verdicts(parent, samples.code(SOLVED, sample.answers))
    assert difference(sample, found) == "", "\n".join(f"{v.name}: {v.message}" for v in found if v.message)
    assert time.monotonic() - started < 20.0  # 10 s on a machine that does nothing else
