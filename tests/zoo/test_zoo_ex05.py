"""Every sample submission of exercise 5 gets exactly the verdict that is written in it."""

import pytest
import samples

from judge.engine import Status, read_suite, run_suite
from judge.sandbox.session import Session
from judge.student import Student
from judge.zoo import Sample, difference

EXERCISE = "ex05_gan"
SUITE = samples.ROOT / "graders" / EXERCISE / "test_gan.py"
ZOO = samples.zoo(EXERCISE)
SOLVED = samples.lesson(EXERCISE, "gan")


def verdicts(parent, code):
    with Session(parent, code, total_seconds=1200) as session:
        session.load()
        return run_suite(SUITE, session)


@pytest.fixture
def short_budgets(monkeypatch):
    """Five seconds for a check at most: a hang is a hang."""
    begin = Student.begin_check
    monkeypatch.setattr(Student, "begin_check", lambda self, seconds: begin(self, min(seconds, 5.0)))


def test_solution_has_full_marks(parent):
    assert {
        v.name: v.message for v in verdicts(parent, samples.code(SOLVED, {})) if v.status != "passed"
    } == {}


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
    assert kinds.count("wrong") >= 35


@pytest.mark.slow
@pytest.mark.parametrize("sample", samples.in_turn(ZOO, every=4))
def test_sample_gets_what_is_written_in_it(sample: Sample, parent, request):
    if sample.path.parent.name == "hostile":
        request.getfixturevalue("short_budgets")
    found = verdicts(parent, samples.code(SOLVED, sample.answers))
    assert difference(sample, found) == "", "\n".join(f"{v.name}: {v.message}" for v in found if v.message)
