"""Asks all that `vaegan` offers to students what the hidden checks ask of each hole: nothing may give the answers.

Names do not matter, since the functions are run: private ones, methods, and those that stand in a module as text.
A hole whose answers are random, or depend on weights, cannot be compared this way.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from judge.commands.record import Workbench
from judge.course.handouts import given_files
from judge.grade.grading import Submission
from judge.sandbox.outcomes import Outcome, Returned
from judge.sandbox.session import Code, Session
from judge.sandbox.shared_fork_server import fork_server
from judge.suite import zoo
from judge.suite.engine import Status

_PROBE = Path(__file__).with_name("offers_probe.py")
_SECONDS = 1_200.0
# What a lesson gives on purpose: (hole, where it is) -> why.
GIVEN: dict[tuple[str, str], str] = {}


def offered_answers(
    bench: Workbench,
    *,
    packages: Sequence[str] = ("vaegan",),
    files: Mapping[str, bytes] | None = None,
) -> Iterator[str]:
    """One sentence for each thing that answers a hole as the solution does.

    Args:
        bench: the solved lesson.
        packages: what students can import.
        files: further modules of theirs beside the notebook.
    """
    holes = sorted({hole for text in bench.stubs.values() for hole in holes_in(text)})
    notebook = zoo.submission(bench.released, bench.solved)
    start = f"import offers_probe\noffers_probe.record(globals(), {holes!r})"
    code = Code(
        (*Submission(notebook).judged_code().cells, ("record", start)),
        given_files(bench.suite.root, bench.suite.exercise)
        | {"offers_probe.py": _PROBE.read_bytes()}
        | dict(files or {}),
    )
    with Session(fork_server(), code, total_seconds=_SECONDS) as session:
        session.load()
        verdicts = bench.suite.judge(session).verdicts
        if any(verdict.status is not Status.PASSED for verdict in verdicts):
            yield f"{bench.suite}: the solution did not pass while its answers were noted. Run the check again."
        session.request(30.0, "run_cell", source="offers_probe_answers = offers_probe.answers")
        for hole, package in itertools.product(holes, packages):
            call: dict[str, Any] = {
                "target": "offers_probe_answers",
                "method": None,
                "args": [package, hole],
                "kwargs": {},
            }
            yield from _findings(bench, hole, session.request(_SECONDS, "call", **call))


def _findings(bench: Workbench, hole: str, outcome: Outcome) -> Iterator[str]:
    if not isinstance(outcome, Returned) or not isinstance(outcome.value, list):
        yield f"{bench.suite}: what vaegan offers could not be asked for {hole}: {outcome}. Run the check again."
        return
    for where in outcome.value:
        if (hole, where) not in GIVEN:
            yield f"{where} answers the hole {hole} of {bench.suite.exercise}. Change what it computes, or take it out."


def holes_in(stub: str) -> list[str]:
    """The functions and methods of a stub that are to be written: "kl", "VAE.encode"."""
    found = []
    for node in ast.parse(stub).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        found += [
            f"{prefix}{function.name}"
            for function in inner
            if isinstance(function, ast.FunctionDef) and _is_open(function)
        ]
    return found


def _is_open(function: ast.FunctionDef) -> bool:
    raised = (node.exc for node in ast.walk(function) if isinstance(node, ast.Raise))
    return any(isinstance(exc, ast.Call) and getattr(exc.func, "id", "") == "ToImplement" for exc in raised)
