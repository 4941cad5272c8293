"""Reads a student's repository: a folder on disk, or one commit of a repository without a checkout.

Only regular files are seen: links, submodules and pipes are not, and nothing of git's that could run a
program (hooks, filters, file-system monitors) is used. A file's time is that of the commit that changed it
last, since a clone gives all files the time of the cloning.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_REGULAR = ("100644", "100755")
_ENTRY = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)", re.DOTALL)
_SKIPPED = frozenset({".git", ".ipynb_checkpoints", "__pycache__", ".venv", "venv"})
_MOST_FILES = 20_000
NOTHING = re.compile("0{40}(0{24})?")  # the revision that git names when a branch is made or deleted


class GitError(RuntimeError):
    """git could not answer; the message is git's own first line."""


class Checkout(Protocol):
    """The files of a student's repository."""

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each regular file, by its path with forward slashes."""
        ...

    def read(self, path: str) -> bytes:
        """A file's content."""
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
        found: dict[str, int] = {}
        for where, folders, names in os.walk(self.path):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED)
            for name in set(names) - _SKIPPED:
                status = Path(where, name).lstat()
                if stat.S_ISREG(status.st_mode) and len(found) < _MOST_FILES and "\n" not in f"{where}{name}":
                    found[Path(where, name).relative_to(self.path).as_posix()] = status.st_size
        return dict(sorted(found.items()))

    def read(self, path: str) -> bytes:
        """See `Checkout`."""
        return (self.path / path).read_bytes()

    def time(self, path: str) -> float:
        """See `Checkout`; a file that was edited since the last commit has the time of its edit."""
        edited = (self.path / path).stat().st_mtime
        try:
            committed = _tree(self.path, "HEAD", path).get(path)
            if committed is None or committed[0] != self._hashes([path])[path]:
                return edited
            return float(_git(self.path, "log", "-1", "--format=%ct", "--", path) or edited)
        except GitError:
            return edited

    def changed_since(self, revision: str) -> set[str]:
        """See `Checkout`."""
        before = {path: blob for path, (blob, _) in _tree(self.path, revision).items()}
        now = self._hashes(list(self.sizes))
        return {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}

    def _hashes(self, paths: list[str]) -> dict[str, str]:
        """git's name for the content of each file as it is on disk, without any filter."""
        asked = "".join(f"{self.path / path}\n" for path in paths)
        listed = _git(self.path, "hash-object", "--no-filters", "--stdin-paths", stdin=asked)
        return dict(zip(paths, listed.decode().split(), strict=True))


@dataclass(frozen=True)
class Commit:
    """One commit of a repository, bare or not, read without a checkout."""

    repository: Path
    revision: str
    _blobs: dict[str, tuple[str, int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read the commit's tree; GitError if there is no such commit."""
        object.__setattr__(self, "_blobs", _tree(self.repository, self.revision))

    @property
    def sizes(self) -> dict[str, int]:
        """See `Checkout`."""
        return {path: size for path, (_, size) in self._blobs.items()}

    def read(self, path: str) -> bytes:
        """See `Checkout`."""
        return _git(self.repository, "cat-file", "blob", self._blobs[path][0])

    def time(self, path: str) -> float:
        """See `Checkout`."""
        return float(_git(self.repository, "log", "-1", "--format=%ct", self.revision, "--", path) or 0)

    def changed_since(self, revision: str) -> set[str]:
        """See `Checkout`."""
        arguments = ("-r", "--name-only", "--no-ext-diff", "-z", "--end-of-options", revision, self.revision)
        return _names(_git(self.repository, "diff-tree", *arguments))


def _tree(repository: Path, revision: str, *paths: str) -> dict[str, tuple[str, int]]:
    """git's name and the size of each regular file in a commit, by path below the folder one is in."""
    found = {}
    listed = _git(repository, "ls-tree", "-r", "-l", "-z", "--end-of-options", revision, *paths)
    for entry in listed.split(b"\0")[:_MOST_FILES]:
        match = _ENTRY.fullmatch(entry)
        if match and match[1].decode() in _REGULAR:
            path = match[5].decode("utf-8", "replace")
            if not _SKIPPED & set(path.split("/")):
                found[path] = (match[3].decode(), int(match[4]))
    return found


def _names(listed: bytes) -> set[str]:
    return {name.decode("utf-8", "replace") for name in listed.split(b"\0") if name}


def _git(folder: Path, *arguments: str, stdin: str = "") -> bytes:
    """What git prints; inside a hook GIT_DIR and its like would make git look elsewhere."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "--literal-pathspecs", *_SAFE, *arguments]
    question = stdin.encode("utf-8", "surrogateescape")
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, input=question, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git did not answer: {error}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise GitError(said or f"git {arguments[0]} ended with {done.returncode}")
    return done.stdout
