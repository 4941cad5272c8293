"""Which of a student's cells is which of the released ones, whatever an editor has lost of their marks.

By grade_id, then by cell id; for what has neither (Colab, converters, an IDE's export), by identical source, by the
names that a cell defines, and last by its place between neighbours. A released cell that is graded is matched at
most once: of several copies the last that is not a stub counts, and only one that runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from judge.submission.cells import Cell, without_comment
from judge.submission.released import Lesson, Released
from judge.submission.split import split
from judge.submission.stubs import bases_in, is_open, names_in
from judge.submission.written_into import written_into

_ALIKE = 0.5  # share of a released cell's lines that an edited one still has


@dataclass
class Match:
    """A student's cells beside the released ones.

    Attributes:
        cells: in the student's order; one that defined several holes is cut into several.
        released: for each, the released cell that it is, or None for one of the student's own.
        copies: for each, whether it is an empty copy of a hole that stands elsewhere.
        notes: sentences for the student.
        kept_ids, kept_grade_ids: whether cells were found by these at all.
    """

    cells: list[Cell]
    released: list[Released | None] = field(default_factory=list)
    copies: list[bool] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kept_ids: bool = False
    kept_grade_ids: bool = False

    def answers(self) -> dict[str, Cell]:
        """The student's cell of each hole that was found, by grade_id."""
        pairs = zip(self.cells, self.released, strict=True)
        return {r.grade_id: cell for cell, r in pairs if r is not None and r.hole}

    def worked_on(self, lesson: Lesson) -> set[str]:
        """The holes in code that hold any work, by grade_id."""
        holes, answers = lesson.code_holes, self.answers()
        return {n for n, cell in answers.items() if n in holes and not is_open(cell.source, holes[n].source)}


def match(cells: list[Cell], lesson: Lesson) -> Match:
    """Match a student's cells with the released ones."""
    found = Match(list(cells), [None] * len(cells), [False] * len(cells))
    _by_marks(found, lesson)
    _set_apart(found)
    _by_source(found, lesson)
    _by_names(found, lesson)
    _by_place(found, lesson)
    return found


def _by_marks(found: Match, lesson: Lesson) -> None:
    """By grade_id, else by cell id; an id that stands twice means the cell that has the grade_id, too."""
    by_id = {r.id: r for r in lesson.cells if r.id}
    by_grade_id = {r.grade_id: r for r in lesson.cells if r.grade_id}
    claims: dict[str, list[int]] = defaultdict(list)
    named = {cell.grade_id for cell in found.cells}
    for place, cell in enumerate(found.cells):
        released = by_grade_id.get(cell.grade_id) or by_id.get(cell.id)
        if released is not None and cell.grade_id != released.grade_id and released.grade_id in named:
            continue
        if released is not None and released.grade_id:
            claims[released.grade_id].append(place)
        elif released is not None and released.kind == cell.kind:
            found.released[place], found.kept_ids = released, True
    found.kept_grade_ids = bool(claims)
    for grade_id, places in claims.items():
        _choose(found, by_grade_id[grade_id], places)


def _choose(found: Match, released: Released, places: list[int]) -> None:
    """Of the copies of a graded cell, take the last that is not a stub; one that does not run never counts."""
    name = f"`{released.grade_id}`"
    fit = [place for place in places if found.cells[place].kind == released.kind]
    if not released.hole:
        found.released[(fit or places)[-1]] = released
        return
    if not fit:
        found.notes.append(
            f"The cell {name} is no {released.kind} cell any more; it is graded as one, since there is no other. "
            "Change its type back (in JupyterLab: Y for code, M for Markdown)."
        )
        fit = places
    worked = [p for p in fit if not is_open(found.cells[p].source, released.source, released.kind)]
    chosen = (worked or fit)[-1]
    found.released[chosen] = released
    if len(fit) > 1:
        which = "the last one is" if chosen == fit[-1] else "the last one is empty, so the last with an answer is"
        found.notes.append(f"The cell {name} is there more than once; {which} graded.")
    for place in fit:
        found.copies[place] = place != chosen and place not in worked


def _set_apart(found: Match) -> None:
    """What was written into a cell of the course becomes a cell below it, which is matched like any other."""
    if not any(released is not None and released.hole for released in found.released):
        return  # another lesson's notebook, whose cells have some of the same names
    for place in reversed(range(len(found.cells))):
        released = found.released[place]
        if released is None or released.hole or not released.grade_id or released.kind != "code":
            continue
        source, note = written_into(found.cells[place].source, released)
        if note:
            found.notes.append(note)
        if source:
            found.cells.insert(place + 1, Cell("code", source))
            found.released.insert(place + 1, None)
            found.copies.insert(place + 1, False)


def _by_source(found: Match, lesson: Lesson) -> None:
    """What is word for word a released cell is that cell, or a copy of it."""
    known: dict[tuple[str, str], list[Released]] = defaultdict(list)
    for released in lesson.cells:
        if released.source.strip():
            known[released.kind, released.source.strip()].append(released)
    taken = {r.grade_id for r in found.released if r is not None and r.grade_id}
    for place, cell in _unmatched(found):
        same = known.get((cell.kind, cell.source.strip())) or known.get((cell.kind, _uncommented(cell.source)), [])
        free = [r for r in same if r.grade_id not in taken or not r.grade_id]
        if free:
            found.released[place] = free[0]
            taken |= {free[0].grade_id} - {""}
        elif same and same[0].hole:
            found.copies[place] = True
        elif same:
            cell.released_tags = same[0].tags  # a copy of a check is run no more often than the check
    for released in lesson.cells:
        if released.hole and released.grade_id in taken:
            _prefer_work(found, released)


def _uncommented(source: str) -> str:
    """A cell that a module holds commented out, as exports without marks have it, as the notebook shows it."""
    lines = source.strip().split("\n")
    return "\n".join(without_comment(lines)) if all(line.startswith("#") for line in lines) else ""


def _prefer_work(found: Match, released: Released) -> None:
    """A stub that was matched gives way to a cell without marks that fills the same hole."""
    place = found.released.index(released)
    if not released.names or not is_open(found.cells[place].source, released.source, released.kind):
        return
    for other, cell in _unmatched(found):
        if cell.kind == "code" and not found.copies[other] and _fills(cell, released):
            found.released[place], found.copies[place], found.released[other] = None, True, released
            place = other


def _fills(cell: Cell, released: Released) -> bool:
    """Whether a cell defines all that a hole asks for, is no stub, and does not build on the stub."""
    if not all(name in cell.source for name in released.names):
        return False
    names = names_in(cell.source)
    return names >= released.names and not names & bases_in(cell.source) and not is_open(cell.source, released.source)


def _by_names(found: Match, lesson: Lesson) -> None:
    """A cell that defines what a missing cell of the course defines is that cell; one that defines several is cut."""
    missing = [r for r in _missing(found, lesson) if r.names]
    for place, cell in reversed(list(_unmatched(found))):
        if not missing:
            return
        if cell.kind != "code" or not any(name in cell.source for r in missing for name in r.names):
            continue
        free = [r for r in lesson.cells if not r.grade_id or r not in found.released]
        pieces = split(cell, missing, free)
        taken = {r.grade_id for _, r in pieces if r is not None and r.grade_id}
        missing = [r for r in missing if r.grade_id not in taken]
        found.cells[place : place + 1] = [piece for piece, _ in pieces]
        found.released[place : place + 1] = [released for _, released in pieces]
        found.copies[place : place + 1] = [False] * len(pieces)


def _by_place(found: Match, lesson: Lesson) -> None:
    """What stands alone between two neighbours that were found, in the release and here, is the same cell."""
    order = {r.place for r in found.released if r is not None}
    if not order:
        return  # without a single neighbour, a place says nothing
    gaps: dict[int, list[Released]] = defaultdict(list)
    last = -1
    for released in lesson.cells:
        last = released.place if released.place in order else last
        if released.place not in order:
            gaps[last].append(released)
    last = -1
    own: dict[int, list[int]] = defaultdict(list)
    for place, here in enumerate(found.released):
        last = here.place if here is not None else last
        if here is None and not found.copies[place]:
            own[last].append(place)
    for before, places in own.items():
        _fill_gap(found, gaps.get(before, []), places)


def _fill_gap(found: Match, released: list[Released], places: list[int]) -> None:
    """Match the holes of a gap if there are as many cells as holes, and edited cells by the lines they still have."""
    edited = [r for r in released if r.tags and not r.grade_id]
    for kind in ("code", "markdown"):
        here = [place for place in places if found.cells[place].kind == kind]
        for place in here:
            alike = (r for r in edited if r.kind == kind and _is_like(found.cells[place], r, found.kept_ids))
            found.released[place] = next(alike, None)
        here = [place for place in here if found.released[place] is None]
        holes = [r for r in released if r.hole and r.kind == kind]
        if not found.kept_grade_ids and len(holes) == len(here):
            for place, hole in zip(here, holes, strict=True):
                found.released[place] = hole


def _is_like(cell: Cell, released: Released, kept_ids: bool) -> bool:
    """Whether a cell is an edited copy of a released one that has no grade_id, such as a training cell."""
    lines = {line.strip() for line in released.source.split("\n")} - {""}
    here = {line.strip() for line in cell.source.split("\n")} - {""}
    same_tags = not kept_ids and set(released.tags) == set(cell.tags)
    return same_tags or len(lines & here) >= _ALIKE * max(1, len(lines))


def _missing(found: Match, lesson: Lesson) -> list[Released]:
    taken = {r.grade_id for r in found.released if r is not None}
    return [r for r in lesson.cells if r.grade_id and r.grade_id not in taken]


def _unmatched(found: Match) -> Iterable[tuple[int, Cell]]:
    pairs = list(enumerate(found.cells))
    return [(p, cell) for p, cell in pairs if found.released[p] is None and not found.copies[p]]
