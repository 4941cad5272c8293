"""A batch killed at any moment loses no grade and doubles none; the next run continues."""

import json
import sqlite3

import nbformat
import pytest
from kills import grade_with_kills
from nbgrader.api import Gradebook
from test_autograde import LESSON, RIGHT, SUITE

from judge import batch, grading, zoo
from judge.build import build

NUM_STUDENTS = 8


@pytest.fixture
def course(tmp_path, monkeypatch):
    for name, text in {"solutions/ex_kill/kill.py": LESSON, "graders/ex_kill/test_kill.py": SUITE}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(grading, "ROOT", tmp_path)
    build(tmp_path)
    assert batch.nbgrader_api(tmp_path).generate_assignment("ex_kill")["success"]
    released = nbformat.read(tmp_path / "release/ex_kill/kill.ipynb", as_version=4)
    for number in range(NUM_STUDENTS):
        folder = tmp_path / "submitted" / f"s{number}" / "ex_kill"
        folder.mkdir(parents=True)
        answer = RIGHT if number % 2 else "def double(x):\n    return x"
        nbformat.write(zoo.submission(released, {"double": f"{answer}\n# {number}"}), folder / "kill.ipynb")
    return tmp_path


@pytest.mark.slow
def test_kills_lose_and_double_nothing(course):
    assert grade_with_kills(course, "ex_kill", num_kills=4, seed=1) >= 2
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        scores = [book.find_submission("ex_kill", f"s{n}").score for n in range(NUM_STUDENTS)]
        assert scores == [0, 4] * (NUM_STUDENTS // 2)
        assert len(book.find_assignment("ex_kill").submissions) == NUM_STUDENTS
    with sqlite3.connect(course / "gradebook.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    for number in range(NUM_STUDENTS):
        nbformat.validate(nbformat.read(course / f"autograded/s{number}/ex_kill/kill.ipynb", as_version=4))
        assert json.loads((course / f"autograded/s{number}/ex_kill/kill.result.json").read_text())["checks"]
        assert (course / f"feedback/s{number}/ex_kill/kill.html").stat().st_size > 10_000
