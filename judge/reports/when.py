"""Moments as a reader wants them: the day by its name, the time of this machine's zone, and how late it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SQLAlchemyError


def local(moment: datetime) -> str:
    """E.g. "28 November 2026, 14:05 CET".

    Args:
        moment: with a zone, or, as nbgrader keeps it, in UTC without one.
    """
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    moment = moment.astimezone()
    return f"{moment.day} {moment:%B %Y, %H:%M %Z}"


def handed_in(about: Any) -> str:
    """When a submission was handed in, and how late; "" if the gradebook does not know.

    Args:
        about: what nbgrader's converters know of a notebook: "db_url", "assignment", "student".
    """
    if "db_url" not in about:
        return ""
    try:
        with Gradebook(about["db_url"]) as gradebook:
            submission = gradebook.find_submission(about["assignment"], about["student"])
            moment, late = submission.timestamp, submission.total_seconds_late
    except (MissingEntry, SQLAlchemyError):
        return ""
    if moment is None:
        return ""
    return f"handed in {local(moment)}" + (f", {_duration(late)} late" if late > 0 else "")


def _duration(seconds: float) -> str:
    """E.g. "2 d 3 h 5 min"; at least a minute."""
    minutes = max(1, round(seconds / 60))
    parts = [(minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
