"""Takes a submission in: whatever was handed in becomes a sound notebook with the released one's structure.

Students break notebooks in every way: deleted, doubled or moved cells, changed metadata, old formats, no
JSON at all. Grading must not depend on any of it, so the roles, points and texts of the cells that belong
to the course come from the release, and only what a student may write comes from the student.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from judge.outputs import clean_outputs
from judge.store import write_whole

LONG = "long"  # tag of a cell that trains for minutes: never run again when grading
INACTIVE = "active-ipynb"  # jupytext's tag of a cell that the paired module holds commented out
KEPT_TAGS = (LONG, INACTIVE)
MAX_CELLS, MAX_SOURCE = 1000, 200_000


@dataclass
class Intake:
    """What was taken in.

    Attributes:
        notebook: sound, with the released structure and the student's answers.
        graded: the file or files whose content this is, e.g. "vae.ipynb".
        notes: sentences for the student about what had to be mended.
    """

    notebook: Any
    graded: str
    notes: list[str] = field(default_factory=list)


def take_in(notebook: Path, release: Path, *, keep_all_outputs: bool = False) -> Intake:
    """Read a submitted notebook, and the module of the same name beside it if there is one.

    Args:
        notebook: the submitted .ipynb.
        release: the notebook that students were given.
        keep_all_outputs: True for a notebook that is not run again; otherwise only the outputs of
            cells tagged `long` are kept.

    Returns:
        The notebook to grade; an unreadable one becomes the release with nothing filled in.
    """
    skeleton = nbformat.read(release, as_version=4)
    notes: list[str] = []
    cells = _read(notebook, notes)
    module = notebook.with_suffix(".py")
    graded = notebook.name
    if module.is_file() and not module.is_symlink():
        graded = _merge_module(cells, skeleton, module, notebook, notes)
    result = copy.deepcopy(skeleton)
    result.cells = _with_structure(cells, skeleton, notes, keep_all_outputs)
    return Intake(result, graded, notes)


def complete(course: Path, exercise: str, student: str) -> list[str]:
    """Make the notebook of a module that was handed in without one: nbgrader sees notebooks only.

    Returns:
        The names of the notebooks that were added to the submission.
    """
    folder = course / "submitted" / student / exercise
    added = []
    for released in sorted((course / "release" / exercise).glob("*.ipynb")):
        notebook, module = folder / released.name, folder / f"{released.stem}.py"
        if module.is_file() and not notebook.exists():
            write_whole(notebook, _as_notebook(module) or released.read_text(encoding="utf-8"))
            added.append(notebook.name)
    return added


def _as_notebook(module: Path) -> str:
    """The notebook that jupytext pairs with a module; "" if it cannot read it."""
    try:
        return str(nbformat.writes(jupytext.read(module, fmt="py:percent")))
    except Exception:  # jupytext raises many kinds on malformed input; take_in says so to the student
        return ""


def _read(path: Path, notes: list[str]) -> list[Any]:
    """The cells as a list of plain dicts, empty if the file is no notebook."""
    try:
        raw = nbformat.reads(path.read_bytes().decode("utf-8"), as_version=4)
        cells = [dict(cell) for cell in raw.cells if isinstance(cell, dict)]
    except Exception as error:  # nbformat raises many kinds on malformed input; none may stop a batch
        reason = str(error).split("\n")[0][:120] or type(error).__name__
        notes.append(
            f"{path.name} cannot be read as a notebook ({reason}), so nothing in it was graded. Open it in "
            "JupyterLab, repair or rebuild it, save, and hand in again."
        )
        return []
    if len(cells) > MAX_CELLS:
        notes.append(f"{path.name} has {len(cells)} cells; only the first {MAX_CELLS} were read.")
    return cells[:MAX_CELLS]


def _with_structure(cells: list[Any], skeleton: Any, notes: list[str], keep_all: bool) -> list[Any]:
    """The student's cells in the student's order, with every released cell present exactly once."""
    released = {_grade_id(cell): cell for cell in skeleton.cells if _grade_id(cell)}
    tags = {cell.get("id"): _tags(cell) for cell in skeleton.cells}
    last = {_grade_id(cell): position for position, cell in enumerate(cells)}
    result: list[Any] = []
    for position, cell in enumerate(cells):
        grade_id = _grade_id(cell)
        if grade_id in released and last[grade_id] == position:
            taken = _released_cell(cell, released[grade_id])
        else:
            if grade_id in released:
                notes.append(f"The cell `{grade_id}` is there more than once; the last one was graded.")
            taken = _own_cell(cell, tags.get(str(cell.get("id")), []))
        if taken.cell_type == "code":
            keep = keep_all or LONG in _tags(taken)
            taken.outputs = clean_outputs(cell.get("outputs") or []) if keep else []
        result.append(taken)
    _restore_missing(result, skeleton, released, notes if cells else [])
    for position, cell in enumerate(result):
        cell["id"] = f"cell-{position}"
    return result


def _released_cell(cell: Any, released: Any) -> Any:
    """The released cell, with the student's text where the student may write."""
    taken = copy.deepcopy(released)
    if released.metadata.nbgrader.get("solution"):
        taken.source = _source(cell)
    return taken


def _own_cell(cell: Any, tags: list[str]) -> Any:
    """A cell of the student's own, without metadata but for the tags it was released with."""
    make = new_code_cell if cell.get("cell_type") == "code" else new_markdown_cell
    return make(_source(cell), metadata={"tags": tags} if tags else {})


def _restore_missing(
    result: list[Any], skeleton: Any, released: dict[str | None, Any], notes: list[str]
) -> None:
    """Put released cells that were deleted back behind the released cell before them."""
    present = {_grade_id(cell) for cell in result}
    before: str | None = None
    for cell in skeleton.cells:
        grade_id = _grade_id(cell)
        if grade_id is None:
            continue
        if grade_id not in present:
            places = [i for i, c in enumerate(result) if before is not None and _grade_id(c) == before]
            result.insert(places[0] + 1 if places else 0, copy.deepcopy(released[grade_id]))
            notes.append(f"The cell `{grade_id}` was missing; it was put back as it was handed out.")
        before = grade_id


def _merge_module(cells: list[Any], skeleton: Any, module: Path, notebook: Path, notes: list[str]) -> str:
    """Take each answer from the notebook or from the .py beside it, whichever holds newer work.

    An answer that still is the released stub gives way to one that is not; where both were changed, the
    file that was written later wins.
    """
    try:
        theirs = jupytext.read(module, fmt="py:percent").cells
    except Exception as error:  # jupytext raises many kinds on malformed input; none may stop a batch
        notes.append(f"{module.name} cannot be read ({type(error).__name__}); {notebook.name} was graded.")
        return notebook.name
    stubs = {_grade_id(cell): _source(cell) for cell in skeleton.cells if _is_answer(cell)}
    answers = {_grade_id(cell): _source(cell) for cell in theirs if _grade_id(cell) in stubs}
    module_is_newer = module.stat().st_mtime > notebook.stat().st_mtime
    taken = []
    for cell in cells:
        grade_id = _grade_id(cell)
        mine, other = _source(cell), answers.get(grade_id or "", stubs.get(grade_id))
        if other is None or grade_id not in stubs or mine.strip() == other.strip():
            continue
        if other.strip() != stubs[grade_id].strip() and (
            mine.strip() == stubs[grade_id].strip() or module_is_newer
        ):
            cell["source"] = other
            taken.append(grade_id)
    if not taken:
        return notebook.name
    notes.append(
        f"{module.name} and {notebook.name} differ; taken from {module.name}, which holds the newer work: "
        f"{', '.join(f'`{name}`' for name in taken)}."
    )
    return f"{notebook.name}, {module.name}"


def _is_answer(cell: Any) -> bool:
    return bool(cell.get("metadata", {}).get("nbgrader", {}).get("solution"))


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    """The cell's grade_id, or None if it has none or something else stands in its place."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _tags(cell: Mapping[str, Any]) -> list[str]:
    tags = cell.get("metadata", {}).get("tags", [])
    return [tag for tag in KEPT_TAGS if isinstance(tags, list) and tag in tags]


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    text = source if isinstance(source, str) else json.dumps(source)
    return text[:MAX_SOURCE].encode("utf-8", "replace").decode()
