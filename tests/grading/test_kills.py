"""A batch killed at any moment loses no grade and doubles none; the next run continues.

`benchmarks/kills.py` does the same with 50 kills over 40 submissions.
"""

import pytest
from kills import assert_nothing_lost, grade_with_kills, make_course

from judge.suite import suites


@pytest.mark.slow
def test_kills_lose_and_double_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(suites, "ROOT", tmp_path)
    make_course(tmp_path, 8)
    assert grade_with_kills(tmp_path, num_kills=4, seed=1) >= 2
    assert_nothing_lost(tmp_path, 8)
