"""The JSON files beside the tables of a BIDS folder."""

import json

from vaegan.data.diagnosis import is_known
from vaegan.data.files import text_of

_KINDS = {list: "list", str: "text", int: "number", float: "number", bool: "yes or no", type(None): "null"}


def read_json(path):
    """Read a JSON file that holds names and values.

    Raises:
        ValueError: naming the file, if it holds anything else.
    """
    try:
        content = json.loads(text_of(path)[0])
    except RecursionError as problem:
        raise ValueError(
            f"{path} holds no description: expected names and values, received lists in lists without end. Correct or "
            "delete it."
        ) from problem
    except json.JSONDecodeError as problem:
        raise ValueError(
            f"{path} is damaged: expected JSON, received text that is not ({problem}). Correct or delete it."
        ) from problem
    if not isinstance(content, dict):
        raise ValueError(
            f'{path} holds no description: expected names and values, {{"Name": ...}}, received a '
            f"{_KINDS.get(type(content), 'value')}. Correct or delete it."
        )
    return content


def in_words(diagnoses, folder, column):
    """Return the diagnoses, each code replaced by the word that participants.json gives it, if that is a known one.

    Args:
        diagnoses: dict, subject -> text.
        folder: Path, where participants.json may lie.
        column: heading of the diagnoses.
    """
    path = folder / "participants.json"
    if not path.is_file():
        return diagnoses
    about = read_json(path).get(column)
    levels = about.get("Levels") if isinstance(about, dict) else None
    levels = levels if isinstance(levels, dict) else {}
    words = {code: _word(level) for code, level in levels.items()}
    return {subject: words[text] if is_known(words.get(text, "")) else text for subject, text in diagnoses.items()}


def _word(level):
    """Return a level's name: BIDS allows a text, or an object with a description."""
    return str(level.get("Description", "")) if isinstance(level, dict) else str(level)
