"""The judge's end of a warm parent, and of the sandboxes that it forks."""

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
from dataclasses import replace
from pathlib import Path
from typing import Any

from judge.sandbox import gpu, outcomes, walls
from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, TimedOut, TooMuchOutput
from judge.sandbox.protocol import Channel, DeadlinePassed, PeerClosed, ProtocolError

_START = "import sys; sys.path.insert(0, sys.argv[1]); from judge.sandbox.warm_parent import main; main()"
_START_SECONDS = 120.0
_FORK_SECONDS = 30.0
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


class WarmParent:
    """Keeps one warm parent process and has it fork sandboxes; it is restarted if it has died."""

    def __init__(
        self, *, isolated: bool = True, limits: walls.Limits | None = None, has_gpu: bool = False,
        address: Path | None = None,
    ) -> None:  # fmt: skip
        """
        Args:
            isolated: False grades without walls, for trusted code on a machine that cannot build them.
            limits: what one sandbox may use.
            has_gpu: whether sandboxes of judged notebooks compute on a GPU.
            address: where another process's warm parent listens; a twin of it, forked at once, then takes the
                place of a process that would have to import everything first. Without answer there, the
                latter is started all the same.
        """
        self.isolated = isolated
        self.has_gpu = has_gpu
        self.limits = limits or walls.Limits()
        self._address = address
        self._listener: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def listen(self, address: Path) -> None:
        """Serve other processes of this account too (see `address` above); a process that runs is ended.

        Args:
            address: a path for a socket, in a folder that no other account may enter.
        """
        self.close()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(address))
        self._listener.listen()

    def start(self) -> None:
        """Start the process and wait until TensorFlow is imported; does nothing if it runs.

        Raises:
            SandboxUnavailable: if it does not start, or a GPU is wanted that is not there.
        """
        if self._runs():
            return
        if self.has_gpu:
            _look_for_gpu()
        self._stop()
        if self._address is not None and self._join(self._address):
            return
        self._launch()
        if self._receive() != b"ready":
            raise SandboxUnavailable(f"the warm parent did not start: {self._last_words()}")

    def try_out(self) -> None:
        """Fork a sandbox and end it; raises what `fork` does, so that a batch ends before its first submission."""
        self.fork().close()

    def _runs(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        if self._socket is None:
            return False
        # Unasked, a twin says nothing but that it ends.
        return not select.select([self._socket], [], [], 0)[0]

    def _join(self, address: Path) -> bool:
        """Ask for a twin; returns whether it came."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_START_SECONDS)
        try:
            self._socket.connect(str(address))
            if self._receive() == b"ready":
                return True
        except OSError:  # whoever listened there is gone
            pass
        self._stop()
        return False

    def _launch(self) -> None:
        ours, theirs = socket.socketpair()
        root = Path(__file__).resolve().parents[2]
        environment = {name: os.environ[name] for name in _ENVIRONMENT_KEPT if name in os.environ}
        threads = str(min(2, os.cpu_count() or 1))
        environment |= {"TF_NUM_INTRAOP_THREADS": threads, "TF_NUM_INTEROP_THREADS": threads}
        environment["OPENBLAS_NUM_THREADS"] = "1"  # NumPy's threads spin while they wait
        listener = [] if self._listener is None else [self._listener.fileno()]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(root), *map(str, listener)], stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, cwd="/", start_new_session=True,
            pass_fds=listener,
        )  # fmt: skip
        theirs.close()
        ours.settimeout(_START_SECONDS)
        self._socket = ours

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
        self._stop()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _stop(self) -> None:
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
        if self._process is None:
            return "it was a twin of another process's"
        assert self._process.stderr is not None
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


def _look_for_gpu() -> None:
    try:
        gpu.paths()
    except gpu.GpuMissing as error:
        raise SandboxUnavailable(str(error)) from error


def _isolation_advice(reason: str) -> str:
    return (
        f"Nothing was graded: this machine does not let the judge build its walls ({reason}). It "
        "needs Linux 5.12 or later and either root or unprivileged user namespaces (on Ubuntu 23.10 "
        "or later: `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`; in a container: allow `unshare`). "
        "To grade trusted code without isolation, set JUDGE_WITHOUT_ISOLATION=1."
    )
