"""The split by subject: its checks and its mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from judge.suite import Array, Student, cell, expect, expect_array, expect_pair, for_all, is_same

split = cell("split_check", read_again="section 6", in_numpy=True)

# fmt: off
DRAWN = "np.random.default_rng(seed).choice(names, num_tested, replace=False)"
TRAIN, TEST = "np.flatnonzero(~is_tested)", "np.flatnonzero(is_tested)"
PARTS = f"{TRAIN}, {TEST}"
SUBJECT_LEAK = split.mistake("split-by-scan",
    [(DRAWN, DRAWN.replace("names", "len(subjects)")), ("np.isin(subjects", "np.isin(np.arange(len(subjects))")],
    "Scans of one subject are in both parts. A model can then recognise the person: draw subjects, and let each scan "
    "follow its subject.")
SCANS_LOST = split.mistake("split-loses-scans",
    ("    return ", "    first = np.unique(subjects, return_index=True)[1]\n"
     "    return first[~is_tested[first]], first[is_tested[first]]\n    return "),
    "Some scans are in neither part or come twice: every position must be in exactly one.",
    also=[(TRAIN, "np.arange(len(subjects))"), (TRAIN, f"{TRAIN}[1:]")])
NOT_ASCENDING = split.mistake("split-not-ascending", (PARTS, f"{TRAIN}[::-1], {TEST}[::-1]"),
    "The positions of each part are to be in ascending order: np.flatnonzero gives them so, np.sort makes them so.",
    also=[(TRAIN, f"np.random.default_rng(seed).permutation({TRAIN})")])
MASKS_RETURNED = split.mistake("split-returns-masks", (PARTS, "~is_tested, is_tested"),
    "You returned which scans are in a part (True and False); wanted are their positions: np.flatnonzero gives them.")
SEED_IGNORED = split.mistake("split-ignores-seed", ("default_rng(seed)", "default_rng(0)"),
    "Every seed gives the same split: seed the generator with `seed`, and draw from it.",
    also=[(DRAWN, "names[-num_tested:]"), (DRAWN, "names[:num_tested]")])
NOT_REPRODUCIBLE = split.mistake("split-not-reproducible", ("default_rng(seed)", "default_rng()"),
    "The same seed gives another split each time: draw from np.random.default_rng(seed), made anew in each call.")
GLOBAL_SEED = split.mistake("global-seed-set",
    (f"tested = {DRAWN}", "np.random.seed(seed)\n    tested = np.random.choice(names, num_tested, replace=False)"),
    "Your split sets or uses NumPy's global random numbers, so it changes what others draw. Use your own generator.")
PARTS_SWAPPED = split.mistake("split-parts-swapped", (PARTS, f"{TEST}, {TRAIN}"),
    "The two parts are swapped: first the training scans, then the test scans.")
WRONG_SHARE = split.mistake("split-share-of-scans", (", replace=False", ""),
    "test_fraction is a share of the subjects: num_tested of them, each drawn once, without replacement.",
    also=[("choice(names, num_tested", "choice(names, max(1, int(test_fraction * len(names) / 2))")])
# fmt: on


def _people(counts: tuple[int, ...]) -> list[str]:
    """Subjects with so many scans each, not in one block, their numbers of one digit and of two."""
    blocks = [[f"sub-{number}"] * count for number, count in enumerate(counts, start=8)]
    return [name for turn in range(max(counts)) for block in blocks for name in block[turn : turn + 1]]


def _positions(part: Any) -> Array:
    """One part, which may be a list of whole numbers too."""
    if isinstance(part, list) and all(type(item) is int for item in part):
        part = np.array(part, dtype=np.float64)  # 2**63 is a whole number too, and no int64
    is_mask = isinstance(part, np.ndarray) and part.dtype.kind == "b"
    expect(not is_mask, "a part of the split holds True and False; expected positions.", MASKS_RETURNED)
    found = expect_array(part, "a part of the split", (None,))
    odd = found[(found != np.floor(found)) | (found < 0) | (found >= 2**31)]
    message = "a part of the split holds {:.6g}: expected positions, whole numbers from 0."
    expect(odd.size == 0, message.format(*odd[:1]) if odd.size else "")
    return found.astype(int)


def _split(student: Student, subjects: list[str], fraction: float, seed: int) -> tuple[Array, Array]:
    """Both parts as positions."""
    found = student.call("split_by_subject", subjects, fraction, seed)
    train, test = map(_positions, expect_pair(found, "what split_by_subject returns"))
    return train, test


@split.check("No subject is in both parts, and every scan is in one.", weight=3)
def test_split_by_subject(student: Student) -> None:
    """Any number of scans per subject, in any order."""

    def has_no_leak(counts: tuple[int, ...], seed: int) -> None:
        subjects = _people(counts)
        train, test = _split(student, subjects, 0.4, seed)
        everything = np.sort(np.concatenate([train, test]))
        message = f"the two parts hold {len(everything)} positions of {len(subjects)} scans."
        expect(np.array_equal(everything, np.arange(len(subjects))), message, SCANS_LOST)
        both = {subjects[i] for i in train} & {subjects[i] for i in test}
        expect(not both, f"{len(both)} subjects are in both parts.", SUBJECT_LEAK)

    counts = st.lists(st.integers(1, 4), min_size=3, max_size=9).map(tuple)
    for_all(has_no_leak, max_examples=12, counts=counts, seed=st.integers(0, 50))


@split.check(
    "test_fraction is the share of the subjects that is tested; the positions ascend.",
    needs=[test_split_by_subject],
)
def test_split_share(student: Student) -> None:
    """One subject with many scans counts once."""
    for fraction, expected in ((0.2, 2), (0.5, 5), (0.01, 1)):
        subjects = _people((9, 1, 1, 1, 2, 1, 3, 1, 1, 1))
        train, test = _split(student, subjects, fraction, seed=3)
        trained, tested = (len({subjects[i] for i in part}) for part in (train, test))
        message = f"{fraction} of ten subjects: expected {expected} tested, received {tested}."
        expect(tested == expected, message, PARTS_SWAPPED if trained == expected else WRONG_SHARE)
        ascending = bool((np.diff(train) > 0).all() and (np.diff(test) > 0).all())
        expect(ascending, f"the positions do not ascend: received {train} and {test}.", NOT_ASCENDING)


@split.check("The same seed gives the same split, another seed another.", needs=[test_split_by_subject])
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
    expect(sorted(first) == sorted(again), "the same seed gave two different splits.", NOT_REPRODUCIBLE)
    others = [_split(student, subjects, 0.25, seed)[1].tolist() for seed in range(2, 8)]
    differ = any(sorted(other) != sorted(first) for other in others)
    expect(differ, "seven seeds gave the same split.", SEED_IGNORED)
    untouched = is_same([before, after], undisturbed)
    expect(untouched, "the split moved NumPy's global random numbers.", GLOBAL_SEED)
