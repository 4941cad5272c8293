"""No hostile sample earns a point, learns or changes anything outside, or troubles the next submission.

Every sample is handed in for every exercise that has a suite, beside a neighbour whose sandbox stays open.
`make test` runs each for one exercise, in turn; `make full` runs the others.
"""

import functools
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import hostile_samples
import nbformat
import pytest
import samples

from judge.grade import grading
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Returned
from judge.sandbox.session import Code, Session
from judge.sandbox.walls import Limits
from judge.suite.engine import Status
from judge.suite.student import Student
from judge.suite.suites import suite_of, suites_of

pytestmark = [pytest.mark.isolation, pytest.mark.slow]
HOSTILE = hostile_samples.all_hostile()
SMALL = Limits(memory_bytes=2**30, all_memory_bytes=3 * 2**29, scratch_bytes=64 * 2**20, cpu_seconds=60)
NEIGHBOUR = """
import os, sys, vaegan
def double(x):
    return 2 * x
def planted():
    found = [hasattr(vaegan, "PLANTED"), "planted" in sys.modules, "PLANTED" in os.environ, os.listdir(".") != []]
    return any(found)
"""
MOST_SECONDS = 60


RELEASED = {suite: nbformat.read(suite.release, as_version=4) for suite in suites_of("*") if suite.release.exists()}


def pairs():
    """Each sample with each suite; marked `full` but for the one whose turn it is."""
    for number, sample in enumerate(HOSTILE):
        for position, suite in enumerate(RELEASED):
            rest = [] if number % len(RELEASED) == position else [pytest.mark.full]
            yield pytest.param(sample, suite, marks=rest, id=f"{sample.name}-{suite.exercise}")


@pytest.fixture(scope="module")
def world():
    folder = tempfile.mkdtemp(dir="/var/tmp", prefix="outside-")  # pytest's own folders are closed to others
    world = hostile_samples.World(Path(folder))
    yield world
    world.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def warm():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADEBOOK_PASSWORD", hostile_samples.TOKEN)
        with ForkServer(limits=SMALL) as parent:
            parent.start()
            yield parent


@pytest.fixture(scope="module")
def neighbour(warm):
    """An honest submission that is being graded all the while."""
    with Session(warm, Code((("c", NEIGHBOUR),)), total_seconds=3600) as session:
        session.load()
        yield session


@pytest.fixture(autouse=True)
def short_budgets(monkeypatch):
    begin = Student.begin_check
    monkeypatch.setattr(Student, "begin_check", lambda self, seconds: begin(self, min(seconds, 1.0)))
    monkeypatch.setattr(grading, "Session", functools.partial(Session, cell_seconds=3, total_seconds=30))


def is_well(session: Session) -> bool:
    """Whether an honest submission gets its answers, and nothing that was not its own is there."""
    answers = [
        session.request(10, "call", target=name, method=None, args=args, kwargs={})
        for name, args in (("double", [21]), ("planted", []))
    ]
    return answers == [Returned(42), Returned(False)]


def children(parent: ForkServer) -> set[str]:
    assert parent._process is not None
    tasks = Path(f"/proc/{parent._process.pid}/task").iterdir()
    return {child for task in tasks for child in (task / "children").read_text().split()}


def processes_left(parent: ForkServer, before: set[str], marker: str) -> str:
    """What of a sandbox is still there after its end; the kernel needs a while to take a fork bomb down."""
    deadline = time.monotonic() + 60
    while (left := children(parent) - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    listing = subprocess.run(["ps", "ax", "-o", "args"], capture_output=True, text=True, check=True).stdout
    return " ".join([*left, *(line for line in listing.splitlines() if marker in line)])


@pytest.mark.parametrize(("sample", "suite"), list(pairs()))
def test_a_hostile_submission_gains_nothing_and_harms_nobody(sample, suite, warm, world, neighbour):
    assert is_well(neighbour)
    before, descriptors = children(warm), len(os.listdir("/proc/self/fd"))
    submission = sample.submission(RELEASED[suite], world.prelude())
    graded = grading.grade(submission, suite, parent=warm, show=False)

    assert graded.seconds < MOST_SECONDS
    assert [v.name for v in graded.verdicts] == list(suite.checks)
    told = "\n".join(f"{v.name}: {v.status}: {v.message} {v.example} {v.hint}" for v in graded.verdicts)
    assert {v.status for v in graded.verdicts} <= {Status.FAILED, Status.NOT_RUN}, told
    told += "\n".join(graded.notes)
    assert hostile_samples.TOKEN not in told
    assert "Traceback" not in told
    for sentence in [*graded.notes, *(v.message for v in graded.verdicts)]:
        assert 10 < len(sentence) < 1000
        assert "\n" not in sentence

    assert world.harm() == ""
    assert is_well(neighbour)
    with Session(warm, Code((("c", NEIGHBOUR),))) as following:
        assert is_well(following)
    assert processes_left(warm, before, world.marker) == ""
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_an_honest_submission_has_full_marks_after_all_of_them(warm, monkeypatch):
    monkeypatch.undo()
    solved = samples.lesson("ex03_vae", "vae")
    with Session(warm, samples.code(solved, {})) as session:
        session.load()
        verdicts = suite_of("ex03_vae", "vae").judge(session).verdicts
    assert {v.name: v.message for v in verdicts if v.status is not Status.PASSED} == {}


def test_the_hostile_zoo_is_large_enough():
    assert len(HOSTILE) >= 100
    assert len([pair for pair in pairs() if not pair.marks]) == len(HOSTILE)
    assert RELEASED
    assert all(sample.source.startswith("# ") for sample in HOSTILE)
