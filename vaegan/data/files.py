"""Files as they arrive: which count, which are not really here, and in which letters a text is written."""

import codecs
import os
from pathlib import Path

GZIP_MAGIC = b"\x1f\x8b"
_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOK = 2048  # bytes that are enough to know a kind of file by


def find_files(folder, *patterns):
    """List what matches, sorted, without anything whose path below the folder has a name that begins with a dot.

    macOS leaves a file ._name beside each file that it copies to a stick; an editor and git leave hidden ones too.
    """
    folder = Path(folder)
    found = {path for pattern in patterns for path in folder.glob(pattern)}
    return sorted(path for path in found if not _is_hidden(path.relative_to(folder)))


def _is_hidden(path):
    return any(part.startswith(".") for part in path.parts)


def check_present(path):
    """Raise if a file stands for its content only: a link to nowhere, a pointer, a page of a web site, nothing.

    Raises:
        FileNotFoundError: if the link leads nowhere.
        ValueError: if something else lies in the file's place.
    """
    path = Path(path)
    if path.is_symlink() and not path.exists():
        to = os.readlink(path)
        annex = "annex/objects" in to.replace("\\", "/")
        what = "a link of git-annex whose content is not here" if annex else f"a link to {to}, which is not there"
        remedy = f"Fetch it: datalad get {path.name} (or git annex get)." if annex else "Copy the file itself."
        raise FileNotFoundError(f"{path} is {what}: expected the file itself. {remedy}")
    if not path.is_file():
        return
    with open(path, "rb") as file:
        start = file.read(_LOOK)
    what, remedy = _stands_for(start)
    if what:
        raise ValueError(f"{path} is {what}: expected the file itself, received {len(start)} bytes. {remedy}")


def _stands_for(start):
    if not start:
        return "empty", "Copy or download it again."
    if start.startswith(b"version https://git-lfs.github.com/spec/"):
        return "a pointer of Git LFS", "Fetch the content: git lfs pull."
    if start.lstrip().startswith(b"/annex/objects/"):
        return "a pointer of git-annex", "Fetch the content: datalad get, or git annex get."
    if start.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "a page of a web site", "Log in there and download it again."
    return "", ""


def text_of(path):
    """Read a text in UTF-8, in UTF-16 or UTF-32, or in Windows-1252 where the bytes leave no other choice.

    Returns:
        the text, and a sentence about the letters, "" where they are UTF-8.

    Raises:
        ValueError: naming the file, if it is no text.
    """
    check_present(path)
    data = Path(path).read_bytes()
    encoding = _encoding(data)
    if encoding is None:
        if data.startswith(b"PK\x03\x04"):
            raise ValueError(
                f"{path} is no text: expected a table, received a workbook of a spreadsheet or a zip file. "
                "Save the sheet as text (TSV for BIDS, else CSV, UTF-8)."
            )
        raise ValueError(
            f"{path} is no text: expected a table in UTF-8, received other bytes. Save it as text in UTF-8."
        )
    note = "" if encoding.startswith("utf-8") else f"{Path(path).name} was read as {_NAMES[encoding]}."
    return data.decode(encoding).removeprefix("\ufeff"), note


_NAMES = {
    "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32", "cp1252": "Windows-1252",
}  # fmt: skip


def _encoding(data):
    """Name the encoding that the bytes themselves show, or None."""
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if marked:
        return marked if _decodes(data, marked) else None
    if b"\0" in data:  # every second byte of Latin letters in UTF-16 is zero
        even, odd = data[::2].count(0), data[1::2].count(0)
        guess = "utf-16-le" if odd > even else "utf-16-be"
        return guess if len(data) < 2.5 * max(even, odd) and _decodes(data, guess) else None
    return next((name for name in ("utf-8", "cp1252") if _decodes(data, name)), None)


def _decodes(data, encoding):
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    guessed = encoding not in ("utf-8", "utf-8-sig")
    return not (guessed and any(ord(letter) < 32 and letter not in "\t\n\r\f\v\x1a" for letter in text))
