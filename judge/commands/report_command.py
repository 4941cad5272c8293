"""`python -m judge report`: the class as one page for the instructor, or results in another form."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from judge import ROOT

_FORMATS = ("class", "details", "json", "junit", "markdown", "table")


def add_report(commands: Any) -> None:
    """Add the command to the judge's parser."""
    report = commands.add_parser("report", help="the class as one page, or results in another form")
    report.add_argument("exercise", nargs="?", help="every exercise that was graded, if none is named")
    report.add_argument("students", nargs="*", help="all who were graded, if none is named")
    report.add_argument("--course", type=Path, default=ROOT, help="the folder with autograded/")
    report.add_argument("--format", choices=_FORMATS, default="class", help="class writes report/, others print")
    report.add_argument("--html", type=Path, metavar="FILE", help="where the class's page goes")
    report.add_argument("--formgrader", default="", metavar="URL", help="names on the page open in this formgrader")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace, console: Console) -> int:
    from judge.nbgrader.graded_before import results_of

    course = options.course.resolve()
    autograded = course / "autograded"
    graded = sorted({p.name for p in autograded.glob("*/*") if p.is_dir()})
    exercises = [options.exercise] if options.exercise else graded
    results = {}
    for exercise in exercises:
        students = options.students or sorted(p.parent.name for p in autograded.glob(f"*/{exercise}"))
        if found := [r for student in students for r in results_of(course, exercise, student)]:
            results[exercise] = found
    if not results:
        what = options.exercise or "any exercise"
        raise ValueError(f"There are no results of {what} under autograded/. Grade it first.")
    for exercise, found in results.items():
        if options.format == "class":
            _write_page(course, exercise, found, options, console)
    if options.format != "class":
        _print([result for found in results.values() for result in found], options.format, console)
    return 0


def _write_page(course: Path, exercise: str, results: list[Any], options: argparse.Namespace, console: Console) -> None:
    from judge import reports
    from judge.reports.class_numbers import class_numbers
    from judge.reports.class_page import write_class_report

    console.print(reports.score_table(results))
    page = options.html or course / "report" / f"{exercise}.html"
    for path in write_class_report(course, class_numbers(exercise, results), page, options.formgrader):
        console.print(f"wrote {path}", highlight=False, soft_wrap=True, markup=False)


def _print(results: list[Any], form: str, console: Console) -> None:
    from judge import reports

    match form:
        case "table":
            console.print(reports.score_table(results))
        case "details":
            for result in results:
                console.print(reports.details(result))
        case "json":
            sys.stdout.write("[" + ",\n".join(result.to_json() for result in results) + "]\n")
        case "junit":
            sys.stdout.write(reports.junit_xml(results) + "\n")
        case "markdown":
            sys.stdout.write(reports.markdown_summary(results) + "\n")
