"""Work on what a student wrote, in a process of its own with a clock and a limit of memory.

The sandbox holds student code; this holds our own code while it reads, judges and renders what students handed
in. Whatever a notebook makes a parser or a page do, it ends with this process, never with the one that goes on.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import resource
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

SUBMISSION_SECONDS = 300.0  # from bytes to feedback
FEEDBACK_SECONDS = 30.0  # of these, kept for the feedback
GRACE = 10.0  # kept by whoever judges, to say what was not done in time
MEMORY_BYTES = 2 * 2**30  # beyond what the process had before
_PATIENCE = 3600.0  # how long a busy machine is waited for
_MOST_ANSWER = 256 * 2**20
_PR_SET_PDEATHSIG = 1
T = TypeVar("T")


class LimitReached(RuntimeError):
    """What was handed in needs more time or memory than it may have: the student's to mend, not ours."""


class Clock:
    """What one submission has left of its time."""

    def __init__(self, seconds: float = SUBMISSION_SECONDS) -> None:
        """Start it."""
        self._end = time.monotonic() + seconds

    def left(self, keep: float = 0.0) -> float:
        """Seconds left, without those that are kept for something else; never negative."""
        return max(0.0, self._end - keep - time.monotonic())

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """What takes time in this block is ours."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._end += time.monotonic() - began


def guarded(work: Callable[[], T], seconds: float, memory: int = MEMORY_BYTES) -> T:
    """Do work in a fork of this process, which ends with it.

    Args:
        work: what to do; what it returns or raises must be picklable.
        seconds: wall time, after which the fork has `GRACE` seconds of a processor left. Waiting for a busy machine,
            or for a sandbox, which has a clock of its own, is not charged to it.
        memory: bytes that it may add to what this process has.

    Raises:
        LimitReached: if it needed more than that.
        BaseException: what the work raised.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: the progress bar's thread holds no lock of ours
        parent, child = os.getpid(), os.fork()
    if child == 0:
        _work(work, writing, memory, parent)
    os.close(writing)
    try:
        answer = _receive(reading, child, seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    value: T = _open(answer)
    return value


def too_much(what: str) -> str:
    """The sentence for whoever handed in too much."""
    return (
        f"Reading or grading this submission needed more than {what}, so it was stopped and nothing of it could be "
        "graded. Clear the outputs that you do not need, split or delete what is very long, and hand in again."
    )


def _receive(reading: int, child: int, seconds: float) -> bytes:
    """All that the fork says, until it ends or has had its time."""
    parts: list[bytes] = []
    overtime = _Overtime(child, seconds)
    while True:
        ready, _, _ = select.select([reading], [], [], overtime.until_next_look())
        if not ready:
            continue
        part = os.read(reading, 2**20)
        if not part:
            return b"".join(parts)
        parts.append(part)
        if sum(map(len, parts)) > _MOST_ANSWER:
            raise LimitReached(too_much(f"{_MOST_ANSWER >> 20} MiB"))


class _Overtime:
    """When to look again at a fork, and whether it has had what it may."""

    def __init__(self, child: int, seconds: float) -> None:
        self._child = child
        self._end = time.monotonic() + seconds
        self._used_before: float | None = None

    def until_next_look(self) -> float:
        """Seconds; raises if the time is over."""
        left = self._end - time.monotonic()
        if left > 0:
            return left
        used = processor_seconds(self._child)
        if self._used_before is None:
            self._used_before = used
        if used - self._used_before > GRACE:
            raise LimitReached(too_much(f"{SUBMISSION_SECONDS:.0f} seconds"))
        if -left > _PATIENCE:
            raise RuntimeError(f"the judge waited {_PATIENCE:.0f} seconds for a processor; grade again later")
        return 0.2


def _open(answer: bytes) -> Any:
    """What the work returned; a fork that ended without a word was killed for its memory, or crashed."""
    if not answer:
        raise LimitReached(too_much(f"{MEMORY_BYTES >> 30} GiB of memory"))
    returned, value = pickle.loads(answer)  # our own fork's words
    if returned:
        return value
    if isinstance(value, MemoryError):
        raise LimitReached(too_much(f"{MEMORY_BYTES >> 30} GiB of memory"))
    raise value


def _work(work: Callable[[], Any], writing: int, memory: int, parent: int) -> NoReturn:
    """The fork's whole life."""
    try:
        _begin(memory, parent)
        try:
            answer = pickle.dumps((True, work()))
        except BaseException as error:
            answer = _pickled(error)
        with os.fdopen(writing, "wb") as file:
            file.write(answer)
    except MemoryError:
        pass  # an empty answer says so
    finally:
        os._exit(0)


def _begin(memory: int, parent: int) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C is for the other process, which then ends this one
        signal.signal(name, signal.SIG_IGN if name == signal.SIGINT else signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    most = _bytes_in_use() + memory
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def processor_seconds(process: int) -> float:
    """What a process of this machine has used, all its threads together; 0 if it is gone."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _bytes_in_use() -> int:
    """What the limit of data counts of this process."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        found = [int(line.split()[1]) for line in file if line.startswith("VmData:")]
    return 1024 * sum(found)


def _pickled(error: BaseException) -> bytes:
    """The exception; what cannot be sent becomes a RuntimeError with its words."""
    try:
        answer = pickle.dumps((False, error))
        pickle.loads(answer)  # an exception with arguments of its own fails only here
    except MemoryError:
        raise
    except Exception:
        answer = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return answer
