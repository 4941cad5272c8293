"""A batch goes on whatever one hand-in or the disk does, and every grade is that of what lies there now."""
# ruff: noqa: F811  the fixtures are those of test_autograde

import contextlib
import os
import sqlite3
import subprocess
import time
from datetime import datetime
from io import StringIO
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from rich.console import Console
from test_autograde import RIGHT, course, feedback, grade, hand_in, one_fork_server, score  # noqa: F401

from judge import __main__ as command_line
from judge.__main__ import main
from judge.grade import fanout, lesson_grading
from judge.grade.result import make_result
from judge.machine import guard
from judge.machine.guard import LimitReached
from judge.nbgrader import autograde, batch, feedback_page
from judge.reports import score_table
from judge.suite import Check
from judge.suite.engine import Status, Verdict

WRONG = "def double(x):\n    return x"
EXERCISE = "ex_autograde"


def answer_again(course: Path, student: str, answer: str, change=lambda nb: None) -> None:
    """Replace the notebook alone, as somebody who hands in again."""
    path = course / "submitted" / student / EXERCISE / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "double":
            cell.source = answer
    change(notebook)
    nbformat.write(notebook, path)


def nine_megabytes(notebook):
    for number in range(95):
        notebook.cells.append(new_code_cell(f"# {number}", outputs=[new_output("stream", text="x" * 100_000)]))


def test_a_large_notebook_handed_in_again_is_graded_again(course):
    folder = hand_in(course, "large", WRONG, nine_megabytes)
    assert (folder / "tiny.ipynb").stat().st_size > 9_000_000
    (first,) = grade(course, "large")
    answer_again(course, "large", RIGHT)
    (again,) = grade(course, "large")
    assert (first.results[0].points, again.results[0].points, score(course, "large")) == (0, 4, 4)


def test_a_notebook_among_250_files_handed_in_again_is_graded_again(course):
    folder = hand_in(course, "many", WRONG)
    for number in range(250):
        (folder / f"a{number:03}.txt").write_text("x")
    (first,) = grade(course, "many")
    assert any("beyond the 200 files" in note for note in first.results[0].notes)
    answer_again(course, "many", RIGHT)
    (again,) = grade(course, "many")
    assert (first.results[0].points, again.results[0].points) == (0, 4)


def test_other_times_of_the_same_files_are_another_submission(course):
    folder = hand_in(course, "times", WRONG)
    (folder / "tiny.py").write_text(f'# %% nbgrader={{"grade_id": "double", "solution": true}}\n{RIGHT}\n')
    now = time.time()
    os.utime(folder / "tiny.py", (now - 9000, now - 9000))
    (first,) = grade(course, "times")
    os.utime(folder / "tiny.py", (now + 9000, now + 9000))
    (again,) = grade(course, "times")
    assert (first.results[0].points, again.results[0].points) == (0, 4)


def late_penalty(course: Path, student: str):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return book.find_submission(EXERCISE, student).late_submission_penalty


@pytest.fixture
def zero_when_late(monkeypatch):
    api = batch.nbgrader_api

    def with_penalty(root, **more):
        made = api(root, **more)
        made.config.LateSubmissionPlugin.penalty_method = "zero"
        return made

    monkeypatch.setattr(batch, "nbgrader_api", with_penalty)


def test_penalties_follow_due_date_and_extension_without_judging_again(course, zero_when_late, monkeypatch):
    folder = hand_in(course, "late")
    (folder / "timestamp.txt").write_text("2026-01-02 00:00:00 UTC")
    grade(course, "late")
    assert late_penalty(course, "late") == 0
    monkeypatch.setattr("judge.suite.engine.judge", lambda *_: pytest.fail("judged again"))
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        book.find_assignment(EXERCISE).duedate = datetime(2026, 1, 1)
        book.db.commit()
    try:
        (one,) = grade(course, "late")
        assert (one.problem, late_penalty(course, "late")) == ("", 4)
        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            book.grant_extension(EXERCISE, "late", days=7)
        (one,) = grade(course, "late")
        assert (one.problem, late_penalty(course, "late")) == ("", 0)
    finally:
        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            book.find_assignment(EXERCISE).duedate = None
            book.db.commit()


def test_a_time_that_cannot_be_read_is_a_warning_and_no_fault(course):
    folder = hand_in(course, "german")
    (folder / "timestamp.txt").write_text("Mittwoch, 3. Dezember 2025, 23:59 Uhr")
    (one,) = grade(course, "german")
    assert (one.problem, one.results[0].points) == ("", 4)
    assert any("timestamp.txt" in note for note in one.results[0].notes)
    assert "timestamp.txt" in feedback(course, "german")


@pytest.mark.parametrize("student", ["{x}", "k" * 250, "-rf", "o'neill", "ada 17]", "Zoë"])
def test_an_id_with_odd_characters_is_graded_as_itself(course, student):
    hand_in(course, student)
    (one,) = grade(course, student)
    assert (one.problem, score(course, student)) == ("", 4)
    assert feedback(course, student)
    (again,) = grade(course, student)
    assert again.results == one.results


@pytest.mark.parametrize("student", ["ada [17]", "k[01]0", "a*", "b?"])
def test_an_id_that_nbgrader_reads_as_a_pattern_is_refused_with_the_remedy(course, student):
    for one in (student, student.replace("[01]", "0")):
        if not (course / "submitted" / one).exists():
            hand_in(course, one)
    (one,) = grade(course, student)
    assert not one.ours
    assert "Rename the folder in submitted/" in one.problem
    assert not (course / "autograded" / "k00").exists()
    for answer in (
        batch.nbgrader_api(course).autograde(EXERCISE, student),
        batch.nbgrader_api(course).generate_feedback(EXERCISE, student),
    ):
        assert not answer["success"]
        assert "Rename the folder in submitted/" in answer["error"]
        assert str(course) not in answer["error"] + answer["log"]


def test_refused_submissions_are_said_and_the_others_are_graded(course):
    eve = course / "submitted" / "eve"
    eve.mkdir()
    (eve / EXERCISE).symlink_to("../../source/ex_autograde")
    hand_in(course, "peer")
    (course / "submitted" / "copycat").symlink_to("peer")
    hand_in(course, "line\nbreak")
    hand_in(course, "after_them")
    *refused, after = grade(course, "eve", "copycat", "line\nbreak", "after_them")
    assert [one.ours for one in refused] == [False] * 3
    assert ["is a link" in one.problem for one in refused] == [True, True, False]
    assert "Rename the folder" in refused[2].problem
    assert after.results[0].points == 4
    assert (course / "source/ex_autograde/tiny.ipynb").is_file()


def test_plain_nbgrader_refuses_a_linked_folder_and_grades_the_others(course):
    folder = course / "submitted" / "mallory"
    folder.mkdir()
    (folder / EXERCISE).symlink_to("../../source/ex_autograde")
    answer = batch.nbgrader_api(course).autograde(EXERCISE, "mallory")
    assert not answer["success"]
    assert "is a link, and nothing behind it was read" in answer["error"]
    assert not (course / "autograded" / "mallory").exists()
    hand_in(course, "mall")
    answer = batch.nbgrader_api(course).autograde(EXERCISE, "mall*")
    assert answer["success"], answer
    assert score(course, "mall") == 4
    assert "mallory: submitted/mallory/ex_autograde is a link" in answer["log"]


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(guard, "GRACE", 0.3)
    for module in (autograde, fanout):
        monkeypatch.setattr(module, "SUBMISSION_SECONDS", 100.0)
        monkeypatch.setattr(module, "FEEDBACK_SECONDS", 60.0)


def compute(*_, **__):
    while True:
        pass


def only_for(monkeypatch, module, name, marker, instead):
    """Replace a function where its first argument has this in it."""
    real = getattr(module, name)
    monkeypatch.setattr(
        module, name, lambda first, *a, **k: (instead if marker in str(first) else real)(first, *a, **k)
    )


def test_a_notebook_that_takes_for_ever_to_read_is_a_sentence_and_the_next_is_graded(course, small_limits, monkeypatch):
    only_for(monkeypatch, lesson_grading, "take_in", "slow_reader", compute)
    hand_in(course, "slow_reader")
    hand_in(course, "after_slow")
    slow, after = grade(course, "slow_reader", "after_slow")
    assert slow.problem == ""
    assert (slow.results[0].points, score(course, "slow_reader")) == (0, 0)
    assert "so it was stopped" in slow.results[0].notes[0]
    assert "so it was stopped" in feedback(course, "slow_reader")
    assert after.results[0].points == 4


def test_what_the_judge_cannot_judge_in_time_fails_with_that_reason(course, small_limits, monkeypatch):
    real = lesson_grading.judge_lesson
    monkeypatch.setattr(
        lesson_grading, "judge_lesson", lambda *a, **k: (compute if a[3] == "slow_judge" else real)(*a, **k)
    )
    hand_in(course, "slow_judge")
    hand_in(course, "after_judge")
    slow, after = grade(course, "slow_judge", "after_judge")
    assert {check.status for check in slow.results[0].checks} == {"failed"}
    assert "so it was stopped" in feedback(course, "slow_judge")
    assert after.results[0].points == 4


def test_a_page_that_takes_for_ever_becomes_the_verdicts_alone(course, monkeypatch):
    monkeypatch.setattr(guard, "GRACE", 0.3)
    monkeypatch.setattr(feedback_page, "FEEDBACK_SECONDS", 1.0)
    monkeypatch.setattr(feedback_page.FeedbackPage, "_get_ready", lambda *_: None)  # it renders the lesson itself
    monkeypatch.setattr("judge.reports.exporter.FeedbackExporter.from_notebook_node", compute)
    hand_in(course, "nested", WRONG)
    (one,) = grade(course, "nested")
    assert one.problem == ""
    page = feedback(course, "nested")
    assert "too large or too intricate to show" in page
    assert "double returns twice its input." in page


def test_a_sparse_notebook_of_three_gigabytes_is_not_read(course):
    folder = hand_in(course, "sparse")
    with (folder / "tiny.ipynb").open("r+b") as file:
        file.truncate(3 * 2**30)
    started = time.monotonic()
    (one,) = grade(course, "sparse")
    assert (one.problem, one.results[0].points) == ("", 0)
    assert "is 3072 MiB large, and at most" in one.results[0].notes[0]
    assert time.monotonic() - started < 60
    assert (course / "autograded/sparse/ex_autograde/tiny.ipynb").stat().st_size < 10**6


def test_a_worker_s_stop_is_not_tried_again_by_the_coordinator(course, monkeypatch):
    hand_in(course, "stopped")
    hand_in(course, "lost")

    def ahead(*_, **__):
        yield fanout._kept(None, "stopped", LimitReached("It was stopped."))
        yield fanout.Ahead("lost", problem="the verdicts could not be kept")

    monkeypatch.setattr(batch, "judge_ahead", ahead)
    monkeypatch.setattr(lesson_grading, "take_in", lambda *_, **__: pytest.fail("read again"))
    stopped, lost = batch.grade_all(course, EXERCISE, ["stopped", "lost"], workers=2)
    assert (stopped.problem, stopped.results[0].notes) == ("", ("It was stopped.",))
    assert {check.message for check in stopped.results[0].checks} == {"It was stopped."}
    assert lost.ours
    assert autograde.stopped_ahead == {}


@contextlib.contextmanager
def gradebook_instead(course: Path, content: bytes | None):
    book = course / "gradebook.db"
    kept = book.read_bytes()
    if content is None:
        with contextlib.closing(sqlite3.connect(book)) as database:
            database.execute("ALTER TABLE assignment RENAME COLUMN duedate TO due")
            database.commit()
    else:
        book.write_bytes(content)
    try:
        yield
    finally:
        book.write_bytes(kept)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no database at all" * 100, "damaged"),
        (None, "another version of nbgrader"),
        (b"", "generate_assignment"),
    ],
)
def test_a_gradebook_that_cannot_be_used_is_one_sentence(course, content, says):
    hand_in(course, f"book_{says[:3]}")
    with gradebook_instead(course, content), pytest.raises(ValueError, match=says) as raised:
        grade(course, f"book_{says[:3]}")
    assert "\n" not in str(raised.value)
    assert str(course) not in str(raised.value)


def test_a_course_folder_with_pattern_characters_is_named(tmp_path):
    with pytest.raises(ValueError, match="Rename the course folder"):
        list(batch.grade_all(tmp_path / "course [2026]", "ex", ["ada"]))


def test_a_folder_named_like_a_result_is_in_nobodys_way(course):
    folder = hand_in(course, "foldered")
    (folder / "tiny.result.json").mkdir()
    (folder / "x.result.json").mkdir()
    (one,) = grade(course, "foldered")
    assert (one.problem, score(course, "foldered")) == ("", 4)


def parsed(*arguments: str):
    return command_line._options(arguments)


@pytest.mark.parametrize(
    "line",
    [
        "grade ex --fresh --jobs 1 ada bob",
        "grade --fresh ex ada --jobs 1 bob",
        "grade ex ada bob --jobs 1 --fresh",
    ],
)
def test_students_may_stand_anywhere(line):
    options = parsed(*line.split())
    assert (options.exercise, options.students, options.jobs, options.fresh) == (
        "ex",
        ["ada", "bob"],
        1,
        True,
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
@pytest.mark.parametrize("options", ["size=64k", "size=1m,ro", "nr_inodes=1"])
def test_where_nothing_can_be_written_no_submission_is_begun(course, options):
    student = f"disk_{options[:2]}{len(options)}"
    hand_in(course, student)
    (course / ".judge").mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", course / ".judge"]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        with pytest.raises(OSError, match=r"\.judge"):
            grade(course, student)
    finally:
        subprocess.run(["umount", course / ".judge"], check=True)
    assert not (course / "autograded" / student).exists()
    (one,) = grade(course, student)
    assert (one.problem, score(course, student)) == ("", 4)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("PermissionError: [Errno 13] Permission denied: '.judge/e7'", ".judge/e7 cannot be used (Permission denied)"),
        ("OSError: [Errno 28] No space left on device", "free some space"),
        ("sqlite3.OperationalError: database or disk is full", "free some space on its disk, then grade again."),
        ("sqlalchemy.exc.OperationalError: attempt to write a readonly database", "make gradebook.db and its folder"),
        ("ValueError: something else", "ValueError: something else"),
    ],
)  # fmt: skip
def test_what_nbgrader_says_of_the_disk_has_its_remedy(line, says):
    assert says in batch._why({"error": line})


@pytest.mark.parametrize("line", ["grade ex --nonsense ada", "check --fast --oops", "demo now"])
def test_what_no_command_knows_is_refused(line, capsys):
    with pytest.raises(SystemExit):
        parsed(*line.split())
    assert "unrecognized arguments" in capsys.readouterr().err


def test_a_folder_that_cannot_be_read_is_a_sentence_and_status_1(tmp_path, monkeypatch, capsys):
    def closed(*_):
        raise PermissionError(13, "Permission denied", "submitted")

    monkeypatch.setattr(command_line, "students_with", closed)
    assert main(["grade", "ex", "--course", str(tmp_path)]) == 1
    assert "submitted cannot be used (Permission denied)" in capsys.readouterr().out


def test_a_table_keeps_its_columns_with_long_names_in_80_columns():
    long = make_result(
        exercise="ex", notebook="a_rather_long_notebook_name_of_a_lesson", student="q" * 120, graded="x.ipynb",
        verdicts=[Verdict("test_it", Check("cell", "It works.", 1.0, (), 30.0, ""), Status.PASSED)],
        cell_points={"cell": 4.0},
    )  # fmt: skip
    console = Console(width=80, file=StringIO())
    console.print(score_table([long]))
    table = console.file.getvalue()
    assert "4 / 4" in table and "0.0" in table
    assert table.count("q") == 120


def test_verdicts_that_cannot_be_kept_are_a_sentence_with_its_remedy(tmp_path):
    (tmp_path / ".judge").write_text("in the way")
    ahead = fanout._kept(fanout.Store(tmp_path / ".judge"), "ada", [("0" * 64, {"verdicts": {}})])
    assert ahead.problem.startswith("the verdicts could not be kept")
    assert ahead.problem.endswith("then grade again.")
