"""A sandbox's own time: seconds in which it had a processor, or wanted none.

What a submission may take is counted on this clock. Seconds in which it was ready to run and others had the
processors are not its own, so that no neighbour can use up its budget; sleeping and computing cost what they take.
"""

from __future__ import annotations

import bisect
import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 4.0  # how many times its budget the judge's own clock may show, however busy the machine is
_SECONDS_BETWEEN_SAMPLES = 1.0  # the kernel tells how long a task waited only when the waiting is over
_MOST_RUNNING = 6  # tasks that want a processor at a time: TensorFlow has four
_CROWD = 12 * (os.cpu_count() or 1)  # tasks of a sandbox's own; where more wait, its waiting is its own doing
_LAST = 19  # the niceness of what comes after everything else
_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True)
class _Sample:
    """What was seen at `time`: processor seconds of the sandbox, its waiting, and the whole machine's work."""

    time: float
    used: float
    delay: float
    machine: float


class Waiting:
    """Adds up how long a sandbox has waited for processors that others had; its supervisor keeps it."""

    def __init__(self, processes: list[int]) -> None:
        """Begin with the sandbox's processes at this time."""
        self._delays: dict[int, float] = {}
        self._crowd = False
        self._last = self._sample(processes)
        self._times, self._totals = [self._last.time], [0.0]

    def look(self, processes: list[int], *, now: bool = False) -> None:
        """Take a sample, unless the last is too fresh and it need not be `now`.

        A sandbox in which very many tasks want a processor is made to give way to everything else, and where they
        are a crowd it waits for itself.
        """
        if time.monotonic() - self._last.time < _SECONDS_BETWEEN_SAMPLES and not now:
            return
        before, self._last = self._last, self._sample(processes)
        seconds = self._last.time - before.time
        used, delay = self._last.used - before.used, self._last.delay - before.delay
        others = self._last.machine - before.machine - used
        waited = max(0.0, min(min(seconds, used + delay) - used, others))
        self._crowd |= delay > _CROWD * seconds > 0  # for good: who gives way is not seen waiting
        self._times.append(self._last.time)
        self._totals.append(self._totals[-1] + (0.0 if self._crowd else waited))
        if used + delay > _MOST_RUNNING * seconds:
            _put_last(processes)

    def since(self, moment: float) -> float:
        """Seconds of waiting from a moment of the monotonic clock on."""
        position = max(0, bisect.bisect_right(self._times, moment) - 1)
        return self._totals[-1] - self._totals[position]

    def _sample(self, processes: list[int]) -> _Sample:
        for task, delay in _delays(processes).items():
            self._delays[task] = max(delay, self._delays.get(task, 0.0))
        used = sum(map(_used, processes))
        return _Sample(time.monotonic(), used, sum(self._delays.values()), _machine())


class Budget:
    """What is left of a number of seconds on a sandbox's own clock."""

    def __init__(self, seconds: float, waited: Callable[[float], float]) -> None:
        """Start it.

        Args:
            seconds: the budget.
            waited: how long the sandbox has waited for a processor since a moment.
        """
        self._seconds, self._waited = seconds, waited
        self._began = time.monotonic()
        self._until = self._began + seconds
        self.contended = False

    def left(self) -> float:
        """Seconds to wait before asking again; 0 if the budget, or all patience, is used up.

        In the latter case `contended` tells that the sandbox did not have its time.
        """
        now = time.monotonic()
        if now < self._until:
            return self._until - now
        waited = self._waited(self._began)
        last = self._began + PATIENCE * self._seconds
        self._until = min(self._began + self._seconds + waited, last)
        if waited > 0 and now >= last:
            self.contended = now - self._began - waited < self._seconds
        return max(0.0, self._until - now)


def _delays(processes: list[int]) -> dict[int, float]:
    """Seconds for which each task of these processes has been ready to run and did not."""
    found = {}
    for process in processes:
        for task in _tasks(process):
            with contextlib.suppress(OSError, ValueError, IndexError):
                text = (_PROC / str(process) / "task" / str(task) / "schedstat").read_bytes()
                found[task] = int(text.split()[1]) / 1e9
    return found


def _tasks(process: int) -> list[int]:
    try:
        return [int(name) for name in os.listdir(_PROC / str(process) / "task")]
    except OSError:
        return []


def _used(process: int) -> float:
    """Processor seconds of a process, its ended threads and the children it has waited for."""
    try:
        fields = (_PROC / str(process) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK


def _machine() -> float:
    """Processor seconds that the machine has worked, and those that its host took from it."""
    try:
        user, nice, system, _, _, *rest = (_PROC / "stat").read_bytes().split(b"\n", 1)[0].split()[1:9]
    except (OSError, ValueError):
        return 0.0
    return sum(map(int, (user, nice, system, *rest))) / _TICK


def _put_last(processes: list[int]) -> None:
    for process in processes:
        for task in _tasks(process):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, task, _LAST)
