"""Everybody who has no number on the class page, or one with a reservation: told apart, so nobody looks like a 0."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from judge.reports.class_numbers import ClassNumbers, StudentRow
from judge.submission.submitted import students_with

MISSING, UNREADABLE = "nothing handed in", "handed in, but not read"
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
    unreadable = {row.student for row in numbers.students if row.warning}
    unreadable |= {student for student in handed_in if any(_unreadable(course, numbers.exercise, student))}
    states = {
        MISSING: known - handed_in - graded,
        UNREADABLE: unreadable,
        UNGRADED: handed_in - graded - unreadable,
        LATE: late,
    }
    return {state: sorted(students) for state, students in states.items() if students}


def everybody(numbers: ClassNumbers, states: Mapping[str, list[str]]) -> list[tuple[str, StudentRow | None, str]]:
    """Every student, graded or not: the id, the numbers if there are any, and what is the matter, or ""."""
    graded = {row.student: row for row in numbers.students}
    matter = {student: state for state in (UNGRADED, UNREADABLE, MISSING) for student in states.get(state, ())}
    matter |= {row.student: row.warning for row in numbers.students if row.warning}
    return [(student, graded.get(student), matter.get(student, "")) for student in sorted({*graded, *matter})]


def gradebook_url(course: Path) -> str:
    """Where the course's gradebook is, as nbgrader_config.py says it; "" if there is none yet."""
    database = course / "gradebook.db"
    return os.environ.get("COURSE_DATABASE", f"sqlite:///{database}" if database.is_file() else "")


def _in_gradebook(course: Path, exercise: str) -> tuple[set[str], set[str]]:
    """All students whom the gradebook knows, and those who handed in after the due date."""
    url = gradebook_url(course)
    if not url:
        return set(), set()
    with Gradebook(url) as gradebook:
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
