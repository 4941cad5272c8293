"""Checks of what the two GANs share: fakes, generate, sample, configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from graders.common.networks import linear_network
from graders.common.noise import expect_fresh, expect_standard_normal
from graders.common.objects import expect_shape
from graders.ex06_conditional import mistakes, networks
from graders.ex06_conditional.checks_conditions import (
    test_append_condition,
    test_condition_configs,
    test_one_hot,
)
from graders.ex06_conditional.expectations import (
    expect_in_turn,
    expect_kept,
    expect_moving_mean,
    expect_same_after_reload,
    expect_same_condition,
    expect_same_images,
    make_twin,
    or_explain,
)
from graders.ex06_conditional.games import BATCH, NO_Z, Kind, play, set_up
from graders.ex06_conditional.networks import CLASSES, PIXELS, SHAPE, labels_of
from graders.ex06_conditional.oracles import LinearGame
from judge.suite import Array, Student, agree, check, expect, expect_array

LABELLED = Kind("LabelledGAN", told=False, options={}, class_weight=0.0)


def _latents(seed: int, batch: int = BATCH) -> Array:
    return np.random.default_rng(seed).normal(size=(batch, 2)).astype(np.float32)


def _without_labels(student: Student, game: LinearGame, method: str, *data: Array) -> None:
    """Would the method run if the generator expected z alone?"""
    image = {"image": (np.zeros((2, PIXELS)), np.zeros(PIXELS))}
    generator = linear_network(student, "deaf_generator", [2], image, SHAPE)
    _, discriminator, condition = networks.game_parts(student, game)
    play(student, LABELLED, (generator, discriminator, condition)).gan.call(method, *data)


def _images(student: Student, game: LinearGame, method: str, *data: Array) -> Array:
    """What a method of the student's LabelledGAN with these weights makes, as rows."""
    gan = set_up(student, LABELLED, game).gan
    found = or_explain(
        lambda: gan.call(method, *data),
        lambda: _without_labels(student, game, method, *data),
        mistakes.GENERATOR_NOT_TOLD,
    )
    return expect_shape(found, (len(data[-1]), *SHAPE), f"what {method} returns").reshape(len(data[-1]), -1)


@check(
    cell="labelled_generate_check",
    says="generate gives the generator each z with its own c, as in use.",
    needs=[test_one_hot, test_append_condition],
    read_again="section 5",
)
def test_labelled_generate(student: Student) -> None:
    """A linear generator; then one whose batch normalisation must be left alone."""
    game = LABELLED.game(50, latent=1.0)
    z, labels = _latents(50), labels_of(50, BATCH)
    deaf = game.fakes(z, labels) - game.table[labels] @ game.generator_kernel[2:]
    found = _images(student, game, "generate", z, labels)
    agree(found, game.fakes(z, labels), "what generate returns",
          mistakes=[replace(mistakes.GENERATOR_NOT_TOLD, value=deaf)])  # fmt: skip
    maker = networks.normalised(student, "normalised_generator", [2 + CLASSES], {"image": PIXELS}, SHAPE)
    _, judge, condition = networks.game_parts(student, LABELLED.game(0))
    gan = play(student, LABELLED, (maker, judge, condition)).gan
    z, labels = _latents(51), labels_of(51, BATCH)
    together = expect_array(gan.call("generate", z, labels), "what generate returns", (BATCH, *SHAPE))
    alone = expect_array(gan.call("generate", z[:2], labels[:2]), "what generate returns", (2, *SHAPE))
    unmoved = not expect_moving_mean(maker, 2 + CLASSES).any()
    same = unmoved and np.allclose(together[:2], alone, atol=1e-5)
    expect(same, "generate uses the batch's own statistics.", mistakes.TRAINING_IN_USE)


@check(
    cell="labelled_generate_check",
    says="fakes draws a fresh z for each label and gives the generator both; it passes training on.",
    weight=2,
    needs=[test_one_hot, test_append_condition],
    read_again="section 5",
)
def test_labelled_fakes(student: Student) -> None:
    """First a generator that ignores z, then one that returns it, then one with batch normalisation."""
    game = LABELLED.game(52)
    labels = labels_of(52, BATCH)
    found, again = (_images(student, game, "fakes", labels) for _ in range(2))
    expect(np.allclose(found, again), "fakes changes from call to call although this generator ignores z.",
           mistakes.FAKES_OF_OTHER_LABELS)  # fmt: skip
    deaf = np.tile(game.generator_bias, (BATCH, 1))
    unaware = replace(mistakes.GENERATOR_NOT_TOLD, value=deaf)
    agree(found, game.fakes(NO_Z, labels), "the fakes of a generator that ignores z", mistakes=[unaware])
    _expect_noise(student, "fakes", labels_of(53, 2000))
    for training in (True, False):
        maker = networks.normalised(student, "normalised_generator", [2 + CLASSES], {"image": PIXELS}, SHAPE)
        _, judge, condition = networks.game_parts(student, LABELLED.game(0))
        gan = play(student, LABELLED, (maker, judge, condition)).gan
        gan.call("fakes", labels, training)
        moved = bool(expect_moving_mean(maker, 2 + CLASSES).any())
        mistake = mistakes.WITHOUT_TRAINING_FLAG if training else mistakes.TRAINING_IN_USE
        expect(moved == training, f"fakes(labels, training={training}) does not pass training on.", mistake)


def _expect_noise(student: Student, method: str, *data: object) -> None:
    """Fail unless z, which this generator returns twice, is standard normal and fresh (1e-6)."""
    game = LABELLED.game(54)
    kernel = np.concatenate([np.tile(np.eye(2), 2), np.zeros((CLASSES, PIXELS))])
    game = replace(game, generator_kernel=kernel, generator_bias=np.zeros(PIXELS))
    gan = set_up(student, LABELLED, game).gan
    first, second = (
        expect_array(gan.call(method, *data), f"what {method} returns", (None, *SHAPE)).reshape(-1, PIXELS)[
            :, :2
        ]
        for _ in range(2)
    )
    expect_fresh(first, second, method, no_noise=mistakes.NO_NOISE, same_every_call=mistakes.SAME_EVERY_CALL)
    expect_standard_normal(first, f"z of {method}")


@check(
    cell="labelled_generate_check",
    says="sample draws the labels that it is given, and without any the classes in turn: 0, 1, 2, ...",
    needs=[test_labelled_generate],
    read_again="section 5",
)
def test_labelled_sample(student: Student) -> None:
    """First a generator that ignores z, so that each image tells its class, then one that returns z."""
    game = LABELLED.game(55)
    gan = set_up(student, LABELLED, game).gan
    of_class = game.fakes(np.zeros((CLASSES, 2)), np.arange(CLASSES))
    found = expect_array(gan.call("sample", 7), "what sample(7) returns", (7, *SHAPE)).reshape(7, -1)
    expect_in_turn(found, of_class, "sample(7)")
    labels = labels_of(55, 8)
    given = expect_array(gan.call("sample", 8, labels), "what sample returns", (8, *SHAPE)).reshape(8, -1)
    random = replace(mistakes.SAMPLE_RANDOM_LABELS, value=given)
    agree(given, of_class[labels], "the images of sample with labels", mistakes=[random])
    _expect_noise(student, "sample", 2000)


@check(
    cell="labelled_config_check",
    says="from_config(get_config()) makes a GAN with parts, condition and arguments like the original's.",
    weight=2,
    needs=[test_condition_configs, test_labelled_generate],
    read_again="section 5",
)
def test_labelled_config(student: Student) -> None:
    """With sizes, label noise and a name that are not the defaults."""
    expect_config(student, LABELLED)


def expect_config(student: Student, kind: Kind, **options: Any) -> None:
    """Round trip of a GAN with an embedded condition and these further arguments."""
    game = kind.game(56, networks.random_table(56, 4, 3), latent=1.0)
    gan = set_up(student, kind, game, label_noise=0.25, name="mine", **options).gan
    twin = make_twin(student, kind.name, gan)
    expect_kept(twin, "latent_dim", 2, mistakes.CONFIG_DEFAULTS)
    expect_kept(twin, "label_noise", 0.25, mistakes.CONFIG_DEFAULTS)
    if "class_weight" in options:
        expect_kept(twin, "class_weight", options["class_weight"], mistakes.CLASS_WEIGHT_LOST)
    labels = labels_of(56, 5, 4)
    expect_same_condition(gan, twin, labels)
    expect_same_images(gan, twin, _latents(56, 5), labels)


@check(
    cell="labelled_config_check",
    says="A GAN that was saved and loaded generates the same images for the same z and labels.",
    weight=2,
    needs=[test_condition_configs, test_labelled_generate],
    read_again="section 5",
)
def test_labelled_reload(student: Student) -> None:
    """With an embedding, whose table must be in the file."""
    expect_reload(student, LABELLED)


def expect_reload(student: Student, kind: Kind, **options: Any) -> None:
    """Save and load a GAN with an embedded condition."""
    game = kind.game(57, networks.random_table(57, 4, 3), latent=1.0)
    gan = set_up(student, kind, game, **options).gan
    expect_same_after_reload(student, gan, _latents(57, 5), labels_of(57, 5, 4))
