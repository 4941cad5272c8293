"""Two short trainings through `fit`: points on a ring, and digits with the student's own networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.networks import build_optimizer, layer, stack
from graders.common.objects import expect_object, expect_shape, make, outputs, trainable_weights_of
from graders.common.reference import digits
from graders.ex05_gan.discriminator_step import (
    test_discriminator_step_draws_fakes,
    test_discriminator_step_follows_the_gradient,
    test_discriminator_step_moves_nothing_else,
)
from graders.ex05_gan.generator_step import (
    test_generator_step_draws_noise,
    test_generator_step_follows_the_gradient,
    test_generator_step_moves_nothing_else,
)
from graders.ex05_gan.losses import test_discriminator_loss_gradient, test_generator_loss_gradients
from graders.ex05_gan.modes import ring, ring_centres
from graders.ex05_gan.networks import test_discriminator_returns_logits, test_generator_makes_images
from graders.ex05_gan.train_step import (
    LOGS,
    test_both_sides_go_on_learning,
    test_noise_is_fresh_in_fit,
    test_sample_draws_noise,
    test_train_step_alternates,
    training,
)
from judge.suite import CheckFailed, Remote, Student, expect, expect_array

RING_SD = 0.05
NUM_SAMPLES = 2_000
# After the training below the reference covers 7.83 of 8 modes (standard deviation 0.38, never fewer than 7) with a
# share of good samples of 0.66 (0.14, never below 0.29), 24 seeds; without learning there are none and 0.03. If
# normal, a right answer fails with probability 5e-4. The check proves that training works, not that the formulas are
# right. Numbers: benchmarks/calibrate.py.
MODES_LIMIT, QUALITY_LIMIT = 5, 0.2
# A training says nothing new about a step that is known to be wrong, and takes seconds to say it.
SOUND_STEPS = [
    test_discriminator_loss_gradient,
    test_generator_loss_gradients,
    test_discriminator_step_follows_the_gradient,
    test_discriminator_step_moves_nothing_else,
    test_discriminator_step_draws_fakes,
    test_generator_step_follows_the_gradient,
    test_generator_step_moves_nothing_else,
    test_generator_step_draws_noise,
    test_train_step_alternates,
    test_noise_is_fresh_in_fit,
    test_both_sides_go_on_learning,
    test_sample_draws_noise,
]


def _dense(student: Student, name: str, inputs: int, outputs: int) -> Remote:
    """A network with two hidden layers."""
    hidden: Any = {"units": 64, "activation": "relu"}
    layers = [layer("Dense", f"{name}_{i}", **hidden) for i in range(2)]
    return stack(student, name, [inputs], *layers, layer("Dense", f"{name}_out", units=outputs))


def _compile(student: Student, gan: Remote, generator: Remote, discriminator: Remote, learning_rate: float) -> None:
    """Compile a GAN of networks that are built."""
    optimizers = [make(student, "keras.optimizers.Adam", learning_rate=learning_rate, beta_1=0.5) for _ in range(2)]
    for optimizer, side in zip(optimizers, (generator, discriminator), strict=True):
        build_optimizer(student, optimizer, side)
    gan.call("compile", generator_optimizer=optimizers[0], discriminator_optimizer=optimizers[1], jit_compile=False)


def ring_training(student: Student, seed: int, epochs: int = 10, learning_rate: float = 4e-3) -> tuple[int, float]:
    """Train the student's GAN on a ring of eight Gaussians; what the judge counts in its samples.

    Returns:
        (modes covered, share of good samples).
    """
    student.call("keras.utils.set_random_seed", seed)
    generator, discriminator = _dense(student, "g", 8, 2), _dense(student, "d", 2, 1)
    gan = make(student, "GAN", generator, discriminator, 8)
    _compile(student, gan, generator, discriminator, learning_rate)
    gan.call("fit", ring(6_400, seed), batch_size=64, epochs=epochs, verbose=0)
    samples = expect_shape(gan.call("sample", NUM_SAMPLES), (NUM_SAMPLES, 2), "what sample returns")
    centres = ring_centres()
    apart = np.linalg.norm(samples[:, None] - centres, axis=-1)
    good = apart.min(axis=1) <= 3 * RING_SD
    counts = np.bincount(apart.argmin(axis=1)[good], minlength=8)
    return int((counts >= 0.01 * NUM_SAMPLES).sum()), float(good.mean())


@training.check(
    "Trained for a few seconds on a ring of eight Gaussians, your GAN finds most of its modes.",
    weight=2,
    needs=SOUND_STEPS,
    seconds=60,
    whole=True,
    read_again="section 8",
)
def test_training_finds_the_ring(student: Student) -> None:
    """The networks and the data are the judge's, and it counts the modes itself."""
    modes, quality = ring_training(student, seed=3)
    expect(modes >= MODES_LIMIT, f"samples cover {modes} of 8 modes: expected at least {MODES_LIMIT}.")
    expect(
        quality >= QUALITY_LIMIT,
        f"the share of samples within 3 sd of a mode is {quality:.2f}: expected at least {QUALITY_LIMIT}.",
    )


@training.check(
    "`fit` trains your own Generator and Discriminator on images, and logs both losses.",
    needs=[test_generator_makes_images, test_discriminator_returns_logits, *SOUND_STEPS],
    seconds=60,
    whole=True,
    read_again="section 7d",
)
def test_fit_on_images(student: Student) -> None:
    """One epoch on 150 digits with labels, the last batch smaller: everything moves and stays finite."""
    train = digits()
    generator = make(student, "Generator", latent_dim=4, image_shape=(8, 8, 1), filters=4)
    discriminator = make(student, "Discriminator", filters=4)
    gan = make(student, "GAN", generator, discriminator, 4, label_noise=0.1)
    generator(np.zeros((1, 4), np.float32))
    discriminator(train.train_images[:1])
    before = outputs(trainable_weights_of(generator)), outputs(trainable_weights_of(discriminator))
    _compile(student, gan, generator, discriminator, learning_rate=1e-3)
    fitted = gan.call("fit", train.train_images[:150], train.train_labels[:150], batch_size=64, epochs=1, verbose=0)
    history = expect_object(fitted, "what fit returns").get("history")
    for name in LOGS:
        values = history.get(name) if isinstance(history, dict) else None
        if not isinstance(values, list) or len(values) != 1:
            raise CheckFailed(f"the history of one epoch should hold one `{name}`.")
        expect_array(values[0], f"`{name}` in the history", ())
    for part, name, start in zip((generator, discriminator), ("generator", "discriminator"), before, strict=True):
        changed = not np.array_equal(outputs(trainable_weights_of(part)), start)
        expect(changed, f"fit did not change the {name}.")
    images = expect_shape(gan.call("sample", 8), (8, 8, 8, 1), "what sample(8) returns")
    expect(images.min() >= 0 and images.max() <= 1, "samples should have numbers in [0, 1].")
    expect(bool(np.ptp(images, axis=0).max() > 1e-6), "all samples are equal.")
