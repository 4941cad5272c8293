"""The student's cells in the student's order, with every released cell present exactly once and sound."""

from __future__ import annotations

import copy
import re
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell

from judge.sandbox.outputs import Room, clean_outputs
from judge.submission.attachments import Pictures
from judge.submission.cells import LONG, Cell
from judge.submission.matching import Match
from judge.submission.released import Lesson, Released
from judge.submission.stubs import is_open, names_in, parse

_NAMED = 10  # cells in one note


def with_structure(matched: Match, lesson: Lesson, notes: list[str], keep_all_outputs: bool) -> list[Any]:
    """The cells of the notebook that is graded.

    Args:
        matched: the student's cells.
        lesson: what was released.
        notes: sentences for the student are added here.
        keep_all_outputs: whether outputs of other cells than those tagged `long` are kept.
    """
    if not matched.cells:
        return copy.deepcopy(list(lesson.skeleton.cells))
    pictures, room = Pictures(), Room()
    result: list[Any] = []
    for cell, released, is_copy in zip(matched.cells, matched.released, matched.copies, strict=True):
        if released is not None and released.grade_id:
            taken = _released_cell(cell, released, lesson)
        else:
            taken = _own_cell(cell, released, is_copy)
        if taken.cell_type == "code":
            keep = keep_all_outputs or LONG in taken.metadata.get("tags", [])
            taken.outputs = clean_outputs(cell.outputs, room) if keep else []
        elif released is None or not released.grade_id or released.hole:
            taken.source, attachments = pictures.of(Cell("markdown", taken.source, attachments=cell.attachments))
            if attachments:
                taken.attachments = attachments
        result.append(taken)
    _restore_missing(result, lesson, notes)
    for position, cell in enumerate(result):
        cell["id"] = f"cell-{position}"
    if room.left_out:
        notes.append(f"{room.left_out} outputs beyond what one notebook may show were left out.")
    notes += pictures.notes
    return result


def _released_cell(cell: Cell, released: Released, lesson: Lesson) -> Any:
    """The released cell, with the student's text where the student may write."""
    taken = copy.deepcopy(lesson.skeleton.cells[released.place])
    if released.hole:
        taken.source = _answer(cell, taken)
    return taken


def _answer(cell: Cell, stub: Any) -> str:
    """The student's text; of a hole that was emptied, or commented out, the stub before it, which says what is open."""
    tree = parse(cell.source) if stub.cell_type == "code" else None
    if tree is None or tree.body or not is_open(cell.source, stub.source):
        return cell.source
    return "\n\n".join(filter(None, [stub.source, cell.source.strip()]))


def _own_cell(cell: Cell, released: Released | None, is_copy: bool) -> Any:
    """A cell of the student's own, or one that is not graded, without metadata but for the tags of the release.

    What does not run in the student's notebook, and an empty copy of a hole, are shown and not run.
    """
    tags = list(released.tags if released else cell.released_tags)
    metadata = {"tags": tags} if tags else {}
    if cell.kind == "code" and not is_copy:
        return new_code_cell(cell.source, metadata=metadata)
    return new_markdown_cell(_fenced(cell.source) if cell.kind != "markdown" else cell.source, metadata=metadata)


def _fenced(source: str) -> str:
    longest = max((len(run) for run in re.findall("`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{source}\n{fence}"


def _restore_missing(result: list[Any], lesson: Lesson, notes: list[str]) -> None:
    """Put released cells that were deleted back behind the released cell before them."""
    present = {_grade_id(cell) for cell in result}
    before, restored = "", []
    for released in lesson.cells:
        if not released.grade_id:
            continue
        if released.grade_id not in present:
            places = [i for i, cell in enumerate(result) if before and _grade_id(cell) == before]
            place = places[0] + 1 if places else 0
            place = _before_definition(result, released, place)
            result.insert(place, copy.deepcopy(lesson.skeleton.cells[released.place]))
            restored.append(f"`{released.grade_id}`")
        before = released.grade_id
    if len(restored) == 1:
        notes.append(f"The cell {restored[0]} is missing; it is graded as it was handed out.")
    elif restored:
        names = ", ".join(restored[:_NAMED]) + (f" and {len(restored) - _NAMED} more" if restored[_NAMED:] else "")
        notes.append(f"The cells {names} are missing; they are graded as they were handed out.")


def _before_definition(result: list[Any], released: Released, place: int) -> int:
    """A stub that is put back must not stand below a student's cell that defines the same."""
    for earlier, cell in enumerate(result[:place]):
        defines = any(name in cell.source for name in released.names) and cell.cell_type == "code"
        if defines and names_in(cell.source) & released.names:
            return earlier
    return place


def _grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
