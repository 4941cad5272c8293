"""Checks of train_discriminator, with networks whose gradients are known by hand.

The student's own losses decide where the losses matter, or the equations, whichever the step follows: a
wrong formula is counted once, where it belongs.
"""

from __future__ import annotations

import numpy as np

from graders.common.noise import SAME_FOR_EXAMPLES, distance_limit, distance_to
from graders.common.objects import set_weights
from graders.common.reference import random_images, sigmoid
from graders.ex05_gan import mistakes, networks, step_mistakes
from graders.ex05_gan.checks_losses import (
    test_discriminator_loss_targets,
)
from graders.ex05_gan.expectations import (
    agree_with_one,
    discriminator_slopes,
    expect_draws,
    expect_own_noise,
    expect_scalar,
    slope_at_fakes,
    step,
)
from graders.ex05_gan.networks import (
    DISCRIMINATOR_RATE,
    GENERATOR_RATE,
    SHAPE,
    UNDECIDED,
    moving_mean,
    vector,
)
from graders.ex05_gan.oracles import Linear
from judge.suite import Array, Student, agree, check, expect

BATCH, LATENT, PIXELS = 6, 3, 4
LOSS = "what train_discriminator returns"
ENTRIES = 1000  # of the noise that is looked at
LABEL_NOISE = 0.6


def _constant_fakes(seed: int) -> tuple[Linear, Linear, Array, Array]:
    """(generator, discriminator, real images, fakes): the fakes are the same whatever z is."""
    generator = networks.constant(random_images(seed, PIXELS), LATENT)
    real = random_images(seed + 10, BATCH, *SHAPE)
    return generator, networks.random_linear(seed, PIXELS, 1), real, generator(np.zeros((BATCH, LATENT)))


@check(
    cell="train_discriminator_check",
    says="train_discriminator returns the batch mean of the discriminator's loss, before the step.",
    weight=2,
    read_again="section 7a",
)
def test_discriminator_step_loss(student: Student) -> None:
    """The generator always makes the same image, so that the loss is known."""
    for seed in (0, 1):
        generator, discriminator, real, fake = _constant_fakes(seed)
        gan = networks.linear_gan(student, generator, discriminator).gan
        found = expect_scalar(step(gan, "train_discriminator", real), LOSS)
        logits = discriminator(real)[:, 0], discriminator(fake)[:, 0]
        expected = [loss.mean() for loss, _, _ in discriminator_slopes(student, *logits)]
        agree_with_one(found, expected, LOSS, mistakes=step_mistakes.discriminator_loss_returned(*logits))


@check(
    cell="train_discriminator_check",
    says="train_discriminator makes one gradient step of the discriminator, away from fakes and towards real images.",
    weight=3,
    read_again="section 7a",
)
def test_discriminator_step_follows_the_gradient(student: Student) -> None:
    """Both sides' gradients of a linear discriminator are sums over examples."""
    generator, discriminator, real, fake = _constant_fakes(2)
    sides = networks.linear_gan(student, generator, discriminator)
    step(sides.gan, "train_discriminator", real)
    logits = discriminator(real)[:, 0], discriminator(fake)[:, 0]
    start, expected = discriminator.as_vector(), []
    for _, by_real, by_fake in discriminator_slopes(student, *logits):
        on_real = discriminator.gradient(real, by_real[:, None])
        on_fake = discriminator.gradient(fake, by_fake[:, None])
        expected.append(start - DISCRIMINATOR_RATE * (on_real + on_fake))
    _, by_real, by_fake = discriminator_slopes(student, *reversed(logits))[-1]
    swapped = discriminator.gradient(fake, by_real[:, None]) + discriminator.gradient(real, by_fake[:, None])
    known = step_mistakes.discriminator_step(
        start, on_real, on_fake, swapped, DISCRIMINATOR_RATE, GENERATOR_RATE, BATCH
    )
    agree_with_one(vector(sides.discriminator, discriminator), expected, "the discriminator's weights after one step",
                   mistakes=known)  # fmt: skip


@check(
    cell="train_discriminator_check",
    says="train_discriminator leaves the generator and its optimiser as they are.",
    weight=2,
    read_again="section 7a",
)
def test_discriminator_step_moves_nothing_else(student: Student) -> None:
    """Trainable weights are compared: moving statistics of the generator may move."""
    weights = networks.random_linear(3, LATENT, PIXELS)
    sides = networks.linear_gan(student, weights, networks.random_linear(4, PIXELS, 1))
    for seed in (3, 4):
        step(sides.gan, "train_discriminator", random_images(seed, BATCH, *SHAPE))
    same = np.array_equal(vector(sides.generator, weights), weights.as_vector())
    expect(same, "the generator's weights changed in the discriminator's step.", mistakes.GENERATOR_MOVED)
    generator, discriminator = sides.updates()
    message = f"two steps should be two updates of the discriminator's optimiser: received {discriminator}"
    expect((generator, discriminator) == (0, 2), f"{message}, and {generator} of the generator's.",
           mistakes.WRONG_OPTIMIZER)  # fmt: skip


@check(
    cell="train_discriminator_check",
    says="Real and fake go through the discriminator in two batches, everything with training=True.",
    weight=2,
    read_again="section 7a",
)
def test_discriminator_step_batches(student: Student) -> None:
    """A batch normalisation in the discriminator remembers the means of the batches that it saw.

    Its moving mean starts at 0 and goes half the way to the mean of every batch, real first or fake first.
    """
    fakes = np.array([1.0, 2.0, -1.0, 0.5])
    generator = networks.make_generator(student, networks.constant(fakes), None)
    discriminator = networks.normalising_discriminator(student, PIXELS)
    sides = networks.make_gan(student, generator, discriminator, 3)
    real = random_images(5, BATCH, PIXELS)
    step(sides.gan, "train_discriminator", real)
    found, mean = moving_mean(discriminator, PIXELS), real.astype(np.float64).mean(axis=0)
    moved = bool(np.abs(found).max() > 1e-6)
    expect(
        moved, "the discriminator's moving statistics did not move.", mistakes.NO_TRAINING_FLAG_DISCRIMINATOR
    )
    real_first, fake_first = 0.25 * mean + 0.5 * fakes, 0.5 * mean + 0.25 * fakes
    if not any(np.allclose(found, right, 1e-3, 1e-4) for right in (real_first, fake_first)):
        known = [
            mistakes.with_value(mistakes.CONCATENATED, (mean + fakes) / 4),
            mistakes.with_value(mistakes.NO_TRAINING_FLAG_DISCRIMINATOR, mean / 2),
            mistakes.with_value(mistakes.NO_TRAINING_FLAG_DISCRIMINATOR, fakes / 2),
        ]
        agree(
            found,
            real_first,
            "the discriminator's moving mean after one step",
            rtol=1e-3,
            mistakes=known,
        )


@check(
    cell="train_discriminator_check",
    says="The fakes come from the generator in training mode.",
    read_again="section 7a",
)
def test_discriminator_step_trains_on_training_fakes(student: Student) -> None:
    """The generator's batch normalisation sees z + 5 and remembers it, if it is told that it trains."""
    generator = networks.normalising_generator(student, bias=5.0)
    discriminator = networks.make_discriminator(student, networks.random_linear(6, PIXELS, 1), None)
    sides = networks.make_gan(student, generator, discriminator, PIXELS)
    step(sides.gan, "train_discriminator", random_images(6, BATCH, PIXELS))
    moved = np.abs(moving_mean(generator, PIXELS)).max() > 1e-3
    expect(
        bool(moved), "the generator's moving statistics did not move.", mistakes.NO_TRAINING_FLAG_GENERATOR
    )


@check(
    cell="train_discriminator_check",
    says="Every step draws fresh standard normal noise, of its own for every example.",
    weight=2,
    needs=[test_discriminator_step_follows_the_gradient],
    read_again="section 7a",
)
def test_discriminator_step_draws_fakes(student: Student) -> None:
    """The generator returns z itself, real images are black, and the discriminator starts at 0.

    Then its kernel after the step is proportional to the mean of z. Probabilities: see `expect_draws`.
    """
    untrained = networks.undecided(ENTRIES)
    sides = networks.linear_gan(student, Linear(np.eye(ENTRIES), np.zeros(ENTRIES)), untrained, None)
    slope = slope_at_fakes(student)
    means = []
    for batch in (1, 1, 1, 4):
        set_weights(sides.discriminator, [untrained.kernel, untrained.bias])
        step(sides.gan, "train_discriminator", np.zeros((batch, ENTRIES), np.float32))
        means.append(-vector(sides.discriminator, untrained)[:-1] / (DISCRIMINATOR_RATE * slope))
    expect_draws(np.stack(means[:3]), "train_discriminator")
    expect_own_noise(means[3], 4, "train_discriminator", SAME_FOR_EXAMPLES)


def _noisy_targets(student: Student, batch: int, calls: int) -> tuple[Array, Array]:
    """The targets that some steps used: (real targets (calls, batch), mean fake targets (calls,)).

    Real image i is 1 in entry i and 0 elsewhere, every fake is 1 in the last entry alone, and the
    discriminator gives every image the same logit: its kernel's step is the target minus the sigmoid of it,
    entry by entry.
    """
    discriminator, d = networks.undecided(batch + 1), float(sigmoid(np.array(UNDECIDED)))
    fakes = networks.constant(np.eye(batch + 1)[-1])
    sides = networks.linear_gan(
        student, fakes, discriminator, None, rates=(1.0, 1.0), label_noise=LABEL_NOISE
    )
    real, fake = [], []
    for _ in range(calls):
        set_weights(sides.discriminator, [discriminator.kernel, discriminator.bias])
        step(sides.gan, "train_discriminator", np.eye(batch, batch + 1, dtype=np.float32))
        moved = vector(sides.discriminator, discriminator)[:-1]
        real.append(batch * moved[:-1] + d)
        fake.append(moved[-1] + d)
    return np.array(real), np.array(fake)


@check(
    cell="train_discriminator_check",
    says="Label noise: real targets are uniform in [1 - label_noise, 1], fake ones in [0, label_noise], drawn anew.",
    weight=2,
    needs=[test_discriminator_loss_targets, test_discriminator_step_follows_the_gradient],
    read_again="section 7",
)
def test_label_noise(student: Student) -> None:
    """400 examples in each of two calls, one example in each of 16.

    A right answer fails with probability below 1e-6: the empirical distribution function of 800 targets
    strays too far with 1e-7 at most, each mean of 400 fake targets (six standard deviations) with 2e-9.
    """
    real, fake_means = _noisy_targets(student, 400, 2)
    alone, fake = _noisy_targets(student, 1, 16)
    off_real = (1 - np.concatenate([real.ravel(), alone.ravel()])) / LABEL_NOISE
    _expect_moved(off_real, fake / LABEL_NOISE)
    same = np.allclose(real, real[:, :1], atol=1e-4)
    expect(not same, "all examples of a batch got the same real target.", mistakes.NOISE_SAME_FOR_BATCH)
    repeated = np.allclose(real[0], real[1], atol=1e-4) or np.ptp(fake) < 1e-4
    expect(not repeated, "two calls used the same targets.", mistakes.NOISE_SAME_EVERY_CALL)
    far = distance_to(real / LABEL_NOISE - (1 / LABEL_NOISE - 1), lambda u: np.clip(u, 0.0, 1.0))
    expect(
        far < distance_limit(real.size),
        "the noise of the real targets is not uniform.",
        mistakes.NOISE_NOT_UNIFORM,
    )
    limit = 6 / np.sqrt(12 * 400)
    stray = np.abs(fake_means / LABEL_NOISE - 0.5).max()
    expect(bool(stray < limit), "all fakes of a batch got the same target, or not a uniform one.",
           mistakes.NOISE_SAME_FOR_BATCH)  # fmt: skip


def _expect_moved(off_real: Array, off_fake: Array) -> None:
    """Fail unless both sides' targets have moved inwards; by how much, in units of label_noise."""
    moved = [bool(np.abs(off).max() > 1e-3) for off in (off_real, off_fake)]
    expect(any(moved), "the targets are exactly 1 and 0.", mistakes.NOISE_IGNORED)
    expect(
        all(moved), f"only the {'real' if moved[0] else 'fake'} targets are noisy.", mistakes.NOISE_ONE_SIDED
    )
    full = 1 / LABEL_NOISE
    flipped = all(
        np.isclose(np.outer(off, [1, 1]), [0, full], atol=1e-3).any(axis=1).all()
        for off in (off_real, off_fake)
    )
    expect(not flipped, "all targets are 0 or 1.", mistakes.NOISE_FLIPS)
    swapped = all(off.min() > full - 1.01 and off.max() > 1.01 for off in (off_real, off_fake))
    expect(not swapped, "real targets are near 0, fake ones near 1.", mistakes.NOISE_SWAPPED)
    constant = all(np.ptp(off) < 1e-3 for off in (off_real, off_fake))
    expect(not constant, "all targets of one side are equal.", mistakes.NOISE_CONSTANT)
    low, high = (float(f([f(off_real), f(off_fake)])) for f in (np.min, np.max))
    expect(low > -1e-3, "some targets are above 1, or below 0.", mistakes.NOISE_OUTSIDE)
    expect(
        high < 1 + 1e-3,
        f"some targets are off by {LABEL_NOISE * high:.2f}: more than label_noise = {LABEL_NOISE}.",
    )
