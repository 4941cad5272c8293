"""Runs a suite against a session: pytest on the judge's side, one verdict for every check."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from judge.sandbox.session import Session
from judge.suite import Cell, Check
from judge.suite.again import Passed, fail_again, prepare
from judge.suite.expect import CheckFailed, Evidence
from judge.suite.recognition import ANSWERS, read_answers, recognise
from judge.suite.shown_input import shown_input
from judge.suite.stand_ins import StandIns, Waiting, judge_with_stand_ins, read_stand_ins
from judge.suite.student import NOT_THERE, NOT_WRITTEN, Student

AFTER_A_HANG = 10.0  # seconds


class Status(StrEnum):
    """What the judge says of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"
    OUR_FAULT = "our_fault"


@dataclass(frozen=True)
class Verdict:
    """What became of one check.

    Attributes:
        name: the check's function name.
        check: what it asks.
        status: the verdict.
        message: why, for the student; for `our_fault`, for the instructor.
        example: the smallest failing input, or "".
        mistake: the name of the recognised mistake, or "".
        hint: its hint, or "".
        seconds: how long it took.
        stand_ins: the holes in whose place stand-ins stood, separated by commas, or "".
    """

    name: str
    check: Check
    status: Status
    message: str = ""
    example: str = ""
    mistake: str = ""
    hint: str = ""
    seconds: float = 0.0
    stand_ins: str = ""


@dataclass
class _Plugin:
    """The pytest plug-in that gives checks their student and collects verdicts."""

    student: Student | None
    known: Mapping[str, Verdict] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    cell_of: dict[str, Cell] = field(default_factory=dict)
    evidence: dict[str, Evidence | None] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    passed: dict[str, Passed] = field(default_factory=dict)
    functions: dict[str, Callable[[Student], None]] = field(default_factory=dict)
    until_failed: bool = False
    hung: set[str] = field(default_factory=set)  # cells of which a check has used up its time or memory

    def pytest_configure(self, config: pytest.Config) -> None:
        """Other styles write out the arguments of every call, and a student's array can take hours."""
        config.option.tbstyle = "native"

    @pytest.fixture(name="student")
    def give_student(self) -> Student:
        assert self.student is not None
        return self.student

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            check = _check_of(item)
            if not isinstance(check, Check) or item.name in self.checks:
                self.problems.append(f"{item.name} has no @check, or its name is used twice")
            self.checks[item.name] = check
            self.functions[item.name] = getattr(item, "function", None)  # type: ignore[assignment]
            if isinstance(cell := getattr(getattr(item, "function", None), "of_cell", None), Cell):
                self.cell_of[item.name] = cell

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(f"the suite cannot be read: {report.longreprtext}")

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        check = _check_of(pyfuncitem)
        missing = [n for n in check.needs if self._status(n) is not Status.PASSED]
        if self.until_failed:
            missing += [name for name, verdict in self.verdicts.items() if verdict.status is Status.FAILED]
        started = time.monotonic()
        try:
            if missing:
                raise _Skipped(missing[0])
            if pyfuncitem.name in self.known and not self.known[pyfuncitem.name].stand_ins:
                self.verdicts[pyfuncitem.name] = self.known[pyfuncitem.name]
                return True
            assert self.student is not None
            prepare(self.student, self._brief(check))
            try:
                result = yield
            except CheckFailed as failure:
                if not failure.crashed:
                    raise
                self.student.begin_check(check.seconds)
                result = pyfuncitem.obj(self.student)  # a crash counts when it happens again
        except BaseException as error:
            self._add(pyfuncitem.name, check, error, time.monotonic() - started)
            if missing:
                pytest.skip(f"needs {missing[0]}")
            raise
        seconds = time.monotonic() - started
        self._add(pyfuncitem.name, check, None, seconds)
        self.passed[pyfuncitem.name] = Passed(check, pyfuncitem.obj, seconds)
        return result

    def ask_again(self) -> None:
        """Run checks that passed once more; where one fails now, those that need it count as not run."""
        assert self.student is not None
        total = sum(verdict.seconds for name, verdict in self.verdicts.items() if name not in self.known)
        for name, error in fail_again(self.passed, self.student, total).items():
            self._add(name, self.checks[name], error, self.verdicts[name].seconds)
            self.evidence.pop(name, None)  # it is no mistake of those that a patch makes
        for name, verdict in self.verdicts.items():
            missing = [n for n in verdict.check.needs if self._status(n) is not Status.PASSED]
            if missing and verdict.status is Status.PASSED:
                self._add(name, verdict.check, _Skipped(missing[0]), 0.0)

    def stand_in(self, stand_ins: StandIns, session: Session, untouched: Collection[str]) -> None:
        """Judge what other holes hold up with stand-ins in their place; a hole that is as handed out gains nothing."""
        assert self.student is not None
        stand_ins.passed |= {n: frozenset() for n, v in self.verdicts.items() if v.status is Status.PASSED}
        waiting = {
            name: Waiting(verdict.check, self.functions[name], hole, verdict.status is Status.FAILED)
            for name, verdict in self.verdicts.items()
            if name not in stand_ins.passed and (hole := stand_ins.hole_of.get(name, "")) not in untouched
        }
        for name, holes, student, error in judge_with_stand_ins(stand_ins, waiting, session, self.student.identity):
            if error is not None and self.verdicts[name].status is Status.FAILED and not _is_open(self.verdicts[name]):
                continue  # it failed by itself
            asked, self.student = self.student, student
            self._add(name, waiting[name].check, error, 0.0)
            self.student = asked
            self.evidence.pop(name, None)  # mutants have no stand-ins
            verdict, note = self.verdicts[name], stand_ins.note(holes)
            if verdict.status is not Status.OUR_FAULT:
                message = f"{verdict.message} {note}".strip()
                self.verdicts[name] = replace(verdict, message=message, stand_ins=",".join(sorted(holes)))

    def _brief(self, check: Check) -> Check:
        """The check, with less time where others of its cell have hung: the rest of the work needs some, too."""
        return replace(check, seconds=min(check.seconds, AFTER_A_HANG)) if check.cell in self.hung else check

    def _input_of(self, error: CheckFailed) -> str:
        return shown_input(self.student.asked, error) if self.student else ""

    def _status(self, name: str) -> Status:
        return self.verdicts[name].status if name in self.verdicts else Status.NOT_RUN

    def _add(self, name: str, check: Check, error: BaseException | None, seconds: float) -> None:
        match error:
            case None:
                verdict = Verdict(name, check, Status.PASSED, seconds=seconds)
            case _Skipped(args=[needed]):
                says = self.verdicts[needed].check.says if needed in self.verdicts else needed
                verdict = Verdict(name, check, Status.NOT_RUN, f"First make this pass: {says}")
            case CheckFailed():
                self.hung |= {check.cell} if error.fatal and not error.crashed else set()
                mistake, self.evidence[name] = error.mistake, error.evidence
                verdict = Verdict(
                    name, check, Status.FAILED, error.message, error.example or self._input_of(error),
                    mistake.name if mistake else "", mistake.hint if mistake else "", seconds,
                )  # fmt: skip
            case _:
                text = "".join(traceback.format_exception(error))
                verdict = Verdict(name, check, Status.OUR_FAULT, text, seconds=seconds)
        self.verdicts[name] = verdict


class _Skipped(Exception):
    """A check whose needs have not passed; its argument is the needed check's name."""


class SuiteBroken(RuntimeError):
    """The suite could not be read or run to its end: our fault."""


@dataclass(frozen=True)
class Judged:
    """What a suite said of one notebook.

    Attributes:
        verdicts: one per check, in the suite's order.
        evidence: what came back, by check that ran and failed.
        named: the mistake that a failed check named by itself, without recorded answers.
    """

    verdicts: list[Verdict]
    evidence: dict[str, Evidence | None]
    named: dict[str, str]


@dataclass(frozen=True)
class Collected:
    """What a suite holds, by the name of the check.

    Attributes:
        checks: what each asks.
        cells: for each check that says so, the cell whose points it shares.
    """

    checks: Mapping[str, Check]
    cells: Mapping[str, Cell]


def judge(
    suite: Path,
    version: str,
    session: Session,
    student_id: str = "",
    known: Mapping[str, Verdict] | None = None,
    *,
    again: bool = True,
    until_failed: bool = False,
    untouched: Collection[str] = (),
) -> Judged:
    """Judge one notebook: see `judge.suite.suites.Suite.judge`."""
    plugin = _Plugin(Student(session, student_id), known or {}, until_failed=until_failed)
    _run_pytest(suite, version, plugin)
    if plugin.verdicts.keys() != plugin.checks.keys():
        raise SuiteBroken(f"{suite.name} did not judge {sorted(plugin.checks.keys() - plugin.verdicts.keys())}")
    if again:
        plugin.ask_again()
        hole_of = {name: cell.hole for name, cell in plugin.cell_of.items()}
        stand_ins = StandIns(read_stand_ins(suite.parent, version), hole_of, {})
        plugin.stand_in(stand_ins, session, untouched)
    named = {name: verdict.mistake for name, verdict in plugin.verdicts.items() if verdict.mistake}
    _name_mistakes(suite, plugin, named)
    return Judged(list(plugin.verdicts.values()), plugin.evidence, named)


def collect(suite: Path, version: str) -> Collected:
    """What a suite holds, without running it.

    Raises:
        SuiteBroken: if the suite cannot be read or holds no check.
    """
    plugin = _Plugin(None)
    _run_pytest(suite, version, plugin, "--collect-only")
    return Collected(plugin.checks, plugin.cell_of)


def _name_mistakes(suite: Path, plugin: _Plugin, named: Mapping[str, str]) -> None:
    """Name the mistakes that recorded answers recognise, where a check has not named one itself."""
    if not plugin.evidence or not plugin.cell_of:
        return
    failed = {v.name: plugin.evidence.get(v.name) for v in plugin.verdicts.values() if v.status is Status.FAILED}
    mistakes = {name: cell.mistakes for name, cell in plugin.cell_of.items()}
    found = recognise(failed, named, mistakes, read_answers(suite.parent / ANSWERS))
    for name, mistake in found.items():
        plugin.verdicts[name] = replace(plugin.verdicts[name], mistake=mistake.name, hint=mistake.hint)


_imported: dict[Path, str] = {}  # which version of a suite's modules this process holds


def _forget_old_modules(folder: Path, version: str) -> None:
    """Python imports a module once: a process that outlives a change of the suite would judge with the old one."""
    if _imported.setdefault(folder, version) != version:
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").parent == folder:
                del sys.modules[name]
        _imported[folder] = version


def _forget_another_root(graders: Path) -> None:
    """A folder of suites that is no package, once imported, would hide this kit's package of that name."""
    package = sys.modules.get(graders.name)
    if package and not getattr(package, "__file__", None) and str(graders) not in list(package.__path__):
        del sys.modules[graders.name]


def _run_pytest(suite: Path, version: str, plugin: _Plugin, *more: str) -> None:
    _forget_old_modules(suite.parent, version)
    root = suite.resolve().parents[2]
    _forget_another_root(root / "graders")
    options = ["--capture=no", "--import-mode=importlib",
               "-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:unraisableexception",
               "-p", "no:threadexception", "--disable-plugin-autoload",
               "-c", os.devnull, "--rootdir", str(root)]  # fmt: skip
    code = pytest.main([*options, *more, str(suite)], plugins=[plugin])
    if plugin.problems or not plugin.checks or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        detail = "; ".join(plugin.problems) or f"pytest ended with {code!r}"
        raise SuiteBroken(f"{suite.name} could not judge: {detail}")


def _is_open(verdict: Verdict) -> bool:
    """Whether something that a failed check called is not written yet, or not there."""
    return NOT_WRITTEN in verdict.message or NOT_THERE in verdict.message


def _check_of(item: Any) -> Any:
    return getattr(getattr(item, "function", None), "check", None)
