"""Plain nbgrader with the judge in its lists, on a tiny course: grades, feedback, and every way to fail."""

import contextlib
import copy
import json
import os
import re
import sqlite3
import subprocess
from io import StringIO
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from rich.console import Console

from judge.course.build import build
from judge.grade import grading
from judge.nbgrader import batch
from judge.sandbox import shared_fork_server as warm
from judge.suite import suites, zoo

LESSON = """\
# %% [markdown]
# # A tiny lesson

# %% role="given" grade_id="imports"
import numpy as np

from vaegan import ToImplement

# %% role="solution" grade_id="double"
def double(x):
    ### BEGIN SOLUTION: Return twice x.
    return x + x
    ### END SOLUTION

# %% tags=["active-ipynb"] role="test" grade_id="double_check" points=4
# print("visible check ran")
# double(np.ones(2))

# %% tags=["active-ipynb"]
# import matplotlib.pyplot as plt
# plt.plot([1, 2])
# plt.show()

# %% tags=["active-ipynb", "long"] grade_id="training"
# raise SystemExit("never run when grading")

# %% [markdown] role="manual" grade_id="why" points=2
# Why?
#
# ### BEGIN SOLUTION
# Because adding a number to itself is the shortest way to have it twice.
# ### END SOLUTION
"""
SUITE = '''\
"""The tiny suite."""

import numpy as np

from judge.suite import Mistake, Student, agree, check


@check(cell="double_check", says="double returns twice its input.", weight=3)
def test_double(student: Student) -> None:
    x = np.array([1.0, 3.0])
    squared = Mistake("squared", "You squared the number instead of doubling it.", x * x)
    agree(student.call("double", x), 2 * x, "double(x)", mistakes=[squared])


@check(cell="double_check", says="double works on whole numbers.")
def test_double_of_integers(student: Student) -> None:
    if student.call("double", 7) == "break the judge":
        raise ZeroDivisionError("a bug of ours with SECRET details")
    agree(student.call("double", 7), 14, "double(7)")
'''
RIGHT = "def double(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A released course whose suites the judge finds."""
    root = tmp_path_factory.mktemp("course")
    for name, text in {
        "solutions/ex_autograde/tiny.py": LESSON,
        "graders/ex_autograde/test_tiny.py": SUITE,
    }.items():
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text)
    patch = pytest.MonkeyPatch()
    patch.setattr(suites, "ROOT", root)
    build(root)
    released = batch.nbgrader_api(root).generate_assignment("ex_autograde")
    assert released["success"], released
    yield root
    patch.undo()


@pytest.fixture(autouse=True)
def one_fork_server(parent, monkeypatch):
    monkeypatch.setattr(warm, "_parent", parent)


def hand_in(course: Path, student: str, answer: str | None = RIGHT, change=lambda nb: None) -> Path:
    """Hand in the released notebook with this answer; returns the submission's folder."""
    folder = course / "submitted" / student / "ex_autograde"
    folder.mkdir(parents=True)
    notebook = nbformat.read(course / "release/ex_autograde/tiny.ipynb", as_version=4)
    notebook = zoo.submission(notebook, {} if answer is None else {"double": answer})
    change(notebook)
    nbformat.write(notebook, folder / "tiny.ipynb")
    return folder


def grade(course: Path, *students: str) -> list[batch.Graded]:
    return list(batch.grade_all(course, "ex_autograde", students))


def score(course: Path, student: str) -> float | None:
    """The score in nbgrader's gradebook of the judged cell; None if there is none."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return book.find_grade("double_check", "tiny", "ex_autograde", student).auto_score


def feedback(course: Path, student: str) -> str:
    return (course / "feedback" / student / "ex_autograde" / "tiny.html").read_text()


def autograded(course: Path, student: str):
    return nbformat.read(course / "autograded" / student / "ex_autograde" / "tiny.ipynb", as_version=4)


def test_right_wrong_and_untouched_submissions(course):
    hand_in(course, "right")
    hand_in(course, "squared", "def double(x):\n    return x * x")
    hand_in(course, "untouched", None)
    assert [one.problem for one in grade(course, "right", "squared", "untouched")] == ["", "", ""]
    assert [score(course, s) for s in ("right", "squared", "untouched")] == [4, 0, 0]
    assert "You squared the number" in feedback(course, "squared")
    assert "not written yet" in feedback(course, "untouched")


def test_outputs_of_cells_are_kept_and_the_verdict_stands_in_place_of_the_visible_check(course):
    hand_in(course, "shown")
    grade(course, "shown")
    cells = autograded(course, "shown").cells
    check = next(c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == "double_check")
    (verdict,) = check.outputs
    assert "double returns twice its input." in verdict.data["text/html"]
    assert any("image/png" in o.get("data", {}) for c in cells for o in c.get("outputs", []))


def test_saved_outputs_of_long_cells_are_kept_and_marked(course):
    def train(notebook):
        cell = next(c for c in notebook.cells if "long" in c.metadata.get("tags", []))
        cell.outputs = [nbformat.v4.new_output("stream", text="epoch 10: 111 nats")]

    hand_in(course, "trained", change=train)
    grade(course, "trained")
    cell = next(c for c in autograded(course, "trained").cells if "long" in c.metadata.get("tags", []))
    assert "not run again" in cell.outputs[0].data["text/plain"]
    assert cell.outputs[1].text == "epoch 10: 111 nats"


def test_a_free_text_answer_waits_for_the_instructor(course):
    def answer(notebook):
        notebook.cells[-1].source = "Because 2 = 1 + 1."

    hand_in(course, "writer", change=answer)
    grade(course, "writer")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        grade_of_text = book.find_grade("why", "tiny", "ex_autograde", "writer")
        assert (grade_of_text.auto_score, grade_of_text.needs_manual_grade) == (None, True)


BROKEN = {
    "syntax_error": (
        "def double(x:\n    return",
        0,
        "`double` is not there because its cell stopped: SyntaxError",
    ),
    "crash": ("import os\ndef double(x):\n    os._exit(0)", 0, "ended the whole Python process"),
    "crash_of_the_cell": ("import os\nos._exit(0)", 0, "no cell of the notebook defines it"),
    "partly": ("def double(x):\n    return 14 if isinstance(x, int) else x", 1, "wrong value"),
    "prints_a_grade": ("print(4)\ndef double(x):\n    return x", 0, "wrong value"),
    "noisy": ("import sys\nsys.stderr.write('E0000 TensorFlow')\n" + RIGHT, 4, "All"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_happens_is_a_result(course, name):
    answer, points, sentence = BROKEN[name]
    hand_in(course, name, answer)
    (one,) = grade(course, name)
    assert (one.problem, score(course, name)) == ("", points)
    if points < 4:
        assert sentence in feedback(course, name).replace("<code>", "`").replace("</code>", "`")


def doubled(notebook):
    notebook.cells.insert(2, copy.deepcopy(notebook.cells[2]))
    notebook.cells[2].id = "doubled"


def without_check(notebook):
    notebook.cells = [c for c in notebook.cells if "check" not in c.metadata.get("nbgrader", {}).get("grade_id", "")]


def other_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}


def skipped(notebook):
    for cell in notebook.cells:
        cell.metadata.tags = ["skip-execution", "long"]


def more_points(notebook):
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 6000
            cell.source = "4"


def extra_cells(notebook):
    notebook.cells.insert(0, new_code_cell("1 / 0"))
    notebook.cells.append(new_code_cell("helper = double"))


@pytest.mark.parametrize("change", [doubled, without_check, other_kernel, skipped, more_points, extra_cells])
def test_a_tampered_notebook_still_earns_just_its_points(course, change):
    hand_in(course, change.__name__, change=change)
    (one,) = grade(course, change.__name__)
    assert (one.problem, score(course, change.__name__)) == ("", 4)


def test_invalid_json_scores_nothing_and_says_so(course):
    (hand_in(course, "garbage") / "tiny.ipynb").write_text('{"cells": [')
    (one,) = grade(course, "garbage")
    assert (one.problem, score(course, "garbage")) == ("", 0)
    assert "cannot be read as a notebook" in feedback(course, "garbage")


def test_links_and_pipes_are_set_aside_and_the_rest_is_graded(course):
    folder = hand_in(course, "linker")
    (folder / "solution.py").symlink_to(course / "solutions/ex_autograde/tiny.py")
    (folder / "sub").mkdir()
    os.mkfifo(folder / "sub" / "pipe")
    (one,) = grade(course, "linker")
    assert (one.problem, score(course, "linker")) == ("", 4)
    assert not list((course / "feedback").rglob("solution.py"))
    assert (course / ".judge/quarantine/ex_autograde/linker/solution.py").is_symlink()


def test_plain_nbgrader_sets_links_aside_too(course):
    folder = hand_in(course, "plain_linker")
    (folder / "book.db").symlink_to(course / "gradebook.db")
    answer = batch.nbgrader_api(course).autograde("ex_autograde", "plain_linker")
    assert answer["success"], answer
    assert not (course / "autograded/plain_linker/ex_autograde/book.db").exists()


def test_a_forged_result_is_not_read(course):
    folder = hand_in(course, "forger", "def double(x):\n    return x")
    forged = (course / "autograded/right/ex_autograde/tiny.result.json").read_text()
    for name in ("tiny.result.json", "other.result.json"):
        (folder / name).write_text(forged)
    (one,) = grade(course, "forger")
    assert [result.points for result in one.results] == [0]


def test_a_renamed_notebook_is_graded_with_a_note_and_the_others_are_graded(course):
    folder = hand_in(course, "renamed")
    (folder / "tiny.ipynb").rename(folder / "tiny-Copy1.ipynb")
    hand_in(course, "after_renamed")
    renamed, after = grade(course, "renamed", "after_renamed")
    assert "tiny-Copy1.ipynb carries its cells and is graded in its place" in renamed.results[0].notes[0]
    assert renamed.results[0].graded == "tiny-Copy1.ipynb"
    assert score(course, "renamed") == 4
    assert score(course, "after_renamed") == 4
    assert after.results[0].points == 4


def test_an_export_alone_is_told_first(course):
    folder = hand_in(course, "exported")
    (folder / "tiny.ipynb").rename(folder / "tiny.html")
    (one,) = grade(course, "exported")
    assert one.results[0].warning.startswith("Nothing was found to grade in tiny.ipynb, and tiny.html is a web page")
    assert one.results[0].notes[0] == one.results[0].warning
    assert "Set aside and not graded: tiny.html" in one.results[0].notes[1]


def test_our_own_fault_gives_no_score_no_leak_and_does_not_stop_the_batch(course):
    hand_in(course, "breaks", "def double(x):\n    return 'break the judge' if isinstance(x, int) else 2 * x")
    hand_in(course, "after_breaks")
    broken, after = grade(course, "breaks", "after_breaks")
    assert broken.ours
    assert "test_double_of_integers" in broken.problem
    assert score(course, "breaks") is None
    assert not (course / "autograded" / "breaks" / "ex_autograde").exists()
    assert after.results[0].points == 4


def test_a_students_html_does_not_run_in_the_instructors_browser(course):
    script = "<script>alert(1)</script><img src=x onerror=alert(2)>"

    def plant(notebook):
        notebook.cells[-1].source = script
        notebook.cells.append(new_code_cell(f"from IPython.display import HTML\nHTML({script!r})"))

    hand_in(course, "planter", change=plant)
    grade(course, "planter")
    html = feedback(course, "planter")
    assert "<script>alert" not in html
    assert not re.search(r"<\w[^>]*\bonerror", html)


def test_nothing_hidden_is_in_what_a_student_reads(course):
    for student in ("squared", "untouched"):
        for text in (feedback(course, student), str(autograded(course, student))):
            assert "test_tiny.py" not in text
            assert "def test_" not in text
            assert "Traceback (most recent call last)" not in text or "ToImplement" in text


def test_the_result_is_data_beside_the_notebook(course):
    path = course / "autograded/squared/ex_autograde/tiny.result.json"
    result = json.loads(path.read_text())
    assert result["state"] == "judged"
    assert [c["status"] for c in result["checks"]] == ["failed", "failed"]


def test_an_unchanged_submission_is_only_read_again(course, monkeypatch):
    hand_in(course, "steady")
    (first,) = grade(course, "steady")
    monkeypatch.setattr(batch, "_grade_one", lambda *_: pytest.fail("graded again"))
    (again,) = grade(course, "steady")
    assert again.results == first.results


def test_what_was_interrupted_is_finished_by_the_next_run(course):
    hand_in(course, "interrupted")
    half = course / "autograded" / "interrupted" / "ex_autograde"
    half.mkdir(parents=True)  # as after a kill between nbgrader's two steps
    (half / "tiny.ipynb").write_text("{")
    (one,) = grade(course, "interrupted")
    assert one.results[0].points == 4


def test_a_manual_grade_survives_another_grading(course):
    folder = hand_in(course, "appeal", "def double(x):\n    return x")
    grade(course, "appeal")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        book.find_grade("double_check", "tiny", "ex_autograde", "appeal").manual_score = 3.5
        book.find_comment("why", "tiny", "ex_autograde", "appeal").manual_comment = "See me."
        book.db.commit()
    (folder / "extra.txt").write_text("changed")
    grade(course, "appeal")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        found = book.find_grade("double_check", "tiny", "ex_autograde", "appeal")
        assert (found.auto_score, found.score) == (0, 3.5)
        assert book.find_comment("why", "tiny", "ex_autograde", "appeal").comment == "See me."


def test_every_verdict_is_in_the_history(course):
    lines = [json.loads(line) for line in (course / ".judge/history.jsonl").read_text().splitlines()]
    assert [line["points"] for line in lines if line["student"] == "appeal"] == [0, 0]


def test_a_locked_gradebook_is_our_fault_and_names_itself(course):
    hand_in(course, "locked_out")
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        (one,) = grade(course, "locked_out")
    assert one.ours
    assert "locked" in one.problem
    assert one.problem.endswith(", then grade again.")
    (again,) = grade(course, "locked_out")
    assert again.results[0].points == 4


@contextlib.contextmanager
def no_room(folder: Path, option: str):
    """Whatever is written to the folder fails; skips where file systems cannot be mounted."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"{option},mode=755", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount the small file system that this needs")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


STEPS = ["autograded", "feedback", ".judge"]
NO_ROOM = [("size=4k", "No space left"), ("nr_inodes=1", "No space left"), ("ro", "Read-only")]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("option", "reason"), NO_ROOM)
def test_a_full_or_closed_folder_is_said_before_anything_is_judged(course, step, option, reason):
    student = f"no_room_ahead_{step.strip('.')}_{option[:2]}"
    hand_in(course, student)
    with no_room(course / step, option), pytest.raises(OSError, match=reason):
        grade(course, student)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("option", "reason"), NO_ROOM)
def test_a_folder_that_fills_up_meanwhile_is_our_fault_and_the_next_run_mends_it(
    course, step, option, reason, monkeypatch
):
    monkeypatch.setattr(batch, "expect_writable", lambda *folders: None)  # it was, when grading began
    student = f"no_room_{step.strip('.')}_{option[:2]}"
    hand_in(course, student)
    with no_room(course / step, option):
        (one,) = grade(course, student)
    assert one.ours
    assert reason in one.problem
    assert one.problem.endswith(", then grade again.")
    (again,) = grade(course, student)
    assert again.results[0].points == 4
    assert score(course, student) == 4


def test_a_vanished_submission_is_named_and_the_batch_goes_on(course):
    hand_in(course, "stays")
    gone, stays = grade(course, "vanished", "stays")
    assert "tiny.ipynb is missing (found: no notebook)" in gone.problem
    assert not gone.ours
    assert stays.results[0].points == 4


def test_ctrl_c_stops_and_the_next_run_continues(course, monkeypatch):
    for student in ("before_c", "at_c"):
        hand_in(course, student)
    judge_one = grading.grade
    monkeypatch.setattr(
        grading, "grade", lambda s, *a, **k: _interrupt() if s.student_id == "at_c" else judge_one(s, *a, **k)
    )
    graded = batch.grade_all(course, "ex_autograde", ["before_c", "at_c"])
    done, interrupted = batch.with_progress(Console(file=StringIO()), graded, 2)
    assert ([one.student for one in done], interrupted) == (["before_c"], True)
    assert batch.summary(done) == "1 submissions: 1 with full marks, 0 with less, 0 not judged, 0 our fault."
    monkeypatch.setattr(grading, "grade", judge_one)
    assert [one.results[0].points for one in grade(course, "before_c", "at_c")] == [4, 4]


def _interrupt():
    raise KeyboardInterrupt


def test_an_exercise_that_the_gradebook_does_not_know_is_named_before_anything_is_graded(course):
    folder = hand_in(course, "early")
    folder.rename(folder.with_name("ex_unknown"))
    with pytest.raises(ValueError, match="nbgrader generate_assignment ex_unknown"):
        list(batch.grade_all(course, "ex_unknown", ["early"]))
