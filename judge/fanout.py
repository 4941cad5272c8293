"""Judges many submissions at once, on this machine or on a Dask cluster.

A worker gets a submission's bytes and gives back the entry that belongs into the store (`judge.store`);
it needs this kit and nothing else of the course. Whoever asked, the coordinator, keeps the entry, and
nbgrader, run by the coordinator alone, then finds every verdict there. A worker that dies costs only
time: Dask runs its submission again elsewhere.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
from distributed import Client, LocalCluster, as_completed
from distributed.utils import get_mp_context

from judge import grading
from judge.intake import take_in
from judge.store import Store


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
    files, _ = grading.read_files(folder, ())
    times = {name: (content, (folder / name).stat().st_mtime) for name, content in files.items()}
    for notebook in grading.judged_notebooks(course, exercise):
        release = course / "release" / exercise / f"{notebook}.ipynb"
        if release.name in files:
            yield Job(exercise, notebook, student, times, release.read_bytes())


def judge(job: Job, address: Path | None = None) -> tuple[str, dict[str, Any]]:
    """Judge one notebook, on a worker; returns the store's key and entry.

    Args:
        job: what to judge.
        address: where a warm parent of the worker's own machine listens, if there is one.
    """
    parent = grading.warm_parent(address)
    with tempfile.TemporaryDirectory(prefix="judge-") as name:
        folder, release = Path(name, "submission"), Path(name, f"{job.notebook}.ipynb")
        release.write_bytes(job.release)
        for path, (content, time) in job.files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            os.utime(file, (time, time))
        files, _ = grading.read_files(folder)
        notebook = take_in(folder / release.name, release).notebook
        submission = grading.Submission(notebook, files, job.student)
        store = Store(Path(name, "store"))
        suite = grading.suite_path(job.exercise, job.notebook)
        graded = grading.grade(submission, suite, parent, store=store)
        return graded.key, store.get(graded.key)


def judge_ahead(
    course: Path, exercise: str, students: Sequence[str], *, workers: int = 1, scheduler: str | None = None
) -> Iterator[str]:
    """Judge all and keep the verdicts in the course's store; yields each student who is ready.

    A student whose judging failed on a worker is yielded too: the coordinator then judges here and finds
    out why.

    Args:
        course: the course folder.
        exercise: what to judge.
        students: whose.
        workers: how many processes on this machine.
        scheduler: the address of a Dask scheduler to use instead, e.g. "tcp://host:8786".
    """
    store = Store(course / ".judge")
    workers = min(workers, len(students))
    with _local_cluster(workers) if scheduler is None else _cluster(scheduler) as (client, address):
        futures = {}
        for student in students:
            for job in jobs_of(course, exercise, student):
                futures[client.submit(judge, job, address, pure=False)] = student
        waiting = {s: sum(owner == s for owner in futures.values()) for s in students}
        yield from (student for student, count in waiting.items() if count == 0)
        for future in as_completed(list(futures)):
            if future.status == "finished":
                store.put(*future.result())
            student = futures[future]
            waiting[student] -= 1
            future.release()
            if waiting[student] == 0:
                yield student


@contextmanager
def _cluster(scheduler: str) -> Iterator[tuple[Client, None]]:
    with Client(scheduler, timeout=30) as client:
        yield client, None


@contextmanager
def _local_cluster(workers: int) -> Iterator[tuple[Client, Path]]:
    """Workers on this machine, forked from one process that has imported the judge; their sandboxes come from
    twins of one warm parent, which imports TensorFlow meanwhile.

    Raises:
        IsolationMissing, SandboxUnavailable: if no sandbox can be had.
    """
    dask.config.set(
        {
            "distributed.worker.multiprocessing-method": "forkserver",
            "distributed.worker.profile.enabled": False,  # it would stop every worker a hundred times a second
        }
    )
    get_mp_context().set_forkserver_preload([__name__])
    parent = grading.warm_parent()
    with tempfile.TemporaryDirectory(prefix="judge-") as folder, ThreadPoolExecutor(1) as pool:
        parent.listen(Path(folder, "warm"))
        trial = pool.submit(parent.try_out)
        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            Client(cluster) as client,
        ):
            trial.result()
            yield client, Path(folder, "warm")
