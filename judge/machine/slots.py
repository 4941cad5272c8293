"""Lets only so many processes of this machine grade at once, whatever starts them; the others wait."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def default_folder() -> Path:
    """A folder of this account's, where the locks are."""
    return Path(tempfile.gettempdir(), f"judge-slots-{os.getuid()}")


@contextmanager
def slot(most: int, folder: Path, when_waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold one of `most` places while the block runs; a process that dies gives its place back.

    Args:
        most: how many there are; 0 for no limit.
        folder: where the locks are, made if need be; must be this account's own.
        when_waiting: called once if no place is free.
    """
    if most == 0:
        yield
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise ValueError(f"{folder} must be a folder of this account's. Remove it, or have it removed.")
    taken = _take(most, folder)
    if taken is None:
        when_waiting()
    while taken is None:
        time.sleep(0.2)
        taken = _take(most, folder)
    with taken:
        yield


def _take(most: int, folder: Path) -> IO[bytes] | None:
    for number in range(most):
        file = (folder / f"slot-{number}").open("ab")
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        file.close()
    return None
