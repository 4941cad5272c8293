"""Students' ids that nbgrader takes for patterns: refused in a sentence before it looks for files."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from nbgrader.converters.base import BaseConverter, NbGraderException

from judge.submission.quarantine import Refused, check_place


def use() -> None:
    """Let nbgrader's converters refuse the id of a folder that it would read as a pattern.

    nbgrader has no setting for this: it would grade whom the pattern matches, or answer with a path of this machine.
    A pattern that is nobody's id, such as `a*`, works as nbgrader's manual says; "." is its word for a release.
    """
    if hasattr(BaseConverter.init_notebooks, "__wrapped__"):
        return
    real = BaseConverter.init_notebooks

    @functools.wraps(real)
    def init_notebooks(converter: Any) -> None:
        folder = converter.coursedir
        if folder.student_id not in ("*", ".") and os.path.lexists(
            Path(folder.root, "submitted", folder.student_id)
        ):
            try:
                check_place(Path(folder.root), folder.assignment_id, folder.student_id)
            except Refused as error:
                converter.log.error(str(error))
                raise NbGraderException(str(error)) from None
        real(converter)

    BaseConverter.init_notebooks = init_notebooks
