"""The student's session, replayed in a clean room on the student's own data and on hidden ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from graders.ex04_debugger.truth import Truth, clean_room, introduce, name_of, ours, truths_about
from judge.suite import CheckFailed, Raised, Returned, Student

_MAX_SCRIPT = 20_000  # characters
SESSION_SECONDS = 6.0  # for the student's session on all data sets


@dataclass(frozen=True)
class Replay:
    """A session on one data set: the truth there, what happened, and the story to show."""

    truth: Truth
    record: dict[str, Any]
    story: str
    own: bool


_REPLAYS: WeakKeyDictionary[Student, list[Replay]] = WeakKeyDictionary()


def replays_of(student: Student) -> list[Replay]:
    """The student's session on the student's own data, then on the hidden ones.

    Raises:
        CheckFailed: if it is no session, or does not end.
    """
    if student not in _REPLAYS:
        introduce(student)
        script, name = expect_script(student.call("session"), "session()"), name_of(student)
        with clean_room(student) as room:
            truths = truths_about(room, name, script)
            room.begin_check(SESSION_SECONDS)
            told = [run_session(room, truth.text, script) for truth in truths]
        _REPLAYS[student] = [
            Replay(truth, *record_and_story, own=number == 0)
            for number, (truth, record_and_story) in enumerate(zip(truths, told, strict=True))
        ]
    return _REPLAYS[student]


def expect_script(value: Any, what: str) -> str:
    """The value, if it can be a session at all."""
    if not isinstance(value, str):
        raise CheckFailed(f"{what} must return a text with one pdb command per line, received {type(value).__name__}.")
    if len(value) > _MAX_SCRIPT:
        raise CheckFailed(f"{what} must be a short text: received {len(value)} characters.")
    return value


def run_session(room: Student, text: str, script: str) -> tuple[dict[str, Any], str]:
    """Replay a session in a clean room; returns the record and the story.

    Raises:
        CheckFailed: if the session is refused, or takes too long.
    """
    outcome = room.attempt("vaegan.debugger.replay", text, script, skip_refused=True)
    match outcome:
        case Returned():
            record: dict[str, Any] = outcome.value
            return record, str(ours(room.attempt("vaegan.debugger.tell", record)))
        case Raised() if outcome.kind == "ScriptError":
            raise CheckFailed(outcome.message)
        case Raised():
            raise RuntimeError(f"the recorder failed: {outcome.kind}: {outcome.message}")
        case _:
            raise CheckFailed(
                "Your session could not be replayed: it took too long, or needed too much memory. A session of this "
                "kind takes a second; look at less in one expression."
            )
