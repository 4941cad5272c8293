"""The zoo: sample submissions with the verdict each must get.

A sample is a small file, `tests/zoo/<exercise>/{right,wrong,hostile}/<name>.py`: a comment block that says
what must come of it, and the cells in which it differs from the solved lesson, each headed by the grade_id
of the cell that it replaces:

    # KL without the factor 1/2.
    # fails: test_kl_of_shifted_gaussians, test_train_step_follows_the_gradient
    # hints: kl-without-half
    # %% grade_id="kl"
    def kl_to_standard_normal(z_mean, z_log_var): ...

`fails` names exactly the checks that fail; the others pass, or are not run because they need one that
failed. A sample without `fails` has full marks. `hints` names the mistakes that must be recognised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from judge.course.lesson import read_lesson
from judge.suite.engine import Status, Verdict

_EXPECTATION = re.compile(r"# (fails|hints): *(.*)")


@dataclass(frozen=True)
class Sample:
    """One sample submission.

    Attributes:
        path: its file.
        answers: the student's text by grade_id of the cell it replaces.
        fails: the names of the checks that must fail.
        hints: the names of the mistakes that must be recognised.
    """

    path: Path
    answers: dict[str, str]
    fails: frozenset[str]
    hints: frozenset[str]

    @property
    def name(self) -> str:
        """E.g. "wrong/kl_without_half"."""
        return f"{self.path.parent.name}/{self.path.stem}"


def read_sample(path: Path) -> Sample:
    """Read a sample's file.

    Raises:
        ValueError: if a cell has no grade_id or two have the same.
    """
    text = path.read_text(encoding="utf-8")
    expected: dict[str, set[str]] = {"fails": set(), "hints": set()}
    for line in text.split("# %%")[0].splitlines():
        if match := _EXPECTATION.fullmatch(line.strip()):
            expected[match[1]] |= {name.strip() for name in match[2].split(",") if name.strip()}
    answers: dict[str, str] = {}
    for cell in jupytext.reads(text, fmt="py:percent").cells:
        grade_id = cell.metadata.get("grade_id")
        if grade_id is None and cell.source.lstrip().startswith("#"):
            continue  # the comment block itself
        if grade_id is None or grade_id in answers:
            raise ValueError(f'{path}: every cell needs its own grade_id: `# %% grade_id="kl"`. Found {grade_id}.')
        answers[grade_id] = cell.source
    return Sample(path, answers, frozenset(expected["fails"]), frozenset(expected["hints"]))


def samples(root: Path, exercise: str) -> list[Sample]:
    """The samples of an exercise, by name."""
    return [read_sample(path) for path in sorted((root / "tests" / "zoo" / exercise).glob("*/*.py"))]


def solved_answers(root: Path, exercise: str, lesson: str) -> dict[str, str]:
    """The solved lesson's text of every hole, by grade_id, markers left out."""
    cells = read_lesson(root / "solutions" / exercise / f"{lesson}.py").cells
    return {str(c.grade_id): _unmarked(c.source) for c in cells if c.role == "solution"}


def submission(released: Any, answers: dict[str, str]) -> Any:
    """The released notebook with these answers filled in, as a student would hand it in."""
    notebook = nbformat.from_dict(released)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id]
    return notebook


def difference(sample: Sample, verdicts: list[Verdict]) -> str:
    """What a sample got that it should not, or "" if all is as written."""
    failed = {v.name for v in verdicts if v.status is Status.FAILED}
    broken = sorted(v.name for v in verdicts if v.status is Status.OUR_FAULT)
    hints = {v.mistake for v in verdicts if v.mistake}
    skipped = sorted(v.name for v in verdicts if v.status is Status.NOT_RUN and not failed)
    parts = {
        "failed unexpectedly": sorted(failed - sample.fails),
        "should have failed": sorted(sample.fails - failed),
        "hint not given": sorted(sample.hints - hints),
        "hint given unexpectedly": sorted(hints - sample.hints),
        "our fault": broken,
        "not run": skipped,
    }
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names)


def rewrite(sample: Sample, fails: list[str], hints: set[str]) -> bool:
    """Write into a sample's file what it must get; returns whether that is new."""
    if (sample.fails, sample.hints) == (frozenset(fails), frozenset(hints)):
        return False
    head, mark, cells = sample.path.read_text(encoding="utf-8").partition("# %%")
    lines = [line for line in head.rstrip().splitlines() if not _EXPECTATION.fullmatch(line.strip())]
    for what, names in (("fails", fails), ("hints", sorted(hints))):
        lines += [f"# {what}: {', '.join(names)}"] * bool(names)
    sample.path.write_text("\n".join(lines) + "\n\n" + mark + cells, encoding="utf-8")
    return True


def _unmarked(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if not line.strip().startswith("### "))
