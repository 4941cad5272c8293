"""The fork server that all grading of this process shares."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from judge.machine.guard import LimitReached, guarded
from judge.sandbox import gpu
from judge.sandbox.fork_server import ForkServer

T = TypeVar("T")
WITHOUT_ISOLATION = "JUDGE_WITHOUT_ISOLATION"

_parent: ForkServer | None = None


def fork_server(address: Path | None = None) -> ForkServer:
    """This process's fork server, which `launch` or its first sandbox starts; ended with the process.

    Args:
        address: where another process's listens, if it may be a twin of that one; only the first call counts.
    """
    global _parent
    if _parent is None:
        isolated = os.environ.get(WITHOUT_ISOLATION) != "1"
        _parent = ForkServer(isolated=isolated, has_gpu=gpu.is_asked_for(), address=address)
        atexit.register(_parent.close)
    return _parent


def guarded_with_sandboxes(work: Callable[[], T], seconds: float) -> T:
    """Do work that needs sandboxes in a fork of this process; see `judge.machine.guard.guarded`.

    Raises:
        LimitReached: if it needed more than its limits. The fork server, perhaps in the middle of a word with
            the fork, starts anew.
    """
    fork_server().start()
    try:
        return guarded(work, seconds)
    except LimitReached:
        fork_server().close()
        raise
