"""Rates by hand and by chance, and the score of a balanced game: checks and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.noise import distance_limit, distance_to
from graders.common.objects import call_in_numpy
from judge.suite import Array, Student, agree, cell, expect, expect_array

rates = cell("rates_check", read_again="equation (3)")
balance = cell("balance_check", read_again="equation (6)")

# fmt: off
SWEEP, DRAW = "np.geomspace(low, high, num)", "np.exp(rng.uniform(np.log(low), np.log(high), num))"
rates.mistake("sweep-in-equal-steps", (SWEEP, "np.linspace(low, high, num)"),
    "Your steps are equal; the ratios between neighbours should be.")
rates.mistake("sweep-without-end", (SWEEP, "np.geomspace(low, high, num, endpoint=False)"),
    "Your sweep stops before high: both ends belong to it.")
rates.mistake("sweep-of-logarithms", (SWEEP, "np.linspace(np.log10(low), np.log10(high), num)"),
    "You return the logarithms of the rates; return the rates.")
rates.mistake("sweep-mixed-bases", (SWEEP, "10.0 ** np.linspace(np.log(low), np.log(high), num)"),
    "You mix natural logarithms and powers of ten: np.exp belongs to np.log, 10.0 ** to np.log10.")
rates.mistake("sweep-downwards", (SWEEP, "np.geomspace(high, low, num)"), "Your sweep goes down; it should go up.")
UNIFORM = rates.mistake("uniform-rates", (DRAW, "rng.uniform(low, high, num)"),
    "You draw the rates uniformly, so nearly all lie near the upper end; draw their logarithms.")
LOGARITHMS = rates.mistake("logarithms-of-rates", (DRAW, "rng.uniform(np.log(low), np.log(high), num)"),
    "You return logarithms; return the rates.")
ANOTHER_SOURCE = rates.mistake("another-generator", (DRAW, DRAW.replace("rng", "np.random.default_rng()")),
    "Your rates come from another generator than rng: the same search cannot be run twice.",
    also=[(DRAW, DRAW.replace("rng", "np.random"))])
SAME = rates.mistake("same-rates-every-time", (DRAW, DRAW.replace("rng", "np.random.default_rng(0)")),
    "You draw the same rates on every call: use the generator that is handed over, as it is.")
ON_A_GRID = rates.mistake("rates-of-a-grid", (DRAW, "rng.permutation(np.geomspace(low, high, num))"),
    "Your rates are a shuffled sweep; they should be independent of each other.")
PRODUCT = "modes / num_modes * quality"
balance.mistake("balance-not-a-share", (PRODUCT, "modes * quality"),
    "You count modes; (6) takes their share of all modes.")
balance.mistake("balance-eight-modes", (PRODUCT, "modes / 8 * quality"),
    "The number of modes is fixed at 8: use num_modes.")
balance.mistake("balance-mean", ("np.median(", "np.mean("),
    "You average; (6) takes the median, which one epoch cannot move.")
balance.mistake("balance-last-epoch", ("[-last:]", "[-1:]"), "You take the last epoch alone; take the last k.")
balance.mistake("balance-all-epochs", ("[-last:]", ""), "All epochs count in yours; only the last k should.")
balance.mistake("balance-first-epochs", ("[-last:]", "[:last]"), "You take the first epochs; the last ones count.")
balance.mistake("balance-medians-multiplied", (f"np.median(({PRODUCT})[-last:])",
    "np.median(modes[-last:]) / num_modes * np.median(quality[-last:])"),
    "You multiply two medians, of different epochs; take the median of each epoch's product.")
balance.mistake("balance-sum", (PRODUCT, "(modes / num_modes + quality) / 2"),
    "You average modes and quality: then one good mode scores half. Multiply them.")
# fmt: on


@rates.check("A sweep goes from low to high, both included, with equal ratios.")
def test_sweep(student: Student) -> None:
    """Of two rates, and of more, over one decade and over six."""
    for low, high, num in ((1e-4, 1.0, 5), (0.02, 0.3, 2), (1e-6, 3.0, 11)):
        expected = [low * (high / low) ** (i / (num - 1)) for i in range(num)]
        found = np.asarray(expect_array(call_in_numpy(student, "log_sweep", low, high, num), "the sweep"))
        logs = np.log10(np.maximum(found, 1e-300)) if found.size and found.min() > 0 else found
        agree(found, expected, f"a sweep of {num} rates", rtol=1e-6, atol=0.0, known_by=logs)


def drawn_rates(student: Student, low: float, high: float, num: int, seed: int) -> Array:
    """Rates from a NumPy generator of this seed."""
    rng: Any = student.call("numpy.random.default_rng", seed)
    return expect_array(call_in_numpy(student, "random_rates", low, high, num, rng), "random rates", (num,))


@rates.check("Random rates are independent, and their logarithms uniform.", weight=2)
def test_random_rates(student: Student) -> None:
    """2,000 of them; a right answer fails with probability below 3e-7: the distance of the empirical distribution
    (1e-7), and of that of the distances between neighbouring draws (1e-7 each for two halves)."""  # fmt: skip
    low, high, num = 1e-4, 3.0, 2000
    drawn = drawn_rates(student, low, high, num, 5)
    inside = bool((drawn >= low * (1 - 1e-9)).all() and (drawn <= high * (1 + 1e-9)).all())
    expect(inside, f"rates should lie from {low} to {high}: received {drawn.min():.4g}.", LOGARITHMS)
    place = np.log(drawn / low) / np.log(high / low)
    far = distance_to(place, lambda values: np.clip(values, 0, 1)) > distance_limit(num)
    expect(not far, f"the logarithms are not uniform: half of the rates lie above {np.median(drawn):.3g}, expected "
           f"{(low * high) ** 0.5:.3g}.", UNIFORM)  # fmt: skip
    ordered = np.sort(place)
    even = float(np.diff(ordered).std()) < 0.5 / num  # of independent draws it is 1 / num: 22 standard deviations away
    expect(not even, "the rates are spread more evenly than independent ones are.", ON_A_GRID)


@rates.check("Random rates come from the generator that is handed over, and from nothing else.")
def test_generator(student: Student) -> None:
    """The same state gives the same rates, another state others, and the next call goes on."""
    first, second = (drawn_rates(student, 1e-3, 1.0, 6, 1) for _ in range(2))
    expect(np.array_equal(first, second), "the same generator gave other rates.", ANOTHER_SOURCE)
    expect(not np.allclose(first, drawn_rates(student, 1e-3, 1.0, 6, 2)), "another generator gave the same.", SAME)
    rng: Any = student.call("numpy.random.default_rng", 3)
    twice = [call_in_numpy(student, "random_rates", 1e-3, 1.0, 6, rng) for _ in range(2)]
    expect(not np.allclose(*twice), "two calls with one generator gave the same rates.", SAME)


@balance.check("The score is the median, over the last epochs, of the share of modes times quality.")
def test_balance(student: Student) -> None:
    """With eight modes and with twenty-five; of three epochs and of four."""
    found, expected = [], []
    for seed, num_modes, last in ((0, 8, 3), (1, 25, 4), (2, 8, 5), (4, 9, 2)):
        rng = np.random.default_rng(seed)
        modes, quality = rng.integers(0, num_modes + 1, 9), rng.random(9)
        products = sorted(m / num_modes * q for m, q in zip(modes[-last:], quality[-last:], strict=True))
        expected.append(products[last // 2] if last % 2 else (products[last // 2 - 1] + products[last // 2]) / 2)
        score = student.call_in_numpy("balance_score", modes, quality, num_modes=num_modes, last=last)
        found.append(float(expect_array(score, "the score", ())))
    agree(np.array(found), expected, "the scores of four histories")
