"""Checks of counting modes and of reading the signs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import call_in_numpy
from graders.ex05_gan import batch_mistakes, mistakes, oracles
from graders.ex05_gan.oracles import LOG_4
from judge.suite import Array, CheckFailed, Mistake, Student, agree, check, for_all

COVERED, QUALITY = "modes_covered", "high_quality"
SD = 0.05


def _around(centre: Array, num: int, distance: float, seed: int = 0) -> Array:
    """Points at that distance from a centre, in all directions."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, num)
    return np.asarray(centre + distance * np.stack([np.cos(angle), np.sin(angle)], axis=1))


def _mixture(seed: int = 0) -> tuple[Array, Array]:
    """(samples, centres) on which every known mistake gives a number of its own.

    Of 1,000 samples: two modes have many within 1 sd, two at 2 sd, one exactly its share of 1 %, two less; the
    samples of one lie 4 sd away; 400 are far from everything.
    """
    centres = oracles.ring_centres()
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


@check(
    cell="modes_check",
    says="high_quality is the share of samples within 3 sd of some centre.",
    weight=1.5,
    read_again="section 8",
)
def test_high_quality(student: Student) -> None:
    """A fixed mixture tells the known mistakes apart; then two other mixtures and two standard deviations."""
    samples, centres = _mixture()
    what = "the share of good samples"
    agree(call_in_numpy(student, QUALITY, samples, centres, SD), oracles.high_quality(samples, centres, SD), what,
          mistakes=batch_mistakes.quality(samples, centres, SD))  # fmt: skip
    near = np.array([[0.0, 0.0], [0.2, 0.0]])  # closer than 3 sd: a sample near both is counted once
    for points, modes, sd in ((_around(near[0], 50, 0.1), near, 0.1), (oracles.ring(200, 1), centres, 0.02)):
        known = batch_mistakes.quality(points, modes, sd)
        agree(call_in_numpy(student, QUALITY, points, modes, sd), oracles.high_quality(points, modes, sd), what,
              mistakes=known)  # fmt: skip


@check(
    cell="modes_check",
    says="A mode is covered by its share of all samples, within 3 sd and nearest to it.",
    weight=2.5,
    read_again="section 8",
)
def test_modes_covered(student: Student) -> None:
    """A fixed mixture tells most mistakes apart; then modes that overlap, other shares, grids, and any samples."""
    samples, centres = _mixture()
    what = "the number of covered modes"
    cases = [
        (samples, centres, SD, 0.01),
        (samples, centres, SD, 0.12),
        (oracles.ring(800, 2), centres, SD, 0.01),
    ]
    near = np.array([[0.0, 0.0], [0.2, 0.0], [5.0, 0.0]])
    cases.append((near[0] - np.abs(_around(np.zeros(2), 100, 0.1)), near, 0.1, 0.01))
    grid = np.array([(x, y) for x in range(-2, 3) for y in range(-2, 3)], np.float64)
    cases.append((np.repeat(grid[:11], 20, axis=0) + 0.01, grid, 0.01, 0.01))
    seam = oracles.ring_centres()[:1] + np.array([[0.0, 0.04], [0.0, -0.04]])  # just above and below angle 0
    cases.append((np.repeat(seam, 4, axis=0), centres, SD, 0.6))
    seven = oracles.ring(500, 3, num_modes=7)
    cases.append((seven, np.concatenate([oracles.ring_centres(7), [[9.0, 9.0]]]), SD, 0.01))
    for points, modes, sd, share in cases:
        found = call_in_numpy(student, COVERED, points, modes, sd, share)
        agree(found, oracles.modes_covered(points, modes, sd, share), what,
              mistakes=batch_mistakes.covered(points, modes, sd, share))  # fmt: skip
    agree(
        call_in_numpy(student, COVERED, samples, centres, SD),
        oracles.modes_covered(samples, centres, SD),
        what,
    )

    def has_the_value(points: Array) -> None:
        expected = oracles.modes_covered(points, centres, 0.27, 0.15)
        agree(call_in_numpy(student, COVERED, points, centres, 0.27, 0.15), expected, what)

    numbers = st.integers(-16, 16).map(lambda k: k / 8 + 0.01)
    for_all(has_the_value, max_examples=10, points=arrays(np.float64, (12, 2), elements=numbers))


def _drift(last: Sequence[float], first: float = 9.0) -> list[float]:
    """Losses whose first half is wild and whose last half is this."""
    return [first, -first] * (len(last) // 2) + [first] * (len(last) % 2) + list(last)


FLAT_D, FLAT_G = _drift([LOG_4 - 0.02, LOG_4 + 0.02] * 5), _drift([0.69, 0.72] * 5)
RESTLESS_D, RESTLESS_G = _drift([LOG_4 - 0.3, LOG_4 + 0.3] * 5), _drift([0.4, 1.0] * 5)
# (discriminator's losses, generator's losses, covered, modes): on every line one thing decides.
CASES: list[tuple[list[float], list[float], int, int]] = [
    (FLAT_D, FLAT_G, 8, 8),
    (FLAT_D, FLAT_G, 1, 8),
    (FLAT_D, FLAT_G, 3, 8),
    (FLAT_D, FLAT_G, 4, 8),
    (FLAT_D, FLAT_G, 7, 8),
    (FLAT_D, FLAT_G, 12, 25),
    (FLAT_D, FLAT_G, 13, 25),
    (RESTLESS_D, FLAT_G, 8, 8),
    (FLAT_D, RESTLESS_G, 8, 8),
    (RESTLESS_D, RESTLESS_G, 2, 8),
    (_drift([1.1, 1.12] * 5), FLAT_G, 8, 8),
    (_drift([1.6, 1.62] * 5), FLAT_G, 8, 8),
    (_drift([0.02, 0.05] * 5), _drift([4.0, 6.0] * 5), 8, 8),
    (_drift([0.02, 0.05] * 5), _drift([4.0, 4.05] * 5), 5, 8),
    (_drift([0.02, 0.05] * 5), _drift([4.0, 6.0] * 5), 2, 8),
    (_drift([0.02, 0.05] * 5), _drift([1.0, 4.5] * 5, first=40.0), 8, 8),
    ([9.0] * 3 + [LOG_4] * 4, [9.0] * 3 + [0.7] * 4, 8, 8),
]


@check(
    cell="diagnose_check",
    says="diagnose follows the rule of the lesson, line by line from the top.",
    read_again="section 9",
)
def test_diagnose(student: Student) -> None:
    """Seventeen cases, on each of which one thing decides."""
    for case in CASES:
        expected = oracles.diagnose(*case)
        found = student.call("diagnose", *case)
        if isinstance(found, str) and found == expected:
            continue
        received = f"{found[:40]!r}" if isinstance(found, str) else f"a {type(found).__name__}, no text"
        raise CheckFailed(
            f"{_words(*case)}: expected {expected!r}, received {received}.", _recognise(case, found)
        )


def _words(d: Sequence[float], g: Sequence[float], covered: int, modes: int) -> str:
    half_d, half_g = np.array(d[len(d) // 2 :]), np.array(g[len(g) // 2 :])
    return (
        f"{covered} of {modes} modes; last half of the discriminator's losses {half_d.mean():.2f} +- "
        f"{half_d.std():.2f}, of the generator's {half_g.mean():.2f} +- {half_g.std():.2f}"
    )


def _recognise(case: tuple[list[float], list[float], int, int], found: object) -> Mistake | None:
    """The mistake that gives this answer in this case."""
    d, g, covered, modes = case
    expected = oracles.diagnose(*case)
    if not isinstance(found, str):
        return None
    if found == "equilibrium" and covered < modes:
        return mistakes.DIAGNOSE_LOSSES_ALONE
    if expected == "collapse" and found in ("divergence", "training"):
        return mistakes.DIAGNOSE_COLLAPSE_FIRST
    if found == "collapse":
        return mistakes.DIAGNOSE_COLLAPSE_EARLY
    if found == oracles.diagnose(_twice(d), _twice(g), covered, modes):
        return mistakes.DIAGNOSE_OTHER_PART
    return mistakes.DIAGNOSE_NOT_FLAT if found == "equilibrium" else None


def _twice(losses: list[float]) -> list[float]:
    """A list whose last half is the whole of this one."""
    return [*losses, *losses]
