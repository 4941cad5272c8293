"""`python -m judge check` finds what is wrong with a course, one line per finding with its remedy."""

from io import StringIO

import pytest
from rich.console import Console
from test_autograde import LESSON, SUITE

from judge.commands import selfcheck
from judge.commands.selfcheck import findings
from judge.course.build import build
from judge.nbgrader import batch
from judge.sandbox import shared_fork_server as warm
from judge.suite import suites

EXERCISE = "ex_self"


@pytest.fixture
def course(tmp_path, monkeypatch, parent):
    """A course in order; its modules have names of their own, since pytest imports a suite once."""
    name = f"own_{tmp_path.name.replace('-', '_')}"
    for path, text in {
        f"solutions/{EXERCISE}/{name}.py": LESSON,
        f"graders/{EXERCISE}/test_{name}.py": SUITE.replace("break the judge", "never"),
        f"tests/zoo/{EXERCISE}/wrong/squared.py": SQUARED,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    monkeypatch.setattr(suites, "ROOT", tmp_path)
    monkeypatch.setattr(warm, "_parent", parent)
    monkeypatch.setattr(selfcheck, "offered_answers", lambda *_: iter(()))  # a minute; it has tests of its own
    release(tmp_path)
    return tmp_path, name


def release(root):
    build(root)
    assert batch.nbgrader_api(root).generate_assignment(EXERCISE, force=True)["success"]


SQUARED = """\
# The square in place of the double.
# fails: test_double, test_double_of_integers
# hints: squared
# %% grade_id="double"
def double(x):
    return x * x
"""


def found(course, *, run_zoo=True):
    return list(findings(course[0], [], run_zoo=run_zoo, console=Console(file=StringIO())))


def edit(course, kind, old, new):
    root, name = course
    path = root / kind / EXERCISE / (f"test_{name}.py" if kind == "graders" else f"{name}.py")
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_course_in_order_has_no_findings(course):
    assert found(course) == []


def test_a_lesson_changed_since_the_build_is_found(course):
    edit(course, "solutions", "# A tiny lesson", "# A small lesson")
    (finding,) = found(course, run_zoo=False)
    assert "python -m judge build" in finding


def test_points_that_no_check_judges_are_found(course):
    edit(course, "graders", 'cell="double_check"', 'cell="other_check"')
    first, second = found(course, run_zoo=False)
    assert "no check judges the cell double_check" in first
    assert "judges the cell other_check" in second


def test_a_check_that_an_untouched_notebook_passes_is_found(course):
    edit(course, "graders", 'agree(student.call("double", 7), 14, "double(7)")', "pass")
    edit(course, "graders", 'if student.call("double", 7) == "never":', "if False:")
    assert any("the untouched release passes test_double_of_integers" in f for f in found(course))


def test_a_solution_that_fails_its_own_suite_is_found(course):
    edit(course, "graders", "2 * x, ", "3 * x, ")
    assert any("the solution does not pass test_double" in finding for finding in found(course))


def test_a_sample_that_gets_another_verdict_is_found(course):
    path = course[0] / f"tests/zoo/{EXERCISE}/wrong/squared.py"
    path.write_text(SQUARED.replace("# hints: squared", "# hints: doubled"))
    (finding,) = found(course)
    assert "hint not given: doubled" in finding
    assert "hint given unexpectedly: squared" in finding


def test_a_sample_that_fails_unexpectedly_says_what_the_check_said(course):
    path = course[0] / f"tests/zoo/{EXERCISE}/wrong/squared.py"
    path.write_text(SQUARED.replace("test_double, ", ""))
    (finding,) = found(course)
    assert "failed unexpectedly: test_double." in finding
    assert "test_double says: " in finding and "expected" in finding and "received" in finding
    assert "\n" not in finding and "test_double_of_integers says" not in finding


def test_a_leak_in_the_release_is_found(course):
    root, _ = course
    (root / "release" / EXERCISE / "notes.txt").write_text("because adding a number to itself is the shortest way")
    assert any("notes.txt" in finding for finding in found(course, run_zoo=False))


def test_a_cell_that_needs_what_a_test_cell_makes_is_found(course):
    edit(course, "solutions", '# print("visible check ran")', "# line = [1, 2]")
    edit(course, "solutions", "# plt.plot([1, 2])", "# plt.plot(line)")
    release(course[0])
    (finding,) = found(course)
    assert "NameError: name 'line' is not defined" in finding and "outside the test cells" in finding
