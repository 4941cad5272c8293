"""Expectations that several checks of exercise 5 share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from graders.common import objects, reference
from graders.common.noise import (
    SAME_FOR_ENTRIES,
    alignment,
    alignment_limit,
    distance_limit,
    distance_to_normal,
)
from graders.ex05_gan import mistakes, oracles
from graders.ex05_gan.networks import UNDECIDED
from judge import suite
from judge.suite import (
    Array,
    CheckFailed,
    Gradients,
    Mistake,
    Raised,
    Remote,
    Student,
    expect,
    expect_array,
    unwrap,
)

LOGS = ("discriminator_loss", "generator_loss")


def expect_gradient(found: Gradients, position: int, shape: Sequence[int], what: str) -> Array:
    """The gradient with respect to one of the inputs, if there is one."""
    return objects.expect_gradient(found, position, shape, what, mistakes.NO_GRADIENT)


def agree_in_extremes(value: Any, expected: Array, what: str) -> None:
    """Like `agree`, for extreme logits; the only known mistake is a way through probabilities."""
    if isinstance(value, np.ndarray) and not np.isfinite(value).all():
        raise CheckFailed(f"{what} contains NaN or infinity: expected finite numbers.", mistakes.NOT_FINITE)
    suite.agree(value, expected, what, atol=1e-4, mistakes=[replace(mistakes.NOT_FINITE, value=value)])


def expect_scalar(value: Any, what: str) -> Array:
    """One number; a loss for each example is named as such."""
    array = expect_array(value, what)
    if array.ndim:
        raise CheckFailed(
            f"{what} must be one number: received the shape {array.shape}.", mistakes.PER_EXAMPLE
        )
    return array


def expect_logs(value: Any, what: str) -> Array:
    """(discriminator_loss, generator_loss) from the dict that a step or a history holds."""
    if not isinstance(value, dict) or not set(LOGS) <= set(value):
        received = f"{sorted(value)[:8]}" if isinstance(value, dict) else "no dict"
        raise CheckFailed(f"{what} must be a dict with the keys {' and '.join(LOGS)}: received {received}.")
    return np.stack([expect_scalar(value[name], f"`{name}` in {what}") for name in LOGS])


def step(gan: Remote, method: str, *arguments: Any) -> Any:
    """What a step returns; a hole that it comes upon and Keras' complaint about gradients are explained."""
    outcome = gan.attempt(method, *arguments)
    if isinstance(outcome, Raised):
        reason = outcome.message.strip().split("\n")[0][:200]
        if "ToImplement" in outcome.kinds:
            raise CheckFailed(f"`{method}` comes upon something not written yet, a ToImplement: {reason}")
        if "Unknown variable" in outcome.message:
            raise CheckFailed(f"`{method}` raised {outcome.kind}: {reason}", mistakes.WRONG_OPTIMIZER)
        if method == "train_generator" and "gradient" in outcome.message.lower():
            message = f"`train_generator` raised {outcome.kind}: {reason}"
            raise CheckFailed(message, mistakes.GENERATOR_GETS_NOTHING)
    return unwrap(outcome, f"{gan.type_name}.{method}")


def agree_with_one(found: Any, candidates: Sequence[Any], what: str, **options: Any) -> None:
    """`agree` with whichever candidate is nearest: a step may follow your losses or the equations."""
    near = [c for c in candidates if np.shape(c) == np.shape(found) and np.allclose(c, found, 1e-3, 1e-4)]
    suite.agree(found, (near or list(candidates))[0], what, rtol=1e-3, atol=1e-4, **options)


def discriminator_slopes(student: Student, real: Array, fake: Array) -> list[tuple[Array, ...]]:
    """(loss, slope by real logits, slope by fake logits), each (batch,): from your loss, then from equation (3).

    Args:
        student: the submission.
        real: logits, (batch,).
        fake: logits, (batch,).
    """
    right = (oracles.discriminator_loss(real, fake), reference.sigmoid(real) - 1, reference.sigmoid(fake))
    return [*_own_slopes(student, "discriminator_loss", real, fake), right]


def generator_slopes(student: Student, fake: Array) -> list[tuple[Array, ...]]:
    """(loss, slope by fake logits), each (batch,): from your loss, then from equation (4)."""
    right = (oracles.generator_loss(fake), reference.sigmoid(fake) - 1)
    return [*_own_slopes(student, "generator_loss", fake), right]


def _own_slopes(student: Student, name: str, *logits: Array) -> list[tuple[Array, ...]]:
    """The student's loss and its slopes, or nothing where it is of no use: other checks judge that."""
    size = len(logits[0])
    try:
        found = student.gradients(name, *(side.astype(np.float32)[:, None] for side in logits))
        loss = expect_array(found.value, name, (size,))
        return [(loss, *(expect_array(slope, name, (size, 1)).ravel() for slope in found.inputs))]
    except CheckFailed as failure:
        if failure.fatal:
            raise
        return []


def slope_at_fakes(student: Student) -> float:
    """The slope of your discriminator's loss by a fake's logit of `networks.UNDECIDED`."""
    logits = np.full(1, UNDECIDED)
    slope = float(discriminator_slopes(student, logits, logits)[0][2][0])
    expect(abs(slope) > 1e-3, "your discriminator_loss does not depend on the fakes' logits.")
    return slope


def expect_draws(draws: Array, what: str) -> None:
    """Fail unless each row is standard normal noise of its own.

    A right answer fails with probability below 3e-7: one empirical distribution function (1e-7, for any
    number of draws) and the alignments of neighbouring rows (1e-7 together).

    Args:
        draws: (calls, entries), the noise of one example in each of some calls.
        what: what drew it, for the message.
    """
    expect(bool(np.abs(draws).max() > 1e-3), f"{what} always uses z = 0.", mistakes.NO_NOISE)
    pairs = list(pairwise(draws))
    repeated = any(np.allclose(a, b, atol=1e-4) for a, b in pairs)
    expect(not repeated, f"{what} used the same noise in two calls.", mistakes.SAME_EVERY_CALL)
    expect(
        bool(np.ptp(draws, axis=1).min() > 1e-3),
        f"{what} gave all entries of z the same noise.",
        SAME_FOR_ENTRIES,
    )
    far = distance_to_normal(draws) > distance_limit(draws.size)
    expect(
        not far,
        f"the noise of {what} should be standard normal: received mean {draws.mean():.2f}, standard deviation "
        f"{draws.std():.2f}.",
        mistakes.NOT_NORMAL,
    )
    worst = max(alignment(a, b) for a, b in pairs)
    expect(worst < alignment_limit(len(pairs)), f"{what} draws noise that depends on earlier noise.")


def expect_own_noise(mean: Array, batch: int, what: str, mistake: Mistake) -> None:
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
