"""Is this still the stub? Asked of syntax trees, so that no editor's hand can turn a stub into work.

Formatters move white space, type checkers add annotations, people type a `# TODO` below the hole: none of it is an
answer. A hole is **open** as long as the function that holds it can only raise `ToImplement`, or does nothing instead.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence

from judge.course.regions import ANSWER_HERE

Function = ast.FunctionDef | ast.AsyncFunctionDef
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
_TOO_DEEP = (SyntaxError, ValueError, RecursionError, MemoryError)
_INNER_MOST = 50  # levels of nested statements that are looked into


def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, its magics left out; None if Python cannot read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes, which are the student's to see
        try:
            return ast.parse(source)
        except _TOO_DEEP:
            pass
        try:
            return ast.parse(_MAGIC.sub(r"\1pass", source))
        except _TOO_DEEP:
            return None


def bound_names(statement: ast.stmt) -> set[str]:
    """The names that a top-level statement defines."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {statement.name}
        case ast.Assign():
            targets = [t for target in statement.targets for t in _flat(target)]
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _flat(target: ast.expr) -> Sequence[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def names_in(source: str) -> set[str]:
    """The names that a cell defines."""
    tree = parse(source)
    return set().union(*map(bound_names, tree.body)) if tree else set()


def bases_in(source: str) -> set[str]:
    """The names that a cell's classes inherit from."""
    classes = [node for node in getattr(parse(source), "body", []) if isinstance(node, ast.ClassDef)]
    return {base.id for node in classes for base in node.bases if isinstance(base, ast.Name)}


def same_code(one: str, other: str) -> bool:
    """Whether two cells differ in comments, layout, docstrings and annotations at most."""
    return one.strip() == other.strip() or essence(one) == essence(other)


@functools.lru_cache(maxsize=256)
def essence(source: str) -> str:
    """Identifies a cell's syntax tree without docstrings, annotations and what follows a raise; else its words."""
    tree = parse(source)
    try:
        text = ast.dump(_bare(tree)) if tree else " ".join(source.split())
    except RecursionError:
        text = " ".join(source.split())
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def open_holes(source: str, stub: str, kind: str = "code") -> int:
    """How many holes of a released cell are still open in a student's: all, some or 0.

    Args:
        source: the student's cell.
        stub: the released cell.
        kind: "code", or "markdown" for an answer in free text, which is one hole.
    """
    if kind != "code":
        return int(_words(source) in ("", _words(stub)))
    return len(open_functions(source, stub))


def open_functions(source: str, stub: str) -> set[str]:
    """The functions, e.g. `VAE.call`, whose hole is open; `""` is the cell itself, outside of all functions."""
    return set(_open_functions(source, stub))


@functools.lru_cache(maxsize=256)  # asked several times of each cell, and a tree takes long
def _open_functions(source: str, stub: str) -> frozenset[str]:
    stubs = {name: body for name, body in _bodies(parse(stub)) if _raises(body)}
    holes = frozenset(stubs)
    tree = parse(source)
    if not holes:  # a stub that is no hole of ours: any change is work
        return frozenset({""} if same_code(source, stub) else ())
    if tree is None:
        return holes if source.strip() == stub.strip() else frozenset()
    if not any(_does_something(statement) for statement in tree.body):
        return holes
    here = [(name, body) for name, body in _bodies(tree) if name in holes]
    if any(_raises(body) for _, body in here) and same_code(source, stub):
        return holes
    return frozenset(name for name, body in here if _only_raises(body) or _only_less(body, stubs[name]))


def below_the_raise(source: str) -> list[str]:
    """The functions with something below `raise ToImplement`, where it is never reached; `""` is the cell."""
    found = []
    for name, body in _bodies(parse(source)):
        at = next((place for place, node in enumerate(body) if _is_to_implement(node)), len(body))
        found += [name] if any(_does_something(node) for node in body[at + 1 :]) else []
    return found


def is_open(source: str, stub: str, kind: str = "code") -> bool:
    """Whether nothing of a released cell was filled in."""
    if kind != "code":
        return bool(open_holes(source, stub, kind))
    return open_functions(source, stub) == open_functions(stub, stub)


def with_work_of(mine: str, other: str, stub: str) -> str:
    """My cell, where another's functions stand in for those of mine whose holes are open.

    Both must be readable; else, or if nothing of the other's can be used, mine comes back unchanged.
    """
    wanted = open_functions(mine, stub) - open_functions(other, stub) - {""}
    here, there = parse(mine), parse(other)
    if not here or not there:
        return mine
    theirs = dict(_functions(there))
    lines, others = mine.split("\n"), other.split("\n")
    for name, function in sorted(_functions(here), key=lambda found: -found[1].lineno):
        if name in wanted and name in theirs and function.col_offset == theirs[name].col_offset:
            first, last = _span(theirs[name])
            begin, end = _span(function)
            lines[begin:end] = others[first:last]
    return "\n".join(lines)


def _span(function: Function) -> tuple[int, int]:
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return first - 1, function.end_lineno or function.lineno


def _words(text: str) -> str:
    return " ".join(text.replace(ANSWER_HERE, "").split())


def _bodies(tree: ast.Module | None) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The statements of each function, and of the cell itself."""
    if tree is None:
        return
    yield "", tree.body
    yield from ((name, function.body) for name, function in _functions(tree))


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """The functions of a cell and of its classes, with their names."""
    waiting: list[tuple[str, ast.stmt, int]] = [("", node, 0) for node in reversed(tree.body)]
    while waiting:
        prefix, node, depth = waiting.pop()
        if isinstance(node, Function):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef) and depth < _INNER_MOST:
            waiting += [(f"{prefix}{node.name}.", inner, depth + 1) for inner in reversed(node.body)]


def _is_to_implement(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return getattr(raised, "id", getattr(raised, "attr", "")) == "ToImplement"


def _raises(body: list[ast.stmt], depth: int = 0) -> bool:
    """Whether `raise ToImplement` stands among these statements, functions and classes in them apart."""
    if depth > _INNER_MOST:
        return False
    return any(_is_to_implement(node) or any(_raises(inner, depth + 1) for inner in _blocks(node)) for node in body)


def _only_raises(body: list[ast.stmt], depth: int = 0) -> bool:
    """Whether these statements can end in `raise ToImplement` alone, whatever stands around it."""
    for node in body:
        if _is_to_implement(node):
            return True
        if isinstance(node, ast.Return | ast.Raise) or depth > _INNER_MOST:
            return False
        if isinstance(node, ast.With | ast.AsyncWith) and _only_raises(node.body, depth + 1):
            return True
        if isinstance(node, ast.If) and all(_only_raises(b, depth + 1) for b in (node.body, node.orelse)):
            return True
        if any(_returns(inner, depth + 1) for inner in _blocks(node)):
            return False
    return False


def _only_less(body: list[ast.stmt], stub: list[ast.stmt]) -> bool:
    """Whether the `raise` of a stub was deleted, or became `pass` or `...`, and nothing was written."""
    try:
        there, here = ([ast.dump(n) for n in b if _does_something(n) and not _is_to_implement(n)] for b in (stub, body))
    except RecursionError:
        return False
    return here == there


def _returns(body: list[ast.stmt], depth: int) -> bool:
    return depth > _INNER_MOST or any(
        isinstance(node, ast.Return) or any(_returns(inner, depth + 1) for inner in _blocks(node)) for node in body
    )


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement that is neither a function nor a class."""
    if isinstance(node, Function | ast.ClassDef):
        return
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, [])
    for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
        yield part.body


def _does_something(node: ast.stmt) -> bool:
    return not isinstance(node, ast.Pass) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


class _Bare(ast.NodeTransformer):
    """Drops what changes nothing: docstrings, annotations, `pass`, and statements that no one reaches."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                setattr(node, name, _reached(block))
        if isinstance(node, ast.arg):
            node.annotation = node.type_comment = None
        elif isinstance(node, Function):
            node.returns = node.type_comment = None
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            return ast.Assign([node.target], node.value)
        return node


def _bare(tree: ast.Module) -> ast.AST:
    bare: ast.AST = _Bare().visit(tree)
    return bare


def _reached(block: list[ast.stmt]) -> list[ast.stmt]:
    kept = []
    for node in block:
        if _does_something(node):
            kept.append(node)
        if isinstance(node, ast.Raise | ast.Return):
            break
    return kept
