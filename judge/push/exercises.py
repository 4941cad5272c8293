"""Finds the exercises in a checkout: at any depth, in a folder of any name, one folder for each.

A folder is an exercise's if it has its name ("ex03_vae", "EX03_VAE", "ex03_vae-main", "ex03_vae (1)"), if a
lesson of it lies there, or if a notebook there carries its cells. Of several, the one with work in it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from judge.grade import grading
from judge.push.checkout import Checkout
from judge.push.git import GitError
from judge.push.student_folder import MOST_NOTEBOOK, Work

_GRADE_ID = re.compile(rb'"grade_id":\s*"([^"\\]+)"')
_MOST_READ = 50  # notebooks of other names that are opened to see whose cells they carry


@dataclass(frozen=True)
class _Released:
    """An exercise as it was handed out: its judged lessons, and the contents of its files by name."""

    name: str
    lessons: frozenset[str]
    files: dict[str, bytes]

    def cells(self) -> set[bytes]:
        """The grade_ids of its lessons."""
        return {cell for lesson in self.lessons for cell in _GRADE_ID.findall(self.files[f"{lesson}.ipynb"])}

    def names_folder(self, name: str) -> bool:
        """Whether a folder of this name is the exercise's, copies and downloads included."""
        start, rest = name.casefold()[: len(self.name)], name[len(self.name) :]
        return start == self.name.casefold() and not re.match(r"\w", rest.replace("_", " "))


def exercises_in(checkout: Checkout, course: Path) -> list[Work]:
    """The exercises of a checkout, by name; a work's note says which other folders were passed over.

    Args:
        checkout: the student's repository.
        course: the course folder, with release/.
    """
    released = _released(course)
    folders: dict[str, set[str]] = {"": set()}
    for path in checkout.sizes:
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, set()).add(name)
    claimed = {folder: _by_name(folder, released) for folder in _with_parents(folders)}
    works = []
    for exercise in released:
        found = [folder for folder, names in folders.items() if _holds_lesson(exercise, names, claimed[folder])]
        found = [folder for folder in found if not _is_anothers(exercise, folders[folder], released)]
        named = [folder for folder, names in claimed.items() if exercise.name in names]
        found = found or named or _by_cells(checkout, exercise)
        if found:
            ranked = sorted(found, key=lambda folder: _rank(checkout, exercise, folder))
            works.append(Work(exercise.name, ranked[0], _others_note(exercise, ranked)))
    return works


def _released(course: Path) -> list[_Released]:
    found = []
    for folder in sorted(path for path in (course / "release").iterdir() if path.is_dir()):
        lessons = frozenset(grading.judged_notebooks(course, folder.name))
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        found += [_Released(folder.name, lessons, files)] if lessons else []
    return found


def _with_parents(folders: Iterable[str]) -> list[str]:
    """The folders and all that they lie in; "" is the checkout."""
    found = {""}
    for folder in folders:
        parts = folder.split("/")
        found |= {"/".join(parts[: depth + 1]) for depth in range(len(parts))}
    return sorted(found)


def _by_name(folder: str, released: list[_Released]) -> set[str]:
    """The exercises whose name the nearest folder that has one bears."""
    for part in reversed(folder.split("/")):
        if named := {exercise.name for exercise in released if exercise.names_folder(part)}:
            return named
    return set()


def _holds_lesson(exercise: _Released, names: set[str], claimed: set[str]) -> bool:
    """Whether a lesson lies in a folder that no other exercise's name claims."""
    here = any(f"{lesson}.{ending}" in names for lesson in exercise.lessons for ending in ("ipynb", "py"))
    return here and (not claimed or exercise.name in claimed)


def _is_anothers(exercise: _Released, names: set[str], released: list[_Released]) -> bool:
    """Whether the lesson is only a module that another exercise, which lies there too, was handed out with."""
    if any(f"{lesson}.ipynb" in names for lesson in exercise.lessons):
        return False
    modules = {f"{lesson}.py" for lesson in exercise.lessons} & names
    others = [other for other in released if other != exercise and _holds_lesson(other, names, set())]
    return any(modules <= other.files.keys() for other in others)


def _by_cells(checkout: Checkout, exercise: _Released) -> list[str]:
    """Folders with a notebook of another name that carries at least half of the exercise's cells."""
    paths = [path for path, size in checkout.sizes.items() if path.endswith(".ipynb") and size <= MOST_NOTEBOOK]
    wanted, found = exercise.cells(), set()
    for path in sorted(paths, key=lambda path: (path.count("/"), path))[:_MOST_READ]:
        carried = wanted & set(_GRADE_ID.findall(_content(checkout, path)))
        if wanted and 2 * len(carried) >= len(wanted):
            found.add(path.rpartition("/")[0])
    return sorted(found)


def _rank(checkout: Checkout, exercise: _Released, folder: str) -> tuple[bool, bool, int, str]:
    """Work before what was handed out, the exercise's very name before others, then what lies higher."""
    at = f"{folder}/" if folder else ""
    files = {f"{lesson}.{ending}" for lesson in exercise.lessons for ending in ("ipynb", "py")}
    works = any(
        checkout.sizes.get(at + name, -1) not in (-1, len(exercise.files.get(name, b"")))
        or (at + name in checkout.sizes and _content(checkout, at + name) != exercise.files.get(name))
        for name in files
    )
    return not works, folder.rpartition("/")[2] != exercise.name, folder.count("/"), folder


def _content(checkout: Checkout, path: str) -> bytes:
    try:
        return checkout.read(path)
    except (OSError, GitError):
        return b""


def _others_note(exercise: _Released, ranked: list[str]) -> str:
    if len(ranked) == 1:
        return ""
    names = [f"`{folder or '.'}`" for folder in ranked]
    return (
        f"{exercise.name} lies in several folders: {names[0]} was graded, not {', '.join(names[1:6])}. "
        "Keep your work in one of them."
    )
