"""What the processes of a sandbox use together; resource limits hold for each process alone."""

from __future__ import annotations

import contextlib
import os
import re
import resource
from collections.abc import Callable
from pathlib import Path

_PROC = Path("/proc")
_SHARE = re.compile(rb"^Pss: +(\d+) kB", re.MULTILINE)


def family(first: int) -> list[int]:
    """A process and its descendants, as this process's /proc has them, without those that end meanwhile."""
    found = [first]
    for process in found:
        with contextlib.suppress(OSError):
            for thread in (_PROC / str(process) / "task").iterdir():
                found += map(int, (thread / "children").read_bytes().split())
    return found


def memory_in_use(processes: list[int], most: int, stop: Callable[[], bool] = lambda: False) -> int:
    """Bytes of memory that these processes hold together; counting stops above `most`, or when `stop` says so.

    First by a quick upper bound, resident pages; only if that is above `most`, exactly: a page that n
    processes share, as forks do, then counts as 1/n in each (`Pss` in proc_pid_smaps(5)). The kernel shows this
    of no process while it forks, which in a fork bomb takes seconds each: so `stop` is asked in between.
    """
    resident = {process: _resident(process) for process in processes}
    total = sum(resident.values())
    if total <= most:
        return total
    total = 0
    for process in sorted(processes, key=resident.__getitem__, reverse=True):
        if total > most or stop():
            break
        total += _share(process)
    return total


def _resident(process: int) -> int:
    try:
        pages = (_PROC / str(process) / "statm").read_bytes().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * resource.getpagesize()


def _share(process: int) -> int:
    try:
        match = _SHARE.search((_PROC / str(process) / "smaps_rollup").read_bytes())
    except OSError:  # it has ended, or this machine hides it: then the upper bound must do
        return _resident(process)
    return int(match[1]) * 1024 if match else 0


def sockets(processes: list[int], most: int) -> int:
    """How many sockets these processes have open together; exactly only where there may be more than `most`."""
    tables = [table for table in map(_descriptors, processes) if table]
    if sum(map(len, tables)) <= most:
        return 0
    found: set[str] = set()
    for table in tables:
        for descriptor in table:
            with contextlib.suppress(OSError):
                found.add(os.readlink(descriptor))
    return sum(name.startswith("socket:") for name in found)


def _descriptors(process: int) -> list[str]:
    folder = f"{_PROC}/{process}/fd"
    try:
        return [f"{folder}/{name}" for name in os.listdir(folder)]
    except OSError:  # it has ended
        return []
