"""Gives a student's HTML a shape that costs no more to read than it is long: balanced, shallow, not many tags.

Sanitisers and browsers build trees: thousands of nested or never closed elements take them minutes and gigabytes.
One look at each character closes what is open, drops what is too deep, and leaves what may stay to the
sanitiser; it need not be right about that.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

DEEPEST, MOST_TAGS = 40, 5000
# What a student's page may consist of: no forms, frames, media, drawings or scripts.
TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 "
    "h4 h5 h6 hr i img kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot "
    "th thead tr u ul".split()
)
_VOID = frozenset("br col hr img".split())
_HIDDEN = "script|style|template|title|noscript|iframe|object|svg|math|textarea|select|xmp|noembed|noframes"
# Each alternative stops at the next "<" or takes all the rest, so no character is looked at again and again.
_PIECE = re.compile(
    rf"<(?P<hidden>{_HIDDEN})\b[^<>]*>(?:.*?</(?P=hidden)\s*>|.*)"
    r"|<!--(?:.*?-->|.*)|<[!?][^<>]*>?"
    r"|<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>(?:[\s/][^<>]*)?)>"
    r"|<",
    re.IGNORECASE | re.DOTALL,
)


def shaped(markup: str) -> str:
    """The markup balanced; what is no tag of `TAGS` becomes text, and what a page never shows goes.

    Args:
        markup: anything.

    Returns:
        Markup of at most `MOST_TAGS` tags and `DEEPEST` levels. Text is never lost.
    """
    return "".join(_pieces(markup))


def _pieces(markup: str) -> Iterator[str]:
    is_open: list[str] = []
    position = tags = 0
    for piece in _PIECE.finditer(markup):
        yield markup[position : piece.start()]
        position = piece.end()
        name = (piece["name"] or "").lower()
        if piece[0] == "<" or (name and name not in TAGS):
            yield html.escape(piece[0])
        elif name and tags < MOST_TAGS:
            tags += 1
            yield from _end(name, is_open) if piece["end"] else _start(name, piece, is_open)
    yield markup[position:]
    yield from (f"</{name}>" for name in reversed(is_open))


def _start(name: str, piece: re.Match[str], is_open: list[str]) -> Iterator[str]:
    if name in _VOID:
        yield piece[0]
    elif len(is_open) < DEEPEST:
        is_open.append(name)
        yield f"<{name}{piece['attributes'].rstrip('/ ')}>"


def _end(name: str, is_open: list[str]) -> Iterator[str]:
    if name in is_open:
        while (last := is_open.pop()) != name:
            yield f"</{last}>"
        yield f"</{name}>"
