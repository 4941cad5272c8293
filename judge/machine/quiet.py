"""Lets one submission be judged alone: all others of this account on this machine are waited for, and wait."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def among_others() -> Iterator[None]:
    """Judge in this block, beside whatever else is judged."""
    folder = _folder()
    with (folder / "gate").open("ab") as gate, (folder / "room").open("ab") as room:
        fcntl.flock(gate, fcntl.LOCK_SH)
        fcntl.flock(room, fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Judge in this block, and nothing else; not inside `among_others`, which would be waited for."""
    folder = _folder()
    with (folder / "gate").open("ab") as gate, (folder / "room").open("ab") as room:
        fcntl.flock(gate, fcntl.LOCK_EX)  # nobody enters any more
        fcntl.flock(room, fcntl.LOCK_EX)  # and all have left
        yield


def _folder() -> Path:
    folder = Path(tempfile.gettempdir(), f"judge-quiet-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise ValueError(f"{folder} must be a folder of this account's. Remove it, or have it removed.")
    return folder
