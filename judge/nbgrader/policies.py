"""What decides about penalties: due date, extensions, the policy itself. When it changes, grades are written anew."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SQLAlchemyError

from judge import ROOT


@dataclass(frozen=True)
class Policies:
    """What an exercise's penalties depend on, times of submission apart.

    Attributes:
        general: due date and policy.
        extensions: by student.
    """

    general: str = ""
    extensions: dict[str, str] = field(default_factory=dict)

    def of(self, student: str) -> str:
        """All that decides about one student's penalty, to be compared with what it was."""
        return f"{self.general} {self.extensions.get(student, 'None')}"


def policies_of(api: Any, exercise: str) -> Policies:
    """As the gradebook and the configuration have them; a gradebook that does not answer knows of none.

    Args:
        api: nbgrader's, as the course configures it.
        exercise: the exercise.
    """
    policy = _policy(api)
    try:
        with api.gradebook as gradebook:
            assignment = gradebook.find_assignment(exercise)
            extensions = {s.student_id: str(s.extension) for s in assignment.submissions}
            return Policies(f"{policy} {assignment.duedate}", extensions)
    except (MissingEntry, SQLAlchemyError):
        return Policies(policy)  # whoever grades next finds out, and says so


def _policy(api: Any) -> str:
    """A hash of the configuration and of the code that works penalties out."""
    plugin = AssignLatePenalties(config=api.config).plugin_class
    sections = ["AssignLatePenalties", *(kind.__name__ for kind in plugin.__mro__)]
    settings = {name: dict(api.config[name]) for name in sections if name in api.config}
    digest = hashlib.sha256(repr(settings).encode())
    for file in [ROOT / "nbgrader_config.py", *_file_of(plugin)]:
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()


def _file_of(plugin: type) -> list[Path]:
    try:
        return [Path(inspect.getfile(plugin))]
    except TypeError:  # written in a console
        return []
