"""Known wrong ways to write the steps of a GAN, each with its hint; as in `loss_mistakes`."""

from __future__ import annotations

import numpy as np

from graders.ex05_gan import oracles
from judge.suite import Array, Mistake


def discriminator_loss_returned(real_logits: Array, fake_logits: Array) -> list[Mistake]:
    """Mistakes in what train_discriminator returns, if the loss function is right.

    Args:
        real_logits: (batch,).
        fake_logits: (batch,).
    """
    real, fake = oracles.cross_entropy(real_logits, 1.0), oracles.cross_entropy(fake_logits, 0.0)
    right = float((real + fake).mean())
    return [
        Mistake("d-step-loss-halved", "The loss that you return is half the right one: add the two sides.",
                      right / 2),
        Mistake("d-step-loss-summed", "You return the sum over the batch; return its mean.",
                      len(real) * right),
        Mistake("d-step-loss-swapped", "Real and fake are swapped: look at the order of discriminator_loss' "
                      "arguments.", float(oracles.discriminator_loss(fake_logits, real_logits).mean())),
        Mistake("d-step-loss-real-only", "You return the real side alone; the loss has two sides.",
                      float(real.mean())),
        Mistake("d-step-loss-fake-only", "You return the fake side alone; the loss has two sides.",
                      float(fake.mean())),
        Mistake("d-step-loss-generators", "You return the generator's loss; this is the discriminator's step.",
                      float(oracles.generator_loss(fake_logits).mean())),
    ]  # fmt: skip


def discriminator_step(
    before: Array, real: Array, fake: Array, swapped: Array, rate: float, other_rate: float, batch: int
) -> list[Mistake]:
    """Mistakes in one step of plain gradient descent of a linear discriminator; all arrays are vectors.

    Args:
        before: the discriminator's weights.
        real: gradient of the real side, a batch mean.
        fake: gradient of the fake side.
        swapped: gradient of the loss with real and fake exchanged.
        rate: the discriminator's learning rate.
        other_rate: the generator's.
        batch: number of examples.
    """
    step = real + fake
    return [
        Mistake("d-step-ascent", "Your step goes uphill: the discriminator's loss grows. Lower it.",
                      before + rate * step),
        Mistake("d-step-none", "No weight of the discriminator changed: hand its gradients to its optimiser.",
                      before),
        Mistake("d-step-sum-over-batch", "Your step is the right one times the number of examples: take the mean "
                      "of the loss over the batch, not the sum.", before - batch * rate * step),
        Mistake("d-step-half", "Your step is half the right one: the loss is the sum of the two sides, not their "
                      "mean. Or did real and fake images go in as one batch?", before - 0.5 * rate * step),
        Mistake("d-step-twice", "Your step is twice the right one: update the weights once for each batch.",
                      before - 2 * rate * step),
        Mistake("d-step-real-only", "The discriminator learned from real images alone.", before - rate * real),
        Mistake("d-step-fake-only", "The discriminator learned from fakes alone.", before - rate * fake),
        Mistake("d-step-swapped", "The discriminator learned to call fakes real: real and fake are swapped.",
                      before - rate * swapped),
        Mistake("d-step-wrong-rate", "Your step has the learning rate of the generator's optimiser: each side "
                      "has an optimiser of its own.", before - other_rate * step),
    ]  # fmt: skip


def generator_loss_returned(fake_logits: Array) -> list[Mistake]:
    """Mistakes in what train_generator returns, if the loss function is right; fake_logits (batch,)."""
    right = float(oracles.generator_loss(fake_logits).mean())
    saturating = float(oracles.saturating_generator_loss(fake_logits).mean())
    return [
        Mistake("g-step-loss-saturating", "You return the saturating loss; this step uses generator_loss.",
                      saturating),
        Mistake("g-step-loss-discriminators", "You return the discriminator's loss for fakes; this is the "
                      "generator's step.", -saturating),
        Mistake("g-step-loss-summed", "You return the sum over the batch; return its mean.",
                      len(fake_logits) * right),
        Mistake("g-step-loss-sign", "The loss that you return has the wrong sign.", -right),
    ]  # fmt: skip


def generator_step(
    before: Array, step: Array, fake_logit: float, rate: float, other_rate: float, batch: int
) -> list[Mistake]:
    """Mistakes in one step of the generator's bias, all fakes having the same logit.

    Args:
        before: the bias.
        step: gradient of the batch mean of equation (4).
        fake_logit: what the discriminator says of every fake.
        rate: the generator's learning rate.
        other_rate: the discriminator's.
        batch: number of examples.
    """
    d = 1 / (1 + np.exp(-fake_logit))
    saturated = step * d / (1 - d)  # equation (5) has the slope -D where equation (4) has -(1 - D)
    return [
        Mistake("g-step-saturating", "Your step follows the saturating loss, whose gradient vanishes when the "
                      "discriminator is sure: use generator_loss.", before - rate * saturated),
        Mistake("g-step-follows-discriminator", "Your generator learns to be recognised: it lowers the "
                      "discriminator's loss. Its fakes should be taken for real.", before + rate * saturated),
        Mistake("g-step-ascent", "Your step goes uphill: the generator's loss grows. Lower it.",
                      before + rate * step),
        Mistake("g-step-none", "No weight of the generator changed: hand its gradients to its optimiser.",
                      before),
        Mistake("g-step-sum-over-batch", "Your step is the right one times the number of examples: take the mean "
                      "of the loss over the batch, not the sum.", before - batch * rate * step),
        Mistake("g-step-twice", "Your step is twice the right one: update the weights once.",
                      before - 2 * rate * step),
        Mistake("g-step-half", "Your step is half the right one: take the mean of generator_loss as it is.",
                      before - 0.5 * rate * step),
        Mistake("g-step-wrong-rate", "Your step has the learning rate of the discriminator's optimiser: each "
                      "side has an optimiser of its own.", before - other_rate * step),
    ]  # fmt: skip


def alternation(
    *,
    nothing: Array,
    at_once: Array,
    without_discriminator: Array,
    without_generator: Array,
    generator_first: Array,
) -> list[Mistake]:
    """Mistakes in train_step, each told by (discriminator's weights, generator's bias) after it."""
    return [
        Mistake("step-nothing", "Your train_step moves no weight.", nothing),
        Mistake("step-at-once", "Your generator learned from the discriminator as it was before its step: take "
                      "the discriminator's step first, then ask it again.", at_once),
        Mistake("step-without-discriminator", "Your train_step leaves the discriminator as it was.",
                      without_discriminator),
        Mistake("step-without-generator", "Your train_step leaves the generator as it was.", without_generator),
        Mistake("step-generator-first", "Your generator moves before the discriminator: train the discriminator "
                      "first.", generator_first),
    ]  # fmt: skip


def logs(means: Array, batch: int) -> list[Mistake]:
    """Mistakes in the dict of a step.

    Args:
        means: the right batch means of (discriminator_loss, generator_loss).
        batch: number of examples.
    """
    d, g = means
    return [
        Mistake("logs-swapped", "discriminator_loss and generator_loss are swapped.", np.array([g, d])),
        Mistake("logs-sum-over-batch", "Your losses are summed over the batch; report the mean over its "
                      "examples.", batch * means),
        Mistake("logs-halved", "You report half of the discriminator's loss; it is the sum of its two sides.",
                      np.array([d / 2, g])),
        Mistake("logs-generator-twice", "Both of your numbers are the generator's loss.", np.array([g, g])),
        Mistake("logs-discriminator-twice", "Both of your numbers are the discriminator's loss.",
                      np.array([d, d])),
    ]  # fmt: skip
