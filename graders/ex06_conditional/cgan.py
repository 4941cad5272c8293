"""The conditional GAN, whose discriminator is told the label: checks and mistakes."""

from __future__ import annotations

from graders.common.labelled import proves
from graders.ex06_conditional import steps, training
from graders.ex06_conditional.conditions import test_append_planes_everywhere, test_embedding_learns
from graders.ex06_conditional.labelled import test_labelled_fakes, test_labelled_generate
from graders.ex06_conditional.linear_game import Kind
from judge.suite import Student, cell

CGAN = Kind("ConditionalGAN", told=True)
discriminator = cell("cgan_discriminator_check", hole="cgan", read_again="section 6, equation (4)")
generator = cell("cgan_generator_check", hole="cgan", read_again="section 6, equation (4)")
step = cell("cgan_step_check", hole="cgan", read_again="section 5")

# fmt: off
REAL = "self.discriminator(append_to_data(images, c), training=True)"
FAKE = "self.discriminator(append_to_data(fakes, c), training=True)"
OF_FAKES = "append_to_data(self.fakes(labels), c)"
steps.step_mistakes(discriminator, generator, "ops.mean(discriminator_loss", "ops.mean(generator_loss")
steps.statistics_mistakes(discriminator, REAL, FAKE, [
    (f"real_logits = {REAL}", "both = ops.concatenate([append_to_data(images, c), append_to_data(fakes, c)], axis=0)"),
    (f"fake_logits = {FAKE}", "real_logits, fake_logits = ops.split(self.discriminator(both, training=True), 2)")])
proves(generator, steps.TABLE_THROUGH_JUDGE, (OF_FAKES, "append_to_data(self.fakes(labels), self.condition(labels))"))
discriminator.mistake("cgan-discriminator-not-told",
    [(REAL, "self.discriminator(images, training=True)"), (FAKE, "self.discriminator(fakes, training=True)")],
    "Your discriminator sees the image alone. In a conditional GAN it judges the pair, image and label: else it would "
    "accept any real-looking image for any label.",
    also=[[(REAL, REAL.replace("c)", "0.0 * c)")), (FAKE, FAKE.replace("c)", "0.0 * c)"))],
          (OF_FAKES, "self.fakes(labels)"), (OF_FAKES, OF_FAKES.replace("c)", "0.0 * c)"))])
discriminator.mistake("labels-ignored", [("c = self.condition(labels)\n", "c = 0.0 * self.condition(labels)\n"),
    (steps.FAKES, steps.FAKES.replace("self.fakes(labels)", steps.UNTOLD))],
    "Neither network is told the label: c is zero for both.",
    also=[[(OF_FAKES, OF_FAKES.replace("self.fakes(labels)", steps.UNTOLD).replace(", c)", ", 0.0 * c)"))]])
SHIFTS = [f"ops.roll(c, {by}, axis=0))" for by in (1, -1)]
discriminator.mistake("fakes-judged-with-other-labels", (FAKE, FAKE.replace("c)", SHIFTS[0])),
    "Fakes are judged with labels of other examples; each belongs to the label that it was asked for.",
    also=[(FAKE, FAKE.replace("c)", SHIFTS[1])), (FAKE, FAKE.replace("c)", "ops.flip(c, axis=0))")),
          *((OF_FAKES, OF_FAKES.replace("c)", to)) for to in (*SHIFTS, "ops.flip(c, axis=0))"))])
# fmt: on


@discriminator.check(
    "The discriminator's loss is that of real images with their labels and of fakes of the same labels.",
    weight=2,
    needs=[test_labelled_fakes, test_append_planes_everywhere],
)
def test_cgan_discriminator_loss(student: Student) -> None:
    """The generator ignores z, so that the loss is known."""
    steps.expect_losses(student, "train_discriminator", [(CGAN, 53), (CGAN, 63)])


@discriminator.check(
    "train_discriminator makes one step of the discriminator, and moves nothing of the generator's side.",
    weight=2,
    needs=[test_cgan_discriminator_loss],
)
def test_cgan_discriminator_step(student: Student) -> None:
    """Compared with central differences of the definition."""
    steps.expect_discriminator_step(student, CGAN)


@discriminator.check(
    "Real and fake images are judged in two calls, with training=True.",
    weight=2,
    needs=[test_cgan_discriminator_loss],
)
def test_cgan_statistics(student: Student) -> None:
    """Told by the moving mean of a batch normalisation."""
    steps.expect_statistics(student, CGAN)


@discriminator.check(
    "Label noise moves the targets, and fakes are drawn anew at each step.",
    needs=[test_cgan_discriminator_loss],
)
def test_cgan_noise(student: Student) -> None:
    """The mean loss of many steps is known."""
    steps.expect_label_noise(student, CGAN)
    steps.expect_fresh_fakes(student, CGAN, "train_discriminator")


@generator.check(
    "The generator's loss is -log D of fakes that are judged with the label they were asked for.",
    weight=2,
    needs=[test_labelled_fakes, test_append_planes_everywhere],
)
def test_cgan_generator_loss(student: Student) -> None:
    """The generator ignores z, so that the loss is known; then it listens, and the loss must vary."""
    steps.expect_losses(student, "train_generator", [(CGAN, 53), (CGAN, 63)])
    steps.expect_fresh_fakes(student, CGAN, "train_generator")


@generator.check(
    "train_generator makes one step of the generator, and leaves the discriminator as it is.",
    weight=2,
    needs=[test_cgan_generator_loss],
)
def test_cgan_generator_step(student: Student) -> None:
    """Compared with central differences of the definition."""
    steps.expect_generator_step(student, CGAN)


@generator.check(
    "The generator's step trains the table of an embedding, through the generator and not through its judge.",
    needs=[test_embedding_learns, test_cgan_discriminator_step, test_cgan_generator_step],
)
def test_cgan_table(student: Student) -> None:
    """With a generator that reads c, and one that does not."""
    steps.expect_table_of_generator(student, CGAN)


@step.check(
    "train_step moves the discriminator, then the generator, on the labels of the batch.",
    weight=2,
    needs=[test_cgan_discriminator_step, test_cgan_generator_step],
)
def test_cgan_train_step(student: Student) -> None:
    """Compared with the two steps of the definition."""
    steps.expect_train_step(student, CGAN)


@step.check(
    "train_step returns the epoch's means of both losses, and refuses images without labels.",
    needs=[test_cgan_discriminator_step, test_cgan_generator_step],
)
def test_cgan_epoch_means(student: Student) -> None:
    """Two batches, the reset between epochs, one batch."""
    steps.expect_epoch_means(student, CGAN)


@step.check(
    "After a short training on points of four classes, the class that is asked for is drawn, in all its width.",
    weight=2,
    needs=[test_cgan_train_step, test_labelled_generate],
    seconds=60,
    whole=True,
    read_again="section 6, equation (4)",
)
def test_cgan_short_training(student: Student) -> None:
    """Points of the plane: the judge sends z and labels, and looks where they land."""
    trained = training.train_gan(student, CGAN, seed=3)
    steps.expect_reached(trained, training.CGAN_REACHED, training.CGAN_SPREAD)
