"""What a student should know of a submission at once: which notebook counts, when it came, and what it lacks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import parse_utc

DUE = "due"  # folder of the exchange with a file for each exercise


def about(folder: Path, release: Path) -> list[str]:
    """What grading would say of a submission, by the judge's own intake: what is taken for what, or is missing.

    It is imported here, since the grader, who needs none of this, has a judge of its own.
    """
    from judge.submission.advice import advice

    return advice(folder, release)


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
