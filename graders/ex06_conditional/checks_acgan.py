"""Checks of the auxiliary-classifier GAN: its discriminator has to guess the label."""

from __future__ import annotations

import numpy as np

from graders.ex06_conditional import game_expectations, games, mistakes, training
from graders.ex06_conditional.checks_auxiliary import test_class_loss
from graders.ex06_conditional.checks_conditions import test_embedding_learns
from graders.ex06_conditional.checks_labelled import (
    expect_config,
    expect_reload,
    test_labelled_config,
    test_labelled_fakes,
    test_labelled_generate,
    test_labelled_reload,
)
from graders.ex06_conditional.expectations import expect_scalar, give_weights, make_twin, scalar_of
from graders.ex06_conditional.games import Kind
from judge.suite import Student, check, expect

ACGAN = Kind("ACGAN", told=False, options={"class_weight": 0.3}, class_weight=0.3)
DEFAULT = Kind("ACGAN", told=False, options={}, class_weight=1.0)


@check(
    cell="acgan_discriminator_check",
    says="The discriminator's loss asks of real and fake images: real or fake, and which class?",
    weight=3,
    needs=[test_labelled_fakes, test_class_loss],
    read_again="equation (6)",
)
def test_acgan_discriminator_loss(student: Student) -> None:
    """With a class_weight of 0.3, then of 1; the generator ignores z, so that the loss is known."""
    game_expectations.expect_losses(student, ACGAN, "train_discriminator")
    game_expectations.expect_losses(student, DEFAULT, "train_discriminator", seeds=(60,))


@check(
    cell="acgan_discriminator_check",
    says="train_discriminator makes one step of the discriminator, and moves nothing of the generator's side.",
    weight=2,
    needs=[test_acgan_discriminator_loss],
    read_again="section 8",
)
def test_acgan_discriminator_step(student: Student) -> None:
    """Compared with central differences of the definition."""
    game_expectations.expect_discriminator_step(student, ACGAN)


@check(
    cell="acgan_discriminator_check",
    says="Real and fake images are judged in two calls, with training=True.",
    needs=[test_acgan_discriminator_loss],
    read_again="section 8",
)
def test_acgan_statistics(student: Student) -> None:
    """Told by the moving mean of a batch normalisation."""
    game_expectations.expect_statistics(student, ACGAN)


@check(
    cell="acgan_discriminator_check",
    says="Label noise moves the targets of real and fake, not the classes; fakes are drawn anew at each step.",
    needs=[test_acgan_discriminator_loss],
    read_again="section 8",
)
def test_acgan_noise(student: Student) -> None:
    """The mean loss of many steps is known."""
    game_expectations.expect_label_noise(student, ACGAN)
    game_expectations.expect_fresh_fakes(student, ACGAN, "train_discriminator")


@check(
    cell="acgan_generator_check",
    says="The generator's loss asks two things of its fakes: to be taken for real, and for their class.",
    weight=3,
    needs=[test_labelled_fakes, test_class_loss],
    read_again="equation (7)",
)
def test_acgan_generator_loss(student: Student) -> None:
    """With a class_weight of 0.3, then of 1; then a generator that listens to z."""
    game_expectations.expect_losses(student, ACGAN, "train_generator")
    game_expectations.expect_losses(student, DEFAULT, "train_generator", seeds=(60,))
    game_expectations.expect_fresh_fakes(student, ACGAN, "train_generator")


@check(
    cell="acgan_generator_check",
    says="train_generator makes one step of the generator, and leaves the discriminator as it is.",
    weight=2,
    needs=[test_acgan_generator_loss],
    read_again="section 8",
)
def test_acgan_generator_step(student: Student) -> None:
    """Compared with central differences of the definition."""
    game_expectations.expect_generator_step(student, ACGAN)


@check(
    cell="acgan_generator_check",
    says="The generator's step trains the table of an embedding.",
    needs=[test_embedding_learns, test_acgan_discriminator_step, test_acgan_generator_step],
    read_again="section 8",
)
def test_acgan_table(student: Student) -> None:
    """With a generator that reads c, and one that does not."""
    game_expectations.expect_table_of_generator(student, ACGAN)


@check(
    cell="acgan_step_check",
    says="train_step moves the discriminator, then the generator, on the labels of the batch.",
    weight=2,
    needs=[test_acgan_discriminator_step, test_acgan_generator_step],
    read_again="section 5",
)
def test_acgan_train_step(student: Student) -> None:
    """Compared with the two steps of the definition."""
    game_expectations.expect_train_step(student, ACGAN)


@check(
    cell="acgan_step_check",
    says="train_step returns the epoch's means of both losses, and refuses images without labels.",
    needs=[test_acgan_discriminator_step, test_acgan_generator_step],
    read_again="section 5",
)
def test_acgan_epoch_means(student: Student) -> None:
    """Two batches, the reset between epochs, one batch."""
    game_expectations.expect_epoch_means(student, ACGAN)


@check(
    cell="acgan_step_check",
    says="After a short training on points of four classes, the class that is asked for is drawn, in all its width.",
    weight=2,
    needs=[test_acgan_train_step, test_labelled_generate],
    seconds=60,
    read_again="section 8",
)
def test_acgan_short_training(student: Student) -> None:
    """Points of the plane: the judge sends z and labels, and looks where they land."""
    trained = training.train_gan(student, DEFAULT, seed=3)
    game_expectations.expect_reached(trained, training.ACGAN_REACHED, training.ACGAN_SPREAD)


@check(
    cell="acgan_config_check",
    says="from_config(get_config()) keeps class_weight, too.",
    weight=2,
    needs=[test_labelled_config],
    read_again="section 8",
)
def test_acgan_config(student: Student) -> None:
    """With a class_weight that is not the default."""
    expect_config(student, DEFAULT, class_weight=0.7)
    players = games.set_up(student, ACGAN, ACGAN.game(61))
    twin = make_twin(student, "ACGAN", players.gan)
    twin.call("generate", np.zeros((1, 2), np.float32), np.zeros(1, np.int32))
    give_weights(players.gan, twin)
    games.compile_with(student, twin, (0.0, 0.0))
    x, labels = games.batch_of(61)
    first, again = (scalar_of(players.gan.attempt("train_discriminator", x, labels)) for _ in range(2))
    if first is None or again is None or not np.isclose(first, again, rtol=1e-4):
        return  # a mistake that other checks judge
    of_twin = expect_scalar(twin.call("train_discriminator", x, labels), "what train_discriminator returns")
    message = f"the twin's loss is {of_twin:.4g}, the original's {first:.4g}."
    expect(bool(np.isclose(of_twin, first, rtol=1e-3)), message, mistakes.CLASS_WEIGHT_LOST)


@check(
    cell="acgan_config_check",
    says="An AC-GAN that was saved and loaded generates the same images for the same z and labels.",
    needs=[test_labelled_reload],
    read_again="section 8",
)
def test_acgan_reload(student: Student) -> None:
    """With an embedding, whose table must be in the file."""
    expect_reload(student, DEFAULT, class_weight=0.7)
