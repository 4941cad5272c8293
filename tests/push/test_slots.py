"""Only so many pushes are graded at once, and a process that dies gives its place back."""

import subprocess
import sys
import threading
import time

import pytest

from judge.machine.slots import slot

HOLDER = """
import sys, time
from pathlib import Path
from judge.machine.slots import slot
with slot(1, Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "slots"


def test_the_second_waits_and_is_told_so(folder):
    told, entered = threading.Event(), threading.Event()

    def second() -> None:
        with slot(1, folder, told.set):
            entered.set()

    with slot(1, folder):
        thread = threading.Thread(target=second)
        thread.start()
        assert told.wait(10)
        assert not entered.wait(0.5)
    assert entered.wait(10)
    thread.join()


def test_two_places_are_two_places(folder):
    with slot(2, folder), slot(2, folder, lambda: pytest.fail("a place was free")):
        pass


def test_a_killed_process_gives_its_place_back(folder):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, folder], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    threading.Timer(0.5, holder.kill).start()
    started = time.monotonic()
    with slot(1, folder):
        assert time.monotonic() - started < 30
    holder.communicate()


def test_a_folder_that_is_only_a_link_is_refused(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match="must be a folder of this account"), slot(1, folder):
        pass


def test_no_limit_needs_no_folder(folder):
    with slot(0, folder):
        assert not folder.exists()
