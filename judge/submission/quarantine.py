"""Makes a submission fit for nbgrader before anything copies or opens it.

What no program should meet is set aside to `.judge/quarantine/`: links, pipes, what is too large, too deep, or
in the way of a file that grading writes. Nothing is deleted, and the result says what was set aside. A submission
that is a link itself is refused: nothing behind a link is read or moved.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import itertools
import json
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

from judge.machine.whole_files import write_whole
from judge.submission.folders import Entry, TooManyEntries, as_notes, left_out, make_way, shown, walk
from judge.submission.intake import complete

_COURSE_FOLDERS = ("source", "solutions", "graders")  # what a hard link must not hand in
IN_THE_WAY = "in the place of a file that grading writes"
UNREADABLE = "not readable for this account"
HARD_LINK = "the same file as one of the course (a hard link)"


class Refused(ValueError):
    """The whole submission cannot be taken in; the sentence is for student and instructor."""


def prepare(course: Path, exercise: str, student: str) -> None:
    """Make a submission fit for nbgrader: ordinary files only, and a notebook for every module.

    Raises:
        Refused: if it cannot be taken in at all.
        OSError: if the course folder cannot be written.
    """
    check_place(course, exercise, student)
    try:
        _quarantine(course, exercise, student)
    except TooManyEntries as error:
        raise Refused(f"Not taken in: {error}.") from None
    complete(course, exercise, student, aside_of(course, exercise, student))
    _remember(course, exercise, student)


def check_place(course: Path, exercise: str, student: str) -> None:
    """Look whether a submission is a folder of its own, under an id that the gradebook can hold.

    Raises:
        Refused: if not.
    """
    if not student.isprintable() or student.strip() != student or student in ("", ".", ".."):
        raise Refused(
            f"The id {shown(student)!r} has characters that no gradebook can hold (a space at an end, control "
            "characters, or bytes that are no text). Rename the folder in submitted/ and grade again."
        )
    if student != glob.escape(student):
        plain = re.sub(r"[*?[\]]+", "", student).strip() or "ada"
        raise Refused(
            f"nbgrader takes *, ? and [ in the id {shown(student)!r} for a pattern, which matches other students or "
            f"nobody. Rename the folder in submitted/, e.g. to {shown(plain)!r}, and grade again."
        )
    for place in (Path(student), Path(student, exercise)):
        try:
            mode = (course / "submitted" / place).lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return  # nothing was handed in, as whoever grades says
        except OSError as error:
            raise Refused(f"submitted/{shown(str(place))} cannot be looked at: {error.strerror}.") from None
        if not stat.S_ISDIR(mode):
            kind = "a link" if stat.S_ISLNK(mode) else "no folder"
            raise Refused(
                f"submitted/{shown(str(place))} is {kind}, and nothing behind it was read: expected a folder with "
                "the student's own files. Put a copy of them in its place and grade again."
            )


def notes_of(course: Path, exercise: str, student: str) -> list[str]:
    """Sentences about what was set aside of this very submission."""
    return list(_record(course, exercise, student).get("notes", []))


def aside_of(course: Path, exercise: str, student: str) -> list[str]:
    """The paths, within this very submission, of what was set aside."""
    return list(_record(course, exercise, student).get("aside", []))


def _quarantine(course: Path, exercise: str, student: str) -> None:
    folder = course / "submitted" / student / exercise
    _make_readable(folder)
    renamed = make_way(folder, _named_after(course, exercise, ".ipynb", ".py"))
    entries = list(walk(folder))
    record = _record(course, exercise, student)
    if record and record.get("identity") != _identity(entries):
        _retire(course, exercise, student)  # it told of an earlier submission
        record = {}
    reasons = _reasons(course, exercise, folder, entries)
    if not reasons and not renamed:
        return
    place = course / ".judge" / "quarantine" / exercise / student
    aside = list(_outermost(reasons))
    for path in aside:
        _set_aside(folder, path, place)
    notes = [*record.get("notes", []), *renamed, *as_notes(reasons, "Set aside and not graded")]
    if "timestamp.txt" in reasons and reasons["timestamp.txt"].startswith("no time"):
        notes.append(
            "The time of submission could not be read, so nobody's lateness was worked out from it: "
            "the instructor should set it, or write e.g. 2026-11-27 23:59:00 UTC into timestamp.txt."
        )
    aside = [*record.get("aside", []), *map(shown, aside)]
    _write_record(course, exercise, student, {"identity": _identity(walk(folder)), "notes": notes, "aside": aside})


def _named_after(course: Path, exercise: str, *endings: str) -> set[str]:
    """Files that have the name of a released notebook and one of these endings."""
    released = (course / "release" / exercise).glob("*.ipynb")
    return {f"{path.stem}{ending}" for path in released for ending in endings}


def _reasons(course: Path, exercise: str, folder: Path, entries: list[Entry]) -> dict[str, str]:
    """What has to go, and why."""
    reasons = left_out(entries)
    written = _named_after(course, exercise, ".html", ".result.json")
    given = {e.path: e.is_folder for e in walk(course / "source" / exercise)}
    ours = _inodes(course) if any(e.is_file and e.status.st_nlink > 1 for e in entries) else set()
    for entry in entries:
        path = entry.path
        misplaced = entry.is_folder and path == "timestamp.txt"
        if path in written or misplaced or given.get(path, entry.is_folder) != entry.is_folder:
            reasons[path] = IN_THE_WAY
        elif path not in reasons and not os.access(folder / path, os.R_OK, follow_symlinks=False):
            reasons[path] = UNREADABLE
        elif entry.is_file and (entry.status.st_dev, entry.status.st_ino) in ours:
            reasons[path] = HARD_LINK
    if "timestamp.txt" not in reasons and (problem := _no_time(folder / "timestamp.txt")):
        reasons["timestamp.txt"] = problem
    return reasons


def _no_time(file: Path) -> str:
    """Why a timestamp cannot be read as nbgrader would, or ""."""
    if not file.is_file():
        return ""
    with file.open("rb") as content:
        text = content.read(200).decode("utf-8", "replace").strip()
    try:
        parse_utc(text or "1970-01-01")
        return "" if file.stat().st_size < 200 else "no time, but a long text"
    except Exception:  # dateutil raises many kinds on what is no time
        return f"no time that can be read: {shown(text, 60)!r}"


def _inodes(course: Path) -> set[tuple[int, int]]:
    """The files of the course that a student must not hand in under another name."""
    status = [e.status for name in _COURSE_FOLDERS for e in walk(course / name) if e.is_file]
    with contextlib.suppress(FileNotFoundError):
        status.append((course / "gradebook.db").stat())
    return {(s.st_dev, s.st_ino) for s in status}


def _make_readable(folder: Path) -> None:
    """Files and folders of this account's own that were copied without the right to read them get it back."""
    for entry in itertools.chain([Entry("", folder.lstat())] if folder.exists() else [], walk(folder)):
        needed = 0o700 if entry.is_folder else 0o600
        mine = entry.status.st_uid == os.getuid() and (entry.is_folder or entry.is_file)
        if mine and entry.status.st_mode & needed != needed:
            with contextlib.suppress(OSError):  # a read-only file system: what cannot be read is set aside
                os.chmod(folder / entry.path, stat.S_IMODE(entry.status.st_mode) | needed)


def _outermost(paths: Iterable[str]) -> Iterator[str]:
    """Those that lie in no other of them: what lies in a folder goes with it."""
    gone: set[str] = set()
    for path in sorted(paths, key=lambda path: path.count("/")):
        parts = path.split("/")
        if not any("/".join(parts[:n]) in gone for n in range(1, len(parts))):
            gone.add(path)
            yield path


def _set_aside(folder: Path, path: str, place: Path) -> None:
    """Move it, by a rename alone: what is behind a link, or deep in a folder, is not touched."""
    for number in itertools.count():
        first, *rest = path.split("/")
        target = place.joinpath(f"{first}~{number}" if number else first, *rest)
        if _is_free(place, target):
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / path).rename(target)
            return


def _is_free(place: Path, target: Path) -> bool:
    """Whether nothing lies there, and all on the way there are folders, not links to some."""
    on_the_way = [p for p in target.parents if p != place and place in p.parents]
    return not os.path.lexists(target) and all(
        stat.S_ISDIR(p.lstat().st_mode) for p in on_the_way if os.path.lexists(p)
    )


def _identity(entries: Iterable[Entry]) -> str:
    """Differs as soon as somebody hands in again: by what stays here, its inodes and changes."""
    digest = hashlib.sha256()
    for entry in sorted((e for e in entries if not e.is_folder), key=lambda e: e.path):
        digest.update(f"{entry.status.st_ino} {entry.status.st_ctime_ns} ".encode() + os.fsencode(entry.path))
    return digest.hexdigest()


def _remember(course: Path, exercise: str, student: str) -> None:
    """Hold the record to what is there now: `complete` may have added a notebook."""
    if record := _record(course, exercise, student):
        now = _identity(walk(course / "submitted" / student / exercise))
        if record["identity"] != now:
            _write_record(course, exercise, student, record | {"identity": now})


def _retire(course: Path, exercise: str, student: str) -> None:
    (_record_file(course, exercise, student)).unlink()
    place = course / ".judge" / "quarantine" / exercise / student
    if place.exists():
        earlier = course / ".judge" / "quarantine" / ".earlier" / str(time.time_ns()) / student
        earlier.parent.mkdir(parents=True)
        place.rename(earlier)


def _record_file(course: Path, exercise: str, student: str) -> Path:
    return course / ".judge" / "set_aside" / exercise / student


def _record(course: Path, exercise: str, student: str) -> dict[str, Any]:
    try:
        record = json.loads(_record_file(course, exercise, student).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write_record(course: Path, exercise: str, student: str, record: dict[str, Any]) -> None:
    file = _record_file(course, exercise, student)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(record))
