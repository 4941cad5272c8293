"""What became of each mutant in earlier runs, so that a run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from judge.machine.whole_files import write_whole

Catches = Callable[[str | None], str | None]  # the check to ask first, or None for all -> the one that failed


class KeptMutants:
    """For each mutant the check that caught it, or none, and the version of that check, or of the suite."""

    def __init__(self, path: Path, version: str, codes: Mapping[str, str], *, afresh: bool = False) -> None:
        """
        Args:
            path: where it is kept.
            version: of the suite; with another one, survivors are shown to it again.
            codes: a hash of each check's own code; with another one, what it caught is shown to the suite again.
            afresh: whether what was kept is forgotten.
        """
        self._path, self._version, self._codes = path, version, codes
        self._last: dict[str, str | None] = {}  # by hole: the check that caught the latest mutant
        keep = path.exists() and not afresh
        self._known: dict[str, tuple[str | None, str]] = json.loads(path.read_text("utf-8")) if keep else {}

    def caught_by(self, hole: str, text: str, catches: Catches) -> str | None:
        """The check that catches a mutant, or None: known from earlier, or found out.

        The check that caught the mutant before it is asked first: neighbours mostly fail the same, and a check alone
        is far quicker than all that are concerned.

        Args:
            hole: where it is.
            text: the whole hole, mutated.
            catches: asks one check, or all.
        """
        name = hashlib.sha256(f"{hole}\0{text}".encode()).hexdigest()[:16]
        before, version = self._known.get(name, (None, ""))
        if version == (self._codes.get(before) if before else self._version):
            return before
        first = before or self._last.get(hole)
        caught = (catches(first) if first else None) or catches(None)
        self._last[hole] = caught or first
        self._known[name] = caught, self._codes[caught] if caught else self._version
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, json.dumps(self._known, indent=0))
        return caught
