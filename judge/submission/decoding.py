"""Bytes of a hand-in to text: whatever editor, transport or converter they went through.

Windows tools write byte order marks and UTF-16, old editors Windows-1252; version control leaves pointers and
conflict markers; browsers save a log-in page under a notebook's name. What can be read is read, and what cannot is
named, with what to do about it.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
from pathlib import Path

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]{1,40})")  # PEP 263
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # in Windows-1252
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_LFS = ("version https://git-lfs.github.com/spec/", "version https://hawser.github.com/spec/")
_ANNEX = ("/annex/objects/", "../.git/annex/objects/", ".git/annex/objects/")
_UNPACK, _ITSELF = "Unpack it and hand in the file inside", "Hand in the notebook itself"
_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive (Word files are such, too)", _UNPACK),
    (b"PK\x05\x06", "a zip archive with nothing in it", "Pack it again, or hand in the file itself"),
    (b"\x1f\x8b", "compressed (gzip)", _UNPACK),
    (b"7z\xbc\xaf", "an archive (7-Zip)", _UNPACK),
    (b"Rar!", "an archive (RAR)", _UNPACK),
    (b"\xfd7zXZ", "compressed (xz)", _UNPACK),
    (b"BZh", "compressed (bzip2)", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed (Zstandard)", _UNPACK),
    (b"%PDF", "a PDF", _ITSELF),
    (b"\x89PNG", "a picture", _ITSELF),
    (b"\xff\xd8\xff", "a picture", _ITSELF),
    (b"GIF8", "a picture", _ITSELF),
    (b"\xd0\xcf\x11\xe0", "a document of old Office programs", _ITSELF),
    (b"\x89HDF", "saved weights or data (HDF5)", _ITSELF),
    (b"bplist", "a file that only points to one in a cloud", "Download the notebook first, and hand in that"),
    (b"{\\rtf", "a formatted text (RTF)", "Save your code as plain text"),
)


class Unreadable(ValueError):
    """A file cannot be read; the message is "it is ... . What to do." without the file's name."""


def read_capped(path: Path, most: int) -> bytes:
    """The bytes of an ordinary file of at most `most` bytes; its size is looked at first.

    Raises:
        Unreadable: if it is larger, is no ordinary file, or cannot be opened.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Unreadable(f"it cannot be opened ({error.strerror}). Hand it in again.") from None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("it is no ordinary file. Hand in the file itself.")
        if status.st_size > most:
            raise Unreadable(
                f"it has {status.st_size / 2**20:.1f} MiB, and at most {most // 2**20} are read. Clear large outputs "
                "(Edit > Clear Outputs of All Cells), save, and hand in again."
            )
        return file.read(most)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, with line ends of one kind, and the encoding if it is none that everyone reads, or "".

    Raises:
        Unreadable: if it is no text, or none in an encoding that is marked, declared or evident.
    """
    _refuse_other_kinds(data)
    text, encoding = _decode(data)
    if text.startswith(_ANNEX):
        raise Unreadable(
            "it is a pointer that git-annex left in its place. Run `git annex get` and `git annex unlock` on it, and "
            "hand in the file itself."
        )
    if text.startswith(_LFS):
        raise Unreadable(
            "it is a pointer that Git LFS left in its place. Run `git lfs pull`, or `git lfs untrack` it, commit the "
            "file itself, and hand in again."
        )
    if _is_web_page(text):
        raise Unreadable(
            "it is a web page (HTML), as browsers save one instead of the file. Download the file itself (in "
            "JupyterLab: File > Download) and hand in again."
        )
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), encoding


def conflict_line(text: str) -> int | None:
    """The number of the first line that a merge left as a conflict marker, from 1."""
    found = _CONFLICT.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _refuse_other_kinds(data: bytes) -> None:
    if not data.strip():
        raise Unreadable("it is empty. Save it once more and hand in again.")
    if not data.strip(b"\x00 \r\n"):
        raise Unreadable("it holds only zeros, as a broken download leaves. Hand in the file again.")
    start = data.removeprefix(codecs.BOM_UTF8)
    for signature, kind, remedy in _SIGNATURES:
        if start.startswith(signature):
            raise Unreadable(f"it is {kind}. {remedy}.")


def _is_web_page(text: str) -> bool:
    start = text.lstrip("\ufeff \t\r\n")[:500].lower()
    is_page = start.startswith("<") and ("<!doctype html" in start or "<html" in start)
    return is_page or "\nmime-version:" in start  # the second is a page saved with its pictures


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, "its byte order mark says"), ""
    if unmarked := _unmarked_utf16(data):
        return _strictly(data, unmarked, "its zeros say"), unmarked
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        place = data.count(b"\n", 0, error.start) + 1
    if declared := _declared(data):
        return _strictly(data, declared, "its first lines say"), declared
    if not _UNDEFINED.search(data) and not _CONTROL.search(text := data.decode("windows-1252")):
        return text, "windows-1252"
    raise Unreadable(
        f"its line {place} is neither UTF-8 nor Windows-1252. Save it as UTF-8 (VS Code: click the encoding in the "
        "status bar, Save with Encoding) and hand in again."
    )


def _strictly(data: bytes, encoding: str, evidence: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError:
        raise Unreadable(
            f"it is not the {encoding.upper()} that {evidence}. Save it as UTF-8 and hand in again."
        ) from None


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without its mark: Latin letters have a zero in every second byte, on one side only."""
    head = data[: 2 * 1000]
    if len(head) < 4 or len(data) % 2:
        return ""
    even, odd, half = head[::2].count(0), head[1::2].count(0), len(head) // 2
    if odd > half * 0.7 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.05 else ""


def _declared(data: bytes) -> str:
    """The encoding that a comment in the first two lines names, if Python knows it as one of texts."""
    for line in data.split(b"\n", 2)[:2]:
        if found := _DECLARED.match(line):
            try:
                codec = codecs.lookup(found[1].decode("ascii"))
            except LookupError:
                return ""
            is_text = getattr(codec, "_is_text_encoding", False)  # what bytes.decode() itself asks
            return codec.name if is_text and codec.name not in ("utf-8", "punycode", "idna") else ""
    return ""
