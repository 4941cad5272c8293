"""What suites compare with: it must answer for whatever comes back."""

import numpy as np
import pytest

from judge.suite import is_same


@pytest.mark.parametrize(
    ("received", "expected"),
    [(4, 4), (np.int64(4), 4), (np.array(4), 4), ("mine", "mine"), (["a", "b"], ["a", "b"])],
)
def test_equal_data_is_the_same(received, expected):
    assert is_same(received, expected)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (np.array([4, 4]), 4), (np.array([4.0, 5.0]), "mine"), ([np.zeros(3), "b"], ["a", "b"]),
        (None, 4), (np.zeros((0,)), 4), ({"a": 1}, 4), (float("nan"), 4),
    ],
)  # fmt: skip
def test_other_data_is_not_the_same_and_raises_nothing(received, expected):
    assert not is_same(received, expected)
