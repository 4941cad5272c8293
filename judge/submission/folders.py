"""What lies in a folder that somebody handed in, and how much of it is read."""

from __future__ import annotations

import itertools
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_NOTEBOOK = 64 * 2**20  # bytes of one notebook
MAX_FILE, MAX_FILES, MAX_ALL_FILES = 8 * 2**20, 200, 32 * 2**20  # the other files
MAX_ENTRIES = 20_000  # files and folders of a submission, beyond which it is not looked at
MAX_DEPTH, MAX_PATH = 20, 1024  # folders below each other; bytes of a path within the submission
SIZES = (MAX_NOTEBOOK, MAX_FILE, MAX_FILES, MAX_ALL_FILES, MAX_ENTRIES, MAX_DEPTH, MAX_PATH)
TOO_LARGE = f"larger than {MAX_FILE >> 20} MiB"
TOO_MANY = f"beyond the {MAX_FILES} files, {MAX_ALL_FILES >> 20} MiB together, that are read"
NO_FILE = "no ordinary file (a link, pipe, socket or device)"
TOO_DEEP = f"more than {MAX_DEPTH} folders deep or its path is too long"


class TooManyEntries(ValueError):
    """There is more in a folder than anybody hands in."""


@dataclass(frozen=True)
class Entry:
    """Something in a folder: its path below the folder, and what `lstat` says of it."""

    path: str
    status: os.stat_result

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder itself, not a link to one."""
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def is_file(self) -> bool:
        """Whether it is an ordinary file."""
        return stat.S_ISREG(self.status.st_mode)

    @property
    def is_too_deep(self) -> bool:
        """Whether nothing below it is looked at."""
        return self.path.count("/") >= MAX_DEPTH or len(os.fsencode(self.path)) > MAX_PATH


def walk(folder: Path) -> Iterator[Entry]:
    """Everything below a folder, by name, the nearest first; no link is followed, nothing too deep entered.

    A folder that may not be read is an entry like a file. One that is not there is empty.

    Raises:
        TooManyEntries: if there are more than `MAX_ENTRIES`.
    """
    waiting, seen = deque([""]), 0
    while waiting:
        below = waiting.popleft()
        for name, status in _listed(folder / below):
            entry = Entry(f"{below}/{name}" if below else name, status)
            seen += 1
            if seen > MAX_ENTRIES:
                raise TooManyEntries(
                    f"more than {MAX_ENTRIES:,} files and folders were handed in, and a submission has a few. "
                    "Delete what does not belong to it (.git, environments, caches) and hand in again"
                )
            yield entry
            if entry.is_folder and not entry.is_too_deep:
                waiting.append(entry.path)


def _listed(folder: Path) -> list[tuple[str, os.stat_result]]:
    try:
        with os.scandir(folder) as found:
            return sorted((entry.name, entry.stat(follow_symlinks=False)) for entry in found)
    except (PermissionError, FileNotFoundError):
        return []


def left_out(entries: Iterable[Entry]) -> dict[str, str]:
    """The paths of those that are not read, and why; notebooks have a limit of their own.

    Where there are too many, what is hidden goes before what is not, and the deep before the near.
    """
    reasons, number, size = {}, 0, 0
    for entry in sorted(entries, key=lambda e: (_is_hidden(e.path), e.path.count("/"), e.path)):
        if entry.is_too_deep:
            reasons[entry.path] = TOO_DEEP
        elif not entry.is_file:
            reasons |= {} if entry.is_folder else {entry.path: NO_FILE}
        elif entry.path.endswith(".ipynb"):
            continue
        elif entry.status.st_size > MAX_FILE:
            reasons[entry.path] = TOO_LARGE
        elif number >= MAX_FILES or size + entry.status.st_size > MAX_ALL_FILES:
            reasons[entry.path] = TOO_MANY
        else:
            number, size = number + 1, size + entry.status.st_size
    return reasons


def make_way(folder: Path, names: Iterable[str]) -> list[str]:
    """Rename folders that have a notebook's name, as some programs unpack them; the work in them is found there.

    Args:
        folder: the submission.
        names: of files that stand for a lesson, where no folder may be.

    Returns:
        A sentence for each.

    Raises:
        TooManyEntries: see `walk`.
        OSError: if the submission cannot be changed.
    """
    wanted = [e.path for e in walk(folder) if e.is_folder and not e.is_too_deep]
    wanted = [path for path in wanted if path in names or path.lower().endswith(".ipynb")]
    for path in reversed(wanted):  # what lies in another first
        numbers = itertools.chain([""], map(str, itertools.count(2)))
        free = (folder / f"{path}_folder{number}" for number in numbers)
        (folder / path).rename(next(target for target in free if not os.path.lexists(target)))
    return [f"{shown(path)} is a folder, not a notebook; it was looked into." for path in wanted[:3]]


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.split("/"))


def as_notes(reasons: dict[str, str], what_became: str) -> list[str]:
    """A sentence for each reason, naming the first few files that it holds for."""
    notes = []
    for reason in dict.fromkeys(reasons.values()):
        names = [shown(path) for path, why in reasons.items() if why == reason]
        named = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        notes.append(f"{what_became}: {named} ({reason}).")
    return notes


def shown(name: str, most: int = 80) -> str:
    """A file's name as it can stand in a sentence: printable, and not too long."""
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)
    return text if len(text) <= most else f"{text[: most - 1]}…"
