"""How a lesson's cells look in an editor: points and minutes in headings, checks and pictures folded to one line.

JupyterLab and VS Code read `jupyter.source_hidden`, Colab `cellView`; a folded cell shows its first line. The tag
`raises-exception` lets *Run All* go on behind a check that an open hole makes fail.
"""

from __future__ import annotations

import re
from typing import Any

from judge.course.lesson import Cell, Lesson

GOES_ON = "raises-exception"  # Jupyter's own tag
_HEADING = re.compile(r"(#{2,6}) +(\S.*)")
_FENCE = re.compile(r" {0,3}(```|~~~)")


def metadata(lesson: Lesson, cell: Cell) -> dict[str, Any]:
    """The cell's metadata apart from nbgrader's."""
    tags = [*cell.tags, *([GOES_ON] if _reports(lesson, cell) else [])]
    shown: dict[str, Any] = {"tags": tags} if tags else {}
    if is_folded(lesson, cell):
        shown |= {"cellView": "form", "jupyter": {"source_hidden": True}}
    return shown


def source(lesson: Lesson, cell: Cell) -> str:
    """The cell's text: a folded one begins with what it is, a heading ends with what its section is worth."""
    if is_folded(lesson, cell):
        kind = f"Check ({_counted(cell.points or 0, 'point')})" if cell.role == "test" else "Picture"
        return f"# {kind}: run this cell; a click opens its code\n{cell.source}"
    if cell.kind == "markdown" and cell.role is None:
        return _with_worth(lesson, cell)
    return cell.source


def is_folded(lesson: Lesson, cell: Cell) -> bool:
    """Whether the code is hidden until somebody asks for it: checks and pictures, unless the header says otherwise."""
    if cell.folded is not None:
        return cell.folded
    return _reports(lesson, cell) and (cell.role == "test" or (cell.grade_id or "").endswith("_picture"))


def _reports(lesson: Lesson, cell: Cell) -> bool:
    """Whether this is a check or a picture of a lesson with holes: an open hole makes it fail."""
    has_holes = any(other.role == "solution" for other in lesson.cells)
    return has_holes and cell.kind == "code" and cell.role in ("test", None) and not _is_magic(cell)


def _is_magic(cell: Cell) -> bool:
    """Whether it begins with a cell magic, which must stay in the first line."""
    return cell.source.startswith("%%")


def _with_worth(lesson: Lesson, cell: Cell) -> str:
    lines, fenced = cell.source.split("\n"), False
    for number, line in enumerate(lines):
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.fullmatch(line)
        if heading:
            lines[number] = line + _worth(_section(lesson, cell, number, len(heading[1])))
    return "\n".join(lines)


def _section(lesson: Lesson, start: Cell, line: int, level: int) -> list[Cell]:
    """The cells from a heading to the next one of its level or above."""
    if any(depth <= level for depth in _levels(start.source.split("\n")[line + 1 :])):
        return []
    cells = []
    for cell in lesson.cells[start.index :]:
        if any(depth <= level for depth in _levels(cell.source.split("\n")) if cell.kind == "markdown"):
            break
        cells.append(cell)
    return cells


def _levels(lines: list[str]) -> list[int]:
    """The levels of the headings in Markdown; code between fences has none."""
    found, fenced = [], False
    for line in lines:
        fenced ^= bool(_FENCE.match(line))
        if (
            not fenced
            and re.match(r"#{1,6} +\S", line)
            and not line.startswith("### BEGIN")
            and not line.startswith("### END")
        ):
            found.append(len(line) - len(line.lstrip("#")))
    return found


def _worth(cells: list[Cell]) -> str:
    points, minutes = sum(cell.points or 0 for cell in cells), sum(cell.minutes or 0 for cell in cells)
    parts = [_counted(points, "point")] if points else []
    parts += [f"about {minutes} minutes"] if minutes else []
    return f" ({', '.join(parts)})" if parts else ""


def _counted(number: float, noun: str) -> str:
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"
