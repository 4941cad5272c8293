"""Part 2, the session, replayed on the student's own data and on three hidden sets: its checks and its mistakes.

Each line of the rubric is a check of its own, so that a session which does half of it gets half.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from graders.ex04_debugger.finding import EDITED_HINT, test_sheet
from graders.ex04_debugger.practice import NOT_UP as NOT_UP_IN_PRACTICE
from graders.ex04_debugger.replays import Replay, replays_of
from graders.ex04_debugger.truth import Truth, stops_of
from judge.suite import CheckFailed, Mistake, Student, cell

session = cell("session_check", read_again="section 4", uses=[test_sheet])
MOST_STOPS, MOST_STEPS, MOST_COMMANDS = 3, 10, 25
_NOT_DATA = {"np", "numpy", "epoch", "abs", "all", "any", "bool", "finite_mean", "float", "int", "len", "max", "min",
             "round", "sorted", "sum", "type", "model", "rng", "NUM_EPOCHS", "SEED"}  # fmt: skip
Judgement = tuple[str, Mistake | None] | None
# What is right for the id "student", by which the mistakes are tried.
RIGHT = "b 92, std.max() > 50\nc\np std\nup 3\np batch\nq\n"


def _with(old: str, new: str) -> tuple[str, str]:
    """The patch that hands in the right session, changed in one place."""
    first = "    sheet, text = answers()"
    return first, f"    return {RIGHT.replace(old, new)!r}\n{first}"


# fmt: off
POINT, LOOK = "b 92, std.max() > 50\n", "p std\n"
EDITED_COPY = session.mistake("edited-copy", _with("b 92", "b 94"), EDITED_HINT)
OTHER_NAMES = session.mistake("no-such-function", _with(POINT, "b softmax, logits.max() > 50\n"),
    "Your session names a function that your program does not have. Take the names from the program that hand_out "
    "gives you.")
NO_CONDITION = session.mistake("no-condition", _with(", std.max() > 50", ""),
    "None of your breakpoints has a condition. Write one behind a comma, `b 63, (z > 9).any()`, or with "
    "`condition 1 ...`.", also=[_with(POINT + "c\n", "b 92\n" + 45 * "c\n")])
CONDITION_RAISES = session.mistake("condition-raises", _with("b 92", "b reparameterise"),
    "Your condition raised an error, and then pdb stops without a word. A name can be used only on the "
    "lines below the one that makes it: put the breakpoint there.")
CONDITION_IS_AN_ARRAY = session.mistake("condition-is-an-array", _with("std.max() > 50", "std > 50"),
    "Your condition is an array of yes and no, and Python cannot tell which counts. Say `.any()` or "
    "`.all()`.")
CONDITION_ON_COUNTER = session.mistake("condition-on-a-counter", _with(POINT, "b 115, batch == 44\nc\ntbreak 92\n"),
    "Your condition asks for the number of the batch. On other data it is another batch: ask what is "
    "wrong with the numbers instead.")
ALWAYS_TRUE = session.mistake("condition-always-true", _with("> 50", "> 1"),
    "Your condition was true each time, so it chooses nothing. Let it be true only when the number is wrong.")
NEVER_TRUE = session.mistake("condition-never-true", _with("std.max() > 50", "std.min() < 0"),
    "No condition of yours was ever true, so the program ran to its end. Ask what is wrong with the number, and try "
    "the condition with `p` where you stop by hand.")
HARD_CODED = session.mistake("session-hard-coded", _with("std.max() > 50", "1270 < std.max() < 1273"),
    "Your session works on your own data and on no other. Something in it holds for your data alone: a "
    "number of a batch, an `ignore` count, a threshold that is too close.",
    also=[_with(POINT, "b 92\nignore 1 44\n")])
STOP_IN_THE_CALLER = session.mistake("stop-in-the-caller", _with(POINT, "b 116, loss > 200\n"),
    "You stopped on the right batch, but in a function from which the wrong number can only be seen "
    "coming back. Stop in the function that computes it.")
STOPS_TOO_LATE = session.mistake("stops-too-late", _with(POINT, "b 92\nignore 1 47\n"),
    "You stopped in the right function, on a later batch: by then the wrong number has spread. The first "
    "is wanted.")
MANY_STOPS = session.mistake("many-stops", _with(POINT, "b 92, std.max() > 1.3\n" + 6 * "c\n" + "clear 1\n" + POINT),
    "You pressed `c` again and again. A condition lets pdb do the waiting: it should be false until the "
    "number is wrong.")
NOT_UP = session.mistake("no-up", _with("up 3\n", ""), NOT_UP_IN_PRACTICE.hint)
UP_TOO_FAR = session.mistake("up-passes-the-loop", _with("up 3\np batch", "up 4\np epoch"),
    "You went up, but not to the function with the loop over the batches. `w` shows who called whom.",
    also=[_with("up 3", "up 1")])
BATCH_NOT_PRINTED = session.mistake("batch-not-printed", _with("p batch", "p loss"),
    "You went up to the right frame. Print there which batch it is: the variable that the loop counts with.")
LOOKED_ELSEWHERE = session.mistake("looked-at-another", _with(LOOK, "p epsilon\n"),
    "At your stop you never looked at the variable that goes wrong: print it there, by its own name.",
    also=[_with(LOOK, "")])
NOT_COMPUTED_YET = session.mistake("looked-too-early", _with(POINT, "b 91, z_log_var.max() > 4\n"),
    "At your stop the variable does not exist yet: pdb stops *before* it runs a line. Take one step with "
    "`n`, or stop one line further down.")
WRONG_FRAME = session.mistake("looked-in-another-frame", _with(LOOK + "up 3\n", "up\np std\nup 2\n"),
    "You looked at a variable of that name, but in another function's frame. Go back `down` first.")
ONLY_ITS_TYPE = session.mistake("looked-at-the-type-only", _with(LOOK, "whatis std\n"),
    "`whatis` tells what kind of thing it is. Print its value, with `p`.")
MARATHON = session.mistake("stepping-marathon", _with("q\n", 12 * "n\n" + "q\n"),
    "So many single steps are slower than the program. Let breakpoints do the walking.",
    also=[_with("q\n", 22 * "p total\n" + "q\n")])
NEVER_QUIT = session.mistake("never-quit", _with("q\n", ""),
    "Your session stops talking while the program waits. End it with `q`.")
# fmt: on


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
        mistake = HARD_CODED
    raise CheckFailed(where + message, mistake, example=replay.story)


def _batch(stop: dict[str, Any], truth: Truth) -> int | None:
    frames = {frame["function"]: frame["locals"] for frame in stop["stack"]}
    number = frames.get(truth.owner, {}).get(truth.counter, "")
    return int(number) if number.isdigit() else None


def _is_target(stop: dict[str, Any], truth: Truth) -> bool:
    return stop["stack"][-1]["function"] == truth.bug.function and _batch(stop, truth) == truth.batch


def _at_target(replay: Replay) -> list[dict[str, Any]]:
    """What happened while the session was stopped in the guilty function, on the first wrong batch.

    If it never was, what happened at its other stops: each line of the rubric counts on its own.
    """
    at_target: list[dict[str, Any]] = []
    at_others: list[dict[str, Any]] = []
    here = at_others
    for event in replay.record["events"]:
        if event["kind"] == "stop":
            here = at_target if _is_target(event, replay.truth) else at_others
        else:
            here.append(event)
    return at_target or at_others


@session.check("The session can be replayed: pdb commands that look and change nothing.", seconds=10,
               read_again="section 1")  # fmt: skip
def test_session_can_be_replayed(student: Student) -> None:
    """It sets breakpoints, and every one can be set; a command that is refused is left out for the other checks."""

    def judge(replay: Replay) -> Judgement:
        if replay.record["refused"]:
            return f"{replay.record['refused'][0]} It was left out, and the rest was judged without it.", None
        failed = [e for e in replay.record["events"] if e["kind"] == "set" and not e["ok"]]
        if failed:
            edited = "as it was handed out" in failed[0]["message"]
            what = f"`{failed[0]['command'][:60]}` cannot be set: {failed[0]['message']}."
            return what, EDITED_COPY if edited else OTHER_NAMES
        return None if replay.record["breakpoints"] else ("the session sets no breakpoint.", None)

    _each(student, judge)


@session.check("A breakpoint has a condition on the data, which works and is false at first.", weight=2,
               read_again="section 3")  # fmt: skip
def test_condition_is_on_data(student: Student) -> None:
    """On every data set, one condition at least names data and chooses among the passes."""
    _each(student, lambda replay: _judge_conditions(replay))


def _judge_conditions(replay: Replay) -> Judgement:
    points = [point for point in replay.record["breakpoints"] if point["condition"]]
    if not points:
        return "no breakpoint has a condition.", NO_CONDITION
    broken = next((point for point in points if point["errors"]), None)
    if broken is not None:
        what = f"the condition `{broken['condition'][:80]}` could not be evaluated ({broken['error'][:100]})."
        return what, _why_broken(broken)
    on_data = [point for point in points if _names(point["condition"]) - _NOT_DATA - {replay.truth.counter}]
    if not on_data:
        return f"`{points[0]['condition'][:80]}` does not look at the data.", CONDITION_ON_COUNTER
    if any(point["hits"] > point["stops"] for point in on_data):
        return None
    return f"`{on_data[0]['condition'][:80]}` was true each time it was asked.", ALWAYS_TRUE


def _why_broken(point: dict[str, Any]) -> Mistake:
    return CONDITION_IS_AN_ARRAY if "ambiguous" in point["error"] else CONDITION_RAISES


def _names(condition: str) -> set[str]:
    nodes = ast.walk(ast.parse(condition.strip(), mode="eval"))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


@session.check("It stops in the guilty function, on the first wrong batch.", weight=3,
               needs=[test_session_can_be_replayed], read_again="section 7")  # fmt: skip
def test_target_is_reached(student: Student) -> None:
    """By whatever way: a condition, or a breakpoint set on the way."""
    missed = "the session did not stop in the guilty function on the first wrong batch."

    def judge(replay: Replay) -> Judgement:
        stops = [e for e in replay.record["events"] if e["kind"] == "stop"]
        reached = any(_is_target(stop, replay.truth) for stop in stops)
        return None if reached else (missed, _why_missed(replay, stops))

    _each(student, judge)


def _why_missed(replay: Replay, stops: list[dict[str, Any]]) -> Mistake | None:
    truth, points = replay.truth, replay.record["breakpoints"]
    broken = [point for point in points if point["errors"]]
    if broken:
        return _why_broken(broken[0])
    batches = [(_batch(stop, truth), stop["stack"][-1]["function"]) for stop in stops]
    if any(batch == truth.batch for batch, _ in batches):
        return STOP_IN_THE_CALLER
    if not replay.own:
        return None
    if all(point["condition"] and point["hits"] and not point["stops"] for point in points):
        return NEVER_TRUE
    late = [batch for batch, function in batches if function == truth.bug.function and batch is not None]
    return STOPS_TOO_LATE if late and min(late) > truth.batch else None


@session.check(f"There are at most {MOST_STOPS} stops on the way there.", weight=2, read_again="section 3")  # fmt: skip
def test_few_stops_before(student: Student) -> None:
    """Single steps are counted elsewhere; if the stop that matters never came, all others came before it."""

    def judge(replay: Replay) -> Judgement:
        stops = [e for e in replay.record["events"] if e["kind"] == "stop"]
        first = next((i for i, stop in enumerate(stops) if _is_target(stop, replay.truth)), len(stops))
        before = [stop for stop in stops[:first] if stop in stops_of(replay.record)]
        if first == len(stops) and not before:
            return "the session never stops on its way.", None
        many = f"{len(before)} stops came before the one that matters."
        return None if len(before) <= MOST_STOPS else (many, MANY_STOPS)

    _each(student, judge)


@session.check("The wrong variable is printed, in its own frame.", weight=2, read_again="section 7")  # fmt: skip
def test_variable_is_printed(student: Student) -> None:
    """With p, pp or display, while stopped at the target."""
    message = "the variable that goes wrong was not printed in the frame in which it goes wrong."

    def judge(replay: Replay) -> Judgement:
        variable, function = replay.truth.bug.variable, replay.truth.bug.function
        looks = [e for e in _at_target(replay) if e["kind"] == "look" and variable in e["names"]]
        right = [e for e in looks if e["ok"] and e["function"] == function]
        if any(e["how"] != "whatis" for e in right):
            return None
        if right:
            return message, ONLY_ITS_TYPE
        if any(e["function"] == function for e in looks):
            return message, NOT_COMPUTED_YET
        return message, WRONG_FRAME if looks else LOOKED_ELSEWHERE

    _each(student, judge)


@session.check("`up` leads to the loop over batches, and the number of the batch is printed there.", weight=2)
def test_up_reaches_the_batch(student: Student) -> None:
    """From the target stop."""
    missed = "from the stop that matters, the session did not go to the frame that knows the batch."

    def judge(replay: Replay) -> Judgement:
        owner, counter = replay.truth.owner, replay.truth.counter
        events = _at_target(replay)
        moves = [e for e in events if e["kind"] == "move" and e["ok"]]
        if not any(e["function"] == owner for e in moves):
            return missed, UP_TOO_FAR if moves else NOT_UP
        looks = [e for e in events if e["kind"] == "look" and e["ok"] and e["function"] == owner]
        if any(counter in e["names"] for e in looks):
            return None
        return (
            f"the session went up to {owner}, but did not print there which batch it is.",
            BATCH_NOT_PRINTED,
        )

    _each(student, judge)


@session.check(f"It ends, after {MOST_COMMANDS} commands and {MOST_STEPS} single steps at most.")
def test_session_is_short(student: Student) -> None:
    """Running on to the program's end is an end too."""

    def judge(replay: Replay) -> Judgement:
        if not replay.record["breakpoints"]:
            return "the session sets no breakpoint.", None
        steps = sum(event["kind"] == "step" for event in replay.record["events"])
        commands = replay.record["num_commands"]
        if steps > MOST_STEPS or commands > MOST_COMMANDS:
            return f"the session has {commands} commands, {steps} of them single steps.", MARATHON
        unended = replay.record["end"] == "script ended"
        return ("the session does not end.", NEVER_QUIT) if unended else None

    _each(student, judge)
