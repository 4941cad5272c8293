"""Tables of people and scans, read so that no row can take another's place."""

import csv
import io
import re
from dataclasses import dataclass

from vaegan.data.files import text_of

DELIMITERS = {"\t": "tabs", ",": "commas"}
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"  # what joined files and web pages leave beside a word


@dataclass(frozen=True)
class Table:
    """A table with a heading.

    Attributes:
        rows: list of dict, column -> text without blanks around it.
        notes: sentences about how it was read.
    """

    rows: list
    notes: tuple = ()


def read_table(path, delimiter):
    r"""Read a table with a heading.

    A row ends at \n or \r\n, nowhere else. Between tabs a quotation mark is a letter like any other, as BIDS has it; a
    table with commas may quote a cell, which then stands on one line.

    Returns:
        Table.

    Raises:
        ValueError: if the file is no text, a heading stands twice, or a row is longer or shorter than the heading.
    """
    text, note = text_of(path)
    rows = _quoted(path, text) if delimiter == "," else [line.split("\t") for line in _lines(text)]
    rows = [
        (number, [cell.strip().strip(_INVISIBLE).strip() for cell in row]) for number, row in enumerate(rows, start=1)
    ]
    rows = [(number, row) for number, row in rows if any(row)]
    if len(rows) < 2:
        raise ValueError(f"{path} is empty: expected a heading and a row per subject, received {len(rows)} rows.")
    heading = rows[0][1]
    _check_heading(path, heading, delimiter)
    for number, row in rows[1:]:
        if len(row) != len(heading):
            raise ValueError(
                f"{path} row {number} does not fit its heading: expected {len(heading)} cells, received {len(row)}. "
                f"Separate the cells by {DELIMITERS[delimiter]}."
            )
    found = [{name: cell for name, cell in zip(heading, row, strict=True) if name} for _, row in rows[1:]]
    return Table(found, (note,) if note else ())


def _lines(text):
    if "\n" not in text:  # the line end of the first Macs, which Excel still writes
        return text.split("\r")
    return re.split(r"\r?\n", text)


def _quoted(path, text):
    """Split a table with commas; a cell over several lines is a quotation mark that was never closed."""
    rows, reader = [], csv.reader(io.StringIO("\n".join(_lines(text)), newline=""), strict=True)
    try:
        for row in reader:
            rows.append(row)
            if any("\n" in cell for cell in row):
                raise csv.Error("a cell runs over several lines")
    except csv.Error as problem:
        raise ValueError(
            f"{path} has a quotation mark that is out of place: expected marks around a whole cell, received one in "
            f"or below row {len(rows) or 1} that is not closed there ({problem}). Delete it, or write it twice."
        ) from problem
    return rows


def _check_heading(path, heading, delimiter):
    if delimiter == "\t" and len(heading) == 1 and re.search(r"[,;]|\s{2}", heading[0]):
        raise ValueError(
            f"{path} has no tabs: expected cells between tabs, received the heading {heading[0]}. Save it with tabs."
        )
    seen = set()
    for name in heading:
        if name and name.casefold() in seen:
            raise ValueError(
                f"{path} has the column {name} twice: expected each heading once, so that it is clear which counts. "
                "Rename or delete one."
            )
        seen.add(name.casefold())
    if delimiter == "\t" and all(name.startswith('"') and name.endswith('"') for name in heading):
        raise ValueError(
            f"{path} has quotation marks around its cells: expected plain cells between tabs, received {heading[0]}. "
            "Write it without (in R: quote=FALSE)."
        )


def column(table, names, where):
    """Return the column that has one of these names, whatever its capitals.

    Raises:
        ValueError: if there is none.
    """
    headings = list(table.rows[0])
    found = {name.lower(): name for name in headings}
    for name in names:
        if name in found:
            return found[name]
    raise ValueError(
        f"{where} lacks a column: expected one of {', '.join(names)}, received {', '.join(headings)}. Add or rename it."
    )


def alike(wanted, known):
    """Return a sentence on a name that differs from the wanted one in lost zeros, capitals or dashes only, or ""."""
    found = next((name for name in sorted(known) if name != wanted and _bare(name) == _bare(wanted)), None)
    if found is None:
        return ""
    zeros = len(re.findall("0", found)) != len(re.findall("0", wanted))
    question = "were zeros lost, as a spreadsheet does?" if zeros else "is it the same, written in another way?"
    return f" {found} looks like {wanted}: {question}"


def _bare(name):
    name = re.sub(r"\.0$", "", name.casefold())
    name = re.sub(r"(?<!\d)0+(?=\d)", "", name)
    return re.sub(r"^(sub)+", "", re.sub(r"[^a-z0-9]", "", name))
