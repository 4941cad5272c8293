"""How much of a hand-in the judge reads: every size of the trusted side's intake, in one place.

Honest work stays far below each of them. What lies beyond is left out, and a note says what; nothing is ever a
reason to stop. Lengths are in characters unless a name says bytes.
"""

from __future__ import annotations

NOTEBOOK_BYTES = 32 * 2**20  # of one .ipynb; a larger one is not opened
MODULE_BYTES = 2 * 2**20  # of one .py
JSON_BRACKETS = 2_000_000  # lists and objects of one notebook: empty ones take 30 times their text in memory

CELLS = 1000  # of one notebook or module
CELL_SOURCE = 200_000
SOURCE = 1_000_000  # of all cells together
HEADER = 4000  # of one `# %%` line

CELL_OUTPUTS = 1000  # of one cell; checking one against nbformat's schema takes time
OUTPUTS = 5000  # of all cells together
OUTPUT_TEXT = 100_000  # of one text of an output
OUTPUT_PICTURE = 2**24  # of one picture of an output, in base64
OUTPUT_DATA = 48 * 2**20  # of all outputs together

ATTACHMENTS = 100  # pictures pasted into text cells, of all cells together
ATTACHMENT_BYTES = 8 * 2**20  # of one picture
ATTACHMENTS_BYTES = 24 * 2**20  # of all of them

SEARCHED_FILES = 2000  # looked at in a folder where the expected notebook is not
SEARCHED_DEPTH = 6  # folders below the exercise's
BROUGHT_UP = 50  # files copied from there, each of `MODULE_BYTES` at most
CANDIDATES = 12  # notebooks and modules read there, of `NOTEBOOK_BYTES` in all
