"""`python -m judge rewrite EXERCISE`: does the solution keep its marks when it is written in another way?

Each of `judge.suite.rewrites` is applied to all holes at once; every check must still pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from judge.commands.workbench import Workbench
from judge.suite.engine import Status
from judge.suite.rewrites import REWRITES
from judge.suite.suites import suites_of


def rewrite(root: Path, exercise: str, console: Console) -> list[str]:
    """Judge every right variant of an exercise's solution; what lost points, one line for each check."""
    return [finding for suite in suites_of(exercise, root) for finding in _findings(Workbench(suite), console)]


def _findings(bench: Workbench, console: Console) -> Iterator[str]:
    for name in REWRITES:
        answers = rewritten(bench, name)
        verdicts = bench.judge(answers).verdicts if answers else []
        lost = [verdict for verdict in verdicts if verdict.status is not Status.PASSED]
        console.print(f"{bench.suite}: {name}, {len(answers)} holes: {'full marks' if not lost else 'POINTS LOST'}")
        yield from (f"{bench.suite}: {name}: {v.name}: {' '.join(v.message.split())}" for v in lost)


def rewritten(bench: Workbench, name: str) -> dict[str, str]:
    """The holes that a rewrite changes, by grade_id."""
    changed = {hole: REWRITES[name](bench.solved[hole]) for hole in bench.stubs}
    return {hole: text for hole, text in changed.items() if text != bench.solved[hole]}
