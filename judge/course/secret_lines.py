"""What students must not be told: lines of solutions and of hidden graders, in a form that can be searched.

Texts are compared without white space, kind of quotes, `#` and backslashes, so that a line is recognised
when it is re-indented, commented out, escaped or set in a sentence. A line counts as telling when it is long
enough and has enough words; `return loss` is neither. Code that students may read anyway (the `vaegan`
package, the solved modules that the exercise hands out, and what lessons show outside their regions in given
and solution cells) betrays nothing and is left out. Text, visible checks and docstrings are no such code: a
solution line found there is a leak.
"""

from __future__ import annotations

import ast
import html
import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from judge.course.handouts import given_lessons, given_modules
from judge.course.lesson import Cell, lesson_paths, read_lesson
from judge.course.regions import without_solutions

_MIN_CHARACTERS = 24
_MIN_WORDS = 4
_WORDS_OF_PROSE = 8
_WORD = re.compile(r"[A-Za-z_][\w.]*|\d[\w.]*")
_DROPPED = str.maketrans({"#": "", "\\": "", '"': "'", "`": ""})


@dataclass(frozen=True)
class Secret:
    """A telling line: how it is written, how it is searched for, and whose it is."""

    text: str
    key: str
    origin: str


def normalise(text: str) -> str:
    """The text without white space and other things that change when a line is copied elsewhere."""
    return re.sub(r"\s+", "", text.translate(_DROPPED)).replace(",)", ")").replace(",]", "]")


def found_in(text: str, secrets: Iterable[Secret]) -> Iterator[Secret]:
    """The secrets that a text gives away."""
    haystack = normalise(text) + "\n" + normalise(html.unescape(text))
    return (secret for secret in secrets if secret.key in haystack)


def secrets_of(root: Path, exercise: str) -> tuple[Secret, ...]:
    """All that a release of this exercise must not say.

    Raises:
        ValueError: if `solutions/<exercise>` holds no lesson: a release could then not be checked.
    """
    paths = lesson_paths(root, exercise)
    if not any(path.parent.name == exercise for path in paths):
        raise ValueError(
            f"solutions/{exercise} holds no lesson, so its release cannot be checked for solutions. Write "
            "the lesson, or name an exercise that has one."
        )
    graders = root / "graders"
    folders = [graders / "common", graders / exercise]
    hidden = sorted([*graders.glob("*.py"), *(path for folder in folders for path in folder.rglob("*.py"))])
    stamps = tuple((path, path.stat().st_mtime_ns) for path in [*paths, *given_lessons(root, exercise), *hidden])
    return _secrets(root, exercise, stamps)


@cache  # one release asks several times for the same; the stamps tell an edited file from an old one
def _secrets(root: Path, exercise: str, stamps: tuple[tuple[Path, int], ...]) -> tuple[Secret, ...]:
    lessons = [read_lesson(path) for path in lesson_paths(root, exercise)]
    candidates: list[Secret] = []
    for lesson in lessons:
        for cell in lesson.cells:
            candidates += _solution_lines(cell, f"the solution of {cell.grade_id!r} ({lesson.where})")
    for path, _ in stamps:
        if path.is_relative_to(root / "graders"):
            origin = f"the hidden suite {path.relative_to(root).as_posix()}"
            candidates += (_secret(text, origin) for text in code_fragments(path.read_text("utf-8")))
    public = normalise(public_code(root, exercise))
    unique = {secret.key: secret for secret in reversed(candidates) if secret.key not in public}
    return tuple(unique.values())


def public_code(root: Path, exercise: str) -> str:
    """Code that students of the exercise may read, without its comments and docstrings."""
    package = [path.read_text("utf-8") for path in sorted((root / "vaegan").rglob("*.py"))]
    lessons = [read_lesson(path) for path in lesson_paths(root, exercise)]
    cells = [cell for lesson in lessons for cell in lesson.cells if cell.role in ("given", "solution")]
    given = [data.decode() for data in given_modules(root, exercise).values()]
    shown = package + given + [without_solutions(cell.source) for cell in cells]
    return "\n".join(_bare_code(source) for source in shown)


def code_fragments(source: str, lines: tuple[int, int] | None = None) -> set[str]:
    """The telling pieces of some code: physical lines, statements, and what is assigned or returned.

    Args:
        source: Python code; comments and docstrings are ignored.
        lines: first and last line that count, from 1; default all.
    """
    bare = _bare_code(source)
    first, last = lines or (1, len(bare.split("\n")))
    pieces = set(bare.split("\n")[first - 1 : last])
    encoded = [line.encode() for line in bare.split("\n")]
    for node in _nodes(bare):
        if isinstance(node, ast.stmt) and first <= node.lineno <= last and not hasattr(node, "body"):
            value = getattr(node, "value", None)
            pieces.add(_source_of(node, encoded))
            if isinstance(value, ast.expr):
                pieces.add(_source_of(value, encoded))
    return {piece.strip() for piece in pieces if _is_telling(piece, _MIN_WORDS)}


def prose_fragments(text: str) -> set[str]:
    """The telling pieces of a model answer: every few words in a row."""
    words = text.split()
    starts = range(max(1, len(words) - _WORDS_OF_PROSE + 1))
    pieces = (" ".join(words[start : start + _WORDS_OF_PROSE]) for start in starts)
    return {piece for piece in pieces if _is_telling(piece, _MIN_WORDS)}


def _solution_lines(cell: Cell, origin: str) -> Iterator[Secret]:
    for region in cell.regions:
        if cell.kind == "code":
            pieces = code_fragments(cell.source, (region.first + 2, region.last))
        else:
            pieces = prose_fragments("\n".join(cell.source.split("\n")[region.first + 1 : region.last]))
        yield from (_secret(piece, origin) for piece in sorted(pieces))


def _secret(text: str, origin: str) -> Secret:
    return Secret(text, normalise(text), origin)


def _is_telling(text: str, min_words: int) -> bool:
    words = [word for word in _WORD.findall(text) if not keyword.iskeyword(word)]
    is_import = text.lstrip().startswith(("import ", "from "))
    return not is_import and len(words) >= min_words and len(normalise(text)) >= _MIN_CHARACTERS


def _bare_code(source: str) -> str:
    """The code with comments and docstrings blanked, line by line; as it is when Python cannot read it."""
    lines = source.split("\n")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, tokenize.TokenError):
        return source
    for token in tokens:
        if token.type == tokenize.COMMENT:
            number, column = token.start
            lines[number - 1] = lines[number - 1][:column].rstrip()
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                lines[number - 1] = " " * node.col_offset + "..." if number == node.lineno else ""
    return "\n".join(lines)


def _source_of(node: ast.stmt | ast.expr, lines: Sequence[bytes]) -> str:
    """A node's code; `ast.get_source_segment` would split the whole source into lines for each."""
    piece = list(lines[node.lineno - 1 : node.end_lineno])
    piece[-1] = piece[-1][: node.end_col_offset]
    piece[0] = piece[0][node.col_offset :]
    return b"\n".join(piece).decode()


def _nodes(source: str) -> Iterator[ast.AST]:
    try:
        return ast.walk(ast.parse(source))
    except SyntaxError:
        return iter(())
