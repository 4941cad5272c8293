"""Checks of train_generator, with networks whose gradients are known by hand, as in `checks_discriminator_step`."""

from __future__ import annotations

import numpy as np

from graders.common.noise import SAME_FOR_EXAMPLES
from graders.common.objects import set_weights
from graders.common.reference import random_images
from graders.ex05_gan import mistakes, networks, step_mistakes
from graders.ex05_gan.expectations import (
    agree_with_one,
    expect_draws,
    expect_own_noise,
    expect_scalar,
    generator_slopes,
    step,
)
from graders.ex05_gan.networks import DISCRIMINATOR_RATE, GENERATOR_RATE, moving_mean, vector
from graders.ex05_gan.oracles import Linear
from judge.suite import Array, Student, agree, check, expect

BATCH, LATENT, PIXELS = 6, 3, 4
LOSS = "what train_generator returns"
ENTRIES = 1000  # of the noise that is looked at


def _sure_of_fakes(seed: int) -> tuple[Linear, Linear, Array]:
    """(generator, discriminator, logits): all fakes are equal, and the discriminator is fairly sure of them."""
    generator = networks.constant(random_images(seed, PIXELS), LATENT)
    discriminator = networks.random_linear(seed, PIXELS, 1)
    logit = float(discriminator(generator(np.zeros((1, LATENT))))[0, 0])
    discriminator = Linear(discriminator.kernel, (discriminator.bias - logit - 1.5).astype(np.float32))
    return generator, discriminator, discriminator(generator(np.zeros((BATCH, LATENT))))[:, 0]


@check(
    cell="train_generator_check",
    says="train_generator returns the batch mean of the non-saturating loss, before the step.",
    weight=2,
    read_again="section 7b",
)
def test_generator_step_loss(student: Student) -> None:
    """The generator always makes the same image; label noise is the discriminator's business alone."""
    for seed, label_noise in ((0, 0.0), (1, 0.5)):
        generator, discriminator, logits = _sure_of_fakes(seed)
        gan = networks.linear_gan(student, generator, discriminator, label_noise=label_noise).gan
        found = expect_scalar(step(gan, "train_generator", BATCH), LOSS)
        expected = [loss.mean() for loss, _ in generator_slopes(student, logits)]
        agree_with_one(found, expected, LOSS, mistakes=step_mistakes.generator_loss_returned(logits))


@check(
    cell="train_generator_check",
    says="train_generator makes one gradient step of the generator, on the non-saturating loss.",
    weight=3,
    read_again="section 7b",
)
def test_generator_step_follows_the_gradient(student: Student) -> None:
    """The step of the bias of a generator that ignores z; that of its kernel has one factor more, the mean of z."""
    generator, discriminator, logits = _sure_of_fakes(2)
    sides = networks.linear_gan(student, generator, discriminator)
    step(sides.gan, "train_generator", BATCH)
    after = vector(sides.generator, generator)
    steps = [
        by_logit.mean() * discriminator.kernel[:, 0] for _, by_logit in generator_slopes(student, logits)
    ]
    known = step_mistakes.generator_step(
        generator.bias, steps[-1], float(logits[0]), GENERATOR_RATE, DISCRIMINATOR_RATE, BATCH
    )
    bias, kernel = after[-PIXELS:], after[:-PIXELS].reshape(LATENT, PIXELS)
    agree_with_one(bias, [generator.bias - GENERATOR_RATE * slope for slope in steps],
                   "the generator's bias after one step", mistakes=known)  # fmt: skip
    moved = bias - generator.bias
    mean_z = kernel @ moved / (moved @ moved)
    agree(kernel, np.outer(mean_z, moved), "the generator's kernel after one step", rtol=1e-3, atol=1e-4)


@check(
    cell="train_generator_check",
    says="train_generator leaves the discriminator and its optimiser as they are.",
    weight=2,
    read_again="section 7b",
)
def test_generator_step_moves_nothing_else(student: Student) -> None:
    """Trainable weights are compared: moving statistics of the discriminator may move."""
    weights = networks.random_linear(4, PIXELS, 1)
    sides = networks.linear_gan(student, networks.random_linear(3, LATENT, PIXELS), weights)
    for _ in range(2):
        step(sides.gan, "train_generator", BATCH)
    same = np.array_equal(vector(sides.discriminator, weights), weights.as_vector())
    expect(same, "the discriminator's weights changed in the generator's step.", mistakes.DISCRIMINATOR_MOVED)
    generator, discriminator = sides.updates()
    message = f"two steps should be two updates of the generator's optimiser: received {generator}"
    expect((generator, discriminator) == (2, 0), f"{message}, and {discriminator} of the discriminator's.",
           mistakes.WRONG_OPTIMIZER)  # fmt: skip


@check(
    cell="train_generator_check",
    says="Every step draws fresh standard normal noise, of its own for every example.",
    weight=2,
    needs=[test_generator_step_follows_the_gradient],
    read_again="section 7b",
)
def test_generator_step_draws_noise(student: Student) -> None:
    """With one output, the step of the kernel is the step of the bias times the mean of z; see `expect_draws`."""
    start = Linear(np.zeros((ENTRIES, 1)), np.zeros(1))
    discriminator = Linear(np.ones((1, 1)), np.full(1, networks.UNDECIDED))
    means = []
    sides = networks.linear_gan(student, start, discriminator, None)
    before = start.as_vector()
    for batch in (1, 1, 1, 4):
        set_weights(sides.generator, [start.kernel, start.bias])
        step(sides.gan, "train_generator", batch)
        moved = vector(sides.generator, start) - before
        expect(moved[-1] != 0, "the generator did not learn.")
        means.append(moved[:-1] / moved[-1])
    expect_draws(np.stack(means[:3]), "train_generator")
    expect_own_noise(means[3], 4, "train_generator", SAME_FOR_EXAMPLES)


@check(
    cell="train_generator_check",
    says="The generator trains with training=True, in one batch of the size asked for.",
    needs=[test_generator_step_draws_noise],
    read_again="section 7b",
)
def test_generator_step_batch(student: Student) -> None:
    """Its batch normalisation sees z + 5: half of it is what its moving mean becomes, if it is told that it trains.

    The standard deviation of half the mean of 400 draws is 0.025; the limit is six times as far.
    """
    generator = networks.normalising_generator(student, bias=5.0)
    discriminator = networks.make_discriminator(student, networks.random_linear(6, PIXELS, 1), None)
    sides = networks.make_gan(student, generator, discriminator, PIXELS)
    step(sides.gan, "train_generator", 400)
    mean = moving_mean(generator, PIXELS)
    moved = bool(np.abs(mean).max() > 1e-3)
    expect(moved, "the generator's moving statistics did not move.", mistakes.NO_TRAINING_FLAG_GENERATOR)
    agree(
        mean,
        np.full(PIXELS, 2.5),
        "the generator's moving mean after one step of 400 fakes",
        rtol=0,
        atol=0.15,
    )
