"""The gradebook may be PostgreSQL: the same grading, another URL."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from test_autograde import LESSON, RIGHT, SUITE

from judge.course.build import build
from judge.nbgrader import batch
from judge.sandbox import shared_fork_server as warm
from judge.suite import suites, zoo

pytestmark = [
    pytest.mark.slow,
    # nbgrader leaves its connections to the garbage collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def database():
    """The URL of a PostgreSQL server of our own, reached through a Unix socket."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="pg-"))
    user = None
    if folder.owner() == "root":  # PostgreSQL refuses to run as root
        user = "postgres"
        shutil.chown(folder, user)

    def run(program, *arguments):
        command = [programs[-1].with_name(program), *arguments]
        subprocess.run(command, user=user, cwd=folder, check=True, capture_output=True)

    data = folder / "data"
    run("initdb", "-D", data, "-U", "course", "-A", "trust", "--no-sync")
    run(
        "pg_ctl",
        "-D",
        data,
        "-w",
        "-l",
        folder / "log",
        "-o",
        f"-k {folder} -c listen_addresses= -F",
        "start",
    )
    try:
        run("createdb", "-h", folder, "-U", "course", "course")
        yield f"postgresql+psycopg://course@/course?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_scores_arrive_in_postgresql(database, tmp_path, monkeypatch, parent):
    for name, text in {"solutions/ex_pg/pg.py": LESSON, "graders/ex_pg/test_pg.py": SUITE}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(suites, "ROOT", tmp_path)
    monkeypatch.setattr(warm, "_parent", parent)
    monkeypatch.setenv("COURSE_DATABASE", database)
    build(tmp_path)
    assert batch.nbgrader_api(tmp_path).generate_assignment("ex_pg")["success"]
    released = nbformat.read(tmp_path / "release/ex_pg/pg.ipynb", as_version=4)
    for student, answer in {"right": RIGHT, "wrong": "def double(x):\n    return x"}.items():
        folder = tmp_path / "submitted" / student / "ex_pg"
        folder.mkdir(parents=True)
        nbformat.write(zoo.submission(released, {"double": answer}), folder / "pg.ipynb")
    graded = list(batch.grade_all(tmp_path, "ex_pg", ["right", "wrong"]))
    assert [one.problem for one in graded] == ["", ""]
    assert not (tmp_path / "gradebook.db").exists()
    with Gradebook(database) as book:
        assert [book.find_submission("ex_pg", s).score for s in ("right", "wrong")] == [4, 0]
