"""Grades for learning management systems, through nbgrader's own export command."""

import csv
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from judge.nbgrader import exporters


@pytest.fixture
def gradebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", f"{Path(__import__('sys').executable).parent}:/usr/bin:/bin")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        book.add_assignment("ex03_vae")
        book.add_notebook("vae", "ex03_vae")
        book.add_grade_cell("kl_check", "vae", "ex03_vae", max_score=4, cell_type="code")
        book.add_student("ada", first_name="Ada", last_name="Lovelace", email="ada@example.org", lms_user_id="17")
        book.add_student("bob")
        book.add_submission("ex03_vae", "ada")
        book.find_grade("kl_check", "vae", "ex03_vae", "ada").auto_score = 3.333
        book.find_submission("ex03_vae", "ada").notebooks[0].late_submission_penalty = 1.0
        book.db.commit()
        yield book


def exported(exporter, gradebook, tmp_path, **about) -> list[list[str]]:
    exporter(to=str(tmp_path / "grades.csv"), **about).export(gradebook)
    with open(tmp_path / "grades.csv", newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_moodle_finds_students_by_their_address(gradebook, tmp_path):
    assert exported(exporters.MoodleExporter, gradebook, tmp_path) == [
        ["First name", "Last name", "ID number", "Email address", "ex03_vae"],
        ["Ada", "Lovelace", "17", "ada@example.org", "2.33"],
        ["", "", "bob", "", ""],
    ]


def test_canvas_learns_the_points_that_can_be_had(gradebook, tmp_path):
    assert exported(exporters.CanvasExporter, gradebook, tmp_path) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ex03_vae"],
        ["    Points Possible", "", "", "", "", "4.0"],
        ["Lovelace, Ada", "17", "", "ada", "", "2.33"],
        ["bob", "", "", "bob", "", ""],
    ]


def test_brightspace_has_its_end_of_line(gradebook, tmp_path):
    assert exported(exporters.BrightspaceExporter, gradebook, tmp_path, student=["ada"]) == [
        ["OrgDefinedId", "ex03_vae Points Grade", "End-of-Line Indicator"],
        ["#17", "2.33", "#"],
    ]
