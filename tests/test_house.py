"""Imports go one way: each room of the house may use those below it, never those above."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("vaegan", "judge", "graders", "solutions", "tests", "benchmarks")
MAY_IMPORT = {"vaegan": set(), "judge": set(), "graders": {"judge"}, "solutions": {"vaegan"}}


# Shelves of judge/, from the lowest: each may use those before it.
SHELVES = "machine course sandbox submission suite grade reports nbgrader push commands".split()


def modules_imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports, in functions too; `from judge import suite` is one."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            plain |= inside if node.module in ROOMS else {node.module or ""}
    return plain


def files(room: str) -> list[Path]:
    """The Python files of a room."""
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(room):
    for path in files(room):
        rooms = {name.split(".")[0] for name in modules_imported(path)} & set(ROOMS)
        assert rooms <= MAY_IMPORT[room] | {room}, path


def test_every_module_of_the_judge_is_on_a_shelf_and_uses_none_above_it():
    assert {path.stem for path in (ROOT / "judge").glob("*.py")} == {"__init__", "__main__"}
    assert {path.parent.name for path in (ROOT / "judge").glob("*/*.py")} == set(SHELVES)
    for path in (ROOT / "judge").glob("*/*.py"):
        own = SHELVES.index(path.parent.name)
        used = {name.split(".")[1] for name in modules_imported(path) if name.startswith("judge.")} & set(SHELVES)
        assert {shelf for shelf in used if SHELVES.index(shelf) > own} == set(), path


def test_graders_know_the_judge_by_its_public_api_and_no_tensorflow():
    for path in files("graders"):
        names = modules_imported(path)
        assert {n for n in names if n.split(".")[0] == "judge"} <= {"judge.suite"}, path
        assert not {"tensorflow", "keras"} & {n.split(".")[0] for n in names}, path


def test_graders_of_one_exercise_use_no_other_exercise_s():
    for path in files("graders"):
        own = f"graders.{path.parent.name}"
        others = {n for n in modules_imported(path) if n.startswith("graders.ex") and not n.startswith(own)}
        assert others == set(), path


def test_what_runs_beside_student_code_knows_nothing_of_judging():
    for name in ("agent", "fork_server_process", "walls", "cells", "kernel", "usage", "gpu", "protocol"):
        imported = modules_imported(ROOT / "judge" / "sandbox" / f"{name}.py")
        used = {n for n in imported if n.split(".")[0] in ROOMS}
        assert all(n.startswith("judge.sandbox") for n in used), name
        assert not {"judge.sandbox.session", "judge.sandbox.fork_server", "judge.sandbox.sandbox"} & used, name


def test_no_module_imports_in_a_circle():
    graph = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): modules_imported(path)
        for room in ("vaegan", "judge", "graders")
        for path in files(room)
    }
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join([*above, name])
        if name not in done:
            for used in graph.get(name, ()):
                visit(used, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())
