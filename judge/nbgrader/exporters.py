"""Grades for learning management systems, through nbgrader's own `nbgrader export --exporter=...`.

Students are found by what the gradebook knows of them (`nbgrader db student add ada --email=...
--lms-user-id=...`); late penalties are taken off, and whoever has handed in nothing has an empty cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin


class _Lms(ExportPlugin):  # type: ignore[misc]  # nbgrader has no type annotations
    """One line per student, one column per exercise."""

    def export(self, gradebook: Any) -> None:
        """Write the file that --to names, grades.csv if it is not given."""
        wanted = [str(name) for name in self.assignment]
        exercises = [a for a in gradebook.assignments if not wanted or a.name in wanted]
        only = [str(name) for name in self.student]
        students = sorted((s for s in gradebook.students if not only or s.id in only), key=lambda s: s.id)
        with open(self.to or "grades.csv", "w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            for line in self.lines(gradebook, exercises, students):
                writer.writerow(line)

    def lines(self, gradebook: Any, exercises: list[Any], students: list[Any]) -> Iterator[list[Any]]:
        """The file's lines, headings included."""
        raise NotImplementedError


class MoodleExporter(_Lms):
    """For Moodle: Grades > Import > CSV file, mapped by the email address."""

    def lines(self, gradebook: Any, exercises: list[Any], students: list[Any]) -> Iterator[list[Any]]:
        """See `_Lms`."""
        yield ["First name", "Last name", "ID number", "Email address", *(a.name for a in exercises)]
        for s in students:
            grades = [_points(gradebook, a, s) for a in exercises]
            yield [s.first_name or "", s.last_name or "", s.lms_user_id or s.id, s.email or "", *grades]


class CanvasExporter(_Lms):
    """For Canvas: Grades > Import, which asks for the assignment when a column's name has no id."""

    def lines(self, gradebook: Any, exercises: list[Any], students: list[Any]) -> Iterator[list[Any]]:
        """See `_Lms`."""
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(a.name for a in exercises)]
        yield ["    Points Possible", "", "", "", "", *(a.max_score for a in exercises)]
        for s in students:
            name = ", ".join(filter(None, (s.last_name, s.first_name))) or s.id
            grades = [_points(gradebook, a, s) for a in exercises]
            yield [name, s.lms_user_id or "", "", s.id, "", *grades]


class BrightspaceExporter(_Lms):
    """For D2L Brightspace: Grades > Enter Grades > Import."""

    def lines(self, gradebook: Any, exercises: list[Any], students: list[Any]) -> Iterator[list[Any]]:
        """See `_Lms`."""
        yield ["OrgDefinedId", *(f"{a.name} Points Grade" for a in exercises), "End-of-Line Indicator"]
        for s in students:
            yield [f"#{s.lms_user_id or s.id}", *(_points(gradebook, a, s) for a in exercises), "#"]


def _points(gradebook: Any, exercise: Any, student: Any) -> float | str:
    try:
        submission = gradebook.find_submission(exercise.name, student.id)
    except MissingEntry:
        return ""
    return float(round(max(0.0, submission.score - (submission.late_submission_penalty or 0.0)), 2))
