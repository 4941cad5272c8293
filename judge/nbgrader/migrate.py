"""`python -m judge migrate EXERCISE`: the gradebook follows an exercise that changed after work was handed in.

Scores, points by hand and comments of the cells that stay are not touched. Without --apply nothing is written.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_locked
from rich.console import Console
from traitlets.config import PyFileConfigLoader

from judge.nbgrader.cell_changes import Change, cells_of, changes, known_cells
from judge.nbgrader.trial import Notebooks, released

_TABLES = {"grade": GradeCell, "solution": SolutionCell, "task": TaskCell}


def migrate(course: Path, exercise: str, console: Console, *, apply: bool, backed_up: bool = False) -> int:
    """Show, or make, the changes; returns the exit status.

    Args:
        course: the folder of nbgrader_config.py.
        exercise: its name.
        console: where it is told.
        apply: write them; else only show them.
        backed_up: the instructor has made a backup of a database that is no file.

    Raises:
        ValueError: if there is no such exercise in the gradebook, or no backup can be made.
    """
    converter = _converter(course, exercise)
    notebooks = released(converter, exercise)
    url = converter.coursedir.db_url
    with Gradebook(url, converter.coursedir.course_id) as gradebook:
        assignment = _assignment(gradebook, exercise)
        found = changes(assignment, notebooks)
        _tell(console, exercise, found, len(assignment.submissions), apply)
        if found and apply:
            console.print(f"backup: {_back_up(url, backed_up)}", markup=False, highlight=False)
            _apply(gradebook, assignment, found, notebooks)
    if found and apply:
        console.print(f"done. Now: nbgrader generate_assignment {exercise}, and grade again.", highlight=False)
    return 0


def _converter(course: Path, exercise: str) -> Any:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.coursedir.assignment_id, converter.coursedir.student_id = exercise, "."
    if not (Path(converter.coursedir.root) / converter.coursedir.source_directory / exercise).is_dir():
        raise ValueError(
            f"source/{exercise} does not exist: expected the exercise as it is now. Run `python -m judge build`."
        )
    converter.init_notebooks()
    return converter


def _assignment(gradebook: Gradebook, exercise: str) -> Any:
    try:
        return gradebook.find_assignment(exercise)
    except MissingEntry:
        raise ValueError(
            f"The gradebook knows no {exercise}: nothing is there to migrate. Run `nbgrader generate_assignment "
            f"{exercise}`."
        ) from None


def _tell(console: Console, exercise: str, found: list[Change], num: int, apply: bool) -> None:
    if not found:
        console.print(f"{exercise}: the gradebook has the cells of the exercise; nothing to migrate.", highlight=False)
        return
    head = f"{exercise}, {num} submissions:" if apply else f"{exercise}, {num} submissions, would change:"
    console.print(head, highlight=False)
    for change in found:
        console.print(f"  {change}", markup=False, highlight=False)
    if not apply:
        console.print("Nothing was written. Say --apply to do it; a backup is made first.", highlight=False)


def _back_up(url: str, backed_up: bool) -> str:
    """Copy the gradebook while others may use it; returns where to."""
    if not url.startswith("sqlite:///"):
        if backed_up:
            return "your own"
        raise ValueError(
            "The gradebook is no file of SQLite, so no backup was made and nothing was changed. Make one (for "
            "PostgreSQL: pg_dump), and say --i-have-a-backup."
        )
    path = Path(url.removeprefix("sqlite:///"))
    copy = path.with_name(f"{path.stem}-before-migrate-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    return str(copy)


def _apply(gradebook: Gradebook, assignment: Any, found: list[Change], notebooks: Notebooks) -> None:
    """All changes in one transaction."""
    known = {notebook.name: notebook for notebook in assignment.notebooks}
    try:
        for change in found:
            if change.what == "notebook removed":
                raise ValueError(
                    f"{change.text}, and all that was graded in it would go: nothing was changed. Put it back, or "
                    "give the changed exercise a new name."
                )
            if change.what != "notebook added":  # nbgrader adds a notebook itself, once the work is graded again
                _change_cell(gradebook.db, known[change.notebook], change, notebooks[change.notebook])
        gradebook.db.commit()
    except Exception:
        gradebook.db.rollback()
        raise


def _change_cell(db: Any, notebook: Any, change: Change, released_notebook: Any) -> None:
    rows, new = known_cells(notebook).get(change.old or change.cell, {}), cells_of(released_notebook)
    match change.what:
        case "renamed":
            for row in rows.values():
                row.name = change.cell
        case "points":
            rows[change.kinds[0]].max_score = float(new[change.cell].metadata.nbgrader.points)
        case "removed":
            for kind in change.kinds:
                _remove(db, rows[kind], kind)
        case "added":
            for kind in change.kinds:
                _add(db, notebook, kind, change.cell, new[change.cell])


def _remove(db: Any, row: Any, kind: str) -> None:
    if kind != "source":
        for below in [*row.grades, *row.comments]:
            db.delete(below)
        db.flush()
    db.delete(row)


def _add(db: Any, notebook: Any, kind: str, name: str, cell: Any) -> None:
    """A row for the cell, and one for each submission, as nbgrader makes them for a new submission."""
    if kind == "source":
        checksum = cell.metadata.nbgrader.get("checksum")
        db.add(
            SourceCell(
                name=name, notebook=notebook, cell_type=cell.cell_type, locked=is_locked(cell), source=cell.source,
                checksum=checksum,
            )
        )  # fmt: skip
        return
    row = _TABLES[kind](name=name, notebook=notebook)
    if kind in ("grade", "task"):
        row.max_score, row.cell_type = float(cell.metadata.nbgrader.points), cell.cell_type
    db.add(row)
    db.flush()
    for submission in notebook.submissions:
        if kind in ("grade", "task"):
            db.add(Grade(cell_id=row.id, notebook=submission))
        if kind in ("solution", "task"):
            db.add(Comment(cell_id=row.id, notebook=submission))
