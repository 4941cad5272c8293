"""A submission whose time ran out while others had the processors is judged again, alone, and never kept so."""

import threading
import time
from dataclasses import dataclass, field

import nbformat
import pytest
from nbformat.v4 import new_notebook

from judge import ROOT
from judge.grade import grading, kept
from judge.grade.store import Store
from judge.machine import quiet
from judge.suite import Check, engine
from judge.suite.engine import Status

CHECK = Check("cell", "It works.", 1.0, (), 30.0, "")


def test_alone_waits_for_the_others_and_makes_new_ones_wait():
    happened = []

    def judge_among_others(name: str, seconds: float) -> None:
        with quiet.among_others():
            happened.append(f"{name} began")
            time.sleep(seconds)
            happened.append(f"{name} ended")

    def judge_alone() -> None:
        with quiet.alone():
            happened.append("alone")

    threads = []
    for work in (
        lambda: judge_among_others("first", 0.6),
        lambda: judge_among_others("second", 0.6),
        judge_alone,
        lambda: judge_among_others("late", 0.0),
    ):
        threads.append(threading.Thread(target=work))
        threads[-1].start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert happened[:2] == ["first began", "second began"]
    assert happened[4:] == ["alone", "late began", "late ended"]


@dataclass
class Busy:
    """A suite that runs nothing: each time it is asked, the sandbox has or has not had its time."""

    contended: list[bool]
    alone: list[bool] = field(default_factory=list)
    checks: dict = field(default_factory=lambda: {"test_it": CHECK})
    check_versions: dict = field(default_factory=lambda: {"test_it": "1"})
    exercise = "ex03_vae"
    root = ROOT

    def judge(self, session, student_id, known):
        session.contended = self.contended[len(self.alone)]
        self.alone.append(is_alone())
        status = Status.FAILED if session.contended else Status.PASSED
        message = "It took too long." if session.contended else ""
        return engine.Judged([engine.Verdict("test_it", CHECK, status, message)], {}, {})


def is_alone() -> bool:
    entered = threading.Event()

    def enter() -> None:
        with quiet.among_others():
            entered.set()

    threading.Thread(target=enter, daemon=True).start()
    return not entered.wait(0.5)


@pytest.fixture
def grade(tmp_path, parent):
    store = Store(tmp_path)
    submission = grading.Submission(nbformat.from_dict(new_notebook()), {})

    def grade_when(*contended: bool):
        busy = Busy(list(contended))
        graded = kept.grade(store, submission, busy, parent=parent, show=False)
        return busy, graded, store.get(kept.key_of(submission, busy, parent))

    return grade_when


def test_what_ran_out_of_others_time_is_judged_again_alone(grade):
    busy, graded, entry = grade(True, False)
    assert busy.alone == [False, True]
    assert [v.status for v in graded.verdicts] == [Status.PASSED]
    assert entry["verdicts"]["test_it"]["status"] == Status.PASSED


def test_where_the_machine_is_too_busy_even_then_it_is_our_fault_and_not_kept(grade):
    busy, graded, entry = grade(True, True)
    assert busy.alone == [False, True]
    assert [v.status for v in graded.verdicts] == [Status.OUR_FAULT]
    assert "too busy to judge" in graded.verdicts[0].message
    assert entry == {}


def test_what_had_its_time_is_judged_once(grade):
    busy, graded, _ = grade(False)
    assert busy.alone == [False]
    assert [v.status for v in graded.verdicts] == [Status.PASSED]
