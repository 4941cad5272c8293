"""Reads an .ipynb without nbformat: any version, whatever is wrong in it, in time and memory that its size bounds.

nbformat checks each output against a schema and refuses the whole file for one cell; a hand-in is taken cell by
cell instead, and what is not as it should be counts as absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judge.machine.sizes import CELLS, JSON_BRACKETS, NOTEBOOK_BYTES
from judge.submission.cells import Cell, cell_of, within_sizes
from judge.submission.decoding import Unreadable, conflict_line, decode, read_capped

_REBUILD = "Open it in JupyterLab, repair or rebuild it, save, and hand in again."
_PICTURES_IN_3 = {"png": "image/png", "jpeg": "image/jpeg"}
_NAMES_IN_3 = _PICTURES_IN_3 | {"text": "text/plain", "html": "text/html", "latex": "text/latex"}
_KINDS_IN_3 = {"pyout": "execute_result", "pyerr": "error"}
_MORE_THAN_READ = 100_000  # cells looked at, to say how many there are


def read_notebook(path: Path, notes: list[str]) -> list[Cell]:
    """The cells of a notebook; notes say what was left out.

    Raises:
        Unreadable: if it is no notebook.
    """
    text, encoding = decode(read_capped(path, NOTEBOOK_BYTES))
    raw, rest = _parse(text)
    if rest:
        notes.append(f"{path.name} goes on behind the end of its notebook; what follows there is left out.")
    if encoding:
        notes.append(f"{path.name} was read as {encoding}; save it as UTF-8 to be sure that it is right.")
    cells = [cell_of(cell) for cell in _cells(raw)]
    if raw.get("cells") and not cells:
        raise Unreadable(f"its list of cells holds something else than cells. {_REBUILD}")
    for number, cell in enumerate(cells[:CELLS], 1):
        if cell.kind == "code" and (line := conflict_line(cell.source)):
            notes.append(
                f"Cell {number} of {path.name} holds a merge conflict (line {line}), so it cannot run. Keep one of "
                "the two versions, remove the markers, and hand in again."
            )
    return within_sizes(cells, path.name, notes)


def _parse(text: str) -> tuple[dict[str, Any], bool]:
    """The notebook, and whether something follows it: a page's comment, a second copy."""
    text = text.strip("\0 \n")  # a disk that was full, or a crash, leaves zeros at the end
    if text.count("[") + text.count("{") > JSON_BRACKETS:
        raise Unreadable(f"it has more than {JSON_BRACKETS} lists and objects, as no notebook has. {_REBUILD}")
    try:
        raw, end = json.JSONDecoder().raw_decode(text)
    except RecursionError:
        raise Unreadable(f"it is nested too deeply. {_REBUILD}") from None
    except ValueError as error:
        raise Unreadable(_no_json(text, error)) from None
    if not isinstance(raw, dict) or not any(isinstance(raw.get(key), list) for key in ("cells", "worksheets")):
        raise Unreadable(f"it is JSON, but no notebook: it has no list of cells. {_REBUILD}")
    return raw, end < len(text)


def _no_json(text: str, error: ValueError) -> str:
    """Why a text is no JSON, by what it looks like."""
    if line := conflict_line(text):
        return (
            f"git left a merge conflict in it (line {line}). Run `git checkout --ours` (or `--theirs`) on it, commit, "
            "and hand in again."
        )
    if not text.lstrip().startswith(("{", "[")):
        return f"it is a text, perhaps Python code, and no notebook. Give code the ending .py. {_REBUILD}"
    reason = error.msg if isinstance(error, json.JSONDecodeError) else "a number in it is too long"
    where = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
    if where and not text.endswith("}"):
        last = text.count("\n") + 1
        return f"it breaks off in line {last}, as an interrupted download does. Hand in the whole file."
    return f"its JSON is damaged{where}: {reason}. {_REBUILD}"


def _cells(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(raw.get("cells"), list):
        found = (cell for cell in raw["cells"] if isinstance(cell, dict))
        yield from (cell for cell, _ in zip(found, range(_MORE_THAN_READ), strict=False))
        return
    for sheet in raw["worksheets"][:CELLS]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in (cells if isinstance(cells, list) else [])[: CELLS + 1]:
            if isinstance(cell, dict):
                yield _from_3(cell)


def _from_3(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell of notebook format 3 (IPython 1 to 2, some converters) as format 4 has it."""
    if cell.get("cell_type") == "code":
        outputs = cell.get("outputs")
        outputs = outputs if isinstance(outputs, list) else []
        return cell | {"source": cell.get("input", ""), "outputs": [_output_from_3(o) for o in outputs]}
    if cell.get("cell_type") == "heading":
        source = cell.get("source")
        return cell | {"source": "# " + ("".join(map(str, source)) if isinstance(source, list) else str(source))}
    return cell


def _output_from_3(output: Any) -> Any:
    if not isinstance(output, dict):
        return output
    kind = output.get("output_type")
    data = {new: output[old] for old, new in _NAMES_IN_3.items() if old in output}
    new_kind = _KINDS_IN_3.get(kind, kind) if isinstance(kind, str) else kind
    return output | {"output_type": new_kind, "data": data, "name": output.get("stream", "stdout")}
