"""The judge's command line: what nbgrader's own commands do not offer.

python -m judge build                    make source/ from solutions/
python -m judge check                    the course checks itself
python -m judge record ex03_vae          run every mistake's patch and keep what comes back
python -m judge mutate ex03_vae          how many small slips in the solution does the suite catch?
python -m judge rewrite ex03_vae         does the solution, written in other ways, keep its marks?
python -m judge empty-holes              what does each hole cost, left empty alone? docs/empty-holes.md
python -m judge migrate ex03_vae         the gradebook follows an exercise that changed after work was handed in
python -m judge grade ex03_vae           grade all submissions, with progress and a table
python -m judge push FOLDER              grade one student's repository, for a git hook or CI
python -m judge report ex03_vae          the class as one page; or table, details, JSON, JUnit XML, Markdown
python -m judge demo                     the whole road, on six sample submissions
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from judge import ROOT
from judge.commands.migrate_command import add_migrate
from judge.commands.report_command import add_report
from judge.machine.scratch import remove_leftovers
from judge.machine.trouble import trouble
from judge.push.command import add_push
from judge.reports.plain import printable
from judge.sandbox import gpu
from judge.sandbox.sandbox import IsolationMissing, SandboxUnavailable
from judge.sandbox.shared_fork_server import fork_server
from judge.submission.submitted import students_with


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 well, 1 our fault or findings, 2 wrong usage; `push` has its own."""
    options = _options(arguments)
    console = Console()
    command: Callable[[argparse.Namespace, Console], int] = options.run
    remove_leftovers()
    try:
        return command(options, console)
    except OSError as error:
        _say(console, trouble(error), "bold red")
        return 1
    except (IsolationMissing, SandboxUnavailable, ValueError) as error:
        _say(console, str(error), "bold red")
        return 1


def _say(console: Console, text: str, style: str) -> None:
    """A sentence, in which nothing of a student's is markup or a terminal's command."""
    console.print(printable(text), style=style, markup=False, highlight=False)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Students may stand anywhere: argparse takes the first group of names, and leaves those behind an option."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and (not hasattr(options, "students") or any(name.startswith("-") for name in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        options.students = [*options.students, *rest]
    return options


def _parser() -> argparse.ArgumentParser:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(
        "python -m judge", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    build = commands.add_parser("build", help="make source/ from solutions/")
    build.add_argument("exercises", nargs="*", help="all if none is named")
    build.set_defaults(run=_build)
    check = commands.add_parser("check", help="the course checks itself")
    check.add_argument("exercises", nargs="*", help="all if none is named")
    check.add_argument("--fast", action="store_true", help="leave out what runs the zoo")
    check.set_defaults(run=_check)
    record = commands.add_parser("record", help="run every mistake's patch and keep what comes back")
    record.add_argument("exercise")
    record.add_argument("holes", nargs="*", help="all if none is named; what is recorded of others stays")
    record.set_defaults(run=_record)
    mutate = commands.add_parser("mutate", help="how many small slips in the solution does the suite catch?")
    mutate.add_argument("exercise")
    mutate.add_argument("holes", nargs="*", help="all if none is named")
    mutate.add_argument("--fresh", action="store_true", help="show every mutant to the suite anew")
    mutate.set_defaults(run=_mutate)
    rewrite = commands.add_parser("rewrite", help="does the solution, written in other ways, keep its marks?")
    rewrite.add_argument("exercise")
    rewrite.set_defaults(run=_rewrite)
    empty = commands.add_parser("empty-holes", help="what does each hole cost, left empty alone?")
    empty.add_argument("exercises", nargs="*", help="all if none is named; only then the page is written")
    empty.set_defaults(run=_empty_holes)
    add_migrate(commands)
    grade = commands.add_parser("grade", help="grade all submissions of an exercise")
    grade.add_argument("exercise")
    grade.add_argument("students", nargs="*", help="all who handed in, if none is named")
    grade.add_argument("--course", type=Path, default=ROOT, help="the folder with submitted/")
    grade.add_argument("--fresh", action="store_true", help="judge anew what was judged before")
    grade.add_argument("--jobs", type=int, help="processes that judge at once; the processors, if not given")
    grade.add_argument("--gpu", action="store_true", help="judge on this machine's GPU, as with JUDGE_GPU=1")
    grade.add_argument("--scheduler", help="a Dask scheduler to judge on, e.g. tcp://host:8786")
    grade.add_argument("--fail-under", type=float, default=0.0, metavar="PERCENT", help="exit with 1 if one has less")
    grade.set_defaults(run=_grade)
    add_push(commands)
    add_report(commands)
    demo = commands.add_parser("demo", help="the whole road, on six sample submissions")
    demo.set_defaults(run=_demo)
    return parser


def _build(options: argparse.Namespace, console: Console) -> int:
    from judge.course.build import build

    written = build(ROOT, options.exercises or None)
    for path in written:
        console.print(f"wrote {path.relative_to(ROOT)}", highlight=False)
    console.print(f"{len(written)} notebooks changed", highlight=False)
    return 0


def _check(options: argparse.Namespace, console: Console) -> int:
    from judge.commands.selfcheck import findings

    found = list(findings(ROOT, options.exercises, run_zoo=not options.fast, console=console))
    status = _tell(found, console)
    looked = "the course is in order" + (", as far as that can be said without grading" if options.fast else "")
    console.print(f"{len(found)} findings" if found else looked, highlight=False)
    return status


def _tell(findings: Sequence[str], console: Console) -> int:
    """Print findings, each on a line of its own that only the terminal breaks; 1 if there are any."""
    for finding in findings:
        console.print(f"✗ {finding}", style="red", markup=False, highlight=False, soft_wrap=True)
    return 1 if findings else 0


def _record(options: argparse.Namespace, console: Console) -> int:
    from judge.commands.record import record_exercise

    problems = record_exercise(ROOT, options.exercise, console, options.holes)
    return _tell(problems, console)


def _mutate(options: argparse.Namespace, console: Console) -> int:
    from judge.commands.mutate import mutate

    return 1 if mutate(ROOT, options.exercise, console, options.holes, afresh=options.fresh) else 0


def _rewrite(options: argparse.Namespace, console: Console) -> int:
    from judge.commands.rewrite import rewrite

    lost = rewrite(ROOT, options.exercise, console)
    return _tell(lost, console)


def _empty_holes(options: argparse.Namespace, console: Console) -> int:
    from judge.commands.empty_holes import write_page

    found = write_page(ROOT, options.exercises, console)
    return _tell(found, console)


def _grade(options: argparse.Namespace, console: Console) -> int:
    if options.gpu:
        os.environ[gpu.ASKED_FOR] = "1"
    course = options.course.resolve()
    students = options.students or students_with(course, options.exercise)
    if not students:
        raise ValueError(f"Nobody has handed in {options.exercise}: {course}/submitted/*/{options.exercise} is empty.")
    if options.scheduler is None:
        fork_server().listen()
        fork_server().launch()  # it imports TensorFlow while this process imports nbgrader
    from nbformat.warnings import DuplicateCellId

    from judge.nbgrader import batch
    from judge.reports import score_table

    warnings.filterwarnings("ignore", category=DuplicateCellId)  # intake mends them
    workers = options.jobs or min(os.cpu_count() or 1, len(students) // 3)
    graded = batch.grade_all(
        course, options.exercise, students, fresh=options.fresh, workers=workers, scheduler=options.scheduler
    )
    done, interrupted = batch.with_progress(console, graded, len(students))
    console.print(score_table([result for one in done for result in one.results]))
    _say_what_became(console, done)
    console.print(batch.summary(done), highlight=False)
    if interrupted:
        console.print("Stopped. The same command continues with the rest.", style="yellow")
        return 130
    below = [r for one in done for r in one.results if 100 * r.points < options.fail_under * r.max_points]
    return 1 if any(one.ours for one in done) or below else 0


def _say_what_became(console: Console, done: Sequence[Any]) -> None:
    """A line for whoever was not graded, and for a 0 that is none of the usual ones."""
    for one in done:
        if one.problem:
            prefix = "OUR FAULT, not graded" if one.ours else "not graded"
            _say(console, f"{one.student}: {prefix}: {one.problem}", "red")
        for result in one.results:
            if result.points == 0 and result.notes:
                _say(console, f"{one.student}: no ordinary 0 in {result.notebook}: {result.notes[0]}", "yellow")


def _demo(options: argparse.Namespace, console: Console) -> int:
    from judge.commands.demo import run_demo

    return run_demo(console)


if __name__ == "__main__":
    sys.exit(main())
