"""The judge's end of one sandbox."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import tempfile
from typing import Any

from judge.sandbox import outcomes
from judge.sandbox.clock import Budget
from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, TimedOut, TooMuchOutput
from judge.sandbox.protocol import Channel, DeadlinePassed, PeerClosed, ProtocolError

_WALLS_SECONDS = 30.0


class IsolationMissing(RuntimeError):
    """A required wall cannot be built on this machine; nothing was graded."""


class SandboxUnavailable(RuntimeError):
    """The sandbox could not be started: our fault, never the student's."""


class Sandbox:
    """One forked process behind walls, and the two sockets that lead to it."""

    def __init__(
        self, channel: Channel, control: socket.socket, folder: tempfile.TemporaryDirectory[str] | None
    ) -> None:
        """Wait until the walls are up; `folder` is the scratch folder where there are none."""
        self._channel = channel
        self._control = control
        self._folder = folder
        self._heard = b""
        self._last_words: dict[str, Any] = {}
        self._waited = 0.0
        self.alive = True
        try:
            greeting = channel.receive(Budget(_WALLS_SECONDS, lambda _: _WALLS_SECONDS).left)
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
        """Ask the agent for one thing and wait at most `seconds` of its own time for the answer."""
        if not self.alive:
            return Died("it had ended before")
        budget = Budget(seconds, self.waited)
        try:
            self._channel.send({"do": do, **arguments}, seconds)
            return outcomes.from_reply(self._channel.receive(budget.left))
        except DeadlinePassed:
            self.close()
            return TimedOut(seconds, contended=budget.contended)
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
        if report.get("excess") in ("processes", "sockets"):
            started = {"processes": "started", "sockets": "opened"}[report["excess"]]
            return Died(f"it {started} too many {report['excess']}")
        status = report.get("status", 0)
        if status < 0:
            return Died(f"its process was ended by signal {-status}")
        return Died(f"its process exited with {status}")

    def waited(self, since: float) -> float:
        """Seconds for which the sandbox has waited for processors that others had.

        Args:
            since: a moment of the monotonic clock.
        """
        with contextlib.suppress(OSError):
            self._control.sendall(f"{since}\n".encode())
            words = self._hear()
            self._waited = words.get("waited", self._waited)
            if words and "waited" not in words:
                self._last_words = words
        return self._waited

    def _report(self) -> dict[str, Any]:
        """What the supervisor says of how the sandbox ended; it is ours, and trusted."""
        while words := self._hear():
            if "waited" not in words:
                self._last_words = words
        return self._last_words

    def _hear(self) -> dict[str, Any]:
        """One line of the supervisor's; {} once it has hung up, or if it says nothing for long."""
        while b"\n" not in self._heard and select.select([self._control], [], [], 5.0)[0]:
            more = self._control.recv(4096)
            if not more:
                break
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        words: dict[str, Any] = json.loads(line) if line else {}
        return words

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


def _isolation_advice(reason: str) -> str:
    return (
        f"Nothing was graded: this machine does not let the judge build its walls ({reason}). It "
        "needs Linux 5.12 or later and either root or unprivileged user namespaces (on Ubuntu 23.10 "
        "or later: `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`; in a container: allow `unshare`). "
        "To grade trusted code without isolation, set JUDGE_WITHOUT_ISOLATION=1."
    )
