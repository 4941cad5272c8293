"""Known wrong ways to write the layers that look at a whole batch, and the counting of modes; as `loss_mistakes`."""

from __future__ import annotations

import math

import numpy as np

from graders.ex05_gan import oracles
from judge.suite import Array, Mistake


def stddev(x: Array) -> list[Mistake]:
    """Mistakes in equation (6); x (batch, ..., features)."""
    x = np.asarray(x, np.float64)
    deviation, everything = x.std(axis=0), tuple(range(1, x.ndim))

    def appended(feature: Array | float) -> Array:
        return np.concatenate([x, np.broadcast_to(feature, (*x.shape[:-1], 1))], axis=-1)

    own = x.std(axis=everything, keepdims=True)
    found = [
        Mistake("stddev-over-features",
                      "You took the standard deviation over the features of each example; equation (6) takes it "
                      "over the batch, for each feature.", appended(own)),
        Mistake("stddev-over-features",
                      "You took the standard deviation over the last axis; equation (6) takes it over the batch, the "
                      "first.", appended(x.std(axis=-1, keepdims=True))),
        Mistake("stddev-over-features",
                      "You took the standard deviation over the last axis; equation (6) takes it over the batch, the "
                      "first.", appended(float(x.std(axis=-1).mean()))),
        Mistake("stddev-of-everything",
                      "You took one standard deviation of all numbers. Equation (6): one over the batch for each "
                      "feature, then their mean.", appended(float(x.std()))),
        Mistake("stddev-of-sample",
                      "You divide by batch - 1 (or round a little differently): equation (6) has the population's "
                      "standard deviation, divided by the batch size.", appended(float(x.std(axis=0, ddof=1).mean()))),
        Mistake("stddev-variance", "You averaged variances: take the root before the mean.",
                      appended(float(x.var(axis=0).mean()))),
        Mistake("stddev-root-of-mean",
                      "You took the root of the mean variance; equation (6) has the mean of the roots.",
                      appended(math.sqrt(float(x.var(axis=0).mean())))),
        Mistake("stddev-not-averaged",
                      "You appended one standard deviation for every feature; equation (6) appends their mean, one "
                      "number.",
                      np.concatenate([x, np.broadcast_to(deviation, x.shape)], axis=-1)),
        Mistake("stddev-not-appended", "Your layer returns x unchanged in size: append the feature.", x),
    ]  # fmt: skip
    if x.ndim > 2:
        hint = "Your feature differs from pixel to pixel: average over all features, pixels included."
        by_pixel = appended(deviation.mean(axis=-1, keepdims=True))
        found.append(Mistake("stddev-averaged-over-channels-only", hint, by_pixel))
    return found


def packing(x: Array, num_packed: int) -> list[Mistake]:
    """What the packed discriminator's inner network would see; the check turns it into logits."""
    size = len(x) // num_packed
    blocks = [x[i * size : (i + 1) * size] for i in range(num_packed)]
    mixed = np.moveaxis(np.reshape(x, (size, num_packed, *x.shape[1:])), 1, -1)
    interleaved = mixed.reshape(size, *x.shape[1:-1], num_packed * x.shape[-1])
    found = [
        Mistake("packing-not-consecutive",
                      "Your packs hold examples that lie half a batch apart: a pack is made of consecutive examples.",
                      np.concatenate(blocks, axis=-1)),
        Mistake("packing-same-example-twice", "Your packs hold the same example several times.",
                      np.concatenate([x[::num_packed]] * num_packed, axis=-1)),
        Mistake("packing-interleaved",
                      "Your packs mix the features of their examples: put the examples one after the other along the "
                      "last axis, each in one piece.", interleaved),
        Mistake("packing-reversed", "Your packs hold their examples in reversed order.",
                      np.concatenate([x[i::num_packed] for i in reversed(range(num_packed))], axis=-1)),
    ]  # fmt: skip
    if x.ndim > 2:
        scrambled = np.reshape(x, (size, *x.shape[1:-1], num_packed * x.shape[-1]))
        hint = (
            "A plain reshape scrambles pixels: it reads the numbers of an image row by row. Join the examples along "
            "the last axis."
        )
        found.append(Mistake("packing-scrambled", hint, scrambled))
    return found


def closeness(x: Array, m: Array) -> list[Mistake]:
    """Mistakes in equation (7).

    Args:
        x: (batch, features).
        m: (batch, num_kernels, kernel_dim), the projected examples.
    """
    difference = m[:, None] - m[None, :]  # (batch, batch, num_kernels, kernel_dim)
    l1 = np.abs(difference).sum(axis=-1)
    right = oracles.closeness(m)

    def appended(feature: Array) -> Array:
        return np.concatenate([x, feature], axis=-1)

    others = max(len(x) - 1, 1)
    return [
        Mistake("closeness-counts-itself",
                      "You count each example's closeness to itself, 1: equation (7) sums over the others.",
                      appended(right + 1)),
        Mistake("closeness-without-exp", "You sum distances; equation (7) sums closeness, exp(-distance).",
                      appended(l1.sum(axis=1))),
        Mistake("closeness-sign", "Your closeness grows with the distance: the minus in the exponent is "
                      "missing.",
                      appended(np.exp(l1).sum(axis=1) - 1)),
        Mistake("closeness-l2",
                      "Your distance is the Euclidean one; equation (7) sums absolute differences.",
                      appended(np.exp(-np.sqrt((difference**2).sum(axis=-1))).sum(axis=1) - 1)),
        Mistake("closeness-squared", "Your distance is squared; equation (7) sums absolute differences.",
                      appended(np.exp(-(difference**2).sum(axis=-1)).sum(axis=1) - 1)),
        Mistake("closeness-mean", "You averaged over the others; equation (7) sums.", appended(right / others)),
        Mistake("closeness-mean", "You averaged over the batch; equation (7) sums over the others.",
                      appended((right + 1) / len(x))),
        Mistake("closeness-mean-distance",
                      "Your distance is the mean over the kernel's entries; equation (7) sums them.",
                      appended(np.exp(-np.abs(difference).mean(axis=-1)).sum(axis=1) - 1)),
        Mistake("closeness-without-absolute", "Without absolute values differences cancel: equation (7) has "
                      "|.|.",
                      appended(np.exp(-difference.sum(axis=-1)).sum(axis=1) - 1)),
        Mistake("closeness-not-appended", "You return the new features alone; append them to x.", right),
        Mistake("closeness-before-x", "The new features come first in your output; append them behind x.",
                      np.concatenate([right, x], axis=-1)),
    ]  # fmt: skip


def covered(samples: Array, centres: Array, sd: float, share: float) -> list[Mistake]:
    """Mistakes in counting modes."""
    apart = oracles.distances(samples, centres)
    nearest, within = apart.argmin(axis=1), apart <= 3 * sd
    good = within[np.arange(len(samples)), nearest]
    counts = np.bincount(nearest[good], minlength=len(centres))
    any_nearest = np.bincount(nearest, minlength=len(centres))
    close = (apart <= sd)[np.arange(len(samples)), nearest]
    return [
        Mistake("modes-without-share", "You count every mode that has at least one sample; it needs its share.",
                      (counts > 0).sum()),
        Mistake("modes-without-distance",
                      "You count the samples nearest to a mode however far away they are; they must lie within 3 sd.",
                      (any_nearest >= share * len(samples)).sum()),
        Mistake("modes-share-of-good-samples",
                      "You take the share of the good samples; it is the share of all.",
                      (counts >= share * max(good.sum(), 1)).sum()),
        Mistake("modes-not-nearest",
                      "You count one sample for several modes: it belongs to the nearest alone.",
                      (within.sum(axis=0) >= share * len(samples)).sum()),
        Mistake("modes-one-sd", "You count samples within one sd; it is three.",
                      (np.bincount(nearest[close], minlength=len(centres)) >= share * len(samples)).sum()),
        Mistake("modes-strictly-more", "A mode with exactly its share is covered: `at least`, not `more than`.",
                      (counts > share * len(samples)).sum()),
    ]  # fmt: skip


def quality(samples: Array, centres: Array, sd: float) -> list[Mistake]:
    """Mistakes in the share of good samples."""
    apart = oracles.distances(samples, centres).min(axis=1)
    right = float((apart <= 3 * sd).mean())
    return [
        Mistake("quality-one-sd", "You count samples within one sd; it is three.", float((apart <= sd).mean())),
        Mistake("quality-number", "You return a number of samples; return their share, 0 to 1.",
                      right * len(samples)),
        Mistake("quality-per-cent", "You return per cent; return a share, 0 to 1.", 100 * right),
        Mistake("quality-complement", "You return the share of bad samples.", 1 - right),
        Mistake("quality-fixed-sd", "Your limit does not depend on `sd`: it is 3 sd of the mixture at hand.",
                      float((apart <= 0.15).mean())),
        Mistake("quality-sum-over-modes",
                      "You count a sample once for every mode that it is near to; it is good or not.",
                      float((oracles.distances(samples, centres) <= 3 * sd).sum() / len(samples))),
    ]  # fmt: skip
