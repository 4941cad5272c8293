"""A lesson as its students run it: as a module, cell by cell, and with its holes still open."""

import importlib.util

import pytest

from judge.course.lesson import read_lesson
from judge.course.regions import stub_code
from vaegan import ToImplement


def as_module(path):
    """A Python file as a module; of a lesson only the classes and functions are active."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code_cells(lesson, *, long=False):
    """The cells that grading runs again, or with the long ones."""
    cells = read_lesson(lesson).cells
    return [cell for cell in cells if cell.kind == "code" and (long or "long" not in cell.tags)]


def run_cells(lesson, *, long=False, edit=lambda source: source):
    """Run a lesson's cells in one namespace, and return that."""
    namespace = {"__name__": "__main__"}
    for cell in code_cells(lesson, long=long):
        exec(compile(edit(cell.source), f"<{lesson.stem}: {cell.grade_id}>", "exec"), namespace)
    return namespace


def checks_that_meet_their_hole(lesson, *, long=False, also_run=()):
    """Run an unsolved lesson's graded cells, and some others; each visible check must meet a hole.

    Returns:
        The grade ids of these checks.
    """
    namespace, met = {"__name__": "__main__"}, []
    for cell in code_cells(lesson, long=long):
        if cell.role == "test":
            with pytest.raises(ToImplement):
                exec(cell.source, namespace)
            met.append(cell.grade_id)
        elif cell.role is not None or cell.grade_id in also_run:
            exec(stub_code(cell.source), namespace)
    return met
