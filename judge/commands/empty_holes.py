"""`python -m judge empty-holes`: what does each hole cost, left empty alone while all others are solved?

Each hole stands on its own: an empty one may cost the points of its own cells, and of the checks that measure the whole
(`whole=` of a check: the short trainings). `docs/empty-holes.md` is written by this command.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from judge.commands.workbench import Workbench
from judge.course.lesson import exercises
from judge.grade.result import CheckResult, Result
from judge.suite.engine import Status
from judge.suite.suites import suites_of

PAGE = Path("docs") / "empty-holes.md"
_HEAD = """# What an empty hole costs

Each hole stands on its own: who leaves one empty loses the points of its cells, and at most those of the checks that
measure all holes together, the short trainings. What else needs the hole is judged with a stand-in for it
([how](how-the-judge-works.md#stand-ins)). This page is written by `python -m judge empty-holes`, which leaves each hole
empty alone, solves all others, and grades that; `make full` compares.

"""
_COLUMNS = "| hole | its own points | lost when it is empty | of these, where the whole is measured | beyond |"


@dataclass(frozen=True)
class EmptyHole:
    """What one empty hole costs.

    Attributes:
        hole: its grade_id.
        own: points of the cells that judge it.
        lost: all points lost.
        whole: those lost in other cells' checks that measure the whole.
        others: the other checks of other cells that did not pass.
    """

    hole: str
    own: float
    lost: float
    whole: float
    others: tuple[CheckResult, ...]

    @property
    def beyond(self) -> float:
        """Points lost that should not be."""
        return math.fsum(check.max_points for check in self.others)

    @property
    def row(self) -> str:
        """Its line of the table."""
        numbers = (self.own, self.lost, self.whole, self.beyond)
        return f"| `{self.hole}` | {' | '.join(f'{n:.2f}'.rstrip('0').rstrip('.') for n in numbers)} |"


def empty_holes(bench: Workbench, holes: Sequence[str] = ()) -> Iterator[EmptyHole]:
    """Judge the solution with each hole (or each of some) left as it was handed out."""
    for hole, stub in bench.stubs.items():
        if not holes or hole in holes:
            yield _cost(bench, hole, bench.result(bench.judge({hole: stub})))


def _cost(bench: Workbench, hole: str, result: Result) -> EmptyHole:
    cells, checks = bench.suite.cells, bench.suite.checks
    lost = [check for check in result.checks if check.status is not Status.PASSED]
    other = [check for check in lost if cells[check.name].hole != hole]
    whole = [check for check in other if checks[check.name].whole]
    return EmptyHole(
        hole, bench.worth(hole), math.fsum(check.max_points for check in lost),
        math.fsum(check.max_points for check in whole),
        tuple(check for check in other if not checks[check.name].whole),
    )  # fmt: skip


def table(exercise: str, costs: Sequence[EmptyHole]) -> str:
    """The table of one exercise, in Markdown."""
    return "\n".join([f"## {exercise}", "", _COLUMNS, "|---|---:|---:|---:|---:|", *[cost.row for cost in costs], ""])


def page(costs: Mapping[str, Sequence[EmptyHole]]) -> str:
    """The whole page, from the costs of each exercise."""
    return _HEAD + "\n".join(table(exercise, found) for exercise, found in costs.items())


def findings(exercise: str, costs: Sequence[EmptyHole]) -> Iterator[str]:
    """What an empty hole costs and should not, one sentence for each check."""
    for cost in costs:
        for check in cost.others:
            yield (
                f"{exercise}: the empty hole {cost.hole} costs {check.max_points:.2f} points of {check.cell}, too: "
                f"{check.name} is {check.status.value}: {' '.join(check.message.split())[:300]}"
            )


def write_page(root: Path, names: Sequence[str], console: Console) -> list[str]:
    """Print the tables of exercises; of all, write the page. Returns what an empty hole costs and should not."""
    costs: dict[str, list[EmptyHole]] = {}
    for exercise in names or exercises(root):
        for suite in suites_of(exercise, root):
            costs[exercise] = list(empty_holes(Workbench(suite)))
            console.print(table(exercise, costs[exercise]), markup=False, highlight=False, soft_wrap=True)
    if not names:
        (root / PAGE).write_text(page(costs), "utf-8")
        console.print(f"wrote {PAGE}", highlight=False)
    return [line for exercise, found in costs.items() for line in findings(exercise, found)]
