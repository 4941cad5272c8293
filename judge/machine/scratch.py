"""Folders for temporary files that the next process removes if theirs was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX, _LOCK = "judge-", ".lock"


@contextlib.contextmanager
def scratch_folder(inside: Path | None = None) -> Iterator[Path]:
    """A folder of this account's alone, removed when the block ends or, after a kill, by `remove_leftovers`.

    Args:
        inside: where; the system's folder for temporary files if None.
    """
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=inside, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / _LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel lets go of it when its last process ends
            yield folder


def remove_leftovers() -> list[Path]:
    """Remove this account's scratch folders that no process holds any more; returns which."""
    return [folder for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*") if _remove(folder)]


def _remove(folder: Path) -> bool:
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return False
        with (folder / _LOCK).open("r+b") as lock:  # one without lock is not from here, or just being made
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            return True
    except OSError:
        return False
