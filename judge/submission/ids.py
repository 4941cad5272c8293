"""Students' ids that nbgrader takes for patterns: refused in a sentence before it looks for files."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException

from judge.submission.quarantine import Refused, check_place


def use() -> None:
    """Let nbgrader's converters of submissions refuse the id of a folder that it would read as a pattern.

    nbgrader has no setting for this: it would grade whom the pattern matches, or answer with a path of this machine.
    A pattern that is nobody's id, such as `a*`, works as nbgrader's manual says.
    """
    for of_submissions in (Autograde, GenerateFeedback):
        if not hasattr(of_submissions.init_notebooks, "__wrapped__"):
            of_submissions.init_notebooks = _refusing(of_submissions.init_notebooks)


def _refusing(real: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(real)
    def init_notebooks(converter: Any) -> None:
        folder = converter.coursedir
        if folder.student_id != "*" and os.path.lexists(Path(folder.root, "submitted", folder.student_id)):
            try:
                check_place(Path(folder.root), folder.assignment_id, folder.student_id)
            except Refused as error:
                converter.log.error(str(error))
                raise NbGraderException(str(error)) from None
        real(converter)

    return init_notebooks
