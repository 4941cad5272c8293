"""What a student should know of a submission at once: which notebook counts, when it came, and what it lacks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import parse_utc

DUE = "due"  # folder of the exchange with a file for each exercise
DEEPEST = 3  # folders below the exercise's in which a notebook is looked for
LIKE_ENOUGH = 0.5  # of the released notebook's graded cells
LEFT_OUT = {".ipynb_checkpoints", "feedback", "outputs", "__pycache__"}
MOST_BYTES = 20_000_000


def about(folder: Path, release: Path) -> list[str]:
    """One sentence for each notebook of the exercise that is not there under its name, or there under several."""
    released = {path.name: _cells(path) for path in sorted(release.glob("*.ipynb"))}
    released = {name: cells for name, cells in released.items() if cells}  # hints are not handed in
    others = {
        path.relative_to(folder).as_posix(): _cells(path)
        for path in _notebooks(folder)
        if path.parent != folder or path.name not in released
    }
    sentences = []
    for name, cells in released.items():
        like = sorted(other for other, found in others.items() if _is_like(found, cells))
        mine = _cells(folder / name)
        sentences += _about(name, cells, mine, like, (folder / name).exists(), _has_module(folder / name))
    return sentences


def _about(name: str, cells: dict, mine: dict, like: list[str], there: bool, module: bool) -> list[str]:
    named = ", ".join(like)
    if mine and not _is_like(mine, cells):
        return [f"{name} is the notebook of another exercise: put this one's in its place and submit again."]
    if there and not mine and not like:
        return [
            f"{name} cannot be read as a notebook, or its cells were all replaced: repair it and submit again."
        ]
    if any(_is_work(source, cells.get(key, "")) for key, source in mine.items()):
        return (
            [f"{name} counts, and {named} does not: if that is the wrong one, rename and submit again."]
            if like
            else []
        )
    if len(like) > 1:
        return [
            f"Which one counts? {named} all hold {name}: rename one to {name}, take the others away, submit again."
        ]
    if like:
        return [f"{named} seems to be your {name}: rename it to {name} and submit again."]
    return [] if there or module else [f"{name} is missing: put it back into the folder and submit again."]


def _has_module(notebook: Path) -> bool:
    return notebook.with_suffix(".py").is_file()


def _is_work(source: str, released: str) -> bool:
    return source.split() != released.split()


def _is_like(found: dict[str, str], cells: dict[str, str]) -> bool:
    return len(set(found) & set(cells)) >= LIKE_ENOUGH * len(cells)


def _notebooks(folder: Path, depth: int = 0) -> list[Path]:
    """The notebooks of a folder and of those a few levels below, whatever their ending's case."""
    if depth > DEEPEST or folder.name in LEFT_OUT:
        return []
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    found = [path for path in entries if path.suffix.lower() == ".ipynb" and path.is_file()]
    below = [path for path in entries if path.is_dir() and not path.is_symlink()]
    return found + [path for one in below for path in _notebooks(one, depth + 1)]


def _cells(notebook: Path) -> dict[str, str]:
    """The answers in a notebook by grade_id; none if it is not there or cannot be read."""
    try:
        if notebook.stat().st_size > MOST_BYTES:
            return {}
        cells = json.loads(notebook.read_text(encoding="utf-8-sig"))["cells"]
        return dict(pair for cell in cells if (pair := _answer(cell)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _answer(cell: dict[str, Any]) -> tuple[str, str] | None:
    nbgrader = cell.get("metadata", {}).get("nbgrader") or {}
    if not nbgrader.get("solution"):
        return None
    source = cell.get("source", "")
    return str(nbgrader["grade_id"]), source if isinstance(source, str) else "".join(source)


def local(moment: datetime) -> str:
    """A moment, which nbgrader keeps as UTC without a zone, in this machine's time: 2026-11-28 14:05 CET."""
    return f"{moment.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M %Z}"


def of_submission(timestamp: str, due: datetime | None, *, last: bool) -> str:
    """How a submission is listed: when it came, how late, and whether it counts."""
    try:
        handed_in = parse_utc(timestamp)
    except (ValueError, OverflowError):
        return timestamp
    parts = [local(handed_in)]
    if due is not None and handed_in > due:
        parts.append(f"{_duration((handed_in - due).total_seconds())} late")
    parts += ["this one counts: the last"] if last else ["replaced by a later one"]
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def tell_due_date(exchange: Any) -> None:
    """Write the exercise's due date, which students cannot read in the gradebook, into the exchange."""
    coursedir = exchange.coursedir
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            due = gradebook.find_assignment(coursedir.assignment_id).duedate
        except MissingEntry:
            due = None
    file = Path(exchange.root) / coursedir.course_id / DUE / coursedir.assignment_id
    file.parent.mkdir(exist_ok=True)
    file.parent.chmod(0o755)
    file.write_text(f"{due} UTC" if due else "", encoding="utf-8")
    file.chmod(0o644)


def due_date(exchange: Path, course: str, exercise: str) -> datetime | None:
    """The due date that the grader wrote into the exchange, UTC without a zone; None if there is none."""
    try:
        due: datetime = parse_utc((exchange / course / DUE / exercise).read_text(encoding="utf-8"))
    except (OSError, ValueError, OverflowError):
        return None
    return due
