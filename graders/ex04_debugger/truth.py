"""What a program's mistake looks like on given data, found by replaying the right session.

Programs are made, and sessions replayed, in a *clean room*: a sandbox of its own in which nothing of the
student's has run, since a notebook could otherwise replace the recorder and forge what it records.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from graders.ex04_debugger.catalogue import Bug, bug_in
from judge.suite import Outcome, Returned, Student

_SECRET = "seeds that students do not see"
_NUM_HIDDEN, _MOST_DRAWS = 3, 12
_LOOP = re.compile(r"def (\w+)\(.*\n(?:.*\n)*?    for (\w+), \(\w+, \w+\) in enumerate\(batches\):")
ROOM_SECONDS = 60.0  # for our own code, which takes one: a busy machine is no mistake of anybody's


@contextmanager
def clean_room(student: Student) -> Iterator[Student]:
    """A sandbox like the student's, with no notebook in it."""
    with student.clean_room(ROOM_SECONDS) as room:
        yield room


@dataclass(frozen=True)
class Truth:
    """A program, its mistake, and how the mistake shows on the program's data.

    Attributes:
        text: the program.
        bug: its mistake.
        line: number of the guilty line.
        owner: the function with the loop over batches.
        counter: what that function calls the number of the batch.
        batch: on which batch the mistake shows first.
        value: mean of the finite entries of the bug's variable there.
        callers: the functions on the stack above the guilty one.
        record: of the right session.
    """

    text: str
    bug: Bug
    line: int
    owner: str
    counter: str
    batch: int
    value: float
    callers: tuple[str, ...]
    record: dict[str, Any]


def right_session(text: str) -> str:
    """A session that finds the mistake of a program, on whatever data.

    It stops one line below the guilty line, and goes up as far as the loop over batches lies.
    """
    bug, line = bug_in(text)
    owner, counter = loop_over_batches(text)
    return (
        f"b {line + 1}, {bug.condition}\nc\nw\np finite_mean({bug.variable})\np {bug.variable}\n"
        f"up {_distance(text, bug.function, owner)}\np {counter}\nq\n"
    )


def loop_over_batches(text: str) -> tuple[str, str]:
    """The function with the loop over batches, and what it calls their number."""
    match = _LOOP.search(text)
    if match is None:
        raise LookupError("the program has no loop over batches")
    owner = [name for name in re.findall(r"^def (\w+)", text[: match.end()], re.M)][-1]
    return owner, match[2]


def _distance(text: str, function: str, owner: str) -> int:
    """How many calls lead from `owner` to `function`."""
    bodies = dict(re.findall(r"^def (\w+)\(.*\n((?:(?:    .*)?\n)*)", text, re.M))
    level, distance = {owner}, 0
    while function not in level:
        level = {name for name in bodies for caller in level if re.search(rf"\b{name}\(", bodies[caller])}
        distance += 1
        if not level:
            raise LookupError(f"nothing calls {function}")
    return distance


def stops_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Stops that a breakpoint or an exception made; the start and single steps are none."""
    made = [event for event in record["events"] if event["kind"] == "stop"]
    return [stop for stop in made if stop["why"] not in ("start", "step", "return")]


def find_truth(room: Student, name: str, data_seed: int | None = None) -> Truth | None:
    """Make a student's program on some data and look at its mistake.

    Args:
        room: a clean room.
        name: the student's id.
        data_seed: None for the student's own data.

    Returns:
        None if the mistake does not show on these data: a few draws in a thousand are too tame.
    """
    text = str(ours(room.attempt("vaegan.debugger.program", name, data_seed)))
    bug, line = bug_in(text)
    owner, counter = loop_over_batches(text)
    record = ours(room.attempt("vaegan.debugger.replay", text, right_session(text)))
    stops = stops_of(record)
    if not stops:
        return None
    stack = stops[0]["stack"]
    looks = [event for event in record["events"] if event["kind"] == "look"]
    frames = {frame["function"]: frame for frame in stack}
    return Truth(
        text, bug, line, owner, counter, int(frames[owner]["locals"][counter]), float(looks[0]["value"]),
        tuple(frame["function"] for frame in stack[:-1]), record,
    )  # fmt: skip


def ours(outcome: Outcome) -> Any:
    """What a call returned that nothing of the student's has touched; anything else is our fault."""
    if not isinstance(outcome, Returned):
        raise RuntimeError(f"the clean room failed: {outcome}")
    return outcome.value


def hidden_seeds(name: str, script: str) -> Iterator[int]:
    """Seeds of data that a session may be replayed on; another session is replayed on others."""
    for number in range(_MOST_DRAWS):
        digest = hashlib.sha256(f"{_SECRET}:{number}:{name}:{script}".encode()).digest()
        yield 10_000 + int.from_bytes(digest[:4], "big") % 9_000_000


def truths_about(room: Student, name: str, script: str) -> list[Truth]:
    """The truth on the student's own data, then on three hidden sets on which the mistake shows, too."""
    drawn = (find_truth(room, name, seed) for seed in hidden_seeds(name, script))
    hidden = list(islice((truth for truth in drawn if truth is not None), _NUM_HIDDEN))
    if len(hidden) < _NUM_HIDDEN:
        raise RuntimeError(f"the mistake in the program of {name!r} shows on hardly any data")
    return [_own_truth(room, name), *hidden]


def _own_truth(room: Student, name: str) -> Truth:
    truth = find_truth(room, name)
    if truth is None:
        raise RuntimeError(f"the mistake in the program of {name!r} does not show on its own data")
    return truth


_TRUTHS: WeakKeyDictionary[Student, Truth] = WeakKeyDictionary()


def name_of(student: Student) -> str:
    """The gradebook's id; where there is none (a trial run), the one on the answer sheet."""
    if student.identity:
        return student.identity
    sheet = student.attempt("answers")
    name = sheet.value.get("student") if isinstance(sheet, Returned) and isinstance(sheet.value, dict) else None
    return name if isinstance(name, str) and 0 < len(name) <= 80 else "student"


def truth_for(student: Student) -> Truth:
    """The truth about the student's own program."""
    if student not in _TRUTHS:
        introduce(student)
        name = name_of(student)
        with clean_room(student) as room:
            _TRUTHS[student] = _own_truth(room, name)
    return _TRUTHS[student]


def introduce(student: Student) -> None:
    """Tell the notebook whose it is: there is no user's name in a sandbox."""
    if student.identity:
        student.attempt("vaegan.debugger.use_student", student.identity)
