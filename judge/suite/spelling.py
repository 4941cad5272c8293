"""Characters that look like those of Python and are none: they come from PDF files, web pages and word processors."""

from __future__ import annotations

import re
import unicodedata

_CODE = re.compile(r"U\+([0-9A-F]{4,6})")
_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u2217": "*", "\u00f7": "/", "\u2215": "/", "\u2044": "/",
    "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2026": "...", "\u00b2": "**2", "\u00b3": "**3",
}  # fmt: skip
_GREEK_TWINS = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"


def look_alike(message: str) -> str:
    """What to do about the character that an error's message is about, or "".

    Args:
        message: of a SyntaxError ("invalid character '–' (U+2013)"), or of a NameError that quotes the name.
    """
    if code := _CODE.search(message):
        number = int(code[1], 16)
        return _told(chr(number)) if 127 < number < 0x110000 else ""
    name = re.search(r"['`]([^'`]+)['`]", message)
    strange = next((char for char in name[1] if _looks_latin(char)), "") if name else ""
    return f"its name holds {_named(strange)}: type the Latin letter" if strange else ""


def _told(char: str) -> str:
    return f"it holds {_named(char)}, as pasted from a PDF or a web page: {_instead(char)}"


def _named(char: str) -> str:
    return f"the character {unicodedata.name(char, 'without a name').lower()} (U+{ord(char):04X})"


def _instead(char: str) -> str:
    plain = _PLAIN.get(char) or unicodedata.normalize("NFKC", char)
    if unicodedata.category(char) == "Zs" or plain == " ":
        return "type a plain space"
    if unicodedata.category(char) in ("Cf", "Cc", "Zl", "Zp"):
        return "delete it"
    return f"type `{plain}`" if plain.isascii() else "write it in plain characters"


def _looks_latin(char: str) -> bool:
    """A letter that is a slip of the keyboard: any Cyrillic one; of the Greek ones, which formulas have, a twin."""
    return unicodedata.name(char, "").startswith("CYRILLIC") or char in _GREEK_TWINS
