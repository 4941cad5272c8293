"""The losses of a GAN, from their definitions, and their slopes: the student's own and those of the equations.

A step is judged by the student's own losses, or by the equations, whichever it follows: a wrong formula is
counted once, where it belongs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graders.common.adversarial import UNDECIDED
from graders.common.reference import sigmoid
from judge.suite import Array, CheckFailed, Student, agree, expect, expect_array


def cross_entropy(logits: Array, targets: Array | float) -> Array:
    """-t log D - (1 - t) log(1 - D) for D = sigmoid(logits), elementwise, without overflow."""
    logits = np.asarray(logits, np.float64)
    log_d, log_not_d = -np.logaddexp(0.0, -logits), -np.logaddexp(0.0, logits)
    loss: Array = -(targets * log_d + (1 - np.asarray(targets, np.float64)) * log_not_d)
    return loss


def discriminator_loss(
    real_logits: Array, fake_logits: Array, real_target: Array | float = 1.0, fake_target: Array | float = 0.0
) -> Array:
    """The cross-entropies of both sides, added; (batch,) from logits (batch,)."""
    return cross_entropy(real_logits, real_target) + cross_entropy(fake_logits, fake_target)


def generator_loss(fake_logits: Array) -> Array:
    """The non-saturating loss, -log D."""
    return cross_entropy(fake_logits, 1.0)


def saturating_generator_loss(fake_logits: Array) -> Array:
    """The saturating loss, log(1 - D)."""
    return -cross_entropy(fake_logits, 0.0)


def agree_with_one(found: Any, candidates: Sequence[Any], what: str, known_by: Array | None = None) -> None:
    """`agree` with whichever candidate is nearest: a step may follow the student's losses or the equations."""
    near = [c for c in candidates if np.shape(c) == np.shape(found) and np.allclose(c, found, 1e-3, 1e-4)]
    agree(found, (near or list(candidates))[0], what, rtol=1e-3, atol=1e-4, known_by=known_by)


def discriminator_slopes(student: Student, real: Array, fake: Array) -> list[tuple[Array, ...]]:
    """(loss, slope by real logits, slope by fake logits), each (batch,): the student's, then the right ones.

    Args:
        student: the submission.
        real: logits, (batch,).
        fake: logits, (batch,).
    """
    right = (discriminator_loss(real, fake), sigmoid(real) - 1, sigmoid(fake))
    return [*_own_slopes(student, "discriminator_loss", real, fake), right]


def generator_slopes(student: Student, fake: Array) -> list[tuple[Array, ...]]:
    """(loss, slope by fake logits), each (batch,): the student's, then the right ones."""
    return [*_own_slopes(student, "generator_loss", fake), (generator_loss(fake), sigmoid(fake) - 1)]


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
    """The slope of the student's discriminator_loss by a fake's logit of `UNDECIDED`."""
    logits = np.full(1, UNDECIDED)
    slope = float(discriminator_slopes(student, logits, logits)[0][2][0])
    expect(abs(slope) > 1e-3, "your discriminator_loss does not depend on the fakes' logits.")
    return slope
