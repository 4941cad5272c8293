"""A mistake is a patch and a hint: `record` proves it, and a student's failed check is recognised by its answers."""

import json
from io import StringIO

import numpy as np
import pytest
from rich.console import Console
from test_autograde import LESSON

from judge.commands.record import differences, record_exercise, run_mutants
from judge.commands.selfcheck import findings
from judge.commands.workbench import Workbench
from judge.course.build import build
from judge.nbgrader import batch
from judge.sandbox import shared_fork_server as warm
from judge.suite.expect import Evidence, Mistake
from judge.suite.recognition import Answers, agrees, read_answers, recognise, write_answers
from judge.suite.suites import Suite

EXERCISE = "ex_record"
SUITE = '''\
"""The tiny suite."""

import numpy as np

from judge.suite import Student, agree, cell

double = cell("double_check", read_again="section 1")


@double.check("double returns twice its input.", weight=3)
def test_double(student: Student) -> None:
    x = np.array([1.0, 3.0, 5.0])
    agree(student.call("double", x), 2 * x, "double(x)")


@double.check("double works on whole numbers.", needs=[test_double])
def test_double_of_integers(student: Student) -> None:
    agree(student.call("double", 7), 14, "double(7)")


double.mistake("squared", ("x + x", "x * x"), "You squared the number instead of doubling it.")
double.mistake("tripled", ("x + x", "x + x + x"), "You added the number once too often.", also=[("x + x", "3 * x")])
'''


@pytest.fixture
def course(tmp_path, monkeypatch, parent):
    """The root of a course in order, and its suite; pytest imports a suite once, so its name is its own."""
    monkeypatch.setattr(warm, "_parent", parent)
    name = f"rec_{tmp_path.name.replace('-', '_')}"
    suite = tmp_path / f"graders/{EXERCISE}/test_{name}.py"
    for path, text in ((tmp_path / f"solutions/{EXERCISE}/{name}.py", LESSON), (suite, SUITE)):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    build(tmp_path)
    assert batch.nbgrader_api(tmp_path).generate_assignment(EXERCISE, force=True)["success"]
    return tmp_path, suite


def record(course):
    return record_exercise(course[0], EXERCISE, Console(file=StringIO()))


def judged(course, answer):
    """The mistake that each failed check of an answer names."""
    bench = Workbench(Suite(course[1]))
    found = bench.judge({"double": f"def double(x):\n    return {answer}"}).verdicts
    return {v.name: v.mistake for v in found if v.status == "failed"}


def test_a_recorded_mistake_is_recognised_however_it_is_written(course):
    assert record(course) == []
    assert judged(course, "2 * x + x") == {"test_double": "tripled"}
    assert judged(course, "x ** 2") == {"test_double": "squared"}


def test_another_wrong_answer_is_not_recognised(course):
    record(course)
    assert judged(course, "4 * x") == {"test_double": ""}


def test_what_each_mutant_fails_is_written_for_people_to_read(course):
    record(course)
    written = json.loads((course[1].parent / "mistakes.json").read_text())
    assert written["double/tripled (2)"] == {"test_double": "tripled"}


def test_recording_again_changes_no_byte(course):
    record(course)
    path = course[1].parent / "answers.npz"
    before = path.read_bytes()
    record(course)
    assert path.read_bytes() == before


def test_recording_another_hole_keeps_what_is_recorded(course):
    record(course)
    folder = course[1].parent
    before = {name: (folder / name).read_bytes() for name in ("answers.npz", "mistakes.json")}
    edit(course, "[1.0, 3.0, 5.0]", "[1.0, 3.0, 7.0]")
    with pytest.raises(ValueError, match="has no hole other: expected some of double"):
        record_exercise(course[0], EXERCISE, Console(file=StringIO()), ["other"])
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert record_exercise(course[0], EXERCISE, Console(file=StringIO()), ["double"]) == []
    assert (folder / "answers.npz").read_bytes() != before["answers.npz"]


def test_answers_of_one_mistake_are_taken_over():
    old, new = Answers(), Answers()
    for mistake in ("h/one", "h/two"):
        old.add("a", mistake, np.array([1.0, 2]))
    new.take_over("h/one", old)
    new.take_over("h/one", old)
    assert {check: list(known) for check, known in new.by_check.items()} == {"a": ["h/one"]}
    assert len(new.by_check["a"]["h/one"]) == 1


def edit(course, old, new):
    assert old in course[1].read_text()
    course[1].write_text(course[1].read_text().replace(old, new))


def test_a_mutant_that_keeps_full_points_is_an_error(course):
    edit(course, '"x + x + x"', '"2 * x"')
    (problem,) = record(course)
    assert "double/tripled: its mutant keeps full points" in problem


def test_two_mistakes_that_cannot_be_told_apart_are_reported(course):
    edit(course, '"x + x + x"', '"x * x"')
    edit(course, ', also=[("x + x", "3 * x")]', "")
    (problem,) = record(course)
    assert "double/tripled: it cannot be told from squared" in problem


@pytest.mark.parametrize(("old", "count"), [("y + y", 0), ("x", 3)])
def test_a_patch_that_does_not_fit_the_solution_is_an_error(course, old, count):
    edit(course, '("x + x", "x * x")', f'("{old}", "0")')
    with pytest.raises(ValueError, match=f"must be once in the solution of 'double': found {count} times"):
        record(course)


def test_check_finds_a_suite_that_was_not_recorded_again(course):
    record(course)
    edit(course, "[1.0, 3.0, 5.0]", "[1.0, 3.0, 7.0]")
    found = list(findings(course[0], [], run_zoo=True, console=Console(file=StringIO())))
    assert len(found) == 1
    assert "answers.npz: the mutants answer otherwise than recorded" in found[0]


def test_a_record_without_change_has_no_differences(course):
    record(course)
    bench = Workbench(Suite(course[1]))
    assert list(differences(bench, run_mutants(bench, Console(file=StringIO())))) == []


def numbers(*values, expected=None):
    return Evidence(np.array(values, float), None if expected is None else np.array(expected, float))


def test_agreement_needs_two_numbers_that_are_not_the_right_ones():
    assert agrees(numbers(1, 2, 5, expected=[1, 0, 0]), np.array([1.0, 2, 5]))
    assert not agrees(numbers(1, 2, 5, expected=[1, 2, 0]), np.array([1.0, 2, 5]))
    assert not agrees(numbers(1, 2, 5, expected=[1, 0, 0]), np.array([1.0, 2, 6]))
    assert not agrees(Evidence(np.array(3.0)), np.array(3.0))
    assert not agrees(numbers(1, 2), np.array([[1.0, 2]]))


def test_the_mistake_that_agrees_in_most_checks_wins():
    answers, wrong, other = Answers(), Mistake("wrong", "", hole="h"), Mistake("other", "", hole="h")
    answers.add("a", "h/other", np.array([1.0, 2]))
    answers.add("a", "h/wrong", np.array([1.0, 2]))
    answers.add("b", "h/wrong", np.array([3.0, 4]))
    failed = {"a": numbers(1, 2), "b": numbers(3, 4)}
    found = recognise(failed, {}, {"a": [other, wrong], "b": []}, answers)
    assert {check: mistake.name for check, mistake in found.items()} == {"a": "wrong", "b": "wrong"}


def test_code_recognises_what_is_recorded_nowhere_and_fills_its_hint():
    weighted = Mistake("weighted", "The weight is {}.", hole="h", recognise=lambda r, e: f"{r[1]:g}")
    found = recognise({"a": numbers(1, 0.3)}, {}, {"a": [weighted]}, Answers())
    assert (found["a"].name, found["a"].hint) == ("weighted", "The weight is 0.3.")


def test_an_exception_of_any_origin_tells_nothing():
    text = "ValueError: z_log_var must have the shape of z_mean"
    assert agrees(Evidence(np.array(text)), np.array(text))
    assert not agrees(Evidence(np.array("NameError: name 'sampling' is not defined")),
                      np.array("NameError: name 'sampling' is not defined"))  # fmt: skip


def test_answers_are_the_same_bytes_each_time_and_read_back(tmp_path):
    answers = Answers()
    answers.add("test_b", "h/one", np.array([1.0, np.nan]))
    answers.add("test_a", "h/one", np.array("ValueError: text"))
    for name in ("first.npz", "second.npz"):
        write_answers(tmp_path / name, answers)
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()
    read = read_answers(tmp_path / "first.npz")
    assert str(read.by_check["test_a"]["h/one"][0]) == "ValueError: text"
    assert np.isnan(read.by_check["test_b"]["h/one"][0][1])
