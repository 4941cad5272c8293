"""Solution regions: where they are, what students get in their place, and marks that were mistyped.

A region of a code cell, and the stub that replaces it:

    ### BEGIN SOLUTION: Return twice x.          raise ToImplement("Return twice x.")
    return 2 * x
    ### END SOLUTION
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

ANSWER_HERE = "YOUR ANSWER HERE"  # nbgrader's own text for a free-text answer
_BEGIN = re.compile(r"(?P<indent>[ \t]*)### BEGIN SOLUTION(?:: *(?P<instruction>.*?))? *")
_END = re.compile(r"[ \t]*### END SOLUTION *")
_CONTINUATION = re.compile(r"[ \t]*### (?P<text>.*?) *")
_MARKED_WORDS = ("solution", "hidden", "mark")  # what nbgrader's three kinds of region begin with
_STUB_WIDTH = 100


class RegionError(ValueError):
    """A solution region is wrong; the message says what to do but does not know the file."""


@dataclass(frozen=True)
class Region:
    """The lines from a BEGIN to its END marker, both included, counted from 0."""

    first: int
    last: int
    indent: str
    instruction: str


def find_regions(source: str, code: bool) -> tuple[Region, ...]:
    """The solution regions of a cell, in order.

    Args:
        source: the cell's text.
        code: whether it is a code cell, whose regions must say what students are to write.

    Raises:
        RegionError: if markers are mistyped, nested or unbalanced, or the instruction is missing.
    """
    lines = source.split("\n")
    regions = []
    begin: re.Match[str] | None = None
    first = 0
    for number, line in enumerate(lines):
        if match := _BEGIN.fullmatch(line):
            if begin is not None:
                raise RegionError("a solution region begins in another. Add the missing '### END SOLUTION'.")
            begin, first = match, number
        elif _END.fullmatch(line):
            if begin is None:
                raise RegionError("'### END SOLUTION' has no beginning. Add '### BEGIN SOLUTION: ...'.")
            instruction = _instruction(begin, lines[first + 1 : number]) if code else ""
            regions.append(Region(first, number, begin["indent"], instruction))
            begin = None
        elif marker_like(line):
            raise RegionError(
                f"the marker {line.strip()!r} is mistyped. Write '### BEGIN SOLUTION: ...' or "
                "'### END SOLUTION' on a line of its own; hidden tests belong to graders/."
            )
    if begin is not None:
        raise RegionError("a solution region does not end. Add the missing '### END SOLUTION'.")
    return tuple(regions)


def _instruction(begin: re.Match[str], body: list[str]) -> str:
    """The sentence after the BEGIN marker, and after `### ` on the lines that directly follow."""
    words = (begin["instruction"] or "").split()
    if not words:
        raise RegionError("the region does not say what to write. Add it: '### BEGIN SOLUTION: <what to write>'.")
    for line in body:
        continuation = _CONTINUATION.fullmatch(line)
        if continuation is None:
            break
        words += continuation["text"].split()
    return " ".join(words)


def marker_like(line: str) -> bool:
    """Whether a line is, or was probably meant to be, a marker of a solution or hidden-test region."""
    letters = re.sub(r"[^a-z]+", " ", line.casefold()).split()
    if not letters:
        return False
    joined = "".join(letters)
    if "beginsolution" in joined or "endsolution" in joined or "beginhidden" in joined or "endhidden" in joined:
        return True
    if not line.lstrip().startswith("#"):
        return False
    if _close(letters[0], "beginsolution", 0.8) or _close(letters[0], "endsolution", 0.85):
        return True
    opens = _close(letters[0], "begin", 0.75) or letters[0] in ("end", "ned", "edn", "ende", "endd")
    return opens and len(letters) > 1 and any(_close(letters[1], word, 0.75) for word in _MARKED_WORDS)


def _close(word: str, target: str, ratio: float) -> bool:
    return SequenceMatcher(None, word, target).ratio() >= ratio


def stub_prose(source: str, answer: str = ANSWER_HERE) -> str:
    """The cell as students get it: each model answer replaced by `answer`."""
    return _replace(source, find_regions(source, code=False), lambda region: [region.indent + answer])[0]


def stub_code(source: str, inside_function: bool = False) -> str:
    """The cell as students get it: each region replaced by a `raise ToImplement` that says what to write.

    Args:
        source: a code cell.
        inside_function: whether every stub must stand in a function, so that the cell runs unsolved.

    Raises:
        RegionError: if a region is wrong, or what remains is not Python that raises at each stub.
    """
    stubbed, stub_lines = _replace(source, find_regions(source, code=True), _raise_to_implement)
    try:
        tree = ast.parse(stubbed)
    except SyntaxError as error:
        raise RegionError(
            f"without its solution the cell is not valid Python ({error.msg}, stub line {error.lineno}). Let "
            "each region replace whole statements, and keep IPython magics in other cells."
        ) from None
    if not stub_lines <= _raises(tree):
        raise RegionError("a region stands inside a string or a statement. Let it replace whole statements.")
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if inside_function and not stub_lines <= set().union(*(_raises(function) for function in functions)):
        raise RegionError(
            "a region stands outside every function, so importing the unsolved module would stop there. Move "
            "it into a function, or tag the cell active-ipynb."
        )
    return stubbed


def without_solutions(source: str) -> str:
    """A code cell with an ellipsis in place of each region: what an author shows, instructions apart."""
    return _replace(source, find_regions(source, code=True), lambda region: [region.indent + "..."])[0]


def _raises(tree: ast.AST) -> set[int]:
    """Lines, counted from 1, where `raise ToImplement(...)` statements begin."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id == "ToImplement"
    }


def _raise_to_implement(region: Region) -> list[str]:
    line = f"{region.indent}raise ToImplement({_quoted(region.instruction)})"
    if len(line) <= _STUB_WIDTH:
        return [line]
    inner = region.indent + "    "
    pieces = textwrap.wrap(
        region.instruction, _STUB_WIDTH - len(inner) - 4, break_long_words=False, break_on_hyphens=False
    )
    spaced = [piece + " " for piece in pieces[:-1]] + pieces[-1:]
    return [
        f"{region.indent}raise ToImplement(",
        *(inner + _quoted(piece) for piece in spaced),
        f"{region.indent})",
    ]


def _quoted(text: str) -> str:
    """The text as a double-quoted literal: JSON's escapes mean the same in Python."""
    return json.dumps(text, ensure_ascii=False)


def _replace(source: str, regions: tuple[Region, ...], stub: Callable[[Region], list[str]]) -> tuple[str, set[int]]:
    lines = source.split("\n")
    kept: list[str] = []
    stub_lines = set()
    position = 0
    for region in regions:
        kept += lines[position : region.first]
        stub_lines.add(len(kept) + 1)
        kept += stub(region)
        position = region.last + 1
    return "\n".join(kept + lines[position:]), stub_lines
