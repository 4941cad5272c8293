"""What the two GANs share: fakes, generate, sample, configuration; checks, and mistakes of all of LabelledGAN."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from graders.common.labelled import (
    BATCH,
    CLASSES,
    LABELS_REQUIRED,
    LAST_BATCH,
    NO_NOISE,
    PIXELS,
    SAME_EVERY_CALL,
    SHAPE,
    expect_sampled_classes,
    labels_of,
    latents,
    mistakes_of_order,
    proves,
    random_table,
    small_network,
)
from graders.common.noise import expect_fresh, expect_standard_normal
from graders.common.objects import expect_shape, statistics_of
from graders.ex06_conditional import saving
from graders.ex06_conditional.conditions import test_append_condition, test_condition_configs, test_one_hot
from graders.ex06_conditional.linear_game import NO_Z, Kind, LinearGame, Players, game_parts, play, set_up
from judge.suite import Array, Mistake, Remote, Student, agree, cell, expect

LABELLED = Kind("LabelledGAN")
generating = cell("labelled_generate_check", hole="labelled_gan", read_again="section 5")
config = cell("labelled_config_check", hole="labelled_gan", read_again="section 5")

# fmt: off
FAKES = "return self.generator(append_condition(z, self.condition(labels)), training=training)"
GENERATE = "return self.generator(append_condition(z, self.condition(labels)), training=False)"
NOISE = "z = self.noise(ops.shape(labels)[0])"
DRAW = "return self.generate(self.noise(num_samples), labels)"
LOSSES = "losses = self.train_discriminator(images, labels), self.train_generator(labels)"
REPORT = "return self.update_trackers(*losses)"
GENERATOR_HINT = (
    "Your generator sees z alone, and so nobody can choose what it draws. Append c to what the generator gets.")
OTHER_LABELS = Mistake("fakes-of-random-labels",
    "The loss changes from call to call although this generator ignores z: labels are drawn or shuffled somewhere. "
    "Fakes belong to the labels that they were asked for.")
WITHOUT_TRAINING_FLAG = Mistake("without-training-flag",
    "The moving statistics of a batch normalisation stayed at their start: in a training step, call the network with "
    "training=True.")
LABELS_NOT_OF_BATCH = Mistake("step-ignores-labels",
    "The step does not use the labels of the batch: hand them to train_discriminator and to train_generator.")
GENERATOR_FIRST = Mistake("generator-first",
    "Your generator moves before the discriminator: first one step of the discriminator, then one of the generator, "
    "which faces the discriminator as it is by then.")
generating.mistake("generator-not-told",
    [(FAKES, "return self.generator(z, training=training)"), (GENERATE, "return self.generator(z, training=False)")],
    GENERATOR_HINT, also=[(FAKES, FAKES.replace("self.cond", "0.0 * self.cond")),
                          (GENERATE, GENERATE.replace("self.cond", "0.0 * self.cond"))])
proves(generating, OTHER_LABELS, (NOISE, f"{NOISE}\n        labels = keras.random.shuffle(labels)"))
TRAINING_IN_USE = generating.mistake("training-flag-in-use", (GENERATE, GENERATE.replace("False", "True")),
    "generate depends on what else is in the batch: in use, call the generator with training=False.",
    also=[(FAKES, FAKES.replace("training)", "True)"))])
proves(generating, WITHOUT_TRAINING_FLAG, (FAKES, FAKES.replace(", training=training", "")))
proves(generating, NO_NOISE, (NOISE, NOISE.replace("= ", "= 0.0 * ")), (DRAW, DRAW.replace("(self", "(0.0 * self")))
proves(generating, SAME_EVERY_CALL,
    (NOISE, "z = keras.random.normal((ops.shape(labels)[0], self.latent_dim), seed=7)"),
    (DRAW, DRAW.replace("self.noise(num_samples)", "keras.random.normal((num_samples, self.latent_dim), seed=7)")))
generating.mistake("prior-not-normal",
    (NOISE, "z = keras.random.uniform((ops.shape(labels)[0], self.latent_dim))"),
    "Your noise is uniform; the prior is standard normal.",
    also=[(DRAW, DRAW.replace("self.noise(num_samples)", "keras.random.uniform((num_samples, self.latent_dim))"))])
mistakes_of_order(generating)
proves(generating, LABELS_NOT_OF_BATCH,
    (LOSSES, LOSSES.replace("generator(labels", "generator(keras.random.randint(ops.shape(labels), 0, 3)")),
    (LOSSES, LOSSES.replace("images, labels", "images, keras.random.shuffle(labels)")))
proves(generating, GENERATOR_FIRST,
    (LOSSES, "of_generator = self.train_generator(labels)\n        "
             "losses = self.train_discriminator(images, labels), of_generator"))
generating.mistake("losses-swapped", (REPORT, "return self.update_trackers(*losses[::-1])"),
    "discriminator_loss and generator_loss are swapped.")
proves(generating, LAST_BATCH,
    (REPORT, 'return {"discriminator_loss": losses[0], "generator_loss": losses[1]}'))
proves(generating, LABELS_REQUIRED, ("images, labels = images_and_labels(data)",
    "images, labels = images_and_labels(data if isinstance(data, tuple) else (data, ops.zeros(len(data), 'int32')))"))
proves(config, saving.CONDITION_LOST, saving.WITHOUT_CONDITION, saving.ANOTHER_CONDITION)
proves(config, saving.CONFIG_LIVE_OBJECTS, saving.LIVE_CONDITION)
proves(config, saving.CONFIG_SHARES_PARTS, saving.SHARED_CONDITION)
proves(config, saving.ARGUMENT_LOST, (saving.SERIALISE, f"{saving.SERIALISE}\n        config.pop('label_noise')"))
# fmt: on


def expect_moving_mean(model: Remote, width: int) -> Array:
    """The moving mean of a network with one batch normalisation."""
    found = statistics_of(model)
    kept = [s.shape for s in found] == [(width,)] * 2
    expect(kept, f"{model.type_name} has other moving statistics than it was given.")
    return found[0]


def normalised_generator(student: Student) -> Remote:
    """A generator of images whose first layer is a batch normalisation."""
    return small_network(student, "normalised_generator", [2 + CLASSES], {"image": PIXELS}, SHAPE)


def _normalised(student: Student) -> Players:
    """A GAN whose generator tells what it saw."""
    _, discriminator, condition = game_parts(student, LABELLED.game(student, 0))
    return play(student, LABELLED, (normalised_generator(student), discriminator, condition))


def _images(student: Student, game: LinearGame, method: str, *data: Array) -> Array:
    """What a method of the student's LabelledGAN with these weights makes, as rows."""
    found = set_up(student, LABELLED, game).gan.call(method, *data)
    shape = (len(data[-1]), *SHAPE)
    return expect_shape(found, shape, f"what {method} returns").reshape(len(data[-1]), -1)


@generating.check(
    "generate gives the generator each z with its own c, as in use.",
    needs=[test_one_hot, test_append_condition],
)
def test_labelled_generate(student: Student) -> None:
    """A linear generator; then one whose batch normalisation must be left alone."""
    game, what = LABELLED.game(student, 50, latent=1.0), "what generate returns"
    z, labels = latents(50), labels_of(50)
    agree(_images(student, game, "generate", z, labels), game.fakes(z, labels), what)
    players = _normalised(student)
    z, labels = latents(51), labels_of(51)
    together = expect_shape(players.gan.call("generate", z, labels), (BATCH, *SHAPE), what)
    alone = expect_shape(players.gan.call("generate", z[:2], labels[:2]), (2, *SHAPE), what)
    unmoved = not expect_moving_mean(players.generator, 2 + CLASSES).any()
    same = unmoved and np.allclose(together[:2], alone, atol=1e-5)
    expect(same, "generate uses the batch's own statistics.", TRAINING_IN_USE)


@generating.check(
    "fakes draws a fresh z for each label and gives the generator both; it passes training on.",
    weight=2,
    needs=[test_one_hot, test_append_condition],
)
def test_labelled_fakes(student: Student) -> None:
    """First a generator that ignores z, then one that returns it, then one with batch normalisation."""
    game, labels = LABELLED.game(student, 52), labels_of(52)
    found, again = (_images(student, game, "fakes", labels) for _ in range(2))
    message = "fakes changes from call to call although this generator ignores z."
    expect(np.allclose(found, again), message, OTHER_LABELS)
    agree(found, game.fakes(NO_Z, labels), "the fakes of a generator that ignores z")
    _expect_noise(student, "fakes", 2000, labels_of(53, 2000))
    for training in (True, False):
        players = _normalised(student)
        players.gan.call("fakes", labels, training)
        moved = bool(expect_moving_mean(players.generator, 2 + CLASSES).any())
        mistake = WITHOUT_TRAINING_FLAG if training else TRAINING_IN_USE
        expect(moved == training, f"fakes(labels, training={training}) does not pass training on.", mistake)


def _expect_noise(student: Student, method: str, count: int, *data: object) -> None:
    """Fail unless z, which this generator returns twice, is standard normal and fresh (1e-6)."""
    kernel = np.concatenate([np.tile(np.eye(2), 2), np.zeros((CLASSES, PIXELS))])
    game = replace(LABELLED.game(student, 54), generator_kernel=kernel, generator_bias=np.zeros(PIXELS))
    gan, shape = set_up(student, LABELLED, game).gan, (count, *SHAPE)
    draws = [expect_shape(gan.call(method, *data), shape, f"what {method} returns") for _ in range(2)]
    first, second = (draw.reshape(count, PIXELS)[:, :2] for draw in draws)
    expect_fresh(first, second, method, no_noise=NO_NOISE, same_every_call=SAME_EVERY_CALL)
    expect_standard_normal(first, f"z of {method}")


@generating.check(
    "sample draws the labels that it is given, and without any the classes in turn: 0, 1, 2, ...",
    needs=[test_labelled_generate],
)
def test_labelled_sample(student: Student) -> None:
    """First a generator that ignores z, so that each image tells its class, then one that returns z."""
    game = LABELLED.game(student, 55)
    of_class = game.fakes(np.zeros((CLASSES, 2)), np.arange(CLASSES))
    expect_sampled_classes(set_up(student, LABELLED, game).gan, of_class, labels_of(55, 8))
    _expect_noise(student, "sample", 2000, 2000)


@config.check(
    "from_config(get_config()) makes a GAN with parts, condition and arguments like the original's.",
    weight=2,
    needs=[test_condition_configs, test_labelled_generate],
)
def test_labelled_config(student: Student) -> None:
    """With sizes, label noise and a name that are not the defaults."""
    expect_config(student, LABELLED)


def expect_config(student: Student, kind: Kind) -> Remote:
    """Round trip of a GAN with an embedded condition; returns the twin."""
    game = kind.game(student, 56, random_table(56, 4, 3), latent=1.0)
    gan = set_up(student, kind, game, label_noise=0.25, name="mine").gan
    twin = saving.make_twin(student, kind.name, gan)
    for name, value in (("latent_dim", 2), ("label_noise", 0.25)):
        saving.expect_kept(twin, name, value, saving.ARGUMENT_LOST)
    labels = labels_of(56, 5, 4)
    saving.expect_same_condition(gan, twin, labels)
    saving.expect_same_images(gan, twin, latents(56, 5), labels)
    return twin


@config.check(
    "A GAN that was saved and loaded generates the same images for the same z and labels.",
    weight=2,
    needs=[test_condition_configs, test_labelled_generate],
)
def test_labelled_reload(student: Student) -> None:
    """With an embedding, whose table must be in the file."""
    expect_reload(student, LABELLED)


def expect_reload(student: Student, kind: Kind, **options: Any) -> None:
    """Save and load a GAN with an embedded condition."""
    gan = set_up(student, kind, kind.game(student, 57, random_table(57, 4, 3), latent=1.0), **options).gan
    saving.expect_same_after_reload(student, gan, latents(57, 5), labels_of(57, 5, 4))
