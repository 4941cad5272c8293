"""Takes a submission in: whatever was handed in becomes a sound notebook with the released one's structure.

Students break notebooks in every way: deleted, doubled or moved cells, changed metadata, old formats, other names,
no JSON at all. Grading must not depend on any of it, so the roles, points and texts of the cells that belong to the
course come from the release, and only what a student may write comes from the student.
"""

from __future__ import annotations

import copy
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from judge.machine.sizes import BROUGHT_UP, MODULE_BYTES
from judge.machine.whole_files import write_whole
from judge.submission.cells import INACTIVE, KEPT_TAGS, LONG
from judge.submission.find_work import File, Found, find
from judge.submission.foreign import foreign, foreign_beside
from judge.submission.matching import Match
from judge.submission.merging import merge
from judge.submission.released import Lesson, read_lesson
from judge.submission.structure import with_structure
from judge.submission.stubs import below_the_raise

__all__ = ["INACTIVE", "KEPT_TAGS", "LONG", "Intake", "complete", "take_in"]


@dataclass
class Intake:
    """What was taken in.

    Attributes:
        notebook: sound, with the released structure and the student's answers.
        graded: the file or files whose content this is, e.g. "vae.ipynb".
        notes: sentences for the student about what had to be mended; the warning, if there is one, is the first.
        warning: what student and instructor must see at once: nothing was graded although there is work; else "".
    """

    notebook: Any
    graded: str
    notes: list[str] = field(default_factory=list)
    warning: str = ""


def take_in(notebook: Path, release: Path, *, keep_all_outputs: bool = False, aside: Iterable[str] = ()) -> Intake:
    """Read a submitted notebook, the module of the same name beside it, or what holds the work in their place.

    Args:
        notebook: the submitted .ipynb, or where it would be expected.
        release: the notebook that students were given.
        keep_all_outputs: True for a notebook that is not run again; otherwise only the outputs of
            cells tagged `long` are kept.
        aside: names of files that were handed in, too, and were set aside.

    Returns:
        The notebook to grade; an unreadable one becomes the release with nothing filled in.
    """
    lesson = replace(read_lesson(release), name=notebook.stem)
    found = find(notebook.parent, lesson, aside)
    files = [file for file in (found.notebook, found.module) if file]
    notes = [*found.notes, *(note for file in files for note in _reading_notes(file))]
    elsewhere = next((told for file in files if (told := foreign(file, lesson, release))), "")
    matched, graded = (Match([]), "nothing") if elsewhere else merge(found, lesson, notes)
    notes += _never_reached(matched, lesson)
    result = copy.deepcopy(lesson.skeleton)
    result.cells = with_structure(matched, lesson, notes, keep_all_outputs)
    warning = elsewhere or ("" if matched.worked_on(lesson) else _warning(found, lesson, release, notebook.parent))
    notes = [note for note in dict.fromkeys(notes) if note != warning]
    return Intake(result, graded, [warning, *notes] if warning else notes, warning)


def _reading_notes(file: File) -> list[str]:
    """What was left out of a file, or why it could not be read."""
    return [_unreadable(file)] if file.problem else [*file.notes, *file.match.notes]


def _unreadable(file: File) -> str:
    kind = "module" if file.path.suffix.lower() == ".py" else "notebook"
    return f"{file.path.name} cannot be read as a {kind}, so nothing in it is graded: {file.problem}"


def _never_reached(matched: Match, lesson: Lesson) -> list[str]:
    """A note for each answer that was written below the line which it should replace; a stub as it was is none."""
    stubs = {name: hole.source.split() for name, hole in lesson.code_holes.items()}
    return [
        f"In the cell `{name}`{f' ({function})' if function else ''} nothing below `raise ToImplement(...)` is ever "
        "reached: delete that line, and hand in again."
        for name, cell in matched.answers().items()
        if cell.kind == "code" and "ToImplement" in cell.source and cell.source.split() != stubs.get(name)
        for function in below_the_raise(cell.source)
    ]


def _stranger(file: File, lesson: Lesson) -> str:
    return (
        f"{file.path.name} holds none of the cells that {lesson.name}.ipynb of {lesson.exercise} asks for, so nothing "
        "in it is graded. Fetch the exercise again, put your work into its cells, and hand in that."
    )


def _warning(found: Found, lesson: Lesson, release: Path, folder: Path) -> str:
    """Why no hole has any work although there is some, in one sentence; "" if there is none, or no hole."""
    if not lesson.code_holes:
        return ""
    files = [file for file in (found.notebook, found.module) if file]
    reasons = [
        found.warning,
        *(_unreadable(file) for file in files if file.problem),
        *(_stranger(file, lesson) for file in files if file.match.cells and not file.match.answers()),
        found.elsewhere,
        foreign_beside(found.others, folder, lesson, release),
    ]
    return next((reason for reason in reasons if reason), "")


def complete(course: Path, exercise: str, student: str, aside: Iterable[str] = ()) -> list[str]:
    """Put the released notebook where one is expected and only other files hold the work: nbgrader sees notebooks only.

    `take_in` then finds the work in the module of the same name, or in the notebook that was renamed.

    Returns:
        The names of the notebooks that were added to the submission.
    """
    folder = course / "submitted" / student / exercise
    added = []
    for released in sorted((course / "release" / exercise).glob("*.ipynb")):
        notebook = folder / released.name
        lesson = read_lesson(released)
        found = find(folder, lesson, aside)
        is_there = found.is_there or foreign_beside(found.others, folder, lesson, released)
        if is_there and not notebook.exists():
            write_whole(notebook, released.read_text(encoding="utf-8"))
            added.append(notebook.name)
        _bring_up(found, folder)
    return added


def _bring_up(found: Found, folder: Path) -> None:
    """Copy what lies beside a notebook that was handed in a folder too deep: it may import or read it."""
    graded = found.notebook or found.module
    if graded is None or graded.path.parent == folder:
        return
    for path in sorted(graded.path.parent.iterdir())[:BROUGHT_UP]:
        target, status = folder / path.name, path.lstat()
        is_notebook = ".ipynb" in path.name.lower()
        if stat.S_ISREG(status.st_mode) and status.st_size <= MODULE_BYTES and not is_notebook and not target.exists():
            shutil.copyfile(path, target)
