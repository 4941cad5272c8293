"""Judges many submissions at once, on this machine or on a Dask cluster.

A worker gives back the entries that belong into the store (`judge.grade.store`). Whoever asked, the coordinator, keeps
them, and nbgrader, run by the coordinator alone, then finds every verdict there. A worker of a cluster gets a
submission's bytes; it needs this kit and nothing else of the course. A worker that dies costs only time: its
submissions are judged again by another.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat.warnings import DuplicateCellId

from judge.grade import grading, kept
from judge.grade.kept import Entries
from judge.grade.store import Store
from judge.machine.guard import FEEDBACK_SECONDS, GRACE, SUBMISSION_SECONDS, Clock, LimitReached
from judge.machine.scratch import scratch_folder
from judge.machine.trouble import trouble
from judge.sandbox.shared_fork_server import fork_server, guarded_with_sandboxes
from judge.submission.intake import take_in
from judge.suite import engine
from judge.suite.suites import suite_of, suites_of


@dataclass(frozen=True)
class Job:
    """One notebook of one student, as bytes.

    Attributes:
        exercise: e.g. "ex03_vae".
        notebook: e.g. "vae".
        student: the student's id.
        files: the submission's files by relative path: content and time of last change.
        release: the released notebook.
    """

    exercise: str
    notebook: str
    student: str
    files: dict[str, tuple[bytes, float]]
    release: bytes


def jobs_of(course: Path, exercise: str, student: str) -> Iterator[Job]:
    """The judged notebooks of a submission."""
    folder = course / "submitted" / student / exercise
    files, _ = grading.read_files(folder, ())  # notebooks up to their own limit; the coordinator says what is left out
    times = {name: (content, (folder / name).stat().st_mtime) for name, content in files.items()}
    for notebook in grading.judged_notebooks(course, exercise):
        release = course / "release" / exercise / f"{notebook}.ipynb"
        if release.name in files:
            yield Job(exercise, notebook, student, times, release.read_bytes())


def judge(jobs: Sequence[Job], folder: Path | None = None, known: Path | None = None) -> Entries:
    """Judge a student's notebooks, on a worker, within the limits of one submission.

    Args:
        jobs: what to judge.
        folder: where to work; the system's folder for temporary files if None.
        known: the folder of a store with earlier verdicts, or None.

    Raises:
        LimitReached: if they need more than one submission may.
    """
    fork_server().start()  # not in the submission's time
    clock = Clock(SUBMISSION_SECONDS - FEEDBACK_SECONDS - GRACE)
    with scratch_folder(folder) as place:
        return guarded_with_sandboxes(
            lambda: [entry for job in jobs for entry in _judge_one(job, place / job.notebook, known, clock)],
            clock.left(),
        )


def _judge_one(job: Job, folder: Path, known: Path | None, clock: Clock) -> Entries:
    """The entry of one notebook; none if its verdicts are not worth keeping."""
    release = folder / "release" / f"{job.notebook}.ipynb"
    release.parent.mkdir(parents=True)
    release.write_bytes(job.release)
    for name, (content, time) in job.files.items():
        file = folder / "submission" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (time, time))
    files, _ = grading.read_files(folder / "submission")
    notebook = take_in(folder / "submission" / release.name, release).notebook
    submission = grading.Submission(notebook, files, job.student)
    suite = suite_of(job.exercise, job.notebook)
    store = Store(known) if known else None
    _, entries = kept.judge(store, submission, suite, seconds=clock.left(keep=GRACE))
    return entries


@dataclass(frozen=True)
class Ahead:
    """A student whom the coordinator can go on with.

    Attributes:
        student: who.
        stopped: why judging was stopped, if the submission needs more than it may.
        problem: why the verdicts could not be kept, which is ours.
    """

    student: str
    stopped: str = ""
    problem: str = ""


def judge_ahead(
    course: Path, exercise: str, students: Sequence[str], *,
    workers: int = 1, scheduler: str | None = None, fresh: bool = False,
) -> Iterator[Ahead]:  # fmt: skip
    """Judge all and keep the verdicts in the course's store; yields each student who is ready.

    A student whose judging failed on a worker is yielded too: the coordinator then judges here and finds
    out why.

    Args:
        course: the course folder.
        exercise: what to judge.
        students: whose.
        workers: how many processes on this machine.
        scheduler: the address of a Dask scheduler to use instead, e.g. "tcp://host:8786".
        fresh: judge anew what was judged before.

    Raises:
        IsolationMissing, SandboxUnavailable: before the first, if no sandbox can be had on this machine.
    """
    store = Store(course / ".judge")
    judged = (
        _on_this_machine(course, exercise, students, min(workers, len(students)), fresh=fresh)
        if scheduler is None
        else _on_a_cluster(course, exercise, students, scheduler)
    )
    with contextlib.closing(judged):
        for student, entries in judged:
            yield _kept(store, student, entries)


def _kept(store: Store, student: str, said: Entries | LimitReached) -> Ahead:
    if isinstance(said, LimitReached):
        return Ahead(student, stopped=str(said))
    try:
        for entry in said:
            store.put(*entry)
    except OSError as error:
        return Ahead(student, problem=f"the verdicts could not be kept: {trouble(error)}")
    return Ahead(student)


# A student and what a worker says, which is nothing if it failed.
Judged = Generator[tuple[str, Entries | LimitReached]]


def _said(future: Any) -> Entries | LimitReached:
    error = future.exception()
    if error is None:
        entries: Entries = future.result()
        return entries
    return error if isinstance(error, LimitReached) else []


def _on_a_cluster(course: Path, exercise: str, students: Sequence[str], scheduler: str) -> Judged:
    from distributed import Client
    from distributed import as_completed as completed

    with Client(scheduler, timeout=30) as client:
        futures = {
            client.submit(judge, list(jobs_of(course, exercise, student)), pure=False): student for student in students
        }
        for future in completed(list(futures)):
            yield futures[future], _said(future)
            future.release()


def _on_this_machine(course: Path, exercise: str, students: Sequence[str], workers: int, *, fresh: bool) -> Judged:
    """By worker processes, whose sandboxes come from twins of this process's fork server."""
    parent = fork_server()
    address = parent.listen()
    parent.launch()
    known = None if fresh else course / ".judge"
    waiting, before = set(students), None
    while waiting and waiting != before:  # workers that judged nothing before they died will not next time
        before = set(waiting)
        with contextlib.suppress(BrokenProcessPool), _pool(workers, address, exercise) as pool:
            futures = {
                pool.submit(_judge_here, course, exercise, student, address.parent, known): student
                for student in students
                if student in waiting
            }
            parent.try_out()
            for future in as_completed(futures):
                student = futures.pop(future)  # with it goes what the worker said, pictures and all
                if isinstance(future.exception(), BrokenProcessPool):
                    continue
                waiting.remove(student)
                yield student, _said(future)
    yield from ((student, []) for student in students if student in waiting)


@contextlib.contextmanager
def _pool(workers: int, address: Path, exercise: str) -> Iterator[ProcessPoolExecutor]:
    """Processes forked from one that has imported this module; when the block is left, they end at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    others = multiprocessing.active_children()
    pool = ProcessPoolExecutor(workers, context, _begin, (address, exercise, dict(os.environ)))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            if process not in others:
                process.terminate()


def _begin(address: Path, exercise: str, environment: dict[str, str]) -> None:
    """Get a worker ready, while TensorFlow is imported elsewhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator, which then ends this process
    threading.Thread(target=_end_with_coordinator, daemon=True).start()
    os.environ.update(environment)
    warnings.filterwarnings("ignore", category=DuplicateCellId)
    for suite in suites_of(exercise):
        with contextlib.suppress(engine.SuiteBroken):  # the coordinator finds out, and says so
            _ = suite.check_versions
    fork_server(address).start()


def _end_with_coordinator() -> None:
    coordinator = multiprocessing.parent_process()
    assert coordinator is not None
    coordinator.join()
    os._exit(1)


def _judge_here(course: Path, exercise: str, student: str, folder: Path, known: Path | None) -> Entries:
    return judge(list(jobs_of(course, exercise, student)), folder, known)
