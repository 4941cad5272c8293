"""The result object: points, states, and its JSON."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from result_samples import ATTACK, BROKEN, FAULT, JUDGED, SECRET, result_of, verdict

from judge.grade.result import Result, ResultError
from judge.suite.engine import Status

STATUSES = st.sampled_from([Status.PASSED, Status.FAILED, Status.NOT_RUN])
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=60)


def test_a_check_is_worth_its_weights_share_of_the_cells_points() -> None:
    assert [check.max_points for check in JUDGED.checks] == pytest.approx([4 / 3, 8 / 3, 5])
    assert [check.points for check in JUDGED.checks] == pytest.approx([4 / 3, 0, 0])


def test_a_cells_points_are_rounded_to_two_decimals() -> None:
    assert JUDGED.cell("kl_check").points == 1.33
    assert JUDGED.points == 1.33
    assert JUDGED.max_points == 9


@given(st.floats(0, 1000), st.lists(st.tuples(STATUSES, st.floats(0.01, 100)), min_size=1, max_size=8))
def test_points_stay_between_none_and_all(points: float, checks: list[tuple[Status, float]]) -> None:
    verdicts = [verdict(f"t{i}", "c", status, weight=w) for i, (status, w) in enumerate(checks)]
    cell = result_of(verdicts, {"c": points}).cell("c")
    passed = {status is Status.PASSED for status, _ in checks}
    assert 0 <= cell.points <= cell.max_points == points
    if passed == {True}:
        assert cell.points == points
    if passed == {False}:
        assert cell.points == 0
    assert cell.points == points or cell.points == round(cell.points, 2)


def test_thirds_of_ten_points_add_up_to_exactly_ten() -> None:
    result = result_of([verdict(f"t{i}", "c", weight=0.1) for i in range(3)], {"c": 10})
    assert result.points == 10


@pytest.mark.parametrize("result", [FAULT, BROKEN])
def test_one_fault_of_ours_leaves_no_points_anywhere(result: Result) -> None:
    assert result.state == "our_fault"
    assert not result.is_judged
    assert [check.points for check in result.checks] == [0] * len(result.checks)
    assert [cell.points for cell in result.cells] == [0]


def test_a_fault_beside_a_cell_whose_checks_all_passed_takes_its_points_too() -> None:
    verdicts = [verdict("good", "a"), verdict("bad", "b", Status.OUR_FAULT)]
    assert result_of(verdicts, {"a": 3, "b": 1}).points == 0


def test_a_check_of_an_unknown_cell_is_refused_by_name() -> None:
    with pytest.raises(ResultError, match=r"'test_x' names the cell 'kl_chek'.*expected one of kl_check"):
        result_of([verdict("test_x", "kl_chek")], {"kl_check": 1})


def test_a_cell_without_a_check_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"No check judges the cell step_check"):
        result_of([verdict("test_x")], {"kl_check": 1, "step_check": 2})


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ResultError, match="same name"):
        result_of([verdict("t"), verdict("t")], {"kl_check": 1})


@pytest.mark.parametrize("points", [-1, math.nan, math.inf])
def test_points_that_are_no_points_are_refused(points: float) -> None:
    with pytest.raises(ResultError, match="0 or more points"):
        result_of([verdict("t")], {"kl_check": points})


def test_students_see_no_traceback_of_ours() -> None:
    for result in (FAULT, BROKEN):
        assert SECRET in result.to_json()
        assert SECRET not in result.for_student().to_json()


@pytest.mark.parametrize("result", [JUDGED, FAULT, BROKEN, ATTACK])
def test_json_comes_back_as_it_was(result: Result) -> None:
    assert Result.from_json(result.to_json()) == result


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, STATUSES, st.floats(0, 1e6))
def test_any_text_of_a_student_comes_back_as_it_was_stored(
    message: str, example: str, note: str, status: Status, seconds: float
) -> None:
    checks = [verdict("t", status=status, message=message, example=example, hint=note)]
    result = result_of(checks, {"kl_check": 1.5}, notes=[note], student=note, seconds=seconds)
    text = result.to_json()
    assert Result.from_json(text.encode("utf-8").decode("utf-8")) == result


def test_the_example_in_the_documentation_is_a_result() -> None:
    document = (Path(__file__).parents[2] / "docs/results.md").read_text(encoding="utf-8")
    result = Result.from_json(document.split("```json\n")[1].split("```")[0])
    assert result.cell("kl_check").points == 1.33


def test_huge_texts_lose_their_middle() -> None:
    result = result_of([verdict("t", status=Status.FAILED, message="a" + "x" * 10**6 + "b")], {"kl_check": 1})
    message = result.checks[0].message
    assert len(message) <= 4000
    assert message.startswith("ax") and message.endswith("xb") and "more characters" in message
    result.to_json()


def changed(**about: object) -> str:
    return json.dumps(json.loads(JUDGED.to_json()) | about)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected JSON, received nothing"),
        ("[" * 100_000, "expected JSON"),
        ("[]", "expected version 1, received None"),
        (changed(version=2), "expected version 1, received 2"),
        (changed(version=True), "expected version 1"),
        (changed(state="fine"), "in state"),
        (changed(extra=1), "extra"),
        (changed(student="a\x1bb"), "in student"),
        (changed(student="x" * 301), "in student"),
        (changed(seconds=-1), "in seconds"),
        (changed(seconds=math.inf), "in seconds"),
        (changed(state="our_fault"), "points"),
        (changed(cells=[{"grade_id": "a", "points": 2, "max_points": 1}]), "a has more points"),
    ],
)  # fmt: skip
def test_what_is_no_result_is_refused_and_named(text: str, says: str) -> None:
    with pytest.raises(ResultError, match=says):
        Result.from_json(text)


def test_a_duration_that_is_no_number_is_not_written() -> None:
    with pytest.raises(ResultError, match="cannot be written"):
        result_of([verdict("t")], {"kl_check": 1}, seconds=math.nan).to_json()


def test_a_failed_check_with_points_is_refused() -> None:
    document = json.loads(JUDGED.to_json())
    document["checks"][1]["points"] = 1.0
    with pytest.raises(ResultError, match=r"checks\[1\].points"):
        Result.from_json(json.dumps(document))
