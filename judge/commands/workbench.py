"""The solved lesson of a suite, to be changed in some holes and judged again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import nbformat

from judge.course.handouts import given_files
from judge.grade.grading import Submission
from judge.grade.lesson_grading import autograded_points
from judge.grade.result import CheckResult, Result, make_result
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.session import Code, Session
from judge.sandbox.shared_fork_server import fork_server
from judge.suite import zoo
from judge.suite.engine import Judged, Status, Verdict
from judge.suite.expect import Mistake, Patch
from judge.suite.recognition import key
from judge.suite.suites import Suite

_SEED = ("seed", "import keras\nkeras.utils.set_random_seed(0)")  # a mutant's draws are the same each time


class Workbench:
    """The solved lesson of a suite, which can be changed and judged again.

    Attributes:
        suite: what judges it.
        solved: the solution's text of every hole, by grade_id.
    """

    def __init__(self, suite: Suite, parent: ForkServer | None = None) -> None:
        """Args: suite: what judges it; parent: where sandboxes come from."""
        self.suite, self._parent = suite, parent
        self.released = nbformat.read(suite.release, as_version=4)
        self.solved = zoo.solved_answers(suite.root, suite.exercise, suite.notebook)

    @property
    def stubs(self) -> dict[str, str]:
        """The released text of every code hole, by grade_id."""
        cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in self.released.cells}
        return {name: cells[name].source for name in self.solved if cells[name].cell_type == "code"}

    def judge(
        self, answers: Mapping[str, str], only: Iterable[str] | None = None, *, until_failed: bool = False
    ) -> Judged:
        """Judge the solution with some holes filled otherwise.

        Args:
            answers: the other text, by grade_id of the hole.
            only: the checks to run; the others count as passed, and nothing is asked again.
            until_failed: whether nothing more is run once a check has failed.
        """
        notebook = zoo.submission(self.released, self.solved | dict(answers))
        cells = Submission(notebook).judged_code().cells
        code = Code((_SEED, *cells), given_files(self.suite.root, self.suite.exercise))
        checks = self.suite.checks
        rest = [] if only is None else checks.keys() - set(only)
        passed = {name: Verdict(name, checks[name], Status.PASSED) for name in rest}
        with Session(self._parent or fork_server(), code) as session:
            session.load()
            return self.suite.judge(session, known=passed, again=only is None, until_failed=until_failed)

    def concerned(self, hole: str) -> set[str]:
        """The checks that judge a hole, and those that need one of them."""
        checks = self.suite.checks
        found = {name for name, cell in self.suite.cells.items() if cell.hole == hole}
        while more := {n for n, c in checks.items() if n not in found and found & set(c.needs)}:
            found |= more
        return found

    def result(self, judged: Judged) -> Result:
        """What was judged, in points."""
        return make_result(
            exercise=self.suite.exercise, notebook=self.suite.notebook, student="", graded="",
            verdicts=judged.verdicts, cell_points=autograded_points(self.released),
        )  # fmt: skip

    def lost(self, judged: Judged, hole: str) -> list[CheckResult]:
        """What a hole that fails costs: its own checks that have not passed, and those that measure the whole.

        Other holes' checks that wait for it are judged with a stand-in.
        """
        lost = [check for check in self.result(judged).checks if check.status is not Status.PASSED]
        checks, cells = self.suite.checks, self.suite.cells
        return [c for c in lost if checks[c.name].whole or c.name not in cells or cells[c.name].hole == hole]

    def worth(self, hole: str) -> float:
        """The points of the cells that judge a hole."""
        cells = {cell.name for cell in self.suite.cells.values() if cell.hole == hole}
        return math.fsum(points for name, points in autograded_points(self.released).items() if name in cells)

    def mutants(self) -> Iterator[tuple[str, Mistake, str]]:
        """(name, mistake, text of its hole) for every patch of every mistake.

        Raises:
            ValueError: if a patch does not fit the solution.
        """
        for mistake in self.suite.mistakes:
            for number, patch in enumerate(mistake.patches, 1):
                name = key(mistake) if number == 1 else f"{key(mistake)} ({number})"
                yield name, mistake, apply(self.solved, mistake, patch)


def apply(solved: Mapping[str, str], mistake: Mistake, patch: Patch) -> str:
    """The text of the mistake's hole, patched.

    Raises:
        ValueError: if there is no such hole, or an old piece is not there exactly once, or nothing changes.
    """
    where = f"the mistake {mistake.name!r}"
    if mistake.hole not in solved:
        raise ValueError(f"{where} is in the hole {mistake.hole!r}: expected one of {', '.join(sorted(solved))}.")
    text = solved[mistake.hole]
    for old, new in patch:
        if (count := text.count(old)) != 1:
            raise ValueError(
                f"{where}: its old line must be once in the solution of {mistake.hole!r}: found {count} times: "
                f"{old!r}. Correct the patch, or take in more of the line."
            )
        text = text.replace(old, new)
    if text == solved[mistake.hole]:
        raise ValueError(f"{where}: its patch changes nothing. Write what a student would write instead.")
    return text
