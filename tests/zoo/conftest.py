"""Fixtures of the exercises' zoos."""

import pytest

from judge.suite.student import Student

pytest.register_assert_rewrite("zoo_tests")


@pytest.fixture
def zoo(request):
    """The zoo that a test module is about."""
    return request.module.ZOO


HANGS = ("hang", "loop", "never_returns", "slow")


@pytest.fixture
def short_budgets(request, monkeypatch):
    """Eight seconds for a check of a sample that hangs: there a hang is a hang, elsewhere a machine is slow."""
    if any(word in request.node.callspec.params["sample"].name for word in HANGS):
        begin = Student.begin_check
        monkeypatch.setattr(Student, "begin_check", lambda self, seconds: begin(self, min(seconds, 8.0)))
