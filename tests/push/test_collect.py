"""What is collected has a time that its student has not written."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.utils import parse_utc
from tiny_course import RIGHT, SQUARED, commit, git, write_notebook

from judge.__main__ import main
from judge.push.checkout import Commit
from judge.push.collect import time_of_push
from judge.push.student_folder import Work

FORGED = "2020-01-01 00:00:00.000000 UTC"


def collected(course: Path, student: str, *where: str) -> int:
    return main(["push", *where, "--course", str(course), "--student", student, "--collect"])


def stamp(course: Path, student: str) -> str:
    return (course / "submitted" / student / "ex_tiny/timestamp.txt").read_text()


@pytest.mark.parametrize("name", ["timestamp.txt", "TIMESTAMP.TXT", "timestamp.txt/inner"])
@pytest.mark.parametrize("form", [[], ["--repository"]])
def test_a_students_own_timestamp_is_left_out_with_a_note(name, form, course, tmp_path, capsys):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    (tmp_path / "ex_tiny" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "ex_tiny" / name).write_text(FORGED)
    commit(tmp_path)
    student = "f" + re.sub(r"\W", "", name) + str(len(form))
    assert collected(course, student, *form, str(tmp_path)) == 0
    assert "own timestamp.txt was left out" in capsys.readouterr().out
    assert abs(parse_utc(stamp(course, student)) - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=10)


def test_unchanged_work_keeps_the_time_of_its_first_collection(course, tmp_path, capsys):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    collected(course, "again", str(tmp_path))
    first = stamp(course, "again")
    collected(course, "again", str(tmp_path))
    assert stamp(course, "again") == first
    write_notebook(course, tmp_path / "ex_tiny", SQUARED)
    collected(course, "again", str(tmp_path))
    assert stamp(course, "again") != first


def test_the_time_of_push_is_that_of_the_last_one_that_changed_the_exercise(course, tmp_path):
    work, server = tmp_path / "work", tmp_path / "ada.git"
    git(tmp_path, "init", "--bare", str(server))
    git(server, "config", "core.logAllRefUpdates", "true")
    for number, answers in enumerate((SQUARED, RIGHT, RIGHT)):
        write_notebook(course, work / "ex_tiny", answers)
        (work / "other.txt").write_text(str(number))
        commit(work)
        git(
            work,
            "push",
            str(server),
            "HEAD:refs/heads/main",
            GIT_COMMITTER_DATE=f"{1700000000 + number} +0000",
        )
    assert time_of_push(Commit(server, "main"), Work("ex_tiny", "ex_tiny")) == 1700000001
    assert collected(course, "timed", "--repository", str(server), "--commit", "main", "--time-of-push") == 0
    assert stamp(course, "timed") == "2023-11-14 22:13:21.000000 UTC"


def test_without_a_log_the_time_is_that_of_collecting_and_that_is_said(course, tmp_path, capsys):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    commit(tmp_path)
    (tmp_path / ".git/logs/refs/heads/main").unlink()
    options = ("--repository", str(tmp_path), "--commit", "main", "--time-of-push")
    assert collected(course, "unlogged", *options) == 0
    assert "keeps no log" in capsys.readouterr().out
