"""Runs a lesson's visible checks and says in one line per check how it went: `python -m vaegan validate vae.ipynb`.

Only an exception makes a check fail. What a notebook prints, on whatever stream, changes nothing; cells tagged `long`,
which train, are not run. The judge looks at more than these checks.
"""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from vaegan.holes import as_raised

PASSED, FAILED, OPEN = "✓", "✗", "○"
CELL_SECONDS = 180
KERNEL = "python3"  # whatever kernel the notebook names, which may be one of another computer
UNANSWERED = "YOUR ANSWER HERE"  # nbgrader's text in an answer that nobody has written
MOST_CHARACTERS = 400
_HEADING = re.compile(r"#{2,6} +(\S.*)")
_WORTH = re.compile(r" \([\d.]+ points?(, about \d+ minutes)?\)$")
_CAUSED = (
    "NameError",
    "AttributeError",
    "ImportError",
    "ModuleNotFoundError",
)  # often follow from an earlier error
_STOPPED = ("CellTimeoutError", "KeyboardInterrupt")


@dataclass(frozen=True)
class Outcome:
    """How one check, or one answer in words, stands.

    Attributes:
        mark: PASSED, FAILED or OPEN (not written yet).
        title: of the section, with the check's name where there are several.
        says: what is wrong or missing, in one line; "" if nothing.
        in_words: whether this is an answer in words, which a person grades.
    """

    mark: str
    title: str
    says: str = ""
    in_words: bool = False

    def __str__(self):
        return f"{self.mark} {self.title}" + (f": {self.says}" if self.says else "")


def validate(path):
    """Run a notebook in a kernel of its own and return the outcomes of its checks.

    Raises:
        ValueError: if the file cannot be read as a notebook, or not be run; the sentence says what to do.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    path = Path(path)
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
    except Exception as error:  # nbformat raises many kinds on what is no notebook
        reason = str(error).split("\n")[0][:120] or type(error).__name__
        raise ValueError(f"{path.name} cannot be read as a notebook ({reason}). Save it again in JupyterLab.") from None
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = NotebookClient(
        notebook, timeout=CELL_SECONDS, interrupt_on_timeout=True, allow_errors=True, kernel_name=KERNEL,
        skip_cells_with_tag="long", extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    try:
        client.execute(env=os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"})
    except DeadKernelError:
        raise ValueError(
            f"{path.name}: the kernel died while the notebook ran, most often for lack of memory. Restart it, run the "
            "cells one by one to find which, and validate again."
        ) from None
    return outcomes(notebook)


def outcomes(notebook):
    """The outcomes of a notebook that has been run, in its order."""
    graded = [number for number, cell in enumerate(notebook.cells) if _nbgrader(cell).get("grade")]
    titles = {number: _section(notebook.cells[:number]) for number in graded}
    found, first = [], {}
    for number in graded:
        one = _outcome(notebook.cells, number, _title(titles, number, _nbgrader(notebook.cells[number])))
        above = first.setdefault(one.says, one.title)
        waits = one.mark == OPEN and not one.in_words and above != one.title
        found.append(replace(one, says=f"waits for {above}") if waits else one)
    return found


def headline(found):
    """One sentence about all outcomes: `7 of 10 checks pass.`"""
    checks = [one for one in found if not one.in_words]
    answers = [one for one in found if one.in_words]
    parts = [f"{_passed(checks)} of {len(checks)} checks pass"] if checks else []
    parts += [f"{_passed(answers)} of {len(answers)} answers in words are written"] if answers else []
    return f"{', '.join(parts)}." if parts else "There are no checks in this notebook."


def _passed(found):
    return sum(one.mark == PASSED for one in found)


def _outcome(cells, number, title):
    cell = cells[number]
    if _nbgrader(cell).get("solution"):
        if UNANSWERED in cell.source or not cell.source.strip():
            return Outcome(OPEN, title, "your answer is not written yet", in_words=True)
        return Outcome(PASSED, title, in_words=True)
    error = _error(cell)
    if error is None:
        return Outcome(PASSED, title)
    if error["ename"] == "ToImplement":
        return Outcome(OPEN, title, f"still to write: {_one_line(error['evalue'])}")
    return Outcome(FAILED, title, _cause(cells[:number], error))


def _cause(before, error):
    """The error in one line; where a name is missing, the error of the hole that should have made it."""
    if error["ename"] in _CAUSED:
        for cell in reversed(before):
            earlier = _error(cell) if _nbgrader(cell).get("solution") else None
            if earlier is not None:
                return f"its code stopped with {_told(earlier)}"
    return _told(error)


def _told(error):
    if error["ename"] in _STOPPED:
        return f"it had not ended after {CELL_SECONDS} seconds; is there a loop without an end?"
    text = re.sub(r"\(\S+, line (\d+)\)$", r"(line \1)", _one_line(error["evalue"]))
    if error["ename"] == "AssertionError" and text:
        return text
    return f"{error['ename']}: {text}" if text else error["ename"]


def _error(cell):
    """The exception that ended a cell, or None."""
    return next((out for out in cell.get("outputs", []) if out["output_type"] == "error"), None)


def _nbgrader(cell):
    return cell.metadata.get("nbgrader") or {}


def _section(before):
    """The nearest heading above, without what it is worth."""
    for cell in reversed(before):
        if cell.cell_type == "markdown" and not _nbgrader(cell):
            headings = [match[1] for line in cell.source.split("\n") if (match := _HEADING.fullmatch(line))]
            if headings:
                return _WORTH.sub("", headings[-1])
    return ""


def _title(titles, number, nbgrader):
    points = nbgrader.get("points", 0)
    name = str(nbgrader.get("grade_id", "")).removesuffix("_check").replace("_", " ")
    several = list(titles.values()).count(titles[number]) > 1
    title = " / ".join(filter(None, [titles[number], name if several or not titles[number] else ""]))
    return f"{title} ({points:g} point{'' if points == 1 else 's'})"


def _one_line(text):
    line = " ".join(as_raised(text).split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[:MOST_CHARACTERS]} ..."


def main(paths):
    """Print how notebooks stand; return 0 if everything in them passes, else 1."""
    fine = True
    for path in paths:
        try:
            found = validate(path)
        except ModuleNotFoundError as error:
            raise SystemExit(f"Running a notebook needs {error.name}: pip install jupyterlab") from None
        except (OSError, ValueError) as error:
            print(error)
            fine = False
            continue
        print(f"{path}: {headline(found)}", *found, sep="\n")
        fine = fine and all(one.mark == PASSED for one in found)
    return 0 if fine else 1
