"""What became of a request to a sandbox: always a value, never an exception of the student's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

# What Keras and TensorFlow put around the reason for an error, which stands in the group.
_AROUND = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"Exception encountered when calling [^\n]*\n\n\x1b\[1m(.*?)\x1b\[0m\n\nArguments received",
        r"in user code:\n.*\n    \w+: (.*)",
        r"A total of \d+ objects could not be loaded\. Example error message for object [^\n]*:\n\n(.*?)\n\nList of",
        r".* could not be deserialized properly\..*\n\nException encountered: (.*)",
    )
]
_MOST_AROUND = 5  # around each other


@dataclass(frozen=True)
class Returned:
    """The student's code returned this data."""

    value: Any


@dataclass(frozen=True)
class Raised:
    """The student's code raised an exception.

    Attributes:
        kind: the exception's class name.
        kinds: the names of its base classes too.
        message: its text.
        lines: the student's own lines it came through, outermost first: (file, number, text).
    """

    kind: str
    kinds: tuple[str, ...]
    message: str
    lines: tuple[tuple[str, int, str], ...]

    @property
    def reason(self) -> str:
        """The message's first line, without the text that Keras and TensorFlow put around what a layer raises."""
        text = self.message.strip()
        for _ in range(_MOST_AROUND):
            inner = next((found[1].strip() for around in _AROUND if (found := around.match(text))), "")
            if not inner:
                break
            text = inner.replace("\n    ", "\n")
        return text.split("\n")[0][:300]


@dataclass(frozen=True)
class TimedOut:
    """No answer came within so much of the sandbox's own time; the sandbox was ended.

    Attributes:
        seconds: what it had.
        of_submission: whether the seconds were the whole submission's, and not this request's.
        contended: whether the sandbox waited for processors that others had, so that its time was not its own.
    """

    seconds: float
    of_submission: bool = False
    contended: bool = False


@dataclass(frozen=True)
class OutOfMemory:
    """The memory limit was reached."""


@dataclass(frozen=True)
class Died:
    """The sandbox's process ended, or sent something that is not data; `how` says which."""

    how: str


@dataclass(frozen=True)
class TooMuchOutput:
    """The answer was larger than an answer may be."""


Outcome = Returned | Raised | TimedOut | OutOfMemory | Died | TooMuchOutput


def from_reply(reply: Any) -> Outcome:
    """Read the agent's reply, which a submission may have forged.

    Args:
        reply: any data that came over the channel.
    """
    if isinstance(reply, dict) and set(reply) == {"returned"}:
        return Returned(reply["returned"])
    if isinstance(reply, dict) and set(reply) == {"unsendable"}:
        return TooMuchOutput()
    if isinstance(reply, dict) and set(reply) == {"raised"}:
        return raised_from(reply["raised"])
    return Died("it answered with something that is not an answer")


def raised_from(error: Any) -> Outcome:
    """Read the agent's description of an exception, which a submission may have forged."""
    try:
        kinds = tuple(_text(kind, 100) for kind in error["kinds"][:20])
        lines = tuple((_text(file, 200), int(number), _text(text, 300)) for file, number, text in error["lines"][-5:])
        raised = Raised(_text(error["type"], 100), kinds, _text(error["message"], 4000), lines)
    except (TypeError, LookupError, ValueError, ArithmeticError):
        return Died("it answered with something that is not an exception's description")
    if "MemoryError" in kinds or raised.kind == "ResourceExhaustedError":
        return OutOfMemory()
    return raised


def _text(value: Any, limit: int) -> str:
    """Text and nothing else: writing out a large array as text can take hours."""
    if not isinstance(value, str):
        raise TypeError(f"expected text, received {type(value).__name__}")
    return value[:limit]
