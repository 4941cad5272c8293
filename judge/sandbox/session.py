"""The judge's side of a sandbox: the warm parent's keeper and one session with one submission."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from judge.outputs import clean_outputs
from judge.sandbox import gpu, outcomes, walls
from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, Returned, TimedOut, TooMuchOutput
from judge.sandbox.protocol import Channel, DeadlinePassed, PeerClosed, ProtocolError
from judge.slots import slot

_START = "import sys; sys.path.insert(0, sys.argv[1]); from judge.sandbox.warm_parent import main; main()"
_START_SECONDS = 120.0
_MAX_OUTPUT_BYTES = 32 * 2**20  # of all cells together; what is shown beyond is dropped
_FORK_SECONDS = 30.0
_GPU_SLOTS = "JUDGE_GPU_SLOTS"
_ENVIRONMENT_KEPT = (
    "HOME",
    "PATH",
    "LANG",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
)


class IsolationMissing(RuntimeError):
    """A required wall cannot be built on this machine; nothing was graded."""


class SandboxUnavailable(RuntimeError):
    """The sandbox could not be started: our fault, never the student's."""


@dataclass(frozen=True)
class Code:
    """What a sandbox is given to run.

    Attributes:
        cells: (cell id, source) of the code cells to run, in order.
        files: other files of the submission, by relative path.
    """

    cells: tuple[tuple[str, str], ...]
    files: dict[str, bytes] = field(default_factory=dict)


class WarmParent:
    """Keeps one warm parent process and has it fork sandboxes; it is restarted if it has died."""

    def __init__(
        self, *, isolated: bool = True, limits: walls.Limits | None = None, has_gpu: bool = False
    ) -> None:
        """
        Args:
            isolated: False grades without walls, for trusted code on a machine that cannot build them.
            limits: what one sandbox may use.
            has_gpu: whether sandboxes of judged notebooks compute on a GPU.
        """
        self.isolated = isolated
        self.has_gpu = has_gpu
        self.limits = limits or walls.Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process and wait until TensorFlow is imported; does nothing if it runs.

        Raises:
            SandboxUnavailable: if it does not start, or a GPU is wanted that is not there.
        """
        if self._process is not None and self._process.poll() is None:
            return
        if self.has_gpu:
            _look_for_gpu()
        self.close()
        ours, theirs = socket.socketpair()
        root = Path(__file__).resolve().parents[2]
        environment = {name: os.environ[name] for name in _ENVIRONMENT_KEPT if name in os.environ}
        threads = str(min(2, os.cpu_count() or 1))
        environment |= {"TF_NUM_INTRAOP_THREADS": threads, "TF_NUM_INTEROP_THREADS": threads}
        environment["OPENBLAS_NUM_THREADS"] = "1"  # NumPy's threads spin while they wait
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(root)], stdin=theirs.fileno(), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=environment, cwd="/", start_new_session=True,
        )  # fmt: skip
        theirs.close()
        ours.settimeout(_START_SECONDS)
        self._socket = ours
        if self._receive() != b"ready":
            raise SandboxUnavailable(f"the warm parent did not start: {self._last_words()}")

    def fork(self, *, with_gpu: bool = False) -> Sandbox:
        """A fresh sandbox, walls up, nothing run yet.

        Args:
            with_gpu: whether it computes on a GPU; hold a `gpu_place` meanwhile.

        Raises:
            IsolationMissing: if this machine cannot build a required wall.
            SandboxUnavailable: if no sandbox came up.
        """
        with self._lock:
            self.start()
            agent_ours, agent_theirs = socket.socketpair()
            control_ours, control_theirs = socket.socketpair()
            folder = None if self.isolated else tempfile.TemporaryDirectory(prefix="unisolated-")
            limits = replace(self.limits, gpu_bytes=gpu.MEMORY_BYTES) if with_gpu else self.limits
            order = {
                "isolated": self.isolated,
                "limits": limits.as_dict(),
                "folder": folder and folder.name,
            }
            assert self._socket is not None
            try:
                fds = [agent_theirs.fileno(), control_theirs.fileno()]
                socket.send_fds(self._socket, [json.dumps(order).encode()], fds)
                forked = self._receive()
            except OSError:
                forked = b""
            finally:
                agent_theirs.close()
                control_theirs.close()
        if forked != b"forked":
            raise SandboxUnavailable(f"the warm parent ended: {self._last_words()}")
        return Sandbox(Channel(agent_ours), control_ours, folder)

    def close(self) -> None:
        """End the warm parent; sandboxes end when their own sessions close."""
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process.kill()
            self._process.wait()
            assert self._process.stderr is not None
            self._process.stderr.close()
        self._process = self._socket = None

    def _receive(self) -> bytes:
        assert self._socket is not None
        try:
            return self._socket.recv(64)
        except TimeoutError:
            return b""

    def _last_words(self) -> str:
        assert self._process is not None and self._process.stderr is not None
        self._process.kill()
        os.set_blocking(self._process.stderr.fileno(), False)  # supervisors may still hold its other end
        text = (self._process.stderr.read() or b"").decode(errors="replace").strip()
        return text.splitlines()[-1] if text else "it said nothing"


class Sandbox:
    """One forked process behind walls, and the two sockets that lead to it."""

    def __init__(
        self, channel: Channel, control: socket.socket, folder: tempfile.TemporaryDirectory[str] | None
    ) -> None:
        """Wait until the walls are up; `folder` is the scratch folder where there are none."""
        self._channel = channel
        self._control = control
        self._folder = folder
        self.alive = True
        try:
            greeting = channel.receive(_FORK_SECONDS)
        except PeerClosed:
            greeting = {"refused": self._report().get("error")}
        except (DeadlinePassed, ProtocolError):
            greeting = {"refused": None}
        if "no_gpu" in greeting:
            self.close()
            raise SandboxUnavailable(greeting["no_gpu"])
        if "refused" in greeting:
            self.close()
            if greeting["refused"] is None:
                raise SandboxUnavailable("the sandbox ended before its walls were up")
            raise IsolationMissing(_isolation_advice(greeting["refused"]))
        self.walls: list[str] = greeting["walls"]

    def request(self, seconds: float, do: str, **arguments: Any) -> Outcome:
        """Ask the agent for one thing and wait at most `seconds` for the answer."""
        if not self.alive:
            return Died("it had ended before")
        try:
            self._channel.send({"do": do, **arguments}, seconds)
            return outcomes.from_reply(self._channel.receive(seconds))
        except DeadlinePassed:
            self.close()
            return TimedOut(seconds)
        except PeerClosed:
            return self._autopsy()
        except ProtocolError as error:
            self.close()
            return TooMuchOutput() if "limit" in str(error) else Died(f"it sent no data: {error}")

    def _autopsy(self) -> Died | OutOfMemory:
        report = self._report()
        self.close()
        if report.get("excess") == "memory":
            return OutOfMemory()
        if report.get("excess") == "processes":
            return Died("it started too many processes")
        status = report.get("status", 0)
        if status < 0:
            return Died(f"its process was ended by signal {-status}")
        return Died(f"its process exited with {status}")

    def _report(self) -> dict[str, Any]:
        """What the supervisor says of how the sandbox ended; it is ours, and trusted."""
        if not select.select([self._control], [], [], 5.0)[0]:
            return {}
        data = self._control.recv(4096)
        report: dict[str, Any] = json.loads(data) if data else {}
        return report

    def close(self) -> None:
        """Hang up; the supervisor then ends every process of the sandbox."""
        self.alive = False
        self._channel.close()
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
            self._control.settimeout(5.0)
            while self._control.recv(4096):
                pass
        self._control.close()
        if self._folder is not None:
            self._folder.cleanup()


class Session:
    """A submission's notebook, loaded in a sandbox and loaded again whenever the sandbox has died."""

    def __init__(
        self, parent: WarmParent, code: Code, *, cell_seconds: float = 60.0, total_seconds: float = 300.0,
        with_gpu: bool = False,
    ) -> None:  # fmt: skip
        """
        Args:
            parent: where sandboxes come from.
            code: the notebook's cells and files.
            cell_seconds: how long one cell may run.
            total_seconds: how long the submission may take altogether; then every answer is `TimedOut`.
            with_gpu: whether it computes on a GPU, of which it then holds a place while its sandbox lives.
        """
        self._parent = parent
        self.code = code
        self._cell_seconds = cell_seconds
        self._total_seconds = total_seconds
        self._with_gpu = with_gpu
        self._place = contextlib.ExitStack()
        self._deadline = time.monotonic() + total_seconds
        self._sandbox: Sandbox | None = None
        self.outputs: dict[str, list[dict[str, Any]]] = {}
        self._output_bytes_left = _MAX_OUTPUT_BYTES
        self.fatal_cells: dict[str, Outcome] = {}
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

    def load(self) -> None:
        """Run the notebook in a fresh sandbox; a cell that ends it is skipped from then on."""
        while not self._try_to_load():
            pass

    def _try_to_load(self) -> bool:
        self.close()
        if self._with_gpu:
            self._wait_for_gpu()
        self._sandbox = sandbox = self._parent.fork(with_gpu=self._with_gpu)
        self._generation += 1
        self.walls = sandbox.walls
        files = {name: np.frombuffer(content, np.uint8) for name, content in self.code.files.items()}
        sandbox.request(self._cell_seconds, "write_files", files=files)
        for name, source in self.code.cells:
            if name in self.fatal_cells:
                continue
            if self._seconds_left() <= 0:
                self.fatal_cells[name] = TimedOut(self._total_seconds)
                continue
            seconds = max(1.0, min(self._cell_seconds, self._seconds_left()))
            outcome = sandbox.request(seconds, "run_cell", source=source)
            if isinstance(outcome, Returned) and name not in self.outputs:
                self.outputs[name] = self._within_limits(_outputs(outcome.value))
            if not sandbox.alive or not isinstance(outcome, Returned):
                if not isinstance(outcome, Died) or name in self._crashed_once:
                    self.fatal_cells[name] = outcome
                self._crashed_once.add(name)  # a crash counts when it happens again
                return False
        return True

    def _wait_for_gpu(self) -> None:
        """Take a place at the GPU; others' turns are not this submission's time."""
        started = time.monotonic()
        self._place.enter_context(gpu_place())
        self._deadline += time.monotonic() - started

    def _within_limits(self, outputs: list[Any]) -> list[Any]:
        """Cleaned outputs, none once the notebook has shown too much: they must fit into this process."""
        if self._output_bytes_left <= 0:
            return []
        kept = clean_outputs(outputs)
        self._output_bytes_left -= sum(len(json.dumps(output)) for output in kept)
        return kept

    def empty(self) -> Session:
        """A session of its own, in a fresh sandbox that runs no cell."""
        return Session(self._parent, Code(()))

    def request(self, seconds: float, do: str, **arguments: Any) -> Outcome:
        """Ask the notebook's sandbox for one thing, loading it first if it is not there."""
        if (self._sandbox is None or not self._sandbox.alive) and self._seconds_left() > 0:
            self.load()
        if self._sandbox is None or self._seconds_left() <= 0:
            return TimedOut(self._total_seconds)
        return self._sandbox.request(min(seconds, self._seconds_left()), do, **arguments)

    def _seconds_left(self) -> float:
        return self._deadline - time.monotonic()

    def close(self) -> None:
        """End the sandbox."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
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
        raise ValueError(
            f"{_GPU_SLOTS} must be a whole number from 1 on: received {most!r}. Correct or unset it."
        )
    return slot(int(most), Path(tempfile.gettempdir(), f"judge-gpu-slots-{os.getuid()}"))


def _look_for_gpu() -> None:
    try:
        gpu.paths()
    except gpu.GpuMissing as error:
        raise SandboxUnavailable(str(error)) from error


def _outputs(value: Any) -> list[dict[str, Any]]:
    """The outputs in the agent's answer, or none if it has no such thing."""
    outputs = value.get("outputs") if isinstance(value, dict) else None
    return [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []


def _isolation_advice(reason: str) -> str:
    return (
        f"Nothing was graded: this machine does not let the judge build its walls ({reason}). It "
        "needs Linux 5.12 or later and either root or unprivileged user namespaces (on Ubuntu 23.10 "
        "or later: `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`; in a container: allow `unshare`). "
        "To grade trusted code without isolation, set JUDGE_WITHOUT_ISOLATION=1."
    )
