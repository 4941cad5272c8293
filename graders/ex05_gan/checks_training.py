"""Checks of train_step and sample: bookkeeping, the order of the two steps, and two short trainings."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.noise import alignment, alignment_limit, expect_fresh, expect_standard_normal
from graders.common.objects import expect_shape, set_weights, weights_of
from graders.common.reference import random_images, sigmoid
from graders.ex05_gan import mistakes, networks, step_mistakes
from graders.ex05_gan.checks_discriminator_step import (
    test_discriminator_step_draws_fakes,
    test_discriminator_step_follows_the_gradient,
    test_discriminator_step_loss,
    test_discriminator_step_moves_nothing_else,
)
from graders.ex05_gan.checks_generator_step import (
    test_generator_step_draws_noise,
    test_generator_step_follows_the_gradient,
    test_generator_step_loss,
    test_generator_step_moves_nothing_else,
)
from graders.ex05_gan.expectations import (
    discriminator_slopes,
    expect_logs,
    generator_slopes,
    slope_at_fakes,
    step,
)
from graders.ex05_gan.networks import (
    DISCRIMINATOR_RATE,
    GENERATOR_RATE,
    SHAPE,
    UNDECIDED,
    Sides,
    moving_mean,
    vector,
)
from graders.ex05_gan.oracles import Linear
from judge.suite import Array, Mistake, Student, agree, check, expect

BATCH, LATENT, PIXELS = 6, 3, 4
NAMES = "(discriminator_loss, generator_loss)"
ENTRIES = 1000
RING_SD = 0.05


def _known_gan(student: Student, seed: int, rates: tuple[float, float]) -> tuple[Sides, Linear, Linear]:
    """A GAN whose generator makes the same image of every z."""
    generator = networks.constant(random_images(seed, PIXELS), LATENT)
    discriminator = networks.random_linear(seed, PIXELS, 1)
    return networks.linear_gan(student, generator, discriminator, rates=rates), generator, discriminator


def _means(student: Student, generator: Linear, discriminator: Linear, x: Array) -> Array:
    """Batch means of (discriminator_loss, generator_loss), from the student's own losses."""
    fake = discriminator(generator(np.zeros((len(x), LATENT))))[:, 0]
    of_discriminator = discriminator_slopes(student, discriminator(x)[:, 0], fake)[0][0]
    return np.array([of_discriminator.mean(), generator_slopes(student, fake)[0][0].mean()])


def _data(x: Array, with_labels: bool) -> Array | tuple[Array, Array]:
    return (x, np.arange(len(x))) if with_labels else x


@check(
    cell="train_step_check",
    says="train_step takes x or (x, y) and returns the means of discriminator_loss and generator_loss.",
    needs=[test_discriminator_step_loss, test_generator_step_loss],
    read_again="section 7c",
)
def test_train_step_logs(student: Student) -> None:
    """Compared with the student's own losses; the learning rates are 0."""
    for seed, with_labels in ((0, False), (1, True)):
        sides, *weights = _known_gan(student, seed, (0.0, 0.0))
        x = random_images(seed + 5, BATCH, *SHAPE)
        expected = _means(student, weights[0], weights[1], x)
        found = expect_logs(step(sides.gan, "train_step", _data(x, with_labels)), "what train_step returns")
        agree(found, expected, NAMES, rtol=1e-3, mistakes=step_mistakes.logs(expected, BATCH))


@check(
    cell="train_step_check",
    says="train_step takes one step of the discriminator, then one of the generator against the new discriminator.",
    weight=2,
    needs=[
        test_discriminator_step_follows_the_gradient,
        test_discriminator_step_moves_nothing_else,
        test_generator_step_follows_the_gradient,
        test_generator_step_moves_nothing_else,
    ],
    read_again="section 7c",
)
def test_train_step_alternates(student: Student) -> None:
    """What changed, by how much, tells the order; computed from the student's own losses."""
    sides, generator, discriminator = _known_gan(student, 2, (GENERATOR_RATE, DISCRIMINATOR_RATE))
    x, z = random_images(7, BATCH, *SHAPE), np.zeros((BATCH, LATENT))

    def moved_discriminator(fakes: Array) -> Linear:
        _, by_real, by_fake = discriminator_slopes(
            student, discriminator(x)[:, 0], discriminator(fakes)[:, 0]
        )[0]
        slope = discriminator.gradient(x, by_real[:, None]) + discriminator.gradient(fakes, by_fake[:, None])
        return Linear(
            discriminator.kernel - DISCRIMINATOR_RATE * slope[:-1, None],
            discriminator.bias - DISCRIMINATOR_RATE * slope[-1:],
        )

    def moved_bias(judge: Linear) -> Array:
        slope = generator_slopes(student, judge(generator(z))[:, 0])[0][1].mean()
        return np.asarray(generator.bias - GENERATOR_RATE * slope * judge.kernel[:, 0])

    after = moved_discriminator(generator(z))
    alone = moved_bias(discriminator)
    before, right = discriminator.as_vector(), _both(after.as_vector(), moved_bias(after))
    step(sides.gan, "train_step", x)
    found = _both(vector(sides.discriminator, discriminator), vector(sides.generator, generator)[-PIXELS:])
    known = step_mistakes.alternation(
        nothing=_both(before, generator.bias),
        at_once=_both(after.as_vector(), alone),
        without_discriminator=_both(before, alone),
        without_generator=_both(after.as_vector(), generator.bias),
        generator_first=_both(found[:-PIXELS], alone),
    )
    agree(found, right, "both sides' weights after train_step", rtol=1e-3, atol=1e-4, mistakes=known)


def _both(discriminator: Array, generator_bias: Array) -> Array:
    return np.concatenate([discriminator, generator_bias])


def _one_example_gan(student: Student, **options: Any) -> Sides:
    """A GAN whose generator returns z itself and whose discriminator has learnt nothing."""
    identity = Linear(np.eye(ENTRIES), np.zeros(ENTRIES))
    return networks.linear_gan(student, identity, networks.undecided(ENTRIES), None, **options)


def _noise_of_step(sides: Sides, slope: float) -> tuple[Array, Array]:
    """The z that the discriminator and the generator saw in one step on one black image, each (ENTRIES,).

    The discriminator's kernel has moved along the first; the generator's kernel is the identity plus the
    second times the step of its bias. `slope` is that of the discriminator's loss by a fake's logit.
    """
    after = vector(sides.generator, Linear(np.eye(ENTRIES), np.zeros(ENTRIES)))
    kernel, moved = after[:-ENTRIES].reshape(ENTRIES, ENTRIES) - np.eye(ENTRIES), after[-ENTRIES:]
    length = float(moved @ moved)
    expect(length > 0, "the generator did not learn.")
    of_discriminator = vector(sides.discriminator, networks.undecided(ENTRIES))[:-1]
    return -of_discriminator / (DISCRIMINATOR_RATE * slope), kernel @ moved / length


@check(
    cell="train_step_check",
    says="The two steps of train_step use noise of their own.",
    needs=[test_discriminator_step_draws_fakes, test_generator_step_draws_noise, test_train_step_alternates],
    read_again="section 7c",
)
def test_train_step_redraws(student: Student) -> None:
    """A right answer fails with probability below 1e-7: the alignment of independent draws is |N(0, 1)|."""
    sides = _one_example_gan(student)
    step(sides.gan, "train_step", np.zeros((1, ENTRIES), np.float32))
    first, second = _noise_of_step(sides, slope_at_fakes(student))
    related = alignment(first, second) > alignment_limit(1)
    expect(not related, "both steps of train_step used the same z.", mistakes.FAKES_NOT_REDRAWN)


@check(
    cell="train_step_check",
    says="Noise and noisy targets are fresh in compiled functions, too, which is how `fit` runs train_step.",
    needs=[test_train_step_redraws],
    read_again="section 7",
)
def test_noise_is_fresh_in_fit(student: Student) -> None:
    """Two calls of fit, one batch of one image in each, from the same weights.

    A right answer fails with probability below 2e-7, see `test_train_step_redraws`.
    """
    sides = _one_example_gan(student, eager=False, label_noise=0.5)
    start, slope = (
        [weights_of(part) for part in (sides.generator, sides.discriminator)],
        slope_at_fakes(student),
    )
    noise, targets = [], []
    for _ in range(2):
        for part, weights in zip((sides.generator, sides.discriminator), start, strict=True):
            set_weights(part, weights)
        sides.gan.call("fit", np.zeros((1, ENTRIES), np.float32), epochs=1, verbose=0)
        noise.append(_noise_of_step(sides, slope))
        targets.append(float(vector(sides.discriminator, networks.undecided(ENTRIES))[-1]))
    related = max(alignment(a, b) for a, b in zip(*noise, strict=True)) > alignment_limit(2)
    expect(not related, "two calls of the compiled train_step used the same z.", mistakes.SAME_IN_GRAPH)
    exact = UNDECIDED - DISCRIMINATOR_RATE * (2 * sigmoid(np.array(UNDECIDED)) - 1)
    frozen = targets[0] == targets[1] and not np.isclose(targets[0], exact)
    expect(not frozen, "two calls of the compiled train_step used the same targets.", mistakes.SAME_IN_GRAPH)


@check(
    cell="train_step_check",
    says="Both sides go on learning, step after step.",
    needs=[test_discriminator_step_loss, test_generator_step_loss],
    read_again="section 7c",
)
def test_both_sides_go_on_learning(student: Student) -> None:
    """Three steps, each with one update of each optimiser, and weights that move each time."""
    generator, discriminator = networks.random_linear(3, LATENT, PIXELS), networks.random_linear(4, PIXELS, 1)
    sides = networks.linear_gan(student, generator, discriminator)
    before = generator.as_vector(), discriminator.as_vector()
    for number in range(1, 4):
        step(sides.gan, "train_step", random_images(number, BATCH, *SHAPE))
        after = vector(sides.generator, generator), vector(sides.discriminator, discriminator)
        frozen = mistakes.SIDE_FROZEN if sides.discriminator.get("trainable") is False else None
        for side, name in enumerate(("generator", "discriminator")):
            learned = not np.array_equal(after[side], before[side])
            expect(learned, f"the {name} did not learn in step {number}.", frozen)
        updates = sides.updates()
        message = (
            f"after {number} steps each optimiser should have made {number} updates: received {updates[0]}"
        )
        expect(
            updates == (number, number),
            f"{message} of the generator's and {updates[1]} of the discriminator's.",
        )
        before = after


@check(
    cell="train_step_check",
    says="What train_step returns are means over the epoch so far, begun anew when Keras resets them.",
    needs=[test_train_step_logs],
    read_again="section 7c",
)
def test_train_step_returns_epoch_means(student: Student) -> None:
    """Two batches, the reset that `fit` makes between epochs, one batch; with learning rates of 0."""
    sides, generator, discriminator = _known_gan(student, 3, (0.0, 0.0))
    batches = random_images(8, BATCH, *SHAPE), np.float32(4) * random_images(9, BATCH, *SHAPE)
    first, last = (_means(student, generator, discriminator, x) for x in batches)
    for x in batches:
        found = expect_logs(step(sides.gan, "train_step", x), "what train_step returns")
    agree(found, (first + last) / 2, f"{NAMES} after two batches", rtol=1e-3,
          mistakes=[mistakes.with_value(mistakes.LAST_BATCH, last)])  # fmt: skip
    sides.gan.call("reset_metrics")
    found = expect_logs(step(sides.gan, "train_step", batches[0]), "what train_step returns")
    agree(found, first, f"{NAMES} in a new epoch", rtol=1e-3,
          mistakes=[mistakes.with_value(mistakes.NOT_RESET, (2 * first + last) / 3)])  # fmt: skip


def _no_noise(name: str) -> Mistake:
    return Mistake(mistakes.NO_NOISE.name, f"{name} always uses z = 0: draw noise.", None)


@check(
    cell="sample_check",
    says="sample makes images of standard normal noise, fresh for every image and call.",
    weight=2,
    read_again="section 7d",
)
def test_sample_draws_noise(student: Student) -> None:
    """The generator returns z itself; a right answer fails with probability below 1e-6."""
    identity = Linear(np.eye(PIXELS), np.zeros(PIXELS))
    gan = networks.linear_gan(student, identity, networks.random_linear(0, PIXELS, 1)).gan
    expect_shape(gan.call("sample", 3), (3, *SHAPE), "what sample(3) returns")
    count = 5_000
    first, second = (
        expect_shape(gan.call("sample", count), (count, *SHAPE), "what sample returns").reshape(count, PIXELS)
        for _ in range(2)
    )
    expect_fresh(
        first, second, "sample", no_noise=_no_noise("sample"), same_every_call=mistakes.SAME_EVERY_CALL
    )
    uniform = [((0.5, 12**-0.5, 1.8),) * 2, ((0.0, 3**-0.5, 1.8),) * 2]
    known = [mistakes.with_value(mistakes.NOT_NORMAL, value) for value in uniform]
    expect_standard_normal(first.reshape(-1, 2), "z of sample", known)


@check(
    cell="sample_check",
    says="sample uses the generator as it is in use: with its moving statistics, which it leaves alone.",
    needs=[test_sample_draws_noise],
    read_again="section 7d",
)
def test_sample_is_no_training(student: Student) -> None:
    """The generator's batch normalisation remembers mean 5 and variance 4, but would see mean 0."""
    generator = networks.normalising_generator(student, bias=0.0)
    set_weights(generator, [np.eye(4), np.zeros(4), np.full(4, 5.0), np.full(4, 4.0)])
    discriminator = networks.make_discriminator(student, networks.random_linear(0, PIXELS, 1), None)
    sides = networks.make_gan(student, generator, discriminator, PIXELS)
    images = expect_shape(sides.gan.call("sample", 400), (400, PIXELS), "what sample(400) returns")
    moved = not np.allclose(moving_mean(generator, PIXELS), 5.0)
    expect(not moved, "sample moved the generator's statistics.", mistakes.SAMPLE_MOVES_STATISTICS)
    received = f"received a mean of {images.mean():.2f}."
    expect(abs(images.mean() + 2.5) < 0.3, f"the images of this generator have the mean -2.5: {received}",
           mistakes.SAMPLE_IN_TRAINING_MODE)  # fmt: skip
