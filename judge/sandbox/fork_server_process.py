"""The fork server: a process that has imported TensorFlow once and is forked for every submission.

It runs no student code and holds no secret: it starts with an empty environment, imports libraries
and the agent, and then only forks. Each fork makes two processes: a supervisor, which ends the
sandbox when the judge hangs up, and the sandbox's first process, which builds its walls and then
serves the agent.

Run as `python -c "from judge.sandbox.fork_server_process import main; main()" ROOT [LISTENER]` with a Unix socket as
fd 0. LISTENER is the descriptor of a listening socket: whoever connects there, another process of the judge's,
is served by a twin, a fork of this process that goes on like it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from judge.sandbox import agent, cells, gpu, usage, walls
from judge.sandbox.clock import Waiting
from judge.sandbox.protocol import Channel

_SECONDS_BETWEEN_LOOKS = 0.1
_ENVIRONMENT = {
    "HOME": walls.SCRATCH,
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TMPDIR": walls.SCRATCH,
    "MPLBACKEND": cells.INLINE_BACKEND,
    "MPLCONFIGDIR": walls.SCRATCH,
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": walls.SCRATCH,
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "HDF5_USE_FILE_LOCKING": "FALSE",  # the walls have no locks
}


def main() -> None:
    """Import, say so, and fork on demand until the judge hangs up."""
    judge = socket.socket(fileno=os.dup(0))
    listener = socket.socket(fileno=int(sys.argv[2])) if len(sys.argv) > 2 else None
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    sys.path[:] = [entry for entry in sys.path if entry not in ("", os.getcwd())]
    gc.disable()  # importing makes many objects and no garbage
    package = agent.import_libraries()
    gc.freeze()  # the forks then share these pages instead of copying them
    gc.set_threshold(20_000, 20, 20)  # building networks makes many objects and little garbage
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # supervisors are reaped by the kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the judge, which then hangs up
    judge.sendall(b"ready")
    while True:
        if listener is not None and listener in select.select([judge, listener], [], [])[0]:
            caller, _ = listener.accept()
            if _fork() == 0:  # a twin, which goes on in this loop and serves the caller alone
                judge.close()
                listener.close()
                judge, listener = caller, None
                judge.sendall(b"ready")
            else:
                caller.close()
            continue
        request, descriptors, _, _ = socket.recv_fds(judge, 4096, 2)
        if not request:
            os._exit(0)  # nothing is left to be tidied up, and Python would take its time over TensorFlow
        agent_end, control_end = (socket.socket(fileno=fd) for fd in descriptors)
        if _fork() == 0:
            for ours in (judge, listener):
                if ours is not None:
                    ours.close()
            _supervise(agent_end, control_end, json.loads(request), package)
        agent_end.close()
        control_end.close()
        judge.sendall(b"forked")


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: fork beside TensorFlow's idle threads
        return os.fork()


def _supervise(agent_end: socket.socket, control: socket.socket, order: dict[str, Any], package: Path) -> None:
    """Fork the sandbox, end it when the judge hangs up or it uses too much, and report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    order["user_id"] = os.getpid()  # as seen from outside: no other sandbox has it
    try:
        if order["isolated"]:
            walls.separate_process_ids()
        child = os.fork()
        if child == 0:
            control.close()
            _serve(agent_end, order, package)
        agent_end.close()
        excess = _wait(child, control, walls.Limits(**order["limits"]))
        _, status = os.waitpid(child, 0)
        report = {"status": os.waitstatus_to_exitcode(status), "excess": excess}
        _say(control, report)
    except OSError as error:
        _say(control, {"error": str(error)})
    finally:
        os._exit(0)


def _wait(child: int, control: socket.socket, limits: walls.Limits) -> str:
    """Wait until the child ends, or end it; returns what it had too much of, or ""."""
    ended = os.pidfd_open(child)
    excess, next_sum, before = "", 0.0, 1
    waiting = Waiting([child])
    readable: list[int] = []

    def stop() -> bool:
        """Whether there is something more urgent than adding up."""
        more = len(usage.family(child)) > limits.all_processes
        return more or bool(select.select([control.fileno(), ended], [], [], 0)[0])

    while ended not in readable and not excess:
        readable, _, _ = select.select([control.fileno(), ended], [], [], _SECONDS_BETWEEN_LOOKS)
        processes, started = usage.family(child), time.monotonic()
        asked = control.recv(4096) if control.fileno() in readable else None
        if asked == b"":
            break
        waiting.look(processes, now=bool(asked))
        for moment in (asked or b"").split():
            _say(control, {"waited": waiting.since(float(moment))})
        if len(processes) > limits.all_processes:
            excess = "processes"
        elif usage.sockets(processes, limits.all_sockets) > limits.all_sockets:
            excess = "sockets"
        # Adding up takes long where many processes share much, and longest where more and more do: these are counted.
        elif started >= next_sum and len(processes) <= before:
            if usage.memory_in_use(processes, limits.all_memory_bytes, stop) > limits.all_memory_bytes:
                excess = "memory"
            next_sum = 2 * time.monotonic() - started
        before = len(processes)
    if ended not in readable:
        _end(child, ended)
    return excess


def _end(child: int, ended: int) -> None:
    """Kill the first process, with which all end; among hundreds it would come to that after minutes only.

    So it comes first now, as far as this account may say so, and the others are killed one by one meanwhile.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, child, -20)
        Path(f"/proc/{child}/autogroup").write_text("-10")
    space = _space(child)
    signal.pidfd_send_signal(ended, signal.SIGKILL)
    while space and not select.select([ended], [], [], 0.1)[0]:
        for process in usage.family(child)[1:]:
            with contextlib.suppress(OSError):
                _kill_inside(process, space)


def _space(process: int) -> str:
    """Its process id space; "" if it has none of its own, or has ended."""
    try:
        space = os.readlink(f"/proc/{process}/ns/pid")
        return "" if space == os.readlink("/proc/self/ns/pid") else space
    except OSError:
        return ""


def _kill_inside(process: int, space: str) -> None:
    """Kill a process of this process id space; its number may have become another's meanwhile."""
    handle = os.pidfd_open(process)
    try:
        if _space(process) == space:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)


def _say(control: socket.socket, words: dict[str, Any]) -> None:
    """One line to the judge, which may have gone."""
    with contextlib.suppress(OSError):
        control.sendall(json.dumps(words).encode() + b"\n")


def _serve(agent_end: socket.socket, order: dict[str, Any], package: Path) -> None:
    """Build the walls in this process, then answer the judge until it hangs up."""
    channel = Channel(agent_end)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()  # Linux shares the processors out by session, then by niceness: the supervisor comes first
    os.nice(5)
    limits = walls.Limits(**order["limits"])
    try:
        in_force = _prepare(order, package, limits)
        if limits.gpu_bytes:
            gpu.start(limits.gpu_bytes)
    except gpu.GpuMissing as error:
        channel.send({"no_gpu": str(error)})
        os._exit(1)
    except OSError as error:
        channel.send({"refused": str(error)})
        os._exit(1)
    channel.send({"walls": in_force})
    agent.serve(channel)
    os._exit(0)


def _prepare(order: dict[str, Any], package: Path, limits: walls.Limits) -> list[str]:
    for_gpu = gpu.environment() if limits.gpu_bytes else {}
    os.environ.clear()
    os.environ.update(_ENVIRONMENT | for_gpu)
    tempfile.tempdir = None  # some library asked before the fork; here the answer is another
    for descriptor in (1, 2):  # standard error led to the judge
        os.dup2(0, descriptor)
    if order["isolated"]:
        visible = walls.visible_paths(package) + (gpu.paths() if limits.gpu_bytes else [])
        return walls.enclose(visible, limits, order["user_id"])
    os.chdir(order["folder"])
    os.environ.update({name: order["folder"] for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "KERAS_HOME")})
    return []
