"""A later exercise hands out the solved classes of earlier ones, and nothing else of them."""

import subprocess
import sys

import pytest

from judge.course.build import build, stale
from judge.course.handouts import given_files
from judge.course.leaks import check_release
from judge.nbgrader import batch

LATER = '''\
# %% role="given" grade_id="imports"
from tiny import kl
from vaegan import ToImplement


# %% role="solution" grade_id="total"
def total(z_mean, z_log_var):
    """Sum of the KL divergences of a batch."""
    ### BEGIN SOLUTION: Return the sum over the batch.
    return kl(z_mean, z_log_var).sum()
    ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="total_check" points=1
# total(0, 0)
'''


@pytest.fixture
def later(course):
    """A second exercise that builds on the first."""
    folder = course / "solutions" / "ex_under"
    folder.mkdir()
    (folder / "under.py").write_text(LATER)
    (folder / "GIVES").write_text("ex_tiny/tiny.py\n")
    return course


def generate(course):
    """Build and release the later exercise."""
    build(course)
    answer = batch.nbgrader_api(course).generate_assignment("ex_under")
    assert answer["success"], answer["log"]


def test_the_given_module_holds_the_solved_classes_and_no_check_or_text(later):
    build(later)
    module = (later / "source/ex_under/tiny.py").read_text()
    assert "return 0.5 * np.sum(terms, axis=-1)" in module
    assert not [word for word in ("SOLUTION", "A tiny lesson", "kl_check", "posterior") if word in module]
    code = "import numpy as np, tiny; assert tiny.kl(np.ones((2, 3)), np.zeros((2, 3))).tolist() == [1.5, 1.5]"
    subprocess.run([sys.executable, "-c", code], cwd=later / "source/ex_under", check=True)


def test_a_changed_lesson_makes_the_given_module_stale(later):
    build(later)
    assert stale(later) == []
    lesson = later / "solutions/ex_tiny/tiny.py"
    lesson.write_text(lesson.read_text().replace("0.5 * np.sum", "np.sum"))
    assert any("source/ex_under/tiny.py differs" in finding for finding in stale(later))


def test_a_module_that_is_no_longer_given_is_removed(later):
    build(later)
    (later / "solutions/ex_under/GIVES").unlink()
    build(later)
    assert given_files(later, "ex_under") == {}


def test_a_release_holds_the_given_module_and_is_no_leak(later, kit_on_path):
    generate(later)
    assert b"return 0.5 * np.sum" in (later / "release/ex_under/tiny.py").read_bytes()
    assert check_release(later, "ex_under") == []


def test_the_same_module_without_gives_is_a_leak(later, kit_on_path):
    generate(later)
    (later / "solutions/ex_under/GIVES").unlink()
    assert "no GIVES names it" in check_release(later, "ex_under")[0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ex_tiny/none.py", "is no lesson"),
        ("../secret.py", "is no lesson"),
        ("ex_under/under.py", "no earlier exercise"),
    ],
)
def test_a_wrong_line_is_refused(later, line, reason):
    (later / "solutions/ex_under/GIVES").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=reason):
        build(later)


def test_a_given_module_may_not_take_a_lesson_s_name(later):
    (later / "solutions/ex_under/tiny.py").write_text(LATER)
    with pytest.raises(ValueError, match="also the name of a lesson"):
        build(later)
