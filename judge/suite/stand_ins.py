"""Stand-ins: each hole stands on its own.

A check that needs another hole, which fails, is judged with a stand-in in that hole's place: functions and classes of
the same names and arguments, and with another simple formula, so that nothing of the solution is in the sandbox.
`graders/<exercise>/stand_ins.py` holds them, each under the grade_id of the hole that it fills:

    # %% grade_id="kl"
    def kl_to_standard_normal(z_mean, z_log_var):
        return ops.sum(ops.square(z_mean) + ops.square(z_log_var), axis=-1)

A check that compares with a formula of its own asks `student.stand_in(hole)` which one to take.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from judge.sandbox.session import Session
from judge.suite import Check
from judge.suite.again import failure_of
from judge.suite.expect import CheckFailed
from judge.suite.student import Student

STAND_INS = "stand_ins.py"
_HEADER = re.compile(r'^# %% grade_id="(\w+)"\n', re.MULTILINE)
Holes = frozenset[str]


@functools.lru_cache(maxsize=64)
def read_stand_ins(folder: Path, version: str) -> Mapping[str, str]:
    """The text of each stand-in, by the hole that it fills; of an earlier version of the suite another one."""
    path = folder / STAND_INS
    parts = _HEADER.split(path.read_text("utf-8"))[1:] if path.exists() else []
    return {hole: text.strip() for hole, text in zip(parts[::2], parts[1::2], strict=True)}


def defined_by(text: str) -> list[str]:
    """The functions and classes that a stand-in defines."""
    return [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


@dataclass(frozen=True)
class Waiting:
    """A check that has not passed.

    Attributes:
        check: what it asks.
        ask: its function.
        hole: the hole that it judges.
        failed: whether it ran, and failed.
    """

    check: Check
    ask: Callable[[Student], None]
    hole: str
    failed: bool


@dataclass
class StandIns:
    """The stand-ins of a suite, and where they stood.

    Attributes:
        texts: of each stand-in, by its hole.
        hole_of: the hole that each check judges, by name of the check.
        passed: the checks that passed, with the holes in whose place stand-ins stood.
        stood: the same of the checks that stand-ins were tried for, passed or not.
    """

    texts: Mapping[str, str]
    hole_of: Mapping[str, str]
    passed: dict[str, Holes]
    stood: dict[str, Holes] = field(default_factory=dict)

    def needed_by(self, waiting: Waiting, stopped: Collection[str]) -> Holes:
        """The holes that need a stand-in, if the check is to be judged; none if that does not help.

        Args:
            waiting: the check.
            stopped: holes whose cell did not come to its end.
        """
        unsure = [self.hole_of[name] for name in waiting.check.uses if name not in self.passed]
        holes = {*stopped, *unsure} if waiting.failed else set()
        for need in waiting.check.needs:
            if need not in self.passed:
                if self.hole_of.get(need) in (waiting.hole, None):
                    return frozenset()
                holes |= {self.hole_of[need], *self.stood.get(need, ())}
            holes |= self.passed.get(need, frozenset())
        holes -= {waiting.hole}
        return frozenset(holes) if holes <= self.texts.keys() and not waiting.check.whole else frozenset()

    def note(self, holes: Collection[str]) -> str:
        """What feedback says: for which of a student's functions and classes something else stood."""
        names = [f"`{name}`" for hole in self.texts if hole in holes for name in defined_by(self.texts[hole])]
        last = f" and {names[-1]}" if len(names) > 1 else names[-1]
        return f"Judged with a stand-in for your {', '.join(names[:-1])}{last}."


def judge_with_stand_ins(
    stand_ins: StandIns, waiting: Mapping[str, Waiting], session: Session, identity: str
) -> Iterator[tuple[str, Holes, Student, Exception | None]]:
    """Judge what waits for other holes, in the suite's order.

    Args:
        stand_ins: the stand-ins; what passes is added to it.
        waiting: the checks that have not passed, by name.
        session: the submission; its sandbox ends as soon as another one is needed.
        identity: whose it is.

    Yields:
        The check's name, the holes that had stand-ins, the student that it was asked of, and what went wrong.
    """
    running: tuple[Holes, Session] | None = None
    stopped = stand_ins.texts.keys() & session.cell_errors.keys()
    try:
        for name, one in waiting.items():
            holes = stand_ins.needed_by(one, stopped)
            if not holes:
                continue
            if running is None or running[0] != holes:
                if running is not None:
                    session.join(running[1])
                running = holes, session.with_cells({hole: stand_ins.texts[hole] for hole in holes})
            student = Student(running[1], identity, stand_ins=holes)
            error = _ask(one, student)
            stand_ins.stood[name] = holes
            if error is None:
                stand_ins.passed[name] = holes
            yield name, holes, student, error
    finally:
        if running is not None:
            session.join(running[1])


def _ask(one: Waiting, student: Student) -> Exception | None:
    """What goes wrong; a crash counts when it happens again."""
    error = failure_of(one.check, one.ask, student)
    if isinstance(error, CheckFailed) and error.crashed:
        error = failure_of(one.check, one.ask, student)
    return error
