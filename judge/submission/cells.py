"""A student's cells as they were read: plain data, whatever stood in the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from judge.machine.sizes import CELL_SOURCE, CELLS, SOURCE

LONG = "long"  # tag of a cell that trains for minutes: never run again when grading
INACTIVE = "active-ipynb"  # jupytext's tag of a cell that the paired module holds commented out
KEPT_TAGS = (LONG, INACTIVE)


@dataclass
class Cell:
    """One cell.

    Attributes:
        kind: "code", "markdown" or "raw".
        source: its text, with "\\n" as line end.
        id, grade_id: what the file says, or "".
        tags: those of `KEPT_TAGS` that it carries.
        outputs, attachments: as in the file, not looked at yet.
        released_tags: those that a released cell of the same source has.
    """

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    tags: list[str] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)
    attachments: dict[str, Any] = field(default_factory=dict)
    released_tags: tuple[str, ...] = ()


def cell_of(raw: Mapping[str, Any]) -> Cell:
    """The cell that a dict in nbformat's form describes; what has another type there counts as absent."""
    kind = raw.get("cell_type")
    metadata = _mapping(raw.get("metadata"))
    about = _mapping(metadata.get("nbgrader"))
    tags = metadata.get("tags")
    outputs = raw.get("outputs")
    return Cell(
        kind=kind if isinstance(kind, str) and kind in ("code", "raw") else "markdown",
        source=text_of(raw.get("source", raw.get("input", ""))),
        id=_word(raw.get("id")) or _word(metadata.get("id")),
        grade_id=_word(about.get("grade_id")) or _word(metadata.get("grade_id")),
        tags=[tag for tag in KEPT_TAGS if isinstance(tags, list) and tag in tags],
        outputs=outputs if isinstance(outputs, list) else [],
        attachments=_mapping(raw.get("attachments")),
    )


def text_of(source: object) -> str:
    """A source as one text that can be stored: joined if it is a list of lines, with line ends of one kind."""
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        # A converter that has lost the line ends leaves none at all.
        source = ("" if any(line.endswith(("\n", "\r")) for line in lines) else "\n").join(lines)
    text = source if isinstance(source, str) else json.dumps(source)
    text = text[: CELL_SOURCE + 1].replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be written to a file


def within_sizes(cells: Iterable[Cell], file: str, notes: list[str]) -> list[Cell]:
    """The cells up to the stated sizes; notes say what was left out."""
    cells = list(cells)
    if len(cells) > CELLS:
        notes.append(f"{file} has {len(cells)} cells; only the first {CELLS} were read.")
    kept: list[Cell] = []
    room = SOURCE
    for number, cell in enumerate(cells[:CELLS], 1):
        if len(cell.source) > CELL_SOURCE:
            notes.append(f"Cell {number} of {file} is long; only its first {CELL_SOURCE} characters were read.")
            cell.source = cell.source[:CELL_SOURCE]
        room -= len(cell.source)
        if room < 0:
            notes.append(
                f"{file} holds more than {SOURCE} characters of code and text; cell {number} and what follows "
                "was left out."
            )
            break
        kept.append(cell)
    return kept


def without_comment(lines: list[str]) -> list[str]:
    """The lines of a cell that the module holds commented out; one that an editor has uncommented stays."""
    return [line[2:] if line.startswith("# ") else line[1:] if line == "#" else line for line in lines]


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
