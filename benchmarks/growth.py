"""How the judge's cost grows with the class, and what grading an unchanged class again costs.

    python benchmarks/growth.py [--sizes 10 30 100 300]

The submissions of ex03 hold nothing but the KL divergence, each worded otherwise: one takes a second or so,
and what grows with the class (gradebook, files, store, memory of the coordinator) shows beside it.
`python -m judge grade --jobs 2`, feedback included; then the same command again.
The result goes to `benchmarks/results/growth.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from grading import EXERCISE, LESSON, make_course  # noqa: E402  found through the line above
from meter import run  # noqa: E402

from judge.suite import zoo  # noqa: E402


def make_light_course(course: Path, num_submissions: int) -> None:
    """A released course with this many submissions in which one hole is filled."""
    make_course(course, 0)
    released = nbformat.read(course / "release" / EXERCISE / f"{LESSON}.ipynb", as_version=4)
    answer = zoo.solved_answers(ROOT, EXERCISE, LESSON)["kl"]
    for number in range(num_submissions):
        folder = course / "submitted" / f"student{number:03d}" / EXERCISE
        folder.mkdir(parents=True)
        notebook = zoo.submission(released, {"kl": f"{answer}\n# submission {number}"})
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")


def measure(num_submissions: int) -> dict[str, float]:
    """Grade a class of this size, and again."""
    with tempfile.TemporaryDirectory(prefix="growth-", dir="/var/tmp") as name:
        course = Path(name)
        make_light_course(course, num_submissions)
        command = (sys.executable, "-m", "judge", "grade", EXERCISE, "--course", str(course), "--jobs", "2")
        first, again = run(course, *command), run(course, *command)
    return {
        "submissions": num_submissions,
        **first,
        "seconds_each": first["wall_seconds"] / num_submissions,
        "cpu_seconds_each": first["cpu_seconds"] / num_submissions,
        "again_seconds": again["wall_seconds"],
    }


def main() -> None:
    """Measure each size, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 30, 100, 300])
    rows = [measure(size) for size in parser.parse_args().sizes]
    table = Table("submissions", "seconds", "s each", "CPU s each", "MiB", "first grade s", "again s")
    for row in rows:
        numbers = (row["wall_seconds"], row["seconds_each"], row["cpu_seconds_each"], row["memory_mib"])
        later = (row["first_grade_seconds"], row["again_seconds"])
        table.add_row(str(row["submissions"]), *(f"{number:.2f}" for number in (*numbers, *later)))
    Console().print(table)
    result = {"processors": os.cpu_count(), "python": platform.python_version(), "rows": rows}
    path = ROOT / "benchmarks" / "results" / "growth.json"
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
