"""A sandbox's time is its own: no neighbour uses it up, and who sleeps or computes does not get more."""

import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from judge.sandbox import clock
from judge.sandbox.outcomes import Returned, TimedOut
from judge.sandbox.session import Code, Session

pytestmark = pytest.mark.isolation
WORK = """
import time
def work(seconds):
    started = time.process_time()
    while time.process_time() - started < seconds:
        pass
    return 1
def sleep():
    time.sleep(60)
"""
CROWD = """
import os, time
for _ in range(60):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        while True:
            pass
time.sleep(60)
"""
BUSY = "import os\nos.setsid()\nwhile True: pass"


def call(session, name, *args, seconds):
    return session.request(seconds, "call", target=name, method=None, args=list(args), kwargs={})


@contextmanager
def busy_machine(number: int):
    """So many programs that compute, each in a session of its own."""
    programs = [subprocess.Popen([sys.executable, "-S", "-c", BUSY]) for _ in range(number)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def test_a_neighbour_with_sixty_busy_processes_takes_nobodys_time(parent):
    with (
        Session(parent, Code((("c", CROWD),)), cell_seconds=8) as crowd,
        Session(parent, Code((("c", WORK),))) as honest,
    ):
        honest.load()
        neighbour = threading.Thread(target=crowd.load)
        neighbour.start()
        time.sleep(2)
        started = time.monotonic()
        assert call(honest, "work", 2.0, seconds=3.0) == Returned(1)
        assert time.monotonic() - started < 12  # without shares it takes a minute
        neighbour.join()
        assert crowd.fatal_cells == {"c": TimedOut(8)}


def test_time_that_others_had_is_not_the_sandboxes(parent):
    with Session(parent, Code((("c", WORK),))) as session, busy_machine(8):
        session.load()
        started = time.monotonic()
        assert call(session, "work", 1.5, seconds=2.5) == Returned(1)
        assert time.monotonic() - started > 2.5, "the machine was not busy enough to show anything"


def test_a_sandbox_that_had_no_time_is_told_from_one_that_used_it_up(parent, monkeypatch):
    monkeypatch.setattr(clock, "PATIENCE", 2.0)
    with Session(parent, Code((("c", WORK),))) as session, busy_machine(30):
        session.load()
        outcome = call(session, "work", 3.0, seconds=3.0)
        assert outcome == TimedOut(3.0, contended=True)
        assert session.contended


@pytest.mark.parametrize("name", ["sleep", "work"])
def test_who_sleeps_or_computes_is_stopped_after_its_own_time(parent, name):
    with Session(parent, Code((("c", WORK),))) as session:
        session.load()
        outcome = call(session, name, *([60.0] if name == "work" else []), seconds=2.0)
        assert outcome == TimedOut(2.0)
        assert not session.contended


CONTENDS_WITH_ITSELF = """
import os, signal, time
def contend():
    for _ in range(30):
        if os.fork() == 0:
            while True:
                if os.fork() == 0:
                    started = time.process_time()
                    while time.process_time() - started < 0.05:
                        pass
                    os._exit(0)
                os.wait()
    while True:
        pass
"""


def test_who_takes_the_processors_from_itself_gets_no_more_time(parent):
    with Session(parent, Code((("c", CONTENDS_WITH_ITSELF),))) as session:
        session.load()
        started = time.monotonic()
        outcome = call(session, "contend", seconds=4.0)
        assert isinstance(outcome, TimedOut)
        assert not outcome.contended
        assert time.monotonic() - started < 10


def test_a_crowd_of_ones_own_waits_for_itself_on_a_busy_machine_too(parent):
    with Session(parent, Code((("c", CROWD),)), cell_seconds=6) as crowd, busy_machine(4):
        crowd.load()
        assert crowd.fatal_cells == {"c": TimedOut(6)}
        assert not crowd.contended
