"""Reads a .py as cells, in one pass: jupytext's percent format, other exports, and plain modules.

jupytext itself reads such a file in quadratic time and refuses it whole for one odd header, so only its reading of
a single header line and of IPython's magics is used here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jupytext.cell_metadata import text_to_metadata
from jupytext.magics import uncomment_magic
from jupytext.stringparser import StringParser

from judge.machine.sizes import CELL_SOURCE, CELLS, HEADER, MODULE_BYTES
from judge.submission.cells import INACTIVE, Cell, cell_of, within_sizes, without_comment
from judge.submission.decoding import conflict_line, decode, read_capped

_MARK = re.compile(r"[ \t]*#[ \t]*(?:%%(?P<header>|[ \t\[].*)|In ?\[[ \d*]*\]:?[ \t]*)")
_KIND = re.compile(r"\[(?:markdown|md)\]|^(?:markdown|md)\b|(?P<raw>\[raw\])")  # PyCharm writes `#%% md`
_QUOTED = re.compile(r"""[rRfF]?(\"\"\"|''')(.*?)\1\s*\Z""", re.DOTALL)
_YAML = re.compile(r"# ---[ \t]*\n(?:#.*\n)*?# ---[ \t]*(?:\n|\Z)")
_MORE_THAN_READ = 2 * CELLS  # marks that open a cell; later ones stay text, which is left out


def read_module(path: Path, notes: list[str]) -> list[Cell]:
    """The cells of a module; notes say what was left out.

    Raises:
        Unreadable: if it is no text.
    """
    text, encoding = decode(read_capped(path, MODULE_BYTES))
    if encoding:
        notes.append(f"{path.name} was read as {encoding}; save it as UTF-8 to be sure that it is right.")
    if line := conflict_line(text):
        notes.append(
            f"git left a merge conflict in {path.name} (line {line}), so that part of it cannot run. Keep one of the "
            "two versions, remove the markers, and hand in again."
        )
    return within_sizes(cells_of(text), path.name, notes)


def cells_of(text: str) -> list[Cell]:
    """The cells of a module's text, cut at the marks that editors know; one cell if there is none."""
    text = text[found.end() :] if (found := _YAML.match(text)) else text
    cells: list[Cell] = []
    header, lines = "", list[str]()
    quotes = StringParser("python")
    for line in text.split("\n"):
        mark = _MARK.fullmatch(line) if len(cells) < _MORE_THAN_READ else None
        if mark and (not quotes.is_quoted() or "nbgrader" in line):  # a string may hold what looks like a mark
            _add(cells, header, lines)
            header, lines, quotes = (mark["header"] or "").strip(), [], StringParser("python")
            continue
        if len(line) <= CELL_SOURCE:
            quotes.read_line(line)
        lines.append(line)
    _add(cells, header, lines)
    return cells


def _add(cells: list[Cell], header: str, lines: list[str]) -> None:
    """Append the cell of a header and what stands below it; nothing before the first header is no cell."""
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines and not header and not cells:
        return
    metadata = _metadata(header)
    found = _KIND.search(header[:80])
    kind = "code" if not found else "raw" if found["raw"] else "markdown"
    raw = {"cell_type": kind, "metadata": metadata, "source": ""}
    cell = cell_of(raw)
    if kind != "code":
        lines = _prose(lines)
    elif INACTIVE in cell.tags:
        lines = uncomment_magic(without_comment(lines))
    else:
        lines = uncomment_magic(lines)
    cell.source = "\n".join(lines)
    cells.append(cell)


def _metadata(header: str) -> dict[str, Any]:
    """The options of a header line, e.g. `[markdown] tags=["long"]`; none if they are odd or too long."""
    if not header or len(header) > HEADER or not ("=" in header or "{" in header):
        return {}
    try:
        metadata = text_to_metadata(_KIND.sub("", header, count=1), allow_title=True)[1]
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return {}
    return metadata if isinstance(metadata, dict) else {}


def _prose(lines: list[str]) -> list[str]:
    """The text of a Markdown or raw cell, which stands in comments or in a string."""
    if found := _QUOTED.fullmatch("\n".join(lines).strip()):
        return found[2].strip("\n").split("\n")
    return without_comment(lines)
