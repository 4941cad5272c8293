"""The whole search, on hidden functions, against random search: how far above the optimum it ends."""

from __future__ import annotations

import numpy as np

from graders.ex08_tuning.search import HIGH, LOW, search, test_best, test_largest_improvement, with_history
from judge.suite import Array, Remote, Student, expect, expect_array

NUM_FUNCTIONS, NUM_TRIALS, NUM_INITIAL = 8, 12, 4
LIMIT = 0.25  # a right search has 0.0002 +- 0.0001 (20 seeds, largest 0.0004): it fails far less than once in 1,000


def hidden_function(number: int, places: Array) -> Array:
    """A smooth loss over places from 0 to 1, from 0 to 1: waves of random lengths, fitted to that range."""
    rng = np.random.default_rng(7000 + number)
    lengths, phases = 0.6 * rng.normal(size=8) / 0.18, rng.uniform(0, 2 * np.pi, 8)
    grid = np.linspace(0, 1, 2001)
    waves = [np.cos(np.multiply.outer(x, lengths) + phases).sum(axis=-1) for x in (grid, places)]
    low, high = waves[0].min(), waves[0].max()
    return np.asarray((waves[1] - low) / (high - low))


def by_chance(number: int) -> float:
    """The regret that random search has on average: the expected smallest of NUM_TRIALS draws, exact on a grid."""
    values = np.sort(hidden_function(number, np.linspace(0, 1, 2001)))
    above = (1 - np.arange(2002) / 2001) ** NUM_TRIALS  # the probability that all draws lie above so many values
    return float(values @ (above[:-1] - above[1:]))


def regret_of(made: Remote, number: int) -> float:
    """The smallest value that a search finds of a hidden function."""
    found = []
    for _ in range(NUM_TRIALS):
        rate = float(expect_array(made.call("propose"), "what propose returns", ()))
        place = np.log(np.clip(rate, LOW, HIGH) / LOW) / np.log(HIGH / LOW)
        found.append(float(hidden_function(number, np.array([place]))[0]))
        made.call("update", rate, found[-1])
    return min(found)


def regret_ratio(student: Student, seed: int) -> float:
    """Regret over the hidden functions, in units of random search's: 1 is no better than chance."""
    nothing = np.zeros(0), np.zeros(0)
    regrets = [
        regret_of(with_history(student, nothing, NUM_INITIAL, seed=seed + number), number)
        for number in range(NUM_FUNCTIONS)
    ]
    return float(np.sum(regrets) / np.sum([by_chance(number) for number in range(NUM_FUNCTIONS)]))


@search.check(
    "On hidden losses, twelve trials end far nearer to the optimum than twelve by chance.",
    weight=2,
    needs=[test_largest_improvement, test_best],
    seconds=60,
    once="it is ninety-six trials long",
)
def test_regret(student: Student) -> None:
    """Eight smooth functions; the limit and its false-fail rate come from benchmarks/calibrate.py."""
    ratio = regret_ratio(student, seed=100)
    expect(ratio < LIMIT, f"your search ends at {ratio:.2f} of the regret of random search; expected below {LIMIT}.")
