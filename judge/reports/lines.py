"""Finds where in a student's own files a failed check points to: a line of vae.py, or of the notebook's JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from judge.grade.result import CheckResult

_QUOTED = re.compile(r"\(your line: `(.*)`\)")
_NAMED = re.compile(r"`(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)`")
_DEFINITION = re.compile(r"\s*(?:def|class) +(\w+)")
_STUB = "raise ToImplement"


def place_of(check: CheckResult, notebook: Any, texts: Mapping[str, str]) -> tuple[str, int] | None:
    """The file and the line, counted from 1, that a failed check is about; None if no file holds its hole.

    Args:
        check: a failed check.
        notebook: the notebook that was graded.
        texts: the student's files by path; the module comes before the notebook if it holds the same answer.
    """
    answer = hole_of(check.cell, notebook)
    if answer is None:
        return None
    grade_id, source = answer
    line = line_in(check, source.split("\n"))
    for path in sorted(texts, key=lambda path: path.endswith(".ipynb")):
        first = (_in_notebook if path.endswith(".ipynb") else _in_module)(texts[path], grade_id, source, line)
        if first is not None:
            return path, first
    return None


def hole_of(cell: str, notebook: Any) -> tuple[str, str] | None:
    """The grade_id and text of the last answer before a check's cell."""
    found = None
    for candidate in notebook.cells:
        about = candidate.metadata.get("nbgrader", {})
        if about.get("grade_id") == cell:
            return found
        if about.get("solution") and candidate.cell_type == "code":
            found = (str(about["grade_id"]), str(candidate.source))
    return None


def line_in(check: CheckResult, lines: list[str]) -> int:
    """The index of the line of an answer that a check is about.

    The line that an exception quotes; else the function that the message or the check's name speaks of,
    and in it the stub, if it is still there; else the answer's first definition.
    """
    if quoted := _QUOTED.search(check.message):
        for index, line in enumerate(lines):
            if line.strip() == quoted[1].strip():
                return index
    definitions = {m[1]: i for i, line in reversed(list(enumerate(lines))) if (m := _DEFINITION.match(line))}
    names = [*_NAMED.findall(check.message), check.cell.removesuffix("_check"), *_NAMED.findall(check.says)]
    start = next((definitions[name] for name in names if name in definitions), None)
    if start is None:
        start = min(definitions.values(), default=0)
    stubs = [i for i, line in enumerate(lines) if line.strip().startswith(_STUB) and i >= start]
    return stubs[0] if stubs and "ToImplement" in check.message else start


def _in_module(text: str, grade_id: str, source: str, line: int) -> int | None:
    """The line in a py:percent module, if it holds this very answer."""
    lines = text.split("\n")
    for index, header in enumerate(lines):
        if header.startswith("# %%") and f'"grade_id": "{grade_id}"' in header:
            rest = "\n".join(lines[index + 1 :])
            return index + 2 + line if rest.strip().startswith(source.strip()) else None
    return None


def _in_notebook(text: str, grade_id: str, source: str, line: int) -> int | None:
    """The line in the notebook's JSON; its first one if the JSON is not written one line per line of code."""
    lines = text.split("\n")
    wanted = source.split("\n")[line]
    at = [i for i, found in enumerate(lines) if found.strip().startswith(f'"grade_id": "{grade_id}"')]
    if not at:
        return 1 if f'"{grade_id}"' in text else None
    written = {json.dumps(wanted + end, ensure_ascii=ascii) for end in ("\n", "") for ascii in (True, False)}
    for index in range(at[-1], len(lines)):
        if lines[index].strip().rstrip(",") in written:
            return index + 1
    return at[-1] + 1
