"""The warm parent that all grading of this process shares."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from judge.guard import LimitReached, guarded
from judge.sandbox import gpu
from judge.sandbox.parent import WarmParent

T = TypeVar("T")
WITHOUT_ISOLATION = "JUDGE_WITHOUT_ISOLATION"

_parent: WarmParent | None = None


def warm_parent(address: Path | None = None) -> WarmParent:
    """This process's warm parent, which `launch` or its first sandbox starts; ended with the process.

    Args:
        address: where another process's listens, if it may be a twin of that one; only the first call counts.
    """
    global _parent
    if _parent is None:
        isolated = os.environ.get(WITHOUT_ISOLATION) != "1"
        _parent = WarmParent(isolated=isolated, has_gpu=gpu.is_asked_for(), address=address)
        atexit.register(_parent.close)
    return _parent


def guarded_with_sandboxes(work: Callable[[], T], seconds: float) -> T:
    """Do work that needs sandboxes in a fork of this process; see `judge.guard.guarded`.

    Raises:
        LimitReached: if it needed more than its limits. The warm parent, perhaps in the middle of a word with
            the fork, starts anew.
    """
    warm_parent().start()
    try:
        return guarded(work, seconds)
    except LimitReached:
        warm_parent().close()
        raise
