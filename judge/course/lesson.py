"""Reads a lesson: one solved py:percent file whose short cell headers say what each cell is for.

Everything an author can get wrong is refused here, in one sentence that names the file, the cell and
the remedy; the builder and the release step can then rely on what they are given.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from judge.course.regions import Region, RegionError, find_regions, marker_like, stub_code

HINTS = "hints"  # solutions/hints/ is no exercise: its notebooks accompany every exercise
INACTIVE = "active-ipynb"  # jupytext's tag for a cell that the paired .py holds commented out
CELL_TYPE_OF_ROLE = {"solution": "code", "given": "code", "test": "code", "manual": "markdown"}
ROLES_WITH_POINTS = ("test", "manual")
ROLES_WITH_REGIONS = ("solution", "manual")
HEADER_KEYS = {"role", "grade_id", "points", "tags", "minutes", "folded"}
_JUPYTEXT_KEYS = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}  # layout notes that jupytext adds
_GRADE_ID = re.compile(r"[a-z0-9_]{1,64}")
_LESSON_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson; `index` counts from 1, as an author counts cells.

    A hole's `minutes` are what it takes most students, for the heading above it; `folded` says whether an editor
    hides the code, where that does not follow from the role.
    """

    index: int
    kind: str
    source: str
    tags: tuple[str, ...] = ()
    role: str | None = None
    grade_id: str | None = None
    points: float | None = None
    minutes: int | None = None
    folded: bool | None = None
    regions: tuple[Region, ...] = ()

    @property
    def active(self) -> bool:
        """Whether the paired .py module runs this cell."""
        return self.kind == "code" and INACTIVE not in self.tags

    @property
    def label(self) -> str:
        """How messages name the cell: `cell 4 (kl)`."""
        return f"cell {self.index} ({self.grade_id})" if self.grade_id else f"cell {self.index}"


@dataclass(frozen=True)
class Lesson:
    """A lesson whose headers and solution regions have been checked."""

    exercise: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def where(self) -> str:
        """The lesson's file, relative to the course folder."""
        return f"solutions/{self.exercise}/{self.name}.py"

    @property
    def paired(self) -> bool:
        """Whether a .py module lies beside the notebook, for others to import."""
        return any(cell.active for cell in self.cells)


def exercises(root: Path) -> list[str]:
    """Names of the exercises: the folders of `solutions/` that hold lessons, hints apart."""
    folders = sorted(path for path in (root / "solutions").glob("*") if path.is_dir())
    return [path.name for path in folders if path.name != HINTS and any(path.glob("*.py"))]


def lesson_paths(root: Path, exercise: str) -> list[Path]:
    """The lessons that make up an exercise: its own, then the hints that go with every exercise."""
    own = sorted((root / "solutions" / exercise).glob("*.py"))
    return own + sorted((root / "solutions" / HINTS).glob("*.py"))


def read_lesson(path: Path) -> Lesson:
    """Parse and check `solutions/<exercise>/<lesson>.py`.

    Raises:
        ValueError: if a header or a solution region is wrong; the sentence names file, cell and remedy.
    """
    lesson = Lesson(path.parent.name, path.stem, ())
    if not _LESSON_NAME.fullmatch(path.stem):
        raise ValueError(
            f"{lesson.where}: expected a file name that Python can import (letters, digits, _), received "
            f"{path.stem!r}. Rename the file."
        )
    try:
        notebook = jupytext.read(path, fmt="py:percent")
    except (nbformat.ValidationError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"{lesson.where}: cannot be read as a py:percent notebook ({reason}). Correct the cell headers."
        ) from None
    cells = [_read_cell(lesson.where, index, cell) for index, cell in enumerate(notebook.cells, start=1)]
    lesson = Lesson(lesson.exercise, lesson.name, tuple(cells))
    _check_unique_ids(lesson)
    _check_active_cells(lesson)
    _check_stubs(lesson)
    return lesson


def _read_cell(where: str, index: int, raw: Any) -> Cell:
    header: dict[str, Any] = dict(raw.metadata)
    grade_id = header.get("grade_id")
    place = f"{where}, cell {index}" + (f" ({grade_id})" if grade_id else "")
    unknown = set(header) - HEADER_KEYS - _JUPYTEXT_KEYS
    if unknown:
        raise ValueError(
            f"{place}: the header has the unknown key {sorted(unknown)[0]!r}. Use only role, grade_id, "
            "points, minutes, folded and tags."
        )
    role = header.get("role")
    _check_role(place, role, raw.cell_type)
    _check_grade_id(place, role, grade_id)
    _check_points(place, role, header.get("points"))
    _check_shown(place, role, header)
    return Cell(
        index=index,
        kind=raw.cell_type,
        source=raw.source,
        tags=tuple(header.get("tags", ())),
        role=role,
        grade_id=grade_id,
        points=header.get("points"),
        minutes=header.get("minutes"),
        folded=header.get("folded"),
        regions=_regions(place, role, raw.cell_type, raw.source),
    )


def _check_role(place: str, role: Any, kind: str) -> None:
    if role is None:
        return
    if role not in CELL_TYPE_OF_ROLE:
        raise ValueError(
            f"{place}: unknown role {role!r}. Use one of {', '.join(CELL_TYPE_OF_ROLE)}, or no role for a "
            "cell that nbgrader should not manage."
        )
    if kind != CELL_TYPE_OF_ROLE[role]:
        raise ValueError(
            f"{place}: a cell with role {role!r} must be {CELL_TYPE_OF_ROLE[role]}, received {kind}. "
            "Change the role or the cell type."
        )


def _check_grade_id(place: str, role: Any, grade_id: Any) -> None:
    if grade_id is None and role is not None:
        raise ValueError(f'{place}: a cell with role {role!r} needs a grade_id. Add grade_id="..." to the header.')
    if grade_id is not None and not (isinstance(grade_id, str) and _GRADE_ID.fullmatch(grade_id)):
        raise ValueError(
            f"{place}: grade_id must be 1 to 64 of the characters a-z, 0-9 and _, received {grade_id!r}. Rename it."
        )


def _check_points(place: str, role: Any, points: Any) -> None:
    if role not in ROLES_WITH_POINTS:
        if points is not None:
            raise ValueError(
                f"{place}: points belong to cells with role test or manual, received {points!r} on "
                f"{f'role {role!r}' if role else 'a cell without role'}. Move them to the hole's test cell."
            )
    elif isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < float("inf"):
        raise ValueError(
            f"{place}: a cell with role {role!r} needs points, a number that is not negative, received "
            f"{points!r}. Add points=... to the header."
        )


def _check_shown(place: str, role: Any, header: dict[str, Any]) -> None:
    minutes, folded = header.get("minutes"), header.get("folded")
    if minutes is not None and (role != "solution" or type(minutes) is not int or minutes < 1):
        raise ValueError(
            f"{place}: minutes are a whole number, at least 1, on a cell with role 'solution', received {minutes!r}. "
            "Correct the header."
        )
    if folded is not None and type(folded) is not bool:
        raise ValueError(f"{place}: folded is true or false, received {folded!r}. Correct the header.")


def _regions(place: str, role: Any, kind: str, source: str) -> tuple[Region, ...]:
    if role not in ROLES_WITH_REGIONS:
        remnant = next((line.strip() for line in source.split("\n") if marker_like(line)), None)
        if remnant is not None:
            raise ValueError(
                f"{place}: the marker {remnant!r} stands in a cell that is no hole. Give the cell role "
                '"solution" or "manual"; hidden tests belong to graders/.'
            )
        return ()
    try:
        regions = find_regions(source, code=kind == "code")
    except RegionError as error:
        raise ValueError(f"{place}: {error}") from None
    if not regions:
        raise ValueError(
            f"{place}: a cell with role {role!r} must hold a solution region. Enclose the answer in "
            "'### BEGIN SOLUTION' and '### END SOLUTION'."
        )
    return regions


def _check_unique_ids(lesson: Lesson) -> None:
    first: dict[str, Cell] = {}
    for cell in lesson.cells:
        if cell.grade_id is None:
            continue
        twin = first.setdefault(cell.grade_id, cell)
        if twin is not cell:
            raise ValueError(f"{lesson.where}, {cell.label}: the grade_id is taken by cell {twin.index}. Rename one.")


def _check_active_cells(lesson: Lesson) -> None:
    for cell in lesson.cells:
        if cell.active and cell.role not in ("solution", "given"):
            raise ValueError(
                f"{lesson.where}, {cell.label}: code that is neither solution nor given would run when the "
                f'module is imported. Add tags=["{INACTIVE}"] to the header (and comment the code out).'
            )


def _check_stubs(lesson: Lesson) -> None:
    holes = [cell for cell in lesson.cells if cell.role == "solution"]
    for cell in holes:
        try:
            stub_code(cell.source, inside_function=cell.active)
        except RegionError as error:
            raise ValueError(f"{lesson.where}, {cell.label}: {error}") from None
    if not holes:
        return
    active = any(cell.active for cell in holes)
    kind = "active cell" if active else "cell"
    candidates = [cell for cell in lesson.cells if cell.kind == "code" and (cell.active or not active)]
    if not any(imports_to_implement(cell) for cell in candidates):
        raise ValueError(
            f"{lesson.where}: the stubs raise ToImplement, which no {kind} imports. Add "
            '"from vaegan import ToImplement" to a cell with role "given".'
        )


def imports_to_implement(cell: Cell) -> bool:
    """Whether the cell, as students get it, says `from vaegan import ToImplement`."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "vaegan"
        and any(alias.name == "ToImplement" and alias.asname is None for alias in node.names)
        for node in _statements(cell)
    )


def _statements(cell: Cell) -> Iterator[ast.stmt]:
    source = stub_code(cell.source) if cell.regions else cell.source
    try:
        yield from ast.parse(source).body
    except SyntaxError:  # a cell with IPython magics: nothing in it can be relied on outside IPython
        return
