"""A release made for trial, before nbgrader removes the old one: whatever would stop it stops it here.

nbgrader deletes `release/<exercise>` first, converts then, and deletes again what failed. It makes its exporter before
all that, and the exporter (`c.GenerateAssignment.exporter_class`) runs this trial.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import find_all_files
from traitlets import import_item

from judge.course.leaks import check_folder
from judge.nbgrader.cell_changes import Change, changes
from judge.nbgrader.release import CheckLeaks, LeakError

Notebooks = dict[str, Any]  # name -> notebook, as students would get it


class ReleaseExporter(NotebookExporter):  # type: ignore[misc]  # nbconvert has no type annotations
    """nbgrader's exporter, which refuses before anything was removed."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """nbgrader knows by now what it will release, and has touched nothing."""
        super().__init__(*arguments, **more)
        if self.parent is not None and hasattr(self.parent, "assignments"):
            refuse_ahead(self.parent)


def refuse_ahead(converter: Any) -> None:
    """Release every exercise for trial.

    Raises:
        NbGraderException: in one sentence, if one cannot be released; its old release is as it was.
    """
    for exercise in exercises_of(converter):
        notebooks, why = _tried(converter, exercise)
        if why:
            _refuse(converter, exercise, why)
        found = pending(converter, exercise, notebooks)
        if found:
            more = f" and {len(found) - 1} more changes" if len(found) > 1 else ""
            _refuse(
                converter, exercise,
                f"work is in the gradebook, and then nbgrader changes no cells ({found[0]}{more}). "
                f"Run `python -m judge migrate {exercise}` to see what would become of the gradebook, again with "
                "--apply, and then this command once more.",
            )  # fmt: skip


def _tried(converter: Any, exercise: str) -> tuple[Notebooks, str]:
    try:
        return released(converter, exercise), ""
    except Exception as error:  # whatever a preprocessor raises is why there is no release
        return {}, str(error) or type(error).__name__


def _refuse(converter: Any, exercise: str, why: str) -> None:
    message = f"release/{exercise} is as it was; the new one was refused: {why}"
    converter.log.error(message)
    raise NbGraderException(message)


def exercises_of(converter: Any) -> list[str]:
    """The exercises that a converter has found."""
    return sorted({Path(source).name for source in converter.assignments})


def released(converter: Any, exercise: str) -> Notebooks:
    """The notebooks as students would get them; nothing is written and the gradebook is not asked."""
    [(source, paths)] = [item for item in converter.assignments.items() if Path(item[0]).name == exercise]
    with _course_folder(converter), _staged(converter, Path(source)) as folder:
        exporter = NotebookExporter(config=converter.config)
        for named in converter.preprocessors:
            step = import_item(named) if isinstance(named, str) else named
            if not issubclass(step, SaveCells):
                made = step(parent=exporter)
                if isinstance(made, CheckLeaks):
                    made.folder = folder
                exporter.register_preprocessor(made, enabled=True)
        found = {}
        for path in sorted(paths):
            about = converter.init_single_notebook_resources(path)
            notebook, more = exporter.from_filename(path, resources=about)
            _write(folder, Path(path).name, notebook, more.get("outputs", {}))
            found[Path(path).stem] = nbformat.reads(notebook, as_version=4)
        if findings := check_folder(Path.cwd(), exercise, folder):  # with the last notebook in it
            raise LeakError(findings[0])
        return found


def _write(folder: Path, name: str, notebook: str, outputs: dict[str, bytes]) -> None:
    (folder / name).write_text(notebook, "utf-8")
    for other, content in outputs.items():
        (folder / other).write_bytes(content)


@contextmanager
def _course_folder(converter: Any) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(converter.coursedir.root)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _staged(converter: Any, source: Path) -> Iterator[Path]:
    """A folder with the files that nbgrader would copy beside the notebooks."""
    with tempfile.TemporaryDirectory() as place:
        for name in find_all_files(str(source), [*converter.coursedir.ignore, "*.ipynb"]):
            target = Path(place) / os.path.relpath(name, source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, target)
        yield Path(place)


def pending(converter: Any, exercise: str, notebooks: Notebooks) -> list[Change]:
    """What nbgrader could not change itself: cells and notebooks that come or go, where work was handed in."""
    with Gradebook(converter.coursedir.db_url, converter.coursedir.course_id) as gradebook:
        try:
            assignment = gradebook.find_assignment(exercise)
        except MissingEntry:
            return []
        if not assignment.submissions:
            return []
        return [change for change in changes(assignment, notebooks) if change.structural]
