"""Pictures in a student's Markdown and HTML: those inside the notebook are shown, others are named in a grey box.

One fetched from elsewhere would tell its owner who reads it, and when.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import unquote

from judge.reports.aside import put_aside

_KINDS = ("image/png", "image/jpeg", "image/gif")
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_DATA = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_IMG = re.compile(r"<img((?:[\s/][^<>]*)?)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=]+)""", re.IGNORECASE)
_ATTACHED = "attachment:"
_LONGEST_NAME = 120
_BOX = (
    '<span style="display:inline-block;padding:.4em .8em;border:1px dashed #6b7280;border-radius:.3em;'
    'background:#e5e7eb;color:#1d2733">{}</span>'
)


def with_pictures(markup: str, attachments: Any) -> tuple[str, dict[str, str]]:
    """The markup with its attached pictures in it, and a name in place of each that is not there.

    Args:
        markup: HTML whose tags are whole (`judge.reports.shape`).
        attachments: a Markdown cell's, as the notebook has them, sound or not.

    Returns:
        The markup, and the boxes by the names that stand for them.
    """
    kept: dict[str, str] = {}

    def replaced(tag: re.Match[str]) -> str:
        about = {name.lower(): html.unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(tag[1])}
        source = about.get("src", "").strip()
        if PICTURE.fullmatch(source):
            return tag[0]
        if found := _attached(source, attachments):
            size = "".join(f' {k}="{html.escape(about[k])}"' for k in ("width", "height") if k in about)
            return f'<img src="{found}" alt="{html.escape(about.get("alt", ""))}"{size}>'
        return put_aside(_box(source, about.get("alt", "")), kept)

    return _IMG.sub(replaced, markup), kept


def _attached(source: str, attachments: Any) -> str:
    """The data address of an attached picture, or "" if it is none that can be shown."""
    if not source.startswith(_ATTACHED) or not isinstance(attachments, dict):
        return ""
    name = source.removeprefix(_ATTACHED)
    bundle = attachments.get(name, attachments.get(unquote(name)))
    if not isinstance(bundle, dict):
        return ""
    for kind in _KINDS:
        data = bundle.get(kind, "")
        data = "".join(map(str, data)) if isinstance(data, list) else data
        if isinstance(data, str) and _DATA.fullmatch(data):
            return f"data:{kind};base64,{''.join(data.split())}"
    return ""


def _box(source: str, alt: str) -> str:
    """Says which picture should stand here, and why it does not."""
    inside = source.startswith((_ATTACHED, "data:"))
    name = unquote(source.removeprefix(_ATTACHED)) if not source.startswith("data:") else alt
    name = (name or alt or "without a name")[:_LONGEST_NAME]
    why = "it is missing in this notebook" if inside else "only pictures inside the notebook are shown"
    return _BOX.format(f"Picture {html.escape(name)}: {why}.")
