"""Who handed in: a look at the course folder that imports nothing, so that a command may look before all else."""

from __future__ import annotations

import os
from pathlib import Path


def students_with(course: Path, exercise: str) -> list[str]:
    """Ids of the students who handed something in for the exercise, whatever it is: no link is followed here.

    Raises:
        OSError: if submitted/ cannot be read.
    """
    try:
        with os.scandir(course / "submitted") as found:
            return sorted(entry.name for entry in found if _has(Path(entry.path), exercise))
    except FileNotFoundError:
        return []


def _has(folder: Path, exercise: str) -> bool:
    try:
        return os.path.lexists(folder / exercise)
    except OSError:  # it may not be looked into, or is no folder: whoever grades says so
        return folder.is_dir()
