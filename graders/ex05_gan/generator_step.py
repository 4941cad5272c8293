"""train_generator, with networks whose gradients are known by hand: its checks and its mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.adversarial import (
    GENERATOR_RATE,
    UNDECIDED,
    Linear,
    constant,
    linear_gan,
    make_discriminator,
    make_gan,
    moving_mean,
    normalising_generator,
    random_linear,
    vector,
)
from graders.common.adversarial_losses import agree_with_one, generator_slopes
from graders.common.draws import composition, ratio
from graders.common.objects import numbers, set_weights
from graders.common.reference import random_images
from graders.ex05_gan.discriminator_step import (
    BATCH,
    ENTRIES,
    G_FAKES,
    LATENT,
    NO_FLAG_GENERATOR,
    ON_TAPE,
    PIXELS,
    WRONG_OPTIMIZER,
    expect_noise,
    expect_scalar,
    step,
)
from graders.ex05_gan.losses import test_generator_loss_value
from judge.suite import Array, CheckFailed, Remote, Student, agree, cell, expect

steps = cell("train_generator_check", hole="gan", read_again="section 7b", uses=[test_generator_loss_value])
LOSS = "what train_generator returns"

# fmt: off
MEAN = "loss = ops.mean(generator_loss(fake_logits))"
APPLY = "self.generator_optimizer.apply(tape.gradient(loss, variables), variables)"
RETURN = "return loss\n\n    def train_step"
VARIABLES = "variables = self.generator.trainable_variables"
steps.mistake("g-step-saturating", (MEAN, MEAN.replace("(gen", "(saturating_gen")),
    "Your step follows the saturating loss, whose gradient vanishes when the discriminator is sure: use "
    "generator_loss.")
steps.mistake("g-step-follows-discriminator", (MEAN, MEAN.replace("(gen", "(-saturating_gen")),
    "Your generator learns to be recognised: it lowers the discriminator's loss for fakes. Its fakes should be "
    "taken for real.")
steps.mistake("g-step-ascent", (MEAN, MEAN.replace("ops", "-ops")),
    "Your step goes uphill: the generator's loss grows, and what you return has the wrong sign. Lower the loss.")
NO_STEP = steps.mistake("g-step-none", (f"{APPLY}\n        ", ""),
    "No weight of the generator changed: hand its gradients to its optimiser.")
steps.mistake("g-step-sum-over-batch", (MEAN, MEAN.replace("mean", "sum")),
    "Your loss or step is the right one times the number of examples: take the mean of the loss over the batch, not "
    "the sum.",
    also=[(RETURN, RETURN.replace("loss", "ops.sum(generator_loss(fake_logits))", 1))])
steps.mistake("g-step-twice",
    (APPLY, APPLY.replace("tape.gradient(loss, variables)", "[2.0 * g for g in tape.gradient(loss, variables)]")),
    "Your step is twice the right one: update the weights once.")
steps.mistake("g-step-half", (MEAN, MEAN.replace("ops", "0.5 * ops")),
    "Your loss and step are half the right ones: take the mean of generator_loss as it is.")
DISCRIMINATOR_MOVED = steps.mistake("discriminator-moved-in-generator-step",
    (VARIABLES, f"{VARIABLES} + self.discriminator.trainable_variables"),
    "The discriminator's weights changed in the generator's step. Apply gradients to the generator's trainable "
    "variables only.")
GETS_NOTHING = steps.mistake("generator-gets-no-gradient",
    (f"{ON_TAPE}{G_FAKES}", f"{G_FAKES}\n        {ON_TAPE[:-13]}"),
    "No gradient reaches the generator. Make the fakes inside the tape and send these very tensors through the "
    "discriminator: no NumPy, no stop_gradient, no `predict` in between.",
    also=[("self.discriminator(fake_images, training=True)\n            loss = ops.mean(gen",
           "self.discriminator(ops.stop_gradient(fake_images), training=True)\n            loss = ops.mean(gen")])
# fmt: on


def _step(gan: Remote, batch: int) -> Any:
    """What train_generator returns; Keras' complaint that there is no gradient is explained."""
    try:
        return step(gan, "train_generator", batch)
    except CheckFailed as failure:
        if "gradient" not in failure.message.lower() or failure.mistake or failure.fatal:
            raise
        raise CheckFailed(failure.message, GETS_NOTHING, evidence=failure.evidence) from None


def _sure_of_fakes(seed: int) -> tuple[Linear, Linear, Array]:
    """(generator, discriminator, logits): all fakes are equal, and the discriminator is fairly sure of them."""
    generator, discriminator = constant(random_images(seed, PIXELS), LATENT), random_linear(seed, PIXELS, 1)
    logit = float(discriminator(generator(np.zeros((1, LATENT))))[0, 0])
    discriminator = Linear(discriminator.kernel, (discriminator.bias - logit - 1.5).astype(np.float32))
    return generator, discriminator, discriminator(generator(np.zeros((BATCH, LATENT))))[:, 0]


@steps.check("train_generator returns the batch mean of the non-saturating loss, before the step.", weight=2)
def test_generator_step_loss(student: Student) -> None:
    """The generator always makes the same image; label noise is the discriminator's business alone."""
    found, candidates = [], []
    for seed, label_noise in ((0, 0.0), (1, 0.5)):
        generator, discriminator, logits = _sure_of_fakes(seed)
        gan = linear_gan(student, generator, discriminator, label_noise=label_noise).gan
        found.append(expect_scalar(_step(gan, BATCH), LOSS))
        candidates.append([loss.mean() for loss, _ in generator_slopes(student, logits)])
    in_units = ratio(numbers(found), np.array([right for right, *_ in candidates]))
    for loss, expected in zip(found, candidates, strict=True):
        agree_with_one(loss, expected, LOSS, known_by=in_units)


@steps.check("train_generator makes one gradient step of the generator, on the non-saturating loss.", weight=3)
def test_generator_step_follows_the_gradient(student: Student) -> None:
    """The step of the bias of a generator that ignores z; that of its kernel has one factor more, the mean of z."""
    generator, discriminator, logits = _sure_of_fakes(2)
    sides = linear_gan(student, generator, discriminator)
    _step(sides.gan, BATCH)
    after = vector(sides.generator, generator)
    steps = [slope.mean() * discriminator.kernel[:, 0] for _, slope in generator_slopes(student, logits)]
    bias, kernel = after[-PIXELS:], after[:-PIXELS].reshape(LATENT, PIXELS)
    moved = bias - generator.bias
    known_by = composition(-moved[None] / GENERATOR_RATE, steps[0][None])
    expected = [generator.bias - GENERATOR_RATE * slope for slope in steps]
    agree_with_one(bias, expected, "the generator's bias after one step", known_by)
    mean_z = kernel @ moved / (moved @ moved)
    agree(kernel, np.outer(mean_z, moved), "the generator's kernel after one step", rtol=1e-3, atol=1e-4)


@steps.check("train_generator leaves the discriminator and its optimiser as they are.", weight=2)
def test_generator_step_moves_nothing_else(student: Student) -> None:
    """Trainable weights are compared: moving statistics of the discriminator may move."""
    weights = random_linear(4, PIXELS, 1)
    sides = linear_gan(student, random_linear(3, LATENT, PIXELS), weights)
    for _ in range(2):
        _step(sides.gan, BATCH)
    same = np.array_equal(vector(sides.discriminator, weights), weights.as_vector())
    expect(same, "the discriminator's weights changed in the generator's step.", DISCRIMINATOR_MOVED)
    generator, discriminator = sides.updates()
    message = f"two steps should be two updates of the generator's optimiser: received {generator}"
    right = (generator, discriminator) == (2, 0)
    mistake = WRONG_OPTIMIZER if discriminator else NO_STEP if not generator else None
    expect(right, f"{message}, and {discriminator} of the discriminator's.", mistake)


@steps.check(
    "Every step draws fresh standard normal noise, of its own for every example.",
    weight=2,
    needs=[test_generator_step_follows_the_gradient],
)
def test_generator_step_draws_noise(student: Student) -> None:
    """With one output, the step of the kernel is the step of the bias times the mean of z; see `expect_draws`."""
    start, means = Linear(np.zeros((ENTRIES, 1)), np.zeros(1)), []
    sides = linear_gan(student, start, Linear(np.ones((1, 1)), np.full(1, UNDECIDED)), None)
    for batch in (1, 1, 1, 4):
        set_weights(sides.generator, [start.kernel, start.bias])
        _step(sides.gan, batch)
        moved = vector(sides.generator, start) - start.as_vector()
        expect(moved[-1] != 0, "the generator did not learn.")
        means.append(moved[:-1] / moved[-1])
    expect_noise(means, "train_generator")


@steps.check(
    "The generator trains with training=True, in one batch of the size asked for.",
    weight=3,
    needs=[test_generator_step_draws_noise],
)
def test_generator_step_batch(student: Student) -> None:
    """Its batch normalisation sees z + 5: half of it is what its moving mean becomes, if it is told that it trains.

    The standard deviation of half the mean of 400 draws is 0.025; the limit is six times as far.
    """
    generator = normalising_generator(student, bias=5.0)
    discriminator = make_discriminator(student, random_linear(6, PIXELS, 1), None)
    _step(make_gan(student, generator, discriminator, PIXELS).gan, 400)
    mean = moving_mean(generator, PIXELS)
    moved = bool(np.abs(mean).max() > 1e-3)
    expect(moved, "the generator's moving statistics did not move.", NO_FLAG_GENERATOR)
    what = "the generator's moving mean after one step of 400 fakes"
    agree(mean, np.full(PIXELS, 2.5), what, rtol=0, atol=0.15)
