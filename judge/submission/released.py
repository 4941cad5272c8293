"""What was handed out, as the intake looks at it: one object for each cell of a released notebook."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from judge.submission.cells import KEPT_TAGS
from judge.submission.stubs import names_in


@dataclass(frozen=True)
class Released:
    """One cell of a released notebook.

    Attributes:
        place: its position in the notebook.
        kind: "code", "markdown" or "raw".
        source, id, grade_id: as released; grade_id is "" if nothing is graded there.
        tags: those of `KEPT_TAGS` that it carries.
        hole: whether the student writes in it.
        is_check: whether it is graded, but no hole.
        names: what it defines, if it is code of the course: given or a hole.
    """

    place: int
    kind: str
    source: str
    id: str
    grade_id: str
    tags: tuple[str, ...]
    hole: bool
    is_check: bool
    names: frozenset[str]


@dataclass(frozen=True)
class Lesson:
    """A released notebook: its exercise, its name, and its cells. `skeleton` must be copied before it is changed."""

    exercise: str
    name: str
    skeleton: Any
    cells: tuple[Released, ...]

    @property
    def holes(self) -> dict[str, Released]:
        """The cells that the student answers, by grade_id."""
        return {cell.grade_id: cell for cell in self.cells if cell.hole}

    @property
    def code_holes(self) -> dict[str, Released]:
        """Those that are answered in code."""
        return {name: cell for name, cell in self.holes.items() if cell.kind == "code"}


def read_lesson(release: Path) -> Lesson:
    """The lesson of a released notebook."""
    return _read(release, release.stat().st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _read(release: Path, changed: int) -> Lesson:
    skeleton = nbformat.read(release, as_version=4)
    cells = tuple(_cell(place, cell) for place, cell in enumerate(skeleton.cells))
    return Lesson(release.parent.name, release.stem, skeleton, cells)


def _cell(place: int, cell: Any) -> Released:
    about = cell.metadata.get("nbgrader", {})
    is_course_code = cell.cell_type == "code" and bool(about) and not _is_check(about)
    return Released(
        place=place,
        kind=cell.cell_type,
        source=cell.source,
        id=cell.get("id", ""),
        grade_id=about.get("grade_id", ""),
        tags=tuple(tag for tag in KEPT_TAGS if tag in cell.metadata.get("tags", [])),
        hole=bool(about.get("solution")),
        is_check=_is_check(about),
        names=frozenset(names_in(cell.source)) if is_course_code else frozenset(),
    )


def _is_check(about: Any) -> bool:
    return bool(about.get("grade")) and not about.get("solution")
