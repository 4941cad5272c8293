"""Cell outputs that came out of a sandbox or a submission, made fit for a notebook others will open."""

from __future__ import annotations

import base64
import binascii
import itertools
import re
from collections.abc import Iterable
from typing import Any

from nbformat.v4 import new_output

MAX_TEXT = 100_000
MAX_OUTPUTS = 1000  # of one cell; checking an output against nbformat's schema takes time
_TEXT_KINDS = ("text/plain", "text/html", "text/markdown", "text/latex")
_PICTURE_KINDS = ("image/png", "image/jpeg")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")


def clean_outputs(outputs: Iterable[Any]) -> list[Any]:
    """Keep well-formed streams, displays and errors; drop what is none, and all scripts and widgets.

    Args:
        outputs: dicts in nbformat's form, written by whoever.

    Returns:
        Valid nbformat 4 outputs, at most `MAX_OUTPUTS`: text capped at `MAX_TEXT` characters, pictures
        checked to be base64. HTML is kept as data; nbconvert's sanitiser removes scripts where it is shown.
    """
    found = (output for output in outputs if isinstance(output, dict))
    cleaned = [_clean(output) for output in itertools.islice(found, MAX_OUTPUTS)]
    return [output for output in cleaned if output is not None]


def _clean(output: dict[str, Any]) -> Any:
    match _text(output.get("output_type")):
        case "stream":
            name = "stderr" if _text(output.get("name")) == "stderr" else "stdout"
            return new_output("stream", name=name, text=_text(output.get("text")))
        case "display_data" | "execute_result" as kind:
            data = _clean_data(output.get("data"))
            return new_output(kind, data=data) if data else None
        case "error":
            lines = output.get("traceback")
            lines = lines if isinstance(lines, list) else []
            return new_output(
                "error", ename=_text(output.get("ename")), evalue=_text(output.get("evalue")),
                traceback=[_text(line) for line in lines[:200]],
            )  # fmt: skip
    return None


def _clean_data(data: Any) -> dict[str, str]:
    if not isinstance(data, dict):
        return {}
    texts = {kind: _text(data[kind]) for kind in _TEXT_KINDS if kind in data}
    pictures = {kind: _text(data[kind], 2**24) for kind in _PICTURE_KINDS if kind in data}
    return texts | {kind: text for kind, text in pictures.items() if _is_base64(text)}


def _text(value: Any, limit: int = MAX_TEXT) -> str:
    """Text that can be stored: joined if it is a list of lines, capped, without control characters."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    text = value if isinstance(value, str) else ""
    if len(text) > limit:
        text = text[:limit] + "\n[output cut here]"
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be written to a file
    return _CONTROL.sub("", text)


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
