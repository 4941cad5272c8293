"""`python -m judge mutate EXERCISE`: how many small slips in a solution does its suite catch?

Every solution region is mutated automatically (`judge.suite.operators`); only the checks of its cell and those that
need them run, until one fails: then the mutant is caught. `graders/<exercise>/equivalents.toml` lists those that no
check can catch, each with its reason:

    [[equivalent]]
    hole = "vae"
    old = "z = keras.random.normal((n, d))"
    new = "..."
    why = "..."

The score of each hole is kept in `mutants.json` beside it. What became of each mutant is kept in `.judge/mutants/`, so
that an interrupted run goes on: what a check caught holds until the check's own code changes, and survivors are shown
to the suite again whenever anything in it has changed.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from judge.commands.kept_mutants import KeptMutants
from judge.commands.workbench import Workbench
from judge.course.lesson import Cell, read_lesson
from judge.suite.engine import Status
from judge.suite.operators import Mutation, mutations
from judge.suite.suites import suites_of

EQUIVALENTS, SCORES = "equivalents.toml", "mutants.json"


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


@dataclass(frozen=True)
class Score:
    """What became of the mutants of one hole, or of several together."""

    mutants: int
    caught: int
    equivalent: int

    @property
    def percent(self) -> float:
        """How many of those that a check can catch are caught."""
        return 100 * self.caught / max(1, self.mutants - self.equivalent)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.mutants + other.mutants, self.caught + other.caught, self.equivalent + other.equivalent
        )  # fmt: skip

    def row(self, name: str) -> tuple[str, ...]:
        """As the table shows it."""
        numbers = self.mutants, self.caught, self.equivalent, self.mutants - self.caught - self.equivalent
        return name, *map(str, numbers), f"{self.percent:.1f} %"


def mutate(
    root: Path, exercise: str, console: Console, holes: list[str] | None = None, *, afresh: bool = False
) -> list[Survivor]:
    """Mutate every hole of an exercise, print and keep the score of each.

    Args:
        root: the course folder.
        exercise: its name.
        console: where the table and the survivors are shown.
        holes: only these; the scores of others stay.
        afresh: whether what became of mutants in earlier runs is forgotten.

    Returns:
        The survivors that are not excused.

    Raises:
        ValueError: if an equivalent lacks a field, or is no mutant that survives.
    """
    table = Table("hole", "mutants", "caught", "equivalent", "survived", "score")
    found, survivors = read_scores(root, exercise), []
    for suite in suites_of(exercise, root):
        bench, excused = Workbench(suite), _excused(suite.folder / EQUIVALENTS)
        path = root / ".judge" / "mutants" / f"{exercise}.json"
        kept = KeptMutants(path, suite.version, suite.check_codes, afresh=afresh)
        for cell in read_lesson(root / "solutions" / exercise / f"{suite.notebook}.py").cells:
            hole = str(cell.grade_id)
            if cell.role != "solution" or (holes and hole not in holes):
                continue
            alive, count = _alive(bench, kept, cell)
            real = [s for s in alive if (s.hole, s.old, s.new) not in excused]
            for survivor in real:
                console.print(str(survivor), markup=False, highlight=False, soft_wrap=True)
            found[hole] = Score(count, count - len(alive), len(alive) - len(real))
            table.add_row(*found[hole].row(hole))
            survivors += real
            _expect_alive(excused, alive, hole)
    _write_scores(root, exercise, found)
    table.add_row(*sum(found.values(), Score(0, 0, 0)).row("all"))
    console.print(table)
    return survivors


def read_scores(root: Path, exercise: str) -> dict[str, Score]:
    """The score of each hole, as it was kept."""
    path = root / "graders" / exercise / SCORES
    written = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {hole: Score(**numbers) for hole, numbers in written.items()}


def _write_scores(root: Path, exercise: str, found: dict[str, Score]) -> None:
    lines = (f"{json.dumps(hole)}: {json.dumps(asdict(score))}" for hole, score in sorted(found.items()))
    path = root / "graders" / exercise / SCORES
    path.write_text("{\n " + ",\n ".join(lines) + "\n}\n", "utf-8")


def _alive(bench: Workbench, kept: KeptMutants, cell: Cell) -> tuple[list[Survivor], int]:
    """The mutants of a hole that keep full points, and how many there were."""
    hole, alive, count = str(cell.grade_id), [], 0
    for mutation in _mutations(cell):
        count += 1
        text = "\n".join(line for line in mutation.text.split("\n") if not line.strip().startswith("### "))
        if kept.caught_by(hole, text, partial(_catches, bench, hole, text)) is None:
            alive.append(_survivor(hole, cell.source, mutation))
    return alive, count


def _catches(bench: Workbench, hole: str, text: str, only: str | None) -> str | None:
    """The first check that a mutant fails: the named one, or of all that are concerned.

    Raises:
        ValueError: if a check breaks on the mutant, which is a fault of the suite.
    """
    if only is not None and only not in bench.suite.checks:
        return None
    verdicts = bench.judge({hole: text}, bench.concerned(hole) if only is None else [only], until_failed=True).verdicts
    for verdict in verdicts:
        if verdict.status is Status.OUR_FAULT:
            raise ValueError(f"{verdict.name} breaks on a mutant of {hole}: {verdict.message}\n{text}")
    return next((verdict.name for verdict in verdicts if verdict.status is Status.FAILED), None)


def _mutations(cell: Cell) -> Iterator[Mutation]:
    return mutations(cell.source, [range(region.first + 2, region.last + 1) for region in cell.regions])


def _survivor(hole: str, source: str, mutation: Mutation) -> Survivor:
    lines = difflib.ndiff(source.split("\n"), mutation.text.split("\n"))
    changed = [line for line in lines if line[0] in "+-" and not line[2:].strip().startswith("### ")]
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


def _expect_alive(excused: set[tuple[str, str, str]], alive: list[Survivor], hole: str) -> None:
    """An excuse for what is caught, or is no mutant any more, excuses nothing: it would hide the next one."""
    if idle := {e for e in excused if e[0] == hole} - {(s.hole, s.old, s.new) for s in alive}:
        _, old, new = min(idle)
        raise ValueError(
            f"{EQUIVALENTS}: this mutant of {hole} is caught, or is none: take it out, or correct its lines.\n"
            f"  - {old}\n  + {new}"
        )
