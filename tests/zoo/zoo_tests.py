"""What is tested of every exercise's zoo: a test module says which its ZOO is and imports these tests."""

from __future__ import annotations

import samples

from judge.sandbox.fork_server import ForkServer
from judge.sandbox.session import Code, Session
from judge.suite.engine import Status, Verdict
from judge.suite.suites import suite_of
from judge.suite.zoo import Sample, difference


class Zoo:
    """The samples of an exercise, with its suite and solved lesson.

    Args:
        exercise: its name.
        lesson: the name of its judged lesson.
        right, wrong: how many samples there must be at least.
        total_seconds: how long a submission may take altogether.
    """

    def __init__(self, exercise: str, lesson: str, *, right: int, wrong: int, total_seconds: float = 300.0) -> None:
        self.suite = suite_of(exercise, lesson)
        self.solved = samples.lesson(exercise, lesson)
        self.samples = samples.zoo(exercise)
        self.right, self.wrong = right, wrong
        self.total_seconds = total_seconds

    def judge(self, parent: ForkServer, code: Code, student: str = "") -> list[Verdict]:
        with Session(parent, code, total_seconds=self.total_seconds) as session:
            session.load()
            return self.suite.judge(session, student).verdicts

    def judge_answers(self, parent: ForkServer, answers: dict[str, str], student: str = "") -> list[Verdict]:
        return self.judge(parent, samples.code(self.solved, answers), student)

    def expect_full_marks(self, parent: ForkServer, student: str = "") -> None:
        found = self.judge_answers(parent, {}, student)
        assert {v.name: v.message for v in found if v.status != "passed"} == {}

    def expect_what_is_written(self, sample: Sample, parent: ForkServer) -> None:
        found = self.judge_answers(parent, sample.answers)
        assert difference(sample, found) == "", "\n".join(f"{v.name}: {v.message}" for v in found if v.message)


def test_solution_has_full_marks(zoo, parent):
    zoo.expect_full_marks(parent)


def test_stub_passes_nothing(zoo, parent):
    found = zoo.judge(parent, samples.stub(zoo.solved))
    assert {v.status for v in found} == {Status.FAILED, Status.NOT_RUN}
    assert all("ToImplement" in v.message for v in found if v.status is Status.FAILED)


def test_every_point_of_the_lesson_is_judged(zoo):
    judged = {check.cell for check in zoo.suite.checks.values()}
    assert judged == {cell.grade_id for cell in zoo.solved.cells if cell.role == "test"}


def test_zoo_is_large_enough(zoo):
    kinds = [sample.path.parent.name for sample in zoo.samples]
    assert kinds.count("right") >= zoo.right
    assert kinds.count("wrong") >= zoo.wrong
