"""Known wrong ways to write equations (1) to (5) of lesson `gan`, each with its hint.

Each function takes the inputs of a check (NumPy, float64) and returns what every mistake would answer to
exactly these inputs. A name may appear in several functions, always for the same mistake.
"""

from __future__ import annotations

import math

import numpy as np

from graders.common.reference import sigmoid
from graders.ex05_gan.oracles import (
    cross_entropy,
    discriminator_loss,
    generator_loss,
    saturating_generator_loss,
)
from judge.suite import Array, Mistake

SWAPPED = "Real and fake are swapped: real images have the target 1, fakes the target 0."


def optimal(p_data: Array, p_model: Array) -> list[Mistake]:
    """Mistakes in equation (2); every entry positive."""
    return [
        Mistake("optimal-swapped", f"Your D is the probability of a fake. {SWAPPED}",
                      p_model / (p_data + p_model)),
        Mistake("optimal-ratio",
                      "Your D is the ratio p_data / p_model, which can exceed 1; equation (2) has the sum of both "
                      "below.",
                      p_data / p_model),
        Mistake("optimal-without-denominator", "Your D is p_data itself: divide by the sum of both densities.",
                      p_data),
        Mistake("optimal-log-ratio",
                      "Your D is log p_data - log p_model: that is its logit; return the probability.",
                      np.log(p_data / p_model)),
        Mistake("optimal-always-half",
                      "Your D is 1/2 everywhere; that is its value only where both densities are equal.",
                      np.full_like(p_data, 0.5)),
    ]  # fmt: skip


def value(p_data: Array, p_model: Array, d: Array) -> list[Mistake]:
    """Mistakes in equation (1); every entry positive, d between 0 and 1."""
    on_data, on_model = p_data * np.log(d), p_model * np.log(1 - d)
    right = float((on_data + on_model).sum())
    return [
        Mistake("value-sign", "Your value has the wrong sign: logarithms of probabilities are negative, and so "
                      "is V.", -right),
        Mistake("value-base-2", "Your value is in bits: use the natural logarithm.", right / math.log(2)),
        Mistake("value-mean-over-outcomes",
                      "You averaged over the outcomes. An expectation is the sum weighted with the probabilities.",
                      right / p_data.size),
        Mistake("value-halved", "Your value is half the right one: equation (1) adds the two expectations.",
                      right / 2),
        Mistake("value-data-only", "The second expectation of equation (1) is missing: that over fakes.",
                      float(on_data.sum())),
        Mistake("value-model-only", "The first expectation of equation (1) is missing: that over real data.",
                      float(on_model.sum())),
        Mistake("value-swapped", f"You weight log D with p_model and log(1 - D) with p_data. {SWAPPED}",
                      float((p_model * np.log(d) + p_data * np.log(1 - d)).sum())),
        Mistake("value-log-d-twice",
                      "Both of your expectations are of log D; that over fakes is of log(1 - D).",
                      float(((p_data + p_model) * np.log(d)).sum())),
        Mistake("value-minus-log-d",
                      "Your second term is -log D; equation (1) has log(1 - D), which is something else.",
                      float((on_data - p_model * np.log(d)).sum())),
        Mistake("value-unweighted",
                      "You sum logarithms without their probabilities: equation (1) is made of expectations.",
                      float((np.log(d) + np.log(1 - d)).sum())),
    ]  # fmt: skip


def discriminator(
    real_logits: Array,
    fake_logits: Array,
    real_target: Array | float = 1.0,
    fake_target: Array | float = 0.0,
) -> list[Mistake]:
    """Mistakes in equation (3).

    Args:
        real_logits: (batch,).
        fake_logits: same shape.
        real_target: a number or (batch,).
        fake_target: the same.
    """
    real, fake = cross_entropy(real_logits, real_target), cross_entropy(fake_logits, fake_target)
    p_real, p_fake = sigmoid(real_logits), sigmoid(fake_logits)
    half = "Your loss is half the right one: equation (3) adds the two sides, without a factor 1/2."
    averaged = "You averaged over the batch. Return one number for each example; the step takes the mean."
    return [
        Mistake("d-loss-halved", half, (real + fake) / 2),
        Mistake("d-loss-swapped", SWAPPED,
                      discriminator_loss(fake_logits, real_logits, real_target, fake_target)),
        Mistake("d-loss-batch-mean", averaged, np.asarray((real + fake).mean())),
        Mistake("d-loss-batch-mean", f"{averaged} And do not halve it.",
                      np.asarray((real + fake).mean() / 2)),
        Mistake("d-loss-batch-sum", "You summed over the batch. Return one number for each example.",
                      np.asarray((real + fake).sum())),
        Mistake("d-loss-not-joined",
                      "Your loss lists the examples of both sides one after the other; equation (3) adds the two "
                      "sides, example by example.", np.concatenate([real, fake])),
        Mistake("d-loss-column", "Your loss still has the logits' last axis: (batch, 1); return (batch,).",
                      (real + fake)[:, None]),
        Mistake("d-loss-real-only", "The fakes' side of equation (3) is missing.", real),
        Mistake("d-loss-fake-only", "The real side of equation (3) is missing.", fake),
        Mistake("d-loss-sign", "Your loss has the wrong sign: it is the negative of the value that the "
                      "discriminator wants to raise.", -(real + fake)),
        Mistake("d-loss-base-2", "Your loss is in bits: use the natural logarithm.",
                      (real + fake) / math.log(2)),
        Mistake("d-loss-sigmoid-twice",
                      "You apply the sigmoid twice: the discriminator returns logits, and a cross-entropy that "
                      "expects logits applies the sigmoid itself.",
                      discriminator_loss(p_real, p_fake, real_target, fake_target)),
        Mistake("d-loss-logits-taken-for-probabilities",
                      "You treat the logits as probabilities: tell the cross-entropy that it gets logits.",
                      _clipped(real_logits, real_target) + _clipped(fake_logits, fake_target)),
        Mistake("d-loss-minimax-generator", "You return the generator's saturating loss: the real side is "
                      "missing.",
                      saturating_generator_loss(fake_logits)),
    ]  # fmt: skip


def _clipped(probabilities: Array, target: Array | float) -> Array:
    """The cross-entropy of what is taken for probabilities, clipped and rounded as Keras does it in float32."""
    p = np.clip(np.asarray(probabilities, np.float32), np.float32(1e-7), np.float32(1 - 1e-7))
    return np.asarray(-(target * np.log(p) + (1 - np.asarray(target)) * np.log(np.float32(1) - p)))


def targets(
    real_logits: Array, fake_logits: Array, real_target: Array | float, fake_target: Array | float
) -> list[Mistake]:
    """Mistakes in the use of the targets in equation (3)."""
    return [
        Mistake("targets-ignored", "Your loss ignores real_target and fake_target: it is the one for targets "
                      "1 and 0.",
                      discriminator_loss(real_logits, fake_logits)),
        Mistake("targets-real-ignored", "Your loss ignores real_target.",
                      discriminator_loss(real_logits, fake_logits, 1.0, fake_target)),
        Mistake("targets-fake-ignored", "Your loss ignores fake_target.",
                      discriminator_loss(real_logits, fake_logits, real_target, 0.0)),
        Mistake("targets-swapped", "real_target and fake_target are swapped.",
                      discriminator_loss(real_logits, fake_logits, fake_target, real_target)),
        Mistake("targets-as-weights",
                      "Your targets only weight the two sides; a target t asks for -t log D - (1 - t) log(1 - D) on "
                      "its side.",
                      real_target * cross_entropy(real_logits, 1.0) +
                      (1 - np.asarray(fake_target)) * cross_entropy(fake_logits, 0.0)),
    ]  # fmt: skip


def generator(fake_logits: Array) -> list[Mistake]:
    """Mistakes in equation (4); fake_logits (batch,)."""
    right = generator_loss(fake_logits)
    return [
        Mistake("g-loss-saturating",
                      "This is the saturating loss, log(1 - D): its gradient vanishes when the discriminator is "
                      "sure. Equation (4) asks for the non-saturating one.", saturating_generator_loss(fake_logits)),
        Mistake("g-loss-discriminators",
                      "This is the discriminator's loss for fakes, with the target 0. The generator wants its fakes "
                      "to be taken for real.", -saturating_generator_loss(fake_logits)),
        Mistake("g-loss-sign", "Your loss has the wrong sign: log D is what the generator wants to raise, and "
                      "a loss is lowered.", -right),
        *_reduced(right, "g"),
        Mistake("g-loss-sigmoid-twice",
                      "You apply the sigmoid twice: the discriminator returns logits, and a cross-entropy that "
                      "expects logits applies the sigmoid itself.", generator_loss(sigmoid(fake_logits))),
        Mistake("g-loss-logits-taken-for-probabilities",
                      "You treat the logits as probabilities: tell the cross-entropy that it gets logits.",
                      _clipped(fake_logits, 1.0)),
        Mistake("g-loss-wasserstein", "Your loss is the negative logit itself, without a logarithm of D.",
                      -fake_logits),
        Mistake("g-loss-base-2", "Your loss is in bits: use the natural logarithm.", right / math.log(2)),
    ]  # fmt: skip


def saturating(fake_logits: Array) -> list[Mistake]:
    """Mistakes in equation (5); fake_logits (batch,)."""
    right = saturating_generator_loss(fake_logits)
    return [
        Mistake("saturating-is-non-saturating",
                      "This is the non-saturating loss of equation (4); the saturating one is the generator's part "
                      "of the value function.", generator_loss(fake_logits)),
        Mistake("saturating-sign",
                      "Your loss has the wrong sign: the generator lowers log(1 - D), its part of the value "
                      "function.",
                      -right),
        Mistake("saturating-log-d", "Your loss is log D, which the generator would lower: it has log(1 - D).",
                      -generator_loss(fake_logits)),
        *_reduced(right, "saturating"),
        Mistake("saturating-sigmoid-twice",
                      "You apply the sigmoid twice: the discriminator returns logits.",
                      saturating_generator_loss(sigmoid(fake_logits))),
    ]  # fmt: skip


def _reduced(right: Array, prefix: str) -> list[Mistake]:
    """Mistakes in the shape of a loss."""
    averaged = "You averaged over the batch. Return one number for each example; the step takes the mean."
    return [
        Mistake(f"{prefix}-loss-batch-mean", averaged, np.asarray(right.mean())),
        Mistake(f"{prefix}-loss-batch-sum", "You summed over the batch. Return one number for each example.",
                      np.asarray(right.sum())),
        Mistake(f"{prefix}-loss-column", "Your loss still has the logits' last axis: (batch, 1); return "
                      "(batch,).",
                      right[:, None]),
    ]  # fmt: skip
