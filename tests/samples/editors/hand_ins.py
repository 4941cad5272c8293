"""The solved lesson of ex03, and what editors, converters and transports make of it; each is the smallest change."""

from __future__ import annotations

import copy
import functools
import json
import os
import re
from pathlib import Path

import jupytext
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

ROOT = Path(__file__).resolve().parents[3]
LESSON, EXERCISE = "vae", "ex03_vae"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def untouched(exercise: str = EXERCISE, lesson: str = LESSON):
    """The notebook as handed out."""
    return nbformat.read(ROOT / "release" / exercise / f"{lesson}.ipynb", as_version=4)


@functools.cache
def solutions(exercise: str = EXERCISE, lesson: str = LESSON) -> dict[str, str]:
    """The right answers by grade_id."""
    source = nbformat.read(ROOT / "source" / exercise / f"{lesson}.ipynb", as_version=4)
    cells = [cell for cell in source.cells if cell.cell_type == "code" and about(cell).get("solution")]
    return {about(cell)["grade_id"]: re.sub(r".*### (BEGIN|END) SOLUTION.*\n?", "", cell.source) for cell in cells}


def solved(exercise: str = EXERCISE, lesson: str = LESSON):
    """The notebook with the right answers."""
    notebook, answers = untouched(exercise, lesson), solutions(exercise, lesson)
    for cell in notebook.cells:
        if (name := about(cell).get("grade_id")) in answers:
            cell.source = answers[name]
    return notebook


def about(cell) -> dict:
    """nbgrader's metadata of a cell."""
    return cell.metadata.get("nbgrader", {})


def place(notebook, grade_id: str) -> int:
    """Where a cell stands."""
    return next(i for i, cell in enumerate(notebook.cells) if about(cell).get("grade_id") == grade_id)


def write(path: Path, notebook, encoding: str = "utf-8", mark: bytes = b"") -> None:
    """Write a notebook or a text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = notebook if isinstance(notebook, str) else json.dumps(notebook, ensure_ascii=False)
    path.write_bytes(mark + text.encode(encoding))


def module(notebook) -> str:
    """The module that jupytext pairs with a notebook."""
    return jupytext.writes(notebook, fmt="py:percent")


def without_headers(notebook) -> str:
    """The module as VS Code exports it: marks without metadata."""
    return re.sub(r"^# %%(?! \[markdown\]).*$", "# %%", module(notebook), flags=re.MULTILINE)


def without_marks(notebook) -> str:
    """The module as `nbconvert --to script` and a tidying hand leave it: code alone."""
    cells = [c for c in notebook.cells if c.cell_type == "code" and not c.metadata.get("tags")]
    return "\n\n\n".join(cell.source for cell in cells) + "\n"


def by_colab(notebook):
    """Colab: format 4.0, no cell ids, nbgrader's metadata and tags kept, `outputId` added."""
    notebook = json.loads(json.dumps(notebook))
    notebook["nbformat_minor"] = 0
    for cell in notebook["cells"]:
        del cell["id"]
        cell["metadata"] |= {"id": "xT3" + str(len(cell["source"]))}
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["as run\n"]}]
    return notebook


def without_metadata(notebook):
    """A converter that keeps nothing but the cells' texts."""
    notebook = json.loads(json.dumps(notebook))
    for number, cell in enumerate(notebook["cells"]):
        cell |= {"metadata": {}, "id": f"new-{number}"}
    return notebook


def with_crlf(notebook):
    """A Windows tool: carriage returns in every cell, and lines as a list."""
    notebook = json.loads(json.dumps(notebook))
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n").splitlines(keepends=True)
    return notebook


def in_format_3(notebook) -> str:
    """A converter that still writes the format of IPython 2."""
    return nbformat.writes(nbformat.convert(copy.deepcopy(notebook), 3), version=3)


def with_cells(notebook, *cells, below: str = "kl"):
    """More cells below one of the lesson's."""
    notebook = copy.deepcopy(notebook)
    at = place(notebook, below) + 1
    notebook.cells[at:at] = cells
    return notebook


def without_cell(notebook, grade_id: str):
    """The notebook after one of the lesson's cells was deleted."""
    notebook = copy.deepcopy(notebook)
    del notebook.cells[place(notebook, grade_id)]
    return notebook


def with_answer(notebook, grade_id: str, change):
    """Another answer in one cell: a text, or a function of the text that is there."""
    notebook = copy.deepcopy(notebook)
    cell = notebook.cells[place(notebook, grade_id)]
    cell.source = change(cell.source) if callable(change) else change
    return notebook


def all_stubs_changed(change):
    """The untouched notebook after something was done to each hole's text."""
    notebook = untouched()
    for name in solutions():
        notebook = with_answer(notebook, name, change)
    return notebook


def at_times(folder: Path, **times: float) -> None:
    """Set when `vae.<ending>` was written."""
    for ending, seconds in times.items():
        os.utime(folder / f"{LESSON}.{ending}", (1e9 + seconds, 1e9 + seconds))


def copy_of(notebook, grade_id: str, source: str, kind: str = "code"):
    """A copy of a cell as JupyterLab pastes it: a new id, the metadata as they were."""
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}[kind]
    return make(source, metadata=copy.deepcopy(notebook.cells[place(notebook, grade_id)].metadata))
