"""Builds `source/<exercise>/<lesson>.ipynb` from `solutions/`, byte for byte the same each time.

Short headers become nbgrader's cell metadata and the look of the cells; cell ids are derived, never drawn. Hints are no
assignment of their own, since nobody hands them in: each notebook of `solutions/hints/` is built into every
exercise, so that students receive it with whatever they fetch first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import nbformat

from judge.course import appearance
from judge.course.handouts import given_modules
from judge.course.lesson import Cell, Lesson, exercises, lesson_paths, read_lesson

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PAIRED_METADATA = {
    "jupytext": {
        "formats": "ipynb,py:percent",
        # Else jupytext writes its version into the module, and two versions would write different bytes.
        "notebook_metadata_filter": "-jupytext.text_representation.jupytext_version",
        # How the notebook looks is no business of the module.
        "cell_metadata_filter": "all,-jupyter,-cellView,-collapsed,-scrolled,-execution,-trusted",
    }
}
REMEDY = "Run `python -m judge build` and commit what it writes."


def build(root: Path, exercises: Sequence[str] | None = None) -> list[Path]:
    """Bring the source files of these exercises (default: all) up to date.

    Nothing is written unless every lesson asked for is right.

    Args:
        root: the course folder.
        exercises: names of folders in `solutions/`.

    Returns:
        The files that were written or, having no lesson any more, removed.

    Raises:
        ValueError: if a lesson is wrong, or there is no such exercise.
    """
    made = source_files(root, exercises)
    changed = []
    for path, data in made.items():
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            changed.append(path)
    for path in _orphans(root, exercises, made):
        path.unlink()
        changed.append(path)
    return changed


def stale(root: Path) -> list[str]:
    """One sentence for each file in `source/` that is not what `build` would write. Writes nothing."""
    made = source_files(root)
    findings = []
    for path, data in made.items():
        if not path.exists():
            findings.append(f"{_shown(root, path)} is missing. {REMEDY}")
        elif path.read_bytes() != data:
            findings.append(f"{_shown(root, path)} differs from its lesson. {REMEDY}")
    orphans = _orphans(root, None, made)
    return findings + [f"{_shown(root, path)} has no lesson. {REMEDY}" for path in orphans]


def source_files(root: Path, exercises: Sequence[str] | None = None) -> dict[Path, bytes]:
    """What `build` would write: the bytes of each notebook and of each module that is handed out, by path."""
    made = {}
    for exercise in _chosen(root, exercises):
        for lesson_path in lesson_paths(root, exercise):
            target = root / "source" / exercise / f"{lesson_path.stem}.ipynb"
            if target in made:
                raise ValueError(
                    f"solutions/{exercise}/{lesson_path.name} is the name of a hints notebook. Rename one."
                )
            made[target] = notebook_bytes(read_lesson(lesson_path))
        for name, data in given_modules(root, exercise).items():
            made[root / "source" / exercise / name] = data
    return made


def notebook_bytes(lesson: Lesson) -> bytes:
    """The lesson as canonical notebook JSON, solutions included and outputs not."""
    notebook = nbformat.v4.new_notebook(
        metadata=NOTEBOOK_METADATA | (PAIRED_METADATA if lesson.paired else {}),
        cells=[_notebook_cell(lesson, cell) for cell in lesson.cells],
    )
    text: str = nbformat.writes(notebook)
    return (text.rstrip("\n") + "\n").encode()


def nbgrader_metadata(cell: Cell) -> dict[str, Any]:
    """What nbgrader (schema 3) wants to know of a cell that has a role."""
    metadata: dict[str, Any] = {
        "cell_type": cell.kind,
        "grade": cell.role in ("test", "manual"),
        "grade_id": cell.grade_id,
        "locked": cell.role in ("given", "test"),
        "schema_version": 3,
        "solution": cell.role in ("solution", "manual"),
        "task": False,
    }
    return metadata | ({} if cell.points is None else {"points": cell.points})


def cell_id(lesson: Lesson, cell: Cell) -> str:
    """The cell's grade_id, or a hash of its place when it has none."""
    place = f"{lesson.exercise}/{lesson.name}/{cell.index}"
    return cell.grade_id or hashlib.sha256(place.encode()).hexdigest()[:12]


def _notebook_cell(lesson: Lesson, cell: Cell) -> Any:
    metadata = appearance.metadata(lesson, cell)
    if cell.role is not None:
        metadata["nbgrader"] = nbgrader_metadata(cell)
    new_cell = getattr(nbformat.v4, f"new_{cell.kind}_cell")
    return new_cell(appearance.source(lesson, cell), id=cell_id(lesson, cell), metadata=metadata)


def _chosen(root: Path, chosen: Sequence[str] | None) -> list[str]:
    known = exercises(root)
    unknown = [name for name in chosen or () if name not in known]
    if unknown:
        raise ValueError(f"solutions/ has no exercise {unknown[0]!r}. Use one of: {', '.join(known) or 'none yet'}.")
    return known if chosen is None else list(chosen)


def _orphans(root: Path, chosen: Sequence[str] | None, made: Iterable[Path]) -> list[Path]:
    folders = ["*"] if chosen is None else chosen
    found = [path for folder in folders for path in sorted((root / "source").glob(f"{folder}/*"))]
    return [path for path in found if path.suffix in (".ipynb", ".py") and path not in set(made)]


def _shown(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
