"""How long a student waits for a visible check: every cell with points of solved lessons, in a warm kernel.

    python benchmarks/visible_checks.py [exercise/lesson ...]

The lesson's cells run in order in one kernel, as a student runs them; a check's time is from sending the
cell to the kernel being idle again. The result goes to `benchmarks/results/visible_checks.json`.
"""

import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from judge.course.handouts import given_modules  # noqa: E402
from judge.suite import zoo  # noqa: E402  found through the line above
from judge.suite.suites import suites_of  # noqa: E402


def measure(exercise, lesson):
    """Seconds by check cell of the solved lesson."""
    released = nbformat.read(ROOT / "release" / exercise / f"{lesson}.ipynb", as_version=4)
    notebook = zoo.submission(released, zoo.solved_answers(ROOT, exercise, lesson))
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, data in given_modules(ROOT, exercise).items():
            Path(folder, name).write_bytes(data)
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}})
        with client.setup_kernel():
            for position, cell in enumerate(notebook.cells):
                if cell.cell_type != "code" or "long" in cell.metadata.get("tags", []):
                    continue
                started = time.perf_counter()
                client.execute_cell(cell, position)
                grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
                if grade_id.endswith("_check"):
                    seconds[grade_id] = round(time.perf_counter() - started, 3)
    return seconds


def main():
    """Measure each lesson, print, and keep the result."""
    lessons = sys.argv[1:] or [f"{s.exercise}/{s.notebook}" for s in suites_of("*")]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    results = {lesson: measure(*lesson.split("/")) for lesson in lessons}
    table = Table("lesson", "check", "seconds")
    for lesson, seconds in results.items():
        for check, value in sorted(seconds.items(), key=lambda item: -item[1]):
            table.add_row(lesson, check, f"{value:.2f}")
    Console().print(table)
    result = {"python": platform.python_version(), "processors": os.cpu_count(), "seconds": results}
    (ROOT / "benchmarks" / "results" / "visible_checks.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
