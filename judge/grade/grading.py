"""Grades one notebook: runs it in a sandbox, judges it with its suite, and collects what it showed.

What was graded before comes in as data and what is graded goes out as data; `judge.grade.kept` keeps it.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat.v4 import new_output
from nbgrader import utils

from judge.course.handouts import given_files
from judge.grade.store import submission_key
from judge.machine import quiet
from judge.machine.guard import SUBMISSION_SECONDS, Clock
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Outcome
from judge.sandbox.outputs import clean_outputs
from judge.sandbox.session import Code, Session
from judge.sandbox.shared_fork_server import fork_server
from judge.submission.folders import MAX_NOTEBOOK, as_notes, left_out, walk
from judge.submission.intake import INACTIVE, LONG
from judge.suite.engine import Status, Verdict
from judge.suite.student import explain
from judge.suite.suites import Suite, suite_of


@dataclass(frozen=True)
class Known:
    """What is known of a submission from an earlier grading, and still holds.

    Attributes:
        verdicts: by name of the check.
        outputs: what each run cell showed, by cell id; None if it was not kept.
        notes, walls, seconds: as in `Grading`; seconds is None if nothing was kept.
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    outputs: dict[str, list[Any]] | None = None
    notes: list[str] = field(default_factory=list)
    walls: list[str] = field(default_factory=list)
    seconds: float | None = None


@dataclass
class Grading:
    """What came out of grading one notebook.

    Attributes:
        verdicts: one per check.
        outputs: what each run cell showed, by cell id.
        notes: sentences for the student, e.g. about cells that had to be stopped.
        walls: the names of the walls that stood.
        seconds: wall time of judging, whenever that was.
        to_keep: whether something was judged that holds next time too.
    """

    verdicts: list[Verdict]
    outputs: dict[str, list[Any]]
    notes: list[str]
    walls: list[str]
    seconds: float
    to_keep: bool = False


@dataclass
class Submission:
    """A sound notebook (see `judge.submission.intake`), the student's other files by relative path, and whose it is."""

    notebook: Any
    files: dict[str, bytes] = field(default_factory=dict)
    student_id: str = ""

    def judged_code(self) -> Code:
        """What the suite judges: answers, given code and the student's own cells, without the visible
        checks and pictures that were handed out."""
        return self._code({LONG, INACTIVE})

    def shown_code(self) -> Code:
        """What is run for its outputs: every code cell but the long ones and the test cells, under which the
        judge's words stand."""
        return self._code({LONG}, with_test_cells=False)

    def with_given(self, suite: Suite) -> Submission:
        """The same with the files that students were given as they were given."""
        return replace(self, files=self.files | given_files(suite.root, suite.exercise))

    def key(self) -> str:
        """Identifies all that a verdict on this submission may depend on, the suite apart."""
        cells = [(f"cell {name}", source.encode("utf-8", "replace")) for name, source in self.shown_code().cells]
        judged = [(f"judged {name}", b"") for name, _ in self.judged_code().cells]
        files = [(f"file {name}", content) for name, content in sorted(self.files.items())]
        return submission_key([("student", self.student_id.encode()), *cells, *judged, *files])

    def _code(self, left_out: set[str], *, with_test_cells: bool = True) -> Code:
        cells = [c for c in self.notebook.cells if c.cell_type == "code"]
        cells = [c for c in cells if with_test_cells or not is_test(c)]
        cells = [c for c in cells if not left_out & set(c.metadata.get("tags", []))]
        return Code(tuple((cell.id, cell.source) for cell in cells), self.files)


def is_test(cell: Any) -> bool:
    """Whether a cell is scored by the judge: graded, and not answered by the student."""
    return bool(utils.is_grade(cell)) and not utils.is_solution(cell)


def judged_notebooks(course: Path, exercise: str) -> list[str]:
    """The names of the exercise's released notebooks that a suite judges, without .ipynb."""
    released = sorted((course / "release" / exercise).glob("*.ipynb"))
    return [path.stem for path in released if suite_of(exercise, path.stem).exists()]


def grade(
    submission: Submission,
    suite: Suite,
    known: Known | None = None,
    *,
    parent: ForkServer | None = None,
    show: bool = True,
    beside: bool = False,
    seconds: float = SUBMISSION_SECONDS,
) -> Grading:
    """Run a notebook for what it shows, start it over without its pictures, and judge it.

    Args:
        submission: what was handed in.
        suite: what judges it.
        known: what of it need not be judged again.
        parent: where sandboxes come from; this process's own if None.
        show: False leaves the outputs out.
        beside: shows in a sandbox of its own while the other is judged: more work, done sooner where a
            processor has nothing else to do.
        seconds: how long all of it may take; what is not done then has failed.

    Raises:
        IsolationMissing: if the walls cannot be built here.
        SandboxUnavailable, SuiteBroken: if the judge itself fails; nothing is graded then.
    """
    parent, known = parent or fork_server(), known or Known()
    with quiet.among_others():
        graded, contended = _grade(submission, suite, known, parent, show, beside, seconds)
    if contended:
        with quiet.alone():
            graded, contended = _grade(submission, suite, known, parent, show, beside, seconds)
    return replace(graded, verdicts=_not_charged(graded.verdicts), to_keep=False) if contended else graded


def _not_charged(verdicts: list[Verdict]) -> list[Verdict]:
    """Verdicts where the machine, even with no other submission on it, left this one no time."""
    busy = (
        "This machine is too busy to judge: other programs had the processors while the submission waited for them. "
        "Grade again when it is quieter, or with fewer --jobs."
    )
    return [v if v.status is Status.PASSED else replace(v, status=Status.OUR_FAULT, message=busy) for v in verdicts]


def _grade(
    submission: Submission, suite: Suite, known: Known, parent: ForkServer, show: bool, beside: bool,
    most_seconds: float,
) -> tuple[Grading, bool]:  # fmt: skip
    """What was graded, and whether time ran out that others had."""
    started, clock = time.monotonic(), Clock(most_seconds)
    submission = submission.with_given(suite)
    with (
        Session(parent, submission.shown_code(), total_seconds=min(120.0, 0.4 * most_seconds)) as showing,
        ThreadPoolExecutor(1) as pool,
    ):
        shown = pool.submit(_show, showing) if show and known.outputs is None else None
        if shown and not beside:
            shown.result()
        with Session(parent, submission.judged_code(), total_seconds=clock.left(), with_gpu=parent.has_gpu) as session:
            if not beside:
                session.take_over(showing)
            verdicts = _verdicts(session, suite, submission.student_id, known.verdicts)
        outputs = shown.result() if shown else known.outputs or {}
    contended, judged = session.contended or showing.contended, session.generation > 0
    new = time.monotonic() - started
    graded = Grading(
        verdicts, clean_outputs_of(outputs),
        _fatal_notes(session) if judged else known.notes,
        session.walls or known.walls,
        new if judged or known.seconds is None else known.seconds,
        judged,
    )  # fmt: skip
    return graded, contended


def _verdicts(session: Session, suite: Suite, student: str, known: dict[str, Verdict]) -> list[Verdict]:
    if known and known.keys() == suite.checks.keys():
        return [known[name] for name in suite.checks]
    known = {name: v for name, v in known.items() if v.status is not Status.NOT_RUN}
    if not known:
        session.load()  # otherwise the first check that has to run loads it
    return suite.judge(session, student, known).verdicts


def stopped(suite: Suite, why: str) -> Grading:
    """What comes of a submission that had to be stopped: no check has passed, and each says why."""
    return Grading([Verdict(n, c, Status.FAILED, why) for n, c in suite.checks.items()], {}, [], [], 0.0)


def clean_outputs_of(outputs: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Outputs by cell id as nbformat's own objects, also when they come from a store."""
    return {name: clean_outputs(shown) for name, shown in outputs.items()}


def _fatal_notes(session: Session) -> list[str]:
    sources = dict(session.code.cells)
    return [_fatal_cell(sources[name], outcome) for name, outcome in session.fatal_cells.items()]


def _show(session: Session) -> dict[str, list[Any]]:
    """What each cell shows, by cell id; no verdict depends on it."""
    session.load()
    stopped = {name: f"This cell was stopped: {explain(o, 'it')}" for name, o in session.fatal_cells.items()}
    told = {name: [new_output("stream", name="stderr", text=text)] for name, text in stopped.items()}
    return clean_outputs_of(session.outputs) | told


def read_files(folder: Path, suffixes_left_out: tuple[str, ...] = (".ipynb",)) -> tuple[dict[str, bytes], list[str]]:
    """The submission's other files, regular ones of modest size, and a note for each kind that was left out."""
    entries = [e for e in walk(folder) if not e.path.endswith((*suffixes_left_out, ".result.json"))]
    reasons = left_out(entries)
    kept = [e for e in entries if e.is_file and e.path not in reasons]
    kept = [e for e in kept if e.status.st_size <= MAX_NOTEBOOK]  # other files have less
    return {e.path: (folder / e.path).read_bytes() for e in kept}, as_notes(reasons, "Left out and not graded")


def _fatal_cell(source: str, outcome: Outcome) -> str:
    first = next((line for line in source.splitlines() if line.strip()), "").strip()[:60]
    return f"{explain(outcome, first)} This cell was skipped, and the rest was graded without it."
