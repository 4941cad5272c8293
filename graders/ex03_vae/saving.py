"""Saving and loading: checks with linear networks, and mistakes."""

from __future__ import annotations

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
from graders.ex03_vae.encoder_decoder import test_decoder_config, test_encoder_config
from graders.ex03_vae.forward import test_vae_encode_and_decode
from graders.ex03_vae.linear import SHAPE, make_decoder, make_encoder, make_vae, random_linear_vae
from judge.suite import (
    Array,
    Mistake,
    Remote,
    Student,
    agree,
    cell,
    expect,
    expect_array,
    expect_pair,
    is_same,
)

saving = cell("config_check", hole="vae", read_again="section 10d")

# fmt: off
PARTS = 'for part in ("encoder", "decoder", "likelihood"):\n            config[part] = keras.saving.'
WITHOUT = PARTS.replace(', "likelihood"', "")
WRITE = "keras.saving.serialize_keras_object(getattr(self, part))"
READ = "keras.saving.deserialize_keras_object(config[part])"
CONFIG_LIVE_OBJECTS = saving.mistake("config-holds-objects", [(WRITE, "getattr(self, part)"), (READ, "config[part]")],
    "Your get_config returns live objects. Turn each part into plain data with keras.saving.serialize_keras_object.")
CONFIG_WITHOUT_LIKELIHOOD = saving.mistake("config-without-likelihood",
    [(f"{PARTS}serialize", f"{WITHOUT}serialize"), (f"{PARTS}deserialize", f"{WITHOUT}deserialize")],
    "The twin has another likelihood than the original: serialise `likelihood` in get_config too.")
CONFIG_SHARES_PARTS = saving.mistake("config-shares-parts",
    [("self.sampling = Sampling()", "self.sampling = Sampling()\n        VAE.last = encoder, decoder"),
     ("return cls(**config)", 'return cls(*VAE.last, config["likelihood"], name=config["name"])')],
    "The twin uses the very same encoder or decoder object as the original; from_config must make new ones.")
# It has no patch yet, so `record` does not prove it: the check names it by itself where outputs change on reload.
PARTS_LOST_ON_RELOAD = Mistake("parts-lost-on-reload",
    "The reloaded model has other weights than the saved one: its encoder and decoder were made anew. Serialise both "
    "in get_config and make them again in from_config.")
# fmt: on


def _latents(seed: int) -> Array:
    return np.random.default_rng(seed).normal(size=(4, 3)).astype(np.float32)


def _answers(vae: Remote, x: Array, z: Array) -> Array:
    """encode(x) and decode(z), as one vector."""
    heads = expect_pair(vae.call("encode", x), "what encode returns")
    found = [expect_shape(head, (len(x), 3), "z_mean and z_log_var") for head in heads]
    return np.concatenate([a.ravel() for a in (*found, expect_shape(vae.call("decode", z), x.shape, "decode"))])


def _expect_same_after_reload(student: Student, vae: Remote, x: Array, z: Array) -> None:
    expected = _answers(vae, x, z)
    vae.call("save", "saved.keras")
    reloaded = make(student, "keras.saving.load_model", "saved.keras")
    same = np.allclose(_answers(reloaded, x, z), expected, 1e-4, 1e-5)
    expect(same, "the reloaded model gives other outputs than the saved one.", PARTS_LOST_ON_RELOAD)


@saving.check(
    "from_config(get_config()) makes a VAE with parts like the original's, and with its likelihood.",
    weight=2,
    needs=[test_vae_encode_and_decode],
)
def test_vae_config(student: Student) -> None:
    """With a variance and a name that are not the defaults; the twin must have networks of its own."""
    weights = random_linear_vae(8)
    parts = make_encoder(student, weights), make_decoder(student, weights)
    likelihood = make(student, "GaussianLikelihood", variance=0.25)
    vae = make(student, "VAE", *parts, likelihood=likelihood, name="mine")
    config = vae.call("get_config")
    expect(isinstance(config, dict), "get_config must return a dict.")
    expect(not holds_objects(config), "get_config must return plain data.", CONFIG_LIVE_OBJECTS)
    twin = from_config(student, "VAE", config)
    name = twin.get("name")
    expect(is_same(name, "mine"), "the twin lost the name; begin with super().get_config().")
    message = "the twin's likelihood is not the original's, Gaussian of variance 0.25."
    kept = expect_object(twin.get("likelihood"), "the twin's likelihood")
    expect(kept.type_name == likelihood.type_name, message, CONFIG_WITHOUT_LIKELIHOOD)
    variance = expect_array(kept.get("variance"), "the variance of the twin's likelihood", ())
    expect(bool(np.isclose(variance, 0.25)), message, CONFIG_WITHOUT_LIKELIHOOD)
    x, z = random_images(9, 4, *SHAPE), _latents(9)
    expected = _answers(vae, x, z)
    before = weights_of(vae)
    set_weights(twin, before)
    agree(_answers(twin, x, z), expected, "what the twin encodes and decodes with the same weights")
    set_weights(twin, [np.zeros(w.shape) for w in before])
    shared = not np.allclose(_answers(vae, x, z), expected)
    expect(not shared, "changing the twin's weights changed the original.", CONFIG_SHARES_PARTS)


@saving.check("A VAE that was saved and loaded gives the same outputs.", weight=2, needs=[test_vae_encode_and_decode])
def test_save_and_reload(student: Student) -> None:
    """Around linear networks with random weights, and a Gaussian likelihood."""
    vae, _, _ = make_vae(student, random_linear_vae(10), variance=0.25)
    x, z = random_images(11, 4, *SHAPE), _latents(11)
    _expect_same_after_reload(student, vae, x, z)


@saving.check(
    "Saving also keeps your own encoder and decoder, made with arguments that are not the defaults.",
    needs=[test_encoder_config, test_decoder_config, test_save_and_reload],
)
def test_save_and_reload_own_parts(student: Student) -> None:
    """The file is all that the reloaded model knows of them."""
    encoder = make(student, "Encoder", latent_dim=3, hidden_units=7)
    decoder = make(student, "Decoder", image_shape=(4, 3, 1), hidden_units=5)
    vae = make(student, "VAE", encoder, decoder)
    x, z = random_images(12, 4, 4, 3, 1), _latents(12)
    encoder(x), decoder(z)  # makes their weights
    _expect_same_after_reload(student, vae, x, z)
