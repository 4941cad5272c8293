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
from typing import Any, TextIO

from rich.console import Console

from judge import ROOT
from judge.sandbox.sandbox import IsolationMissing, SandboxUnavailable

_NO_LOG = (
    "The repository keeps no log of when this was pushed, so the time of submission is that of collecting. "
    "Repositories that deploy/git/make-repository has made, or was run on again, keep one."
)
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
    push.add_argument("--markdown", type=Path, metavar="FILE", help="write a Markdown summary to this file")
    push.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML to this file")
    push.add_argument(
        "--annotations", choices=("github", "gitlab"),
        help="failed checks at the student's own lines: GitHub's go to standard output",
    )  # fmt: skip
    push.add_argument(
        "--code-quality", type=Path, default=Path("gl-code-quality-report.json"), metavar="FILE",
        help="where GitLab's annotations go (gl-code-quality-report.json)",
    )  # fmt: skip
    push.add_argument("--fail-under", type=float, default=100.0, metavar="PERCENT", help="exit with 1 below this (100)")
    push.add_argument("--course", type=Path, default=ROOT, help="the course folder, with release/")
    push.add_argument("--store", type=Path, metavar="FOLDER", help="keep verdicts here, and reports of faults")
    push.add_argument("--collect", action="store_true", help="fill submitted/ID/ for nbgrader, grade nothing")
    push.add_argument(
        "--time-of-push", action="store_true",
        help="with --collect: submitted when the push arrived, by the log of a --repository of our own",
    )  # fmt: skip
    push.add_argument("--at-most", type=int, default=0, metavar="N", help="wait while N others are grading")
    push.set_defaults(run=_push)


def _push(options: argparse.Namespace, console: Console) -> int:
    from judge.push.checkout import Unreadable

    try:
        return _answer(options)
    except Unreadable as error:
        _say(str(error))
        return _NOT_PASSED
    except (IsolationMissing, SandboxUnavailable, ValueError, OSError) as error:
        _complain(f"Nothing was graded, and that is not your fault: {error}")
        return _OUR_FAULT
    except Exception as error:  # whoever reads this is a student: a traceback of ours is not for them
        _complain(f"Nothing was graded, and that is not your fault: {_kept(error, options.store)}")
        return _OUR_FAULT


def _answer(options: argparse.Namespace) -> int:
    from judge.machine.slots import default_folder, slot
    from judge.push.exercises import exercises_in

    checkout = _checkout(options)
    works = exercises_in(checkout, options.course)
    if not works:
        _say_each(*checkout.notes, _no_exercise(options.course))
        return _NOT_PASSED
    if options.collect:
        return _collect(checkout, works, options)
    with slot(options.at_most, default_folder(), lambda: _say("Others are being graded; please wait.")):
        return _grade(checkout, works, options)


def _checkout(options: argparse.Namespace) -> Any:
    from judge.push.checkout import Commit, Folder, Unreadable
    from judge.push.git import GitError

    if not options.repository:
        if not options.folder.is_dir():
            raise ValueError(f"{options.folder} is no folder. Name the checkout to grade.")
        return Folder(options.folder.resolve())
    if not options.repository.is_dir():
        raise ValueError(f"{options.repository} is no repository. Name the folder of one.")
    try:
        return Commit(options.repository.resolve(), options.commit)
    except GitError as error:
        raise Unreadable(
            f"Nothing was graded, since the commit {options.commit} cannot be read: {error}. Commit your work "
            "anew in a fresh clone, and push again."
        ) from None


def _grade(checkout: Any, works: list[Any], options: argparse.Namespace) -> int:
    from judge.grade.store import Store
    from judge.push.judge_push import grade_work
    from judge.push.student_folder import changed

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
    from judge.push.collect import collect, time_of_push

    for work in works:
        pushed_at = time_of_push(checkout, work) if options.time_of_push else None
        folder, notes = collect(checkout, work, options.course.resolve(), options.student, pushed_at)
        if options.time_of_push and pushed_at is None:
            notes.append(_NO_LOG)
        _say_each(f"collected {folder}", *notes)
    return _PASSED


def _report(pushed: list[Any], options: argparse.Namespace) -> None:
    from judge.machine.guard import FEEDBACK_SECONDS, LimitReached, guarded
    from judge.reports import junit_xml, markdown_summary
    from judge.reports.annotations import annotate, github_commands, gitlab_code_quality
    from judge.reports.plain import plain_text

    results = [one.result for one in pushed]
    try:
        found = guarded(
            lambda: [note for one in pushed for note in annotate(one.result, one.notebook, one.texts)],
            FEEDBACK_SECONDS,
        )
    except LimitReached:
        found = []  # where in the files it is, is a courtesy: the verdicts say all
    text = plain_text(results) if results else ""
    reports = {
        options.text: text,
        options.markdown: markdown_summary(results),
        options.junit: junit_xml(results),
    }
    if options.annotations == "gitlab":
        reports[options.code_quality] = gitlab_code_quality(found)
    if options.store:
        _keep_faults(results, options.store / "faults")
    for path, content in reports.items():
        if path:
            _write(path, content, options.folder)
    _say(_unheard(text) + github_commands(found) if options.annotations == "github" else text.rstrip("\n"))


def _write(path: Path, content: str, checkout: Path) -> None:
    """Write a report whole, in place of whatever had its name: a link or a pipe of the student's too.

    Raises:
        ValueError: if a folder of the checkout leads the report elsewhere.
    """
    from judge.machine.whole_files import write_whole

    folder, top = Path(os.path.abspath(path.parent)), Path(os.path.abspath(checkout))
    if folder.is_relative_to(top) and folder.resolve() != top.resolve() / folder.relative_to(top):
        raise ValueError(f"{path} lies behind a link of the repository's. Write the report to another place.")
    if path.is_dir() and not path.is_symlink():
        raise ValueError(f"{path} is a folder. Write the report to another place.")
    write_whole(path, content)
    path.chmod(0o644)


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


def _say_each(*sentences: str) -> None:
    """Print sentences, each in a line: a folder's name may hold line ends, and a CI runner obeys lines."""
    from judge.reports.words import one_line

    _say("\n".join(map(one_line, sentences)))


def _say(text: str) -> None:
    """Print; whoever pushed may have gone away, and the reports must be written all the same."""
    from judge.reports.plain import printable

    try:
        print(_encodable(printable(text), sys.stdout), flush=True)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  it lives as long as the process


def _complain(text: str) -> None:
    from judge.reports.plain import printable

    print(_encodable(printable(text), sys.stderr), file=sys.stderr)


def _encodable(text: str, stream: TextIO) -> str:
    """The text with what a terminal of another encoding cannot show replaced."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
