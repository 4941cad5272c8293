"""The vote of the nearest codes, and the straight way between two: checks and mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.objects import expect_shape
from judge.suite import Array, Student, agree, cell, expect

neighbours = cell("neighbours_check", read_again="section 8", in_numpy=True)
path = cell("path_check", read_again="equation (7)", in_numpy=True)

# fmt: off
NEAREST = "np.argsort(distances, axis=1)[:, :num_neighbours]"
VOTE = "np.bincount(votes).argmax() for"
WAY = "(1.0 - t) * start + t * end"
neighbours.mistake("vote-of-farthest", (NEAREST, "np.argsort(-distances, axis=1)[:, :num_neighbours]"),
    "You ask the farthest codes: the smallest distances come first in np.argsort.")
neighbours.mistake("vote-of-nearest-alone", (VOTE, "votes[0] for"),
    "You take the label of the nearest code; all num_neighbours of them vote.")
neighbours.mistake("vote-averages-labels", (VOTE, "round(np.mean(votes)) for"),
    "You average labels as if they were amounts: the mean of a 1 and a 7 is no 4. Count votes.")
neighbours.mistake("vote-number-fixed", (NEAREST, "np.argsort(distances, axis=1)[:, :5]"),
    "The number of neighbours is fixed: use the argument num_neighbours.")
neighbours.mistake("vote-largest-label", (VOTE, "votes.max() for"),
    "You return the largest label among the neighbours; count which one is most frequent.")
neighbours.mistake("vote-tie-to-largest", (VOTE, "len(np.bincount(votes)) - 1 - np.bincount(votes)[::-1].argmax() for"),
    "Of labels with equally many votes the smallest wins; yours is the largest.")
neighbours.mistake("vote-skips-nearest", (NEAREST, "np.argsort(distances, axis=1)[:, 1 : num_neighbours + 1]"),
    "You leave the nearest code out. It is a training code, and not the image itself.")
neighbours.mistake("vote-along-wrong-axis", (NEAREST, "np.argsort(distances, axis=0)[:, :num_neighbours]"),
    "You sort along the images that ask; sort the training codes: the last axis.")
neighbours.mistake("vote-one-entry-of-the-code",
    ("(train_codes - code) ** 2, axis=1", "(train_codes - code)[:, :1] ** 2, axis=1"),
    "Your distance looks at one entry of the codes; add up the squares of all of them.")
neighbours.mistake("vote-signed-distance",
    ("np.sum((train_codes - code) ** 2, axis=1)", "np.sum(train_codes - code, axis=1)"),
    "Your distance takes both signs: square the differences before you add them up.")
path.mistake("path-backwards", (WAY, "t * start + (1.0 - t) * end"),
    "Your way leads from the end to the start.")
path.mistake("path-without-end", ("num_steps, dtype", "num_steps, endpoint=False, dtype"),
    "Your way stops before its end: both ends belong to it.")
path.mistake("path-one-too-many", ("num_steps, dtype", "num_steps + 1, dtype"),
    "You return one code too many: num_steps counts both ends.")
path.mistake("path-from-zero", (WAY, "start + t * end"),
    "You add the end to the start; go by their difference: equation (7).")
path.mistake("path-not-even", (WAY, "(1.0 - t**2) * start + t**2 * end"),
    "Your steps are not equally long.")
FLOAT64 = path.mistake("path-float64", ('num_steps, dtype="float32")', "num_steps)"),
    "Your codes are float64; networks want float32.")
# fmt: on


def vote(train_codes: Array, labels: Array, codes: Array, number: int) -> Array:
    """By one loop over all: the labels of the nearest, and the smallest of the most frequent."""
    found = []
    for code in codes:
        order = sorted(range(len(train_codes)), key=lambda i: float(((train_codes[i] - code) ** 2).sum()))
        votes = [int(labels[i]) for i in order[:number]]
        found.append(min(votes, key=lambda label: (-votes.count(label), label)))
    return np.array(found)


def crowd(seed: int, dim: int) -> tuple[Array, Array, Array]:
    """(train_codes, labels, codes): two hundred codes in four clouds that overlap, and thirty that ask."""
    rng = np.random.default_rng(seed)
    labels = rng.choice([0, 2, 5, 9], 200)
    centres = rng.normal(size=(10, dim))
    train = centres[labels] + 0.8 * rng.normal(size=(200, dim))
    asked = centres[rng.choice([0, 2, 5, 9], 30)] + 0.8 * rng.normal(size=(30, dim))
    return train.astype(np.float32), labels, asked.astype(np.float32)


@neighbours.check("Each code gets the label that most of its nearest training codes have.", weight=2)
def test_vote(student: Student) -> None:
    """For 1, 3 and 9 neighbours, in two and in five dimensions; equal votes go to the smaller label."""
    for seed, dim, number in ((2, 3, 1), (0, 2, 3), (1, 5, 9), (3, 4, 4)):
        train, labels, asked = crowd(seed, dim)
        found = student.call("vote_of_neighbours", train, labels, asked, num_neighbours=number)
        agree(found, vote(train, labels, asked, number), f"the labels by {number} neighbours")


@neighbours.check("Labels are integers, one for each code, also for a single one.")
def test_vote_shape(student: Student) -> None:
    """With the default of five neighbours."""
    train, labels, asked = crowd(4, 3)
    found = student.call("vote_of_neighbours", train, labels, asked[:1])
    label = expect_shape(found, (1,), "the labels")
    expect(np.asarray(found).dtype.kind in "iu", f"labels are integers: received {np.asarray(found).dtype}.")
    agree(label, vote(train, labels, asked[:1], 5), "the label by five neighbours")


@path.check("straight_path goes in equal steps from start to end, both included, as float32.")
def test_path(student: Student) -> None:
    """From codes of several lengths, in two steps and in more."""
    for seed, dim, number in ((0, 3, 2), (1, 1, 5), (2, 6, 8)):
        start, end = np.random.default_rng(seed).normal(size=(2, dim)).astype(np.float32)
        expected = np.array([start + (end - start) * i / (number - 1) for i in range(number)], np.float64)
        found = student.call("straight_path", start, end, number)
        agree(found, expected, f"the way in {number} steps")
        expect(
            np.asarray(found).dtype == np.float32,
            f"codes should be float32: received {np.asarray(found).dtype}.",
            FLOAT64,
        )
