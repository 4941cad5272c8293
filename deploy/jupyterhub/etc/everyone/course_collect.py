"""Collects what students handed in, whatever they handed in."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from pwd import getpwuid
from typing import Any

import course_notes
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect

DEEPEST, MOST_FOLDERS, MOST_FILES = 20, 2_000, 2_000  # of one submission; what is beyond is not collected
MOST_NAMED = 20  # in a message
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class CollectWithCare(ExchangeCollect):  # type: ignore[misc]  # nbgrader has no type annotations
    """Collects only what the account of that student wrote, when the file system says that it was written.

    nbgrader warns of a submission that another account made and takes it, follows links into the grader's own
    files, believes the student's clock, and stops at the first folder with a senseless name.
    """

    NOBODY = ""

    def init_src(self) -> None:
        """Find each student's latest submission."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"] != self.NOBODY]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        folder = Path(path)
        try:
            record: dict[str, Any] = super()._path_to_record(path)
            status = folder.lstat()
            record["timestamp"] = last_change(folder)
            owner = getpwuid(status.st_uid).pw_name
        except (ExchangeError, ValueError, OverflowError, KeyError, OSError) as error:
            self.log.warning("Not collected: %a is no submission (%s)", folder.name, type(error).__name__)
            return {"username": self.NOBODY, "filename": folder.name, "timestamp": datetime.min}
        if not stat.S_ISDIR(status.st_mode) or owner != record["username"]:
            self.log.warning("Not collected: %a was made by the account %s", folder.name, owner)
            record["username"] = self.NOBODY
        return record

    def copy_files(self) -> None:
        """Collect each submission in a guard of its own: none can keep another from being collected."""
        course_notes.tell_due_date(self)
        records = self.src_records
        for record in records:
            self.src_records = [record]
            try:
                super().copy_files()
            except Exception as error:  # whatever a student has made must not stop the others
                self.log.warning("Not collected: %a (%s: %a)", record["filename"], type(error).__name__, str(error))
        self.src_records = records

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the ordinary files of a submission that belong to its student."""
        ignored = shutil.ignore_patterns(*self.coursedir.ignore)
        for name in copy_own_files(Path(src), Path(dest), ignored, self.coursedir.max_file_size * 1000):
            self.log.warning("Not collected: %a of %a", name, Path(src).name)
        timestamp = f"{last_change(Path(src)):%Y-%m-%d %H:%M:%S.%f} UTC"
        (Path(dest) / "timestamp.txt").write_text(timestamp, encoding="utf-8")
        secret = Path(dest) / "submission_secret.txt"  # release_feedback stops where it is not there
        if not secret.is_file() or not re.fullmatch(rb"[0-9a-f]{128}", secret.read_bytes()):
            secret.write_text(secrets.token_hex(64), encoding="utf-8")


def last_change(folder: Path) -> datetime:
    """When the folder or anything in it was last changed, by the server's clock; UTC without a time zone.

    That is the ctime, which unlike the mtime no user can set.
    """
    changes = [folder.lstat().st_ctime]
    for _, names, descriptor in walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                changes.append(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_ctime)
    return datetime.fromtimestamp(max(changes), UTC).replace(tzinfo=None)


def walk(folder: Path) -> Iterator[tuple[Path, list[str], int]]:
    """The folders of a submission: path inside it, names of everything in it, open descriptor.

    Each is opened without following links, by its name in the one above, so that no path is too long. The walk ends
    at `DEEPEST`, and after `MOST_FOLDERS`.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, _FOLDER)
        try:
            yield from itertools.islice(_walk(Path(), descriptor), MOST_FOLDERS)
        finally:
            os.close(descriptor)


def _walk(inside: Path, descriptor: int) -> Iterator[tuple[Path, list[str], int]]:
    names = sorted(os.listdir(descriptor))
    yield inside, names, descriptor
    for name in names if len(inside.parts) < DEEPEST else []:
        try:
            below = os.open(name, _FOLDER, dir_fd=descriptor)
        except OSError:  # no folder, a link, or closed to the grader
            continue
        try:
            yield from _walk(inside / name, below)
        finally:
            os.close(below)


def copy_own_files(source: Path, target: Path, ignored: Any, most_bytes: int) -> list[str]:
    """Copy regular files that belong to the owner of `source`; returns the names of the others.

    Every folder and file is opened first and examined then, without following links, so that swapping a file
    for a link meanwhile gains nothing.
    """
    left_out, copied = [], 0
    owner = source.lstat().st_uid
    target.mkdir(parents=True, exist_ok=True)
    for inside, names, descriptor in walk(source):
        if any(ignored("", [part]) for part in inside.parts):
            continue
        for name in names:
            if ignored("", [name]) or _is_open_folder(name, descriptor, inside):
                continue
            if copied < MOST_FILES and _copy_file(name, descriptor, target / inside / name, owner, most_bytes):
                copied += 1
            else:
                left_out.append(str(inside / name))
    return left_out[:MOST_NAMED] + ([f"and {len(left_out) - MOST_NAMED} more"] if len(left_out) > MOST_NAMED else [])


def _is_open_folder(name: str, descriptor: int, inside: Path) -> bool:
    """Whether it is a folder that the walk enters."""
    try:
        mode = os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) and len(inside.parts) < DEEPEST


def _copy_file(name: str, folder: int, target: Path, owner: int, most_bytes: int) -> bool:
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:  # a link, or something that cannot be read
        return False
    status = os.fstat(opened)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != owner or status.st_size > most_bytes:
        os.close(opened)
        return False
    with open(opened, "rb") as file:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as copy:
                shutil.copyfileobj(file, copy)
        except OSError:  # a name that is too long here
            return False
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True
