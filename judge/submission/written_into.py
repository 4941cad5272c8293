"""What a student wrote into a cell of the course: an import among the imports, an answer in the check below its hole.

The cell is graded as it was handed out, so what it defines besides becomes a cell of the student's own.
"""

from __future__ import annotations

import ast

from judge.submission.released import Released
from judge.submission.stubs import bound_names, parse, same_code

_IMPORTS = ast.Import | ast.ImportFrom


def written_into(source: str, released: Released) -> tuple[str, str]:
    """The statements that define what the released cell does not, and a sentence about the cell, or "" and "".

    Args:
        source: the cell as it was handed in.
        released: the same as it was handed out, which is code and no hole.
    """
    if same_code(source, released.source):
        return "", ""
    tree, handed_out = parse(source), parse(released.source)
    if handed_out is None or (tree is None and released.is_check):
        return "", ""
    if tree is None:
        return "", _said(released, "your changes, which are no Python, do not count")
    known = {name for statement in handed_out.body for name in _names(statement)}
    own = [node for node in tree.body if _names(node) - known and _counts(node, released)]
    lines = source.split("\n")
    text = "\n".join("\n".join(lines[_first(node) - 1 : node.end_lineno]) for node in own)
    if not text and released.is_check:
        return "", ""  # prints and numbers of their own are what checks are for
    what = "what else you defined in it counts as a cell of your own below it" if text else "your changes do not count"
    return text, _said(released, what)


def _said(released: Released, what: str) -> str:
    return f"The cell `{released.grade_id}` is the course's and is graded as it was handed out; {what}."


def _counts(node: ast.stmt, released: Released) -> bool:
    return not (released.is_check and isinstance(node, ast.Assign | ast.AnnAssign))


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, _IMPORTS):
        return {alias.asname or alias.name for alias in node.names}
    return bound_names(node)


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])
