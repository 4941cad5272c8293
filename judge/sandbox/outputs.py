"""Cell outputs that came out of a sandbox or a submission, made fit for a notebook others will open."""

from __future__ import annotations

import base64
import binascii
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import nbformat

from judge.machine.sizes import CELL_OUTPUTS, OUTPUT_DATA, OUTPUT_PICTURE, OUTPUT_TEXT, OUTPUTS

_TEXT_KINDS = ("text/plain", "text/html", "text/markdown", "text/latex")
_PICTURE_KINDS = ("image/png", "image/jpeg")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")


@dataclass
class Room:
    """What the outputs of one notebook may still take; `left_out` counts those that did not fit."""

    outputs: int = OUTPUTS
    data: int = OUTPUT_DATA
    left_out: int = 0

    def fits(self, output: Any) -> bool:
        """Whether one more output fits; if so, it is counted."""
        size = len(output.get("text", "")) + sum(map(len, output.get("data", {}).values()))
        size += sum(map(len, output.get("traceback", [])))
        if self.outputs <= 0 or size > self.data:
            self.left_out += 1
            return False
        self.outputs, self.data = self.outputs - 1, self.data - size
        return True


def clean_outputs(outputs: Iterable[Any], room: Room | None = None) -> list[Any]:
    """Keep well-formed streams, displays and errors; drop what is none, and all scripts and widgets.

    Args:
        outputs: dicts in nbformat's form, written by whoever.
        room: what is left for all outputs of the notebook; by default that of a whole one.

    Returns:
        Valid nbformat 4 outputs, at most `CELL_OUTPUTS`: text capped at `OUTPUT_TEXT` characters, pictures
        checked to be base64. HTML is kept as data; nbconvert's sanitiser removes scripts where it is shown.
    """
    room = room or Room()
    found = (output for output in outputs if isinstance(output, dict))
    cleaned = (_clean(output) for output in itertools.islice(found, min(CELL_OUTPUTS, room.outputs + 1)))
    return [nbformat.from_dict(output) for output in cleaned if output is not None and room.fits(output)]


def _clean(output: dict[str, Any]) -> dict[str, Any] | None:
    kind = _text(output.get("output_type"))
    match kind:
        case "stream":
            name = "stderr" if _text(output.get("name")) == "stderr" else "stdout"
            return {"output_type": kind, "name": name, "text": _text(output.get("text"))}
        case "display_data" | "execute_result":
            data = _clean_data(output.get("data"))
            counted = {"execution_count": None} if kind == "execute_result" else {}
            return {"output_type": kind, "data": data, "metadata": {}} | counted if data else None
        case "error":
            lines = output.get("traceback")
            lines = lines if isinstance(lines, list) else []
            names = {name: _text(output.get(name)) for name in ("ename", "evalue")}
            return {"output_type": kind, "traceback": [_text(line) for line in lines[:200]]} | names
    return None


def _clean_data(data: Any) -> dict[str, str]:
    if not isinstance(data, dict):
        return {}
    texts = {kind: _text(data[kind]) for kind in _TEXT_KINDS if kind in data}
    pictures = {kind: _text(data[kind], OUTPUT_PICTURE) for kind in _PICTURE_KINDS if kind in data}
    return texts | {kind: text for kind, text in pictures.items() if _is_base64(text)}


def _text(value: Any, limit: int = OUTPUT_TEXT) -> str:
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
