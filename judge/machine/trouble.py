"""Sentences for what goes wrong on our side: a disk, a folder, a database."""

from __future__ import annotations

import errno
import os

from sqlalchemy.exc import SQLAlchemyError

_REMEDIES = {
    errno.ENOSPC: "free some space, or some of its inodes",
    errno.EDQUOT: "the account's quota is used up: free some space",
    errno.EROFS: "make it writable",
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


def trouble(error: OSError | SQLAlchemyError) -> str:
    """What is wrong, and what to do; then the same command goes on where it stopped."""
    if isinstance(error, SQLAlchemyError):
        reason = str(getattr(error, "orig", None) or error).split("\n")[0]
        remedies = [remedy for sign, remedy in _DATABASE if sign in reason]
        remedy = remedies[0] if remedies else "see that it runs and that the account may use it"
        return f"the gradebook does not do what it should ({reason}): {remedy}, then grade again."
    reason = os.strerror(error.errno) if error.errno else str(error)
    where = error.filename2 or error.filename or "the course folder"
    remedy = _REMEDIES.get(error.errno or 0, "look at it")
    return f"{os.fsdecode(where)} cannot be used ({reason}): {remedy}, then grade again."
