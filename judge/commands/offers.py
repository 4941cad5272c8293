"""Asks all that `vaegan` offers to students what the hidden checks ask of each hole: nothing may give the answers.

Names do not matter, since the functions are run: private ones, methods, and those that stand in a module as text.
A hole whose answers are random, or depend on weights, cannot be compared this way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from judge.commands.workbench import Workbench
from judge.course.handouts import given_files
from judge.grade.grading import Submission
from judge.sandbox.outcomes import Outcome, Returned
from judge.sandbox.session import Code, Session
from judge.sandbox.shared_fork_server import fork_server
from judge.submission.stubs import open_functions
from judge.suite import zoo
from judge.suite.engine import Status

_PROBE = Path(__file__).with_name("offers_probe.py")
_SECONDS = 1_200.0


def offered_answers(
    bench: Workbench,
    *,
    package: str = "vaegan",
    files: Mapping[str, bytes] | None = None,
) -> Iterator[str]:
    """One sentence for each thing that answers a hole as the solution does.

    Args:
        bench: the solved lesson.
        package: what students can import.
        files: further modules of theirs beside the notebook.
    """
    holes = sorted({hole for text in bench.stubs.values() for hole in open_functions(text, text)})
    notebook = zoo.submission(bench.released, bench.solved)
    start = f"import sys, offers_probe\noffers_probe.record(sys.modules[__name__], {holes!r})"
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
        for hole in holes:
            answer = session.request(
                _SECONDS, "call", target="offers_probe_answers", method=None, args=[package, hole], kwargs={}
            )
            yield from _findings(bench, hole, answer)


def _findings(bench: Workbench, hole: str, outcome: Outcome) -> Iterator[str]:
    if not isinstance(outcome, Returned) or not isinstance(outcome.value, list):
        yield f"{bench.suite}: what vaegan offers could not be asked for {hole}: {outcome}. Run the check again."
        return
    for where in outcome.value:
        yield f"{where} answers the hole {hole} of {bench.suite.exercise}. Change what it computes, or take it out."
