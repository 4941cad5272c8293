"""Grades with a store: what was judged before and still holds is not judged again, and what is new is kept."""

from __future__ import annotations

from typing import Any

from judge.grade import grading
from judge.grade.grading import Grading, Known, Submission
from judge.grade.store import Store
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.shared_fork_server import fork_server
from judge.suite.engine import Status, Verdict
from judge.suite.suites import Suite

Entries = list[tuple[str, dict[str, Any]]]  # a store's keys and what it keeps there
_FIELDS = ("message", "example", "mistake", "hint", "seconds", "stand_ins")


def grade(store: Store | None, submission: Submission, suite: Suite, **how: Any) -> Grading:
    """Grade as `judge.grade.grading.grade` does, and keep what came of it; without a store, just grade."""
    if store is None:
        return grading.grade(submission, suite, **how)
    graded, entries = judge(store, submission, suite, **how)
    for entry in entries:
        store.put(*entry)
    return graded


def judge(
    known: Store | None, submission: Submission, suite: Suite, parent: ForkServer | None = None, **how: Any
) -> tuple[Grading, Entries]:
    """Grade, and say what of it is worth keeping, which is one entry or none.

    Args:
        known: where earlier verdicts are found; None for nowhere.
        submission, suite, parent, how: as in `judge.grade.grading.grade`.
    """
    parent = parent or fork_server()
    key = key_of(submission, suite, parent)
    before = known_of(known.get(key), suite) if known else None
    graded = grading.grade(submission, suite, before, parent=parent, **how)
    return graded, [(key, entry_of(graded, suite))] if graded.to_keep else []


def key_of(submission: Submission, suite: Suite, parent: ForkServer) -> str:
    """Where a store keeps the submission; a GPU's floats are not the CPU's."""
    return submission.with_given(suite).key() + ("-gpu" if parent.has_gpu else "")


def known_of(entry: dict[str, Any], suite: Suite) -> Known:
    """What of an entry still holds: the verdicts of checks that have not changed since."""
    checks, versions = suite.checks, suite.check_versions
    stored = {n: v for n, v in entry.get("verdicts", {}).items() if v["hash"] == versions.get(n)}
    verdicts = {
        name: Verdict(name, checks[name], Status(v["status"]), **{field: v[field] for field in _FIELDS})
        for name, v in stored.items()
    }
    notes, walls = entry.get("notes", []), entry.get("walls", [])
    return Known(verdicts, entry.get("outputs"), notes, walls, entry.get("seconds"))


def entry_of(graded: Grading, suite: Suite) -> dict[str, Any]:
    """What a store keeps: all but the verdicts that are our fault."""
    versions = suite.check_versions
    kept = {
        v.name: {"hash": versions[v.name], "status": v.status} | {field: getattr(v, field) for field in _FIELDS}
        for v in graded.verdicts
        if v.status is not Status.OUR_FAULT
    }
    return {
        "outputs": graded.outputs, "notes": graded.notes, "walls": graded.walls, "seconds": graded.seconds,
        "verdicts": kept,
    }  # fmt: skip
