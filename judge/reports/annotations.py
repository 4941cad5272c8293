"""Failed checks beside the student's own lines, in the forms that GitHub and GitLab read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from judge.grade.result import CheckResult, Result
from judge.reports.lines import place_of
from judge.reports.plain import printable
from judge.reports.words import one_line, sentence
from judge.suite.engine import Status

MOST_ON_GITHUB = 10  # GitHub shows no more errors of one step
_TITLE = 120


@dataclass(frozen=True)
class Annotation:
    """What to say beside one line.

    Attributes:
        path: the file in the student's repository.
        line: counted from 1.
        title: one line.
        text: the reason, the input that shows it, the hint.
        name: the check's name, the same at every push.
    """

    path: str
    line: int
    title: str
    text: str
    name: str


def annotate(result: Result, notebook: Any, texts: Mapping[str, str]) -> list[Annotation]:
    """One per failed check whose place is found, in the suite's order.

    Args:
        result: the verdicts.
        notebook: the notebook that was graded.
        texts: the student's files of this notebook by path.
    """
    found = []
    for check in result.for_student().checks_with(Status.FAILED):
        place = place_of(check, notebook, texts)
        if place is not None:
            path, line = printable(place[0]), place[1]
            found.append(Annotation(path, line, one_line(check.says)[:_TITLE], _text(check), check.name))
    return found


def github_commands(found: Iterable[Annotation]) -> str:
    """Workflow commands; GitHub reads them from a step's output, one per line."""
    lines = []
    for note in list(found)[:MOST_ON_GITHUB]:
        about = f"file={_property(note.path)},line={note.line},title={_property(note.title)}"
        lines.append(f"::error {about}::{_data(note.text)}\n")
    return "".join(lines)


def gitlab_code_quality(found: Iterable[Annotation]) -> str:
    """A Code Quality report, which GitLab shows in a merge request's changes."""
    issues = [
        {
            "description": f"{note.title} {one_line(note.text)}",
            "check_name": note.name,
            "fingerprint": hashlib.sha256(f"{note.path}\0{note.name}".encode()).hexdigest(),
            "severity": "major",
            "location": {"path": note.path, "lines": {"begin": note.line}},
        }
        for note in found
    ]
    return json.dumps(issues, indent=1, ensure_ascii=False) + "\n"


def _text(check: CheckResult) -> str:
    parts = [sentence(check.message)]
    parts += [f"What shows it:\n{check.example}"] if check.example else []
    parts += [f"A likely reason: {check.hint}"] if check.hint else []
    parts += [f"Read again: {check.read_again}"] if check.read_again else []
    return printable("\n".join(parts))


def _data(text: str) -> str:
    """Escaped as GitHub's toolkit does, so that no text of a student's begins a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
