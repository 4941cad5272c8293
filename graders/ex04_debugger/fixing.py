"""Part 3, the repaired function on ordinary inputs and on those that showed the mistake: checks and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.ex04_debugger.catalogue import Bug
from graders.ex04_debugger.finding import test_sheet
from graders.ex04_debugger.truth import truth_for
from judge.suite import Array, CheckFailed, Mistake, Remote, Student, agree, cell, expect, expect_pair

fix = cell("fix_check", read_again="section 8", uses=[test_sheet])
NUM_TRIES = 6
MOST_CLIPPED = 13.8  # -log(1e-6): a fix may clip probabilities at 1e-6 or closer to 0

# fmt: off
REPAIRED = "lambda mean, log_var, epsilon: mean + np.exp(log_var / 2.0) * epsilon"  # of the id "student"
BOB = ("def fixed(*arguments):",  # whose empty slice makes 0/0, which can be hidden
       "from vaegan.debugger import use_student\n\nuse_student('bob')\n\n\ndef fixed(*arguments):")
NORMALISED = "return (pixels - low) / np.maximum(high - low, 1.0)"
STILL_THERE = fix.mistake("fix-changes-nothing", (REPAIRED, REPAIRED.replace(" / 2.0", "")),
    "Your function still computes what the guilty one does: the mistake is there as before.",
    also=[[BOB, (NORMALISED, "return (pixels - low) / (high - low)")]])
SWEPT_UNDER = fix.mistake("fix-sweeps-under-the-rug",
    [BOB, (NORMALISED, "return np.nan_to_num((pixels - low) / (high - low), nan=0.5)")],
    "Your function computes the wrong number as before and then hides it (nan_to_num or the like). Read "
    "the docstring: what should it have been?")
MUTATES = fix.mistake("fix-changes-its-arguments",
    (REPAIRED, "lambda mean, log_var, epsilon: np.add(mean, np.exp(log_var / 2.0) * epsilon, out=mean)"),
    "Your function writes into an array that it was given, which belongs to the caller. Make a new one.")
OTHER_ARGUMENTS = fix.mistake("fix-with-other-arguments",
    (REPAIRED, "lambda mean, log_var: mean + np.exp(log_var / 2.0) * np.random.normal(size=mean.shape)"),
    "`fixed` must take what the guilty function takes in your program, in the same order: copy its first line, and "
    "change only the name.", also=[("def fixed(*arguments):", "def fixed(x, logits):")])
fix.mistake("fix-by-a-limit",
    (REPAIRED, "lambda mean, log_var, epsilon: mean + np.minimum(np.exp(log_var / 2.0), 5.0) * epsilon"),
    "What is large is cut off. Where the formula is right nothing needs a limit: the docstring names none.",
    also=[(REPAIRED, REPAIRED.replace("log_var / 2.0", "np.minimum(log_var, 4.0) / 2.0"))])
# fmt: on


def _call(student: Student, arguments: list[Array]) -> tuple[Any, list[Array]]:
    """What `fixed` returns, and its arguments afterwards."""
    function = student.get("fixed")
    expect(isinstance(function, Remote), "`fixed` must be a function: the guilty one, repaired.")
    helper = "vaegan.debugger.call_with_numpy"
    try:
        answer = student.call(helper, function, *arguments)
    except CheckFailed as failure:
        refused = "TypeError" in failure.message and "positional argument" in failure.message
        mistake = OTHER_ARGUMENTS if refused else None
        raise CheckFailed(failure.message.replace(helper, "fixed"), mistake, fatal=failure.fatal) from None
    value, after = expect_pair(answer, "what `fixed` gave and was given")
    whole = isinstance(after, list) and len(after) == len(arguments)
    expect(
        whole and all(isinstance(a, np.ndarray | int | float) for a in after),
        "`fixed` came back as something else.",
    )
    return value, [np.asarray(array) for array in after]


def _judge(student: Student, surprise: bool) -> None:
    bug = truth_for(student).bug
    for seed in range(NUM_TRIES):
        arguments = bug.inputs(np.random.default_rng(100 * surprise + seed), surprise)
        value, after = _call(student, [array.copy() for array in arguments])
        try:
            _compare(bug, value, arguments, surprise)
        except CheckFailed as failure:
            shown = _shown(arguments)
            raise CheckFailed(failure.message, failure.mistake, example=shown, evidence=failure.evidence) from None
        untouched = all(map(np.array_equal, arguments, after))
        expect(untouched, "`fixed` changed what it was given.", MUTATES)


def _compare(bug: Bug, value: Any, arguments: list[Array], surprise: bool) -> None:
    with np.errstate(all="ignore"):
        right, wrong = bug.right(*arguments), np.asarray(bug.wrong(*arguments), np.float64)
    received = np.asarray(value, np.float64) if isinstance(value, np.ndarray | float | int) else None
    shows = wrong.shape != right.shape or not np.allclose(wrong, right, rtol=10 * bug.rtol, atol=5e-3)
    mistake = _recognise(received, wrong) if shows else None
    if received is not None and not np.isfinite(received).all():
        raise CheckFailed("`fixed` returned numbers that are infinite or NaN.", mistake)
    if surprise and bug.name == "saturated-probability" and received is not None:
        _expect_clipped_or_exact(received, right, arguments)
        return
    try:
        agree(value, right, "what `fixed` returns", rtol=bug.rtol, atol=2e-4 if bug.rtol < 2e-3 else 5e-3)
    except CheckFailed as failure:
        raise CheckFailed(failure.message, mistake, evidence=failure.evidence) from None


def _recognise(received: Array | None, wrong: Array) -> Mistake | None:
    if received is None or received.shape != wrong.shape:
        return None
    if np.allclose(received, wrong, rtol=1e-3, equal_nan=True):
        return STILL_THERE
    hidden = [np.nan_to_num(wrong), np.nan_to_num(wrong, posinf=0.0, neginf=0.0)]
    if any(np.allclose(received, guess, rtol=1e-3) for guess in hidden):
        return SWEPT_UNDER
    finite = np.isfinite(wrong)
    same = finite.any() and not finite.all() and np.allclose(received[finite], wrong[finite], rtol=1e-3)
    return SWEPT_UNDER if same and len(np.unique(received[~finite])) == 1 else None


def _expect_clipped_or_exact(received: Array, right: Array, arguments: list[Array]) -> None:
    """From logits the loss is exact; from clipped probabilities it is smaller for extreme logits."""
    x, logits = arguments
    clipped = np.clip(logits.astype(np.float64), -MOST_CLIPPED, MOST_CLIPPED)
    least = (np.logaddexp(0, clipped) - x * clipped).sum(axis=1)
    fits = received.shape == right.shape and bool((received >= 0.95 * least).all() and (received <= 1.01 * right).all())
    expect(fits, f"`fixed` returned {np.round(received, 2)}, expected {np.round(right, 2)}.")


def _shown(arguments: list[Array]) -> str:
    return "\n".join(
        f"argument {number}: {' '.join(np.array2string(array, precision=4, threshold=24, edgeitems=2).split())}"
        for number, array in enumerate(arguments, start=1)
    )


@fix.check("On ordinary inputs the function computes what its docstring says.", seconds=8)
def test_fix_on_ordinary_inputs(student: Student) -> None:
    """As it did before."""
    _judge(student, surprise=False)


@fix.check("It does so on inputs like those that showed the mistake.", weight=2, seconds=8,
           needs=[test_fix_on_ordinary_inputs])  # fmt: skip
def test_fix_on_surprises(student: Student) -> None:
    """And hides nothing."""
    _judge(student, surprise=True)
