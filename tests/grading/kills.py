"""Kills a grading batch at random moments until it has come through; used by the test and the benchmark."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from test_autograde import LESSON, RIGHT, SUITE

from judge.course.build import build
from judge.nbgrader import batch
from judge.suite import suites, zoo

DRIVER = Path(__file__).with_name("kill_driver.py")
EXERCISE = "ex_kill"
WRONG = "def double(x):\n    return x"


def make_course(root: Path, num_students: int) -> None:
    """A released course with submissions; every second one is right. Grading must know `root` as its root."""
    assert root == suites.ROOT
    for name, text in {"solutions/ex_kill/kill.py": LESSON, "graders/ex_kill/test_kill.py": SUITE}.items():
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text)
    build(root)
    assert batch.nbgrader_api(root).generate_assignment(EXERCISE)["success"]
    released = nbformat.read(root / "release/ex_kill/kill.ipynb", as_version=4)
    for number in range(num_students):
        folder = root / "submitted" / f"s{number}" / EXERCISE
        folder.mkdir(parents=True)
        answer = f"{RIGHT if number % 2 else WRONG}\n# {number}"
        nbformat.write(zoo.submission(released, {"double": answer}), folder / "kill.ipynb")


def grade_with_kills(course: Path, num_kills: int, seed: int) -> int:
    """Run the batch, killing it `num_kills` times, then let it finish; returns the kills that hit a live batch."""
    chance = random.Random(seed)
    hits = 0
    for _ in range(num_kills):
        process = _start(course)
        first = process.stdout.readline()  # past the warm-up, where a kill could not lose anything
        time.sleep(chance.uniform(0.0, 2.5) if first else 0.0)
        hits += process.poll() is None
        process.kill()
        process.communicate()
    process = _start(course)
    output, errors = process.communicate(timeout=1800)
    assert process.returncode == 0, errors
    assert "OUR FAULT" not in output
    return hits


def assert_nothing_lost(course: Path, num_students: int) -> None:
    """Every grade is there once, and every paper is whole."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        scores = [book.find_submission(EXERCISE, f"s{n}").score for n in range(num_students)]
        assert scores == [4 * (n % 2) for n in range(num_students)]
        assert len(book.find_assignment(EXERCISE).submissions) == num_students
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for number in range(num_students):
        papers = course / f"autograded/s{number}/ex_kill"
        nbformat.validate(nbformat.read(papers / "kill.ipynb", as_version=4))
        assert json.loads((papers / "kill.result.json").read_text())["checks"]
        assert (course / f"feedback/s{number}/ex_kill/kill.html").stat().st_size > 10_000


def _start(course: Path) -> subprocess.Popen:
    command = [sys.executable, "-W", "ignore", str(DRIVER), str(course), EXERCISE]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
