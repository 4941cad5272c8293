"""Who handed in: a look at the course folder that imports nothing, so that a command may look before all else."""

from __future__ import annotations

from pathlib import Path


def students_with(course: Path, exercise: str) -> list[str]:
    """Ids of the students who handed something in for the exercise."""
    return sorted(path.parent.name for path in (course / "submitted").glob(f"*/{exercise}") if path.is_dir())
