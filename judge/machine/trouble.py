"""Sentences for what goes wrong on our side: a disk, a folder, a database."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

_REMEDIES = {
    errno.ENOSPC: "free some space, or some of its inodes",
    errno.EDQUOT: "the account's quota is used up: free some space",
    errno.EROFS: "make its disk writable, which is mounted read-only",
    errno.EACCES: "give this account the right to write there (ls -l says whose it is)",
    errno.EPERM: "give this account the right to write there (ls -l says whose it is)",
    errno.EXDEV: "let .judge/ and submitted/ lie on one file system",
}
_DATABASE = (
    ("locked", "another program holds it: close it (or wait)"),
    (
        "no such column",
        "it was made by another version of nbgrader: back it up and run `nbgrader db upgrade`",
    ),
    ("no such table", "it was made by another version of nbgrader: back it up and run `nbgrader db upgrade`"),
    ("readonly", "make gradebook.db and its folder writable"),
    (
        "unable to open",
        "make the course folder writable, and see that COURSE_DATABASE names an existing place",
    ),
    ("full", "free some space on its disk"),
    ("not a database", "it is damaged: put a backup of gradebook.db in its place"),
    ("malformed", "it is damaged: put a backup of gradebook.db in its place"),
    ("disk I/O", "its disk failed or is full: look at it"),
)
_ROOM = 256 * 2**10  # bytes on the disk without which nothing is begun
_OF_DATABASES = ("sqlalchemy.exc.", "sqlite3.", "psycopg")
_NUMBERED = re.compile(r"\[Errno (\d+)\][^']*(?:'([^']*)')?")


def expect_writable(*folders: Path) -> None:
    """Make folders and write a little into each; OSError if that cannot be, before anything is half done."""
    for folder in folders:
        try:
            folder.mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(_ROOM))
                file.flush()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(folder)) from None


def trouble(error: OSError | SQLAlchemyError) -> str:
    """What is wrong, and what to do; then the same command goes on where it stopped."""
    if isinstance(error, SQLAlchemyError):
        return _of_gradebook(str(getattr(error, "orig", None) or error).split("\n")[0])
    where = os.fsdecode(error.filename2 or error.filename or "")
    return _of_disk(error.errno or 0, where, str(error))


def trouble_in(line: str) -> str:
    """The same of an exception that arrives as the last line of its traceback; any other line as it is."""
    if numbered := _NUMBERED.search(line):
        return _of_disk(int(numbered[1]), numbered[2] or "", line)
    return _of_gradebook(line) if line.startswith(_OF_DATABASES) else line


def _of_gradebook(reason: str) -> str:
    remedies = [remedy for sign, remedy in _DATABASE if sign in reason]
    remedy = remedies[0] if remedies else "see that it runs and that the account may use it"
    return f"the gradebook does not do what it should ({reason}): {remedy}, then grade again."


def _of_disk(number: int, where: str, said: str) -> str:
    reason = os.strerror(number) if number else said
    remedy = _REMEDIES.get(number, "look at it")
    return f"{where or 'the course folder'} cannot be used ({reason}): {remedy}, then grade again."
