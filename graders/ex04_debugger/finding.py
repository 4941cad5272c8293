"""Part 1, what was found, compared with the student's own program made anew: its checks and its mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.ex04_debugger.truth import Truth, introduce, truth_for
from judge.suite import CheckFailed, Mistake, Student, cell, expect

answers = cell("answers_check", read_again="section 6")
KEYS = ("student", "batch", "function", "variable", "line", "value")
# What is right for the id "student", by which the mistakes are tried; its guilty function begins on line 89.
SHEET = {"student": "student", "batch": 44, "function": "reparameterise", "variable": "std", "line": 91,
         "value": 133.6}  # fmt: skip


def _sheet_with(**said: Any) -> tuple[str, str]:
    """The patch that hands in this sheet, some of it wrong."""
    first = "    guilty = ("
    return first, f"    return {SHEET | said}\n{first}"


# fmt: off
HALF_FILLED = answers.mistake("half-filled", _sheet_with(line=None, value=None),
    "Some answers are still empty. Each is judged on its own: fill in what you know.",
    also=[_sheet_with(value=None)])
COUNTED_FROM_ONE = answers.mistake("batch-counted-from-one", _sheet_with(batch=45),
    "Batches are counted from 0, as the program counts them: print the loop's own variable.")
LATER_BATCH = answers.mistake("later-batch", _sheet_with(batch=200),
    "Earlier than on the batch you name, a number went wrong already. Wanted is the first batch, counted from the "
    "beginning of its epoch.", also=[_sheet_with(batch=60)])
EARLIER_BATCH = answers.mistake("earlier-batch", _sheet_with(batch=43),
    "On the batch you name all is still well. Stop where the number goes wrong, and print the loop's own variable.")
SYMPTOM_NOT_CAUSE = answers.mistake("symptom-for-cause", _sheet_with(function="elbo_terms", variable="z", line=83),
    "In the function you name, the number is already wrong when it arrives: it came back from a function "
    "that this one calls. Follow it down to where it is born.")
OTHER_PROGRAM = answers.mistake("another-students-program",
    _sheet_with(function="softmax", variable="exponentials"),
    "Your answers belong to another program than yours. Call hand_out with the id under which the course "
    "knows you.")
ARGUMENT_FOR_RESULT = answers.mistake("argument-for-result", _sheet_with(variable="z_log_var"),
    "What you name is what the guilty line receives, and it is as it should be. Wanted is the variable "
    "that the line makes.")
DEFINITION_FOR_LINE = answers.mistake("definition-for-line", _sheet_with(line=89),
    "That is the line on which the function begins; wanted is the line inside that computes the wrong "
    "number.")
USE_FOR_LINE = answers.mistake("use-for-line", _sheet_with(line=92),
    "That line only hands the wrong number on. Wanted is the line on which it is computed.")
EDITED_HINT = (
    "Your numbers of lines seem to belong to a copy that you edited. Call hand_out() again, which puts "
    "the program back as it was, and count there.")
EDITED_COPY = answers.mistake("edited-copy", _sheet_with(line=95), EDITED_HINT)
NOT_THE_MEAN = answers.mistake("value-not-the-mean", _sheet_with(value=1271.0),
    "Wanted is finite_mean of the variable, at your stop on the first wrong batch: neither its largest entry nor a "
    "mean of another batch.", also=[_sheet_with(value=0.5)])
# fmt: on


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
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))
    expect(is_number, f"{what} must be a number, received {value!r:.60}.")
    return float(value)


def _text(value: Any, what: str) -> str:
    expect(isinstance(value, str), f"{what} must be a text, such as {what!r}, in quotes.")
    return str(value)


@answers.check("The answer sheet is filled in, for your own program.", weight=0.5, seconds=10, read_again="")
def test_sheet(student: Student) -> None:
    """The id on the sheet is the gradebook's."""
    sheet = _sheet(student)
    missing = [key for key in KEYS if sheet[key] is None]
    lacking = f"answers() lacks {', '.join(missing)}: keep the keys of the cell, and fill all of them in."
    expect(not missing, lacking, HALF_FILLED)
    named = _text(sheet["student"], "student")
    if student.identity and named.casefold() != student.identity.strip().casefold():
        raise CheckFailed(
            f"Your answers are for the program of {named[:80]!r}, but the course knows you as {student.identity!r}. "
            f'Call hand_out("{student.identity}") and debug that program.',
            OTHER_PROGRAM,
        )


@answers.check("The batch on which it first shows.", weight=1.5)
def test_batch(student: Student) -> None:
    """As the program counts: from 0."""
    said, truth = _number(_sheet(student)["batch"], "batch"), truth_for(student)
    if said != truth.batch:
        later = COUNTED_FROM_ONE if said == truth.batch + 1 else LATER_BATCH
        mistake = later if said > truth.batch else EARLIER_BATCH
        raise CheckFailed(f"Nothing goes wrong first on batch {said:g}.", mistake)


@answers.check("The function in which it goes wrong.")
def test_function(student: Student) -> None:
    """Not the one in which it shows."""
    said, truth = _text(_sheet(student)["function"], "function").removesuffix("()"), truth_for(student)
    if said == truth.bug.function:
        return
    known = f"def {said}(" in truth.text
    expect(known, f"Your program has no function {said[:60]!r}.", OTHER_PROGRAM)
    mistake = SYMPTOM_NOT_CAUSE if said in truth.callers else None
    raise CheckFailed(f"The number does not go wrong in {said}.", mistake)


@answers.check("The variable that is wrong first.")
def test_variable(student: Student) -> None:
    """A local variable of the guilty function."""
    said, truth = _text(_sheet(student)["variable"], "variable"), truth_for(student)
    received = said in truth.bug.line.partition("=")[2]
    message = f"`{said[:60]}` is not the variable that is wrong first."
    expect(said == truth.bug.variable, message, ARGUMENT_FOR_RESULT if received else None)


@answers.check("The line that computes it.")
def test_line(student: Student) -> None:
    """Its number in the program as it was handed out, or its text."""
    said, truth = _sheet(student)["line"], truth_for(student)
    if isinstance(said, str) and not said.isdigit():
        same = "".join(said.split()) == "".join(truth.bug.line.split())
        expect(same, f"The line `{said[:80]}` is not the guilty one.")
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
        return DEFINITION_FOR_LINE
    ends = (i for i in range(truth.line, len(lines)) if lines[i] and not lines[i].startswith(" "))
    if truth.line < number <= next(ends, len(lines)) and text:
        return USE_FOR_LINE
    return None if start < number < truth.line and text else EDITED_COPY


@answers.check("What it was worth: the mean of its finite entries.")
def test_value(student: Student) -> None:
    """To about three digits."""
    sheet, truth = _sheet(student), truth_for(student)
    said = _number(sheet["value"], "value")
    variable = sheet["variable"] if sheet["variable"] == truth.bug.variable else "..."
    expect(
        abs(said - truth.value) <= 5e-4 + 5e-3 * abs(truth.value),
        f"the mean of the finite entries of the variable, on the first wrong batch, is not {said:.6g}. Print "
        f"`finite_mean({variable})` at your stop.",
        NOT_THE_MEAN,
    )
