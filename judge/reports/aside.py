"""Pieces of our own making wait aside, under names that nobody can guess, while a student's HTML is sanitised.

Formulas, highlighted code and boxes for missing pictures need elements and classes that no student may write.
"""

from __future__ import annotations

import re
import secrets

NAME = re.compile(r"aside-[0-9a-f]{32}")


def put_aside(piece: str, kept: dict[str, str]) -> str:
    """Keep a harmless piece; returns the name that stands for it."""
    name = f"aside-{secrets.token_hex(16)}"
    kept[name] = piece
    return name


def put_back(markup: str, kept: dict[str, str]) -> str:
    """The markup with every piece in its place; a name that stands for none stays as it is."""
    return NAME.sub(lambda name: kept.get(name[0], name[0]), markup) if kept else markup
