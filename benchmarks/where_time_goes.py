"""Where the seconds of grading one right ex03 submission go.

    python benchmarks/where_time_goes.py [--repeats 5]

Each stage is timed where the judge calls it, in a course of its own with nothing in its store; the table
shows the median. Stages are nested as they are indented; the outputs are made beside the checks, as
`nbgrader autograde` does it. Then the slowest checks, each with all that it waits for. The result goes to
`benchmarks/results/where_time_goes.json`.
"""

import argparse
import functools
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

from grading import EXERCISE, make_course  # noqa: E402  found through the line above

from judge.grade import grading  # noqa: E402
from judge.nbgrader import batch  # noqa: E402
from judge.sandbox.fork_server import ForkServer  # noqa: E402
from judge.sandbox.session import Session  # noqa: E402
from judge.sandbox.shared_fork_server import fork_server  # noqa: E402
from judge.suite import engine  # noqa: E402

NUM_SLOWEST = 8
spent: Counter[str] = Counter()
STAGES = {
    "nbgrader autograde": (None, None),
    "  judge.grade.grading.grade": (grading, "grade"),
    "    outputs for the feedback (beside the checks)": (grading, "_show"),
    "    checks, all": (engine, "judge"),
    "      answers of the sandbox (student code, TensorFlow, protocol)": (Session, "request"),
    "    fork and walls": (ForkServer, "fork"),
    "nbgrader generate_feedback": (None, None),
}


def timed(stage, function):
    """The function, with its wall time added to the stage."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[stage] += time.perf_counter() - started

    return call


def keeping(function, kept):
    """The function, with what it returns kept in the list."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        kept.append(function(*args, **kwargs))
        return kept[-1]

    return call


def slowest_checks(gradings):
    """The checks that took longest, in seconds: the median of several gradings."""
    names = [verdict.name for verdict in gradings[0].verdicts]
    seconds = {
        name: statistics.median(g.verdicts[position].seconds for g in gradings) for position, name in enumerate(names)
    }
    return dict(sorted(seconds.items(), key=lambda item: -item[1])[:NUM_SLOWEST])


def forget(course):
    """Remove what grading made."""
    for step in ("autograded", "feedback", ".judge"):
        shutil.rmtree(course / step, ignore_errors=True)


def measure(course, api):
    """Grade the one submission anew; returns seconds by stage."""
    spent.clear()
    forget(course)
    for stage, step in (
        ("nbgrader autograde", api.autograde),
        ("nbgrader generate_feedback", api.generate_feedback),
    ):
        answer = timed(stage, step)(EXERCISE, "student000", force=True)
        assert answer["success"], answer
    return dict(spent)


def main():
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    for stage, (owner, name) in STAGES.items():
        if owner is not None:
            setattr(owner, name, timed(stage, getattr(owner, name)))
    gradings = []
    grading.grade = keeping(grading.grade, gradings)
    with tempfile.TemporaryDirectory(prefix="time-", dir="/var/tmp") as folder:
        course = Path(folder)
        make_course(course, 1)
        api = batch.nbgrader_api(course)
        started = time.perf_counter()
        fork_server().start()
        warm_up = time.perf_counter() - started
        runs = [measure(course, api) for _ in range(repeats + 1)][1:]  # the first one fills caches
        shutil.rmtree(course / "autograded")
    seconds = {stage: round(statistics.median(run[stage] for run in runs), 3) for stage in STAGES}
    table = Table("stage", "seconds")
    table.add_row("fork server, once per machine", f"{warm_up:.2f}")
    for stage, value in seconds.items():
        table.add_row(stage, f"{value:.2f}")
    slowest = slowest_checks(gradings[1:])
    for check, value in slowest.items():
        table.add_row(f"check: {check}", f"{value:.2f}")
    Console().print(table)
    result = {"repeats": repeats, "python": platform.python_version(), "processors": os.cpu_count()}
    result |= {"fork server, once per machine": round(warm_up, 2), "seconds": seconds}
    result |= {"slowest checks": {check: round(value, 3) for check, value in slowest.items()}}
    (ROOT / "benchmarks" / "results" / "where_time_goes.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
