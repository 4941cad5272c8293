"""Recognises mistakes in failed checks by the recorded answers of mutants.

For every check that a mutant failed, `graders/<exercise>/answers.npz` holds what came back there. A student's
failed check is compared with that; the mistake that agrees in most failed checks is named. Agreement needs the
shape, every number within the check's own tolerance, and at least two numbers that are not the right ones.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from judge.suite.expect import Array, Evidence, Mistake

ANSWERS = "answers.npz"
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_TELLING_TEXT = 30  # characters; and these kinds come of anything:
_UNTELLING_KINDS = ("ToImplement", "NameError", "SyntaxError", "IndentationError", "AttributeError")


@dataclass
class Answers:
    """What mutants gave where they failed: check -> mistake -> one answer for each of its patches.

    A mistake is known by its hole and name, "kl/kl-without-half".
    """

    by_check: dict[str, dict[str, list[Array]]] = field(default_factory=dict)

    def add(self, check: str, mistake: str, received: Array) -> None:
        """Keep one more answer."""
        self.by_check.setdefault(check, {}).setdefault(mistake, []).append(received)

    def take_over(self, mistake: str, other: Answers) -> None:
        """Keep all that other answers hold of a mistake, instead of what these do."""
        for check, known in other.by_check.items():
            if mistake in known:
                self.by_check.setdefault(check, {})[mistake] = list(known[mistake])

    def failed_by(self, mistake: str) -> set[str]:
        """The checks with an answer of this mistake."""
        return {check for check, known in self.by_check.items() if mistake in known}

    def agreeing(self, check: str, evidence: Evidence) -> list[str]:
        """The mistakes that gave this evidence in this check, in the order of their declaration."""
        known = self.by_check.get(check, {})
        return [mistake for mistake, given in known.items() if any(agrees(evidence, one) for one in given)]


def key(mistake: Mistake) -> str:
    """How answers name a mistake."""
    return f"{mistake.hole}/{mistake.name}"


def agrees(evidence: Evidence, recorded: Array) -> bool:
    """Whether what came back is what was recorded, and not by coincidence."""
    received, expected = evidence.received, evidence.expected
    if received.dtype.kind == "U" or recorded.dtype.kind == "U":
        return _same_text(str(received), str(recorded))
    if received.shape != recorded.shape:
        return False
    if not np.allclose(received, recorded, evidence.rtol, evidence.atol, equal_nan=True):
        return False
    telling = np.isfinite(recorded)
    if expected is not None and expected.shape == recorded.shape:
        telling &= ~np.isclose(recorded, expected, evidence.rtol, evidence.atol)
    return int(telling.sum()) >= 2


def _same_text(received: str, recorded: str) -> bool:
    return received == recorded and len(received) >= _TELLING_TEXT and not received.startswith(_UNTELLING_KINDS)


def recognise(
    failed: Mapping[str, Evidence | None],
    named: Mapping[str, str],
    mistakes: Mapping[str, Iterable[Mistake]],
    answers: Answers,
) -> dict[str, Mistake]:
    """The mistake that explains each failed check, where one does.

    Args:
        failed: what came back, by failed check.
        named: names of mistakes that failed checks have found themselves.
        mistakes: for each check, the mistakes of its cell; of any check, all that answers may hold.
        answers: of the mutants.
    """
    known = {key(mistake): mistake for listed in mistakes.values() for mistake in listed}
    order = {name: position for position, name in enumerate(known)}
    agreeing = {
        check: [name for name in answers.agreeing(check, evidence) if name in known]
        for check, evidence in failed.items()
        if evidence is not None and check not in named
    }
    votes = Counter(name for names in agreeing.values() for name in names)
    votes.update(name for name, mistake in known.items() for found in named.values() if found == mistake.name)

    def likelihood(name: str) -> tuple[int, int, int]:
        missed = len(answers.failed_by(name) - failed.keys())  # what it fails and this submission does not
        return votes[name], -missed, -order[name]

    found = {check: known[max(names, key=likelihood)] for check, names in agreeing.items() if names}
    for check in agreeing.keys() - found.keys():
        if mistake := _by_code(failed[check], mistakes.get(check, ())):
            found[check] = mistake
    return found


def _by_code(evidence: Evidence | None, mistakes: Iterable[Mistake]) -> Mistake | None:
    """The first mistake whose own code recognises the numbers, its detail written into its hint."""
    if evidence is None or evidence.received.dtype.kind == "U":
        return None
    for mistake in mistakes:
        detail = mistake.recognise is not None and mistake.recognise(evidence.received, evidence.expected)
        if detail:
            hint = mistake.hint.replace("{}", detail) if isinstance(detail, str) else mistake.hint
            return Mistake(mistake.name, hint, hole=mistake.hole)
    return None


def read_answers(path: Path) -> Answers:
    """Read what `write_answers` wrote; no answers if there is no such file."""
    answers = Answers()
    if path.exists():
        with np.load(path, allow_pickle=False) as file:
            for name in file.files:
                check, mistake, _ = name.split("|")
                answers.add(check, mistake, file[name])
    return answers


def write_answers(path: Path, answers: Answers) -> None:
    """Write answers as NumPy reads them, the same bytes for the same answers."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for check, known in sorted(answers.by_check.items()):
            for mistake, given in sorted(known.items()):
                for number, array in enumerate(given):
                    content = io.BytesIO()
                    np.lib.format.write_array(content, array, allow_pickle=False)
                    info = zipfile.ZipInfo(f"{check}|{mistake}|{number}.npy", _FIRST_DAY_OF_ZIP)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    file.writestr(info, content.getvalue())
