"""Pictures pasted into text cells: checked, capped, and a grey box for each that is not there.

nbconvert refuses a whole notebook over one picture that is named and missing, and asks for it by the name as it
stands in an address (`my%20picture.png`), so every name that a text asks for is given a picture here.
"""

from __future__ import annotations

import base64
import binascii
import functools
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from PIL import Image, ImageDraw

from judge.machine.sizes import ATTACHMENT_BYTES, ATTACHMENTS, ATTACHMENTS_BYTES
from judge.submission.cells import Cell

_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
_PLAIN = re.compile(r"(?<!<)attachment:([^\s()<>\"'\]]*(?:\([^\s()<>]*\)[^\s()<>\"'\]]*)*)")
_IN_BRACKETS = re.compile(r"<attachment:([^<>\n]*)>")
_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")
_IN_ADDRESSES = ":/?#@!$&()*+,;=%"  # what Markdown leaves as it is in an address
_SHOWN = 60  # characters of a name in a grey box


@dataclass
class Pictures:
    """The pictures of one notebook; `notes` says what was left out."""

    notes: list[str] = field(default_factory=list)
    count: int = 0
    size: int = 0

    def of(self, cell: Cell) -> tuple[str, dict[str, dict[str, str]]]:
        """A text cell's source and attachments, so that every picture it names is there."""
        kept = {name: picture for name, data in cell.attachments.items() if (picture := self._checked(name, data))}
        source = cell.source
        attachments = dict(kept)
        for name in _asked_for(source):
            if self.count >= ATTACHMENTS:
                source = source.replace("attachment:", "attachment ")
                self._note(f"More than {ATTACHMENTS} pictures are named in text cells; the later ones were left out.")
                break
            self.count += name not in kept
            attachments[name] = kept.get(name) or kept.get(unquote(name)) or self._missing(name)
        return source, attachments

    def _checked(self, name: str, data: Any) -> dict[str, str] | None:
        """One picture as the one kind that it is, or None, with a note, if it is none or beyond the sizes."""
        for kind, signature in _SIGNATURES.items():
            text = data.get(kind) if isinstance(data, dict) else None
            text = "".join(map(str, text)) if isinstance(text, list) else text
            if not isinstance(text, str):
                continue
            if len(text) * 3 // 4 > ATTACHMENT_BYTES or self.size + len(text) * 3 // 4 > ATTACHMENTS_BYTES:
                self._note(
                    f"The picture {name[:_SHOWN]!r} was left out: up to {ATTACHMENT_BYTES // 2**20} MiB each and "
                    f"{ATTACHMENTS_BYTES // 2**20} MiB in all are kept. Make it smaller if your grader must see it."
                )
                return None
            text = "".join(text.split())
            if self.count < ATTACHMENTS and _is_picture(text, signature):
                self.count, self.size = self.count + 1, self.size + len(text) * 3 // 4
                return {kind: text}
        self._note(
            f"The picture {name[:_SHOWN]!r} was left out: it is no PNG, JPEG or GIF, or damaged. Paste it again as one "
            "of these if your grader must see it."
        )
        return None

    def _missing(self, name: str) -> dict[str, str]:
        self._note(f"The picture {unquote(name)[:_SHOWN]!r} is named in a text cell but is not in the notebook.")
        return {"image/png": grey_box(unquote(name))}

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


@functools.lru_cache(maxsize=128)
def grey_box(name: str) -> str:
    """A grey box with a missing picture's name, a PNG in base64."""
    text = re.sub(r"[^ -~]", "?", name)[:_SHOWN] or "no name"
    image = Image.new("L", (40 + 6 * len(text) + 110, 48), 210)
    ImageDraw.Draw(image).text((20, 18), f"missing picture: {text}", fill=60)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _asked_for(source: str) -> Iterator[str]:
    """The names, as they stand in an address, of the pictures that a text asks for, written in whatever way."""
    seen: set[str] = set()
    plain = _BACKSLASH.sub(r"\1", html.unescape(source))
    for text in (source, plain) if plain != source else (source,):
        for pattern in (_PLAIN, _IN_BRACKETS):
            for found in pattern.finditer(text):
                name = quote(html.unescape(found[1]), safe=_IN_ADDRESSES)
                if name not in seen:
                    seen.add(name)
                    yield name


def _is_picture(text: str, signature: bytes) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(signature)
    except (binascii.Error, ValueError):
        return False
