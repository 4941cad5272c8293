"""Noise that shows only through what a step did with it, and how a step is made of known parts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from graders.common.noise import alignment, alignment_limit, distance_limit, distance_to_normal
from judge.suite import Array, Mistake, expect


def expect_draws(draws: Array, what: str, *, no_noise: Mistake, same_every_call: Mistake,
                 same_for_entries: Mistake, not_normal: Mistake) -> None:  # fmt: skip
    """Fail unless each row is standard normal noise of its own.

    A right answer fails with probability below 3e-7: one empirical distribution function (1e-7, for any
    number of draws) and the alignments of neighbouring rows (1e-7 together).

    Args:
        draws: (calls, entries), the noise of one example in each of some calls.
        what: what drew it, for the message.
        no_noise, same_every_call, same_for_entries, not_normal: the mistakes to name.
    """
    expect(bool(np.abs(draws).max() > 1e-3), f"{what} always uses z = 0.", no_noise)
    pairs = list(pairwise(draws))
    repeated = any(np.allclose(a, b, atol=1e-4) for a, b in pairs)
    expect(not repeated, f"{what} used the same noise in two calls.", same_every_call)
    varied = bool(np.ptp(draws, axis=1).min() > 1e-3)
    expect(varied, f"{what} gave all entries of z the same noise.", same_for_entries)
    received = f"received mean {draws.mean():.2f}, standard deviation {draws.std():.2f}."
    normal = distance_to_normal(draws) <= distance_limit(draws.size)
    expect(normal, f"the noise of {what} should be standard normal: {received}", not_normal)
    worst = max(alignment(a, b) for a, b in pairs)
    expect(worst < alignment_limit(len(pairs)), f"{what} draws noise that depends on earlier noise.")


def expect_mean_of_own(mean: Array, batch: int, what: str, mistake: Mistake) -> None:
    """Fail unless the mean over a batch of standard normal noise is as small as that of independent draws.

    The sum of squares of n entries of the mean is chi-squared with n degrees of freedom, over the batch size;
    it is `batch` times as large if all examples share their noise. Its limit, 7.5 standard deviations for
    n = 1000, is exceeded with probability below 1e-11.

    Args:
        mean: (entries,), the mean over the batch.
        batch: number of examples.
        what: what drew it, for the message.
        mistake: to name if it is too large.
    """
    scaled = float((mean**2).mean()) * batch
    limit = 1 + 7.5 * float(np.sqrt(2 / mean.size))
    expect(scaled < limit, f"{what} gave the examples of a batch noise that is not independent.", mistake)


def composition(found: Array, parts: Array) -> Array:
    """How vectors are made of known ones: the numbers by which a mistake is told, whatever those are.

    Args:
        found: (vectors, entries).
        parts: (parts, entries).

    Returns:
        The coefficient of each part in each vector, then how much of each vector is none of them, from 0 to 1.
    """
    coefficients = np.linalg.lstsq(parts.T, found.T, rcond=None)[0]  # (parts, vectors)
    rest = np.linalg.norm(found.T - parts.T @ coefficients, axis=0)
    return np.concatenate([coefficients.T.ravel(), rest / np.maximum(np.linalg.norm(found, axis=1), 1e-12)])


def ratio(found: Array, expected: Array) -> Array:
    """What was received in units of what was expected, elementwise; of any shapes, one of them a number at most."""
    return np.asarray(found / np.where(np.abs(expected) > 1e-6, expected, 1e-6))
