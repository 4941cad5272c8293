"""Runs a suite inside the student's own kernel, as stock nbgrader would: the rival of benchmarks/grading.py.

The same checks make the same calls, but in the process that holds the student's code, without sandbox and
without the arrays leaving it.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from judge.sandbox import outcomes
from judge.sandbox.agent import Agent
from judge.sandbox.outcomes import Outcome
from judge.sandbox.session import Code
from judge.suite import engine
from judge.suite.suites import Suite


class InKernelSession:
    """Answers requests in this process, from this namespace."""

    code = Code(())
    cell_errors: dict[str, Outcome] = {}  # noqa: RUF012  nothing is ever put in

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._agent = Agent.__new__(Agent)
        self._agent._shell = SimpleNamespace(user_ns=namespace)
        self._agent._objects = {}

    def request(self, seconds: float, do: str, **arguments: Any) -> Outcome:
        """Do one thing at once; a hang would hang the kernel, as it does in stock nbgrader."""
        return outcomes.from_reply(self._agent.answer({"do": do, **arguments}))


def points_in_kernel(suite: str, namespace: dict[str, Any]) -> float:
    """The share of the suite's weight that passes; printed as the last line of a stock test cell."""
    verdicts = Suite(Path(suite)).judge(InKernelSession(namespace)).verdicts
    weights = sum(verdict.check.weight for verdict in verdicts)
    return sum(v.check.weight for v in verdicts if v.status is engine.Status.PASSED) / weights
