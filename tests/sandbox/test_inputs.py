"""A function that changes what it is given in place is found out, whatever it is given."""

import numpy as np
import pytest

from judge.sandbox.inputs import InputChanged, call_and_compare


def append(x):
    x.append(1)


def assign(x):
    x["a"] = 2


def pop(x):
    x.pop("a")


def add_in_place(x):
    x += 1


def deep(x):
    x["a"][0][1] = 9


def rename(x):
    x["b"] = x.pop("a")


CHANGES = [
    (append, [1, 2]), (append, []), (assign, {"a": 1}), (assign, {}), (pop, {"a": 1}), (rename, {"a": 1}),
    (add_in_place, np.zeros(3)), (add_in_place, np.zeros((2, 2), np.int64)), (deep, {"a": [[1, 2]]}),
    (deep, {"a": [np.zeros(2)]}), (lambda x: x.sort(), [2, 1]), (lambda x: x.fill(np.nan), np.zeros(2)),
    (lambda x: x.__setitem__(0, "1"), [1]), (lambda x: x.__setitem__(0, [1]), [1]),
]  # fmt: skip


@pytest.mark.parametrize(("function", "given"), CHANGES)
def test_a_change_in_place_is_named(function, given):
    with pytest.raises(InputChanged, match="changes its input x, which its caller goes on using"):
        call_and_compare(function, [given], {})


def test_the_argument_is_named_however_it_is_given():
    def second(first, second):
        second.append(1)

    with pytest.raises(InputChanged, match="its input second"):
        call_and_compare(second, [[], []], {})
    with pytest.raises(InputChanged, match="its input second"):
        call_and_compare(second, [[]], {"second": []})
    with pytest.raises(InputChanged, match="its input values"):
        call_and_compare(lambda *values: values[0].append(1), [[]], {})


UNCHANGED = [
    [1, "a", None, (2.0, [3])], {"a": np.array([np.nan, 1.0])}, np.array(["a"]), object(), float("nan"), [float("nan")],
    {"x": object()}, np.float32(3), np.float32("nan"),
]  # fmt: skip


@pytest.mark.parametrize("given", UNCHANGED)
def test_what_is_left_alone_is_no_change(given):
    assert call_and_compare(lambda x: 7, [given], {}) == 7
