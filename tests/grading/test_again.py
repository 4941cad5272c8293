"""Answers that are right only the first time, or that change their inputs, fail in a suite that never thought of it."""

import uuid

import pytest

from judge.sandbox.session import Code, Session
from judge.suite import again
from judge.suite.engine import Status
from judge.suite.suites import Suite

SUITE = """
import numpy as np

from judge.suite import Student, agree, cell, expect_array

double, total, noise = cell("double_check"), cell("total_check"), cell("noise_check")
X = np.array([1.0, 3.0, 5.0], np.float32)


@double.check("double returns twice its input.")
def test_double(student: Student) -> None:
    agree(student.call("double", X), 2 * X, "double(x)")


@double.check("double works on one row.", needs=[test_double])
def test_double_of_a_row(student: Student) -> None:
    agree(student.call("double", X[None]), 2 * X[None], "double(x)")


@total.check("total adds up a list.")
def test_total(student: Student) -> None:
    agree(student.call("total", [3.0, 1.0, 2.0]), 6.0, "total([3, 1, 2])")


@noise.check("noise(n) is n numbers.")
def test_noise(student: Student) -> None:
    expect_array(student.call("noise", 5), "noise(5)", (5,))
"""
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "total": "def total(values):\n    return sum(values)",
    "noise": "import numpy as np\n\ndef noise(n):\n    return np.random.rand(n)",
}
COUNTING = "calls = []\ndef double(x):\n    calls.append(1)\n"
ONLY_AT_FIRST = {
    "the first two calls": f"{COUNTING}    return 2 * x if len(calls) < 3 else 0 * x",
    "every other pair of calls": f"{COUNTING}    return 2 * x if len(calls) % 4 in (1, 2) else 0 * x",
    "inputs that it has not seen": "seen = set()\ndef double(x):\n    known = str(x) in seen\n    seen.add(str(x))\n"
    "    return 0 * x if known else 2 * x",
    "one order of shapes": "last = [2]\ndef double(x):\n    before, last[0] = last[0], len(x.shape)\n"
    "    return 0 * x if before == last[0] else 2 * x",
    "the first two calls, then it never returns": f"{COUNTING}    while len(calls) > 2: pass\n    return 2 * x",
    "the first two calls, then its process ends": f"{COUNTING}    len(calls) > 2 and __import__('os')._exit(0)\n"
    "    return 2 * x",
}
HONEST = {
    "remembers answers": "import functools\nimport numpy as np\n\n@functools.cache\ndef known(t):\n"
    "    return tuple(2 * v for v in t)\n\ndef double(x):\n    a = np.asarray(x)\n"
    "    return np.reshape(known(tuple(a.ravel().tolist())), a.shape)",
    "counts its calls": f"{COUNTING}    print(len(calls))\n    return 2 * x",
    "makes a layer once": "import keras\nlayer = keras.layers.Rescaling(2.0)\ndef double(x):\n    return layer(x)",
    "is compiled": "import tensorflow as tf\n\n@tf.function\ndef double(x):\n    return 2 * x",
    "fails once by chance": f"{COUNTING}    return 0 * x if len(calls) == 3 else 2 * x",
}
CHANGING = [
    "def total(values):\n    values.sort()\n    return sum(values)",
    "def total(values):\n    found = 0\n    while values:\n        found += values.pop()\n    return found",
    "def total(values, *more):\n    values[0] += 0.5\n    return sum(values) - 0.5",
]


@pytest.fixture
def judged(tmp_path, parent, monkeypatch):
    """The verdicts on the right answers, some of them replaced; a busy machine has time to ask for all again."""
    monkeypatch.setattr(again, "LEAST_SECONDS", 30.0)

    def judge(suite: str = SUITE, **answers: str) -> dict[str, tuple[str, str]]:
        path = tmp_path / f"graders/ex_again/test_{uuid.uuid4().hex}.py"  # pytest imports a suite once
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(suite)
        cells = tuple((RIGHT | answers).items())
        with Session(parent, Code(cells)) as session:
            session.load()
            return {v.name: (v.status, v.message) for v in Suite(path).judge(session).verdicts}

    return judge


def lost(verdicts):
    return {name for name, (status, _) in verdicts.items() if status is not Status.PASSED}


def test_right_answers_keep_their_points(judged):
    assert lost(judged()) == set()


@pytest.mark.parametrize("answer", HONEST.values(), ids=HONEST)
def test_honest_state_keeps_its_points(judged, answer):
    assert lost(judged(double=answer)) == set()


@pytest.mark.parametrize("answer", ONLY_AT_FIRST.values(), ids=ONLY_AT_FIRST)
def test_what_is_right_only_for_a_time_loses_the_points_of_its_cell(judged, answer):
    suite = SUITE.replace('input.")', 'input.", seconds=3)').replace("[test_double])", "[test_double], seconds=3)")
    found = judged(suite, double=answer)
    assert lost(found) and lost(found) <= {"test_double", "test_double_of_a_row"}
    said = "This passed when it was asked first, and failed when it was asked again"
    assert any(message.startswith(said) for _, message in found.values())


@pytest.mark.parametrize("answer", list(ONLY_AT_FIRST.values())[:3], ids=list(ONLY_AT_FIRST)[:3])
def test_where_one_check_has_found_it_the_others_of_the_cell_ask_more_often(judged, answer):
    assert lost(judged(double=answer)) == {"test_double", "test_double_of_a_row"}


def test_what_is_right_until_something_else_is_asked_loses_its_points(judged):
    double = "asked = []\ndef double(x):\n    return 0 * x if asked else 2 * x"
    total = "def total(values):\n    asked.append(1)\n    return sum(values)"
    assert lost(judged(double=double, total=total)) == {"test_double", "test_double_of_a_row"}


OBJECTS = """
from judge.suite import Student, agree, cell

box = cell("box_check")


@box.check("A box adds up.")
def test_box(student: Student) -> None:
    box = student.call("Box", [3.0, 1.0], {"unit": "mm"})
    agree(box.call("total", [1.0, 5.0]), 10.0, "the total")


@box.check("A box comes back from its config.")
def test_config(student: Student) -> None:
    box = student.get("Box").call("from_config", {"values": [2.0], "options": {}})
    agree(box.call("total", []), 2.0, "the total")
"""
BOX = """class Box:
    def __init__(self, values, options):
        self.values, self.options = values, options

    @classmethod
    def from_config(cls, config):
        return cls(config.pop("values"), config.pop("options"))

    def total(self, more):
        return sum(self.values) + sum(more)"""
CHANGING_OBJECTS = {
    "`Box` changes its input values": (
        "= values, options",
        "= sorted(values), options\n        values.sort()",
    ),
    "`Box` changes its input options": ("= values, options", "= values, options.pop('unit', 'mm')"),
    "`Box.total` changes its input more": (
        "        return sum",
        "        more.append(0.0)\n        return sum",
    ),
}


def test_objects_that_leave_what_they_are_given_keep_their_points(judged):
    assert lost(judged(OBJECTS, box=BOX)) == set()


@pytest.mark.parametrize("said", CHANGING_OBJECTS)
def test_a_constructor_or_method_that_changes_what_it_is_given_fails(judged, said):
    found = judged(OBJECTS, box=BOX.replace(*CHANGING_OBJECTS[said]))
    assert found["test_box"][1].startswith(said)


@pytest.mark.parametrize("answer", CHANGING)
def test_a_function_that_changes_the_list_it_is_given_fails(judged, answer):
    found = judged(total=answer)
    assert lost(found) == {"test_total"}
    assert found["test_total"][1].startswith("`total` changes its input values")


def test_a_check_may_say_why_inputs_may_change_and_why_it_is_asked_once(judged):
    allowed = SUITE.replace('list.")', 'list.", changes_inputs="the lesson sorts in place")')
    assert lost(judged(allowed, total=CHANGING[0])) == set()
    first_only = ONLY_AT_FIRST["the first two calls"]
    once = SUITE.replace('input.")', 'input.", once="of its counter")')
    once = once.replace("[test_double])", '[test_double], once="of its counter")')
    assert lost(judged(once, double=first_only)) == set()
