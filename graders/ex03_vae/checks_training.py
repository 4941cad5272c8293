"""Checks of train_step and test_step: one step against its definition, bookkeeping, and a short training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.common.networks import build_optimizer
from graders.common.objects import expect_same_weights, expect_shape, flat, make, weights_of
from graders.common.reference import digits, random_images
from graders.ex03_vae import mistakes, networks, oracles, training_mistakes
from graders.ex03_vae.checks_forward import test_elbo_gradients_pass_the_noise, test_elbo_terms
from graders.ex03_vae.checks_parts import (
    test_decoder_returns_logits,
    test_encoder_heads_are_linear_and_separate,
    test_sampling_distribution,
)
from graders.ex03_vae.expectations import expect_logs, expect_terms
from graders.ex03_vae.kl import test_kl_value
from graders.ex03_vae.likelihoods import test_bernoulli_value
from judge.suite import Array, Remote, Student, agree, check, expect, expect_pair

BATCH = 6
NAMES = "(loss, reconstruction_loss, kl_loss)"
# Held-out -ELBO of digits after the short training below, in nats per image. The reference reaches 26.4 with
# standard deviation 0.39 (30 seeds, from 26.0 to 27.5), other right networks up to 27.7; logits of 0 give 44.4.
# The upper limit is nine standard deviations away, so wide because networks of a student's own may learn more
# slowly: a right answer fails less than once in a million (the most uneven right sample, if normal). It proves that
# training works, not that the formulas are right. Numbers: benchmarks/calibrate_ex03.py.
HELD_OUT_LIMITS = (20.0, 30.0)


def _compiled(
    student: Student, weights: oracles.LinearVAE, learning_rate: float
) -> tuple[Remote, Remote, Remote]:
    """The student's VAE around linear networks, with plain gradient descent: (vae, encoder, decoder)."""
    vae, encoder, decoder = networks.make_vae(student, weights)
    optimizer = make(student, "keras.optimizers.SGD", learning_rate=learning_rate)
    vae.call("compile", optimizer=optimizer, run_eagerly=True, jit_compile=False)
    return vae, encoder, decoder


def _without_noise(seed: int) -> oracles.LinearVAE:
    return networks.random_linear_vae(seed, noise=False)


def _images(seed: int, batch: int = BATCH) -> Array:
    return random_images(seed, batch, *networks.SHAPE)


def _means(vae: Remote, x: Array) -> Array:
    """Batch means of (loss, reconstruction_loss, kl_loss), from the student's own elbo_terms."""
    reconstruction, kl_loss = expect_terms(vae.call("elbo_terms", x), len(x))
    return np.array([(reconstruction + kl_loss).mean(), reconstruction.mean(), kl_loss.mean()])


@check(
    cell="train_step_check",
    says="train_step takes x or (x, y) and returns the batch means of loss, reconstruction_loss and kl_loss.",
    needs=[test_elbo_terms],
    read_again="section 10b",
)
def test_train_step_logs(student: Student) -> None:
    """Compared with the student's own elbo_terms; the learning rate is too small to show."""
    for seed, with_labels in ((0, False), (1, True)):
        vae, _, _ = _compiled(student, _without_noise(seed), learning_rate=1e-6)
        x = _images(seed)
        expected = _means(vae, x)
        found = expect_logs(vae.call("train_step", _data(x, with_labels)), "what train_step returns")
        agree(found, expected, NAMES, rtol=1e-3, mistakes=training_mistakes.logs(expected, BATCH))


def _data(x: Array, with_labels: bool) -> Array | tuple[Array, Array]:
    return (x, np.arange(len(x))) if with_labels else x


@check(
    cell="train_step_check",
    says="train_step makes one gradient step on the batch mean of both terms, in encoder and decoder.",
    weight=3,
    needs=[test_elbo_terms],
    read_again="section 10",
)
def test_train_step_follows_the_gradient(student: Student) -> None:
    """Compared with the gradients of the student's own elbo_terms: this judges the step, not the formulas."""
    rate, x = 0.1, _images(2)
    vae, *parts = _compiled(student, _without_noise(2), rate)
    before = [weight for part in parts for weight in weights_of(part)]

    def gradient(term: int) -> Array:
        found = [vae.gradients("elbo_terms", x, weights_of=part, output=term).weights for part in parts]
        return flat([g for gradients in found for g in gradients], before)

    start, reconstruction, kl_loss = flat(before, before), gradient(0), gradient(1)
    in_encoder = flat([np.full(w.shape, i < 4) for i, w in enumerate(before)], before)
    vae.call("train_step", x)
    after = flat([weight for part in parts for weight in weights_of(part)], before)
    expected = start - rate * (reconstruction + kl_loss) / BATCH
    known = training_mistakes.train_step(start, after, reconstruction, kl_loss, in_encoder, rate, BATCH)
    agree(after, expected, "the weights after one step", rtol=1e-3, atol=1e-4, mistakes=known)


@check(
    cell="train_step_check",
    says="Two steps of train_step lead to the weights that equations (2) to (4) demand.",
    weight=2,
    needs=[test_kl_value, test_bernoulli_value, test_train_step_follows_the_gradient],
    read_again="equation (2)",
)
def test_train_step_matches_the_equations(student: Student) -> None:
    """Compared with central differences of the definition of the loss, in float64."""
    rate = 0.2
    weights = _without_noise(3)
    vae, encoder, decoder = _compiled(student, weights, rate)
    for seed in (3, 4):
        x = _images(seed)
        vae.call("train_step", x)
        weights = weights.after_step(x, rate)
    found = weights_of(encoder) + weights_of(decoder)
    expected = weights.arrays()
    agree(flat(found, expected), flat(expected, expected), "the weights after two steps",
          rtol=1e-3, atol=2e-4)  # fmt: skip


@check(
    cell="train_step_check",
    says="test_step returns the same three numbers and changes no weight.",
    needs=[test_elbo_terms],
    read_again="section 10b",
)
def test_test_step_only_measures(student: Student) -> None:
    """For x and for (x, y)."""
    for seed, with_labels in ((5, False), (6, True)):
        vae, _, _ = _compiled(student, _without_noise(seed), learning_rate=0.1)
        before, x = weights_of(vae), _images(seed)
        found = expect_logs(vae.call("test_step", _data(x, with_labels)), "what test_step returns")
        expect_same_weights(vae, before, "test_step changed the weights.", mistakes.TEST_STEP_TRAINS)
        expected = _means(vae, x)
        agree(found, expected, NAMES, rtol=1e-3, mistakes=training_mistakes.logs(expected, BATCH))


@check(
    cell="train_step_check",
    says="What train_step and test_step return are means over the epoch so far, begun anew when Keras resets them.",
    needs=[test_train_step_logs],
    read_again="section 10b",
)
def test_steps_return_epoch_means(student: Student) -> None:
    """Two batches, the reset that `fit` makes between epochs, one batch; with a learning rate of 0."""
    for step in ("train_step", "test_step"):
        vae, _, _ = _compiled(student, _without_noise(6), learning_rate=0.0)
        batches = _images(6), np.float32(0.2) * _images(7)
        first, last = (_means(vae, x) for x in batches)
        for x in batches:
            found = expect_logs(vae.call(step, x), f"what {step} returns")
        agree(found, (first + last) / 2, f"{NAMES} of {step} after two batches", rtol=1e-3,
              mistakes=[replace(mistakes.LAST_BATCH, value=last)])  # fmt: skip
        vae.call("reset_metrics")
        found = expect_logs(vae.call(step, batches[0]), f"what {step} returns")
        agree(found, first, f"{NAMES} of {step} in a new epoch", rtol=1e-3,
              mistakes=[replace(mistakes.NOT_RESET, value=(2 * first + last) / 3)])  # fmt: skip


@check(
    cell="train_step_check",
    says="A short training on real digits reaches the held-out ELBO that it should.",
    weight=2,
    needs=[
        test_encoder_heads_are_linear_and_separate,
        test_decoder_returns_logits,
        test_sampling_distribution,
        test_kl_value,
        test_bernoulli_value,
        test_elbo_gradients_pass_the_noise,
        test_train_step_follows_the_gradient,
    ],
    seconds=60,
    read_again="section 11",
)
def test_short_training(student: Student) -> None:
    """The judge computes the held-out ELBO itself, from encode and decode, with noise of its own."""
    loss = short_training(student, seed=7)
    low, high = HELD_OUT_LIMITS
    expect(loss < high, f"the held-out -ELBO should fall below {high:g} nats per image: received {loss:.1f}.")
    expect(loss > low, f"a held-out -ELBO of {loss:.1f} nats per image is too good: expected above {low:g}.")


def short_training(student: Student, seed: int) -> float:
    """Train the student's VAE for four epochs and return its held-out -ELBO, in nats per image."""
    train, _, held_out, _ = digits()
    student.call("keras.utils.set_random_seed", seed)
    encoder = make(student, "Encoder", latent_dim=4, hidden_units=64)
    decoder = make(student, "Decoder", image_shape=(8, 8, 1), hidden_units=64)
    vae = make(student, "VAE", encoder, decoder)
    optimizer = make(student, "keras.optimizers.Adam", learning_rate=0.01)
    vae.call("compile", optimizer=optimizer, jit_compile=False)
    vae.attempt("elbo_terms", train[:1])  # makes the weights
    build_optimizer(student, optimizer, vae)
    vae.call("fit", train, batch_size=50, epochs=4, verbose=0)
    return held_out_loss(vae, held_out, 4)


def held_out_loss(vae: Remote, x: Array, latent_dim: int) -> float:
    """Mean of equation (2) over images x, from the judge's own noise and formulas, in nats per image."""
    heads = expect_pair(vae.call("encode", x), "what encode returns")
    z_mean, z_log_var = (expect_shape(head, (len(x), latent_dim), "z_mean and z_log_var") for head in heads)
    noise = np.random.default_rng(0).normal(size=z_mean.shape)
    z = (z_mean + np.exp(0.5 * z_log_var) * noise).astype(np.float32)
    logits = expect_shape(vae.call("decode", z), x.shape, "what decode returns")
    return float((oracles.bernoulli_nll(x, logits) + oracles.kl_to_standard_normal(z_mean, z_log_var)).mean())
