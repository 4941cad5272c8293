"""Cuts a cell that holds several of the course's: a module without headers, or all classes in one cell."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from judge.submission.cells import Cell
from judge.submission.released import Released
from judge.submission.stubs import bound_names, parse


def split(cell: Cell, missing: Sequence[Released], released: Sequence[Released]) -> list[tuple[Cell, Released | None]]:
    """The pieces of a cell, each with the released cell that it is.

    Args:
        cell: a code cell of a student.
        missing: released cells that were found nowhere else; a piece that defines what one defines is that one.
        released: cells that a piece may be; a statement of a training or check cell belongs to that one.

    Returns:
        The cell as it is if it stands for one hole or nothing, or cannot be read.
    """
    tree = parse(cell.source)
    owners = {name: r for r in missing for name in r.names}
    found = [_owner(s, owners) for s in tree.body] if tree else []
    wanted = {r.grade_id: r for r in found if r is not None}
    if tree is None or not wanted:
        return [(cell, None)]
    if len(wanted) == 1 and (only := next(iter(wanted.values()))).hole:
        return [(cell, only)]
    known = _statements(released)
    owned = [owner or known.get(_key(s)) for s, owner in zip(tree.body, found, strict=True)]
    return _pieces(cell, _segments(cell.source, tree.body), owned)


def _owner(statement: ast.stmt, owners: dict[str, Released]) -> Released | None:
    return next((owners[name] for name in sorted(bound_names(statement)) if name in owners), None)


def _statements(released: Sequence[Released]) -> dict[str, Released]:
    """The statements of released code without definitions: training, checks, pictures, imports."""
    known: dict[str, Released] = {}
    for cell in released:
        tree = parse(cell.source) if cell.kind == "code" and not cell.hole else None
        for statement in tree.body if tree else ():
            known.setdefault(_key(statement), cell)
    return known


def _key(statement: ast.stmt) -> str:
    try:
        return ast.dump(statement)
    except RecursionError:
        return ""


def _segments(source: str, statements: Sequence[ast.stmt]) -> list[str]:
    """The text of each statement, with the comments above it; the last takes what follows it, too."""
    lines = source.split("\n")
    ends = [s.end_lineno or s.lineno for s in statements]
    ends[-1] = len(lines)
    return ["\n".join(lines[first:last]) for first, last in zip([0, *ends], ends, strict=False)]


def _pieces(
    cell: Cell, segments: Sequence[str], owned: Sequence[Released | None]
) -> list[tuple[Cell, Released | None]]:
    """Statements of one released cell become one piece, where the last of them stands."""
    last = {r.place: number for number, r in enumerate(owned) if r is not None}
    pieces: list[tuple[list[str], Released | None]] = []
    gathered: dict[int, list[str]] = {}
    for number, (segment, released) in enumerate(zip(segments, owned, strict=True)):
        if not segment.strip():
            continue  # a second statement on a line whose text its neighbour has
        if released is None:
            if not pieces or pieces[-1][1] is not None:
                pieces.append(([], None))
            pieces[-1][0].append(segment)
        else:
            gathered.setdefault(released.place, []).append(segment)
            if last[released.place] == number:
                pieces.append((gathered[released.place], released))
    return [(Cell("code", "\n".join(texts).strip("\n"), tags=list(cell.tags)), r) for texts, r in pieces]
