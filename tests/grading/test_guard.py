"""Work on what a student wrote ends with its own process: its clock and its memory are nobody else's."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from judge.machine import guard
from judge.machine.guard import Clock, LimitReached, guarded
from judge.machine.scratch import remove_leftovers, scratch_folder
from judge.sandbox import shared_fork_server as warm


def test_what_work_returns_and_raises_comes_back():
    assert guarded(lambda: {"points": 4}, 10) == {"points": 4}
    with pytest.raises(FileNotFoundError, match="nothing"):
        guarded(lambda: os.stat("/nothing/there"), 10)


def test_work_happens_in_another_process():
    assert guarded(os.getpid, 10) != os.getpid()


def test_work_that_computes_for_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(guard, "GRACE", 0.5)

    def compute():
        while True:
            pass

    started = time.monotonic()
    with pytest.raises(LimitReached, match="more than 300 seconds"):
        guarded(compute, 0.5)
    assert time.monotonic() - started < 20


def test_work_that_waits_for_a_sandbox_is_not_charged(monkeypatch):
    monkeypatch.setattr(guard, "GRACE", 0.5)
    assert guarded(lambda: time.sleep(1.5) or "late", 0.2) == "late"


def test_work_that_takes_too_much_memory_is_ended():
    with pytest.raises(LimitReached, match="memory"):
        guarded(lambda: len(bytearray(2**30)), 30, memory=2**28)


def test_work_that_crashes_is_no_success():
    with pytest.raises(LimitReached):
        guarded(lambda: os._exit(0), 10)


def test_an_exception_that_cannot_be_sent_keeps_its_words():
    class Odd(Exception):
        def __init__(self, one, two):
            super().__init__(f"{one} and {two}")

    def fail():
        raise Odd("this", "that")

    with pytest.raises(RuntimeError, match="Odd: this and that"):
        guarded(fail, 10)


def test_a_clock_keeps_what_it_is_told():
    clock = Clock(10)
    assert 4.9 < clock.left(keep=5) <= 5
    assert clock.left(keep=11) == 0


KILLED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from judge.machine.scratch import scratch_folder
with scratch_folder() as folder:
    print(folder, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_killed_process_s_folder_is_removed_and_a_living_one_s_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-c", KILLED, root]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    killed = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    folder = Path(killed.stdout.strip())
    assert folder.is_dir() and folder.parent == tmp_path
    (tmp_path / "judge-slots-0").mkdir()
    (tmp_path / "judge-link").symlink_to(Path.home())
    with scratch_folder() as living:
        assert remove_leftovers() == [folder]
        assert living.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["judge-link", "judge-slots-0"]


def test_a_fork_s_sandboxes_come_from_the_process_that_has_imported_tensorflow_already():
    def imported_by():
        warm.fork_server().fork().close()
        return warm.fork_server()._process.pid

    assert warm.guarded_with_sandboxes(imported_by, 60) == warm.fork_server()._process.pid
