"""The auxiliary-classifier GAN, whose discriminator has to guess the label: checks and mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.labelled import batch_of
from graders.ex06_conditional import linear_game, saving, steps, training
from graders.ex06_conditional.auxiliary import test_class_loss
from graders.ex06_conditional.conditions import test_embedding_learns
from graders.ex06_conditional.labelled import (
    expect_config,
    expect_reload,
    test_labelled_config,
    test_labelled_fakes,
    test_labelled_generate,
    test_labelled_reload,
)
from graders.ex06_conditional.linear_game import Kind
from judge.suite import CheckFailed, Remote, Returned, Student, cell, expect, expect_array

ACGAN = Kind("ACGAN", options={"class_weight": 0.3})
DEFAULT = Kind("ACGAN")
GAMES = [(ACGAN, 53), (ACGAN, 63), (DEFAULT, 60)]
discriminator = cell("acgan_discriminator_check", hole="acgan", read_again="section 8")
generator = cell("acgan_generator_check", hole="acgan", read_again="section 8")
step = cell("acgan_step_check", hole="acgan", read_again="section 5")
config = cell("acgan_config_check", hole="acgan", read_again="section 8")

# fmt: off
REAL, FAKE = "self.discriminator(images, training=True)", "self.discriminator(fakes, training=True)"
OF_FAKES = "self.discriminator(self.fakes(labels), training=True)"
CLASSES = "class_loss(real_classes, labels) + class_loss(fake_classes, labels)"
SUM = "authenticity + self.class_weight * classes"
FOOLED = "generator_loss(fake_logits)"
G_CLASS = "self.class_weight * class_loss(fake_classes, labels)"
CONFIG = "config.update(class_weight=self.class_weight)"
PROBABLE = "class_loss(tf.nn.softmax({}), labels)"
steps.step_mistakes(discriminator, generator, "ops.mean(authenticity", "ops.mean(generator_loss")
steps.statistics_mistakes(discriminator, REAL, FAKE, [
    (f"real_logits, real_classes = {REAL}",
     "both = self.discriminator(ops.concatenate([images, fakes]), training=True)"),
    (f"fake_logits, fake_classes = {FAKE}",
     "(real_logits, fake_logits), (real_classes, fake_classes) = (ops.split(answer, 2) for answer in both)")])
TOLD = "append_to_data({}, self.condition(labels))"
discriminator.mistake("acgan-discriminator-told",
    [(REAL, REAL.replace("images", TOLD.format("images"))), (FAKE, FAKE.replace("fakes", TOLD.format("fakes")))],
    "Your AC-GAN gives the label to its discriminator. There it must guess the label; one that is told has nothing to "
    "learn about classes.",
    also=[(OF_FAKES, OF_FAKES.replace("self.fakes(labels)", TOLD.format("self.fakes(labels)")))])
discriminator.mistake("class-loss-missing-on-fakes", (CLASSES, "class_loss(real_classes, labels)"),
    "Your discriminator classifies real images only. In an AC-GAN it also says which class a fake shows.")
discriminator.mistake("class-loss-missing-on-real", (CLASSES, "class_loss(fake_classes, labels)"),
    "Your discriminator classifies fakes only. From real images it learns what the classes look like.")
discriminator.mistake("class-loss-missing", (SUM, "authenticity"),
    "Your loss says nothing about classes: add the class losses.")
discriminator.mistake("class-weight-ignored", (SUM, "authenticity + classes"),
    "Your class losses do not heed class_weight.", also=[(G_CLASS, G_CLASS[20:])])
discriminator.mistake("class-weight-on-everything", (SUM, "self.class_weight * (authenticity + classes)"),
    "class_weight belongs to the class losses alone.",
    also=[(f"{FOOLED} + {G_CLASS}", f"self.class_weight * ({FOOLED} + {G_CLASS[20:]})")])
discriminator.mistake("class-losses-averaged", (CLASSES, f"({CLASSES}) / 2.0"),
    "You average the class losses of real and fake images; equation (6) sums them.")
discriminator.mistake("class-loss-subtracted", (SUM, SUM.replace("+", "-")),
    "You subtract class losses; the discriminator minimises them, on fakes too.",
    also=[(CLASSES, CLASSES.replace("+", "-"))])
discriminator.mistake("class-loss-from-probabilities",
    (CLASSES, f"{PROBABLE.format('real_classes')} + {PROBABLE.format('fake_classes')}"),
    "You apply the softmax twice: class logits go into the loss as they are.",
    also=[(G_CLASS, G_CLASS.replace("fake_classes", "tf.nn.softmax(fake_classes)"))])
generator.mistake("fakes-class-not-asked", (f" + {G_CLASS}", ""),
    "Your generator is not asked to show the class. Its fakes must look real, and be of the right class.")
generator.mistake("class-hidden", (f"+ {G_CLASS}", f"- {G_CLASS}"),
    "You subtract the class loss: your generator hides the class. It wants its fakes recognised.")
generator.mistake("fooling-missing", (f"{FOOLED} + {G_CLASS}", G_CLASS),
    "Your generator is only asked for the class; its fakes must also be taken for real.")
CLASS_WEIGHT_LOST = config.mistake("class-weight-lost", (f"        {CONFIG}\n", ""),
    "The twin has another class_weight than the original: put it into get_config.")
# fmt: on


@discriminator.check(
    "The discriminator's loss asks of real and fake images: real or fake, and which class?",
    weight=3,
    needs=[test_labelled_fakes, test_class_loss],
    read_again="equation (6)",
)
def test_acgan_discriminator_loss(student: Student) -> None:
    """With a class_weight of 0.3, then of 1; the generator ignores z, so that the loss is known."""
    steps.expect_losses(student, "train_discriminator", GAMES)


@discriminator.check(
    "train_discriminator makes one step of the discriminator, and moves nothing of the generator's side.",
    weight=2,
    needs=[test_acgan_discriminator_loss],
)
def test_acgan_discriminator_step(student: Student) -> None:
    """Compared with central differences of the definition."""
    steps.expect_discriminator_step(student, ACGAN)


@discriminator.check(
    "Real and fake images are judged in two calls, with training=True.",
    weight=2.5,
    needs=[test_acgan_discriminator_loss],
)
def test_acgan_statistics(student: Student) -> None:
    """Told by the moving mean of a batch normalisation."""
    steps.expect_statistics(student, ACGAN)


@discriminator.check(
    "Label noise moves the targets of real and fake, not the classes; fakes are drawn anew at each step.",
    needs=[test_acgan_discriminator_loss],
)
def test_acgan_noise(student: Student) -> None:
    """The mean loss of many steps is known."""
    steps.expect_label_noise(student, ACGAN)
    steps.expect_fresh_fakes(student, ACGAN, "train_discriminator")


@generator.check(
    "The generator's loss asks two things of its fakes: to be taken for real, and for their class.",
    weight=3,
    needs=[test_labelled_fakes, test_class_loss],
    read_again="equation (7)",
)
def test_acgan_generator_loss(student: Student) -> None:
    """With a class_weight of 0.3, then of 1; then a generator that listens to z."""
    steps.expect_losses(student, "train_generator", GAMES)
    steps.expect_fresh_fakes(student, ACGAN, "train_generator")


@generator.check(
    "train_generator makes one step of the generator, and leaves the discriminator as it is.",
    weight=2,
    needs=[test_acgan_generator_loss],
)
def test_acgan_generator_step(student: Student) -> None:
    """Compared with central differences of the definition."""
    steps.expect_generator_step(student, ACGAN)


@generator.check(
    "The generator's step trains the table of an embedding.",
    needs=[test_embedding_learns, test_acgan_discriminator_step, test_acgan_generator_step],
)
def test_acgan_table(student: Student) -> None:
    """With a generator that reads c, and one that does not."""
    steps.expect_table_of_generator(student, ACGAN)


@step.check(
    "train_step moves the discriminator, then the generator, on the labels of the batch.",
    weight=2,
    needs=[test_acgan_discriminator_step, test_acgan_generator_step],
)
def test_acgan_train_step(student: Student) -> None:
    """Compared with the two steps of the definition."""
    steps.expect_train_step(student, ACGAN)


@step.check(
    "train_step returns the epoch's means of both losses, and refuses images without labels.",
    needs=[test_acgan_discriminator_step, test_acgan_generator_step],
)
def test_acgan_epoch_means(student: Student) -> None:
    """Two batches, the reset between epochs, one batch."""
    steps.expect_epoch_means(student, ACGAN)


@step.check(
    "After a short training on points of four classes, the class that is asked for is drawn, in all its width.",
    weight=2,
    needs=[test_acgan_train_step, test_labelled_generate],
    seconds=60,
    whole=True,
    read_again="section 8",
)
def test_acgan_short_training(student: Student) -> None:
    """Points of the plane: the judge sends z and labels, and looks where they land."""
    trained = training.train_gan(student, DEFAULT, seed=3)
    steps.expect_reached(trained, training.ACGAN_REACHED, training.ACGAN_SPREAD)


@config.check("from_config(get_config()) keeps class_weight, too.", weight=2, needs=[test_labelled_config])
def test_acgan_config(student: Student) -> None:
    """With a class_weight that is not the default: as an attribute, if there is one, and by the loss."""
    twin = expect_config(student, Kind("ACGAN", options={"class_weight": 0.7}))
    saving.expect_kept(twin, "class_weight", 0.7, CLASS_WEIGHT_LOST)
    gan = linear_game.set_up(student, ACGAN, ACGAN.game(student, 61)).gan
    twin = saving.make_twin(student, "ACGAN", gan)
    twin.call("generate", np.zeros((1, 2), np.float32), np.zeros(1, np.int32))
    saving.give_weights(gan, twin)
    linear_game.compile_with(student, twin, (0.0, 0.0))
    first, again, of_twin = (_loss_of(one) for one in (gan, gan, twin))
    if first is None or again is None or not np.isclose(first, again, rtol=1e-4):
        return  # a mistake that other checks judge
    message = f"the twin's loss is {of_twin}, the original's {first}."
    expect(of_twin is not None and bool(np.isclose(of_twin, first, rtol=1e-3)), message, CLASS_WEIGHT_LOST)


def _loss_of(gan: Remote) -> float | None:
    """The discriminator's loss, or None if something else or nothing came back."""
    outcome = gan.attempt("train_discriminator", *batch_of(61))
    try:
        return float(expect_array(outcome.value if isinstance(outcome, Returned) else None, "it", ()))
    except CheckFailed:
        return None


@config.check(
    "An AC-GAN that was saved and loaded generates the same images for the same z and labels.",
    needs=[test_labelled_reload],
)
def test_acgan_reload(student: Student) -> None:
    """With an embedding, whose table must be in the file."""
    expect_reload(student, Kind("ACGAN", options={"class_weight": 0.7}))
