"""How the cells of an exercise differ from those that the gradebook knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader import utils

KINDS = ("grade", "solution", "task", "source")  # the tables of nbgrader's gradebook


@dataclass(frozen=True)
class Change:
    """One cell, or one notebook, that the gradebook has otherwise.

    Attributes:
        notebook: its name.
        what: "added", "removed", "renamed", "points" or "notebook added", "notebook removed".
        cell: its grade_id, "" for a notebook.
        kinds: the tables it stands in, of the new cell, or of the old where it is removed.
        text: the sentence for the instructor.
        old: the old grade_id of a renamed cell.
    """

    notebook: str
    what: str
    cell: str
    kinds: tuple[str, ...]
    text: str
    old: str = ""

    @property
    def structural(self) -> bool:
        """Whether nbgrader refuses it once work was handed in; points it changes by itself."""
        return self.what != "points"

    def __str__(self) -> str:
        return self.text


def kinds_of(cell: Any) -> tuple[str, ...]:
    """The tables in which nbgrader keeps a cell."""
    graded, solved, tasked = utils.is_grade(cell), utils.is_solution(cell), utils.is_task(cell)
    kept = graded or solved or tasked or utils.is_locked(cell)
    return tuple(kind for kind, yes in zip(KINDS, (graded, solved, tasked, kept), strict=True) if yes)


def cells_of(notebook: Any) -> dict[str, Any]:
    """grade_id -> cell, for the cells that the gradebook knows."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if kinds_of(cell)}


def known_cells(notebook: Any) -> dict[str, dict[str, Any]]:
    """grade_id -> kind -> row, of a notebook in the gradebook."""
    found: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        for row in getattr(notebook, f"{kind}_cells"):
            found.setdefault(row.name, {})[kind] = row
    return found


def changes(assignment: Any, notebooks: Mapping[str, Any]) -> list[Change]:
    """All differences of an exercise, notebook by notebook.

    Args:
        assignment: nbgrader's row.
        notebooks: name -> notebook, as students get it.
    """
    known = {notebook.name: notebook for notebook in assignment.notebooks}
    found = [
        Change(name, "notebook added", "", (), f"the notebook {name} is new")
        for name in notebooks.keys() - known.keys()
    ]
    found += [
        Change(name, "notebook removed", "", (), f"the notebook {name} is gone")
        for name in known.keys() - notebooks.keys()
    ]
    for name in sorted(known.keys() & notebooks.keys()):
        found += _of_one(name, known_cells(known[name]), cells_of(notebooks[name]))
    return found


def _of_one(name: str, old: dict[str, dict[str, Any]], new: dict[str, Any]) -> Iterator[Change]:
    renamed = dict(_renamed(old, new))
    for cell in new:
        kinds = kinds_of(new[cell])
        if cell in renamed:
            text = f"{name}: the cell {renamed[cell]} is called {cell} now"
            yield Change(name, "renamed", cell, kinds, text, renamed[cell])
            continue
        missing = tuple(kind for kind in kinds if kind not in old.get(cell, {}))
        if missing:
            points = f", {new[cell].metadata.nbgrader.points:g} points" if "grade" in missing else ""
            how = f"is new{points}" if cell not in old else f"is now a {' and '.join(missing)} cell{points}"
            yield Change(name, "added", cell, missing, f"{name}: the cell {cell} {how}")
        yield from _points(name, cell, old.get(cell, {}), new[cell])
    for cell in old:
        gone = tuple(kind for kind in old[cell] if cell not in new or kind not in kinds_of(new[cell]))
        if gone and cell not in renamed.values():
            yield Change(name, "removed", cell, gone, f"{name}: the cell {cell} is gone{_lost(old[cell], gone)}")


def _points(name: str, cell: str, old: dict[str, Any], new: Any) -> Iterator[Change]:
    row = old.get("grade") or old.get("task")
    points = new.metadata.nbgrader.get("points")
    if row is not None and points is not None and float(points) != row.max_score:
        text = f"{name}: the cell {cell} has {points:g} points instead of {row.max_score:g}"
        yield Change(name, "points", cell, ("grade" if "grade" in old else "task",), text)


def _renamed(old: dict[str, dict[str, Any]], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """New and old names of cells that have the same text and the same tables, and no rival."""
    gone = [cell for cell in old if cell not in new]
    for cell in (cell for cell in new if cell not in old):
        same = [o for o in gone if set(old[o]) == set(kinds_of(new[cell])) and _text(old[o]) == new[cell].source]
        rivals = [other for other in new if other not in old and new[other].source == new[cell].source]
        if len(same) == len(rivals) == 1:
            yield cell, same[0]


def _text(rows: dict[str, Any]) -> str | None:
    source = rows.get("source")
    return None if source is None else str(source.source)


def _lost(rows: dict[str, Any], gone: tuple[str, ...]) -> str:
    """What people have entered for a cell that goes."""
    gone_rows = [rows[kind] for kind in gone if kind != "source"]
    points = sum(grade.manual_score is not None for row in gone_rows for grade in row.grades)
    comments = sum(bool(comment.manual_comment) for row in gone_rows for comment in row.comments)
    parts = [f"{points} points by hand"] * bool(points) + [f"{comments} comments"] * bool(comments)
    return f", and {' and '.join(parts)} with it, which the backup keeps" if parts else ""
