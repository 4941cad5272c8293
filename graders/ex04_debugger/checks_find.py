"""Part 1: what was found, compared with the student's own program made anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.ex04_debugger import mistakes
from graders.ex04_debugger.truth import Truth, introduce, truth_for
from judge.suite import CheckFailed, Mistake, Student, check, expect

KEYS = ("student", "batch", "function", "variable", "line", "value")


def _sheet(student: Student) -> dict[str, Any]:
    introduce(student)
    sheet = student.call("answers")
    expect(isinstance(sheet, dict), "answers() must return the dict of the cell, filled in.")
    return {key: _plain(sheet.get(key)) for key in KEYS}


def _plain(value: Any) -> Any:
    """Numbers that came as arrays, as numbers; text without blanks around it."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(()).item()
    return value.strip() if isinstance(value, str) else value


def _number(value: Any, what: str) -> float:
    expect(
        isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value)),
        f"{what} must be a number, received {value!r:.60}.",
    )
    return float(value)


def _text(value: Any, what: str) -> str:
    expect(isinstance(value, str), f"{what} must be a text, such as {what!r}, in quotes.")
    return str(value)


@check(
    cell="answers_check", seconds=10, says="The answer sheet is filled in, for your own program.", weight=0.5
)
def test_sheet(student: Student) -> None:
    """The id on the sheet is the gradebook's."""
    sheet = _sheet(student)
    missing = [key for key in KEYS if sheet[key] is None]
    expect(
        not missing,
        f"answers() lacks {', '.join(missing)}: keep the keys of the cell, and fill all of them in.",
    )
    named = _text(sheet["student"], "student")
    if student.identity and named.casefold() != student.identity.strip().casefold():
        raise CheckFailed(
            f"Your answers are for the program of {named[:80]!r}, but the course knows you as {student.identity!r}. "
            f'Call hand_out("{student.identity}") and debug that program.',
            mistakes.OTHER_PROGRAM,
        )


@check(cell="answers_check", says="The batch on which it first shows.", weight=1.5, needs=[test_sheet],
       read_again="section 6")  # fmt: skip
def test_batch(student: Student) -> None:
    """As the program counts: from 0."""
    said, truth = _number(_sheet(student)["batch"], "batch"), truth_for(student)
    if said != truth.batch:
        mistake = mistakes.COUNTED_FROM_ONE if said == truth.batch + 1 else None
        raise CheckFailed(f"Nothing goes wrong first on batch {said:g}.", mistake)


@check(
    cell="answers_check",
    says="The function in which it goes wrong.",
    needs=[test_sheet],
    read_again="section 6",
)
def test_function(student: Student) -> None:
    """Not the one in which it shows."""
    said, truth = _text(_sheet(student)["function"], "function").removesuffix("()"), truth_for(student)
    if said == truth.bug.function:
        return
    if f"def {said}(" not in truth.text:
        raise CheckFailed(f"Your program has no function {said[:60]!r}.", mistakes.OTHER_PROGRAM)
    mistake = mistakes.SYMPTOM_NOT_CAUSE if said in truth.callers else None
    raise CheckFailed(f"The number does not go wrong in {said}.", mistake)


@check(
    cell="answers_check",
    says="The variable that is wrong first.",
    needs=[test_function],
    read_again="section 6",
)
def test_variable(student: Student) -> None:
    """A local variable of the guilty function."""
    said, truth = _text(_sheet(student)["variable"], "variable"), truth_for(student)
    if said != truth.bug.variable:
        received = said in truth.bug.line.partition("=")[2]
        raise CheckFailed(
            f"`{said[:60]}` is not the variable that is wrong first.",
            mistakes.ARGUMENT_FOR_RESULT if received else None,
        )


@check(cell="answers_check", says="The line that computes it.", needs=[test_function], read_again="section 6")
def test_line(student: Student) -> None:
    """Its number in the program as it was handed out, or its text."""
    said, truth = _sheet(student)["line"], truth_for(student)
    if isinstance(said, str) and not said.isdigit():
        expect(
            "".join(said.split()) == "".join(truth.bug.line.split()),
            f"The line `{said[:80]}` is not the guilty one.",
        )
        return
    number = int(_number(int(said) if isinstance(said, str) else said, "line"))
    if number != truth.line:
        lines = truth.text.splitlines()
        text = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        shown = f"`{text[:80]}`" if text else "empty"
        raise CheckFailed(
            f"Line {number} of your program, as it was handed out, is {shown}; it is not the guilty one.",
            _line_mistake(truth, number, text),
        )


def _line_mistake(truth: Truth, number: int, text: str) -> Mistake | None:
    lines = truth.text.splitlines()
    start = max(i for i in range(truth.line) if lines[i].startswith("def ")) + 1
    if number == start:
        return mistakes.DEFINITION_FOR_LINE
    end = next(
        (i for i in range(truth.line, len(lines)) if lines[i] and not lines[i].startswith(" ")), len(lines)
    )
    if truth.line < number <= end and text:
        return mistakes.USE_FOR_LINE
    return None if start < number < truth.line and text else mistakes.EDITED_COPY


@check(cell="answers_check", says="What it was worth: the mean of its finite entries.",
       needs=[test_variable, test_batch], read_again="section 6")  # fmt: skip
def test_value(student: Student) -> None:
    """To about three digits."""
    said, truth = _number(_sheet(student)["value"], "value"), truth_for(student)
    expect(
        abs(said - truth.value) <= 5e-4 + 5e-3 * abs(truth.value),
        f"the mean of the finite entries of `{truth.bug.variable}`, on the first wrong batch, is not {said:.6g}. Print "
        f"`finite_mean({truth.bug.variable})` at your stop.",
    )
