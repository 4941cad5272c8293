"""An exercise that changes after work was handed in: the release stays, and the gradebook follows on request."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from rich.console import Console
from test_release import content, empty_gradebook  # noqa: F401  the fixture

from judge.course.build import build
from judge.nbgrader.migrate import migrate

KIT = Path(__file__).resolve().parents[2]
NOTE = '\n\n# %% role="given" grade_id="kl_note"\nNOTE = "mind the axis"\n'
TEST = '# %% tags=["active-ipynb"] role="test" grade_id="kl_check" points=4'


def nbgrader(course, *arguments):
    program = Path(sys.executable).with_name("nbgrader")
    environment = os.environ | {"PYTHONPATH": str(KIT)}
    return subprocess.run(
        [program, *arguments], cwd=course, env=environment, capture_output=True, text=True, timeout=200
    )


def gradebook(course):
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "vaegan_course")


@pytest.fixture
def graded(course, kit_on_path, empty_gradebook):  # noqa: F811
    """A released exercise with the work of two students, graded, commented on, and with points by hand."""
    shutil.copy(empty_gradebook, course)
    build(course)
    run = nbgrader(course, "generate_assignment", "ex_tiny")
    assert run.returncode == 0, run.stderr
    with gradebook(course) as book:
        for student in ("ada", "bob"):
            book.add_student(student)
            work = book.add_submission("ex_tiny", student)
            [notebook] = [notebook for notebook in work.notebooks if notebook.name == "tiny"]
            for grade in notebook.grades:
                if grade.name == "kl_check":
                    grade.auto_score = 3.0
                else:
                    grade.manual_score, grade.needs_manual_grade = 1.5, False
            for comment in notebook.comments:
                comment.manual_comment = f"well said, {student}" if comment.name == "why" else None
        book.db.commit()
    return course


def entered(course):
    """What the gradebook holds for each student: cell -> auto, by hand, comment."""
    with gradebook(course) as book:
        return {
            work.student.id: {
                notebook.name: {
                    **{grade.name: (grade.auto_score, grade.manual_score) for grade in notebook.grades},
                    **{f"{c.name} comment": c.manual_comment for c in notebook.comments},
                }
                for notebook in work.notebooks
            }
            for work in book.find_assignment("ex_tiny").submissions
        }


def cells(course):
    with gradebook(course) as book:
        notebook = book.find_notebook("tiny", "ex_tiny")
        return {
            kind: {row.name for row in getattr(notebook, f"{kind}_cells")} for kind in ("grade", "solution", "source")
        }


def run_migrate(course, **how):
    console = Console(record=True, width=200)
    assert migrate(course, "ex_tiny", console, **how) == 0
    return console.export_text()


def refused(course):
    before = content(course / "release/ex_tiny")
    run = nbgrader(course, "generate_assignment", "ex_tiny", "--force")
    assert run.returncode == 1
    assert content(course / "release/ex_tiny") == before
    assert "Traceback" not in run.stderr
    return run.stderr


def accepted(course):
    run = nbgrader(course, "generate_assignment", "ex_tiny", "--force")
    assert run.returncode == 0, run.stderr


def edited(course, edit, old, new):
    edit(old, new)
    build(course)


@pytest.mark.slow
def test_a_new_cell_is_refused_with_the_command_and_then_migrated(graded, edit):
    before = entered(graded)
    edited(graded, edit, TEST, NOTE.lstrip() + "\n" + TEST)
    message = refused(graded)
    assert "release/ex_tiny is as it was" in message
    assert "tiny: the cell kl_note is new" in message
    assert "python -m judge migrate ex_tiny" in message

    said = run_migrate(graded, apply=False)
    assert "2 submissions, would change" in said and "the cell kl_note is new" in said and "--apply" in said
    assert "kl_note" not in cells(graded)["source"]
    assert not list(graded.glob("gradebook-before*"))

    said = run_migrate(graded, apply=True)
    [backup] = graded.glob("gradebook-before-migrate-*.db")
    assert backup.name in said.replace("\n", "")
    assert "kl_note" in cells(graded)["source"]
    accepted(graded)
    assert entered(graded) == before
    assert "kl_note" in (graded / "release/ex_tiny/tiny.py").read_text()
    assert "nothing to migrate" in run_migrate(graded, apply=True)


@pytest.mark.slow
def test_new_graded_cells_get_a_place_in_every_submission(graded, edit):
    before = entered(graded)
    more = (
        '# %% role="solution" grade_id="half"\ndef half(x):\n    """Half of it."""\n'
        "    ### BEGIN SOLUTION: Return half of x.\n    return 0.5 * x\n    ### END SOLUTION\n\n\n"
        '# %% tags=["active-ipynb"] role="test" grade_id="half_check" points=1\n# half(2.0)\n\n'
    )
    edited(graded, edit, TEST, more + TEST)
    assert "1 more changes" in refused(graded) or "half" in refused(graded)
    run_migrate(graded, apply=True)
    accepted(graded)
    after = entered(graded)
    for student, notebooks in before.items():
        assert notebooks["tiny"].items() <= after[student]["tiny"].items()
        assert after[student]["tiny"]["half_check"] == (None, None)
        assert "half comment" in after[student]["tiny"]


@pytest.mark.slow
def test_a_cell_that_goes_takes_only_its_own_points_and_the_backup_keeps_them(graded, edit):
    before = entered(graded)
    start = '# %% [markdown] role="manual" grade_id="why" points=2.5'
    text = (graded / "solutions/ex_tiny/tiny.py").read_text()
    edited(graded, edit, text[text.index(start) :], "")
    refused(graded)
    said = run_migrate(graded, apply=False)
    assert "the cell why is gone, and 2 points by hand and 2 comments with it, which the backup keeps" in said
    run_migrate(graded, apply=True)
    accepted(graded)
    after = entered(graded)
    assert after["ada"]["tiny"] == {
        name: value for name, value in before["ada"]["tiny"].items() if not name.startswith("why")
    }
    [backup] = graded.glob("gradebook-before-migrate-*.db")
    shutil.copy(backup, graded / "gradebook.db")
    assert entered(graded) == before


@pytest.mark.slow
def test_a_renamed_cell_keeps_its_points_and_comments(graded, edit):
    before = entered(graded)
    edited(graded, edit, 'grade_id="why"', 'grade_id="reason"')
    assert "the cell why is called reason now" in run_migrate(graded, apply=True)
    accepted(graded)
    after = entered(graded)
    assert after["bob"]["tiny"]["reason"] == before["bob"]["tiny"]["why"] == (None, 1.5)
    assert after["bob"]["tiny"]["reason comment"] == "well said, bob"


@pytest.mark.slow
def test_changed_points_are_shown_and_taken_and_points_by_hand_stay(graded, edit):
    before = entered(graded)
    edited(graded, edit, "points=4", "points=6")
    assert "the cell kl_check has 6 points instead of 4" in run_migrate(graded, apply=False)
    run_migrate(graded, apply=True)
    accepted(graded)
    assert entered(graded) == before
    with gradebook(graded) as book:
        assert book.find_grade_cell("kl_check", "tiny", "ex_tiny").max_score == 6


@pytest.mark.slow
def test_a_notebook_that_goes_is_refused_and_changes_nothing(graded):
    before = entered(graded)
    (graded / "solutions/ex_tiny/use_tiny.py").unlink()
    (graded / "source/ex_tiny/use_tiny.ipynb").unlink()
    refused(graded)
    with pytest.raises(ValueError, match="nothing was changed"):
        run_migrate(graded, apply=True)
    assert entered(graded) == before


@pytest.fixture
def ex03(tmp_path, kit_on_path, empty_gradebook):  # noqa: F811
    """The VAE exercise, released, with the solution handed in by ada and graded."""
    root = tmp_path / "course"
    for name in ("solutions/ex03_vae", "solutions/hints", "graders"):
        shutil.copytree(KIT / name, root / name)
    shutil.copy(KIT / "nbgrader_config.py", root)
    shutil.copy(empty_gradebook, root)
    build(root)
    assert nbgrader(root, "generate_assignment", "ex03_vae").returncode == 0
    (root / "submitted/ada/ex03_vae").mkdir(parents=True)
    shutil.copy(root / "source/ex03_vae/vae.ipynb", root / "submitted/ada/ex03_vae")
    run = nbgrader(root, "autograde", "ex03_vae")
    assert run.returncode == 0, run.stderr
    return root


@pytest.mark.full
def test_work_handed_in_before_is_still_graded(ex03):
    def score():
        with gradebook(ex03) as book:
            return book.find_submission_notebook("vae", "ex03_vae", "ada").score

    before, lesson = score(), ex03 / "solutions/ex03_vae/vae.py"
    assert before > 20
    mark = next(line for line in lesson.read_text().splitlines() if 'grade_id="kl_check"' in line)
    lesson.write_text(lesson.read_text().replace(mark, NOTE.lstrip() + "\n" + mark))
    build(ex03)
    release = content(ex03 / "release/ex03_vae")
    run = nbgrader(ex03, "generate_assignment", "ex03_vae", "--force")
    assert run.returncode == 1 and "python -m judge migrate ex03_vae" in run.stderr
    assert content(ex03 / "release/ex03_vae") == release

    assert migrate(ex03, "ex03_vae", Console(), apply=True) == 0
    assert nbgrader(ex03, "generate_assignment", "ex03_vae", "--force").returncode == 0
    assert score() == before
    run = nbgrader(ex03, "autograde", "ex03_vae", "--force")
    assert run.returncode == 0, run.stderr
    assert score() == before
    notebook = nbformat.read(ex03 / "autograded/ada/ex03_vae/vae.ipynb", as_version=4)
    assert "kl_note" in [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]


def test_an_exercise_that_the_gradebook_does_not_know_is_refused(course, kit_on_path, empty_gradebook):  # noqa: F811
    shutil.copy(empty_gradebook, course)
    build(course)
    with pytest.raises(ValueError, match="knows no ex_tiny"):
        run_migrate(course, apply=True)
    with pytest.raises(ValueError, match="source/ex_none does not exist"):
        migrate(course, "ex_none", Console(), apply=True)
