"""The class report: one HTML page for the instructor, and the same numbers as CSV beside it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from judge.reports.class_links import links
from judge.reports.class_numbers import ClassNumbers
from judge.reports.class_roll import LATE, everybody, roll
from judge.reports.class_tables import checks_csv, in_order, students_csv
from judge.reports.class_today import SYMBOLS, held_up, hole_grid, who_needs_help
from judge.reports.first import titles_of
from judge.reports.similarity import COMMON_LEAST, Pair, own_work, similar_pairs
from judge.reports.when import local
from judge.reports.words import number

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "class_report"
_MOST_PAIRS, _SLOWEST = 20, 5


def write_class_report(course: Path, numbers: ClassNumbers, page: Path, formgrader: str = "") -> list[Path]:
    """Write the page, and beside it one CSV file of students and one of checks; returns all three.

    Args:
        course: the course folder, whose feedback is linked and whose autograded notebooks are compared.
        numbers: the exercise's numbers.
        page: the .html file to write.
        formgrader: the address of a formgrader in which names open the judged notebook; else they open files.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    tables = {
        page.with_suffix(".csv"): students_csv(numbers),
        page.with_name(f"{page.stem}_checks.csv"): checks_csv(numbers),
    }
    for path, text in tables.items():
        path.write_text(text, encoding="utf-8")
    paper = links(course, numbers, page.parent, formgrader)
    names = [path.name for path in tables]
    titles = titles_in(course, numbers)
    markup = class_page(numbers, pairs_of(course, numbers), paper, names, roll(course, numbers), titles)
    page.write_text(markup, encoding="utf-8")
    return [page, *tables]


def class_page(
    numbers: ClassNumbers,
    pairs: list[Pair],
    paper: Callable[[str, str], str] = lambda student, notebook: "",
    csv_names: Iterable[str] = (),
    others: Mapping[str, list[str]] = MappingProxyType({}),
    titles: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> str:
    """The page's HTML.

    Args:
        numbers: the exercise's numbers.
        pairs: similar submissions, the most similar first.
        paper: where a student's judged notebook is, or ""; the notebook may be "", then it is the main one.
        csv_names: the names of the files beside the page.
        others: students without a number, or late, by what is the matter.
        titles: the sections of the lesson, by notebook and cell.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {"plain": number, "duration": _duration}
    failing = [row for row in numbers.checks if row.failed or row.waiting]
    slowest = sorted(numbers.checks, key=lambda row: -row.seconds)[:_SLOWEST]
    return environment.get_template("page.html.j2").render(
        numbers=numbers, css=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        failing=failing, grid=hole_grid(numbers), symbols=SYMBOLS,
        held_up=held_up(numbers), help=who_needs_help(numbers), others=others, everybody=everybody(numbers, others),
        columns=in_order(numbers), titles=titles, written=local(datetime.now(UTC)), late=others.get(LATE, ()),
        passed_by_all=[row for row in numbers.checks if row not in failing],
        first_check={(row.notebook, row.cell): row.name for row in reversed(numbers.checks)},
        several=len({row.notebook for row in numbers.cells}) > 1,
        unjudged=[row.student for row in numbers.students if not row.is_judged],
        largest_bin=max(n for _, n in numbers.histogram()), slowest=slowest, csv_names=list(csv_names),
        total_seconds=sum(row.seconds for row in numbers.students),
        median_seconds=statistics.median([row.seconds for row in numbers.students] or [0.0]),
        pairs=pairs[:_MOST_PAIRS], more_pairs=max(0, len(pairs) - _MOST_PAIRS), common_least=COMMON_LEAST,
        paper=paper, bar=_bar, two_bars=_two_bars,
    )  # fmt: skip


def pairs_of(course: Path, numbers: ClassNumbers) -> list[Pair]:
    """Similar pairs of the exercise, notebook by notebook, from what nbgrader has autograded."""
    found = []
    notebooks = dict.fromkeys(result.notebook for row in numbers.students for result in row.results)
    for notebook in notebooks:
        release = nbformat.read(course / "release" / numbers.exercise / f"{notebook}.ipynb", as_version=4)
        works = {}
        for row in numbers.students:
            path = course / "autograded" / row.student / numbers.exercise / f"{notebook}.ipynb"
            if path.is_file():
                works[row.student] = own_work(nbformat.read(path, as_version=4), release)
        found += similar_pairs(works, release)
    return sorted(found, key=lambda pair: -pair.shared)


def titles_in(course: Path, numbers: ClassNumbers) -> dict[tuple[str, str], str]:
    """The released notebooks' section titles of cells, by notebook and cell."""
    found: dict[tuple[str, str], str] = {}
    for notebook in dict.fromkeys(row.notebook for row in numbers.cells):
        path = course / "release" / numbers.exercise / f"{notebook}.ipynb"
        titles = titles_of(nbformat.read(path, as_version=4)) if path.is_file() else {}
        found |= {(notebook, cell): title for cell, title in titles.items()}
    return found


def _bar(value: float, most: float) -> Markup:
    return (
        _two_bars(0, 0, 1)
        if not most
        else Markup('<div class="bar" aria-hidden="true"><span style="width:{:.1f}%"></span></div>').format(
            100 * value / most
        )
    )


def _two_bars(failed: float, waiting: float, most: float) -> Markup:
    return Markup(
        '<div class="bar" aria-hidden="true"><span class="failed" style="width:{:.1f}%"></span>'
        '<span class="waiting" style="width:{:.1f}%"></span></div>'
    ).format(100 * failed / most, 100 * waiting / most)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
