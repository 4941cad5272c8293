"""What was judged before: results by the hash of everything they depend on, so that nothing is done twice.

An entry's name is the hash of what the student wrote, of the kit and of the installed libraries. In it,
every check's verdict stands under the hash of that check's own code and of the suite's shared code: after
one check was changed, only that check runs again. Entries are written whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from judge import ROOT
from judge.machine.whole_files import write_whole

_LIBRARIES = ("tensorflow", "keras", "numpy", "hypothesis", "scipy")
_KIT = (
    "vaegan/**/*.py",
    "judge/sandbox/*.py",
    "graders/common/*.py",
    "judge/suite/*.py",
)


class Store:
    """A folder of JSON entries, safe to share between processes and to interrupt at any moment."""

    def __init__(self, folder: Path) -> None:
        """Args: folder: made on first use."""
        self._folder = folder

    def get(self, key: str) -> dict[str, Any]:
        """The entry of this name, or an empty one if there is none that can be read."""
        try:
            entry = json.loads((self._folder / key[:2] / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return entry if isinstance(entry, dict) else {}

    def put(self, key: str, entry: Mapping[str, Any]) -> None:
        """Write the entry whole, replacing an older one."""
        folder = self._folder / key[:2]
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{key}.json", json.dumps(entry))


def submission_key(parts: Iterable[tuple[str, bytes]]) -> str:
    """The name of an entry: a hash of named parts, of the kit and of its libraries."""
    digest = hashlib.sha256(environment_hash().encode())
    for name, content in parts:
        digest.update(len(name).to_bytes(4) + name.encode("utf-8", "replace"))
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


@cache
def environment_hash() -> str:
    """Of the kit's files that run with a submission, and of the versions of what it runs on."""
    digest = hashlib.sha256(platform.python_version().encode())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for pattern in _KIT:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
