"""get_config, from_config, saving and loading, around linear networks with random weights: checks and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.adversarial import SHAPE, linear_gan, random_linear
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
from graders.ex05_gan.networks import test_discriminator_config, test_generator_config
from judge.suite import Array, Remote, Student, agree, cell, expect, expect_array, is_same

saving = cell("gan_config_check", hole="gan", read_again="section 7e")
LATENT, PIXELS = 3, 4
PARTS = ("generator", "discriminator")

# fmt: off
WRITE = "keras.saving.serialize_keras_object(getattr(self, part))"
READ = "keras.saving.deserialize_keras_object(config[part])"
LIVE_OBJECTS = saving.mistake("config-holds-objects", [(WRITE, "getattr(self, part)"), (READ, "config[part]")],
    "Your get_config returns live objects. Turn each network into plain data with "
    "keras.saving.serialize_keras_object.")
SHARED = saving.mistake("config-shares-parts",
    [("self.label_noise = label_noise", "self.label_noise = label_noise\n        GAN.last = generator, discriminator"),
     ("return cls(**config)", "return cls(**{**config, **dict(zip(('generator', 'discriminator'), GAN.last))})")],
    "The twin uses the very same generator or discriminator object as the original; from_config must make new ones.")
INCOMPLETE = saving.mistake("config-incomplete", ("label_noise=self.label_noise, ", ""),
    "The twin has other arguments than the original: get_config must hold latent_dim, label_noise and seed, with the "
    "values of this object.", also=[(", seed=self.seed)", ")"), ("latent_dim=self.latent_dim, ", "")])
LOST_ON_RELOAD = saving.mistake("parts-lost-on-reload",
    (READ, 'Generator() if part == "generator" else Discriminator()'),
    "The twin or the reloaded GAN makes other images of the same z: its networks were made anew. Serialise both in "
    "get_config and make them again in from_config.")
NAME_LOST = saving.mistake("config-without-parents", ("config = super().get_config()\n        for part", "config = {}\n"
    "        for part"), "The twin lost the name: begin with super().get_config().")
# fmt: on


def _latents(seed: int, num: int = 4) -> Array:
    return np.random.default_rng(seed).normal(size=(num, LATENT)).astype(np.float32)


def _make(student: Student, number: int, **arguments: Any) -> Remote:
    generator, discriminator = random_linear(number, LATENT, PIXELS), random_linear(number + 1, PIXELS, 1)
    return linear_gan(student, generator, discriminator, **arguments).gan


def _answers(gan: Remote, z: Array, x: Array) -> Array:
    """What the GAN makes of z and what its discriminator says of x, as one vector."""
    images = expect_shape(gan.call("generate", z), (len(z), *x.shape[1:]), "what generate returns")
    logits = expect_shape(_part(gan, "discriminator")(x), (len(x), 1), "the discriminator's logits")
    return np.concatenate([images.ravel(), logits.ravel()])


def _part(gan: Remote, name: str) -> Remote:
    return expect_object(gan.get(name), f"the {name} of the GAN")


@saving.check(
    "from_config(get_config()) makes a GAN with networks like the original's, its own, and the same arguments.",
    weight=2,
)
def test_gan_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    gan = _make(student, 0, label_noise=0.25, seed=7, name="mine")
    config = gan.call("get_config")
    expect(isinstance(config, dict), "get_config must return a dict.")
    expect(not holds_objects(config), "get_config must return plain data.", LIVE_OBJECTS)
    twin = from_config(student, "GAN", config)
    name = twin.get("name")
    expect(is_same(name, "mine"), "the twin lost the name.", NAME_LOST)
    for attribute, value in (("latent_dim", LATENT), ("label_noise", 0.25), ("seed", 7)):
        found = twin.get(attribute)
        message = f"the twin's {attribute} is not the original's: expected {value}, received {found}."
        same = isinstance(found, int | float) and bool(np.isclose(found, value))
        expect(same, message, INCOMPLETE)
    z, x = _latents(1), random_images(2, 5, *SHAPE)
    expected = _answers(gan, z, x)
    for part in PARTS:
        set_weights(_part(twin, part), weights_of(_part(gan, part)))
    agree(_answers(twin, z, x), expected, "what the twin makes of the same z with the same weights")
    for part in PARTS:
        set_weights(_part(twin, part), [0 * weight for weight in weights_of(_part(twin, part))])
    shared = not np.allclose(_answers(gan, z, x), expected)
    expect(not shared, "changing the twin's weights changed the original.", SHARED)


@saving.check("A GAN that was saved and loaded makes the same images of the same z.", weight=2)
def test_save_and_reload(student: Student) -> None:
    """Around linear networks with random weights; the discriminator and label_noise are compared, too."""
    gan = _make(student, 4, label_noise=0.25)
    _expect_same_after_reload(student, gan, _latents(5), random_images(6, 5, *SHAPE))


def _expect_same_after_reload(student: Student, gan: Remote, z: Array, x: Array) -> None:
    expected = _answers(gan, z, x)
    gan.call("save", "saved.keras")
    reloaded = make(student, "keras.saving.load_model", "saved.keras")
    same = np.allclose(_answers(reloaded, z, x), expected, 1e-4, 1e-5)
    expect(same, "the reloaded GAN gives other outputs than the saved one.", LOST_ON_RELOAD)
    kept = expect_array(reloaded.get("label_noise"), "label_noise of the reloaded GAN", ())
    expect(bool(np.isclose(kept, 0.25)), f"label_noise was 0.25 and is {kept:g} after reloading.",
           INCOMPLETE)  # fmt: skip


@saving.check(
    "Saving also keeps your own networks, made with arguments that are not the defaults.",
    needs=[test_generator_config, test_discriminator_config, test_save_and_reload],
)
def test_save_and_reload_own_parts(student: Student) -> None:
    """The file is all that the reloaded GAN knows of them."""
    generator = make(student, "Generator", latent_dim=LATENT, image_shape=(4, 8, 2), filters=3)
    discriminator = make(student, "Discriminator", filters=3)
    gan = make(student, "GAN", generator, discriminator, LATENT, label_noise=0.25)
    _expect_same_after_reload(student, gan, _latents(7), random_images(8, 5, 4, 8, 2))
