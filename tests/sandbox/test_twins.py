"""One warm parent for all processes of the judge: each is served by a twin of its own."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from judge.sandbox.outcomes import Returned
from judge.sandbox.parent import WarmParent
from judge.sandbox.session import Code, Session


def listening(address: Path) -> WarmParent:
    warm = WarmParent()
    warm.listen(address)
    warm.start()
    return warm


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return tmp_path_factory.mktemp("warm") / "socket"


@pytest.fixture(scope="module")
def owner(address):
    with listening(address) as warm:
        yield warm


def answer(parent: WarmParent) -> int:
    with Session(parent, Code((("c0", "def answer(): return 42"),))) as session:
        outcome = session.request(20.0, "call", target="answer", method=None, args=[], kwargs={})
        assert isinstance(outcome, Returned)
        return outcome.value


def twins(owner: WarmParent) -> list[psutil.Process]:
    return psutil.Process(owner._process.pid).children()


def wait_until(holds) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_whoever_joins_is_served_by_a_twin_and_starts_nothing(owner, address):
    with WarmParent(address=address) as first, WarmParent(address=address) as second:
        assert [answer(first), answer(second), answer(owner)] == [42, 42, 42]
        assert first._process is None and second._process is None
        wait_until(lambda: len(twins(owner)) == 2)


def test_a_twin_ends_with_whom_it_serves_and_leaves_the_others_alone(owner, address):
    with WarmParent(address=address) as stays:
        with WarmParent(address=address) as leaves:
            answer(leaves)
            answer(stays)
        wait_until(lambda: len(twins(owner)) == 1)
        assert answer(stays) == 42


def test_a_twin_that_dies_is_followed_by_another(owner, address):
    with WarmParent(address=address) as joined:
        answer(joined)
        wait_until(lambda: len(twins(owner)) == 1)
        (twin,) = twins(owner)
        twin.kill()
        wait_until(lambda: not twins(owner))
        assert answer(joined) == 42


def test_without_an_owner_a_process_of_its_own_is_started(tmp_path):
    owner = listening(tmp_path / "socket")
    with WarmParent(address=tmp_path / "socket") as joined:
        answer(joined)
        os.kill(owner._process.pid, signal.SIGKILL)
        owner.close()
        assert answer(joined) == 42  # the twin outlives what it was forked from
        joined.close()
        assert answer(joined) == 42
        assert joined._process is not None


def test_a_twins_sandbox_is_behind_the_same_walls(owner, address):
    with WarmParent(address=address) as joined:
        sandboxes = joined.fork(), owner.fork()
        assert sandboxes[0].walls == sandboxes[1].walls != []
        for sandbox in sandboxes:
            sandbox.close()


def test_an_owner_that_runs_may_listen_elsewhere(owner, address):
    other = address.with_name("elsewhere")
    answer(owner)
    owner.listen(other)
    owner.start()
    with WarmParent(address=other) as joined:
        assert [answer(joined), answer(owner)] == [42, 42]
        assert joined._process is None
