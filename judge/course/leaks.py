"""Looks for what a release must not hold: solutions, hidden tests, outputs, and files that hide them.

Every finding is one sentence: file, cell, what was found, what to do.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

from judge.course.handouts import given_lessons
from judge.course.lesson import lesson_paths
from judge.course.regions import marker_like
from judge.course.secret_lines import Secret, found_in, secrets_of

SKIPPED_FOLDERS = (".ipynb_checkpoints", "__pycache__")  # nbgrader's CourseDirectory.ignore keeps them back
_SQLITE = b"SQLite format 3\0"
_OPAQUE = {  # first bytes of what the check cannot look into
    b"7z\xbc\xaf'\x1c": "a 7z archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\x80\x04\x95": "a pickle",
    b"\x80\x05\x95": "a pickle",
}
_MAX_UNPACKED = 256 * 2**20  # bytes looked at in one packed file


def check_release(root: Path, exercise: str) -> list[str]:
    """What is wrong with `release/<exercise>`, file by file; empty when it may be handed out.

    Raises:
        ValueError: if the exercise has no lesson to compare the release with.
    """
    folder = root / "release" / exercise
    if not folder.is_dir():
        return [f"release/{exercise} does not exist. Run `nbgrader generate_assignment {exercise}`."]
    return check_folder(root, exercise, folder)


def check_folder(root: Path, exercise: str, folder: Path) -> list[str]:
    """What is wrong with the files of a release folder of the exercise, whatever their type."""
    secrets = secrets_of(root, exercise)
    lessons = [path.stem for path in lesson_paths(root, exercise)]
    known = {f"{name}.ipynb" for name in lessons} | {f"{name}.py" for name in lessons}
    known |= {path.name for path in given_lessons(root, exercise)}
    findings: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        where = f"release/{exercise}/{name.as_posix()}"
        if set(name.parts) & set(SKIPPED_FOLDERS):
            continue
        if path.is_symlink():
            findings.append(f"{where}: is a link, so it may show students another file. Put a copy in its place.")
        elif path.is_file() and path.suffix in (".ipynb", ".py") and name.as_posix() not in known:
            findings.append(
                f"{where}: no lesson makes this file and no GIVES names it. Remove it from source/{exercise}."
            )
        elif path.is_file():
            findings += check_file(where, path.read_bytes(), secrets)
    return findings


def check_file(where: str, data: bytes, secrets: Sequence[Secret]) -> list[str]:
    """What is wrong with one file of a release.

    Args:
        where: the file's name, as findings are to say it.
        data: its content.
        secrets: the lines it must not hold.
    """
    if where.endswith(".ipynb"):
        try:
            return check_notebook(where, nbformat.reads(data.decode(), as_version=4), secrets)
        except (ValueError, nbformat.reader.NotJSONError):
            return [f"{where}: is not a notebook. Generate the assignment again."]
    return list(_check_bytes(where, data, secrets))


def check_notebook(where: str, notebook: Any, secrets: Sequence[Secret]) -> list[str]:
    """What is wrong with a notebook that is to be released."""
    findings = list(_check_value(f"{where}, notebook metadata", notebook.metadata, secrets))
    for index, cell in enumerate(notebook.cells, start=1):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        findings += _check_cell(f"{where}, cell {index}" + (f" ({grade_id})" if grade_id else ""), cell, secrets)
    return findings


def _check_cell(place: str, cell: Any, secrets: Sequence[Secret]) -> Iterator[str]:
    yield from _check_text(place, cell.source, secrets)
    yield from _check_value(f"{place}, metadata", cell.metadata, secrets)
    if cell.get("attachments"):
        yield f"{place}: has an attachment, which lessons do not make. Remove it from the source notebook."
    if cell.get("outputs") or cell.get("execution_count") is not None:
        yield f"{place}: has outputs of a run. Build the source notebook again; it must not be executed."


def _check_value(place: str, value: Any, secrets: Sequence[Secret]) -> Iterator[str]:
    """Findings in all strings, keys included, of nested JSON data."""
    if isinstance(value, str):
        yield from _check_text(place, value, secrets)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _check_value(place, key, secrets)
            yield from _check_value(place, item, secrets)
    elif isinstance(value, list | tuple):
        yield from _check_text(place, "\n".join(item for item in value if isinstance(item, str)), secrets)
        for item in value:
            if not isinstance(item, str):
                yield from _check_value(place, item, secrets)


def _check_text(place: str, text: str, secrets: Sequence[Secret]) -> Iterator[str]:
    for line in text.split("\n"):
        if marker_like(line):
            yield (
                f"{place}: the marker {_shortened(line)} is left. Write '### BEGIN SOLUTION: ...' and "
                "'### END SOLUTION' in a solution cell of the lesson; hidden tests belong to graders/."
            )
    by_origin = {secret.origin: secret for secret in found_in(text, secrets)}
    for secret in by_origin.values():  # one line of each is enough to say where to look
        yield f"{place}: holds {_shortened(secret.text)} of {secret.origin}. Remove or reword it."


def _check_bytes(where: str, data: bytes, secrets: Sequence[Secret]) -> Iterator[str]:
    if _SQLITE in data:
        yield f"{where}: holds an SQLite database, as a gradebook is. Remove it from the source folder."
        return
    opaque = next((kind for magic, kind in _OPAQUE.items() if data.startswith(magic)), None)
    if opaque is not None or data[257:262] == b"ustar":
        yield f"{where}: is {opaque or 'a tar archive'}, which cannot be checked. Hand it out unpacked."
        return
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        yield from _check_packed(where, data, secrets)
        return
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        text = data.decode(encoding, errors="ignore")
        yield from _check_text(where, text, secrets)
    if where.endswith(".json"):
        try:
            yield from _check_value(where, json.loads(data), secrets)
        except ValueError:
            return


def _check_packed(where: str, data: bytes, secrets: Sequence[Secret]) -> Iterator[str]:
    """Findings in the members of a zip file (a .npz is one) or in what a gzip file holds."""
    try:
        for name, content in _unpacked(data):
            yield from _check_bytes(f"{where}:{name}" if name else where, content, secrets)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError):
        yield f"{where}: is packed in a way that cannot be checked. Hand it out unpacked."


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"\x1f\x8b"):
        with gzip.open(io.BytesIO(data)) as stream:
            yield "", stream.read(_MAX_UNPACKED)
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _MAX_UNPACKED:
            raise RuntimeError("more than can be looked at")
        for member in archive.infolist():
            yield member.filename, archive.read(member)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:57] + "...")
