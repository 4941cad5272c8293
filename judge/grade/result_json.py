"""The JSON form of a result: reading and writing it against the schema, and texts that are safe to show.

docs/results.md explains the form to whoever reads it with another program.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

VERSION = 1
LINE, TEXT = 300, 4000  # longest one-line text (a name) and longest text (a message), in characters
MOST_ITEMS = 500  # checks, cells or notes of one notebook
# What no report may show as it is: control characters but tab and newline, marks that reverse the
# direction of the text around them, halves of a surrogate pair, and the two code points XML forbids.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


class ResultError(ValueError):
    """A result cannot be made, or a text is not the JSON of one."""


def clean(text: str, limit: int = TEXT) -> str:
    """The text without what no report may show; a long one loses its middle.

    Args:
        text: anything, a student's words included.
        limit: how many characters to keep.
    """
    text = _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
    if len(text) <= limit:
        return text
    gap = f" [... {len(text) - limit:,} more characters ...] "
    kept = limit - len(gap)
    return text[: kept - kept // 3] + gap + text[len(text) - kept // 3 :]


def write(document: dict[str, Any]) -> str:
    """The document with its version as JSON, ending with a newline.

    Raises:
        ResultError: if it does not fit the schema.
    """
    try:
        plain = json.loads(json.dumps({"version": VERSION, **document}, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ResultError(f"This result cannot be written as JSON: {error}.") from None
    _validate(plain)
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def read(text: str) -> dict[str, Any]:
    """What `write` was given, tuples as lists.

    Raises:
        ResultError: if the text is not JSON, is of another version, or does not fit the schema.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultError(f"This is no result: expected JSON, received {_start(text)} ({error}).") from None
    version = document.get("version") if isinstance(document, dict) else None
    if version != VERSION or isinstance(version, bool):
        raise ResultError(
            f"This result cannot be read: expected version {VERSION}, received {_start(version)}. "
            "Grade again with this version of the judge."
        )
    _validate(document)
    return {key: value for key, value in document.items() if key != "version"}


def _validate(document: dict[str, Any]) -> None:
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        where = error.json_path.removeprefix("$").lstrip(".") or "the whole"
        raise ResultError(f"This is no result of version {VERSION}: in {where}, {_start(error.message)}.")
    for item in (*document["checks"], *document["cells"]):
        if item["points"] > item["max_points"]:
            name, had, most = item.get("name", item.get("grade_id")), item["points"], item["max_points"]
            raise ResultError(f"{name} has more points than it can have: {had} of {most}.")


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(Path(__file__).with_name("result.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _start(value: Any) -> str:
    return clean(str(value), 200).strip() or "nothing"
