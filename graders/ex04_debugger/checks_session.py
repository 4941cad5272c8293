"""Part 2: the session, replayed on the student's own data and on three hidden sets.

Each line of the rubric is a check of its own, so that a session which does half of it gets half.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from graders.ex04_debugger import mistakes
from graders.ex04_debugger.truth import Replay, Truth, replays_of
from judge.suite import CheckFailed, Mistake, Student, check

MOST_STOPS, MOST_STEPS, MOST_COMMANDS = 3, 10, 25
_NOT_DATA = {"np", "numpy", "epoch", "abs", "all", "any", "bool", "finite_mean", "float", "int", "len", "max", "min",
             "round", "sorted", "sum", "type", "model", "rng", "NUM_EPOCHS", "SEED"}  # fmt: skip
Judgement = tuple[str, Mistake | None] | None


def _each(student: Student, judge: Callable[[Replay], Judgement]) -> None:
    """Fail with the story of the first data set on which a line of the rubric is not met."""
    replays = replays_of(student)
    found = [judge(replay) for replay in replays]
    failed = [(replay, judgement) for replay, judgement in zip(replays, found, strict=True) if judgement]
    if not failed:
        return
    replay, (message, mistake) = failed[0]
    where = "On your own data: " if replay.own else "On other data than yours: "
    if found[0] is None and mistake is None:
        mistake = mistakes.HARD_CODED
    raise CheckFailed(where + message, mistake, example=replay.story)


def _stops(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Stops that a breakpoint or an exception made; the start and single steps are none."""
    return [
        e for e in record["events"] if e["kind"] == "stop" and e["why"] not in ("start", "step", "return")
    ]


def _batch(stop: dict[str, Any], truth: Truth) -> int | None:
    frames = {frame["function"]: frame["locals"] for frame in stop["stack"]}
    number = frames.get(truth.owner, {}).get(truth.counter, "")
    return int(number) if number.isdigit() else None


def _is_target(stop: dict[str, Any], truth: Truth) -> bool:
    return stop["stack"][-1]["function"] == truth.bug.function and _batch(stop, truth) == truth.batch


def _at_target(replay: Replay) -> list[dict[str, Any]]:
    """What happened while the session was stopped in the guilty function, on the first wrong batch."""
    here, events = False, []
    for event in replay.record["events"]:
        if event["kind"] == "stop":
            here = _is_target(event, replay.truth)
        elif here:
            events.append(event)
    return events


@check(cell="session_check", says="The session can be replayed: pdb commands that look and change nothing.",
       seconds=10, read_again="section 1")  # fmt: skip
def test_session_can_be_replayed(student: Student) -> None:
    """It sets breakpoints, and every one can be set."""

    def judge(replay: Replay) -> Judgement:
        failed = [e for e in replay.record["events"] if e["kind"] == "set" and not e["ok"]]
        if failed:
            mistake = mistakes.EDITED_COPY if "as it was handed out" in failed[0]["message"] else None
            return f"`{failed[0]['command'][:60]}` cannot be set: {failed[0]['message']}.", mistake
        return None if replay.record["breakpoints"] else ("the session sets no breakpoint.", None)

    _each(student, judge)


@check(cell="session_check", says="A breakpoint has a condition on the data, which works and is false at first.",
       weight=2, needs=[test_session_can_be_replayed], read_again="section 3")  # fmt: skip
def test_condition_is_on_data(student: Student) -> None:
    """On every data set, one condition at least names data and chooses among the passes."""
    _each(student, lambda replay: _judge_conditions(replay))


def _judge_conditions(replay: Replay) -> Judgement:
    points = [point for point in replay.record["breakpoints"] if point["condition"]]
    if not points:
        return "no breakpoint has a condition.", mistakes.NO_CONDITION
    broken = next((point for point in points if point["errors"]), None)
    if broken is not None:
        what = f"the condition `{broken['condition'][:80]}` could not be evaluated ({broken['error'][:100]})."
        return what, _why_broken(broken)
    on_data = [point for point in points if _names(point["condition"]) - _NOT_DATA - {replay.truth.counter}]
    if not on_data:
        return f"`{points[0]['condition'][:80]}` does not look at the data.", mistakes.CONDITION_ON_COUNTER
    if any(point["hits"] > point["stops"] for point in on_data):
        return None
    return f"`{on_data[0]['condition'][:80]}` was true each time it was asked.", mistakes.ALWAYS_TRUE


def _why_broken(point: dict[str, Any]) -> Mistake:
    ambiguous = "ambiguous" in point["error"]
    return mistakes.CONDITION_IS_AN_ARRAY if ambiguous else mistakes.CONDITION_RAISES


def _names(condition: str) -> set[str]:
    return {
        node.id for node in ast.walk(ast.parse(condition.strip(), mode="eval")) if isinstance(node, ast.Name)
    }


@check(cell="session_check", says="It stops in the guilty function, on the first wrong batch.", weight=3,
       needs=[test_session_can_be_replayed], read_again="section 7")  # fmt: skip
def test_target_is_reached(student: Student) -> None:
    """By whatever way: a condition, or a breakpoint set on the way."""

    def judge(replay: Replay) -> Judgement:
        stops = [e for e in replay.record["events"] if e["kind"] == "stop"]
        if any(_is_target(stop, replay.truth) for stop in stops):
            return None
        return "the session did not stop in the guilty function on the first wrong batch.", _why_missed(
            replay, stops
        )

    _each(student, judge)


def _why_missed(replay: Replay, stops: list[dict[str, Any]]) -> Mistake | None:
    truth = replay.truth
    broken = [point for point in replay.record["breakpoints"] if point["errors"]]
    if broken:
        return _why_broken(broken[0])
    batches = [(_batch(stop, truth), stop["stack"][-1]["function"]) for stop in stops]
    if any(batch == truth.batch for batch, _ in batches):
        return mistakes.STOP_IN_THE_CALLER
    late = [batch for batch, function in batches if function == truth.bug.function and batch is not None]
    return mistakes.STOPS_TOO_LATE if replay.own and late and min(late) > truth.batch else None


@check(cell="session_check", says=f"There are at most {MOST_STOPS} stops on the way there.", weight=2,
       needs=[test_target_is_reached], read_again="section 3")  # fmt: skip
def test_few_stops_before(student: Student) -> None:
    """Single steps are counted elsewhere."""

    def judge(replay: Replay) -> Judgement:
        stops = [e for e in replay.record["events"] if e["kind"] == "stop"]
        first = next(i for i, stop in enumerate(stops) if _is_target(stop, replay.truth))
        before = [stop for stop in stops[:first] if stop in _stops(replay.record)]
        if len(before) <= MOST_STOPS:
            return None
        return f"{len(before)} stops came before the one that matters.", mistakes.MANY_STOPS

    _each(student, judge)


@check(cell="session_check", says="The wrong variable is printed, in its own frame.", weight=2,
       needs=[test_target_is_reached], read_again="section 7")  # fmt: skip
def test_variable_is_printed(student: Student) -> None:
    """With p, pp or display, while stopped at the target."""

    def judge(replay: Replay) -> Judgement:
        variable, function = replay.truth.bug.variable, replay.truth.bug.function
        looks = [e for e in _at_target(replay) if e["kind"] == "look" and variable in e["names"]]
        right = [e for e in looks if e["ok"] and e["function"] == function]
        if any(e["how"] != "whatis" for e in right):
            return None
        mistake = None
        if right:
            mistake = mistakes.ONLY_ITS_TYPE
        elif any(e["function"] == function for e in looks):
            mistake = mistakes.NOT_COMPUTED_YET
        elif looks:
            mistake = mistakes.WRONG_FRAME
        return "the variable that goes wrong was not printed in the frame in which it goes wrong.", mistake

    _each(student, judge)


@check(cell="session_check", says="`up` leads to the loop over batches, and the number of the batch is printed there.",
       weight=2, needs=[test_target_is_reached], read_again="section 4")  # fmt: skip
def test_up_reaches_the_batch(student: Student) -> None:
    """From the target stop."""

    def judge(replay: Replay) -> Judgement:
        owner, counter = replay.truth.owner, replay.truth.counter
        events = _at_target(replay)
        moves = [e for e in events if e["kind"] == "move" and e["ok"]]
        if not any(e["function"] == owner for e in moves):
            mistake = mistakes.UP_TOO_FAR if moves else mistakes.NOT_UP
            return (
                "from the stop that matters, the session did not go to the frame that knows the batch.",
                mistake,
            )
        looks = [e for e in events if e["kind"] == "look" and e["ok"] and e["function"] == owner]
        if any(counter in e["names"] for e in looks):
            return None
        return f"the session went up to {owner}, but did not print there which batch it is.", None

    _each(student, judge)


@check(cell="session_check", says=f"It ends, after {MOST_COMMANDS} commands and {MOST_STEPS} single steps at most.",
             needs=[test_target_is_reached], read_again="section 4")  # fmt: skip
def test_session_is_short(student: Student) -> None:
    """Running on to the program's end is an end too."""

    def judge(replay: Replay) -> Judgement:
        steps = sum(event["kind"] == "step" for event in replay.record["events"])
        commands = replay.record["num_commands"]
        if steps > MOST_STEPS or commands > MOST_COMMANDS:
            return f"the session has {commands} commands, {steps} of them single steps.", mistakes.MARATHON
        if replay.record["end"] == "script ended":
            return "the session does not end.", mistakes.NEVER_QUIT
        return None

    _each(student, judge)
