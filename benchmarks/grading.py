"""Submissions per minute: stock nbgrader against the judge, on the same submissions and the same checks.

Three ways, one after the other, in one run on one machine:
- stock: `nbgrader autograde` as it comes; the checks run in the student's kernel (benchmarks/in_kernel.py);
- plug-in: `nbgrader autograde` with the judge in its lists;
- judge: `python -m judge grade --jobs 2`, feedback included.
Cells tagged `long` are run by none of them. Nothing is taken from a store.

    python benchmarks/grading.py --submissions 60
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from meter import run  # noqa: E402  found through the line above

from judge.nbgrader import batch  # noqa: E402
from judge.suite import zoo  # noqa: E402

EXERCISE, LESSON = "ex03_vae", "vae"
SAMPLES = ("", "right/own_style", "wrong/kl_without_half", "wrong/bernoulli_mean_over_pixels")
STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.Execute.skip_cells_with_tag = "long"
c.Execute.timeout = 300
c.ClearSolutions.enforce_metadata = False
"""
IN_KERNEL = """
import sys
sys.path.insert(0, {root!r})
from benchmarks.in_kernel import points_in_kernel
print(points_in_kernel({suite!r}, globals()))
"""


def make_course(course: Path, num_submissions: int) -> None:
    """A released course with this many submissions, taken in turn from four samples."""
    for name in ("solutions", "graders", "vaegan"):
        (course / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "source" / EXERCISE, course / "source" / EXERCISE)
    answer = batch.nbgrader_api(course).generate_assignment(EXERCISE)
    assert answer["success"], answer
    released = nbformat.read(course / "release" / EXERCISE / f"{LESSON}.ipynb", as_version=4)
    solved = zoo.solved_answers(ROOT, EXERCISE, LESSON)
    for number in range(num_submissions):
        sample = SAMPLES[number % len(SAMPLES)]
        path = ROOT / "tests" / "zoo" / EXERCISE / f"{sample}.py"
        answers = solved | (zoo.read_sample(path).answers if sample else {})
        answers["kl"] += f"\n# submission {number}"
        folder = course / "submitted" / f"student{number:03d}" / EXERCISE
        folder.mkdir(parents=True)
        nbformat.write(zoo.submission(released, answers), folder / f"{LESSON}.ipynb")


def make_stock_course(stock: Path, course: Path) -> None:
    """The same course for stock nbgrader: its last test cell runs the whole suite in the kernel."""
    source = stock / "source" / EXERCISE
    source.mkdir(parents=True)
    notebook = nbformat.read(course / "release" / EXERCISE / f"{LESSON}.ipynb", as_version=4)
    last = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "config_check")
    suite = ROOT / "graders" / EXERCISE / f"test_{LESSON}.py"
    last.source += IN_KERNEL.format(root=str(ROOT), suite=str(suite))
    nbformat.write(notebook, source / f"{LESSON}.ipynb")
    (stock / "nbgrader_config.py").write_text(STOCK_CONFIG.format(root=str(stock)))
    run(stock, "nbgrader", "generate_assignment", EXERCISE)
    shutil.copytree(course / "submitted", stock / "submitted")


def measure(num_submissions: int) -> dict[str, dict[str, float]]:
    """Grade the same submissions in the three ways."""
    with tempfile.TemporaryDirectory(prefix="grading-", dir="/var/tmp") as name:
        course, stock, judged = (Path(name, way) for way in ("course", "stock", "judged"))
        course.mkdir()
        make_course(course, num_submissions)
        make_stock_course(stock, course)
        shutil.copytree(course, judged, symlinks=True)
        config = (ROOT / "nbgrader_config.py").read_text()
        (course / "nbgrader_config.py").write_text(config + f"\nc.CourseDirectory.root = {str(course)!r}\n")
        measured = {"stock": run(stock, "nbgrader", "autograde", EXERCISE)}
        measured["plug-in"] = run(course, "nbgrader", "autograde", EXERCISE)
        grade = (sys.executable, "-m", "judge", "grade", EXERCISE, "--course", str(judged), "--jobs", "2")
        measured["judge"] = run(judged, *grade)
    for row in measured.values():
        row["per_minute"] = 60 * num_submissions / row["wall_seconds"]
        row["ratio"] = measured["stock"]["wall_seconds"] / row["wall_seconds"]
        row["cpu_seconds_each"] = row["cpu_seconds"] / num_submissions
    return measured


def main() -> None:
    """Measure, print a table, and write benchmarks/results/grading.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=60)
    options = parser.parse_args()
    measured = measure(options.submissions)
    table = Table("way", "per minute", "times stock", "wall s", "CPU s each", "MiB", "first grade s")
    for way, row in measured.items():
        numbers = (
            "per_minute",
            "ratio",
            "wall_seconds",
            "cpu_seconds_each",
            "memory_mib",
            "first_grade_seconds",
        )
        table.add_row(way, *(f"{row[number]:.1f}" for number in numbers))
    Console().print(table)
    result = {
        "submissions": options.submissions,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }
    path = ROOT / "benchmarks" / "results" / "grading.json"
    path.write_text(json.dumps(result | {"ways": measured}, indent=1) + "\n")


if __name__ == "__main__":
    main()
