"""One fork server for all processes of the judge: each is served by a twin of its own."""

import os
import signal
import time

import psutil
import pytest

from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Returned
from judge.sandbox.session import Code, Session


@pytest.fixture(scope="module")
def owner():
    with ForkServer() as warm:
        warm.listen()
        warm.start()
        yield warm


@pytest.fixture(scope="module")
def address(owner):
    return owner.listen()


def answer(parent: ForkServer) -> int:
    with Session(parent, Code((("c0", "def answer(): return 42"),))) as session:
        outcome = session.request(20.0, "call", target="answer", method=None, args=[], kwargs={})
        assert isinstance(outcome, Returned)
        return outcome.value


def twins(owner: ForkServer) -> list[psutil.Process]:
    return psutil.Process(owner._process.pid).children()


def wait_until(holds) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_whoever_joins_is_served_by_a_twin_and_starts_nothing(owner, address):
    with ForkServer(address=address) as first, ForkServer(address=address) as second:
        assert [answer(first), answer(second), answer(owner)] == [42, 42, 42]
        assert first._process is None and second._process is None
        wait_until(lambda: len(twins(owner)) == 2)


def test_a_twin_ends_with_whom_it_serves_and_leaves_the_others_alone(owner, address):
    with ForkServer(address=address) as stays:
        with ForkServer(address=address) as leaves:
            answer(leaves)
            answer(stays)
        wait_until(lambda: len(twins(owner)) == 1)
        assert answer(stays) == 42


def test_a_twin_that_dies_is_followed_by_another(owner, address):
    with ForkServer(address=address) as joined:
        answer(joined)
        wait_until(lambda: len(twins(owner)) == 1)
        (twin,) = twins(owner)
        twin.kill()
        wait_until(lambda: not twins(owner))
        assert answer(joined) == 42


def test_without_an_owner_a_process_of_its_own_is_started():
    owner = ForkServer()
    with ForkServer(address=owner.listen()) as joined:
        owner.start()
        answer(joined)
        os.kill(owner._process.pid, signal.SIGKILL)
        owner.close()
        assert answer(joined) == 42  # the twin outlives what it was forked from
        joined.close()
        assert answer(joined) == 42
        assert joined._process is not None


def test_a_twins_sandbox_is_behind_the_same_walls(owner, address):
    with ForkServer(address=address) as joined:
        sandboxes = joined.fork(), owner.fork()
        assert sandboxes[0].walls == sandboxes[1].walls != []
        for sandbox in sandboxes:
            sandbox.close()


def test_a_process_that_runs_already_may_listen_too():
    with ForkServer() as owner:
        owner.launch()
        with ForkServer(address=owner.listen()) as joined:
            assert [answer(owner), answer(joined)] == [42, 42]
            assert joined._process is None


def test_one_that_still_imports_is_ended_at_once_and_leaves_no_socket():
    owner = ForkServer()
    address = owner.listen()
    owner.launch()
    process = owner._process
    started = time.monotonic()
    owner.close()
    assert time.monotonic() - started < 3
    assert process.poll() is not None
    assert not address.parent.exists()
