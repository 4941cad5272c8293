"""Hostile samples: one own cell each, added to the untouched notebook of any exercise.

A sample, `tests/zoo/hostile/<name>.py`, says in its first comment what it tries. Two more comment lines mean
something: `# where: first` puts its cell before all others instead of behind them, and
`# files: numpy.py=exit, ...` hands in files beside the notebook. Before it, `PRELUDE` is run: it tells the
sample more than an attacker could know (where the secrets lie, the judge's port and process id) and gives it
the two things that many samples need.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from judge.grade.grading import Submission

FOLDER = Path(__file__).parent / "hostile"
TOKEN = "a-secret-that-must-never-come-out"
CONTENTS = {"exit": b"raise SystemExit(0)"}

PRELUDE = '''
OUTSIDE, PORT, JUDGE, MARKER = {outside!r}, {port}, {judge}, {marker!r}


def answer_with(liar):
    """Put `liar` in the place of everything that the notebook defines."""
    globals().update(dict.fromkeys(_ANSWERS, liar))


def judges_socket():
    """The line to the judge, behind the agent's back."""
    import os, socket, stat

    for number in range(256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return socket.socket(fileno=os.dup(number))
        except OSError:
            pass
    raise OSError("no socket")


_ANSWERS = [
    name for name, value in globals().items() if callable(value) and getattr(value, "__module__", "") == "__main__"
]
_ANSWERS = sorted(set(_ANSWERS) - {{"answer_with", "judges_socket"}})
'''


@dataclass(frozen=True)
class Hostile:
    """One hostile sample.

    Attributes:
        name: its file's name.
        source: its cell.
        first: whether its cell comes before all others.
        files: what is handed in beside the notebook.
    """

    name: str
    source: str
    first: bool = False
    files: dict[str, bytes] = field(default_factory=dict)

    def submission(self, released: Any, prelude: str) -> Submission:
        """The untouched notebook with this sample's cell."""
        notebook = nbformat.from_dict(released)
        cells = [new_code_cell(prelude, id="prelude"), new_code_cell(self.source, id="hostile")]
        notebook.cells = cells + notebook.cells if self.first else notebook.cells + cells
        return Submission(notebook, self.files)


def read_hostile(path: Path) -> Hostile:
    """Read one sample."""
    source = path.read_text(encoding="utf-8")
    named = ", ".join(re.findall(r"^# files: (.*)$", source, re.MULTILINE))
    files = dict(entry.split("=") for entry in named.split(", ") if entry)
    contents = {name: CONTENTS[kind] for name, kind in files.items()}
    return Hostile(path.stem, source, "# where: first" in source, contents)


def all_hostile() -> list[Hostile]:
    """Every sample, by name."""
    return [read_hostile(path) for path in sorted(FOLDER.glob("*.py"))]


class World:
    """What a submission must neither read nor change: a folder of secrets that anyone may write to, and a
    port that nobody may call."""

    def __init__(self, folder: Path) -> None:
        """Make it in `folder`."""
        self.folder = folder
        work = folder / "submitted" / "bob" / "ex" / "work.ipynb"
        work.parent.mkdir(parents=True)
        for path in (folder / "gradebook.db", folder / "secret.txt", work):
            path.write_text(TOKEN)
            path.chmod(0o666)
        for path in (folder, *folder.rglob("*/")):
            path.chmod(0o777)
        self._state = self.state()
        self._server = socket.socket()
        self._server.bind(("127.0.0.1", 0))
        self._server.listen()
        self._server.setblocking(False)
        self.marker = f"hostile-{os.getpid()}"

    def prelude(self) -> str:
        """The cell that runs before a sample's."""
        port = self._server.getsockname()[1]
        return PRELUDE.format(outside=str(self.folder), port=port, judge=os.getpid(), marker=self.marker)

    def state(self) -> dict[str, str]:
        """Every file's content and every name."""
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
            for path in sorted(self.folder.rglob("*"))
        }

    def harm(self) -> str:
        """What a submission did here, or ""."""
        if self.state() != self._state:
            return "the files outside were changed"
        try:
            self._server.accept()
        except BlockingIOError:
            return ""
        return "the judge's port was called"

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
