"""Counting modes and reading the signs: checks and mistakes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import call_in_numpy, numbers
from graders.ex05_gan.theory import LOG_4
from judge.suite import Array, CheckFailed, Mistake, Student, agree, cell, for_all

modes = cell("modes_check", read_again="section 8")
signs = cell("diagnose_check", read_again="section 9")
COVERED, QUALITY = "modes_covered", "high_quality"
SD = 0.05

# fmt: off
COUNT, GOOD_SHARE = "np.bincount(nearest[good], minlength=len(centres))", "counts >= share * len(distances)"
NEAR, SHARE = "np.min(_distances(samples, centres), axis=1) <= 3 * sd", "return float(np.mean(np.min"
modes.mistake("modes-without-share", (GOOD_SHARE, "counts > 0"),
    "You count every mode that has at least one sample; it needs its share.")
modes.mistake("modes-without-distance", ("nearest[good]", "nearest"),
    "You count the samples nearest to a mode however far away they are; they must lie within 3 sd.")
modes.mistake("modes-share-of-good-samples", ("len(distances))", "np.sum(good))"),
    "You take the share of the good samples; it is the share of all.")
modes.mistake("modes-not-nearest", (COUNT, "np.sum(distances <= 3 * sd, axis=0)"),
    "You count one sample for several modes: it belongs to the nearest alone.")
modes.mistake("modes-one-sd", ("np.min(distances, axis=1) <= 3 * sd", "np.min(distances, axis=1) <= sd"),
    "You count samples within one sd; it is three.")
modes.mistake("modes-strictly-more", ("counts >= share", "counts > share"),
    "A mode with exactly its share is covered: `at least`, not `more than`.")
modes.mistake("quality-one-sd", (NEAR, NEAR.replace("3 * ", "")), "You count samples within one sd; it is three.")
modes.mistake("quality-number", (SHARE, SHARE.replace("mean", "sum")),
    "You return a number of samples; return their share, 0 to 1.")
modes.mistake("quality-per-cent", (SHARE, SHARE.replace("np.mean", "100.0 * np.mean")),
    "You return per cent; return a share, 0 to 1.")
modes.mistake("quality-complement", (NEAR, NEAR.replace("<=", ">")), "You return the share of bad samples.")
modes.mistake("quality-fixed-sd", (NEAR, NEAR.replace("3 * sd", "0.15")),
    "Your limit does not depend on `sd`: it is 3 sd of the mixture at hand.")
modes.mistake("quality-sum-over-modes",
    (f"np.mean({NEAR}", "np.mean(np.sum(_distances(samples, centres) <= 3 * sd, axis=1)"),
    "You count a sample once for every mode that it is near to; it is good or not.")
FEW, WILD = "num_covered < num_modes / 2", 'np.mean(g_last) > 3.0:\n        return "divergence"\n'
COLLAPSE = f'    if {FEW}:\n        return "collapse"\n'
ALL = " and num_covered == num_modes"
LOSSES_ALONE = signs.mistake("diagnose-by-losses-alone", (ALL, ""),
    "Flat losses are necessary for an equilibrium, not sufficient: look at the modes, too.",
    also=[[(COLLAPSE, ""), (ALL, ""), ('return "training"', f'return "collapse" if {FEW} else "training"')]])
COLLAPSE_FIRST = signs.mistake("diagnose-collapse-not-first",
    [(COLLAPSE, ""), (f"    if {WILD}", f"    if {WILD}{COLLAPSE}")],
    "Fewer than half of the modes is a collapse, whatever the losses do: that line comes first.")
COLLAPSE_EARLY = signs.mistake("diagnose-collapse-too-early", ("num_covered < num", "num_covered <= num"),
    "A collapse means fewer than half of the modes, and nothing else.", also=[(FEW, "num_covered < num_modes")])
LAST_HALF = 'np.asarray(losses, "float64")[len(losses) // 2 :]'
OTHER_PART = signs.mistake("diagnose-other-part", (LAST_HALF, 'np.asarray(losses, "float64")'),
    "Look at the last half of each list of losses, not at all of it and not at one epoch.")
NOT_FLAT = signs.mistake("diagnose-not-flat", (" and np.std(g_last) < 0.1", ""),
    "An equilibrium needs both losses flat, and the discriminator's near log 4.",
    also=[("np.std(d_last) < 0.1 and ", ""), (" and abs(np.mean(d_last) - math.log(4.0)) < 0.1", "")])
# fmt: on


def distances(samples: Array, centres: Array) -> Array:
    """Distance of every sample from every centre, (samples, centres)."""
    return np.array([[math.dist(s, c) for c in np.asarray(centres)] for s in np.asarray(samples)])


def right_number(samples: Array, centres: Array, sd: float, share: float = 0.01) -> int:
    """How many centres have `share` of all samples within 3 sd that are nearest to them."""
    counts = [0] * len(centres)
    for row in distances(samples, centres):
        nearest = min(range(len(row)), key=row.__getitem__)
        counts[nearest] += row[nearest] <= 3 * sd
    return sum(count >= share * len(samples) for count in counts)


def right_quality(samples: Array, centres: Array, sd: float) -> float:
    """Share of the samples that lie within 3 sd of some centre."""
    return float(np.mean([min(row) <= 3 * sd for row in distances(samples, centres)]))


def right_diagnosis(
    discriminator_losses: Sequence[float], generator_losses: Sequence[float], num_covered: int, num_modes: int
) -> str:
    """The lesson's rule, in its order."""
    d, g = (list(losses)[len(losses) // 2 :] for losses in (discriminator_losses, generator_losses))
    if 2 * num_covered < num_modes:
        return "collapse"
    if sum(g) / len(g) > 3:
        return "divergence"
    balanced = abs(sum(d) / len(d) - LOG_4) < 0.1
    if np.std(d) < 0.1 and np.std(g) < 0.1 and balanced and num_covered == num_modes:
        return "equilibrium"
    return "training"


def ring_centres(num_modes: int = 8, radius: float = 2.0) -> Array:
    """Centres on a circle, none of them twice: (num_modes, 2)."""
    angles = [2 * math.pi * k / num_modes for k in range(num_modes)]
    return np.array([(radius * math.cos(a), radius * math.sin(a)) for a in angles])


def ring(num: int, seed: int, num_modes: int = 8, radius: float = 2.0, sd: float = 0.05) -> Array:
    """Points of a mixture of Gaussians with these centres, float32 (num, 2)."""
    rng = np.random.default_rng(seed)
    mean = ring_centres(num_modes, radius)[rng.integers(num_modes, size=num)]
    return (mean + rng.normal(0.0, sd, (num, 2))).astype(np.float32)


def _around(centre: Array, num: int, distance: float, seed: int = 0) -> Array:
    """Points at that distance from a centre, in all directions."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, num)
    return np.asarray(centre + distance * np.stack([np.cos(angle), np.sin(angle)], axis=1))


def _mixture(seed: int = 0) -> tuple[Array, Array]:
    """(samples, centres) on which every known mistake gives a number of its own.

    Of 1,000 samples: two modes have many within 1 sd, two at 2 sd, one exactly its share of 1 %, two less; the
    samples of one lie 4 sd away; 400 are far from everything.
    """
    centres = ring_centres()
    groups = [
        (0, 150, 0.5),
        (1, 130, 0.8),
        (2, 114, 2.0),
        (3, 10, 0.9),
        (4, 3, 0.5),
        (5, 50, 2.0),
        (6, 137, 4.0),
    ]
    groups.append((7, 6, 0.5))
    samples = [_around(centres[k], num, sd * SD, seed + k) for k, num, sd in groups]
    samples.append(_around(np.zeros(2), 400, 0.6, seed))
    return np.random.default_rng(seed).permutation(np.concatenate(samples)), centres


@modes.check("high_quality is the share of samples within 3 sd of some centre.", weight=1.5)
def test_high_quality(student: Student) -> None:
    """A fixed mixture tells the known mistakes apart; then two other mixtures and two standard deviations."""
    samples, centres = _mixture()
    near = np.array([[0.0, 0.0], [0.2, 0.0]])  # closer than 3 sd: a sample near both is counted once
    cases = [(samples, centres, SD), (_around(near[0], 50, 0.1), near, 0.1), (ring(200, 1), centres, 0.02)]
    found = [call_in_numpy(student, QUALITY, *case) for case in cases]
    for share, case in zip(found, cases, strict=True):
        agree(share, right_quality(*case), "the share of good samples", known_by=numbers(found))


@modes.check("A mode is covered by its share of all samples, within 3 sd and nearest to it.", weight=2.5)
def test_modes_covered(student: Student) -> None:
    """A fixed mixture tells most mistakes apart; then modes that overlap, other shares, grids, and any samples."""
    samples, centres = _mixture()
    what = "the number of covered modes"
    cases = [(samples, centres, SD, 0.01), (samples, centres, SD, 0.12), (ring(800, 2), centres, SD, 0.01)]
    near = np.array([[0.0, 0.0], [0.2, 0.0], [5.0, 0.0]])
    cases.append((near[0] - np.abs(_around(np.zeros(2), 100, 0.1)), near, 0.1, 0.01))
    grid = np.array([(x, y) for x in range(-2, 3) for y in range(-2, 3)], np.float64)
    cases.append((np.repeat(grid[:11], 20, axis=0) + 0.01, grid, 0.01, 0.01))
    seam = ring_centres()[:1] + np.array([[0.0, 0.04], [0.0, -0.04]])  # just above and below angle 0
    cases.append((np.repeat(seam, 4, axis=0), centres, SD, 0.6))
    seven = ring(500, 3, num_modes=7)
    cases.append((seven, np.concatenate([ring_centres(7), [[9.0, 9.0]]]), SD, 0.01))
    found = [call_in_numpy(student, COVERED, *case) for case in cases]
    for number, case in zip(found, cases, strict=True):
        agree(number, right_number(*case), what, known_by=numbers(found))
    agree(call_in_numpy(student, COVERED, *cases[0][:3]), right_number(*cases[0][:3]), what)

    def has_the_value(points: Array) -> None:
        expected = right_number(points, centres, 0.27, 0.15)
        agree(call_in_numpy(student, COVERED, points, centres, 0.27, 0.15), expected, what)

    entries = st.integers(-16, 16).map(lambda k: k / 8 + 0.01)
    for_all(has_the_value, max_examples=10, points=arrays(np.float64, (12, 2), elements=entries))


def _drift(last: Sequence[float], first: float = 9.0) -> list[float]:
    """Losses whose first half is wild and whose last half is this."""
    return [first, -first] * (len(last) // 2) + [first] * (len(last) % 2) + list(last)


FLAT_D, FLAT_G = _drift([LOG_4 - 0.02, LOG_4 + 0.02] * 5), _drift([0.69, 0.72] * 5)
RESTLESS_D, RESTLESS_G = _drift([LOG_4 - 0.3, LOG_4 + 0.3] * 5), _drift([0.4, 1.0] * 5)
# (discriminator's losses, generator's losses, covered, modes): on every line one thing decides.
Case = tuple[list[float], list[float], int, int]
COLLAPSED: list[Case] = [
    (FLAT_D, FLAT_G, 1, 8),
    (FLAT_D, FLAT_G, 3, 8),
    (FLAT_D, FLAT_G, 4, 8),
    (FLAT_D, FLAT_G, 12, 25),
    (FLAT_D, FLAT_G, 13, 25),
    (RESTLESS_D, RESTLESS_G, 2, 8),
    (_drift([0.02, 0.05] * 5), _drift([4.0, 6.0] * 5), 2, 8),
]
DIVERGED: list[Case] = [
    (_drift([0.02, 0.05] * 5), _drift([4.0, 6.0] * 5), 8, 8),
    (_drift([0.02, 0.05] * 5), _drift([4.0, 4.05] * 5), 5, 8),
    (_drift([0.02, 0.05] * 5), _drift([1.0, 4.5] * 5, first=40.0), 8, 8),
]
BALANCED: list[Case] = [
    (FLAT_D, FLAT_G, 8, 8),
    (FLAT_D, FLAT_G, 7, 8),
    (RESTLESS_D, FLAT_G, 8, 8),
    (FLAT_D, RESTLESS_G, 8, 8),
    (_drift([1.1, 1.12] * 5), FLAT_G, 8, 8),
    (_drift([1.6, 1.62] * 5), FLAT_G, 8, 8),
    ([9.0] * 3 + [LOG_4] * 4, [9.0] * 3 + [0.7] * 4, 8, 8),
]


@signs.check("diagnose says `collapse` where fewer than half of the modes are covered, and nowhere else.")
def test_diagnose_collapse(student: Student) -> None:
    """Whatever the losses do."""
    _expect_diagnoses(student, COLLAPSED)


@signs.check("diagnose says `divergence` where the generator's loss is above 3 nats in its last half.")
def test_diagnose_divergence(student: Student) -> None:
    """The mean of the last half decides."""
    _expect_diagnoses(student, DIVERGED)


@signs.check("diagnose says `equilibrium` where both losses are flat, D's is near log 4 and all modes are covered.")
def test_diagnose_equilibrium(student: Student) -> None:
    """And `training` where one of these is missing."""
    _expect_diagnoses(student, BALANCED)


def _expect_diagnoses(student: Student, cases: Sequence[Case]) -> None:
    for case in cases:
        expected = right_diagnosis(*case)
        found = student.call("diagnose", *case)
        if isinstance(found, str) and found == expected:
            continue
        received = f"{found[:40]!r}" if isinstance(found, str) else f"a {type(found).__name__}, no text"
        raise CheckFailed(f"{_words(*case)}: expected {expected!r}, received {received}.", _recognise(case, found))


def _words(d: Sequence[float], g: Sequence[float], covered: int, modes: int) -> str:
    half_d, half_g = np.array(d[len(d) // 2 :]), np.array(g[len(g) // 2 :])
    return (
        f"{covered} of {modes} modes; last half of the discriminator's losses {half_d.mean():.2f} +- "
        f"{half_d.std():.2f}, of the generator's {half_g.mean():.2f} +- {half_g.std():.2f}"
    )


def _recognise(case: Case, found: object) -> Mistake | None:
    """The mistake that gives this answer in this case."""
    d, g, covered, modes = case
    expected = right_diagnosis(*case)
    if not isinstance(found, str):
        return None
    if found == "equilibrium" and covered < modes:
        return LOSSES_ALONE
    if expected == "collapse" and found in ("divergence", "training"):
        return COLLAPSE_FIRST
    if found == "collapse":
        return COLLAPSE_EARLY
    if found == right_diagnosis(_twice(d), _twice(g), covered, modes):
        return OTHER_PART
    return NOT_FLAT if found == "equilibrium" else None


def _twice(losses: list[float]) -> list[float]:
    """A list whose last half is the whole of this one."""
    return [*losses, *losses]
