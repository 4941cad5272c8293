"""The cohort, a lazy sequence of scans: its checks and its mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.objects import expect_object, make
from graders.ex01_images import oracles
from graders.ex01_images.expectations import as_file, expect_class, write_files
from graders.ex01_images.files import test_load_values
from judge.suite import Array, Raised, Remote, Returned, Student, agree, cell, expect, is_same

cohort = cell("cohort_check", read_again="section 5", in_numpy=True)
# Neither sorted nor without prefixes: sub-1 must not be given the scans of sub-10.
FILES = {
    "sub-3": ("ses-1/anat/sub-3_ses-1_T1w.nii.gz", "ses-2/anat/sub-3_ses-2_T1w.nii"),
    "sub-10": ("anat/sub-10_T1w.nii.gz",),
    "sub-1": ("ses-1/anat/sub-1_ses-1_T1w.nii.gz", "ses-3/anat/sub-1_ses-3_T1w.nii"),
    "sub-2": ("anat/sub-2_T1w.nii",),
}
SCANS = [(subject, file) for subject, files in FILES.items() for file in files]
ROWS = [subject for subject, _ in SCANS]

# fmt: off
PATHS = 'sorted((self.folder / row["participant_id"]).rglob("*_T1w.nii*"))'
APPENDED = "            self.scans += [(path, row) for path in paths]\n"
cohort.mistake("one-scan-per-subject", ("for path in paths]", "for path in paths[:1]]"),
    "You found one scan per subject; a subject may have several sessions, each with a scan.",
    also=[("for path in paths]", "for path in paths[-1:]]"), (".rglob(", '.glob("anat/" + ')])
cohort.mistake("prefix-finds-others",
    (PATHS, """sorted(self.folder.glob(f"{row['participant_id']}*/**/*_T1w.nii*"))"""),
    "sub-1 was given scans of sub-10 as well: a pattern such as sub-1* also finds longer names. Look into the folder "
    "with exactly the subject's name.")
cohort.mistake("one-suffix-only", ("*_T1w.nii*", "*_T1w.nii.gz"),
    "Scans are missing: you found the compressed files or the plain ones, but not both.",
    also=[("*_T1w.nii*", "*_T1w.nii")])
cohort.mistake("other-contrasts", ("*_T1w.nii*", "*.nii*"),
    "Files that are no T1w scans were taken for scans: only names that end in _T1w.nii or _T1w.nii.gz count.",
    also=[("*_T1w.nii*", "*_T1w*")])
cohort.mistake("last-row-only", (APPENDED, "            self.scans = [(path, row) for path in paths]\n"),
    "Only the scans of the last row are left: add to self.scans, with += or append, instead of making it anew.",
    also=[(APPENDED, APPENDED[4:])])
TABLE_ORDER = cohort.mistake("table-order-lost",
    (APPENDED, f"{APPENDED}        self.scans.sort(key=lambda scan: scan[0])\n"),
    "The scans are not in the order of the table. Go through its rows as they come; only the files of one subject are "
    "sorted.", also=[("for row in rows:", "for row in sorted(rows, key=lambda row: row['participant_id']):")])
EAGER = cohort.mistake("cohort-reads-all",
    [(APPENDED, f"{APPENDED}        self.volumes = [self.volume_class.load(path) for path, _ in self.scans]\n"),
     ("path, _ = self.scans[index]\n    return self.volume_class.load(path)".replace("    ", "        "),
      "return self.volumes[index]")],
    "The cohort reads its scans before anyone asks for one. Keep the paths, and load in __getitem__.",
    also=[("path, _ = self.scans[index]\n        return self.volume_class.load(path)",
           "return [self.volume_class.load(path) for path, _ in self.scans][index]")])
NO_END = cohort.mistake("no-index-error", ("self.scans[index]", "self.scans[index % len(self.scans)]"),
    "Past the end there must be an IndexError: it is how a loop knows that it is over. Indexing the list gives it "
    "for free.", also=[("self.scans[index]", "self.scans[min(index, len(self.scans) - 1)]")])
VOLUME_CLASS_IGNORED = cohort.mistake("volume-class-ignored", ("self.volume_class.load", "BrainVolume.load"),
    "The scan was not loaded with the class that the cohort was given: use self.volume_class.",
    also=[("self.volume_class.load", "Volume.load")])
PATH_RETURNED = cohort.mistake("item-is-a-path", ("self.volume_class.load(path)", "path"),
    "An item is to be the scan itself: load the path with self.volume_class, and return what comes of it.")
PAIR_RETURNED = cohort.mistake("item-is-a-pair",
    ("return self.volume_class.load(path)", "return self.volume_class.load(path), _"),
    "An item is to be the scan alone, without the row of the table; `column` knows the row.",
    also=[("return self.volume_class.load(path)", "return self.scans[index]")])
cohort.mistake("index-from-one", ("self.scans[index]", "self.scans[index - 1]"),
    "The first scan is number 0: take the item of exactly that index.")
# fmt: on


def _voxels(number: int) -> Array:
    return oracles.random_voxels(20 + number) + np.float32(1000 * number)


def _loaded(student: Student, number: int) -> Array:
    """What loading that scan gives: its voxels, or their negatives from the stand-in."""
    return -_voxels(number) if student.stand_in("volume") else _voxels(number)


def _cohort(student: Student, folder: str, *args: Any, damaged: tuple[int, ...] = ()) -> Remote:
    """The student's cohort of the files above, with others beside them that are no T1w scans."""
    table = "participant_id\tage\tdiagnosis\n" + "".join(f"{s}\t{60 + len(s)}\tCN\n" for s in FILES)
    files = {f"{folder}/participants.tsv": as_file(table), f"{folder}/README": as_file("made for a check\n")}
    for number, (subject, file) in enumerate(SCANS):
        packed = oracles.file_of(_voxels(number), oracles.AFFINE, compressed=file.endswith("gz"))
        files[f"{folder}/{subject}/{file}"] = as_file("no scan") if number in damaged else packed
        files[f"{folder}/{subject}/{file.split('.')[0]}.json"] = as_file("{}")
    files[f"{folder}/sub-2/anat/sub-2_T2w.nii"] = as_file("another contrast")
    write_files(student, files)
    outcome = student.attempt("Cohort", folder, *args)
    read = damaged and isinstance(outcome, Raised)
    expect(not read, "making the cohort read a damaged scan that nobody asked for.", EAGER)
    return make(student, "Cohort", folder, *args)


def _item(made: Remote, index: int) -> Remote:
    """What the cohort has at that number."""
    found, what = made.call("__getitem__", index), f"cohort[{index}]"
    expect(not isinstance(found, list | tuple), f"{what} is a list of things; expected a scan.", PAIR_RETURNED)
    return expect_object(found, what)


def _scan(made: Remote, index: int) -> Remote:
    """The scan of that number."""
    item = _item(made, index)
    is_path = "Path" in item.type_name
    expect(not is_path, f"cohort[{index}] is the path of a file; expected a scan.", PATH_RETURNED)
    return item


def _scans_of_each(made: Remote) -> Array:
    """How many scans each subject was given, by which mistakes are told apart."""
    rows = made.attempt("column", "participant_id")
    if not isinstance(rows, Returned) or not isinstance(rows.value, list):
        return np.zeros(0)
    return np.array([sum(is_same(row, subject) for row in rows.value) for subject in FILES], np.float64)


@cohort.check("The length of a cohort is the number of its scans.")
def test_cohort_length(student: Student) -> None:
    """Several sessions, both suffixes, and names that begin like others."""
    made = _cohort(student, "cohort_length")
    found, of_each = made.call("__len__"), _scans_of_each(made)
    agree(found, len(SCANS), "the length of the cohort", known_by=of_each)
    agree(of_each, [len(files) for files in FILES.values()], f"the number of scans of {', '.join(FILES)}")


@cohort.check(
    "Scans come in the order of the table, each with the row of its subject.",
    needs=[test_cohort_length],
    uses=[test_load_values],
)
def test_cohort_order(student: Student) -> None:
    """`column`, which is given, shows the rows; the scans' names show the files."""
    made = _cohort(student, "cohort_order")
    rows = made.call("column", "participant_id")
    names = [_item(made, number).get("name") for number in range(len(SCANS))]
    expected = [file.split("/")[-1] for _, file in SCANS]
    same = isinstance(rows, list) and sorted(map(str, rows)) == sorted(ROWS)
    message = f"the scans' subjects are wrong: expected {ROWS}, received {rows}."
    expect(is_same(rows, ROWS), message, TABLE_ORDER if same else None)
    expect(is_same(names, expected), f"the scans' names are wrong: expected {expected}, received {names}.")


@cohort.check(
    "An item is the scan of that number, loaded with volume_class.",
    weight=2,
    needs=[test_cohort_length],
    uses=[test_load_values],
)
def test_cohort_items(student: Student) -> None:
    """From the front and from the end; with the default class and with another."""
    made = _cohort(student, "cohort_items")
    for index in (0, 3, -1):
        volume = _scan(made, index)
        agree(volume.get("voxels"), _loaded(student, index % len(SCANS)), f"the voxels of cohort[{index}]")
        expect_class(volume, "BrainVolume", f"cohort[{index}]", VOLUME_CLASS_IGNORED)
    plain = _scan(_cohort(student, "cohort_items", student.get("Volume")), 0)
    expect_class(plain, "Volume", "an item of a cohort with volume_class Volume", VOLUME_CLASS_IGNORED)


@cohort.check(
    "Past the end there is an IndexError, so a loop ends.", needs=[test_cohort_length], uses=[test_load_values]
)
def test_cohort_ends(student: Student) -> None:
    """At the length, and far beyond."""
    made = _cohort(student, "cohort_ends")
    _item(made, len(SCANS) - 1)
    for index in (len(SCANS), 99):
        outcome = made.attempt("__getitem__", index)
        ended = isinstance(outcome, Raised) and "IndexError" in outcome.kinds
        expect(ended, f"cohort[{index}] of {len(SCANS)} scans: expected an IndexError.", NO_END)


@cohort.check(
    "A scan is read when it is asked for, and not before.", needs=[test_cohort_order], uses=[test_load_values]
)
def test_cohort_is_lazy(student: Student) -> None:
    """Of six files all but one are damaged; only that one is asked for."""
    made = _cohort(student, "cohort_lazy", damaged=(0, 1, 2, 3, 5))
    outcome = made.attempt("__getitem__", 4)
    expect(not isinstance(outcome, Raised), "asking for one scan read another, damaged one.", EAGER)
    agree(_scan(made, 4).get("voxels"), _loaded(student, 4), "the voxels of cohort[4]")
