"""What a student should know while it can still be mended: said by the intake that grades the same files later."""

from __future__ import annotations

from pathlib import Path

from judge.submission.intake import take_in
from judge.submission.released import read_lesson


def advice(folder: Path, release: Path) -> list[str]:
    """What grading would say of a folder's notebooks: what is taken for what, mended, unreadable or missing.

    Args:
        folder: what is handed in; only read.
        release: the folder with the notebooks that were handed out.
    """
    lessons = [path for path in sorted(release.glob("*.ipynb")) if read_lesson(path).holes]
    return list(dict.fromkeys(sentence for path in lessons for sentence in _about(folder / path.name, path)))


def _about(notebook: Path, release: Path) -> list[str]:
    taken = take_in(notebook, release)
    if taken.graded == "nothing" and not taken.notes:
        return [f"{notebook.name} is missing: put it back into the folder and hand in again."]
    return taken.notes
