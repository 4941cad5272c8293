"""A course of one tiny exercise, and students' repositories of it."""

import os
import shutil
import subprocess
from pathlib import Path

import nbformat

from judge.course.build import build
from judge.nbgrader import batch
from judge.nbgrader.release import module_bytes
from judge.suite import zoo

KIT = Path(__file__).resolve().parents[2]
KIT_ALONE, OF_THE_COURSE = ("judge", "vaegan"), ("solutions", "graders", "source", "release")
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
# double(np.ones(2))

# %% role="solution" grade_id="shape"
class Shape:
    def __init__(self, side):
        self.side = side

    def area(self):
        ### BEGIN SOLUTION: Return the area.
        return self.side**2
        ### END SOLUTION

    def edge(self):
        ### BEGIN SOLUTION: Return the length of all edges.
        return 4 * self.side
        ### END SOLUTION

# %% tags=["active-ipynb"] role="test" grade_id="area_check" points=2
# Shape(2).area()

# %% tags=["active-ipynb"] role="test" grade_id="edge_check" points=2
# Shape(2).edge()
"""
SUITE = '''\
"""The tiny suite, with HIDDEN WORDS that nobody may read."""

import numpy as np

from judge.suite import Mistake, Student, agree, check


@check(cell="double_check", says="double returns twice its input.", weight=3, read_again="section 1")
def test_double(student: Student) -> None:
    x = np.array([1.0, 3.0])
    squared = Mistake("squared", "You squared the number instead of doubling it.", x * x)
    agree(student.call("double", x), 2 * x, "double(x)", mistakes=[squared])


@check(cell="double_check", says="double works on whole numbers.")
def test_double_of_integers(student: Student) -> None:
    if student.call("double", 7) == "break the judge":
        raise ZeroDivisionError("HIDDEN WORDS")
    agree(student.call("double", 7), 14, "double(7)")


@check(cell="area_check", says="A square of side 3 has the area 9.")
def test_area(student: Student) -> None:
    agree(student.call("Shape", 3).call("area"), 9, "the area")


@check(cell="edge_check", says="A square of side 3 has edges of length 12.")
def test_edge(student: Student) -> None:
    agree(student.call("Shape", 3).call("edge"), 12, "the length of the edges")
'''
SHAPE = """class Shape:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2

    def edge(self):
        return {edge}"""
RIGHT = {"double": "def double(x):\n    return 2 * x", "shape": SHAPE.format(edge="4 * self.side")}
SQUARED = RIGHT | {"double": "def double(x):\n    y = x\n    return y * x"}
RAISES = RIGHT | {"shape": SHAPE.format(edge="self.sides * 4")}
HOSTILE = RIGHT | {"double": "import os\nos._exit(0)\ndef double(x):\n    return x"}
BREAKS_THE_JUDGE = RIGHT | {"double": "def double(x):\n    return 'break the judge' if x is 7 else 2 * x"}
BREAKS_THE_JUDGE["double"] = "def double(x):\n    return 'break the judge' if getattr(x, 'shape', ()) == () else 2 * x"


def make_course(root: Path) -> None:
    """Write, build and release the course; `judge.suite.suites.ROOT` must point there already."""
    for name, text in {"solutions/ex_tiny/tiny.py": LESSON, "graders/ex_tiny/test_tiny.py": SUITE}.items():
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text)
    build(root)
    released = batch.nbgrader_api(root).generate_assignment("ex_tiny")
    assert released["success"], released


def make_kit(course: Path, folder: Path) -> Path:
    """A copy of the kit that holds the tiny course alone, for processes of its own."""
    for name in ("deploy", *KIT_ALONE):
        shutil.copytree(KIT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(KIT / "nbgrader_config.py", folder)
    for name in OF_THE_COURSE:
        shutil.copytree(course / name, folder / name)
    return folder


def write_notebook(course: Path, folder: Path, answers: dict[str, str]) -> Path:
    """The released notebook with these answers, in folder."""
    folder.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(course / "release/ex_tiny/tiny.ipynb", as_version=4)
    nbformat.write(zoo.submission(notebook, answers), folder / "tiny.ipynb")
    return folder / "tiny.ipynb"


def write_module(course: Path, folder: Path, answers: dict[str, str]) -> Path:
    """The same as the paired module."""
    notebook = nbformat.read(write_notebook(course, folder, answers), as_version=4)
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.py").write_bytes(module_bytes(notebook))
    return folder / "tiny.py"


def git(folder: Path, *arguments: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    """Run git as some student whom this machine does not know; `more` are environment variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
    return subprocess.run(
        ["git", *who, *arguments],
        cwd=folder, env=environment | more, capture_output=True, text=True, check=check,
    )  # fmt: skip


def commit(folder: Path, date: str = "2026-01-01T12:00:00+0000") -> str:
    """Commit everything as at this time; returns the commit's name."""
    if not (folder / ".git").exists():
        git(folder, "init")
    git(folder, "add", "-A")
    git(folder, "commit", "--allow-empty", "-m", "work", GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
    return git(folder, "rev-parse", "HEAD").stdout.strip()
