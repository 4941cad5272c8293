"""One submission's notebook in a sandbox, loaded again whenever the sandbox has died."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from judge.machine.slots import slot
from judge.sandbox.clock import PATIENCE
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Died, Outcome, Returned, TimedOut, raised_from
from judge.sandbox.outputs import clean_outputs
from judge.sandbox.sandbox import Sandbox

_MAX_OUTPUT_BYTES = 32 * 2**20  # of all cells together; what is shown beyond is dropped
_GPU_SLOTS = "JUDGE_GPU_SLOTS"


@dataclass(frozen=True)
class Code:
    """What a sandbox is given to run.

    Attributes:
        cells: (cell id, source) of the code cells to run, in order.
        files: other files of the submission, by relative path.
    """

    cells: tuple[tuple[str, str], ...]
    files: dict[str, bytes] = field(default_factory=dict)


class Session:
    """A submission's notebook, loaded in a sandbox and loaded again whenever the sandbox has died."""

    def __init__(
        self, parent: ForkServer, code: Code, *, cell_seconds: float = 60.0, total_seconds: float = 300.0,
        with_gpu: bool = False,
    ) -> None:  # fmt: skip
        """
        Args:
            parent: where sandboxes come from.
            code: the notebook's cells and files.
            cell_seconds: how long one cell may run.
            total_seconds: how long the submission may take altogether, of its sandboxes' own time; then every
                answer is `TimedOut`.
            with_gpu: whether it computes on a GPU, of which it then holds a place while its sandbox lives.
        """
        self._parent = parent
        self.code = code
        self._cell_seconds = cell_seconds
        self._total_seconds = total_seconds
        self._with_gpu = with_gpu
        self._place = contextlib.ExitStack()
        self._began = time.monotonic()
        self._deadline = self._began + total_seconds
        self._waited_before = 0.0  # in sandboxes that are gone
        self.contended = False
        self._sandbox: Sandbox | None = None
        self._taken_over: Sandbox | None = None
        self.outputs: dict[str, list[dict[str, Any]]] = {}
        self._output_bytes_left = _MAX_OUTPUT_BYTES
        self.fatal_cells: dict[str, Outcome] = {}
        self._errors: dict[str, Outcome] = {}
        self._crashed_once: set[str] = set()
        self.walls: list[str] = []

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """How many sandboxes this session has used; objects of earlier ones are gone."""
        return self._generation

    _generation = 0

    @property
    def cell_errors(self) -> dict[str, Outcome]:
        """What stopped the cells that did not come to their end, by cell id."""
        return self._errors | self.fatal_cells

    def load(self) -> None:
        """Run the notebook in a fresh sandbox; a cell that ends it is skipped from then on."""
        while not self._try_to_load():
            pass

    def _try_to_load(self) -> bool:
        self._sandbox = sandbox = self._start_over() or self._fork()
        self._generation += 1
        self.walls = sandbox.walls
        files = {name: np.frombuffer(content, np.uint8) for name, content in self.code.files.items()}
        sandbox.request(self._cell_seconds, "write_files", files=files)
        for name, source in self.code.cells:
            if name in self.fatal_cells:
                continue
            if self._seconds_left() <= 0:
                self.fatal_cells[name] = self._used_up()
                continue
            seconds = max(1.0, min(self._cell_seconds, self._seconds_left()))
            outcome = self._noted(sandbox.request(seconds, "run_cell", source=source))
            self._errors.pop(name, None)
            if isinstance(outcome, Returned) and (error := _error(outcome.value)):
                self._errors[name] = error
            if isinstance(outcome, Returned) and name not in self.outputs:
                self.outputs[name] = self._within_limits(_outputs(outcome.value))
            if not sandbox.alive or not isinstance(outcome, Returned):
                if not isinstance(outcome, Died) or name in self._crashed_once:
                    self.fatal_cells[name] = outcome
                self._crashed_once.add(name)  # a crash counts when it happens again
                return False
        return True

    def _start_over(self) -> Sandbox | None:
        """The sandbox that was taken over, once, if it still does as it is told."""
        sandbox, self._taken_over = self._taken_over, None
        if sandbox is None or isinstance(sandbox.request(self._cell_seconds, "start_over"), Returned):
            return sandbox
        sandbox.close()
        return None

    def _fork(self) -> Sandbox:
        self.close()
        if self._with_gpu:
            self._wait_for_gpu()
        return self._parent.fork(with_gpu=self._with_gpu)

    def _wait_for_gpu(self) -> None:
        """Take a place at the GPU; others' turns are not this submission's time."""
        started = time.monotonic()
        self._place.enter_context(gpu_place())
        self._began += time.monotonic() - started
        self._deadline += time.monotonic() - started

    def _within_limits(self, outputs: list[Any]) -> list[Any]:
        """Cleaned outputs, none once the notebook has shown too much: they must fit into this process."""
        if self._output_bytes_left <= 0:
            return []
        kept = clean_outputs(outputs)
        self._output_bytes_left -= sum(len(json.dumps(output)) for output in kept)
        return kept

    def take_over(self, earlier: Session) -> None:
        """Begin in another session's sandbox, whose TensorFlow is warm, instead of a fresh one.

        Nothing happens if that sandbox is gone, or is not what this session needs.

        Args:
            earlier: a session of the same submission; it is left without sandbox.
        """
        sandbox = earlier._sandbox
        if sandbox is not None and sandbox.alive and not (self._with_gpu or earlier._with_gpu):
            self._taken_over, earlier._sandbox = sandbox, None

    def empty(self) -> Session:
        """A session of its own, in a fresh sandbox that runs no cell."""
        return Session(self._parent, Code(()))

    def with_cells(self, sources: Mapping[str, str]) -> Session:
        """The same submission with other texts of some cells, in the time that is left; this one's sandbox ends.

        Args:
            sources: the other texts, by cell id.
        """
        self.close()
        cells = tuple((name, sources.get(name, source)) for name, source in self.code.cells)
        return Session(
            self._parent, Code(cells, self.code.files), cell_seconds=self._cell_seconds,
            total_seconds=max(0.0, self._seconds_left()), with_gpu=self._with_gpu,
        )  # fmt: skip

    def join(self, other: Session) -> None:
        """End a session that `with_cells` made; that others had its time is remembered."""
        other.close()
        self.contended = self.contended or other.contended

    def request(self, seconds: float, do: str, **arguments: Any) -> Outcome:
        """Ask the notebook's sandbox for one thing, loading it first if it is not there."""
        if (self._sandbox is None or not self._sandbox.alive) and self._seconds_left() > 0:
            self.load()
        left = self._seconds_left()
        if self._sandbox is None or left <= 0:
            return self._noted(self._used_up())
        outcome = self._noted(self._sandbox.request(min(seconds, left), do, **arguments))
        if isinstance(outcome, TimedOut) and left < seconds:
            return self._used_up(contended=outcome.contended)
        return outcome

    def waited(self, since: float) -> float:
        """Seconds for which its sandbox, as long as it lives, has waited for processors that others had.

        Args:
            since: a moment of the monotonic clock.
        """
        return 0.0 if self._sandbox is None else self._sandbox.waited(since)

    def _seconds_left(self) -> float:
        if time.monotonic() >= self._deadline:
            waited = min(self._waited_before + self.waited(self._began), (PATIENCE - 1) * self._total_seconds)
            self._deadline = max(self._deadline, self._began + self._total_seconds + waited)
        return self._deadline - time.monotonic()

    def _used_up(self, *, contended: bool = False) -> TimedOut:
        patience = time.monotonic() - self._began >= PATIENCE * self._total_seconds
        return TimedOut(self._total_seconds, of_submission=True, contended=contended or patience)

    def _noted(self, outcome: Outcome) -> Outcome:
        """Remember if time passed that was not the sandbox's own."""
        self.contended = self.contended or (isinstance(outcome, TimedOut) and outcome.contended)
        return outcome

    def close(self) -> None:
        """End the sandbox."""
        self._waited_before += self.waited(self._began)
        for sandbox in (self._sandbox, self._taken_over):
            if sandbox is not None:
                sandbox.close()
        self._sandbox = self._taken_over = None
        self._place.close()


def gpu_place() -> contextlib.AbstractContextManager[None]:
    """Hold one of this account's places at the GPU while the block runs, waiting for it if need be.

    One, unless `JUDGE_GPU_SLOTS` says more: how many caps fit into the GPU's memory only CUDA knows, which the judge
    does not start, and every submission computes on the first visible GPU, however many there are.

    Raises:
        ValueError: if `JUDGE_GPU_SLOTS` is no whole number from 1 on.
    """
    most = os.environ.get(_GPU_SLOTS, "1")
    if not (most.isascii() and most.isdigit() and int(most) > 0):
        raise ValueError(f"{_GPU_SLOTS} must be a whole number from 1 on: received {most!r}. Correct or unset it.")
    return slot(int(most), Path(tempfile.gettempdir(), f"judge-gpu-slots-{os.getuid()}"))


def _error(value: Any) -> Outcome | None:
    """The error in the agent's answer about a cell, or None."""
    error = value.get("error") if isinstance(value, dict) else None
    return None if error is None else raised_from(error)


def _outputs(value: Any) -> list[dict[str, Any]]:
    """The outputs in the agent's answer, or none if it has no such thing."""
    outputs = value.get("outputs") if isinstance(value, dict) else None
    return [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []
