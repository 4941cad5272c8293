"""Names what was handed in for a notebook and is none: an archive, a printed page, a link to the file."""

from __future__ import annotations

import os
from pathlib import Path

_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".xz", ".bz2")
_LINKS = (".url", ".webloc", ".lnk", ".desktop", ".gdoc", ".icloud")
_DOCUMENTS = {
    (".html", ".htm", ".mht", ".mhtml", ".webarchive"): "a web page",
    (".pdf", ".ps"): "a printed page",
    (".doc", ".docx", ".odt", ".rtf", ".pages"): "a text document",
    (".md", ".rmd", ".qmd", ".rst", ".tex"): "a text",
    (".pyc", ".pyo"): "compiled Python",
}
_MOST = 2000  # names looked at


def handed_in_for(folder: Path, exercise: str, lesson: str) -> str:
    """A sentence about the first file that stands in for a lesson's notebook, or "".

    An archive or a link may hold any work; a document counts if it has the name of the lesson or its exercise.
    """
    try:
        with os.scandir(folder) as found:
            names = sorted(
                entry.name for entry, _ in zip(found, range(_MOST), strict=False) if entry.is_file()
            )
    except OSError:
        return ""
    for name in names:
        lower = name.lower()
        is_its = lesson.lower() in lower or exercise.lower() in lower
        if told := _kind(lower, is_its):
            return f"Nothing was found to grade in {lesson}.ipynb, and {name} {told}, named {lesson}.ipynb."
    return ""


def _kind(name: str, is_its: bool) -> str:
    """What a file is by its ending and what to do; "" for what may lie there anyway."""
    if name.endswith(_LINKS):
        return "only points to a file that is elsewhere. Hand in the notebook itself"
    if name.startswith("."):
        return ""
    if name.endswith(_ARCHIVES):
        return "is an archive, which is not opened. Unpack it and hand in the notebook inside"
    kind = next((kind for endings, kind in _DOCUMENTS.items() if name.endswith(endings)), "")
    return f"is {kind} and cannot be run. Hand in the notebook itself" if kind and is_its else ""
