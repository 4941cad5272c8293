"""Writes docs/trials.md: what was tried against the judge, what holds it, and how to try it again.

    python tests/zoo/trials.py

Hostile samples say for themselves, in their headers, what they try and what they are held by; what is handed in as
files, repositories or markup has a test, whose name says what is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "trials.md"
HOSTILE = ROOT / "tests" / "zoo" / "hostile"
HOLDS = {
    "two sides": "expected values, verdicts and points never enter the sandbox: whatever is replaced there, the judge "
    "compares its own copies",
    "frames": "what crosses is data: size, type and depth are checked before memory is taken",
    "a sandbox of its own": "each submission is a fork; what ends or spoils it fails its own checks and goes with it",
    "sizes": "what a notebook shows is capped, cleaned, and changes no points",
    "files": "a file tree of its own, read-only, with one scratch folder; files that are handed in lie there alone",
    "processes": "its own process ids, which all end with it",
    "network": "a network without interfaces",
    "memory": "limits of memory, files, descriptors and processes, for each and for all together",
    "time": "limits of the sandbox's own time, kept by the judge",
    "privileges": "no capabilities, no set-uid, a user id that nothing else has",
    "system calls": "a filter of system calls",
}
# What is not handed in as a cell: (what was tried, the tests that try it).
TESTED = {
    "Forged answers": (
        ("Every kind of value in every place of every check, after true answers", "tests/zoo/test_forged_answers.py"),
        ("Frames of any bytes, headers, shapes and types", "tests/sandbox/test_protocol.py"),
        ("An answer to a hole that can be imported under any name", "tests/grading/test_offers.py"),
        ("A debugger's session that changes the debugged program", "tests/vaegan/test_debugger.py"),
    ),
    "Walls": (
        ("Each wall taken away: its probe then succeeds", "tests/sandbox/test_wall_removal.py"),
        ("Sixty busy processes beside honest work", "tests/sandbox/test_shares.py"),
        ("A fork bomb, and how soon it is gone", "tests/sandbox/test_walls.py"),
        ("Submissions beside each other in twins of one fork server", "tests/sandbox/test_twins.py"),
    ),
    "Files that are handed in": (
        ("Links, pipes, hard links, deep, unreadable and far too many files, strange ids and times",
         "tests/grading/test_quarantine.py"),
        ("Notebooks, modules and outputs of any shape", "tests/grading/test_hostile_files.py"),
        ("Cells, brackets and outputs without end, sparse files", "tests/grading/test_intake_sizes.py"),
        ("Our own code held up, or made to take memory", "tests/grading/test_guard.py"),
        ("Random bytes, notebooks and modules", "tests/fuzz/test_fuzz.py"),
    ),
    "Repositories that are pushed": (
        ("Git's settings, hooks, signatures, lazy objects, embedded repositories, dates, names and trees without end",
         "tests/push/test_hostile_git.py"),
        ("A push that holds our own code up or makes it take memory", "tests/push/test_push.py"),
        ("Reports that would follow what a student has committed", "tests/push/test_ci.py"),
        ("Folders' names that a CI runner would obey as commands", "tests/push/test_push.py"),
    ),
    "Pages": (
        ("Markup that runs, loads, sends, overlays or answers clicks", "tests/reports/test_safe_html.py"),
        ("Names, classes, handlers, imitations of the judge's own outputs", "tests/reports/test_hostile_markup.py"),
        ("Clicks in a real formgrader, over a page that a student has covered", "tests/hub/test_walk.py"),
    ),
    "The judge's own house": (
        ("Kills at any moment", "tests/grading/test_kills.py"),
        ("A disk without room, rights or inodes", "tests/grading/test_batch.py"),
    ),
}  # fmt: skip


def header(sample: Path) -> tuple[str, str]:
    """What a hostile sample tries, and what it is held by.

    Raises:
        ValueError: if its first comment does not say either.
    """
    lines = re.match(r"(?:#.*\n)*", sample.read_text(encoding="utf-8"))
    words = [line.removeprefix("#").strip() for line in (lines[0] if lines else "").splitlines()]
    tries = " ".join(word for word in words if not re.match(r"(files|where|held by):", word))
    held = [word.removeprefix("held by:").strip() for word in words if word.startswith("held by:")]
    if not tries or len(held) != 1 or held[0] not in HOLDS:
        raise ValueError(
            f"{sample.name}: its first comment must say what it tries, and `# held by:` one of {', '.join(HOLDS)}."
        )
    return tries, held[0]


def page() -> str:
    """The whole page."""
    return "\n".join([*_head(), *_samples(), *_tests()]) + "\n"


def _head() -> Iterator[str]:
    yield from (
        "# Trials", "",
        "What was tried against the judge, what holds it, and how to try it again. This page is written by "
        "`python tests/zoo/trials.py` from the samples and tests themselves; a test compares it. All of it held when "
        "the commands below last passed. What is *not* promised stands in "
        "[How the judge works](how-the-judge-works.md#not-promised).", "",
        "```bash",
        "pytest tests/zoo/test_hostile.py               # each sample, for one exercise",
        "pytest tests/zoo/test_hostile.py -m full       # for every other exercise",
        "pytest tests/zoo/test_hostile.py -k fork_bomb  # one",
        "pytest tests/sandbox/test_wall_removal.py      # each wall taken away (as root)",
        "```", "",
    )  # fmt: skip


def _samples() -> Iterator[str]:
    found = {sample.stem: header(sample) for sample in sorted(HOSTILE.glob("*.py"))}
    yield f"## Hostile submissions ({len(found)})"
    for wall, holds in HOLDS.items():
        yield from ("", f"### Held by: {wall}", "", f"{holds[0].upper()}{holds[1:]}.", "")
        yield from ("| sample (`tests/zoo/hostile/`) | what it tries |", "|---|---|")
        yield from (f"| `{name}` | {_cell(tries)} |" for name, (tries, held) in found.items() if held == wall)


def _tests() -> Iterator[str]:
    yield from ("", "## What is tried by tests")
    for title, rows in TESTED.items():
        yield from ("", f"### {title}", "", "| what was tried | `pytest` |", "|---|---|")
        yield from (f"| {_cell(tried)} | `{file}` |" for tried, file in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
