"""Checks of the cohort and of the split by subject."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from graders.common.objects import expect_object, make
from graders.ex01_images import mistakes, oracles
from graders.ex01_images.expectations import as_file, expect_class, write_files
from judge.suite import (
    Array,
    CheckFailed,
    Mistake,
    Raised,
    Remote,
    Student,
    agree,
    check,
    expect,
    expect_array,
    expect_pair,
    for_all,
    is_same,
)

# Neither sorted nor without prefixes: sub-1 must not be given the scans of sub-10.
FILES = {
    "sub-3": ("ses-1/anat/sub-3_ses-1_T1w.nii.gz", "ses-2/anat/sub-3_ses-2_T1w.nii"),
    "sub-10": ("anat/sub-10_T1w.nii.gz",),
    "sub-1": ("ses-1/anat/sub-1_ses-1_T1w.nii.gz", "ses-3/anat/sub-1_ses-3_T1w.nii"),
    "sub-2": ("anat/sub-2_T1w.nii",),
}
SCANS = [(subject, file) for subject, files in FILES.items() for file in files]
ROWS = [subject for subject, _ in SCANS]


def _voxels(number: int) -> Array:
    return oracles.random_voxels(20 + number) + np.float32(1000 * number)


def _write_cohort(student: Student, folder: str, damaged: tuple[int, ...] = ()) -> None:
    """The cohort above, with files beside it that are no T1w scans."""
    table = "participant_id\tage\tdiagnosis\n" + "".join(f"{s}\t{60 + len(s)}\tCN\n" for s in FILES)
    files = {f"{folder}/participants.tsv": as_file(table), f"{folder}/README": as_file("made for a check\n")}
    for number, (subject, file) in enumerate(SCANS):
        packed = oracles.file_of(_voxels(number), oracles.AFFINE, compressed=file.endswith("gz"))
        files[f"{folder}/{subject}/{file}"] = as_file("no scan") if number in damaged else packed
        files[f"{folder}/{subject}/{file.split('.')[0]}.json"] = as_file("{}")
    files[f"{folder}/sub-2/anat/sub-2_T2w.nii"] = as_file("another contrast")
    write_files(student, files)


def _cohort(student: Student, folder: str, *args: Any) -> Remote:
    return make(student, "Cohort", folder, *args)


def _length_mistake(found: Any) -> Mistake | None:
    known = {
        len(FILES): mistakes.ONE_SCAN_PER_SUBJECT,
        len(SCANS) + 1: mistakes.WRONG_SUBJECTS_FILES,
        sum(file.endswith("gz") for _, file in SCANS): mistakes.ONE_SUFFIX,
        sum(file.endswith("nii") for _, file in SCANS): mistakes.ONE_SUFFIX,
    }
    return known.get(found) if isinstance(found, int) else None


@check(
    cell="cohort_check",
    says="The length of a cohort is the number of its scans.",
    read_again="section 5",
)
def test_cohort_length(student: Student) -> None:
    """Several sessions, both suffixes, and names that begin like others."""
    _write_cohort(student, "cohort_length")
    found = _cohort(student, "cohort_length").call("__len__")
    message = f"the cohort's length is wrong: expected {len(SCANS)} scans, received {found}."
    expect(isinstance(found, int) and found == len(SCANS), message, _length_mistake(found))


@check(
    cell="cohort_check",
    says="Scans come in the order of the table, each with the row of its subject.",
    needs=[test_cohort_length],
    read_again="section 5",
)
def test_cohort_order(student: Student) -> None:
    """`column`, which is given, shows the rows; the scans' names show the files."""
    _write_cohort(student, "cohort_order")
    cohort = _cohort(student, "cohort_order")
    rows = cohort.call("column", "participant_id")
    wrong = mistakes.TABLE_ORDER if is_same(rows, sorted(ROWS)) else None
    expect(is_same(rows, ROWS), f"the scans' subjects are wrong: expected {ROWS}, received {rows}.", wrong)
    names = [expect_object(cohort.call("__getitem__", n), "an item").get("name") for n in range(len(SCANS))]
    expected = [file.split("/")[-1] for _, file in SCANS]
    wrong = mistakes.TABLE_ORDER if sorted(map(str, names)) == sorted(expected) else None
    expect(
        is_same(names, expected), f"the scans' names are wrong: expected {expected}, received {names}.", wrong
    )


@check(
    cell="cohort_check",
    says="An item is the scan of that number, loaded with volume_class.",
    weight=2,
    needs=[test_cohort_length],
    read_again="section 5",
)
def test_cohort_items(student: Student) -> None:
    """From the front and from the end; with the default class and with another."""
    _write_cohort(student, "cohort_items")
    cohort = _cohort(student, "cohort_items")
    for index in (0, 3, -1):
        volume = expect_object(cohort.call("__getitem__", index), f"cohort[{index}]")
        agree(volume.get("voxels"), _voxels(index % len(SCANS)), f"the voxels of cohort[{index}]")
        expect_class(volume, "BrainVolume", f"cohort[{index}]", mistakes.VOLUME_CLASS_IGNORED)
    plain = _cohort(student, "cohort_items", student.get("Volume")).call("__getitem__", 0)
    expect_class(expect_object(plain, "an item"), "Volume", "an item of a cohort with volume_class Volume",
                 mistakes.VOLUME_CLASS_IGNORED)  # fmt: skip


@check(
    cell="cohort_check",
    says="Past the end there is an IndexError, so a loop ends.",
    needs=[test_cohort_length],
    read_again="section 5",
)
def test_cohort_ends(student: Student) -> None:
    """At the length, and far beyond."""
    _write_cohort(student, "cohort_ends")
    cohort = _cohort(student, "cohort_ends")
    expect_object(cohort.call("__getitem__", len(SCANS) - 1), "the last item")
    for index in (len(SCANS), 99):
        outcome = cohort.attempt("__getitem__", index)
        ended = isinstance(outcome, Raised) and "IndexError" in outcome.kinds
        expect(ended, f"cohort[{index}] of {len(SCANS)} scans: expected an IndexError.", mistakes.NO_END)


@check(
    cell="cohort_check",
    says="A scan is read when it is asked for, and not before.",
    needs=[test_cohort_order],
    read_again="section 5",
)
def test_cohort_is_lazy(student: Student) -> None:
    """Of six files all but one are damaged; only that one is asked for."""
    _write_cohort(student, "cohort_lazy", damaged=(0, 1, 2, 3, 5))
    outcome = student.attempt("Cohort", "cohort_lazy")
    expect(not isinstance(outcome, Raised), "making the cohort read a damaged scan that nobody asked for.",
           mistakes.EAGER)  # fmt: skip
    cohort = _cohort(student, "cohort_lazy")
    outcome = cohort.attempt("__getitem__", 4)
    expect(not isinstance(outcome, Raised), "asking for one scan read another, damaged one.", mistakes.EAGER)
    agree(
        expect_object(cohort.call("__getitem__", 4), "an item").get("voxels"),
        _voxels(4),
        "the voxels of cohort[4]",
    )


def _people(counts: tuple[int, ...]) -> list[str]:
    """Subjects with so many scans each, not in one block."""
    blocks = [[f"sub-{n}"] * count for n, count in enumerate(counts)]
    return [name for turn in range(max(counts)) for block in blocks for name in block[turn : turn + 1]]


def _positions(part: Any) -> Array:
    """One part, which may be a list of whole numbers too."""
    if isinstance(part, list) and all(type(item) is int for item in part):
        part = np.array(part, dtype=np.float64)  # 2**63 is a whole number too, and no int64
    found = expect_array(part, "a part of the split", (None,))
    for position in found[(found != np.floor(found)) | (found < 0) | (found >= 2**31)]:
        raise CheckFailed(
            f"a part of the split holds {position:.6g}: expected positions, whole numbers from 0."
        )
    return found.astype(int)


def _split(student: Student, subjects: list[str], fraction: float, seed: int) -> tuple[Array, Array]:
    """Both parts as positions."""
    parts = expect_pair(
        student.call("split_by_subject", subjects, fraction, seed), "what split_by_subject returns"
    )
    train, test = (_positions(part) for part in parts)
    return train, test


@check(
    cell="split_check",
    says="No subject is in both parts, and every scan is in one.",
    weight=3,
    read_again="section 6",
)
def test_split_by_subject(student: Student) -> None:
    """Any number of scans per subject, in any order."""

    def has_no_leak(counts: tuple[int, ...], seed: int) -> None:
        subjects = _people(counts)
        train, test = _split(student, subjects, 0.4, seed)
        everything = np.sort(np.concatenate([train, test]))
        whole = np.array_equal(everything, np.arange(len(subjects)))
        expect(
            whole,
            f"the two parts hold {len(everything)} positions of {len(subjects)} scans.",
            mistakes.SCANS_LOST,
        )
        both = {subjects[i] for i in train} & {subjects[i] for i in test}
        expect(not both, f"{len(both)} subjects are in both parts.", mistakes.SUBJECT_LEAK)

    for_all(
        has_no_leak,
        max_examples=12,
        counts=st.lists(st.integers(1, 4), min_size=3, max_size=9).map(tuple),
        seed=st.integers(0, 50),
    )


@check(
    cell="split_check",
    says="test_fraction is the share of the subjects that is tested.",
    needs=[test_split_by_subject],
    read_again="section 6",
)
def test_split_share(student: Student) -> None:
    """One subject with many scans counts once."""
    for fraction, expected in ((0.2, 2), (0.5, 5), (0.01, 1)):
        subjects = _people((9, 1, 1, 1, 2, 1, 3, 1, 1, 1))
        train, test = _split(student, subjects, fraction, seed=3)
        found = len({subjects[i] for i in test})
        wrong = (
            mistakes.PARTS_SWAPPED if len({subjects[i] for i in train}) == expected else mistakes.WRONG_SHARE
        )
        expect(
            found == expected,
            f"{fraction} of ten subjects: expected {expected} tested, received {found}.",
            wrong,
        )


@check(
    cell="split_check",
    says="The same seed gives the same split, another seed another.",
    needs=[test_split_by_subject],
    read_again="section 6",
)
def test_split_seed(student: Student) -> None:
    """And nobody else's random numbers are touched."""
    subjects = _people((2,) * 12)
    first = _split(student, subjects, 0.25, seed=1)[1].tolist()
    student.call("numpy.random.seed", 7)
    undisturbed = [student.call("numpy.random.random") for _ in range(2)]
    student.call("numpy.random.seed", 7)
    before = student.call("numpy.random.random")
    again = _split(student, subjects, 0.25, seed=1)[1].tolist()
    after = student.call("numpy.random.random")
    expect(
        sorted(first) == sorted(again), "the same seed gave two different splits.", mistakes.NOT_REPRODUCIBLE
    )
    others = [_split(student, subjects, 0.25, seed)[1].tolist() for seed in range(2, 8)]
    expect(
        any(sorted(o) != sorted(first) for o in others),
        "seven seeds gave the same split.",
        mistakes.SEED_IGNORED,
    )
    expect(
        is_same([before, after], undisturbed),
        "the split moved NumPy's global random numbers.",
        mistakes.GLOBAL_SEED,
    )
