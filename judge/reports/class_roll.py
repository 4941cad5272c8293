"""Everybody who has no number on the class page, or one with a reservation: told apart, so nobody looks like a 0."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from judge.reports.class_numbers import ClassNumbers
from judge.submitted import students_with

MISSING, UNREADABLE = "nothing handed in", "handed in, but a notebook cannot be read"
UNGRADED, LATE = "handed in, not graded yet", "handed in late"


def roll(course: Path, numbers: ClassNumbers) -> dict[str, list[str]]:
    """The students of each of these states, in this order; states without students are left out.

    Args:
        course: the course folder.
        numbers: the exercise's numbers.
    """
    known, late = _in_gradebook(course, numbers.exercise)
    handed_in = set(students_with(course, numbers.exercise))
    graded = {row.student for row in numbers.students}
    unreadable = {student for student in handed_in if any(_unreadable(course, numbers.exercise, student))}
    states = {
        MISSING: known - handed_in - graded,
        UNREADABLE: unreadable,
        UNGRADED: handed_in - graded - unreadable,
        LATE: late,
    }
    return {state: sorted(students) for state, students in states.items() if students}


def _in_gradebook(course: Path, exercise: str) -> tuple[set[str], set[str]]:
    """All students whom the gradebook knows, and those who handed in after the due date."""
    database = course / "gradebook.db"
    if not database.is_file():
        return set(), set()
    with Gradebook(f"sqlite:///{database}") as gradebook:
        known = {str(student.id) for student in gradebook.students}
        if exercise not in {assignment.name for assignment in gradebook.assignments}:
            return known, set()
        submissions = gradebook.assignment_submissions(exercise)
        return known, {str(one.student.id) for one in submissions if one.total_seconds_late > 0}


def _unreadable(course: Path, exercise: str, student: str) -> Iterator[Path]:
    """The handed-in notebooks that are no notebooks."""
    for path in (course / "submitted" / student / exercise).glob("*.ipynb"):
        try:
            nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        except Exception:  # a student's file: whatever is wrong with it, it cannot be read
            yield path
