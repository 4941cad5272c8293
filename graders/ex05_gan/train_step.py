"""train_step and sample: bookkeeping, the order of the two steps, fresh noise; and their mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.adversarial import (
    DISCRIMINATOR_RATE,
    GENERATOR_RATE,
    SHAPE,
    UNDECIDED,
    Linear,
    Sides,
    constant,
    linear_gan,
    make_discriminator,
    make_gan,
    moving_mean,
    normalising_generator,
    random_linear,
    undecided,
    vector,
)
from graders.common.adversarial_losses import discriminator_slopes, generator_slopes, slope_at_fakes
from graders.common.draws import composition, ratio
from graders.common.noise import alignment, alignment_limit, expect_fresh, expect_standard_normal
from graders.common.objects import counted, expect_shape, set_weights, weights_of
from graders.common.reference import random_images, sigmoid
from graders.ex05_gan.discriminator_step import (
    BATCH,
    ENTRIES,
    G_FAKES,
    LATENT,
    NO_NOISE,
    ON_TAPE,
    PIXELS,
    SAME_EVERY_CALL,
    SAME_FOR_ENTRIES,
    SAME_FOR_EXAMPLES,
    SAME_IN_GRAPH,
    expect_scalar,
    step,
    test_discriminator_step_draws_fakes,
    test_discriminator_step_follows_the_gradient,
    test_discriminator_step_loss,
    test_discriminator_step_moves_nothing_else,
)
from graders.ex05_gan.generator_step import (
    test_generator_step_draws_noise,
    test_generator_step_follows_the_gradient,
    test_generator_step_loss,
    test_generator_step_moves_nothing_else,
)
from graders.ex05_gan.losses import test_discriminator_loss_value, test_generator_loss_value
from judge.suite import Array, CheckFailed, Student, agree, cell, expect

LOSSES = [test_discriminator_loss_value, test_generator_loss_value]
training = cell("train_step_check", hole="gan", read_again="section 7c", uses=LOSSES)
sampling = cell("sample_check", hole="gan", read_again="section 7d")
LOGS, NAMES = ("discriminator_loss", "generator_loss"), "(discriminator_loss, generator_loss)"

# fmt: off
OF_D, NUM = "d_loss = self.train_discriminator(real_images)", "ops.shape(real_images)[0]"
OF_G, RETURN = f"g_loss = self.train_generator({NUM})", "return self.update_trackers(d_loss, g_loss)"
BOTH_STEPS = f"{OF_D}\n        {OF_G}\n"


def tracking(arguments: str) -> tuple[str, str]:
    """Give other numbers to the trackers."""
    return RETURN, RETURN.replace("d_loss, g_loss", arguments)


training.mistake("logs-swapped", tracking("g_loss, d_loss"), "discriminator_loss and generator_loss are swapped.")
training.mistake("logs-sum-over-batch", tracking(f"*(loss * ops.cast({NUM}, 'float32') for loss in (d_loss, g_loss))"),
    "Your losses are summed over the batch; report the mean over its examples.")
training.mistake("logs-halved", tracking("d_loss / 2.0, g_loss"),
    "You report half of the discriminator's loss; it is the sum of its two sides.")
training.mistake("logs-generator-twice", tracking("g_loss, g_loss"), "Both of your numbers are the generator's loss.")
training.mistake("logs-discriminator-twice", tracking("d_loss, d_loss"),
    "Both of your numbers are the discriminator's loss.")
training.mistake("step-nothing", (BOTH_STEPS, "d_loss = g_loss = 0.0\n"), "Your train_step moves no weight.")
training.mistake("step-at-once", (BOTH_STEPS, f"""z = self.noise({NUM})
        with tf.GradientTape(persistent=True) as tape:
            fakes = self.generator(z, training=True)
            real_logits, fake_logits = (self.discriminator(x, training=True) for x in (real_images, fakes))
            d_loss = ops.mean(discriminator_loss(real_logits, fake_logits, *self.targets(real_logits)))
            g_loss = ops.mean(generator_loss(fake_logits))
        d_variables, g_variables = self.discriminator.trainable_variables, self.generator.trainable_variables
        d_gradients, g_gradients = tape.gradient(d_loss, d_variables), tape.gradient(g_loss, g_variables)
        self.discriminator_optimizer.apply(d_gradients, d_variables)
        self.generator_optimizer.apply(g_gradients, g_variables)
"""), "Your generator learned from the discriminator as it was before its step: take the discriminator's step first, "
    "then ask it again.")
training.mistake("step-without-discriminator", (OF_D, "d_loss = 0.0"),
    "Your train_step leaves the discriminator as it was.")
training.mistake("step-without-generator", (OF_G, "g_loss = 0.0"), "Your train_step leaves the generator as it was.")
training.mistake("step-generator-first", (BOTH_STEPS, f"{OF_G}\n        {OF_D}\n"),
    "Your generator moves before the discriminator: train the discriminator first.")
REDRAWN = training.mistake("fakes-not-redrawn", (BOTH_STEPS, f"""self.again = self.noise({NUM})
        draw, self.noise = self.noise, lambda num: self.again
        {BOTH_STEPS}        self.noise = draw
"""), "The generator's step uses the very noise of the discriminator's step. Draw fresh noise for it: the "
    "discriminator has just learned these fakes by heart.")
FROZEN = training.mistake("discriminator-left-frozen",
    (f"{ON_TAPE}{G_FAKES}", f"self.discriminator.trainable = False\n        {ON_TAPE}{G_FAKES}"),
    "After a generator step the discriminator no longer learns. Setting `trainable = False` is not needed: which "
    "weights move is decided by the variables that you hand to the optimiser.")
training.mistake("last-batch-logged", (RETURN, 'return {"discriminator_loss": d_loss, "generator_loss": g_loss}'),
    "Your epoch's numbers are those of its last batch. Return what self.update_trackers returns: the epoch's means.")
training.mistake("metrics-not-reset", (RETURN, """self.discriminator_loss_tracker.update_state(d_loss)
        self.generator_loss_tracker.update_state(g_loss)
        trackers = self.discriminator_loss_tracker, self.generator_loss_tracker
        return {tracker.name: tracker.result() for tracker in trackers}

    metrics = property(lambda self: [])"""),
    "Your second epoch still counts the first one. Keras resets only what the `metrics` property lists.")
IN_TRAINING = sampling.mistake("sample-in-training-mode",
    ("self.generate(self.noise(num_samples))", "self.generator(self.noise(num_samples), training=True)"),
    "sample calls the generator with training=True: an image depends on the others drawn with it, and the moving "
    "statistics change. Use self.generate.")
# fmt: on


def expect_logs(value: Any, what: str) -> Array:
    """(discriminator_loss, generator_loss) from the dict that a step or a history holds."""
    if not isinstance(value, dict) or not set(LOGS) <= set(value):
        received = f"{sorted(value)[:8]}" if isinstance(value, dict) else "no dict"
        raise CheckFailed(f"{what} must be a dict with the keys {' and '.join(LOGS)}: received {received}.")
    return np.stack([expect_scalar(value[name], f"`{name}` in {what}") for name in LOGS])


def _known_gan(student: Student, seed: int, rates: tuple[float, float]) -> tuple[Sides, Linear, Linear]:
    """A GAN whose generator makes the same image of every z."""
    generator = constant(random_images(seed, PIXELS), LATENT)
    discriminator = random_linear(seed, PIXELS, 1)
    return linear_gan(student, generator, discriminator, rates=rates), generator, discriminator


def _means(student: Student, generator: Linear, discriminator: Linear, x: Array) -> Array:
    """Batch means of (discriminator_loss, generator_loss), from the student's own losses."""
    fake = discriminator(generator(np.zeros((len(x), LATENT))))[:, 0]
    of_discriminator = discriminator_slopes(student, discriminator(x)[:, 0], fake)[0][0]
    return np.array([of_discriminator.mean(), generator_slopes(student, fake)[0][0].mean()])


@training.check(
    "train_step takes x or (x, y) and returns the means of discriminator_loss and generator_loss.",
    needs=[test_discriminator_step_loss, test_generator_step_loss],
)
def test_train_step_logs(student: Student) -> None:
    """Compared with the student's own losses; the learning rates are 0."""
    for seed in (0, 1):
        sides, *weights = _known_gan(student, seed, (0.0, 0.0))
        x = random_images(seed + 5, BATCH, *SHAPE)
        expected = _means(student, weights[0], weights[1], x)
        returned = step(sides.gan, "train_step", (x, np.arange(BATCH)) if seed else x)
        found = expect_logs(returned, "what train_step returns")
        agree(found, expected, NAMES, rtol=1e-3, known_by=ratio(found, expected))


@training.check(
    "train_step takes one step of the discriminator, then one of the generator against the new discriminator.",
    weight=2,
    needs=[
        test_discriminator_step_follows_the_gradient,
        test_discriminator_step_moves_nothing_else,
        test_generator_step_follows_the_gradient,
        test_generator_step_moves_nothing_else,
    ],
)
def test_train_step_alternates(student: Student) -> None:
    """What changed, by how much, tells the order; computed from the student's own losses."""
    sides, generator, discriminator = _known_gan(student, 2, (GENERATOR_RATE, DISCRIMINATOR_RATE))
    x, z = random_images(7, BATCH, *SHAPE), np.zeros((BATCH, LATENT))
    fakes = generator(z)
    logits = discriminator(x)[:, 0], discriminator(fakes)[:, 0]
    _, by_real, by_fake = discriminator_slopes(student, *logits)[0]
    slope = discriminator.gradient(x, by_real[:, None]) + discriminator.gradient(fakes, by_fake[:, None])
    moved_d = -DISCRIMINATOR_RATE * slope
    after = Linear(discriminator.kernel + moved_d[:-1, None], discriminator.bias + moved_d[-1:])

    def moved_bias(judge: Linear) -> Array:
        by_logit = generator_slopes(student, judge(fakes)[:, 0])[0][1].mean()
        return np.asarray(-GENERATOR_RATE * by_logit * judge.kernel[:, 0])

    step(sides.gan, "train_step", x)
    found_d = vector(sides.discriminator, discriminator) - discriminator.as_vector()
    found_g = vector(sides.generator, generator)[-PIXELS:] - generator.bias
    known_by = np.concatenate([composition(found_d[None], moved_d[None]),
        composition(found_g[None], np.stack([moved_bias(after), moved_bias(discriminator)]))])  # fmt: skip
    right = np.concatenate([moved_d, moved_bias(after)])
    what = "what train_step adds to both sides' weights"
    agree(np.concatenate([found_d, found_g]), right, what, rtol=1e-3, atol=1e-4, known_by=known_by)


def _one_example_gan(student: Student, **options: Any) -> Sides:
    """A GAN whose generator returns z itself and whose discriminator has learnt nothing."""
    identity = Linear(np.eye(ENTRIES), np.zeros(ENTRIES))
    return linear_gan(student, identity, undecided(ENTRIES), None, **options)


def _noise_of_step(sides: Sides, slope: float) -> tuple[Array, Array]:
    """The z that the discriminator and the generator saw in one step on one black image, each (ENTRIES,).

    The discriminator's kernel has moved along the first; the generator's kernel is the identity plus the
    second times the step of its bias. `slope` is that of the discriminator's loss by a fake's logit.
    """
    after = vector(sides.generator, Linear(np.eye(ENTRIES), np.zeros(ENTRIES)))
    kernel, moved = after[:-ENTRIES].reshape(ENTRIES, ENTRIES) - np.eye(ENTRIES), after[-ENTRIES:]
    length = float(moved @ moved)
    expect(length > 0, "the generator did not learn.")
    of_discriminator = vector(sides.discriminator, undecided(ENTRIES))[:-1]
    return -of_discriminator / (DISCRIMINATOR_RATE * slope), kernel @ moved / length


@training.check(
    "The two steps of train_step use noise of their own.",
    needs=[test_discriminator_step_draws_fakes, test_generator_step_draws_noise, test_train_step_alternates],
)
def test_train_step_redraws(student: Student) -> None:
    """A right answer fails with probability below 1e-7: the alignment of independent draws is |N(0, 1)|."""
    sides = _one_example_gan(student)
    step(sides.gan, "train_step", np.zeros((1, ENTRIES), np.float32))
    first, second = _noise_of_step(sides, slope_at_fakes(student))
    related = alignment(first, second) > alignment_limit(1)
    expect(not related, "both steps of train_step used the same z.", REDRAWN)


@training.check(
    "Noise and noisy targets are fresh in compiled functions, too, which is how `fit` runs train_step.",
    needs=[test_train_step_redraws],
    read_again="section 7",
)
def test_noise_is_fresh_in_fit(student: Student) -> None:
    """Two calls of fit, one batch of one image in each, from the same weights.

    A right answer fails with probability below 2e-7, see `test_train_step_redraws`.
    """
    sides = _one_example_gan(student, eager=False, label_noise=0.5)
    parts = sides.generator, sides.discriminator
    start, slope = [weights_of(part) for part in parts], slope_at_fakes(student)
    noise, targets = [], []
    for _ in range(2):
        for part, weights in zip(parts, start, strict=True):
            set_weights(part, weights)
        sides.gan.call("fit", np.zeros((1, ENTRIES), np.float32), epochs=1, verbose=0)
        noise.append(_noise_of_step(sides, slope))
        targets.append(float(vector(sides.discriminator, undecided(ENTRIES))[-1]))
    related = max(alignment(a, b) for a, b in zip(*noise, strict=True)) > alignment_limit(2)
    expect(not related, "two calls of the compiled train_step used the same z.", SAME_IN_GRAPH)
    exact = UNDECIDED - DISCRIMINATOR_RATE * (2 * sigmoid(np.array(UNDECIDED)) - 1)
    frozen = targets[0] == targets[1] and not np.isclose(targets[0], exact)
    expect(not frozen, "two calls of the compiled train_step used the same targets.", SAME_IN_GRAPH)


@training.check(
    "Both sides go on learning, step after step.",
    needs=[test_discriminator_step_loss, test_generator_step_loss],
)
def test_both_sides_go_on_learning(student: Student) -> None:
    """Three steps, each with one update of each optimiser, and weights that move each time."""
    generator, discriminator = random_linear(3, LATENT, PIXELS), random_linear(4, PIXELS, 1)
    sides = linear_gan(student, generator, discriminator)
    before = generator.as_vector(), discriminator.as_vector()
    for number in range(1, 4):
        step(sides.gan, "train_step", random_images(number, BATCH, *SHAPE))
        after = vector(sides.generator, generator), vector(sides.discriminator, discriminator)
        frozen = FROZEN if sides.discriminator.get("trainable") is False else None
        for side, name in enumerate(("generator", "discriminator")):
            learned = not np.array_equal(after[side], before[side])
            expect(learned, f"the {name} did not learn in step {number}.", frozen)
        updates, before = sides.updates(), after
        message = (
            f"after {counted(number, 'step')} each optimiser should have made {counted(number, 'update')}: received "
            f"{updates[0]}"
        )
        right = updates == (number, number)
        expect(right, f"{message} of the generator's and {updates[1]} of the discriminator's.")


@training.check(
    "What train_step returns are means over the epoch so far, begun anew when Keras resets them.",
    needs=[test_train_step_logs],
)
def test_train_step_returns_epoch_means(student: Student) -> None:
    """Two batches, the reset that `fit` makes between epochs, one batch; with learning rates of 0."""
    sides, generator, discriminator = _known_gan(student, 3, (0.0, 0.0))
    batches = random_images(8, BATCH, *SHAPE), np.float32(4) * random_images(9, BATCH, *SHAPE)
    first, last = (_means(student, generator, discriminator, x) for x in batches)
    cases = {"after two batches": (batches, (first + last) / 2), "in a new epoch": (batches[:1], first)}
    for when, (given, expected) in cases.items():
        for x in given:
            found = expect_logs(step(sides.gan, "train_step", x), "what train_step returns")
        way = ratio(found[:1] - first[:1], last[:1] - first[:1])  # only the discriminator's loss has changed
        agree(
            found,
            expected,
            f"{NAMES} {when}",
            rtol=1e-3,
            known_by=np.append(way, ratio(found[1:], first[1:])),
        )
        sides.gan.call("reset_metrics")


@sampling.check("sample makes images of standard normal noise, fresh for every image and call.", weight=2)
def test_sample_draws_noise(student: Student) -> None:
    """The generator returns z itself; a right answer fails with probability below 1e-6."""
    identity = Linear(np.eye(PIXELS), np.zeros(PIXELS))
    gan = linear_gan(student, identity, random_linear(0, PIXELS, 1)).gan
    expect_shape(gan.call("sample", 3), (3, *SHAPE), "what sample(3) returns")
    count, what = 5_000, "what sample returns"
    both = [expect_shape(gan.call("sample", count), (count, *SHAPE), what) for _ in range(2)]
    first, second = (images.reshape(count, PIXELS) for images in both)
    expect_fresh(first, second, "sample", no_noise=NO_NOISE, same_every_call=SAME_EVERY_CALL,
                 same_for_examples=SAME_FOR_EXAMPLES, same_for_entries=SAME_FOR_ENTRIES)  # fmt: skip
    expect_standard_normal(first.reshape(-1, 2), "z of sample")


@sampling.check(
    "sample uses the generator as it is in use: with its moving statistics, which it leaves alone.",
    needs=[test_sample_draws_noise],
)
def test_sample_is_no_training(student: Student) -> None:
    """The generator's batch normalisation remembers mean 5 and variance 4, but would see mean 0."""
    generator = normalising_generator(student, bias=0.0)
    set_weights(generator, [np.eye(4), np.zeros(4), np.full(4, 5.0), np.full(4, 4.0)])
    discriminator = make_discriminator(student, random_linear(0, PIXELS, 1), None)
    gan = make_gan(student, generator, discriminator, PIXELS).gan
    images = expect_shape(gan.call("sample", 400), (400, PIXELS), "what sample(400) returns")
    moved = not np.allclose(moving_mean(generator, PIXELS), 5.0)
    expect(not moved, "sample moved the generator's statistics.", IN_TRAINING)
    received = f"the images of this generator have the mean -2.5: received a mean of {images.mean():.2f}."
    expect(abs(images.mean() + 2.5) < 0.3, received, IN_TRAINING)
