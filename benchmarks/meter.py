"""Runs a command and measures all that it started: time, processor time, memory, the first grade."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SECONDS_BETWEEN_LOOKS, LOOKS_PER_SUM = 0.2, 25
# nbgrader writes 0 for notebooks that were not handed in, before anything is judged.
FIRST_GRADE = "select 1 from grade where auto_score > 0 limit 1"


def run(folder: Path, *command: str) -> dict[str, float]:
    """Run a command in a course folder to its end.

    Returns:
        wall_seconds; cpu_seconds of every process below the command, forked sandboxes included, but for what
        a process did in its last 0.2 s; memory_mib, the most that all of them held at once, shared pages
        counted once (proportional set size); first_grade_seconds, when the first points were in the gradebook.

    Raises:
        RuntimeError: if the command fails.
    """
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    log, cpu, memory, first_grade, looks = folder / "log.txt", {}, 0, None, 0
    started = time.monotonic()
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=file)
    while process.poll() is None:
        family = [psutil.Process(process.pid)]
        with contextlib.suppress(psutil.Error):
            family += family[0].children(recursive=True)
        cpu |= processor_times(family)
        if looks % LOOKS_PER_SUM == 0:
            memory = max(memory, memory_of(family))
        if first_grade is None and has_grade(folder / "gradebook.db"):
            first_grade = time.monotonic() - started
        looks += 1
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {log.read_text()[-2000:]}")
    return {
        "wall_seconds": time.monotonic() - started,
        "cpu_seconds": sum(cpu.values()),
        "memory_mib": memory / 2**20,
        "first_grade_seconds": first_grade or time.monotonic() - started,
    }


def processor_times(family: list[psutil.Process]) -> dict[tuple[int, float], float]:
    """Processor seconds of each process so far, without its children's."""
    times = {}
    for process in family:
        with contextlib.suppress(psutil.Error):
            used = process.cpu_times()
            times[process.pid, process.create_time()] = used.user + used.system
    return times


def memory_of(family: list[psutil.Process]) -> int:
    """Bytes that the processes hold together."""
    held = 0
    for process in family:
        with contextlib.suppress(psutil.Error, OSError):
            held += process.memory_full_info().pss
    return held


def has_grade(gradebook: Path) -> bool:
    """Whether an automatic score is in it."""
    if not gradebook.exists():
        return False
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"file:{gradebook}?mode=ro", uri=True)) as book,
    ):
        return book.execute(FIRST_GRADE).fetchone() is not None
    return False
