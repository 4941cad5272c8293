"""Which submissions share passages that few others have: winnowed fingerprints of what students wrote.

The method is that of MOSS: S. Schleimer, D. Wilkerson and A. Aiken (2003), "Winnowing: local algorithms for
document fingerprinting", SIGMOD. Code is compared as Python tokens, without comments, docstrings and layout,
and with every name that the lesson does not use replaced by one word, so that renaming hides nothing. What
was handed out is left out, and so is every passage that more than a quarter of the class has: that is what
the lesson leads to. A high number is a reason to read both, never a verdict.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from typing import Any

GRAM, WINDOW = 12, 6  # tokens in a fingerprint, fingerprints in a window: any 17 shared tokens are found
COMMON_SHARE, COMMON_LEAST = 0.25, 3  # passages in more submissions than this are common
LEAST_SHARED = 0.3  # of the shorter one's fingerprints
_LAYOUT = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT,
           tokenize.ENCODING, tokenize.ENDMARKER}  # fmt: skip

Line = tuple[str, int]  # a cell, and a line in it counted from 0


@dataclass(frozen=True)
class Pair:
    """Two submissions that share more than others do.

    Attributes:
        first, second: the students' ids.
        shared: the share of the shorter one's uncommon fingerprints that the other has too, 0 to 1.
        passages: for each of the two, the shared lines, cell by cell.
    """

    first: str
    second: str
    shared: float
    passages: tuple[str, str]


@dataclass(frozen=True)
class _Prints:
    places: Mapping[int, tuple[tuple[Line, ...], ...]]  # the lines that each fingerprint covers
    cells: Mapping[str, str]


def own_work(notebook: Any, release: Any) -> dict[str, str]:
    """What a student wrote into a notebook, by cell: answers in code, and cells of their own."""
    given = {cell.source.strip() for cell in release.cells}
    found = {}
    for position, cell in enumerate(notebook.cells):
        about = cell.metadata.get("nbgrader", {})
        is_own = about.get("solution") or not about
        if cell.cell_type == "code" and is_own and cell.source.strip() not in given:
            found[str(about.get("grade_id", f"own cell {position}"))] = str(cell.source)
    return found


def similar_pairs(works: Mapping[str, Mapping[str, str]], release: Any) -> list[Pair]:
    """The pairs that share most, the most similar first.

    Args:
        works: `own_work` of each student.
        release: the released notebook, whose code is nobody's own.
    """
    given = [str(cell.source) for cell in release.cells if cell.cell_type == "code"]
    vocabulary = {text for source in given for text, _ in _tokens(source, None)}
    handed_out = {print_ for source in given for print_ in _fingerprints(source, vocabulary)}
    prints = {s: _prints(cells, vocabulary, handed_out) for s, cells in sorted(works.items())}
    counts = Counter(print_ for one in prints.values() for print_ in one.places)
    most = max(COMMON_LEAST, COMMON_SHARE * len(prints))
    common = {print_ for print_, count in counts.items() if count > most}
    pairs = [_compare(a, b, prints[a], prints[b], common) for a, b in combinations(prints, 2)]
    return sorted((p for p in pairs if p.shared >= LEAST_SHARED), key=lambda p: (-p.shared, p.first, p.second))


def _compare(first: str, second: str, a: _Prints, b: _Prints, common: set[int]) -> Pair:
    shared = (a.places.keys() & b.places.keys()) - common
    shorter = min(len(a.places.keys() - common), len(b.places.keys() - common))
    share = len(shared) / shorter if shorter else 0.0
    return Pair(first, second, share, (_passages(a, shared), _passages(b, shared)))


def _passages(prints: _Prints, shared: Iterable[int]) -> str:
    """The lines that shared fingerprints cover, with the name of their cell above each run."""
    lines = sorted({line for print_ in shared for place in prints.places[print_] for line in place})
    text: list[str] = []
    before: Line | None = None
    for cell, number in lines:
        if before != (cell, number - 1):
            text.append(f"# {cell}, line {number + 1}" if not text else f"\n# {cell}, line {number + 1}")
        text.append(prints.cells[cell].split("\n")[number])
        before = (cell, number)
    return "\n".join(text)


def _prints(cells: Mapping[str, str], vocabulary: set[str], left_out: set[int]) -> _Prints:
    places: dict[int, list[tuple[Line, ...]]] = defaultdict(list)
    for cell, source in cells.items():
        for print_, lines in _fingerprints(source, vocabulary).items():
            if print_ not in left_out:
                places[print_] += [tuple((cell, number) for number in place) for place in lines]
    return _Prints({print_: tuple(found) for print_, found in places.items()}, dict(cells))


def _fingerprints(source: str, vocabulary: set[str]) -> dict[int, list[tuple[int, ...]]]:
    """The winnowed fingerprints of one cell, each with the lines of its places."""
    tokens = _tokens(source, vocabulary)
    grams = [_hash([text for text, _ in tokens[i : i + GRAM]]) for i in range(len(tokens) - GRAM + 1)]
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for index in _winnow(grams):
        found[grams[index]].append(tuple(sorted({line for _, line in tokens[index : index + GRAM]})))
    return found


def _winnow(grams: Sequence[int]) -> list[int]:
    """In each window the rightmost of its smallest hashes, each place once."""
    windows = range(max(1, len(grams) - WINDOW + 1)) if grams else ()
    chosen = {min(range(start, min(start + WINDOW, len(grams))), key=lambda i: (grams[i], -i)) for start in windows}
    return sorted(chosen)


def _tokens(source: str, vocabulary: set[str] | None) -> list[tuple[str, int]]:
    """Tokens with their lines; names outside the vocabulary become one word. What is no Python has none."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in _LAYOUT and not (
                token.type == tokenize.STRING and not token.line[: token.start[1]].strip()
            ):
                found.append((_normalised(token, vocabulary), token.start[0] - 1))
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def _normalised(token: tokenize.TokenInfo, vocabulary: set[str] | None) -> str:
    if token.type == tokenize.STRING:
        return "a string"
    known = vocabulary is None or token.string in vocabulary or keyword.iskeyword(token.string)
    return token.string if token.type != tokenize.NAME or known else "a name"


def _hash(gram: Sequence[str]) -> int:
    return int.from_bytes(blake2b("\0".join(gram).encode("utf-8", "replace"), digest_size=8).digest())
