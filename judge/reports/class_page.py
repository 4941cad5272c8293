"""The class report: one HTML page for the instructor, and the same numbers as CSV beside it."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from judge.reports.class_numbers import ClassNumbers
from judge.reports.class_roll import roll
from judge.reports.class_tables import checks_csv, students_csv
from judge.reports.class_today import SYMBOLS, held_up, hole_grid, who_needs_help
from judge.reports.words import number
from judge.similarity import COMMON_LEAST, Pair, own_work, similar_pairs

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "class_report"
_MOST_PAIRS, _SLOWEST = 20, 5


def write_class_report(course: Path, numbers: ClassNumbers, page: Path) -> list[Path]:
    """Write the page, and beside it one CSV file of students and one of checks; returns all three.

    Args:
        course: the course folder, whose feedback is linked and whose autograded notebooks are compared.
        numbers: the exercise's numbers.
        page: the .html file to write.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    tables = {
        page.with_suffix(".csv"): students_csv(numbers),
        page.with_name(f"{page.stem}_checks.csv"): checks_csv(numbers),
    }
    for path, text in tables.items():
        path.write_text(text, encoding="utf-8")
    feedback = _links(course, numbers.exercise, page.parent)
    markup = class_page(
        numbers, pairs_of(course, numbers), feedback, [path.name for path in tables], roll(course, numbers)
    )
    page.write_text(markup, encoding="utf-8")
    return [page, *tables]


def class_page(
    numbers: ClassNumbers,
    pairs: list[Pair],
    feedback: Callable[[str, str], str] = lambda student, notebook: "",
    csv_names: Iterable[str] = (),
    others: Mapping[str, list[str]] = MappingProxyType({}),
) -> str:
    """The page's HTML.

    Args:
        numbers: the exercise's numbers.
        pairs: similar submissions, the most similar first.
        feedback: where a student's feedback page of a notebook is, or ""; the notebook may be "".
        csv_names: the names of the files beside the page.
        others: students without a number, or late, by what is the matter.
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
        held_up=held_up(numbers), help=who_needs_help(numbers), others=others,
        passed_by_all=[row for row in numbers.checks if row not in failing],
        first_check={(row.notebook, row.cell): row.name for row in reversed(numbers.checks)},
        several=len({row.notebook for row in numbers.cells}) > 1,
        unjudged=[row.student for row in numbers.students if not row.is_judged],
        largest_bin=max(n for _, n in numbers.histogram()), slowest=slowest, csv_names=list(csv_names),
        total_seconds=sum(row.seconds for row in numbers.students),
        median_seconds=statistics.median([row.seconds for row in numbers.students] or [0.0]),
        pairs=pairs[:_MOST_PAIRS], more_pairs=max(0, len(pairs) - _MOST_PAIRS), common_least=COMMON_LEAST,
        feedback=feedback, bar=_bar, two_bars=_two_bars,
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


def _links(course: Path, exercise: str, start: Path) -> Callable[[str, str], str]:
    def link(student: str, notebook: str) -> str:
        folder = course / "feedback" / student / exercise
        pages = [folder / f"{notebook}.html"] if notebook else sorted(folder.glob("*.html"))
        judged = course / "autograded" / student / exercise
        pages += [judged / f"{notebook}.ipynb"] if notebook else sorted(judged.glob("*.ipynb"))
        there = next((page for page in pages if page.is_file()), None)
        return quote(Path(os.path.relpath(there, start)).as_posix()) if there else ""

    return link


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
