"""What an exercise hands out: the solved classes of earlier exercises, as modules beside its notebooks.

`solutions/<exercise>/GIVES` names them, one `exercise/lesson.py` a line. The builder writes each into
`source/<exercise>/`, from where nbgrader copies it to students, and back over whatever they made of it
before their work is judged.
"""

from __future__ import annotations

from pathlib import Path

from judge.course.lesson import read_lesson
from judge.course.regions import marker_like

GIVES = "GIVES"
_HEAD = '"""The classes of `{lesson}`, solved: handed out with this exercise, which builds on them."""\n'


def given_lessons(root: Path, exercise: str) -> list[Path]:
    """The earlier lessons whose classes an exercise hands out.

    Raises:
        ValueError: if a line names no lesson of an earlier exercise, or one whose name is taken.
    """
    file = root / "solutions" / exercise / GIVES
    if not file.exists():
        return []
    named = [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [_earlier_lesson(root, exercise, name) for name in named]


def given_modules(root: Path, exercise: str) -> dict[str, bytes]:
    """The modules that an exercise hands out, by file name: active cells only, markers left out."""
    return {path.name: module_bytes(path) for path in given_lessons(root, exercise)}


def given_files(root: Path, exercise: str) -> dict[str, bytes]:
    """What lies in `source/<exercise>` beside the notebooks; nobody's own copy of it counts."""
    folder = root / "source" / exercise
    files = (path for path in sorted(folder.glob("*")) if path.is_file() and path.suffix != ".ipynb")
    return {path.name: path.read_bytes() for path in files}


def module_bytes(lesson: Path) -> bytes:
    """The active cells of a lesson as one module, solutions included."""
    solved = read_lesson(lesson)
    cells = [_without_markers(cell.source) for cell in solved.cells if cell.active]
    head = _HEAD.format(lesson=f"{solved.exercise}/{solved.name}")
    return ("\n\n\n".join([head.rstrip("\n"), *cells]) + "\n").encode()


def _without_markers(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if not marker_like(line)).strip("\n")


def _earlier_lesson(root: Path, exercise: str, name: str) -> Path:
    path = root / "solutions" / name
    if path.suffix != ".py" or not path.is_file() or path.parent.parent != root / "solutions":
        raise ValueError(
            f"solutions/{exercise}/{GIVES}: expected lines like 'ex03_vae/vae.py', received {name!r}, which "
            "is no lesson. Correct the line."
        )
    if path.parent.name >= exercise:
        raise ValueError(
            f"solutions/{exercise}/{GIVES}: {name} belongs to no earlier exercise, so its solution would be "
            "out before its deadline. Remove the line."
        )
    if (root / "solutions" / exercise / path.name).exists():
        raise ValueError(
            f"solutions/{exercise}/{GIVES}: {path.name} is also the name of a lesson of this exercise. "
            "Rename that lesson."
        )
    return path
