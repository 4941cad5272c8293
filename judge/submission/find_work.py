"""Finds the work on a lesson in a hand-in's folder, under whatever name it lies there.

Learning platforms, browsers and file managers rename notebooks (`vae-ada.ipynb`, `vae (1).ipynb`, `vae copy.ipynb`,
`VAE.IPYNB`, a folder too deep), so a notebook is recognised by the cells that it carries. All roads ask here, by
`find` or `find_notebooks`; only files are read, and nothing is changed.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from judge.machine.sizes import CANDIDATES, NOTEBOOK_BYTES, SEARCHED_DEPTH, SEARCHED_FILES
from judge.submission.beside import handed_in_for
from judge.submission.cells import Cell
from judge.submission.decoding import Unreadable
from judge.submission.matching import Match, match
from judge.submission.module_file import read_module
from judge.submission.notebook_file import read_notebook
from judge.submission.released import Lesson, read_lesson
from judge.submission.stubs import essence

_MODULE = re.compile(r".+\.py(?:[^a-z0-9].*)?", re.IGNORECASE)
_NOTEBOOK = re.compile(r".+\.ipynb.*", re.IGNORECASE)  # also `vae.ipynb.bak`, `vae.ipynb (1)`, `#vae.ipynb#`
_EITHER = re.compile(r".+\.(?:json|txt)|[^.]+", re.IGNORECASE)  # what learning platforms and browsers make of both
_HIDDEN = 3  # of these files are read
_CARRIES = 0.5  # share of a lesson's holes in code that make a file a copy of its notebook


@dataclass
class File:
    """A notebook or module as it was read and matched with a lesson.

    Attributes:
        path: where it lies.
        match: its cells beside the released ones.
        worked: the holes in code in which it holds work.
        problem: why it could not be read, or "".
        notes: sentences for the student about what was left out of it.
    """

    path: Path
    match: Match
    worked: set[str] = field(default_factory=set)
    problem: str = ""
    notes: list[str] = field(default_factory=list)

    def carries(self, lesson: Lesson) -> bool:
        """Whether this is a copy of the lesson's notebook, filled in or not."""
        here = lesson.code_holes.keys() & self.match.answers().keys()
        return bool(here) and len(here) >= _CARRIES * len(lesson.code_holes)

    def answers(self, lesson: Lesson) -> dict[str, str]:
        """What it does in each hole, apart from comments and layout."""
        return {name: essence(c.source) for name, c in self.match.answers().items() if name in lesson.code_holes}


@dataclass
class Found:
    """Where the work on a lesson lies.

    Attributes:
        notebook, module: what is to be graded; each may be missing.
        notes: sentences about what was chosen.
        warning: a sentence that must be seen, because nothing could be chosen; "" if there is none.
        elsewhere: a sentence about work that lies in other files, if nothing was chosen; else "".
        others: the other files that were read, if nothing was chosen.
    """

    notebook: File | None
    module: File | None
    notes: list[str] = field(default_factory=list)
    warning: str = ""
    elsewhere: str = ""
    others: list[File] = field(default_factory=list)

    @property
    def is_there(self) -> bool:
        """Whether anything of the lesson was handed in at all."""
        return bool(self.notebook or self.module or self.warning or self.elsewhere)


def find_notebooks(folder: Path, release_folder: Path) -> dict[str, Found]:
    """What was handed in for each released notebook that has holes in code, by its name without .ipynb."""
    lessons = [read_lesson(path) for path in sorted(release_folder.glob("*.ipynb"))]
    return {lesson.name: find(folder, lesson) for lesson in lessons if lesson.code_holes}


def find(folder: Path, lesson: Lesson, aside: Iterable[str] = ()) -> Found:
    """What was handed in for a lesson: under its own name if there is work, else the one other file that has it.

    Args:
        folder: what was handed in.
        lesson: what was expected.
        aside: names of files that were handed in, too, and were set aside.
    """
    notebook = read_file(folder / f"{lesson.name}.ipynb", lesson)
    module = read_file(folder / f"{lesson.name}.py", lesson)
    found = Found(notebook, module)
    if not lesson.code_holes:
        return found
    if notebook and notebook.worked:
        found.notes += _doubles(folder, lesson, notebook)
        return found
    read = _others(folder, lesson)
    others = [file for file in read if file.carries(lesson)]
    worked = [file for file in others if file.worked]
    if module and module.worked:
        found.notes += [_left_aside(module, file) for file in _different(worked, module, lesson)]
    elif different := _different(worked, None, lesson):
        _choose(found, different, worked, lesson)
    elif others and notebook is None:
        _take(found, others[0], lesson)
    else:
        found.others = read
        found.elsewhere = _elsewhere(folder, read, lesson, aside)
    return found


def read_file(path: Path, lesson: Lesson) -> File | None:
    """A notebook or module, matched with the lesson; None if there is none."""
    if path.is_symlink() or not path.exists():
        return None
    notes: list[str] = []
    cells: list[Cell] = []
    problem = ""
    try:
        cells = (read_module if _is_module(path) else read_notebook)(path, notes)
    except Unreadable as error:
        problem = str(error)
    matched = match(cells, lesson)
    return File(path, matched, matched.worked_on(lesson), problem, notes)


def _is_module(path: Path) -> bool:
    """Whether a file is read as Python code: by its name, or where that says nothing by how it begins."""
    if not _EITHER.fullmatch(path.name):
        return _NOTEBOOK.fullmatch(path.name) is None
    try:
        with path.open("rb") as file:
            return b"{" not in file.read(64).translate(None, b" \t\r\n\0")[:5]
    except OSError:
        return False


def _choose(found: Found, different: list[File], worked: list[File], lesson: Lesson) -> None:
    """Take the work under another name, unless several different ones claim to be it."""
    if len(different) == 1:
        same = [file for file in worked if file.path.stem == different[0].path.stem]
        notebooks = [file for file in worked if not _is_module(file.path)]
        _take(found, (notebooks or same)[0], lesson)
        return
    names = ", ".join(_shown(file.path, found, lesson) for file in different)
    found.warning = (
        f"Several files hold different work on {lesson.name}.ipynb ({names}), and none has that name, so none is "
        f"graded. Give the right one the name {lesson.name}.ipynb, remove the others, and hand in again."
    )


def _elsewhere(folder: Path, files: list[File], lesson: Lesson, aside: Iterable[str]) -> str:
    """Some work of this lesson, or what cannot be read, in files that do not carry its cells."""
    hidden = [read_file(path, lesson) for path in _hidden(folder, lesson)]
    some = [str(file.path.relative_to(folder)) for file in [*files, *hidden] if file and file.worked]
    odd = [f"{f.path.name}: {f.problem}" for f in files if f.problem and lesson.name.lower() in f.path.name.lower()]
    if some:
        return (
            f"Every hole of {lesson.name}.ipynb is still empty, but work on it lies in {', '.join(some[:5])}. "
            f"Put it into {lesson.name}.ipynb and hand in again."
        )
    if told := handed_in_for(folder, lesson.exercise, lesson.name, aside):
        return told
    return f"Every hole of {lesson.name}.ipynb is still empty, and a file cannot be read. {odd[0]}" if odd else ""


def _hidden(folder: Path, lesson: Lesson) -> list[Path]:
    """What an editor keeps for itself of a lesson's notebook: a checkpoint, a half-written copy."""
    own = (path for path in sorted(folder.glob(f".*{lesson.name}.*")) if path.is_file())
    return [
        folder / ".ipynb_checkpoints" / f"{lesson.name}-checkpoint.ipynb",
        *itertools.islice(own, _HIDDEN),
    ]


def _take(found: Found, file: File, lesson: Lesson) -> None:
    expected = f"{lesson.name}.ipynb"
    why = "holds no work" if found.notebook or found.module else "is missing"
    found.notes.append(
        f"{expected} {why}, but {_shown(file.path, found, lesson)} carries its cells and is graded in its "
        f"place. Next time hand it in as {expected}."
    )
    if _is_module(file.path):
        found.module = file
        return
    found.notebook = file
    beside = read_file(file.path.with_suffix(".py"), lesson)
    found.module = beside or found.module


def _others(folder: Path, lesson: Lesson) -> list[File]:
    """Every other notebook and module in the folder and below it, as it was read."""
    expected = {folder / f"{lesson.name}{ending}" for ending in (".ipynb", ".py")}
    paths = [path for path in _candidates(folder) if path not in expected]
    paths.sort(key=lambda path: (lesson.name.lower() not in path.name.lower(), len(path.parts), path.name))
    return _read_some(paths, lesson)


def _read_some(paths: list[Path], lesson: Lesson) -> list[File]:
    """As many of the files as one hand-in may take to read."""
    room, read = NOTEBOOK_BYTES, []
    for path in paths[:CANDIDATES]:
        room -= path.stat().st_size
        file = read_file(path, lesson) if room >= 0 else None
        if file is not None:
            read.append(file)
    return read


def _candidates(folder: Path) -> Iterator[Path]:
    """Files that may be notebooks or modules; what begins with a dot is an editor's or a file manager's own."""
    looked_at = 0
    waiting = [(folder, 0)]
    while waiting:
        here, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            looked_at += 1
            if looked_at > SEARCHED_FILES:
                return
            if entry.name.startswith((".", "__")) or entry.is_symlink():
                continue
            if entry.is_dir() and depth < SEARCHED_DEPTH:
                waiting.append((Path(entry.path), depth + 1))
            elif entry.is_file() and any(kind.fullmatch(entry.name) for kind in (_NOTEBOOK, _MODULE, _EITHER)):
                yield Path(entry.path)


def _different(files: list[File], known: File | None, lesson: Lesson) -> list[File]:
    """Of files with the same answers the first, and none with those of a known one."""
    seen = [known.answers(lesson)] if known else []
    kept = []
    for file in files:
        answers = file.answers(lesson)
        if answers not in seen:
            seen.append(answers)
            kept.append(file)
    return kept


def _doubles(folder: Path, lesson: Lesson, graded: File) -> list[str]:
    """A note for each copy of a notebook that holds other work than the one that is graded."""
    names = [path for path in _candidates(folder) if _may_be_copy(path, folder, lesson)]
    worked = [file for file in _read_some(names, lesson) if file.worked and file.carries(lesson)]
    return [_left_aside(graded, file) for file in _different(worked, graded, lesson)]


def _may_be_copy(path: Path, folder: Path, lesson: Lesson) -> bool:
    """Whether a name looks like a copy's: reading every other file of every hand-in would take long."""
    is_own = path.parent == folder and path.stem == lesson.name
    return bool(_NOTEBOOK.fullmatch(path.name)) and not is_own and lesson.name.lower() in path.name.lower()


def _left_aside(graded: File, other: File) -> str:
    return (
        f"{other.path.name} holds other work on the same cells ({len(other.worked)} filled in, "
        f"{len(graded.worked)} in {graded.path.name}). {graded.path.name} is graded; if that is wrong, give the "
        "right one this name and hand in again."
    )


def _shown(path: Path, found: Found, lesson: Lesson) -> str:
    """The file's name, with its folder if another of that name could be meant."""
    if path.stem.lower() == lesson.name.lower() and path.suffix.lower() in (".ipynb", ".py"):
        return f"{path.parent.name}/{path.name}"
    return path.name
