"""Joins a notebook with the module of the same name: for each hole the work counts, in whichever file it stands.

Only between two different works does time decide, and only if it says something: copies, archives and version
control give both files nearly the same.
"""

from __future__ import annotations

from collections import Counter

from judge.submission.cells import Cell
from judge.submission.find_work import File, Found
from judge.submission.matching import Match
from judge.submission.released import Lesson, Released
from judge.submission.stubs import is_open, open_functions, same_code, with_work_of

_TELLING = 2.0  # seconds between two files below which their times say nothing


def merge(found: Found, lesson: Lesson, notes: list[str]) -> tuple[Match, str]:
    """The cells to grade, and the names of the files that they come from, e.g. "vae.ipynb, vae.py"."""
    notebook, module = (file if file and not file.problem else None for file in (found.notebook, found.module))
    pristine = notebook is not None and _is_pristine(notebook, lesson)
    if notebook is None or (pristine and module and _is_whole(module, lesson)):
        return (module.match, module.path.name) if module else (Match([]), "nothing")
    if module is None:
        return notebook.match, notebook.path.name
    taken = _take_work(notebook, module, lesson)
    if not taken:
        return notebook.match, notebook.path.name
    _take_own_cells(notebook.match, module.match)
    if pristine:
        return notebook.match, module.path.name
    notes.append(
        f"{module.path.name} and {notebook.path.name} differ; taken from {module.path.name}, which holds the newer "
        f"work: {', '.join(f'`{name}`' for name in taken)}."
    )
    return notebook.match, f"{notebook.path.name}, {module.path.name}"


def _is_pristine(notebook: File, lesson: Lesson) -> bool:
    """Whether a notebook is as it was handed out and never run: the student then worked in the module."""
    pairs = zip(notebook.match.cells, notebook.match.released, strict=True)
    return all(
        released is not None and not cell.outputs and cell.source.strip() == released.source.strip()
        for cell, released in pairs
    )


def _is_whole(module: File, lesson: Lesson) -> bool:
    """Whether a module holds the lesson's cells, its texts too, so that it can stand for the notebook."""
    found = {released.place for released in module.match.released if released is not None}
    return 2 * len(found) > len(lesson.cells)


def _take_work(notebook: File, module: File, lesson: Lesson) -> list[str]:
    """Put the module's answers in where it has the better claim; returns the names of those cells."""
    times = [file.path.stat().st_mtime for file in (module, notebook)]
    is_newer = times[0] - times[1] >= _TELLING
    theirs = module.match.answers()
    taken = []
    for name, mine in notebook.match.answers().items():
        if name in theirs:
            better = _better(mine.source, theirs[name].source, lesson.holes[name], is_newer)
            if better != mine.source:
                mine.source = better
                taken.append(name)
    missing = lesson.holes.keys() & (theirs.keys() - notebook.match.answers().keys())
    return [*taken, *(name for name in lesson.holes if name in missing)]


def _better(mine: str, theirs: str, hole: Released, is_newer: bool) -> str:
    stub = hole.source
    if mine.strip() == theirs.strip() or is_open(theirs, stub, hole.kind):
        return mine
    if is_open(mine, stub, hole.kind):
        return theirs
    if hole.kind == "code":
        if same_code(mine, theirs):
            return mine
        mine_open, theirs_open = open_functions(mine, stub), open_functions(theirs, stub)
        if mine_open - theirs_open:
            return theirs if theirs_open < mine_open else with_work_of(mine, theirs, stub)
        if theirs_open - mine_open:
            return mine
    return theirs if is_newer else mine


def _take_own_cells(notebook: Match, module: Match) -> None:
    """Insert what answers from the module may need: its own code, and cells that the notebook lost.

    Each goes behind all that follows its neighbour in the notebook, so that it is there last.
    """
    known = Counter(cell.source.strip() for cell in notebook.cells)
    graded = {released.grade_id for released in notebook.released if released is not None}
    anchor: Released | None = None
    for cell, released in zip(module.cells, module.released, strict=True):
        if released is not None and released in notebook.released:
            anchor = released
        elif released is None and cell.kind == "code" and cell.source.strip() not in known:
            _insert(notebook, anchor, cell, None)
        elif released is not None and released.hole and released.grade_id not in graded:
            _insert(notebook, anchor, cell, released)
            anchor = released


def _insert(match: Match, anchor: Released | None, cell: Cell, released: Released | None) -> None:
    place = match.released.index(anchor) + 1 if anchor else 0
    while place < len(match.cells) and match.released[place] is None:
        place += 1
    match.cells.insert(place, cell)
    match.released.insert(place, released)
    match.copies.insert(place, False)
