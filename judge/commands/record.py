"""Runs every mistake's patch: proves that the suite catches it, and keeps what came back, to recognise it by.

`graders/<exercise>/answers.npz` holds the arrays, `mistakes.json` beside it which checks each mutant fails and what is
said there: a diff for people to read. Both are written by `python -m judge record` and compared by `judge check`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from judge.commands.workbench import Workbench
from judge.suite import zoo
from judge.suite.engine import Judged, Status, Verdict
from judge.suite.expect import Array, Mistake
from judge.suite.recognition import ANSWERS, Answers, key, read_answers, recognise, write_answers
from judge.suite.suites import suites_of

VERDICTS = "mistakes.json"
Verdicts = dict[str, dict[str, str]]  # mutant -> failed check -> the mistake that is named there, or ""


@dataclass(frozen=True)
class Record:
    """What the mutants of one suite gave.

    Attributes:
        answers: what came back, by check and mistake.
        verdicts: what each mutant fails, and what is said there.
        problems: what is wrong with mistakes, one sentence each.
    """

    answers: Answers
    verdicts: Verdicts
    problems: list[str]


def record_exercise(root: Path, exercise: str, console: Console, holes: Sequence[str] = ()) -> list[str]:
    """Record every suite of an exercise and rewrite what its samples say; returns what is wrong.

    Args:
        root: the course folder.
        exercise: its name.
        console: where progress is shown.
        holes: only the mistakes and samples of these; what is recorded of the others stays.
    """
    problems = []
    for suite in suites_of(exercise, root):
        bench = Workbench(suite)
        _expect_holes(bench, holes)
        record = run_mutants(bench, console, holes)
        problems += record.problems
        for path in [*write(bench, record), *_rewrite_samples(root, bench, problems, holes)]:
            console.print(f"wrote {path.relative_to(root)}", highlight=False)
    return problems


def _expect_holes(bench: Workbench, holes: Sequence[str]) -> None:
    if unknown := [hole for hole in holes if hole not in bench.solved]:
        known = ", ".join(sorted(bench.solved))
        raise ValueError(f"{bench.suite.exercise} has no hole {', '.join(unknown)}: expected some of {known}.")


def _rewrite_samples(root: Path, bench: Workbench, problems: list[str], holes: Sequence[str]) -> Iterator[Path]:
    """Write into each sample what it gets; yields those that changed."""
    for sample in zoo.samples(root, bench.suite.exercise):
        if holes and not sample.answers.keys() & set(holes):
            continue
        verdicts = bench.judge(sample.answers).verdicts
        failed = [v for v in verdicts if v.status is Status.FAILED]
        if sample.path.parent.name == "right":
            problems += [f"{sample.name}: it is right but fails {v.name}: {v.message}" for v in failed]
        elif zoo.rewrite(sample, [v.name for v in failed], {v.mistake for v in failed if v.mistake}):
            yield sample.path


def run_mutants(bench: Workbench, console: Console, holes: Sequence[str] = ()) -> Record:
    """Judge every mutant, or those of some holes, then let each be recognised by the answers of all."""
    answers, judged, problems = Answers(), {}, []
    kept, written = read_answers(bench.suite.folder / ANSWERS), _written(bench)
    for name, mistake, text in bench.mutants():
        if holes and mistake.hole not in holes:
            answers.take_over(key(mistake), kept)
            continue
        found = bench.judge({mistake.hole: text}, bench.concerned(mistake.hole))
        judged[name] = (mistake, found)
        problems += [f"{name}: {v.name} is our fault: {v.message}" for v in _with(found, Status.OUR_FAULT)]
        if not _with(found, Status.FAILED):
            problems.append(f"{name}: its mutant keeps full points. Add a check that it fails, or drop the mistake.")
        for check, evidence in found.evidence.items():
            if evidence is not None and mistake.recognise is None:  # code recognises that one
                answers.add(check, key(mistake), rounded(evidence.received))
        costs = math.fsum(check.max_points for check in bench.lost(found, mistake.hole))
        said = f"costs {costs:.2f} of {bench.worth(mistake.hole):g}, fails {', '.join(found.evidence) or 'nothing'}"
        console.print(f"  {name}: {said}", highlight=False, soft_wrap=True)
    verdicts = {}
    for name, mistake, _ in bench.mutants():
        if name in judged:
            verdicts[name] = _said(bench, judged[name][1], answers)
            problems += _unrecognised(name, mistake, verdicts[name])
        elif name in written:
            verdicts[name] = written[name]
    return Record(answers, verdicts, problems)


def _with(judged: Judged, status: Status) -> list[Verdict]:
    return [verdict for verdict in judged.verdicts if verdict.status is status]


def _said(bench: Workbench, judged: Judged, answers: Answers) -> dict[str, str]:
    """The failed checks of a mutant, each with the mistake that these answers name."""
    failed = {v.name: judged.evidence.get(v.name) for v in _with(judged, Status.FAILED)}
    mistakes = {name: cell.mistakes for name, cell in bench.suite.cells.items()}
    found = recognise(failed, judged.named, mistakes, answers)
    return {check: judged.named.get(check, found[check].name if check in found else "") for check in failed}


def _unrecognised(name: str, mistake: Mistake, said: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with what is said of a mutant."""
    if said and mistake.name not in said.values():
        others = sorted(set(said.values()) - {""})
        if others:
            yield (
                f"{name}: it cannot be told from {', '.join(others)}. Merge them, or let a check compare what "
                "tells them apart."
            )
        else:
            yield f"{name}: nothing recognises it, so nobody reads its hint. Let a check name it, or compare numbers."


def rounded(received: Array) -> Array:
    """Seven digits, for the eighth may differ from one processor to another."""
    if received.dtype.kind == "U":
        return received
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = np.floor(np.log10(np.abs(np.where(np.isfinite(received) & (received != 0), received, 1.0))))
    scale = 10.0 ** (6 - digits)
    return np.where(np.isfinite(received), np.round(received * scale) / scale, received)


def keep_old(new: Answers, old: Answers) -> Answers:
    """The new answers, each replaced by the old one where they agree: chance and rounding change no byte."""
    kept = Answers()
    for check, known in new.by_check.items():
        for mistake, given in known.items():
            before = old.by_check.get(check, {}).get(mistake, [])
            for number, array in enumerate(given):
                same = number < len(before) and same_answer(array, before[number])
                kept.add(check, mistake, before[number] if same else array)
    return kept


def same_answer(new: Array, old: Array) -> bool:
    """Whether two runs of one mutant gave the same, chance apart."""
    if new.dtype.kind == "U" or old.dtype.kind == "U":
        return bool(new.dtype.kind == old.dtype.kind and str(new) == str(old))
    return new.shape == old.shape and bool(np.allclose(new, old, 1e-3, 1e-4, equal_nan=True))


def write(bench: Workbench, record: Record) -> list[Path]:
    """Write the record beside the suite; returns the files that changed."""
    folder, changed = bench.suite.folder, []
    answers = keep_old(record.answers, read_answers(folder / ANSWERS))
    contents = {folder / VERDICTS: json.dumps(record.verdicts, indent=1) + "\n"}
    for path, text in contents.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(path)
    before = (folder / ANSWERS).read_bytes() if (folder / ANSWERS).exists() else b""
    write_answers(folder / ANSWERS, answers)
    return changed + ([folder / ANSWERS] if (folder / ANSWERS).read_bytes() != before else [])


def differences(bench: Workbench, record: Record) -> Iterator[str]:
    """What of a record is not what was written, in one sentence each."""
    folder, written = bench.suite.folder, _written(bench)
    path = folder / VERDICTS
    remedy = f"Correct the suite, or run `python -m judge record {bench.suite.exercise}` and read the diff."
    for name in sorted(written.keys() | record.verdicts.keys()):
        if (now := record.verdicts.get(name)) != (then := written.get(name)):
            yield f"{path.name}: {name} fails {_list(now)}; recorded is {_list(then)}. {remedy}"
    old = read_answers(folder / ANSWERS)
    if not _alike(record.answers, old):
        yield f"{ANSWERS}: the mutants answer otherwise than recorded. {remedy}"


def _written(bench: Workbench) -> Verdicts:
    """What is written of the mutants."""
    path = bench.suite.folder / VERDICTS
    written: Verdicts = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return written


def _list(said: Mapping[str, str] | None) -> str:
    if not said:
        return "nothing"
    return ", ".join(f"{check} ({mistake or 'unrecognised'})" for check, mistake in said.items())


def _alike(new: Answers, old: Answers) -> bool:
    if {c: {m: len(g) for m, g in known.items()} for c, known in new.by_check.items()} != {
        c: {m: len(g) for m, g in known.items()} for c, known in old.by_check.items()
    }:
        return False
    return all(
        same_answer(one, other)
        for check, known in new.by_check.items()
        for mistake, given in known.items()
        for one, other in zip(given, old.by_check[check][mistake], strict=True)
    )
