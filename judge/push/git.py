"""Asks git about a repository that its student may have prepared: as data, never as configuration.

In a repository lie programs that git would run for its owner: hooks, filters, `gpg.program`, pagers, aliases,
a promisor remote's `uploadpack`. So git is never started in it. It is started in an empty repository of our
own, with our configuration, and of the student's it gets the folder of objects alone; names of commits are
looked up here. Objects are plain files below that folder: links and pipes among them, and objects borrowed
from elsewhere, are refused.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

NOTHING = re.compile("0{40}(0{24})?")  # the revision that git names when a branch is made or deleted
_NAME = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_SHORT = re.compile(r"[0-9a-f]{4,40}")
_REVISION = re.compile(r"([\w@][\w@./+=-]*)([~^][~^\d]*)?")
_LOGGED = re.compile(r"[0-9a-f]{40,64} ([0-9a-f]{40,64}) [^\t]*> (\d{1,10}) [+-]\d{4}(?:\t|$)")
_OBJECT_FOLDERS = re.compile(r"[0-9a-f]{2}|pack|info")
_BORROWED = ("alternates", "http-alternates")
_MOST_OUTPUT = 64 * 2**20  # bytes of an answer: some 300,000 files of a tree
_MOST_REF = 64 * 2**20  # bytes of packed-refs and shallow that are read
_SECONDS = 120  # for all questions about one repository
_MEMORY = 4 * 2**30  # bytes of addresses, of which packs are mapped

# No graph and no index over packs: both may say what the objects do not.
_CONFIG = """[core]
\trepositoryFormatVersion = {version}
\tbare = true
\tcommitGraph = false
\tmultiPackIndex = false
\tpackedGitWindowSize = 16m
\tpackedGitLimit = 256m
{extensions}"""
_SHA256 = "[extensions]\n\tobjectFormat = sha256\n"


class GitError(RuntimeError):
    """git could not answer; the message is one sentence."""


@dataclass
class Repository:
    """The objects and the names of commits of a repository.

    Attributes:
        folder: its git folder: a bare repository, or the .git of a work tree.
    """

    folder: Path
    _seconds_left: float = field(default=_SECONDS, repr=False)
    _is_checked: bool = field(default=False, repr=False)

    def commit(self, revision: str) -> str:
        """The name of a commit: of HEAD, a branch, a tag or what is so many steps before it.

        Raises:
            GitError: if there is none.
        """
        asked = _REVISION.fullmatch(revision)
        name = self._look_up(asked[1]) if asked else ""
        if not asked or not name:
            raise GitError(f"there is no revision {revision!r} in this repository")
        expression = f"{name}{asked[2] or ''}^{{commit}}"
        found = self.names([expression], name)[0]
        if not found:
            raise GitError(f"there is no revision {revision!r} in this repository")
        return found

    def ask(self, *arguments: str, name: str, question: bytes = b"", most: int = _MOST_OUTPUT) -> bytes:
        """What git says to a question about objects.

        Args:
            arguments: a command that only reads objects.
            name: a full name of an object of this repository; its length tells which hash it uses.
            question: for the command's standard input.
            most: bytes of the answer; one that is longer is an error.

        Raises:
            GitError: if git fails, takes too long or says too much.
        """
        if not self._is_checked:
            self._check_objects()
        self._is_checked = True
        with _empty_repository(sha256=len(name) == 64) as ours:
            started = time.monotonic()
            try:
                about = _environment(ours, self.folder)
                return _answer(arguments, ours, about, question, most, self._seconds_left)
            finally:
                self._seconds_left -= time.monotonic() - started

    def names(self, expressions: list[str], like: str) -> list[str]:
        """The full names of objects by expressions for them, "" for one that is not there.

        Args:
            expressions: e.g. a commit's name, a colon and a path.
            like: a full name of an object of this repository.
        """
        question = "".join(f"{expression}\n" for expression in expressions).encode("utf-8", "surrogateescape")
        answer = self.ask("cat-file", "--batch-check=%(objectname)", name=like, question=question)
        lines = answer.decode("utf-8", "replace").split("\n")[: len(expressions)]
        return [line if _NAME.fullmatch(line) else "" for line in lines]

    def log(self, branch: str) -> list[tuple[float, str]]:
        """What a branch has pointed to, and since when by the clock of whoever wrote the log; oldest first."""
        lines = read_text(self.folder / "logs/refs/heads" / branch).splitlines() if ".." not in branch else []
        found = (_LOGGED.match(line) for line in lines)
        return [(float(match[2]), match[1]) for match in found if match]

    def _check_objects(self) -> None:
        """Only what git opens is looked at: two levels, by the names that it knows."""
        objects = self.folder / "objects"
        try:
            for folder in [objects, *(p for p in objects.iterdir() if _OBJECT_FOLDERS.fullmatch(p.name))]:
                if not stat.S_ISDIR(folder.lstat().st_mode):
                    raise GitError(f"{folder.name} among its objects is no ordinary folder")
            for entry in _entries_below(objects):
                if not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
                    raise GitError(f"{entry.name} among its objects is no ordinary file")
        except OSError as error:
            raise GitError(f"its objects cannot be read: {error.strerror}") from None
        if any((objects / "info" / name).exists() for name in _BORROWED):
            raise GitError("it borrows objects from elsewhere: run `git repack -a -d` and remove alternates")

    def _look_up(self, name: str) -> str:
        """The full name of the object that a short one stands for, "" if there is none."""
        if _NAME.fullmatch(name):
            return name
        packed = read_text(self.folder / "packed-refs").splitlines()
        refs = {line.split(" ", 1)[1]: line.split(" ", 1)[0] for line in packed if " " in line}
        for ref in (name, f"refs/{name}", *(f"refs/{kind}/{name}" for kind in ("heads", "tags", "remotes"))):
            if found := self._follow(ref, refs):
                return found
        return name if _SHORT.fullmatch(name) else ""

    def _follow(self, ref: str, packed: dict[str, str]) -> str:
        """Where a name leads, over at most a few others: HEAD is "ref: refs/heads/main"."""
        for _ in range(5):
            if not (ref == "HEAD" or ref.startswith("refs/")) or ".." in ref:
                return ""
            content = (read_text(self.folder / ref) or packed.get(ref, "")).strip()
            if not content.startswith("ref: "):
                return content if _NAME.fullmatch(content) else ""
            ref = content.removeprefix("ref: ").strip()
        return ""


def read_text(path: Path) -> str:
    """The text of an ordinary file of modest size; "" if it is something else or not there."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_REF:
            return ""
        return path.read_bytes().decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def _entries_below(objects: Path) -> Iterator[os.DirEntry[str]]:
    for folder in objects.iterdir():
        if _OBJECT_FOLDERS.fullmatch(folder.name):
            with os.scandir(folder) as entries:
                yield from entries


@contextmanager
def _empty_repository(*, sha256: bool) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="judge-git-") as name:
        ours = Path(name)
        (ours / "refs").mkdir()
        (ours / "HEAD").write_text("ref: refs/heads/none\n")
        extensions = _SHA256 if sha256 else ""
        (ours / "config").write_text(_CONFIG.format(version=int(sha256), extensions=extensions))
        yield ours


def _environment(ours: Path, theirs: Path) -> dict[str, str]:
    """All that git gets to know; the objects' folder has no say in anything else."""
    shallow = theirs / "shallow"
    return {
        "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(ours),
        "GIT_DIR": str(ours), "GIT_OBJECT_DIRECTORY": str(theirs / "objects"),
        "GIT_SHALLOW_FILE": str(shallow) if read_text(shallow) else "",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
    }  # fmt: skip


def _answer(
    arguments: tuple[str, ...],
    ours: Path,
    environment: dict[str, str],
    question: bytes,
    most: int,
    seconds: float,
) -> bytes:
    """Answers go to files, whose size is limited: a tree of trees of trees has no end."""
    limits = ["prlimit", f"--fsize={most + 1}", f"--as={_MEMORY}", "--core=0"]
    command = [*limits, "git", "--literal-pathspecs", *arguments]
    with TemporaryFile() as asked, TemporaryFile() as said, TemporaryFile() as complaint:
        asked.write(question)
        asked.seek(0)
        try:
            done = subprocess.run(
                command, cwd=ours, env=environment, stdin=asked, stdout=said, stderr=complaint,
                timeout=max(seconds, 0.01),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise GitError(f"git has taken more than {_SECONDS} seconds") from None
        except (OSError, ValueError) as error:
            raise GitError(f"git did not start: {error}") from None
        said.seek(0)
        complaint.seek(0)
        answer = said.read()
        if done.returncode < 0 or len(answer) > most:
            raise GitError(f"git {arguments[0]} said more than {most / 2**20:.0f} MiB, or crashed")
        if done.returncode:
            reason = complaint.read().decode("utf-8", "replace").strip().split("\n")[0][:200]
            raise GitError(reason or f"git {arguments[0]} ended with {done.returncode}")
        return answer
