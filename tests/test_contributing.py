"""What CONTRIBUTING shows passes the linter that it asks for, and samples are left as students write them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("solutions/ex_new/lesson.py", "graders/ex_new/kl.py", "graders/ex_new/test_lesson.py")
UNTIDY = "import os\nx=  1\nl = lambda:x\n"


def shown() -> list[str]:
    """CONTRIBUTING's blocks of Python, in its order."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^( *)```python\n(.*?)\n\1```", text, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in block.split("\n")) + "\n" for indent, block in blocks]


def ruff(place: str) -> str:
    """What ruff says of an untidy file in a place, or "" if it does not look there."""
    line = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--quiet",
        "--force-exclude",
        "--stdin-filename",
        place,
        "-",
    ]
    return subprocess.run(line, input=UNTIDY, capture_output=True, text=True, cwd=ROOT, check=False).stdout


@pytest.fixture
def course(tmp_path):
    """A course of the examples alone, with this project's rules."""
    for place, text in zip(PLACES, shown(), strict=False):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    (tmp_path / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
    for package in ("judge", "vaegan"):
        (tmp_path / package).symlink_to(ROOT / package)
    return tmp_path


@pytest.mark.parametrize("command", [("check",), ("format", "--diff")], ids=lambda command: command[0])
def test_every_example_passes_the_linter(course, command):
    line = [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", "solutions", "graders"]
    done = subprocess.run(line, capture_output=True, text=True, cwd=course, check=False)
    assert done.stdout + done.stderr == ""


def test_the_examples_are_the_lesson_the_part_the_suite_and_a_sample():
    lesson, part, suite, sample = shown()
    assert 'role="solution"' in lesson and "from vaegan import ToImplement" in lesson
    assert "@kl.check" in part and "collect(" in suite and '# %% grade_id="kl"' in sample


@pytest.mark.parametrize("kind", ["right", "wrong", "hostile"])
@pytest.mark.parametrize("exercise", ["ex03_vae", "diffusion", "week-7"])
def test_samples_of_any_exercise_are_not_linted(exercise, kind):
    assert ruff(f"tests/zoo/{exercise}/{kind}/sample.py") == ""


def test_what_is_no_sample_is_linted():
    assert "F401" in ruff("tests/zoo/zoo_tests.py")
