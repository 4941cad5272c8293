"""Names what was handed in for a notebook and is none: an archive, an e-mail, an export for readers, a link."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".xz", ".bz2")
_MAILS = (".eml", ".msg", ".mbox", "winmail.dat")
_LINKS = (".url", ".webloc", ".lnk", ".desktop", ".gdoc", ".icloud")
_EXPORTS = {
    (".html", ".htm", ".mht", ".mhtml", ".webarchive"): "a web page",
    (".pdf", ".ps"): "a printed page",
    (".doc", ".docx", ".odt", ".rtf", ".pages"): "a text document",
}
_TEXTS = {
    (".md", ".rmd", ".qmd", ".rst", ".tex"): "a text",
    (".png", ".jpg", ".jpeg", ".gif", ".svg", ".heic", ".webp"): "a picture",
    (".pyc", ".pyo"): "compiled Python",
}
_SCREENSHOT = re.compile(r"(?:screen ?shot|bildschirmfoto|img[-_]\d)", re.IGNORECASE)
_HOW = "in JupyterLab File > Download, in Colab File > Download > Download .ipynb, in VS Code the file that you edit"
_MOST = 2000  # names looked at


def handed_in_for(folder: Path, exercise: str, lesson: str, aside: Iterable[str] = ()) -> str:
    """A sentence about the first file that stands in for a lesson's notebook, or "".

    An archive, a link or a page may hold any work; a text or picture counts if it has the name of the lesson or its
    exercise, or is a screenshot.

    Args:
        folder: what was handed in.
        exercise, lesson: what was expected.
        aside: names of files that were handed in, too, and lie there no more.
    """
    try:
        with os.scandir(folder) as found:
            here = [entry.name for entry, _ in zip(found, range(_MOST), strict=False) if entry.is_file()]
    except OSError:
        here = []
    for name in sorted({*here, *aside}):
        is_its = any(word.lower() in name.lower() for word in (lesson, exercise)) or _SCREENSHOT.match(name)
        if told := _kind(name.lower(), f"{lesson}.ipynb", bool(is_its)):
            return f"Nothing was found to grade in {lesson}.ipynb, and {name} {told}."
    return ""


def _kind(name: str, wanted: str, is_its: bool) -> str:
    """What a file is by its ending and what to do; "" for what may lie there anyway."""
    if name.endswith(_LINKS):
        return f"only points to a file that is elsewhere. Hand in the notebook itself, {wanted} ({_HOW})"
    if name.startswith("."):
        return ""
    if name.endswith(_ARCHIVES):
        return f"is an archive, which is not opened. Unpack it and hand in the notebook inside, named {wanted}"
    if name.endswith(_MAILS):
        return f"is an e-mail, which is not opened. Save what is attached to it and hand in that, named {wanted}"
    for endings, kind in _EXPORTS.items():
        if name.endswith(endings):
            return (
                f"is {kind}: an export of a notebook is for reading and cannot be run. Hand in the notebook itself, "
                f"{wanted} ({_HOW})"
            )
    kind = next((kind for endings, kind in _TEXTS.items() if name.endswith(endings)), "")
    return f"is {kind} and cannot be run. Hand in the notebook itself, {wanted} ({_HOW})" if kind and is_its else ""
