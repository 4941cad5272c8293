"""How long the training notebooks take, as students get them: with FAST on, and as they are.

    VAEGAN_DATA=<folder with MNIST> python benchmarks/callers.py [exercise/caller ...] [--default]

Each caller runs in a kernel of its own, in an empty folder with the solved lessons beside it, on real MNIST where it
asks for digits. The clock starts after the first code cell, which imports: until then four seconds or so go to the
kernel and TensorFlow, whatever the notebook does. A caller must end within 10 s with FAST on, within 10 minutes
without, on two cores. `--pictures DIR` keeps what they write. The result goes to `benchmarks/results/callers.json`;
callers that were not asked for keep their earlier times.
"""

import argparse
import json
import os
import platform
import shutil
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

from judge.course.handouts import given_lessons, module_bytes  # noqa: E402  found through the line above
from judge.suite.suites import suites_of  # noqa: E402

LIMIT_SECONDS = {"fast": 10.0, "default": 600.0}
RESULT = ROOT / "benchmarks" / "results" / "callers.json"


def callers():
    """Every notebook of the release that no suite judges and that has a FAST switch, as exercise/name."""
    notebooks = sorted((ROOT / "release").glob("*/*.ipynb"))
    return [f"{path.parent.name}/{path.stem}" for path in notebooks if "FAST = False" in path.read_text()]


def lessons_beside(exercise):
    """The solved lessons whose modules a caller of the exercise imports."""
    own = [ROOT / "solutions" / exercise / f"{suite.notebook}.py" for suite in suites_of(exercise)]
    return [*own, *given_lessons(ROOT, exercise)]


def seconds_of(caller, fast, pictures):
    """Run a caller to its end; returns the seconds."""
    exercise, name = caller.split("/")
    notebook = nbformat.read(ROOT / "release" / exercise / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        if fast and cell.cell_type == "code":
            cell.source = cell.source.replace("FAST = False", "FAST = True")
    with tempfile.TemporaryDirectory() as folder:
        for lesson in lessons_beside(exercise):
            Path(folder, lesson.name).write_bytes(module_bytes(lesson))
        seconds = run_cells(NotebookClient(notebook, timeout=3_600, resources={"metadata": {"path": folder}}))
        if pictures:
            shutil.copytree(Path(folder, "outputs"), pictures, dirs_exist_ok=True)
    return seconds


def run_cells(client):
    """Run all code cells; returns the seconds from the second one on."""
    cells = [(i, cell) for i, cell in enumerate(client.nb.cells) if cell.cell_type == "code"]
    with client.setup_kernel():
        client.execute_cell(cells[0][1], cells[0][0])
        started = time.perf_counter()
        for position, cell in cells[1:]:
            client.execute_cell(cell, position)
        return time.perf_counter() - started


def keep(times):
    """Write what is known so far: one caller may take ten minutes."""
    result = {"processors": os.cpu_count(), "python": platform.python_version(), "limits": LIMIT_SECONDS}
    RESULT.write_text(json.dumps(result | {"seconds": dict(sorted(times.items()))}, indent=1) + "\n")


def main():
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("callers", nargs="*", help="e.g. ex05_gan/train_gan_mnist; all of them if none")
    parser.add_argument("--default", action="store_true", help="as they are, not with FAST on")
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    times = json.loads(RESULT.read_text())["seconds"] if RESULT.exists() else {}
    budget = "default" if options.default else "fast"
    for caller in options.callers or callers():
        seconds = seconds_of(caller, not options.default, options.pictures)
        times.setdefault(caller, {})[budget] = round(seconds, 1)
        keep(times)
        print(f"{caller}: {seconds:.1f} s", flush=True)
    table = Table("caller", "s with FAST", "s as it is")
    for caller in sorted(times):
        table.add_row(caller, *(str(times[caller].get(name, "")) for name in LIMIT_SECONDS))
    Console().print(table)
    return int(any(t > LIMIT_SECONDS[name] for row in times.values() for name, t in row.items()))


if __name__ == "__main__":
    sys.exit(main())
