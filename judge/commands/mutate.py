"""`python -m judge mutate EXERCISE`: how many small slips in a solution does its suite catch?

Every solution region is mutated automatically (`judge.suite.operators`); only the checks of its cell and those that
need them run. A mutant is caught if a check fails. `graders/<exercise>/equivalents.toml` lists those that no check can
catch, each with its reason:

    [[equivalent]]
    hole = "vae"
    old = "z = keras.random.normal((n, d))"
    new = "..."
    why = "..."
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from judge.commands.record import Workbench
from judge.course.lesson import Cell, read_lesson
from judge.suite.engine import Status
from judge.suite.operators import Mutation, mutations
from judge.suite.suites import suites_of

EQUIVALENTS = "equivalents.toml"


@dataclass(frozen=True)
class Survivor:
    """A mutant that keeps full points."""

    hole: str
    what: str
    old: str
    new: str

    def __str__(self) -> str:
        """A diff."""
        return f"{self.hole}: {self.what}\n  - {self.old}\n  + {self.new}"


def mutate(root: Path, exercise: str, console: Console, holes: list[str] | None = None) -> list[Survivor]:
    """Mutate every hole of an exercise, print the score of each, and return the survivors that are not excused."""
    table, survivors = Table("hole", "mutants", "caught", "equivalent", "score"), []
    for suite in suites_of(exercise, root):
        bench = Workbench(suite)
        lesson = read_lesson(root / "solutions" / exercise / f"{suite.notebook}.py")
        excused = _excused(suite.folder / EQUIVALENTS)
        for cell in lesson.cells:
            if cell.role != "solution" or (holes and cell.grade_id not in holes):
                continue
            alive, count = _alive(bench, cell, console)
            real = [s for s in alive if (s.hole, s.old, s.new) not in excused]
            equal = len(alive) - len(real)
            score = 100 * (count - len(alive)) / max(1, count - equal)
            table.add_row(str(cell.grade_id), str(count), str(count - len(alive)), str(equal), f"{score:.1f} %")
            survivors += real
    console.print(table)
    return survivors


def _alive(bench: Workbench, cell: Cell, console: Console) -> tuple[list[Survivor], int]:
    """The mutants of a hole that keep full points, and how many there were."""
    hole, alive, count = str(cell.grade_id), [], 0
    concerned = bench.concerned(hole)
    for mutation in _mutations(cell):
        count += 1
        text = "\n".join(line for line in mutation.text.split("\n") if not line.strip().startswith("### "))
        verdicts = bench.judge({hole: text}, concerned, until_failed=True).verdicts
        if all(verdict.status is Status.PASSED for verdict in verdicts):
            alive.append(_survivor(hole, cell.source, mutation))
            console.print(str(alive[-1]), markup=False, highlight=False)
    return alive, count


def _mutations(cell: Cell) -> Iterator[Mutation]:
    return mutations(cell.source, [range(region.first + 2, region.last + 1) for region in cell.regions])


def _survivor(hole: str, source: str, mutation: Mutation) -> Survivor:
    changed = [line for line in difflib.ndiff(source.split("\n"), mutation.text.split("\n")) if line[0] in "+-"]
    old = " / ".join(line[2:].strip() for line in changed if line[0] == "-")
    new = " / ".join(line[2:].strip() for line in changed if line[0] == "+")
    return Survivor(hole, f"line {mutation.line}, {mutation.what}", old, new)


def _excused(path: Path) -> set[tuple[str, str, str]]:
    """The equivalent mutants, each of which must say why.

    Raises:
        ValueError: if one lacks a field.
    """
    listed = tomllib.loads(path.read_text("utf-8")).get("equivalent", []) if path.exists() else []
    for entry in listed:
        if missing := {"hole", "old", "new", "why"} - entry.keys():
            raise ValueError(f"{path.name}: an equivalent needs hole, old, new and why: {sorted(missing)} are missing.")
    return {(entry["hole"], entry["old"], entry["new"]) for entry in listed}
