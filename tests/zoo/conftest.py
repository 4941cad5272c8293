"""Fixtures of the exercises' zoos."""

import pytest

from judge.student import Student

pytest.register_assert_rewrite("zoo_tests")


@pytest.fixture
def zoo(request):
    """The zoo that a test module is about."""
    return request.module.ZOO


@pytest.fixture
def short_budgets(request, monkeypatch):
    """Five seconds for a check of a hostile sample at most: there a hang is a hang, elsewhere a machine is slow."""
    if request.node.callspec.params["sample"].path.parent.name == "hostile":
        begin = Student.begin_check
        monkeypatch.setattr(Student, "begin_check", lambda self, seconds: begin(self, min(seconds, 5.0)))
