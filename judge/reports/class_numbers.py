"""What an instructor wants to know of a class: numbers from the results of one exercise."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from judge.grade.result import Result
from judge.suite.engine import Status

_BINS = 10


@dataclass(frozen=True)
class StudentRow:
    """One student: points over all notebooks of the exercise, and what is missing."""

    student: str
    results: tuple[Result, ...]

    @property
    def is_judged(self) -> bool:
        """Whether the points mean anything."""
        return all(result.is_judged for result in self.results)

    @property
    def warning(self) -> str:
        """Why some of the work was not read, so that its points are no measure of it, or ""."""
        return next((result.warning for result in self.results if result.warning), "")

    @property
    def points(self) -> float:
        """Points of all notebooks."""
        return round(sum(result.points for result in self.results), 2)

    @property
    def max_points(self) -> float:
        """Points that can be had."""
        return round(sum(result.max_points for result in self.results), 2)

    @property
    def percent(self) -> float:
        """Points out of 100."""
        return 100 * self.points / self.max_points if self.max_points else 0.0

    @property
    def seconds(self) -> float:
        """How long grading took."""
        return sum(result.seconds for result in self.results)

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """The recognised mistakes, each once."""
        return tuple(dict.fromkeys(name for result in self.results for name in result.misconceptions))


@dataclass(frozen=True)
class CheckRow:
    """One check over the class: who failed it, who never got there, which mistakes were recognised."""

    notebook: str
    cell: str
    name: str
    says: str
    failed: tuple[str, ...]
    waiting: int
    judged: int
    mistakes: tuple[tuple[str, int], ...]
    seconds: float


@dataclass(frozen=True)
class CellRow:
    """One hole over the class: the mean share of its points, and how many have all or none of them."""

    notebook: str
    cell: str
    max_points: float
    share: float
    full: int
    none: int


@dataclass(frozen=True)
class MistakeRow:
    """One recognised mistake: its hint, and who made it where."""

    name: str
    hint: str
    students: tuple[tuple[str, str, str], ...]  # student, notebook, cell


@dataclass(frozen=True)
class ClassNumbers:
    """All numbers of the class report of one exercise."""

    exercise: str
    students: tuple[StudentRow, ...]
    checks: tuple[CheckRow, ...]
    cells: tuple[CellRow, ...]
    mistakes: tuple[MistakeRow, ...]

    @property
    def judged(self) -> tuple[StudentRow, ...]:
        """The students whose points mean something."""
        return tuple(row for row in self.students if row.is_judged and not row.warning)

    @property
    def percents(self) -> list[float]:
        """Of every judged student."""
        return [row.percent for row in self.judged]

    @property
    def median(self) -> float:
        """The median of the percentages, 0 without students."""
        return statistics.median(self.percents or [0.0])

    @property
    def mean(self) -> float:
        """The mean of the percentages, 0 without students."""
        return statistics.fmean(self.percents or [0.0])

    def histogram(self) -> list[tuple[str, int]]:
        """How many students have 0 to 10 percent, and so on; 100 percent belongs to the last bin."""
        counts = Counter(min(int(percent // _BINS), _BINS - 1) for percent in self.percents)
        return [(f"{i * 10} to {i * 10 + 10} %", counts[i]) for i in reversed(range(_BINS))]


def class_numbers(exercise: str, results: Sequence[Result]) -> ClassNumbers:
    """Gather the results of an exercise, hardest and most failed first."""
    by_student: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_student[result.student].append(result)
    students = tuple(StudentRow(student, tuple(mine)) for student, mine in sorted(by_student.items()))
    judged = [r for row in students if row.is_judged for r in row.results if not r.warning]
    return ClassNumbers(exercise, students, _checks(judged), _cells(judged), _mistakes(judged))


def _checks(results: Sequence[Result]) -> tuple[CheckRow, ...]:
    found = defaultdict(list)
    for result in results:
        for check in result.checks:
            found[result.notebook, check.cell, check.name].append((result.student, check))
    rows = []
    for (notebook, cell, name), checks in found.items():
        mistakes = Counter(check.misconception for _, check in checks if check.misconception)
        rows.append(
            CheckRow(
                notebook,
                cell,
                name,
                checks[-1][1].says,
                tuple(student for student, check in checks if check.status is Status.FAILED),
                sum(check.status is Status.NOT_RUN for _, check in checks),
                len(checks),
                tuple(mistakes.most_common()),
                statistics.median(check.seconds for _, check in checks),
            )
        )
    return tuple(sorted(rows, key=lambda row: -len(row.failed)))


def _cells(results: Sequence[Result]) -> tuple[CellRow, ...]:
    found = defaultdict(list)
    for result in results:
        for cell in result.cells:
            found[result.notebook, cell.grade_id].append(cell)
    rows = [
        CellRow(
            notebook, cell, scores[-1].max_points,
            statistics.fmean(score.points / score.max_points if score.max_points else 1.0 for score in scores),
            sum(score.points == score.max_points for score in scores),
            sum(score.points == 0 for score in scores),
        )
        for (notebook, cell), scores in found.items()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: row.share))


def _mistakes(results: Sequence[Result]) -> tuple[MistakeRow, ...]:
    hints: dict[str, str] = {}
    students: dict[str, dict[str, tuple[str, str, str]]] = defaultdict(dict)
    for result in results:
        for check in result.checks:
            if check.misconception:
                hints[check.misconception] = check.hint
                place = (result.student, result.notebook, check.cell)
                students[check.misconception].setdefault(result.student, place)
    rows = [MistakeRow(name, hint, tuple(students[name].values())) for name, hint in hints.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.students), row.name)))
