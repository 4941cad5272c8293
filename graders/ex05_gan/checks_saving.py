"""Checks of get_config, from_config, saving and loading, around linear networks with random weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.objects import (
    expect_object,
    expect_shape,
    from_config,
    holds_objects,
    make,
    set_weights,
    weights_of,
)
from graders.common.reference import random_images
from graders.ex05_gan import mistakes, networks
from graders.ex05_gan.checks_parts import test_discriminator_config, test_generator_config
from graders.ex05_gan.networks import SHAPE
from judge.suite import Array, Remote, Student, agree, check, expect, expect_array, is_same

LATENT, PIXELS = 3, 4


def _latents(seed: int, num: int = 4) -> Array:
    return np.random.default_rng(seed).normal(size=(num, LATENT)).astype(np.float32)


def _make(student: Student, number: int, **arguments: Any) -> Remote:
    generator, discriminator = (
        networks.random_linear(number, LATENT, PIXELS),
        networks.random_linear(number + 1, PIXELS, 1),
    )
    return networks.linear_gan(student, generator, discriminator, **arguments).gan


def _answers(gan: Remote, z: Array, x: Array) -> Array:
    """What the GAN makes of z and what its discriminator says of x, as one vector."""
    images = expect_shape(gan.call("generate", z), (len(z), *x.shape[1:]), "what generate returns")
    logits = expect_shape(_part(gan, "discriminator")(x), (len(x), 1), "the discriminator's logits")
    return np.concatenate([images.ravel(), logits.ravel()])


def _part(gan: Remote, name: str) -> Remote:
    return expect_object(gan.get(name), f"the {name} of the GAN")


@check(
    cell="gan_config_check",
    says="from_config(get_config()) makes a GAN with networks like the original's, its own, and the same arguments.",
    weight=2,
    read_again="section 7e",
)
def test_gan_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    gan = _make(student, 0, label_noise=0.25, seed=7, name="mine")
    config = gan.call("get_config")
    expect(isinstance(config, dict), "get_config must return a dict.")
    expect(not holds_objects(config), "get_config must return plain data.", mistakes.CONFIG_LIVE_OBJECTS)
    twin = from_config(student, "GAN", config)
    name = twin.get("name")
    expect(is_same(name, "mine"), "the twin lost the name; begin with super().get_config().")
    for attribute, value in (("latent_dim", LATENT), ("label_noise", 0.25), ("seed", 7)):
        found = twin.get(attribute)
        message = f"the twin's {attribute} is not the original's: expected {value}, received {found}."
        same = isinstance(found, int | float) and bool(np.isclose(found, value))
        expect(same, message, mistakes.CONFIG_INCOMPLETE)
    z, x = _latents(1), random_images(2, 5, *SHAPE)
    expected = _answers(gan, z, x)
    for part in ("generator", "discriminator"):
        set_weights(_part(twin, part), weights_of(_part(gan, part)))
    agree(_answers(twin, z, x), expected, "what the twin makes of the same z with the same weights")
    for part in ("generator", "discriminator"):
        set_weights(_part(twin, part), [0 * weight for weight in weights_of(_part(twin, part))])
    shared = not np.allclose(_answers(gan, z, x), expected)
    expect(not shared, "changing the twin's weights changed the original.", mistakes.CONFIG_SHARES_PARTS)


@check(
    cell="gan_config_check",
    says="A GAN that was saved and loaded makes the same images of the same z.",
    weight=2,
    read_again="section 7e",
)
def test_save_and_reload(student: Student) -> None:
    """Around linear networks with random weights; the discriminator and label_noise are compared, too."""
    gan = _make(student, 4, label_noise=0.25)
    _expect_same_after_reload(student, gan, _latents(5), random_images(6, 5, *SHAPE))


def _expect_same_after_reload(student: Student, gan: Remote, z: Array, x: Array) -> None:
    expected = _answers(gan, z, x)
    gan.call("save", "saved.keras")
    reloaded = make(student, "keras.saving.load_model", "saved.keras")
    same = np.allclose(_answers(reloaded, z, x), expected, 1e-4, 1e-5)
    expect(same, "the reloaded GAN gives other outputs than the saved one.", mistakes.PARTS_LOST_ON_RELOAD)
    kept = expect_array(reloaded.get("label_noise"), "label_noise of the reloaded GAN", ())
    expect(bool(np.isclose(kept, 0.25)), f"label_noise was 0.25 and is {kept:g} after reloading.",
           mistakes.CONFIG_INCOMPLETE)  # fmt: skip


@check(
    cell="gan_config_check",
    says="Saving also keeps your own networks, made with arguments that are not the defaults.",
    needs=[test_generator_config, test_discriminator_config, test_save_and_reload],
    read_again="section 7e",
)
def test_save_and_reload_own_parts(student: Student) -> None:
    """The file is all that the reloaded GAN knows of them."""
    generator = make(student, "Generator", latent_dim=LATENT, image_shape=(4, 8, 2), filters=3)
    discriminator = make(student, "Discriminator", filters=3)
    gan = make(student, "GAN", generator, discriminator, LATENT, label_noise=0.25)
    _expect_same_after_reload(student, gan, _latents(7), random_images(8, 5, 4, 8, 2))
