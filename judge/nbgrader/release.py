"""Preprocessors for `nbgrader generate_assignment`: stubs, the paired module, and the leak check at the end.

nbgrader_config.py puts them into nbgrader's own list: `StubSolutions` in place of `ClearSolutions`, the other
two at the end. `judge.nbgrader.trial` runs them all before nbgrader removes anything, so a refusal
leaves the old release.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_solution

from judge.course.leaks import check_file, check_folder, check_notebook
from judge.course.regions import RegionError, find_regions, stub_code, stub_prose
from judge.course.secret_lines import secrets_of


class LeakError(RuntimeError):
    """A release would tell students what they must not know."""


class StubSolutions(ClearSolutions):  # type: ignore[misc]  # nbgrader has no type annotations
    """Replaces solution regions by `raise ToImplement("what to write")`, model answers by nbgrader's text."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Stub one cell; cells without a region stay as they are."""
        place = _place(resources, cell, cell_index)
        try:
            regions = find_regions(cell.source, code=cell.cell_type == "code")
            if bool(regions) != is_solution(cell):
                raise RegionError("a solution cell and a solution region belong together. Build the notebook again.")
            if regions:
                stub = stub_code(cell.source) if cell.cell_type == "code" else stub_prose(cell.source, self.text_stub)
                cell.source = stub
        except RegionError as error:
            raise ValueError(f"{place}: {error}") from None
        return cell, resources


class PairModule(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no type annotations
    """Writes the .py module of a paired notebook beside it, as jupytext would when the notebook is saved."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Add the module to the files that nbconvert writes together with the notebook."""
        if "py:percent" in nb.metadata.get("jupytext", {}).get("formats", ""):
            resources.setdefault("outputs", {})[f"{resources['unique_key']}.py"] = module_bytes(nb)
        return nb, resources


class CheckLeaks(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no type annotations
    """Refuses a release that holds a solution, a hidden test, an output, or a file that should not be there.

    It runs last, so it sees what students will see: this notebook, its module, and the files already in the
    release folder, which nbgrader has copied from the source folder before it converts the first notebook.
    """

    folder: Path | None = None  # where those files are; release/<exercise> if None

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Raise `LeakError` unless all is well."""
        exercise = resources["nbgrader"]["assignment"]
        root = Path.cwd()  # nbgrader converts with the course folder as working directory
        folder = self.folder or root / "release" / exercise
        findings = self._findings(root, exercise, folder, nb, resources)
        if findings:
            more = f" ({len(findings) - 1} more such findings.)" if len(findings) > 1 else ""
            raise LeakError(findings[0] + more)
        return nb, resources

    def _findings(self, root: Path, exercise: str, folder: Path, nb: Any, resources: Any) -> list[str]:
        secrets = secrets_of(root, exercise)
        findings = check_notebook(f"release/{exercise}/{resources['unique_key']}.ipynb", nb, secrets)
        for name, data in resources.get("outputs", {}).items():
            findings += check_file(f"release/{exercise}/{name}", data, secrets)
        return findings + check_folder(root, exercise, folder)


def module_bytes(notebook: Any) -> bytes:
    """The notebook as a py:percent module, byte for byte what JupyterLab writes when a student saves it."""
    as_on_disk = nbformat.reads(nbformat.writes(notebook), as_version=4)  # metadata in the order of the file
    text: str = jupytext.writes(as_on_disk, fmt="py:percent")
    return text.encode()


def _place(resources: Any, cell: Any, index: int) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    file = f"source/{resources['nbgrader']['assignment']}/{resources['unique_key']}.ipynb"
    return f"{file}, cell {index + 1}" + (f" ({grade_id})" if grade_id else "")
