"""Checks of the two small holes: where breakpoints fire, and a hit-counted breakpoint."""

from __future__ import annotations

from typing import Any

from graders.ex04_debugger import mistakes
from graders.ex04_debugger.truth import clean_room, expect_script, run_session
from judge.suite import CheckFailed, Mistake, Student, check, expect

EVERY = "at every batch"
TRACING = "only while tracing"
NEVER = "never"
WANTED_CALL = 40


def _expect_place(student: Student, place: str, right: str, mistake: Mistake) -> None:
    answers = student.call("where_it_fires")
    expect(isinstance(answers, dict), "where_it_fires() must return the dict of the cell, filled in.")
    said = answers.get(place)
    expect(said is not None, f"where_it_fires() says nothing of {place!r}: keep the keys of the cell.")
    expect(
        isinstance(said, str) and said in (EVERY, TRACING, NEVER),
        f"for {place!r} answer {EVERY!r}, {TRACING!r} or {NEVER!r}; received {str(said)[:60]!r}.",
    )
    if said != right:
        raise CheckFailed(f"{place!r}: there a breakpoint does not fire {said}.", mistake)


@check(
    cell="where_check",
    says="In train_step under `fit`, a breakpoint fires only while tracing.",
    read_again="section 2",
)
def test_where_in_fit(student: Student) -> None:
    """Measured with Keras 3.15: two stops for eight steps."""
    _expect_place(student, "fit", TRACING, mistakes.GRAPH_IS_NOT_PYTHON)


@check(cell="where_check", says="With run_eagerly=True it fires at every batch.", read_again="section 2")
def test_where_in_eager_fit(student: Student) -> None:
    """Eight stops for eight steps."""
    _expect_place(student, "eager fit", EVERY, mistakes.EAGER_RUNS_PYTHON)


@check(cell="where_check", says="Inside a function decorated with @tf.function it never fires, unless run eagerly.",
       read_again="section 2")  # fmt: skip
def test_where_in_tf_function(student: Student) -> None:
    """AutoGraph runs a rewritten copy."""
    _expect_place(student, "tf.function", NEVER, mistakes.AUTOGRAPH_REWRITES)
    _expect_place(student, "eager tf.function", EVERY, mistakes.EAGER_RUNS_PYTHON)


@check(cell="where_check", says="In a callback it fires at every batch.", read_again="section 2")
def test_where_in_a_callback(student: Student) -> None:
    """Callbacks are called by Python."""
    _expect_place(student, "callback", EVERY, mistakes.CALLBACKS_ARE_PYTHON)


def _warmup(student: Student) -> tuple[dict[str, Any], str]:
    """The warm-up session on the practice program with other numbers."""
    script = expect_script(student.call("warmup"), "warmup()")
    with clean_room(student) as room:
        return run_session(room, room.call("vaegan.debugger.practice_program", 7), script)


def _batch_of(stop: dict[str, Any]) -> int | None:
    """The number of the batch at a stop, if a frame of the stack knows it."""
    known = [frame["locals"]["batch"] for frame in stop["stack"] if "batch" in frame["locals"]]
    return int(known[0]) if known else None


@check(cell="warmup_check", says="The session stops in kl_to_standard_normal at its 40th call, and nowhere before.",
       weight=2, seconds=10, read_again="section 4")  # fmt: skip
def test_warmup_stops_at_the_40th_call(student: Student) -> None:
    """Any way to get there counts: `ignore`, a condition, a temporary breakpoint."""
    record, story = _warmup(student)
    stops = [
        e for e in record["events"] if e["kind"] == "stop" and e["why"] not in ("start", "step", "return")
    ]
    expect(
        bool(stops), "the session never stops: set a breakpoint, and let the program run on to it with `c`."
    )
    newest, batch = stops[0]["stack"][-1], _batch_of(stops[0])
    if newest["function"] == "kl_to_standard_normal" and batch == WANTED_CALL - 1 and len(stops) == 1:
        return
    mistake = None
    if batch in (WANTED_CALL - 2, WANTED_CALL):
        mistake = mistakes.WARMUP_OFF_BY_ONE
    elif batch is not None and batch < WANTED_CALL - 1:
        mistake = mistakes.WARMUP_STOPS_EARLIER
    where = f"in {newest['function']}" + ("" if batch is None else f", call number {batch + 1}")
    message = f"the first stop should be in kl_to_standard_normal, call number 40; it was {where}."
    if len(stops) > 1:
        message += f" In all there were {len(stops)} stops, where one is wanted."
    raise CheckFailed(message, mistake, example=story)


@check(cell="warmup_check", says="It then goes up to `evaluate` and prints `batch` there.",
       needs=[test_warmup_stops_at_the_40th_call], read_again="section 4")  # fmt: skip
def test_warmup_goes_up_and_looks(student: Student) -> None:
    """In the frame that owns it."""
    record, story = _warmup(student)
    looks = [e for e in record["events"] if e["kind"] == "look" and e["ok"] and "batch" in e["names"]]
    if not any(look["function"] == "evaluate" for look in looks):
        went = any(e["kind"] == "move" for e in record["events"])
        raise CheckFailed(
            "`batch` was not printed in the frame of `evaluate`.",
            None if went else mistakes.NOT_UP,
            example=story,
        )
