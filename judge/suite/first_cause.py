"""Why a name of the notebook is not there: what went wrong first, not what follows from it.

A cell that stops leaves its names undefined, and every cell that needs one of them stops too. Whoever reads that
`VAE` is not defined looks for a mistake in the wrong place: these sentences name the cell that stopped first.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, Raised, TimedOut
from judge.sandbox.session import Session
from judge.suite.spelling import look_alike

_MISSING = re.compile(r"(?:the notebook defines no `|name ')(\w+)(?:`|' is not defined)")
_MOST_NAMES = 2_000  # that a missing one is compared with
_MOST_STEPS = 20  # from one cell that needs a name to the cell that should define it
_DEFINED = re.compile(
    r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)|^(?:from|import)[ \t]+(.+)",
    re.MULTILINE,
)
_BRINGING = re.compile(r"^[ \t]*(?:%run\b|from[ \t]+\S+[ \t]+import[ \t]*\*)", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*(%%(?!(?:time|capture)\b)\w+)")
_NOTEBOOK = re.compile(r"\.ipynb\W+not found")
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_IMPORTS = {
    "np": "import numpy as np", "tf": "import tensorflow as tf", "plt": "import matplotlib.pyplot as plt",
    "keras": "import keras", "ops": "from keras import ops", "layers": "from keras import layers",
    "math": "import math", "os": "import os", "Path": "from pathlib import Path", "random": "import random",
}  # fmt: skip
_REMEDIES = {
    "BdbQuit": "a breakpoint stopped it, so take `breakpoint()` or `set_trace()` out",
    "EOFError": "nobody is there to type anything while it is graded, so take `input()` out",
    "SystemExit": "`exit()`, `quit()` or `sys.exit()` ended it, so take that out",
    "TabError": "indent with spaces only",
    "ModuleNotFoundError": "only the course's libraries and the files that you hand in are there",
}


@dataclass(frozen=True)
class NotThere(Raised):
    """A name of the notebook was needed that is not there.

    Attributes:
        why: what went wrong first, as it follows "`X` is not there".
    """

    why: str = ""


def with_cause(outcome: Outcome, session: Session) -> Outcome:
    """The outcome itself or, where a name was missing, one that says why it is."""
    if not isinstance(outcome, Raised) or "NameError" not in outcome.kinds:
        return outcome
    missing = _MISSING.match(outcome.reason)
    if missing is None:
        return outcome
    why = why_not_there(missing[1], dict(session.code.cells), session.cell_errors)
    if outcome.lines and why.startswith(":"):
        return outcome  # a slip inside a function: Python says it best
    return NotThere(outcome.kind, outcome.kinds, outcome.message, outcome.lines, why)


def why_not_there(name: str, sources: Mapping[str, str], errors: Mapping[str, Outcome]) -> str:
    """Why no cell has left this name behind.

    Args:
        name: the missing name.
        sources: the text of each cell that was run, by id, in their order.
        errors: what stopped those that did not come to their end.
    """
    chain = [name]
    while True:
        cell = _defining(chain[-1], sources, errors)
        if cell is None:
            break
        error = errors.get(cell)
        needed = _MISSING.match(error.reason) if isinstance(error, Raised) and error.kind == "NameError" else None
        known = needed is not None and needed[1] not in chain and len(chain) < _MOST_STEPS
        if not known or needed is None or _defining(needed[1], sources, errors) is None:
            return _needing(chain) + _stopped(error, sources[cell])
        chain.append(needed[1])
    return _not_brought(sources, errors) or _nowhere(name, sources.values())


def _not_brought(sources: Mapping[str, str], errors: Mapping[str, Outcome]) -> str:
    """Of a name that no cell defines: which cell that brings names from elsewhere stopped; "" if none did."""
    stopped = [cell for cell in errors if _BRINGING.search(sources.get(cell, ""))]
    if not stopped:
        return ""
    return " because the cell that should bring it" + _stopped(errors[stopped[0]], sources[stopped[0]])


def _nowhere(name: str, sources: Collection[str]) -> str:
    """What is said of a name that no cell defines at its left margin."""
    deeper = re.compile(rf"^[ \t]+(?:def|class)[ \t]+{name}\b", re.MULTILINE)
    if any(deeper.search(source) for source in sources):
        return ": it stands inside another definition. Move it to the left margin."
    known = dict.fromkeys(other for source in sources for other in _names(source))
    near = difflib.get_close_matches(name, itertools.islice(known, _MOST_NAMES), 1, 0.75)
    other = f"; there is `{near[0]}`" if near and near[0] != name else ""
    return f": no cell of the notebook defines it{other}. Give it the name that the lesson asks for."


def _needing(chain: list[str]) -> str:
    """How one comes from the missing name to the cell that stopped first."""
    if len(chain) == 1:
        return " because its cell"
    return f" because its cell needs `{chain[1]}`" + "".join(f", which needs `{n}`" for n in chain[2:]) + ", whose cell"


def _stopped(error: Outcome | None, source: str) -> str:
    match error:
        case Raised():
            return f" stopped: {told(error, source)}"
        case TimedOut():
            return f" did not end within {error.seconds:.0f} seconds."
        case OutOfMemory():
            return " asked for more memory than a submission may use."
        case Died():
            return f" ended the whole Python process ({error.how})."
        case _ if magic := _CELL_MAGIC.match(source):
            return f" begins with `{magic[1]}`, which does something else with it than run it: take that line out."
        case _:
            return " takes it away again, or makes it only sometimes: look what is left when the cell has run."


def told(error: Raised, source: str = "") -> str:
    """An exception in a clause: kind, message, line, and what to do where that is known.

    Args:
        error: what was raised.
        source: the text of the cell that it stopped.
    """
    if "ToImplement" in error.kinds:
        return "something that it needs is not written yet: it still raises ToImplement"
    text = f"{error.kind}: {error.reason}" if error.reason else error.kind
    if error.lines:
        file, number, line = error.lines[-1]
        where = f" of {PurePosixPath(file).name}" if file.startswith("/scratch/") else " of the cell"
        number = number if file.startswith("/scratch/") else _number_in(source, number, line)
        text += f", line {number}{where}" + (f" (your line: `{line}`)" if line else "")
    return f"{text}; {remedy(error)}" if remedy(error) else text


def remedy(error: Raised) -> str:
    """What to do about an exception that says little to whoever meets it first; "" where it speaks for itself."""
    if _NOTEBOOK.search(error.reason):
        return "no notebook runs another here, so put what it defines into a .py file, hand that in too, and import it"
    if "read-only" in error.reason:
        return "it writes into an array that it was given and that is its caller's, so work on a copy, `np.array(x)`"
    missing = None if isinstance(error, NotThere) else _UNDEFINED.match(error.reason)
    if missing and missing[1] in _IMPORTS:
        return f"the tools' cell serves checks and pictures alone: write `{_IMPORTS[missing[1]]}` in your own cell"
    alike = look_alike(error.reason) if {"SyntaxError", "NameError"} & set(error.kinds) else ""
    return alike or next((_REMEDIES[kind] for kind in error.kinds if kind in _REMEDIES), "")


def _number_in(source: str, number: int, text: str) -> int:
    """The line's number in the cell as it was written: IPython counts without empty lines at the top."""
    lines = source.split("\n")
    return next((n for n, line in enumerate(lines, 1) if n >= number and line.strip() == text), number)


def _defining(name: str, sources: Mapping[str, str], errors: Mapping[str, Outcome]) -> str | None:
    """The cell that should leave this name behind; of several, the first that did not come to its end."""
    cells = [cell for cell, source in sources.items() if name in source and name in _names(source)]
    return min(cells, key=lambda cell: cell not in errors) if cells else None


def _names(source: str) -> list[str]:
    """The names that a cell defines at its left margin, also where it is no Python."""
    found = []
    for defined, assigned, imported in _DEFINED.findall(source):
        found += [name for name in (defined, assigned) if name]
        found += re.findall(r"\w+", imported)
    return found
