"""What suites compare with: it must answer for whatever comes back."""

import numpy as np
import pytest

from judge.sandbox.outcomes import Raised
from judge.suite import CheckFailed, agree, in_shape, is_same
from judge.suite.student import explain


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


@pytest.mark.parametrize(
    ("expected", "received", "said"),
    [
        ([0.55, 1.0], [0.55003, 1.0], "expected 0.55 at [0], received 0.55003 there"),
        (0.55, 0.55003, "expected 0.55, received 0.55003"),
        (np.zeros(100), np.eye(100)[50], "expected 0 at [50], received 1 there"),
        ([1.0, 2.0], [1.0, 3.0], "expected [1. 2.], received [1. 3.]"),
    ],
)
def test_two_numbers_that_differ_are_never_shown_as_the_same(expected, received, said):
    with pytest.raises(CheckFailed) as failure:
        agree(np.asarray(received), expected, "it", rtol=1e-6, atol=1e-9)
    assert failure.value.message == f"it has the wrong value: {said}."


KERAS = "Exception encountered when calling F.call().\n\n\x1b[1m{}\x1b[0m\n\nArguments received by F.call():\n  - x"
GRAPH = 'in user code:\n\n    File "/tmp/cell.py", line 3, in f  *\n        return g(x)\n\n    ValueError: {}\n'
LOADING = (
    "A total of 1 objects could not be loaded. Example error message for object <Dense name=a, built=True>:\n\n{}\n\n"
    "List of objects that could not be loaded:\n[<Dense name=a, built=True>]"
)
CONFIG = (
    "<class 'VAE'> could not be deserialized properly. Please ensure that components are fine.\n\nconfig={{'a': 1}}."
    "\n\nException encountered: {}"
)


@pytest.mark.parametrize("around", [[KERAS], [GRAPH], [LOADING], [CONFIG], [CONFIG, KERAS], [GRAPH, KERAS]])
def test_the_reason_of_an_error_is_told_without_what_libraries_put_around_it(around):
    message = "shapes (2, 3) and (4,) differ"
    for text in reversed(around):
        message = text.format(message)
    assert Raised("ValueError", (), message, ()).reason.removeprefix("ValueError: ") == "shapes (2, 3) and (4,) differ"


def test_numpy_that_only_the_tools_import_is_named():
    said = explain(Raised("NameError", ("NameError",), "name 'np' is not defined", ()), "f")
    assert said.endswith("write `import numpy as np` in your own cell")


def test_an_array_that_may_not_be_written_into_is_told_as_whose_it_is():
    said = explain(Raised("ValueError", ("ValueError",), "assignment destination is read-only", ()), "f")
    assert "its caller's, so work on a copy" in said


def test_numbers_in_another_shape_are_laid_out_and_others_left_alone():
    column = np.array([[1.0], [2.0]])
    assert in_shape(column, (2,)).shape == (2,)
    assert in_shape(column, (3,)) is column
    assert in_shape(None, (2,)) is None
