"""Formulas as MathML, which browsers draw themselves: feedback reads well without any network.

A student's TeX is as untrusted as a student's HTML (`\\href`, `\\text{<script>}`), so of what the converter
makes, only known elements and attributes with plain values are kept.
"""

from __future__ import annotations

import html
import re
import unicodedata
from contextlib import suppress
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

_ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd "
    "mstyle mpadded mphantom".split()
)
_ATTRIBUTES = frozenset(
    "display stretchy fence form separator accent accentunder movablelimits largeop symmetric linethickness "
    "columnalign columnspacing rowspacing displaystyle scriptlevel minsize maxsize width lspace "
    "rspace".split()
)
_KEPT = {("xmlns", "http://www.w3.org/1998/Math/MathML"), ("mathvariant", "normal")}
_VALUE = re.compile(r"[A-Za-z\- ]{1,30}|-?\d{1,2}(\.\d+)?(em|ex|%)?")
_MACROS = re.compile(r"\\(def|gdef|edef|let|newcommand|renewcommand|newenvironment)\b")  # can grow for ever
_TAG = re.compile(r"\\tag\{([^{}]*)\}")
_LONGEST = 3000
# MathML Core knows letters of another alphabet by their code points only.
_ALPHABETS = {"script": "SCRIPT", "double-struck": "DOUBLE-STRUCK", "fraktur": "FRAKTUR", "bold": "BOLD",
              "bold-italic": "BOLD ITALIC", "bold-script": "BOLD SCRIPT"}  # fmt: skip


def tex_to_mathml(tex: str, *, block: bool) -> str:
    """The formula as a `math` element; one that cannot be converted as its TeX, in `code`.

    Args:
        tex: the formula without its dollar signs.
        block: True for a formula on a line of its own.
    """
    if len(tex) > _LONGEST or _MACROS.search(tex):
        return _as_code(tex)
    try:
        element = convert_to_element(_TAG.sub(r"\\qquad\\text{(\1)}", tex), display="block" if block else "inline")
        _clean(element)
        return ElementTree.tostring(element, encoding="unicode")
    except Exception:  # the converter raises many kinds, RecursionError among them, on what is no TeX
        return _as_code(tex)


def _clean(element: ElementTree.Element) -> None:
    """Drop what is not known to be harmless; the converter writes entities into texts, which are resolved."""
    alphabet = _ALPHABETS.get(element.attrib.get("mathvariant", ""), "")
    element.attrib = {
        name: value
        for name, value in element.attrib.items()
        if (name, value) in _KEPT or (name in _ATTRIBUTES and _VALUE.fullmatch(value))
    }
    element.tag = element.tag if element.tag in _ELEMENTS else "mrow"
    element.text = "".join(_letter(c, alphabet) for c in html.unescape(element.text or "")) or None
    element.tail = None
    for child in element:
        _clean(child)


def _letter(character: str, alphabet: str) -> str:
    """The letter in another alphabet: N in the script one is U+1D4A9."""
    if not alphabet or not (character.isascii() and character.isalpha()):
        return character
    case = "CAPITAL" if character.isupper() else "SMALL"
    for start in ("MATHEMATICAL ", "", "BLACK-LETTER "):  # some letters were there before their alphabet
        with suppress(KeyError):
            return unicodedata.lookup(f"{start}{alphabet} {case} {character.upper()}")
    return character


def _as_code(tex: str) -> str:
    return f"<code>{html.escape(tex)}</code>"
