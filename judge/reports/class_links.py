"""Where the names on the class page lead: to that student's judged notebook."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from nbgrader.api import Gradebook

from judge.reports.class_numbers import ClassNumbers
from judge.reports.class_roll import gradebook_url


def links(course: Path, numbers: ClassNumbers, start: Path, formgrader: str = "") -> Callable[[str, str], str]:
    """A function of student and notebook: where the judged notebook is, or "" if it is nowhere.

    Args:
        course: the course folder.
        numbers: the exercise's numbers; a name without a notebook leads to the one with most points to be had.
        start: the folder of the class page.
        formgrader: the address of a formgrader, which shows judged notebooks; else they are files.
    """
    main = {row.student: max(row.results, key=lambda result: result.max_points).notebook
            for row in numbers.students}  # fmt: skip
    papers = _papers(course, numbers.exercise) if formgrader else {}

    def link(student: str, notebook: str) -> str:
        notebook = notebook or main.get(student, "")
        if (student, notebook) in papers:
            return f"{formgrader}/submissions/{papers[student, notebook]}"
        inside = Path(student, numbers.exercise, notebook)
        pages = [course / "feedback" / f"{inside}.html", course / "autograded" / f"{inside}.ipynb"]
        there = next((page for page in pages if notebook and page.is_file()), None)
        return quote(Path(os.path.relpath(there, start)).as_posix()) if there else ""

    return link


def _papers(course: Path, exercise: str) -> dict[tuple[str, str], str]:
    """The formgrader's ids of all judged notebooks, by student and notebook."""
    url = gradebook_url(course)
    if not url:
        return {}
    with Gradebook(url) as gradebook:
        if exercise not in {assignment.name for assignment in gradebook.assignments}:
            return {}
        submissions = gradebook.assignment_submissions(exercise)
        return {(str(one.student_id), str(paper.name)): str(paper.id) for one in submissions for paper in one.notebooks}
