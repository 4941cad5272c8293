"""`python -m judge push`: grades one checkout and says so wherever the student looks.

The exit status is 0 if every check passed, 1 if one has not (or the points are below --fail-under), and 2
if nothing could be judged and that is our fault, or the command was used wrongly.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from rich.console import Console

from judge import ROOT
from judge.sandbox.sandbox import IsolationMissing, SandboxUnavailable

_PASSED, _NOT_PASSED, _OUR_FAULT = 0, 1, 2


def add_push(commands: Any) -> None:
    """Add the command to the judge's parser."""
    push = commands.add_parser("push", help="grade one student's repository, for a git hook or CI")
    push.add_argument("folder", nargs="?", type=Path, default=Path("."), help="the checkout, default: here")
    push.add_argument("--repository", type=Path, help="a repository to read --commit from, without checkout")
    push.add_argument("--commit", default="HEAD", metavar="REV", help="which commit of --repository")
    push.add_argument("--changed-since", metavar="REV", help="only exercises that changed since this commit")
    push.add_argument("--student", default="", metavar="ID", help="the student's id in the gradebook")
    push.add_argument("--text", type=Path, metavar="FILE", help="write what is printed to this file too")
    push.add_argument("--markdown", type=Path, metavar="FILE", help="append a Markdown summary to this file")
    push.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML to this file")
    push.add_argument(
        "--annotations", choices=("github", "gitlab"),
        help="failed checks at the student's own lines: GitHub's go to standard output",
    )  # fmt: skip
    push.add_argument(
        "--code-quality", type=Path, default=Path("gl-code-quality-report.json"), metavar="FILE",
        help="where GitLab's annotations go (gl-code-quality-report.json)",
    )  # fmt: skip
    push.add_argument(
        "--fail-under", type=float, default=100.0, metavar="PERCENT", help="exit with 1 below this (100)"
    )
    push.add_argument("--course", type=Path, default=ROOT, help="the course folder, with release/")
    push.add_argument(
        "--store", type=Path, metavar="FOLDER", help="keep verdicts here, and reports of faults"
    )
    push.add_argument("--collect", action="store_true", help="fill submitted/ID/ for nbgrader, grade nothing")
    push.add_argument("--at-most", type=int, default=0, metavar="N", help="wait while N others are grading")
    push.set_defaults(run=_push)


def _push(options: argparse.Namespace, console: Console) -> int:
    from judge.checkout import Commit, Folder, GitError
    from judge.slots import default_folder, slot
    from judge.works import exercises_in

    try:
        if options.repository:
            checkout: Any = Commit(options.repository.resolve(), options.commit)
        elif options.folder.is_dir():
            checkout = Folder(options.folder.resolve())
        else:
            raise ValueError(f"{options.folder} is no folder. Name the checkout to grade.")
        works = exercises_in(checkout, options.course)
        if not works:
            _say(_no_exercise(options.course))
            return _NOT_PASSED
        if options.collect:
            return _collect(checkout, works, options)
        with slot(options.at_most, default_folder(), lambda: _say("Others are being graded; please wait.")):
            return _grade(checkout, works, options)
    except (IsolationMissing, SandboxUnavailable, GitError, ValueError, OSError) as error:
        print(f"Nothing was graded, and that is not your fault: {error}", file=sys.stderr)
        return _OUR_FAULT
    except Exception as error:  # whoever reads this is a student: a traceback of ours is not for them
        print(
            f"Nothing was graded, and that is not your fault: {_kept(error, options.store)}", file=sys.stderr
        )
        return _OUR_FAULT


def _grade(checkout: Any, works: list[Any], options: argparse.Namespace) -> int:
    from judge.push import grade_work
    from judge.store import Store
    from judge.works import changed

    note = ""
    if options.changed_since:
        works, note = changed(checkout, works, options.changed_since)
    if note:
        _say(note)
    if not works:
        _say("Nothing to grade: no exercise has changed.")
    store = Store(options.store / "verdicts") if options.store else None
    pushed = []
    for work in works:
        _say(f"Grading {work.exercise} ...")
        pushed += list(grade_work(checkout, work, options.course, options.student, store))
    _report(pushed, options)
    results = [one.result for one in pushed]
    if not all(result.is_judged for result in results):
        return _OUR_FAULT
    enough = (100 * r.points >= options.fail_under * r.max_points for r in results)
    return _PASSED if all(enough) else _NOT_PASSED


def _collect(checkout: Any, works: list[Any], options: argparse.Namespace) -> int:
    from judge.works import collect

    for work in works:
        folder, notes = collect(checkout, work, options.course.resolve(), options.student)
        _say("\n".join([f"collected {folder}", *notes]))
    return _PASSED


def _report(pushed: list[Any], options: argparse.Namespace) -> None:
    from judge.reports import junit_xml, markdown_summary
    from judge.reports.annotations import annotate, github_commands, gitlab_code_quality
    from judge.reports.plain import plain_text

    results = [one.result for one in pushed]
    found = [note for one in pushed for note in annotate(one.result, one.notebook, one.texts)]
    text = "\n".join(map(plain_text, results))
    if options.text:
        options.text.write_text(text, encoding="utf-8")
    if options.markdown:
        with options.markdown.open("a", encoding="utf-8") as file:
            file.write(markdown_summary(results))
    if options.junit:
        options.junit.write_text(junit_xml(results), encoding="utf-8")
    if options.store:
        _keep_faults(results, options.store / "faults")
    if options.annotations == "gitlab":
        options.code_quality.write_text(gitlab_code_quality(found), encoding="utf-8")
    _say(_unheard(text) + github_commands(found) if options.annotations == "github" else text)


def _unheard(text: str) -> str:
    """The text where GitHub obeys no command in it: a student's words may look like one."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text}\n::{token}::\n"


def _keep_faults(results: list[Any], folder: Path) -> None:
    """Keep what went wrong on our side, tracebacks included, where only we look."""
    for number, result in enumerate(result for result in results if not result.is_judged):
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns()}-{os.getpid()}-{number}.result.json"
        (folder / name).write_text(result.to_json(), encoding="utf-8")


def _kept(error: Exception, store: Path | None) -> str:
    """What to say of a fault of ours, whose traceback goes where only we look."""
    if store is None:
        return f"{type(error).__name__} (with --store FOLDER the reason is kept)."
    store.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}-{os.getpid()}.traceback.txt"
    (store / name).write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return f"{type(error).__name__}; your instructor finds the reason in {name}."


def _no_exercise(course: Path) -> str:
    names = ", ".join(sorted(path.name for path in (course / "release").iterdir() if path.is_dir()))
    return (
        f"There is no exercise in this repository: expected a folder with the name of one ({names}) and the "
        "notebooks in it. Copy the folder that was handed out, commit it, and push again."
    )


def _say(text: str) -> None:
    """Print; whoever pushed may have gone away, and the reports must be written all the same."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  it lives as long as the process
