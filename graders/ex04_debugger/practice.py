"""The two small holes, where breakpoints fire and a hit-counted breakpoint: their checks and their mistakes."""

from __future__ import annotations

from typing import Any

from graders.ex04_debugger.replays import expect_script, run_session
from graders.ex04_debugger.truth import clean_room, stops_of
from judge.suite import CheckFailed, Mistake, Student, cell, expect

where = cell("where_check", read_again="section 2")
warmup = cell("warmup_check", read_again="section 4")
EVERY = "at every batch"
TRACING = "only while tracing"
NEVER = "never"
WANTED_CALL = 40


def _says(place: str, right: str, wrong: str) -> tuple[str, str]:
    """The patch that answers otherwise for one place."""
    return f'"{place}": "{right}"', f'"{place}": "{wrong}"'


# fmt: off
GRAPH_IS_NOT_PYTHON = where.mistake("graph-is-not-python", _says("fit", TRACING, EVERY),
    "`fit` runs train_step once or twice as Python, to write down the graph; the steps of training then "
    "run the graph, and no Python line is passed. Count the stops in section 2.", also=[_says("fit", TRACING, NEVER)])
AUTOGRAPH_REWRITES = where.mistake("autograph-rewrites", _says("tf.function", NEVER, TRACING),
    "What runs in a @tf.function is a rewritten copy of your code, made by AutoGraph: your own lines, "
    "where the breakpoint stands, are never run. Count the stops in section 2.",
    also=[_says("tf.function", NEVER, EVERY)])
EAGER_RUNS_PYTHON = where.mistake("eager-runs-python", _says("eager fit", EVERY, TRACING),
    "Run eagerly, every line runs as Python for every batch, so a breakpoint fires each time.",
    also=[_says("eager fit", EVERY, NEVER), _says("eager tf.function", EVERY, NEVER)])
CALLBACKS_ARE_PYTHON = where.mistake("callbacks-are-python", _says("callback", EVERY, TRACING),
    "Only the step itself is compiled. Callbacks are called by Python after every batch, so a breakpoint "
    "in one fires each time.", also=[_says("callback", EVERY, NEVER)])
WARMUP_OFF_BY_ONE = warmup.mistake("warmup-off-by-one", ("ignore 1 39", "ignore 1 40"),
    "`ignore 1 N` passes N calls by and stops at the next: to stop at the 40th, pass 39 by.",
    also=[("ignore 1 39", "ignore 1 38")])
WARMUP_STOPS_EARLIER = warmup.mistake("warmup-stops-on-the-way", ("    ignore 1 39\n", ""),
    "The breakpoint fired before the 40th call. Give it a count with `ignore` before the first `c`.")
NOT_UP = warmup.mistake("no-up", [("b kl_to_standard_normal", "b 12"), ("    up 2\n", "")],
    "Your session never goes `up`: the number of the batch is known only to a caller.", also=[("    up 2\n", "")])
ANOTHER_FRAME = warmup.mistake("batch-in-another-frame", ("up 2", "up 1"),
    "You went up, but did not print `batch` in the frame of `evaluate`, whose variable it is. `w` shows who called "
    "whom.",
    also=[("    p batch\n", "")])
# fmt: on


def _expect_place(student: Student, place: str, right: str, mistake: Mistake) -> None:
    answers = student.call("where_it_fires")
    expect(isinstance(answers, dict), "where_it_fires() must return the dict of the cell, filled in.")
    said = answers.get(place)
    expect(said is not None, f"where_it_fires() says nothing of {place!r}: keep the keys of the cell.")
    message = f"for {place!r} answer {EVERY!r}, {TRACING!r} or {NEVER!r}; received {str(said)[:60]!r}."
    expect(isinstance(said, str) and said in (EVERY, TRACING, NEVER), message)
    expect(said == right, f"{place!r}: there a breakpoint does not fire {said}.", mistake)


@where.check("In train_step under `fit`, a breakpoint fires only while tracing.")
def test_where_in_fit(student: Student) -> None:
    """Measured with Keras 3.15: two stops for eight steps."""
    _expect_place(student, "fit", TRACING, GRAPH_IS_NOT_PYTHON)


@where.check("With run_eagerly=True it fires at every batch.")
def test_where_in_eager_fit(student: Student) -> None:
    """Eight stops for eight steps."""
    _expect_place(student, "eager fit", EVERY, EAGER_RUNS_PYTHON)


@where.check("Inside a function decorated with @tf.function it never fires, unless run eagerly.")
def test_where_in_tf_function(student: Student) -> None:
    """AutoGraph runs a rewritten copy."""
    _expect_place(student, "tf.function", NEVER, AUTOGRAPH_REWRITES)
    _expect_place(student, "eager tf.function", EVERY, EAGER_RUNS_PYTHON)


@where.check("In a callback it fires at every batch.")
def test_where_in_a_callback(student: Student) -> None:
    """Callbacks are called by Python."""
    _expect_place(student, "callback", EVERY, CALLBACKS_ARE_PYTHON)


def _warmup(student: Student) -> tuple[dict[str, Any], str]:
    """The warm-up session on the practice program with other numbers."""
    script = expect_script(student.call("warmup"), "warmup()")
    with clean_room(student) as room:
        return run_session(room, room.call("vaegan.debugger.practice_program", 7), script)


def _batch_of(stop: dict[str, Any]) -> int | None:
    """The number of the batch at a stop, if a frame of the stack knows it."""
    known = [frame["locals"]["batch"] for frame in stop["stack"] if "batch" in frame["locals"]]
    return int(known[0]) if known else None


@warmup.check("The session stops in kl_to_standard_normal at its 40th call, and nowhere before.", weight=2, seconds=10)
def test_warmup_stops_at_the_40th_call(student: Student) -> None:
    """Any way to get there counts: `ignore`, a condition, a temporary breakpoint."""
    record, story = _warmup(student)
    stops = stops_of(record)
    never = "the session never stops: set a breakpoint, and let the program run on to it with `c`."
    expect(bool(stops), never)
    newest, batch = stops[0]["stack"][-1], _batch_of(stops[0])
    if newest["function"] == "kl_to_standard_normal" and batch == WANTED_CALL - 1 and len(stops) == 1:
        return
    where = f"in {newest['function']}" + ("" if batch is None else f", call number {batch + 1}")
    message = f"the first stop should be in kl_to_standard_normal, call number 40; it was {where}."
    if len(stops) > 1:
        message += f" In all there were {len(stops)} stops, where one is wanted."
    raise CheckFailed(message, _why_elsewhere(batch), example=story)


def _why_elsewhere(batch: int | None) -> Mistake | None:
    if batch in (WANTED_CALL - 2, WANTED_CALL):
        return WARMUP_OFF_BY_ONE
    return WARMUP_STOPS_EARLIER if batch is not None and batch < WANTED_CALL - 1 else None


@warmup.check("It then goes up to `evaluate` and prints `batch` there.", needs=[test_warmup_stops_at_the_40th_call])
def test_warmup_goes_up_and_looks(student: Student) -> None:
    """In the frame that owns it."""
    record, story = _warmup(student)
    looks = [e for e in record["events"] if e["kind"] == "look" and e["ok"] and "batch" in e["names"]]
    if not any(look["function"] == "evaluate" for look in looks):
        went = any(e["kind"] == "move" for e in record["events"])
        message = "`batch` was not printed in the frame of `evaluate`."
        raise CheckFailed(message, ANOTHER_FRAME if went else NOT_UP, example=story)
