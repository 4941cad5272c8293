"""Reads a student's repository: a folder on disk, or one commit of a repository without a checkout.

Only regular files are seen: links, submodules and pipes are not, and git is asked about objects alone
(`judge.push.git`). A file's time is that of the commit that changed it last, since a clone gives all files the
time of the cloning.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from judge.push.git import GitError, Repository

_REGULAR = ("100644", "100755")
_ENTRY = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)", re.DOTALL)
_SKIPPED = frozenset({".git", ".ipynb_checkpoints", "__pycache__", ".venv", "venv"})
_NO_PART = frozenset({"", ".", ".."})
_MOST_FILES, _DEEPEST = 200_000, 40
_LAST = 2**32  # seconds since 1970: no file's time is later (the year 2106)


class Unreadable(ValueError):
    """A repository that cannot be graded as it is, which its student can mend; the message says how."""


class Checkout(Protocol):
    """The files of a student's repository."""

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each regular file, by its path with forward slashes.

        Raises:
            Unreadable: if there are too many.
        """
        ...

    @property
    def notes(self) -> list[str]:
        """Sentences about what could not be seen."""
        ...

    def read(self, path: str) -> bytes:
        """A file's content; OSError or GitError if it cannot be read."""
        ...

    def time(self, path: str) -> float:
        """When the file was last changed, in seconds since 1970."""
        ...

    def changed_since(self, revision: str) -> set[str]:
        """Paths that differ from another revision.

        Raises:
            GitError: if the revision is not there, e.g. in a shallow clone.
        """
        ...


@dataclass(frozen=True)
class Folder:
    """A folder on disk, in a git work tree or not."""

    path: Path

    @cached_property
    def sizes(self) -> dict[str, int]:
        """See `Checkout`."""
        return dict(sorted(self._walked[0].items()))

    @property
    def notes(self) -> list[str]:
        """See `Checkout`."""
        return self._walked[1]

    def read(self, path: str) -> bytes:
        """See `Checkout`; no part of the path may have become a link since it was listed."""
        size = self.sizes[path]
        with os.fdopen(_open_plain(self.path, path), "rb") as file:
            content = file.read(size + 1)
        if len(content) > size:
            raise OSError(0, "it grew while it was read")
        return content

    def time(self, path: str) -> float:
        """See `Checkout`; a file that was edited since the last commit has the time of its edit."""
        edited = (self.path / path).lstat().st_mtime
        try:
            repository, commit, below = self._head
            blob, size = self._committed.get(path, ("", -1))
            if size != self.sizes[path] or blob != _blob_name(self.read(path), blob):
                return edited
            return _time_of(repository, commit, below + path) or edited
        except GitError:
            return edited

    def changed_since(self, revision: str) -> set[str]:
        """See `Checkout`."""
        repository, _, below = self._head
        before = _tree(repository, repository.commit(revision), below)
        same = {path for path, (blob, size) in before.items() if self._is(path, blob, size)}
        return (before.keys() | self.sizes.keys()) - same

    def _is(self, path: str, blob: str, size: int) -> bool:
        if self.sizes.get(path) != size:
            return False
        try:
            return blob == _blob_name(self.read(path), blob)
        except OSError:
            return False

    @cached_property
    def _walked(self) -> tuple[dict[str, int], list[str]]:
        found: dict[str, int] = {}
        unseen: list[str] = []
        for path, status in _walk(self.path, unseen):
            found[path] = status.st_size
            _check_number(len(found))
        return found, [f"Not looked into: {', '.join(unseen[:5])}."] if unseen else []

    @cached_property
    def _head(self) -> tuple[Repository, str, str]:
        """The nearest repository, its last commit, and where in it this folder is, with a slash at its end.

        Raises:
            GitError: if the folder is in none, or in one whose .git leads elsewhere.
        """
        for top in (self.path, *self.path.parents):
            git = top / ".git"
            if git.is_symlink() or git.is_file():
                raise GitError("its .git leads elsewhere")
            if git.is_dir():
                repository = Repository(git)
                below = "".join(f"{part}/" for part in self.path.relative_to(top).parts)
                return repository, repository.commit("HEAD"), below
        raise GitError("this folder is in no repository")

    @cached_property
    def _committed(self) -> dict[str, tuple[str, int]]:
        repository, commit, below = self._head
        return _tree(repository, commit, below)


@dataclass(frozen=True)
class Commit:
    """One commit of a repository, bare or not, read without a checkout."""

    path: Path
    revision: str
    repository: Repository = field(init=False)
    name: str = field(init=False)
    _blobs: dict[str, tuple[str, int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read the commit's tree; GitError if there is no such commit."""
        inside = self.path / ".git"
        is_work_tree = inside.is_dir() and not inside.is_symlink()
        repository = Repository(inside if is_work_tree else self.path)
        name = repository.commit(self.revision)
        object.__setattr__(self, "repository", repository)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_blobs", _tree(repository, name, ""))

    @property
    def sizes(self) -> dict[str, int]:
        """See `Checkout`."""
        return {path: size for path, (_, size) in self._blobs.items()}

    @property
    def notes(self) -> list[str]:
        """See `Checkout`."""
        return []

    def read(self, path: str) -> bytes:
        """See `Checkout`."""
        blob, size = self._blobs[path]
        return self.repository.ask("cat-file", "blob", blob, name=blob, most=size)

    def time(self, path: str) -> float:
        """See `Checkout`; 0 if the commit's date is none that a file can have."""
        return _time_of(self.repository, self.name, path)

    def changed_since(self, revision: str) -> set[str]:
        """See `Checkout`."""
        before = _tree(self.repository, self.repository.commit(revision), "")
        paths = before.keys() | self._blobs.keys()
        return {path for path in paths if before.get(path) != self._blobs.get(path)}


def _tree(repository: Repository, commit: str, below: str) -> dict[str, tuple[str, int]]:
    """git's name and the size of each regular file in a commit, by path below a folder of it."""
    found: dict[str, tuple[str, int]] = {}
    listed = repository.ask("ls-tree", "-r", "-l", "-z", f"{commit}:{below.rstrip('/')}", name=commit)
    for entry in listed.split(b"\0"):
        match = _ENTRY.fullmatch(entry)
        if match and match[1].decode() in _REGULAR and match[4] != b"-":
            path = os.fsdecode(match[5])
            if _is_plain(path.split("/")):
                found[path] = (match[3].decode(), int(match[4]))
                _check_number(len(found))
    return found


def _time_of(repository: Repository, commit: str, path: str) -> float:
    """When the commit was made that changed a path last, by its author's word; 0 if that is no date."""
    said = repository.ask("rev-list", "--max-count=1", "--timestamp", commit, "--", path, name=commit)
    seconds = said.split(b" ")[0]
    return float(seconds) if seconds.isdigit() and int(seconds) < _LAST else 0.0


def _is_plain(parts: list[str]) -> bool:
    """Whether a path leads into its folder and to nothing that is never looked at.

    A tree that no honest git has made may name "..", or nothing between two slashes.
    """
    return len(parts) <= _DEEPEST and not any(part in _NO_PART or _is_skipped(part) for part in parts)


def _is_skipped(name: str) -> bool:
    return name in _SKIPPED or name.casefold() == ".git"


def _check_number(files: int) -> None:
    if files > _MOST_FILES:
        raise Unreadable(
            f"This repository has more than {_MOST_FILES:,} files, and nothing of it was graded. Take data, "
            "environments and packages out of it, and keep the exercises' folders."
        )


def _walk(top: Path, unseen: list[str]) -> Iterator[tuple[str, os.stat_result]]:
    """The regular files below a folder, with what could not be listed added to `unseen`."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = sorted(os.scandir(top / below), key=lambda entry: entry.name)
        except OSError as error:
            unseen.append(f"{below} ({error.strerror})")
            continue
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            if entry.is_dir(follow_symlinks=False) and not _is_skipped(entry.name):
                deep = path.count("/") >= _DEEPEST - 1
                unseen += [f"{path[:60]}... ({_DEEPEST} folders deep)"] if deep else []
                waiting += [] if deep else [path]
            elif entry.is_file(follow_symlinks=False) and not _is_skipped(entry.name):
                yield path, entry.stat(follow_symlinks=False)


def _open_plain(top: Path, path: str) -> int:
    """Open a regular file below a folder without following any link, nor waiting for a pipe."""
    *folders, name = path.split("/")
    where = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            outer, where = where, os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=where)
            os.close(outer)
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=where)
    finally:
        os.close(where)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(0, "it is no ordinary file")
    return file


def _blob_name(content: bytes, like: str) -> str:
    """git's name for a content, by the hash that another name shows."""
    make = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return make(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
