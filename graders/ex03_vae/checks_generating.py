"""Checks of generating, and of saving and loading, with linear networks as in `checks_forward`."""

from __future__ import annotations

from dataclasses import replace

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
from graders.common.reference import random_images, sigmoid
from graders.ex03_vae import mistakes, model_mistakes, networks, oracles
from graders.ex03_vae.checks_forward import test_vae_encode_and_decode
from graders.ex03_vae.checks_parts import test_decoder_config, test_encoder_config
from graders.ex03_vae.expectations import expect_fresh, expect_standard_normal
from graders.ex03_vae.likelihoods import LOGITS_SHOWN, test_bernoulli_mean
from graders.ex03_vae.networks import SHAPE
from judge.suite import (
    Array,
    Remote,
    Student,
    agree,
    check,
    expect,
    expect_array,
    expect_pair,
    is_same,
)


@check(
    cell="generate_check",
    says="sample decodes z drawn from the prior N(0, I), fresh for every image and call.",
    weight=3,
    needs=[test_vae_encode_and_decode],
    read_again="section 10c",
)
def test_sample_draws_from_the_prior(student: Student) -> None:
    """The decoder returns z itself; encoder and likelihood are such that other sources of z would show.

    A right answer fails with probability below 1e-6, see `expect_standard_normal`.
    """
    weights = networks.identity_vae(mean=2.0, log_var=0.5)
    vae, _, _ = networks.make_vae(student, weights, variance=0.1)
    expect_shape(vae.call("sample", 3), (3, *SHAPE), "what sample(3) returns")
    count = 10_000
    first, second = (
        expect_shape(vae.call("sample", count), (count, *SHAPE), "what sample returns") for _ in range(2)
    )
    expect_fresh(first.reshape(count, 4), second.reshape(count, 4), "sample", mistakes.SAME_EVERY_CALL)
    expect_standard_normal(first.reshape(-1, 2), "z of sample")


@check(
    cell="generate_check",
    says="sample shows mean images, with numbers from 0 to 1.",
    needs=[test_bernoulli_mean, test_vae_encode_and_decode],
    read_again="section 10c",
)
def test_sample_shows_mean_images(student: Student) -> None:
    """The decoder ignores z, so that the one right image is known."""
    logits = np.linspace(-6, 6, 4)
    weights = oracles.LinearVAE(*(np.zeros((4, 4)), np.zeros(4)) * 2, np.zeros((4, 4)), logits)
    vae, _, _ = networks.make_vae(student, weights)
    expected = np.tile(logits, (2, 1)).reshape(2, *SHAPE)
    known = [replace(LOGITS_SHOWN, value=expected)]
    agree(vae.call("sample", 2), sigmoid(expected), "the mean images of sample(2)", mistakes=known)


@check(
    cell="generate_check",
    says="reconstruct returns the mean image decoded from z_mean, without noise.",
    weight=2,
    needs=[test_bernoulli_mean, test_vae_encode_and_decode],
    read_again="section 10",
)
def test_reconstruct(student: Student) -> None:
    """For a Bernoulli and a Gaussian likelihood."""
    weights, x = networks.random_linear_vae(6), random_images(7, 5, *SHAPE)
    parameters, of_log_var = (weights.decode(head).reshape(x.shape) for head in weights.encode(x))
    for variance in (None, 0.5):
        vae, _, _ = networks.make_vae(student, weights, variance=variance)
        what = "what reconstruct returns"
        first, second = (expect_shape(vae.call("reconstruct", x), x.shape, what) for _ in range(2))
        noisy = not np.allclose(first, second)
        expect(not noisy, "reconstruct gave two answers for one image.", mistakes.RECONSTRUCT_SAMPLES)
        if variance is None:
            known = [
                replace(LOGITS_SHOWN, value=parameters),
                model_mistakes.decoded_log_var(sigmoid(of_log_var)),
            ]
            agree(first, sigmoid(parameters), "the reconstruction", mistakes=known)
        else:
            known = [model_mistakes.sigmoid_always(parameters), model_mistakes.decoded_log_var(of_log_var)]
            agree(first, parameters, "the reconstruction with a Gaussian likelihood", mistakes=known)


def _latents(seed: int) -> Array:
    return np.random.default_rng(seed).normal(size=(4, 3)).astype(np.float32)


def _answers(vae: Remote, x: Array, z: Array) -> Array:
    """encode(x) and decode(z), as one vector."""
    heads = expect_pair(vae.call("encode", x), "what encode returns")
    found = [expect_shape(head, (len(x), 3), "z_mean and z_log_var") for head in heads]
    return np.concatenate(
        [a.ravel() for a in (*found, expect_shape(vae.call("decode", z), x.shape, "decode"))]
    )


@check(
    cell="config_check",
    says="from_config(get_config()) makes a VAE with parts like the original's, and with its likelihood.",
    weight=2,
    needs=[test_vae_encode_and_decode],
    read_again="section 10d",
)
def test_vae_config(student: Student) -> None:
    """With a variance and a name that are not the defaults; the twin must have networks of its own."""
    weights = networks.random_linear_vae(8)
    parts = networks.make_encoder(student, weights), networks.make_decoder(student, weights)
    likelihood = make(student, "GaussianLikelihood", variance=0.25)
    vae = make(student, "VAE", *parts, likelihood=likelihood, name="mine")
    config = vae.call("get_config")
    expect(isinstance(config, dict), "get_config must return a dict.")
    expect(not holds_objects(config), "get_config must return plain data.", mistakes.CONFIG_LIVE_OBJECTS)
    twin = from_config(student, "VAE", config)
    name = twin.get("name")
    expect(is_same(name, "mine"), "the twin lost the name; begin with super().get_config().")
    message = "the twin's likelihood is not the original's, Gaussian of variance 0.25."
    kept = expect_object(twin.get("likelihood"), "the twin's likelihood")
    expect(kept.type_name == likelihood.type_name, message, mistakes.CONFIG_WITHOUT_LIKELIHOOD)
    variance = expect_array(kept.get("variance"), "the variance of the twin's likelihood", ())
    expect(bool(np.isclose(variance, 0.25)), message, mistakes.CONFIG_WITHOUT_LIKELIHOOD)
    x, z = random_images(9, 4, *SHAPE), _latents(9)
    expected = _answers(vae, x, z)
    before = weights_of(vae)
    set_weights(twin, before)
    agree(_answers(twin, x, z), expected, "what the twin encodes and decodes with the same weights")
    set_weights(twin, [np.zeros(w.shape) for w in before])
    shared = not np.allclose(_answers(vae, x, z), expected)
    expect(not shared, "changing the twin's weights changed the original.", mistakes.CONFIG_SHARES_PARTS)


def _expect_same_after_reload(student: Student, vae: Remote, x: Array, z: Array) -> None:
    expected = _answers(vae, x, z)
    vae.call("save", "saved.keras")
    reloaded = make(student, "keras.saving.load_model", "saved.keras")
    same = np.allclose(_answers(reloaded, x, z), expected, 1e-4, 1e-5)
    expect(same, "the reloaded model gives other outputs than the saved one.", mistakes.PARTS_LOST_ON_RELOAD)


@check(
    cell="config_check",
    says="A VAE that was saved and loaded gives the same outputs.",
    weight=2,
    needs=[test_vae_encode_and_decode],
    read_again="section 10d",
)
def test_save_and_reload(student: Student) -> None:
    """Around linear networks with random weights, and a Gaussian likelihood."""
    vae, _, _ = networks.make_vae(student, networks.random_linear_vae(10), variance=0.25)
    x, z = random_images(11, 4, *SHAPE), _latents(11)
    _expect_same_after_reload(student, vae, x, z)


@check(
    cell="config_check",
    says="Saving also keeps your own encoder and decoder, made with arguments that are not the defaults.",
    needs=[test_encoder_config, test_decoder_config, test_save_and_reload],
    read_again="section 10d",
)
def test_save_and_reload_own_parts(student: Student) -> None:
    """The file is all that the reloaded model knows of them."""
    encoder = make(student, "Encoder", latent_dim=3, hidden_units=7)
    decoder = make(student, "Decoder", image_shape=(4, 3, 1), hidden_units=5)
    vae = make(student, "VAE", encoder, decoder)
    x, z = random_images(12, 4, 4, 3, 1), _latents(12)
    vae(x)
    _expect_same_after_reload(student, vae, x, z)
