"""Is it noise? Statistical expectations, each with the probability that it fails a right answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from judge.suite import Array, CheckFailed, Evidence, Mistake, expect

SAME_FOR_EXAMPLES = Mistake(
    "same-noise-every-example",
    "Every example of the batch got the same noise. Draw noise of the full shape (batch, latent_dim).",
    None,
)
SAME_FOR_ENTRIES = Mistake(
    "same-noise-every-entry",
    "All entries of z got the same noise. Draw noise of the full shape (batch, latent_dim).",
    None,
)


def expect_fresh(
    first: Any,
    second: Any,
    what: str,
    *,
    no_noise: Mistake,
    same_every_call: Mistake,
    same_for_examples: Mistake = SAME_FOR_EXAMPLES,
    same_for_entries: Mistake = SAME_FOR_ENTRIES,
) -> None:
    """Fail unless noise differs, and is independent, between calls, examples and entries.

    The alignment of a standard normal vector with an independent one is |N(0, 1)|; in three comparisons it
    exceeds the limit with probability 1e-7. Mean and scale are taken from the noise itself, whose effect on
    more than a thousand draws is far smaller.

    Args:
        first: noise of one call, (batch, entries), batch even.
        second: noise of another call on the same input.
        what: what drew it, for the message.
        no_noise: what to say if there is none.
        same_every_call: what to say if both calls gave the same.
        same_for_examples: what to say if all rows are equal.
        same_for_entries: what to say if all columns are equal.
    """
    first, second = np.asarray(first), np.asarray(second)
    expect(bool(np.abs(first).max() > 1e-3), f"{what} adds no noise.", no_noise)
    expect(not np.allclose(first, second, atol=1e-6), f"{what} gave the same noise twice.", same_every_call)
    rows = np.allclose(first, first[:1], atol=1e-6)
    expect(not rows, f"{what} gave every example the same noise.", same_for_examples)
    columns = np.allclose(first, first[:, :1], atol=1e-6)
    expect(not columns, f"{what} gave all entries the same noise.", same_for_entries)
    unit = (first - first.mean()) / first.std()
    pairs = [(unit, second), (unit[0::2], unit[1::2]), (unit[:, 0], unit[:, 1])]
    worst = max(alignment(a, b) for a, b in pairs)
    expect(worst < alignment_limit(3), f"{what} gave noise that depends on other noise.")


def expect_standard_normal(noise: Array, what: str, mistakes: Sequence[Mistake] = ()) -> None:
    """Fail unless each of the two columns looks like draws from N(0, 1).

    The empirical distribution function of n draws strays from the true one by more than the limit with
    probability 1e-7 at most, for any n (`distance_limit`); with two columns, 2e-7.

    Args:
        noise: (draws, 2), after subtracting the mean and dividing by the standard deviation asked for.
        what: what drew it, for the message; "should be standard normal" follows.
        mistakes: known mistakes; the value of each is (mean, standard deviation, kurtosis) of each
            column, (2, 3).
    """
    worst = max(distance_to_normal(column) for column in noise.T)
    if worst <= distance_limit(len(noise)):
        return
    mean, deviation = noise.mean(axis=0), noise.std(axis=0)
    kurtosis = ((noise - mean) ** 4).mean(axis=0) / np.maximum(deviation, 1e-12) ** 4
    features = np.stack([mean, deviation, kurtosis], axis=1)  # (2, 3)
    known = (m for m in mistakes if m.explains(features, rtol=0.04, atol=0.04))
    raise CheckFailed(
        f"{what} should be standard normal: expected mean 0 and standard deviation 1, received means "
        f"{mean[0]:.2f} and {mean[1]:.2f}, standard deviations {deviation[0]:.2f} and {deviation[1]:.2f}.",
        next(known, None),
        evidence=Evidence(features, None, 0.04, 0.04),
    )


def distance_to_normal(noise: Array) -> float:
    """Largest difference of the empirical distribution function of `noise` from that of N(0, 1)."""
    return distance_to(noise, _normal_cdf)


def distance_to(draws: Array, cumulative: Callable[[Array], Array]) -> float:
    """Largest difference of the empirical distribution function of `draws` from `cumulative`, element by element."""
    ordered = np.sort(np.asarray(draws, np.float64).ravel())
    below = cumulative(ordered)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(max((steps[1:] - below).max(), (below - steps[:-1]).max()))


def _normal_cdf(values: Array) -> Array:
    """Distribution function of N(0, 1); SciPy has it too, and takes a third of a second to import."""
    return 0.5 + 0.5 * np.fromiter(map(math.erf, (values / math.sqrt(2)).tolist()), np.float64, len(values))


def distance_limit(num_draws: int, false_alarm: float = 1e-7) -> float:
    """The distance that right draws exceed with probability `false_alarm` at most.

    Dvoretzky-Kiefer-Wolfowitz, with Massart's constant: P(distance > d) <= 2 exp(-2 n d^2), for every n.
    """
    return math.sqrt(math.log(2 / false_alarm) / (2 * num_draws))


def alignment(first: Array, second: Array) -> float:
    """|first . second| / |second|: if `first` is N(0, I) and independent of `second`, this is |N(0, 1)|.

    Exact for every number of entries, whatever the distribution of `second`.
    """
    first, second = np.ravel(first), np.ravel(second)
    length = float(np.linalg.norm(second))
    return abs(float(first @ second)) / length if length > 0 else 0.0


def alignment_limit(num_comparisons: int, false_alarm: float = 1e-7) -> float:
    """What |N(0, 1)| exceeds in any of so many comparisons with probability `false_alarm` at most."""
    return NormalDist().inv_cdf(1 - false_alarm / (2 * num_comparisons))
