"""train_discriminator, with networks whose gradients are known by hand: its checks and its mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.adversarial import (
    DISCRIMINATOR_RATE,
    SHAPE,
    UNDECIDED,
    Linear,
    constant,
    linear_gan,
    make_discriminator,
    make_gan,
    make_generator,
    moving_mean,
    normalising_discriminator,
    normalising_generator,
    random_linear,
    undecided,
    vector,
)
from graders.common.adversarial_losses import agree_with_one, discriminator_slopes, slope_at_fakes
from graders.common.draws import composition, expect_draws, expect_mean_of_own, ratio
from graders.common.noise import distance_limit, distance_to
from graders.common.objects import numbers, set_weights
from graders.common.reference import random_images, sigmoid
from graders.ex05_gan.losses import (
    test_discriminator_loss_gradient,
    test_discriminator_loss_targets,
    test_discriminator_loss_value,
)
from judge.suite import Array, CheckFailed, Raised, Remote, Student, cell, expect, expect_array, unwrap

steps = cell("train_discriminator_check", hole="gan", read_again="section 7a", uses=[test_discriminator_loss_value])
BATCH, LATENT, PIXELS = 6, 3, 4
LOSS = "what train_discriminator returns"
ENTRIES = 1000  # of the noise that is looked at
LABEL_NOISE = 0.6

# fmt: off
MEAN = "ops.mean(discriminator_loss(real_logits, fake_logits, *self.targets(real_logits)))"
ANSWERS = "loss = ops.mean(discriminator_loss(real_logits, fake_logits"  # the beginning of MEAN, in the solution's line
APPLY = "self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)"
GRADIENTS = "[2.0 * gradient for gradient in tape.gradient(loss, variables)]"
RETURN = "return loss\n\n    def train_generator"
NOISE, BY_ITSELF = "def targets(self, logits):", "self.noise(ops.shape(real_images)[0])"
NORMAL = "keras.random.normal((num, self.latent_dim), seed=self.seed_generator)"
REAL, FAKE = "self.discriminator(real_images, training=True)", "self.discriminator(fake_images, training=True)"
REAL_CALM = (REAL, "self.discriminator(real_images)")
FAKE_CALM = (f"{FAKE}\n            loss = ops.mean(d", "self.discriminator(fake_images)\n            loss = ops.mean(d")
ON_TAPE = "with tf.GradientTape() as tape:\n            "
FAKES = f"fake_images = self.generator({BY_ITSELF}, training=True)\n        {ON_TAPE}real_logits = "
G_FAKES = "fake_images = self.generator(self.noise(batch_size), training=True)"
D_VARIABLES = "variables = self.discriminator.trainable_variables"
UNIFORM = "keras.random.uniform(ops.shape(logits), 0.0, self.label_noise, seed=self.seed_generator)"
TARGETS, OFF = "return 1.0 - off_real, off_fake", "(off_real, off_fake)"


def drawing(text: str) -> tuple[str, str]:
    """Draw other noise, for both steps and for samples."""
    return NOISE, f"def noise(self, num):\n        return {text}\n\n    {NOISE}"


steps.mistake("d-step-half", (f"loss = {MEAN}", f"loss = 0.5 * {MEAN}"),
    "Your loss or step is half the right one: the loss is the sum of the two sides, not their mean. Or did real and "
    "fake images go in as one batch?",
    also=[(RETURN, RETURN.replace("loss", "0.5 * loss", 1))])
steps.mistake("d-step-sum-over-batch", (f"loss = {MEAN}", f"loss = {MEAN.replace('mean', 'sum')}"),
    "Your loss or step is the right one times the number of examples: take the mean of the loss over the batch, not "
    "the sum.",
    also=[(RETURN, RETURN.replace("loss", "loss * ops.cast(ops.shape(real_images)[0], 'float32')", 1))])
steps.mistake("d-step-swapped", (ANSWERS, ANSWERS.replace("real_logits, fake_logits", "fake_logits, real_logits")),
    "The discriminator learned to call fakes real: real and fake are swapped. Look at the order of "
    "discriminator_loss' arguments, and at that of the targets.",
    also=[(TARGETS, "return off_fake, 1.0 - off_real")])
steps.mistake("d-step-real-only", (f"loss = {MEAN}", "loss = ops.mean(ops.softplus(-real_logits))"),
    "The discriminator learned from real images alone; the loss has two sides.")
steps.mistake("d-step-fake-only", (f"loss = {MEAN}", "loss = ops.mean(ops.softplus(fake_logits))"),
    "The discriminator learned from fakes alone; the loss has two sides.")
steps.mistake("d-step-generators-loss", (f"loss = {MEAN}", "loss = ops.mean(generator_loss(fake_logits))"),
    "You take the generator's loss; this is the discriminator's step.")
steps.mistake("d-step-ascent", (f"loss = {MEAN}", f"loss = -{MEAN}"),
    "Your step goes uphill: the discriminator's loss grows. Lower it.")
NO_STEP = steps.mistake("d-step-none", (f"{APPLY}\n        ", ""),
    "No weight of the discriminator changed: hand its gradients to its optimiser.")
steps.mistake("d-step-twice", (APPLY, APPLY.replace("tape.gradient(loss, variables)", GRADIENTS)),
    "Your step is twice the right one: update the weights once for each batch.")
PER_EXAMPLE = steps.mistake("step-returns-examples", (f"loss = {MEAN}", f"loss = {MEAN[9:-1]}"),
    "You return one loss for each example. Take the mean over the batch before the gradient, and return that.",
    also=[("ops.mean(generator_loss(fake_logits))", "generator_loss(fake_logits)")])
GENERATOR_MOVED = steps.mistake("generator-moved-in-discriminator-step",
    [(FAKES, f"{ON_TAPE}{FAKES.replace(ON_TAPE, '    ')}"),
     (D_VARIABLES, f"{D_VARIABLES} + self.generator.trainable_variables")],
    "The generator's weights changed in the discriminator's step. Apply gradients to the discriminator's trainable "
    "variables only.")
WRONG_OPTIMIZER = steps.mistake("wrong-optimizer", (APPLY, APPLY.replace("discriminator", "generator")),
    "Another optimiser than this side's own was used. Each side has its own, with its own memory and learning rate.",
    also=[("self.generator_optimizer.apply(", "self.discriminator_optimizer.apply(")])
steps.mistake("training-flag-missing-discriminator", [REAL_CALM, FAKE_CALM],
    "The moving statistics of the discriminator's batch normalisation did not move as they should: call it with "
    "training=True in its own step, for real and for fake images.",
    also=[REAL_CALM, FAKE_CALM])
steps.mistake("real-and-fake-in-one-batch",
    (f"real_logits = {REAL}\n            fake_logits = {FAKE}",
     "logits = self.discriminator(ops.concatenate([real_images, fake_images]), training=True)\n"
     "            real_logits, fake_logits = ops.split(logits, 2)"),
    "Real and fake images went through the discriminator in one batch: its batch normalisation then mixes their "
    "statistics. Call it twice.")
NO_FLAG_GENERATOR = steps.mistake("training-flag-missing-generator",
    (FAKES, FAKES.replace(", training=True", "")),
    "The moving statistics of the generator's batch normalisation did not move: call it with training=True when you "
    "train.",
    also=[(G_FAKES, G_FAKES.replace(", training=True", ""))])
NO_NOISE = steps.mistake("no-noise", drawing("ops.zeros((num, self.latent_dim))"),
    "Your z is always 0: every fake is the same image. Draw noise.")
SAME_EVERY_CALL = steps.mistake("same-noise-every-call", drawing("keras.random.normal((num, self.latent_dim), seed=7)"),
    "Two calls drew the same noise. An integer seed gives the same numbers each time, and so does noise drawn once "
    "and kept: call self.noise, which moves on with each draw.",
    also=[[("self.label_noise = label_noise",
            "self.label_noise = label_noise\n        self.fixed = keras.random.normal((512, latent_dim))"),
           (BY_ITSELF, "self.fixed[: ops.shape(real_images)[0]]"),
           ("self.noise(batch_size)", "self.fixed[:batch_size]")]])
SAME_IN_GRAPH = steps.mistake("noise-frozen-in-graph",
    drawing(NORMAL.replace("self.seed_generator", "int(np.random.randint(2**31))")),
    "In a compiled function, which is how `fit` runs your code, the noise is the same on every call. Noise drawn by "
    "NumPy becomes a constant there; draw it with Keras.")
NOT_NORMAL = steps.mistake("noise-not-normal", drawing(NORMAL.replace("normal", "uniform")),
    "Your z is not standard normal: is it uniform, or scaled? The generator must be trained on what `noise` draws, "
    "since that is what it will be given later.",
    also=[("self.generate(self.noise(num_samples))",
           "self.generate(keras.random.uniform((num_samples, self.latent_dim), -1, 1))")])
SAME_FOR_EXAMPLES = steps.mistake("same-noise-every-example",
    drawing(f"ops.repeat({NORMAL.replace('num,', '1,')}, num, axis=0)"),
    "Every example of the batch got the same noise. Draw noise of the full shape (batch, latent_dim).")
SAME_FOR_ENTRIES = steps.mistake("same-noise-every-entry",
    drawing(f"ops.repeat({NORMAL.replace('self.latent_dim)', '1)')}, self.latent_dim, axis=1)"),
    "All entries of z got the same noise. Draw noise of the full shape (batch, latent_dim).")
IGNORED = steps.mistake("label-noise-ignored", (", *self.targets(real_logits)", ""),
    "With label_noise = 0.6 the targets are still exactly 1 and 0: pass the noisy targets to discriminator_loss.")
CONSTANT = steps.mistake("label-noise-constant", (TARGETS, "return 1.0 - self.label_noise / 2, self.label_noise / 2"),
    "Your targets are moved by a fixed amount (label smoothing). Label noise is drawn: fresh for every call and "
    "every example.")
SAME_TARGET = steps.mistake("label-noise-same-for-batch", (UNIFORM, UNIFORM.replace("ops.shape(logits)", "(1,)")),
    "All examples of a batch got the same target: draw one number for each, in the shape of the logits.")
SAME_TARGETS = steps.mistake("label-noise-same-every-call", (UNIFORM, UNIFORM.replace("self.seed_generator", "3")),
    "Two calls drew the same targets: draw them anew, with a seed generator that moves on.")
OUTSIDE = steps.mistake("label-noise-outside", (TARGETS, "return 1.0 + off_real, off_fake"),
    "Your noise pushes targets beyond 1 or below 0. It must pull both inwards: real down from 1, fake up from 0.",
    also=[(TARGETS, "return 1.0 - off_real, -off_fake")])
ONE_SIDED = steps.mistake("label-noise-one-sided", (TARGETS, "return 1.0 - off_real, ops.zeros_like(off_fake)"),
    "Only one side's targets are noisy: draw noise for the real and for the fake targets.",
    also=[(TARGETS, "return ops.ones_like(off_real), off_fake")])
SIDES_SWAPPED = steps.mistake("label-noise-swapped",
    (TARGETS, "return (off_fake, 1.0 - off_real) if self.label_noise else (1.0, 0.0)"),
    "Your noisy targets are near 0 for real and near 1 for fake images: the sides are swapped.")
FLIPS = steps.mistake("label-noise-flips",
    (TARGETS,
     f"off_real, off_fake = (ops.cast(off > self.label_noise / 2, 'float32') for off in {OFF})\n        {TARGETS}"),
    "Your targets are exactly 0 or 1, some of them flipped. Here label noise is uniform: real targets lie anywhere "
    "in [1 - label_noise, 1], fake ones in [0, label_noise].")
NOT_UNIFORM = steps.mistake("label-noise-not-uniform", (TARGETS, "return 1.0 - off_real**2, off_fake**2"),
    "Your noise does not fill [0, label_noise] evenly: draw it uniformly from that range.")
# fmt: on


def expect_scalar(value: Any, what: str) -> Array:
    """One number; a loss for each example is named as such."""
    array = expect_array(value, what)
    expect(not array.ndim, f"{what} must be one number: received the shape {array.shape}.", PER_EXAMPLE)
    return array


def step(gan: Remote, method: str, *arguments: Any) -> Any:
    """What a step returns; another side's variables are explained."""
    outcome = gan.attempt(method, *arguments)
    if isinstance(outcome, Raised):
        reason = outcome.reason[:200]
        if "Unknown variable" in outcome.message:
            raise CheckFailed(f"`{method}` raised {outcome.kind}: {reason}", WRONG_OPTIMIZER)
    return unwrap(outcome, f"{gan.type_name}.{method}")


def expect_noise(means: list[Array], what: str) -> None:
    """Fail unless steps with batches of 1, 1, 1 and 4 used noise of these means, fresh and standard normal."""
    expect_draws(np.stack(means[:3]), what, no_noise=NO_NOISE, same_every_call=SAME_EVERY_CALL,
                 same_for_entries=SAME_FOR_ENTRIES, not_normal=NOT_NORMAL)  # fmt: skip
    expect_mean_of_own(means[3], 4, what, SAME_FOR_EXAMPLES)


def _constant_fakes(seed: int) -> tuple[Linear, Linear, Array, Array]:
    """(generator, discriminator, real images, fakes): the fakes are the same whatever z is."""
    generator = constant(random_images(seed, PIXELS), LATENT)
    real = random_images(seed + 10, BATCH, *SHAPE)
    return generator, random_linear(seed, PIXELS, 1), real, generator(np.zeros((BATCH, LATENT)))


@steps.check("train_discriminator returns the batch mean of the discriminator's loss, before the step.", weight=2)
def test_discriminator_step_loss(student: Student) -> None:
    """The generator always makes the same image, so that the loss is known."""
    found, candidates = [], []
    for seed in (0, 1):
        generator, discriminator, real, fake = _constant_fakes(seed)
        gan = linear_gan(student, generator, discriminator).gan
        found.append(expect_scalar(step(gan, "train_discriminator", real), LOSS))
        slopes = discriminator_slopes(student, discriminator(real)[:, 0], discriminator(fake)[:, 0])
        candidates.append([loss.mean() for loss, _, _ in slopes])
    in_units = ratio(numbers(found), np.array([right for right, *_ in candidates]))
    for loss, expected in zip(found, candidates, strict=True):
        agree_with_one(loss, expected, LOSS, known_by=in_units)


@steps.check(
    "train_discriminator makes one gradient step of the discriminator, away from fakes and towards real images.",
    weight=3,
)
def test_discriminator_step_follows_the_gradient(student: Student) -> None:
    """Both sides' gradients of a linear discriminator are sums over examples."""
    generator, discriminator, real, fake = _constant_fakes(2)
    sides = linear_gan(student, generator, discriminator)
    step(sides.gan, "train_discriminator", real)
    start, after = discriminator.as_vector(), vector(sides.discriminator, discriminator)
    slopes = discriminator_slopes(student, discriminator(real)[:, 0], discriminator(fake)[:, 0])
    on_real = [discriminator.gradient(real, by_real[:, None]) for _, by_real, _ in slopes]
    on_fake = [discriminator.gradient(fake, by_fake[:, None]) for _, _, by_fake in slopes]
    taken_for_fake = discriminator.gradient(real, sigmoid(discriminator(real)))
    expected = [start - DISCRIMINATOR_RATE * (a + b) for a, b in zip(on_real, on_fake, strict=True)]
    moved = (start - after)[None] / DISCRIMINATOR_RATE
    known_by = composition(moved, np.stack([on_real[0], on_fake[0], taken_for_fake]))
    agree_with_one(after, expected, "the discriminator's weights after one step", known_by)


@steps.check("train_discriminator leaves the generator and its optimiser as they are.", weight=2)
def test_discriminator_step_moves_nothing_else(student: Student) -> None:
    """Trainable weights are compared: moving statistics of the generator may move."""
    weights = random_linear(3, LATENT, PIXELS)
    sides = linear_gan(student, weights, random_linear(4, PIXELS, 1))
    for seed in (3, 4):
        step(sides.gan, "train_discriminator", random_images(seed, BATCH, *SHAPE))
    same = np.array_equal(vector(sides.generator, weights), weights.as_vector())
    expect(same, "the generator's weights changed in the discriminator's step.", GENERATOR_MOVED)
    generator, discriminator = sides.updates()
    message = f"two steps should be two updates of the discriminator's optimiser: received {discriminator}"
    right = (generator, discriminator) == (0, 2)
    mistake = WRONG_OPTIMIZER if generator else NO_STEP if not discriminator else None
    expect(right, f"{message}, and {generator} of the generator's.", mistake)


@steps.check("Real and fake go through the discriminator in two batches, everything with training=True.", weight=4)
def test_discriminator_step_batches(student: Student) -> None:
    """A batch normalisation in the discriminator remembers the means of the batches that it saw.

    Its moving mean starts at 0 and goes half the way to the mean of every batch, real first or fake first.
    """
    fakes, real = np.array([1.0, 2.0, -1.0, 0.5]), random_images(5, BATCH, PIXELS)
    generator = make_generator(student, constant(fakes), None)
    discriminator = normalising_discriminator(student, PIXELS)
    step(make_gan(student, generator, discriminator, 3).gan, "train_discriminator", real)
    mean = real.astype(np.float64).mean(axis=0)
    either_first = [0.25 * mean + 0.5 * fakes, 0.5 * mean + 0.25 * fakes]
    what = "the discriminator's moving mean after one step"
    agree_with_one(moving_mean(discriminator, PIXELS), either_first, what)


@steps.check("The fakes come from the generator in training mode.")
def test_discriminator_step_trains_on_training_fakes(student: Student) -> None:
    """The generator's batch normalisation sees z + 5 and remembers it, if it is told that it trains."""
    generator = normalising_generator(student, bias=5.0)
    discriminator = make_discriminator(student, random_linear(6, PIXELS, 1), None)
    gan = make_gan(student, generator, discriminator, PIXELS).gan
    step(gan, "train_discriminator", random_images(6, BATCH, PIXELS))
    moved = bool(np.abs(moving_mean(generator, PIXELS)).max() > 1e-3)
    expect(moved, "the generator's moving statistics did not move.", NO_FLAG_GENERATOR)


@steps.check(
    "Every step draws fresh standard normal noise, of its own for every example.",
    weight=2,
    needs=[test_discriminator_step_follows_the_gradient],
)
def test_discriminator_step_draws_fakes(student: Student) -> None:
    """The generator returns z itself, real images are black, and the discriminator starts at 0.

    Then its kernel after the step is proportional to the mean of z. Probabilities: see `expect_draws`.
    """
    untrained = undecided(ENTRIES)
    sides = linear_gan(student, Linear(np.eye(ENTRIES), np.zeros(ENTRIES)), untrained, None)
    slope = slope_at_fakes(student)
    means = []
    for batch in (1, 1, 1, 4):
        set_weights(sides.discriminator, [untrained.kernel, untrained.bias])
        step(sides.gan, "train_discriminator", np.zeros((batch, ENTRIES), np.float32))
        means.append(-vector(sides.discriminator, untrained)[:-1] / (DISCRIMINATOR_RATE * slope))
    expect_noise(means, "train_discriminator")


def _noisy_targets(student: Student, batch: int, calls: int) -> tuple[Array, Array]:
    """The targets that some steps used: (real targets (calls, batch), mean fake targets (calls,)).

    Real image i is 1 in entry i and 0 elsewhere, every fake is 1 in the last entry alone, and the
    discriminator gives every image the same logit: its kernel's step is the target minus the sigmoid of it,
    entry by entry; for the stand-in, minus the logit itself.
    """
    discriminator, logit = undecided(batch + 1), np.array(UNDECIDED)
    d = float(logit if student.stand_in("discriminator_loss") else sigmoid(logit))
    fakes = constant(np.eye(batch + 1)[-1])
    sides = linear_gan(student, fakes, discriminator, None, rates=(1.0, 1.0), label_noise=LABEL_NOISE)
    real, fake = [], []
    for _ in range(calls):
        set_weights(sides.discriminator, [discriminator.kernel, discriminator.bias])
        step(sides.gan, "train_discriminator", np.eye(batch, batch + 1, dtype=np.float32))
        moved = vector(sides.discriminator, discriminator)[:-1]
        real.append(batch * moved[:-1] + d)
        fake.append(moved[-1] + d)
    return np.array(real), np.array(fake)


@steps.check(
    "Label noise: real targets are uniform in [1 - label_noise, 1], fake ones in [0, label_noise], drawn anew.",
    weight=2,
    needs=[
        test_discriminator_loss_gradient,
        test_discriminator_loss_targets,
        test_discriminator_step_follows_the_gradient,
    ],
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
    _expect_moved_inwards(off_real, fake / LABEL_NOISE)
    same = np.allclose(real, real[:, :1], atol=1e-4)
    expect(not same, "all examples of a batch got the same real target.", SAME_TARGET)
    repeated = np.allclose(real[0], real[1], atol=1e-4) or np.ptp(fake) < 1e-4
    expect(not repeated, "two calls used the same targets.", SAME_TARGETS)
    far = distance_to(real / LABEL_NOISE - (1 / LABEL_NOISE - 1), lambda u: np.clip(u, 0.0, 1.0))
    uniform = far < distance_limit(real.size)
    expect(uniform, "the noise of the real targets is not uniform.", NOT_UNIFORM)
    stray = np.abs(fake_means / LABEL_NOISE - 0.5).max()
    message = "all fakes of a batch got the same target, or not a uniform one."
    expect(bool(stray < 6 / np.sqrt(12 * 400)), message, SAME_TARGET)


def _expect_moved_inwards(off_real: Array, off_fake: Array) -> None:
    """Fail unless both sides' targets have moved inwards; by how much, in units of label_noise."""
    both, full = (off_real, off_fake), 1 / LABEL_NOISE
    moved = [bool(np.abs(off).max() > 1e-3) for off in both]
    expect(any(moved), "the targets are exactly 1 and 0.", IGNORED)
    expect(all(moved), f"only the {'real' if moved[0] else 'fake'} targets are noisy.", ONE_SIDED)
    ends = [np.isclose(np.outer(off, [1, 1]), [0, full], atol=1e-3).any(axis=1).all() for off in both]
    expect(not all(ends), "all targets are 0 or 1.", FLIPS)
    swapped = all(off.min() > full - 1.01 and off.max() > 1.01 for off in both)
    expect(not swapped, "real targets are near 0, fake ones near 1.", SIDES_SWAPPED)
    fixed = all(np.ptp(off) < 1e-3 for off in both)
    expect(not fixed, "all targets of one side are equal.", CONSTANT)
    low, high = (float(f([f(off) for off in both])) for f in (np.min, np.max))
    expect(low > -1e-3, "some targets are above 1, or below 0.", OUTSIDE)
    far = f"some targets are off by {LABEL_NOISE * high:.2f}: more than label_noise = {LABEL_NOISE}."
    expect(high < 1 + 1e-3, far)
