"""The judge's end of a fork server."""

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

from judge.machine.scratch import scratch_folder
from judge.sandbox import gpu, walls
from judge.sandbox.protocol import Channel
from judge.sandbox.sandbox import Sandbox, SandboxUnavailable

_START = "import sys; sys.path.insert(0, sys.argv[1]); from judge.sandbox.fork_server_process import main; main()"
_START_SECONDS = 120.0
_ENVIRONMENT_KEPT = (
    "HOME",
    "PATH",
    "LANG",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
)


class ForkServer:
    """Keeps one fork server process and has it fork sandboxes; it is restarted if it has died."""

    def __init__(
        self, *, isolated: bool = True, limits: walls.Limits | None = None, has_gpu: bool = False,
        address: Path | None = None,
    ) -> None:  # fmt: skip
        """
        Args:
            isolated: False grades without walls, for trusted code on a machine that cannot build them.
            limits: what one sandbox may use.
            has_gpu: whether sandboxes of judged notebooks compute on a GPU.
            address: where another process's fork server listens; a twin of it, forked at once, then takes the
                place of a process that would have to import everything first. Without answer there, the
                latter is started all the same.
        """
        self.isolated = isolated
        self.has_gpu = has_gpu
        self.limits = limits or walls.Limits()
        self._address = address
        self._listener: socket.socket | None = None
        self._folder = contextlib.ExitStack()  # around where it listens
        self._address_of_own: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._launched_by = 0  # the process whose child it is: a fork of that one cannot ask how its child is
        self._socket: socket.socket | None = None
        self._ready = False
        self._lock = threading.Lock()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def listen(self) -> Path:
        """Serve other processes of this account too; a process that runs and does not is ended.

        Returns:
            Where it listens: what they give as `address`.
        """
        if self._listener is None:
            self.close()
            self._address_of_own = self._folder.enter_context(scratch_folder()) / "warm"  # for this account alone
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self._address_of_own))
            self._listener.listen()
        assert self._address_of_own is not None
        return self._address_of_own

    def launch(self) -> None:
        """Start the process, which then imports TensorFlow while the caller goes on; does nothing if it runs.

        Raises:
            SandboxUnavailable: if a GPU is wanted that is not there.
        """
        if self._runs():
            return
        if self.has_gpu:
            _look_for_gpu()
        self._stop()
        if self._address is None or not self._join(self._address):
            self._launch()

    def start(self) -> None:
        """Start the process if it does not run, and wait until TensorFlow is imported.

        Raises:
            SandboxUnavailable: if it does not start, or a GPU is wanted that is not there.
        """
        self.launch()
        if not self._ready and self._receive() != b"ready":
            raise SandboxUnavailable(f"the fork server did not start: {self._last_words()}")
        self._ready = True

    def try_out(self) -> None:
        """Fork a sandbox and end it; raises what `fork` does, so that a batch ends before its first submission."""
        self.fork().close()

    def _runs(self) -> bool:
        if self._process is not None and self._launched_by == os.getpid():
            return self._process.poll() is None
        if self._socket is None:
            return False
        # Unasked, one that is another process's child says nothing but that it ends.
        return not select.select([self._socket], [], [], 0)[0]

    def _join(self, address: Path) -> bool:
        """Ask for a twin; returns whether it came."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_START_SECONDS)
        try:
            self._socket.connect(str(address))
            self._ready = self._receive() == b"ready"
            if self._ready:
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
        self._launched_by = os.getpid()
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
            raise SandboxUnavailable(f"the fork server ended: {self._last_words()}")
        return Sandbox(Channel(agent_ours), control_ours, folder)

    def close(self) -> None:
        """End the fork server; sandboxes end when their own sessions close."""
        self._stop()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._folder.close()

    def _stop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5 if self._ready else 0)  # one that still imports would not notice
            self._process.kill()
            self._process.wait()
            assert self._process.stderr is not None
            self._process.stderr.close()
        self._process, self._socket, self._ready = None, None, False

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


def _look_for_gpu() -> None:
    try:
        gpu.paths()
    except gpu.GpuMissing as error:
        raise SandboxUnavailable(str(error)) from error
