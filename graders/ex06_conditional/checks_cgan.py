"""Checks of the conditional GAN: its discriminator is told the label."""

from __future__ import annotations

from graders.ex06_conditional import game_expectations, training
from graders.ex06_conditional.checks_conditions import test_append_planes_everywhere, test_embedding_learns
from graders.ex06_conditional.checks_labelled import test_labelled_fakes, test_labelled_generate
from graders.ex06_conditional.games import Kind
from judge.suite import Student, check

CGAN = Kind("ConditionalGAN", told=True, options={}, class_weight=0.0)


@check(
    cell="cgan_discriminator_check",
    says="The discriminator's loss is that of real images with their labels and of fakes of the same labels.",
    weight=2,
    needs=[test_labelled_fakes, test_append_planes_everywhere],
    read_again="section 6, equation (4)",
)
def test_cgan_discriminator_loss(student: Student) -> None:
    """The generator ignores z, so that the loss is known."""
    game_expectations.expect_losses(student, CGAN, "train_discriminator")


@check(
    cell="cgan_discriminator_check",
    says="train_discriminator makes one step of the discriminator, and moves nothing of the generator's side.",
    weight=2,
    needs=[test_cgan_discriminator_loss],
    read_again="section 6, equation (4)",
)
def test_cgan_discriminator_step(student: Student) -> None:
    """Compared with central differences of the definition."""
    game_expectations.expect_discriminator_step(student, CGAN)


@check(
    cell="cgan_discriminator_check",
    says="Real and fake images are judged in two calls, with training=True.",
    needs=[test_cgan_discriminator_loss],
    read_again="section 6, equation (4)",
)
def test_cgan_statistics(student: Student) -> None:
    """Told by the moving mean of a batch normalisation."""
    game_expectations.expect_statistics(student, CGAN)


@check(
    cell="cgan_discriminator_check",
    says="Label noise moves the targets, and fakes are drawn anew at each step.",
    needs=[test_cgan_discriminator_loss],
    read_again="section 6, equation (4)",
)
def test_cgan_noise(student: Student) -> None:
    """The mean loss of many steps is known."""
    game_expectations.expect_label_noise(student, CGAN)
    game_expectations.expect_fresh_fakes(student, CGAN, "train_discriminator")


@check(
    cell="cgan_generator_check",
    says="The generator's loss is -log D of fakes that are judged with the label they were asked for.",
    weight=2,
    needs=[test_labelled_fakes, test_append_planes_everywhere],
    read_again="section 6, equation (4)",
)
def test_cgan_generator_loss(student: Student) -> None:
    """The generator ignores z, so that the loss is known; then it listens, and the loss must vary."""
    game_expectations.expect_losses(student, CGAN, "train_generator")
    game_expectations.expect_fresh_fakes(student, CGAN, "train_generator")


@check(
    cell="cgan_generator_check",
    says="train_generator makes one step of the generator, and leaves the discriminator as it is.",
    weight=2,
    needs=[test_cgan_generator_loss],
    read_again="section 6, equation (4)",
)
def test_cgan_generator_step(student: Student) -> None:
    """Compared with central differences of the definition."""
    game_expectations.expect_generator_step(student, CGAN)


@check(
    cell="cgan_generator_check",
    says="The generator's step trains the table of an embedding, through the generator and not through its judge.",
    needs=[test_embedding_learns, test_cgan_discriminator_step, test_cgan_generator_step],
    read_again="section 6, equation (4)",
)
def test_cgan_table(student: Student) -> None:
    """With a generator that reads c, and one that does not."""
    game_expectations.expect_table_of_generator(student, CGAN)


@check(
    cell="cgan_step_check",
    says="train_step moves the discriminator, then the generator, on the labels of the batch.",
    weight=2,
    needs=[test_cgan_discriminator_step, test_cgan_generator_step],
    read_again="section 5",
)
def test_cgan_train_step(student: Student) -> None:
    """Compared with the two steps of the definition."""
    game_expectations.expect_train_step(student, CGAN)


@check(
    cell="cgan_step_check",
    says="train_step returns the epoch's means of both losses, and refuses images without labels.",
    needs=[test_cgan_discriminator_step, test_cgan_generator_step],
    read_again="section 5",
)
def test_cgan_epoch_means(student: Student) -> None:
    """Two batches, the reset between epochs, one batch."""
    game_expectations.expect_epoch_means(student, CGAN)


@check(
    cell="cgan_step_check",
    says="After a short training on points of four classes, the class that is asked for is drawn, in all its width.",
    weight=2,
    needs=[test_cgan_train_step, test_labelled_generate],
    seconds=60,
    read_again="section 6, equation (4)",
)
def test_cgan_short_training(student: Student) -> None:
    """Points of the plane: the judge sends z and labels, and looks where they land."""
    trained = training.train_gan(student, CGAN, seed=3)
    game_expectations.expect_reached(trained, training.CGAN_REACHED, training.CGAN_SPREAD)
