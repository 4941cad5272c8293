"""Suites: all that judges one notebook. Nobody else parses their paths or knows what their version is."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from judge import ROOT
from judge.sandbox.session import Session
from judge.suite import Cell, Check, engine
from judge.suite.engine import Judged, Verdict
from judge.suite.expect import Mistake
from judge.suite.recognition import ANSWERS, Answers, key, read_answers


@dataclass(frozen=True)
class Suite:
    """The suite of one notebook.

    Attributes:
        path: `graders/<exercise>/test_<notebook>.py`, which collects the parts beside it.
    """

    path: Path

    @property
    def exercise(self) -> str:
        """The exercise, e.g. "ex03_vae"."""
        return self.path.parent.name

    @property
    def notebook(self) -> str:
        """The notebook without .ipynb, e.g. "vae"."""
        return self.path.stem.removeprefix("test_")

    @property
    def root(self) -> Path:
        """The course folder it belongs to."""
        return self.path.resolve().parents[2]

    @property
    def release(self) -> Path:
        """The notebook as it was handed out."""
        return self.root / "release" / self.exercise / f"{self.notebook}.ipynb"

    @property
    def folder(self) -> Path:
        """Where its parts and recorded answers lie."""
        return self.path.parent

    def exists(self) -> bool:
        """Whether the notebook is judged at all."""
        return self.path.exists()

    def __str__(self) -> str:
        """As findings name it."""
        return self.path.name

    @property
    def version(self) -> str:
        """A hash of its parts and recorded answers."""
        digest = hashlib.sha256()
        for path in sorted([*self.folder.glob("*.py"), *self.folder.glob(ANSWERS)]):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    @property
    def checks(self) -> Mapping[str, Check]:
        """Its checks by name, in the lesson's order; read once for each version.

        Raises:
            SuiteBroken: if it cannot be read or holds no check.
        """
        return _read(self.path, self.version).checks

    @property
    def cells(self) -> Mapping[str, Cell]:
        """For each check that says so, the cell whose points it shares, with the cell's mistakes."""
        return _read(self.path, self.version).cells

    @property
    def check_versions(self) -> Mapping[str, str]:
        """For each check, a hash of its own code and of everything in the suite that is no check."""
        return _check_versions(self, self.version)

    @property
    def check_codes(self) -> Mapping[str, str]:
        """For each check, a hash of its own code alone."""
        return {name: hashlib.sha256(code.encode()).hexdigest() for name, code in _codes(self, self.version).items()}

    @property
    def answers(self) -> Answers:
        """What its mutants answered when they were recorded."""
        return read_answers(self.folder / ANSWERS)

    @property
    def mistakes(self) -> list[Mistake]:
        """Its mistakes, in the lesson's order.

        Raises:
            ValueError: if two cells of one hole give different mistakes the same name.
        """
        found: dict[str, Mistake] = {}
        for mistake in (m for cell in self.cells.values() for m in cell.mistakes):
            if found.setdefault(key(mistake), mistake) is not mistake:
                raise ValueError(f"two mistakes are named {key(mistake)}: give one another name, or use `also`.")
        return list(found.values())

    def judge(
        self,
        session: Session,
        student_id: str = "",
        known: Mapping[str, Verdict] | None = None,
        *,
        again: bool = True,
        until_failed: bool = False,
    ) -> Judged:
        """Judge one notebook.

        Args:
            session: the submission.
            student_id: whose it is, for exercises that differ by student.
            known: verdicts of earlier, by check, which are taken over instead of running the check.
            again: whether checks that passed are asked again afterwards (`judge.suite.again`).
            until_failed: whether nothing more is run once a check has failed.

        Raises:
            SuiteBroken: if the suite cannot be read, holds no check, or pytest did not finish.
        """
        stamp = self.release.stat().st_mtime_ns if self.release.exists() else 0
        released = _released(self.release, stamp)
        untouched = [name for name, source in session.code.cells if released.get(name) == source.strip()]
        return engine.judge(
            self.path, self.version, session, student_id, known,
            again=again, until_failed=until_failed, untouched=untouched,
        )  # fmt: skip


def suite_of(exercise: str, notebook: str, root: Path | None = None) -> Suite:
    """The suite of a notebook, of this kit's graders unless another root is given; it need not exist."""
    return Suite((root or ROOT) / "graders" / exercise / f"test_{notebook}.py")


def suites_of(exercise: str, root: Path | None = None) -> list[Suite]:
    """All suites of an exercise, or with "*" of all exercises, by name."""
    return [Suite(path) for path in sorted(((root or ROOT) / "graders").glob(f"{exercise}/test_*.py"))]


@functools.lru_cache(maxsize=64)
def _released(path: Path, stamp: int) -> Mapping[str, str]:
    """The text of each code cell as it was handed out, by its id; nothing if the notebook is not released yet (0)."""
    cells = json.loads(path.read_text("utf-8"))["cells"] if stamp else []
    return {cell["id"]: "".join(cell["source"]).strip() for cell in cells if cell["cell_type"] == "code"}


@functools.lru_cache(maxsize=64)
def _read(path: Path, version: str) -> engine.Collected:
    return engine.collect(path, version)


@functools.lru_cache(maxsize=64)
def _codes(suite: Suite, version: str) -> Mapping[str, str]:
    """Each check's own code, without line numbers."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in suite.folder.glob("*.py"))
    nodes = (node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    return {node.name: ast.dump(node) for node in nodes if node.name in suite.checks}


@functools.lru_cache(maxsize=64)
def _check_versions(suite: Suite, version: str) -> Mapping[str, str]:
    own, names = _codes(suite, version), suite.checks.keys()
    shared = hashlib.sha256()
    for path in sorted(suite.folder.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        checks = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in names]
        tree.body = [node for node in tree.body if node not in checks]
        shared.update(ast.dump(tree).encode())
    for path in sorted(suite.folder.glob(ANSWERS)):  # by which mistakes are named
        shared.update(path.read_bytes())
    base = shared.hexdigest()
    return {name: hashlib.sha256((base + own.get(name, "")).encode()).hexdigest() for name in names}
