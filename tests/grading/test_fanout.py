"""Many submissions at once, on worker processes of this machine and on a Dask cluster."""

import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

from judge.grade import fanout, grading
from judge.grade.fanout import jobs_of, judge
from judge.grade.store import Store
from judge.nbgrader import batch
from judge.sandbox import shared_fork_server as warm
from judge.submission.submitted import students_with
from judge.suite import zoo

pytestmark = [
    pytest.mark.slow,
    # Dask's clusters leave sockets of ended processes to the garbage collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
EXERCISE = "ex03_vae"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Six submissions of exercise 3 that hold little more than the KL divergence, so that each takes a second."""
    root = tmp_path_factory.mktemp("cluster")
    for name in ("solutions", "graders", "vaegan"):
        (root / name).symlink_to(batch.ROOT / name)
    shutil.copytree(batch.ROOT / "source" / EXERCISE, root / "source" / EXERCISE)
    assert batch.nbgrader_api(root).generate_assignment(EXERCISE)["success"]
    solved = zoo.solved_answers(batch.ROOT, EXERCISE, "vae")
    released = nbformat.read(root / "release" / EXERCISE / "vae.ipynb", as_version=4)
    for number in range(6):
        folder = root / "submitted" / f"student{number}" / EXERCISE
        folder.mkdir(parents=True)
        answers = {"kl": solved["kl"] + f"\n# {number}"}
        nbformat.write(zoo.submission(released, answers), folder / "vae.ipynb")
    return root


def scores(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        found = [book.find_submission(EXERCISE, f"student{n}").score for n in range(6)]
    return found


def forget(course):
    shutil.rmtree(course / ".judge", ignore_errors=True)
    for step in ("autograded", "feedback"):
        shutil.rmtree(course / step, ignore_errors=True)


def test_a_workers_entry_is_the_one_that_nbgrader_looks_up(course, parent, monkeypatch):
    monkeypatch.setattr(warm, "_parent", parent)
    forget(course)
    (entry,) = judge(list(jobs_of(course, EXERCISE, "student0")))
    Store(course / ".judge").put(*entry)
    monkeypatch.setattr(grading, "Session", _NoSandbox)
    (one,) = batch.grade_all(course, EXERCISE, ["student0"])
    assert one.problem == ""
    assert one.results[0].points > 0


class _NoSandbox(grading.Session):
    def load(self):
        pytest.fail("judged again")


def test_workers_of_this_machine_give_every_score(course):
    forget(course)
    graded = list(batch.grade_all(course, EXERCISE, students_with(course, EXERCISE), workers=2))
    assert [one.problem for one in graded] == [""] * 6
    assert len(set(scores(course))) == 1
    assert scores(course)[0] > 0


def test_a_worker_of_this_machine_killed_in_mid_batch_costs_no_grade(course):
    forget(course)
    graded = []
    for one in batch.grade_all(course, EXERCISE, students_with(course, EXERCISE), workers=2):
        graded.append(one)
        if len(graded) == 1:
            multiprocessing.active_children()[0].kill()
    assert sorted(one.student for one in graded) == [f"student{n}" for n in range(6)]
    assert [one.problem for one in graded] == [""] * 6
    assert len(set(scores(course))) == 1


@pytest.mark.full
def test_workers_that_cannot_start_cost_no_grade(course, monkeypatch):
    @contextlib.contextmanager
    def stillborn(*_):
        context = multiprocessing.get_context("forkserver")
        with ProcessPoolExecutor(2, context, initializer=os._exit, initargs=(1,)) as pool:
            yield pool

    forget(course)
    monkeypatch.setattr(fanout, "_pool", stillborn)
    graded = list(batch.grade_all(course, EXERCISE, students_with(course, EXERCISE), workers=2))
    assert [one.problem for one in graded] == [""] * 6
    assert len(set(scores(course))) == 1


@pytest.mark.parametrize("end", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.full)])
def test_no_worker_outlives_who_asked_it(course, tmp_path, end):
    forget(course)
    command = [sys.executable, "-m", "judge", "grade", EXERCISE, "--course", course, "--jobs", "2"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=batch.ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as coordinator:
        deadline = time.monotonic() + 120
        while not list((course / ".judge").glob(f"done/{EXERCISE}/*")):
            assert coordinator.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        started = psutil.Process(coordinator.pid).children(recursive=True)
        os.kill(coordinator.pid, end)
        _, alive = psutil.wait_procs(started, timeout=30)
        assert len(started) > 4 and alive == []
        said = coordinator.communicate()[0]
    if end == signal.SIGINT:
        assert coordinator.returncode == 130
        assert "The same command continues with the rest." in said
        assert "Traceback" not in said
        assert [p for p in tmp_path.iterdir() if not p.name.startswith("judge-quiet-")] == []  # locks stay


@pytest.mark.full
def test_a_worker_of_a_cluster_killed_in_mid_batch_costs_no_grade(course, tmp_path):
    forget(course)
    environment = os.environ | {"PYTHONPATH": str(batch.ROOT)}
    address_file = tmp_path / "scheduler.json"
    dask = [str(Path(sys.executable).parent / "dask")]
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [*dask, *arguments], env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    try:
        start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            address_file,
        )
        workers = [
            start("worker", "--scheduler-file", address_file, "--nthreads", "1", "--no-dashboard", "--no-nanny")
            for _ in range(2)
        ]
        deadline = time.monotonic() + 60
        while not address_file.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        address = json.loads(address_file.read_text())["address"]
        graded = []
        for one in batch.grade_all(course, EXERCISE, students_with(course, EXERCISE), scheduler=address):
            graded.append(one)
            if len(graded) == 1:
                os.killpg(workers[0].pid, signal.SIGKILL)
        assert [one.problem for one in graded] == [""] * 6
        assert len(set(scores(course))) == 1
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
