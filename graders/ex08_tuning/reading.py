"""The student's own training curves: fault and evidence of each run, judged run by run, and the smallest experiment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graders.ex08_tuning.truth import LETTERS, given_to, introduce, tells_apart
from judge.suite import CheckFailed, Mistake, Student, cell, expect

reading = cell("reading_check", read_again="section 8")
experiment = cell("experiment_check", read_again="section 8")
INSIDE, FEWEST = 0.8, 3  # of the named epochs that must show the fault; and so many must be named

# The sheet of the id "student", by which the mistakes are tried.


def _entry(letter: str, **said: Any) -> tuple[str, str]:
    """The patch that says something else about one run."""
    return ("    return sheet", f"    sheet[{letter!r}] |= {said!r}\n    return sheet")


# fmt: off
HALF = reading.mistake("reading-half-filled", _entry("B", fault=None, curve=None, epochs=None),
    "Some lines of your sheet are empty. Each is judged on its own: fill in what you see.")
# fmt: on
OTHERS = Mistake(  # only where the student is known, so no patch of the solution proves it; the zoo's tests do
    "anothers-curves",
    "Your sheet is about another student's curves. Call use_student with the id under which the course knows you.",
)


def sheet_of(student: Student) -> dict[str, Any]:
    """What reading() returns."""
    introduce(student)
    sheet = student.call("reading")
    expect(isinstance(sheet, dict), "reading() must return the dict of the cell, filled in.")
    return dict(sheet)


def entry_of(student: Student, letter: str) -> dict[str, Any]:
    """What is said of one run."""
    entry = sheet_of(student).get(letter)
    expect(isinstance(entry, dict), f'reading() must have a dict for run {letter}, with "fault", "curve" and "epochs".')
    return dict(entry)  # type: ignore[arg-type]


def text(value: Any, what: str) -> str:
    """A name, without blanks around it."""
    expect(isinstance(value, str), f"{what} must be a name in quotes, received {value!r:.60}.", HALF)
    return str(value).strip()


@reading.check("The sheet is about your own runs.", weight=0.5, read_again="")
def test_sheet(student: Student) -> None:
    """The id on the sheet is the gradebook's."""
    named = sheet_of(student).get("student")
    if not isinstance(named, str):
        raise CheckFailed('reading() lacks "student": keep the keys of the cell.')
    known = student.identity.strip().casefold()
    if known and named.strip().casefold() != known:
        raise CheckFailed(
            f"Your sheet is about the runs of {named[:80]!r}, but the course knows you as {student.identity!r}. Call "
            f'use_student("{student.identity}"), draw your curves again, and read those.',
            OTHERS,
        )


def judge_fault(student: Student, letter: str) -> None:
    """Whether the fault is named; the right one is not told."""
    said = text(entry_of(student, letter).get("fault"), f"the fault of run {letter}")
    expect(said == given_to(student).runs[letter].fault, f"run {letter}: {said[:40]!r} is not what its curves show.")


def judge_evidence(student: Student, letter: str) -> None:
    """Whether the curve shows the fault, on the epochs that are named."""
    entry, run = entry_of(student, letter), given_to(student).runs[letter]
    curve = text(entry.get("curve"), f"the curve of run {letter}")
    expect(curve in run.evidence, f"run {letter}: the curve {curve[:40]!r} does not show its fault.")
    first, last = epochs_of(entry.get("epochs"), letter)
    expect(last - first + 1 >= FEWEST, f"run {letter}: name at least {FEWEST} epochs; one or two may be chance.")
    share = share_inside((first, last), run.evidence[curve])
    where = f"on {100 * (1 - share):.0f} % of the epochs you name, {first} to {last}"
    expect(share >= INSIDE, f"run {letter}: {where}, the curve {curve!r} does not show it.")


def epochs_of(value: Any, letter: str) -> tuple[int, int]:
    """First and last epoch, as a pair of whole numbers."""
    items = value.tolist() if hasattr(value, "tolist") else value
    good = (
        isinstance(items, list | tuple)
        and len(items) == 2
        and all(isinstance(i, int | float) and abs(i) < 1e6 for i in items)
    )
    expect(bool(good), f"the epochs of run {letter} must be a pair (first, last), received {value!r:.60}.", HALF)
    first, last = (int(item) for item in items)
    expect(first <= last, f"run {letter}: the first epoch, {first}, comes after the last, {last}.")
    return first, last


def share_inside(named: tuple[int, int], shown: tuple[int, int]) -> float:
    """The share of the named epochs on which a fault shows."""
    both = min(named[1], shown[1]) - max(named[0], shown[0]) + 1
    return max(both, 0) / (named[1] - named[0] + 1)


def check_of(letter: str, judged: Callable[[Student, str], None], says: str, needs: list[Any]) -> Callable[..., None]:
    """The check of one run."""

    def test(student: Student) -> None:
        judged(student, letter)

    test.__name__ = f"test_{judged.__name__.removeprefix('judge_')}_{letter.lower()}"
    return reading.check(says, needs=needs, seconds=90)(test)


for _letter in LETTERS:
    _fault = check_of(_letter, judge_fault, f"Run {_letter}: the fault.", [test_sheet])
    _evidence = check_of(_letter, judge_evidence, f"Run {_letter}: a curve and the epochs that show it.", [_fault])
    globals()[_fault.__name__], globals()[_evidence.__name__] = _fault, _evidence
del _fault, _evidence


def planned(student: Student) -> tuple[str, tuple[bool, bool] | None]:
    """The experiment that is named, and its two answers for the student's pair, if it tells those apart."""
    introduce(student)
    sheet = student.call("experiment")
    expect(isinstance(sheet, dict), "experiment() must return the dict of the cell, filled in.")
    name, given = text(dict(sheet).get("experiment"), "the experiment"), given_to(student)
    expect(name in given.seconds, f"{name[:40]!r} is no name of EXPERIMENTS.")
    return name, tells_apart(name, *given.pair)


def not_apart(student: Student, name: str) -> CheckFailed:
    """What is said where an experiment answers nothing."""
    first, second = given_to(student).pair
    return CheckFailed(f"{name}: its answer is the same, or unsure, for {first} and for {second}.", CANNOT_TELL)


@experiment.check("The experiment answers yes for one of your two faults and no for the other.", seconds=90)
def test_tells_apart(student: Student) -> None:
    """Whatever it costs."""
    name, answers = planned(student)
    if answers is None:
        raise not_apart(student, name)


@experiment.check("Its answers are foreseen.", needs=[test_tells_apart], seconds=90)
def test_answers(student: Student) -> None:
    """True or False for each fault."""
    name, answers = planned(student)
    sheet = dict(student.call("experiment"))
    said = tuple(sheet.get(key) for key in ("if_first", "if_second"))
    expect(all(isinstance(one, bool) for one in said), "if_first and if_second must be True or False.")
    expect(said == answers, f"{name}: for your two faults, its answers are not {said[0]} and {said[1]}.", OTHER_WAY)


@experiment.check("No cheaper experiment tells them apart.", needs=[test_tells_apart], seconds=90)
def test_smallest(student: Student) -> None:
    """By the seconds of the table."""
    name, _ = planned(student)
    given = given_to(student)
    cheaper = [other for other, seconds in given.seconds.items()
               if seconds < given.seconds[name] and tells_apart(other, *given.pair)]  # fmt: skip
    expect(not cheaper, f"{name} tells them apart in {given.seconds[name]} s; a cheaper one does, too.", TOO_DEAR)


def _plan(**said: Any) -> tuple[str, str]:
    """The patch that plans something else, for the id "student"."""
    return ("    return sheet", f"    sheet |= {said!r}\n    return sheet")


# fmt: off
CANNOT_TELL = experiment.mistake("experiment-tells-nothing", _plan(experiment="more-data"),
    "Write down, for each of the two faults, what the experiment would answer. It helps where the answers differ.")
OTHER_WAY = experiment.mistake("answers-the-other-way",
    ("    return sheet", "    first, second = sheet['if_first'], sheet['if_second']\n"
     "    sheet |= {'if_first': second, 'if_second': first}\n    return sheet"),
    "Your answers are the wrong way round: read the question again, and the order of your pair.")
TOO_DEAR = experiment.mistake("experiment-too-dear", _plan(experiment="fresh-images"),
    "There is an experiment that takes fewer seconds and answers the same: read the table from the top.")
# fmt: on
