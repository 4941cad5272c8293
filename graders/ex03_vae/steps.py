"""train_step and test_step: one step against its definition, bookkeeping, a short training; and their mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.draws import composition
from graders.common.losses import bernoulli_nll, kl_to_standard_normal
from graders.common.networks import build_optimizer
from graders.common.objects import expect_same_weights, expect_shape, flat, make, weights_of
from graders.common.reference import digits, random_images
from graders.ex03_vae.encoder_decoder import (
    test_decoder_returns_logits,
    test_encoder_heads_are_linear_and_separate,
)
from graders.ex03_vae.forward import test_elbo_gradients_pass_the_noise, test_elbo_terms
from graders.ex03_vae.kl import test_kl_value
from graders.ex03_vae.likelihoods import test_bernoulli_value
from graders.ex03_vae.linear import SHAPE, LinearVAE, expect_terms, formulas, make_vae, random_linear_vae
from graders.ex03_vae.sampling import test_sampling_distribution
from judge.suite import Array, CheckFailed, Remote, Student, agree, cell, expect, expect_pair

steps = cell("train_step_check", hole="vae", read_again="section 10b")
BATCH = 6
LOGS = ("loss", "reconstruction_loss", "kl_loss")
NAMES = "(loss, reconstruction_loss, kl_loss)"
# Held-out -ELBO of digits after the short training below, in nats per image. The reference reaches 26.4 with
# standard deviation 0.39 (30 seeds, from 26.0 to 27.5), other right networks up to 27.7; logits of 0 give 44.4.
# The upper limit is nine standard deviations away, so wide because networks of a student's own may learn more
# slowly: a right answer fails less than once in a million (the most uneven right sample, if normal). It proves that
# training works, not that the formulas are right. Numbers: benchmarks/calibrate.py.
HELD_OUT_LIMITS = (20.0, 30.0)


def weight_of_kl(parts: Array, _: Array | None) -> bool | str:
    """The weight of the KL in a step that is otherwise right; parts: see `composition`."""
    others_right = parts.shape == (4,) and np.allclose(parts[[0, 1, 3]], [1, 1, 0], atol=5e-3)
    return others_right and f"{parts[2]:.3g}"


# fmt: off
LOSS = "loss = ops.mean(reconstruction_loss + kl_loss)"
APPLY = "self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))"
RETURN = "return self.update_trackers(reconstruction_loss, kl_loss)"
IN_TRAIN, IN_TEST = f"{APPLY}\n        {RETURN}", f"{RETURN}\n\n    def sample"
MEANS = """return {
            "loss": ops.mean(reconstruction_loss + kl_loss),
            "reconstruction_loss": ops.mean(reconstruction_loss),
            "kl_loss": ops.mean(kl_loss),
        }"""
UPDATE = """self.loss_tracker.update_state(reconstruction_loss + kl_loss)
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {name: getattr(self, f"{name}_tracker").result() for name in VAE.logged}"""
HIDDEN = """metrics = property(lambda self: [])
    logged = ("loss", "reconstruction_loss", "kl_loss")"""


def only(part: str) -> list[tuple[str, str]]:
    """Train one part alone."""
    names = ("tape.gradient(loss, self.", "zip(gradients, self.")
    return [(f"{name}trainable", f"{name}{part}.trainable") for name in names]


def returning(text: str) -> list[tuple[str, str]]:
    """Return something else from both steps."""
    return [(IN_TRAIN, f"{APPLY}\n        {text}"), (IN_TEST, f"{text}\n\n    def sample")]


def tracking(arguments: str) -> list[tuple[str, str]]:
    """Give other numbers to the trackers in both steps."""
    return returning(f"return self.update_trackers({arguments})")


steps.mistake("train-gradient-ascent", (LOSS, LOSS.replace("ops", "-ops")),
    "Your step goes uphill: the loss grows. Minimise -ELBO, the sum of both losses.")
steps.mistake("train-no-update", (f"{APPLY}\n        ", ""), "No weight changed: hand the gradients to the optimiser.")
steps.mistake("train-sum-over-batch", (LOSS, LOSS.replace("mean", "sum")),
    "Your step is the right one times the number of examples: take the mean of the loss over the batch, not the sum.")
steps.mistake("train-decoder-only", only("decoder"),
    "Only the decoder learned. Use self.trainable_variables, which holds encoder and decoder.")
steps.mistake("train-encoder-only", only("encoder"),
    "Only the encoder learned. Use self.trainable_variables, which holds encoder and decoder.")
steps.mistake("train-kl-missing", (LOSS, "loss = ops.mean(reconstruction_loss)"),
    "Your step follows the reconstruction loss alone; the loss is the sum of both terms of equation (2).")
steps.mistake("train-reconstruction-missing", (LOSS, "loss = ops.mean(kl_loss)"),
    "Your step follows the KL loss alone; the loss is the sum of both terms of equation (2).")
steps.mistake("train-kl-subtracted", (LOSS, LOSS.replace("+", "-")),
    "Your loss subtracts the KL; equation (2) adds it.")
steps.mistake("train-step-twice", (LOSS, f"{LOSS} * 2.0"),
    "Your step is twice the right one: update the weights once for each batch.")
steps.mistake("train-half-loss", (LOSS, f"{LOSS} / 2.0"),
    "Your step is half the right one: the loss is the sum of the two terms, not their mean.")
steps.mistake("train-kl-weighted", (LOSS, LOSS.replace("+ ", "+ 0.1 * ")),
    "Your step gives the KL the weight {}; in equation (2) both terms have the weight 1. Is one of them averaged over "
    "its entries, or a factor beta left in?", recognise=weight_of_kl)
TEST_STEP_TRAINS = steps.mistake("test-step-trains", (IN_TEST, "return self.train_step(data)\n\n    def sample"),
    "test_step changed weights: held-out data must only be measured.")
steps.mistake("last-batch-logged", returning(MEANS),
    "Your epoch's numbers are those of its last batch. Return what self.update_trackers returns: the epoch's means.")
steps.mistake("metrics-not-reset",
    [*returning(UPDATE), ("self.sampling = Sampling()", f"self.sampling = Sampling()\n\n    {HIDDEN}")],
    "Your second epoch still counts the first one. Keras resets only what the `metrics` property lists.")
steps.mistake("logs-sum-over-batch", tracking("ops.sum(reconstruction_loss)[None], ops.sum(kl_loss)[None]"),
    "Your losses are summed over the batch; report the mean over its examples.")
steps.mistake("logs-loss-is-reconstruction",
    returning(f"logs = {RETURN[7:]}\n        return {{**logs, 'loss': logs['reconstruction_loss']}}"),
    "Your `loss` is the reconstruction loss alone; it is the sum of both terms.")
steps.mistake("logs-kl-subtracted",
    returning(f"logs = {RETURN[7:]}\n        return {{**logs, 'loss': logs['reconstruction_loss'] - logs['kl_loss']}}"),
    "Your `loss` subtracts the KL; equation (2) adds it.")
steps.mistake("logs-swapped", tracking("kl_loss, reconstruction_loss"),
    "reconstruction_loss and kl_loss are swapped: look at the order in which elbo_terms returns them.")
steps.mistake("logs-negative", tracking("-reconstruction_loss, -kl_loss"),
    "Your losses have the wrong sign: report -ELBO and its two terms.")
# fmt: on


def expect_logs(value: Any, what: str) -> Array:
    """(loss, reconstruction_loss, kl_loss) from the dict that a step or a history holds."""
    if not isinstance(value, dict) or not set(LOGS) <= set(value):
        received = f"{sorted(value)[:8]}" if isinstance(value, dict) else "no dict"
        raise CheckFailed(f"{what} must be a dict with the keys {', '.join(LOGS)}: received {received}.")
    return np.stack([expect_shape(value[name], (), f"`{name}` in {what}") for name in LOGS])


def expect_means(found: Array, expected: Array) -> None:
    """Fail unless a step's numbers are these; its mistakes are told by their ratio, whatever the losses are."""
    agree(found, expected, NAMES, rtol=1e-3, known_by=found / np.where(np.abs(expected) > 1e-6, expected, 1e-6))


def _compiled(student: Student, weights: LinearVAE, learning_rate: float) -> tuple[Remote, Remote, Remote]:
    """The student's VAE around linear networks, with plain gradient descent: (vae, encoder, decoder)."""
    vae, encoder, decoder = make_vae(student, weights)
    optimizer = make(student, "keras.optimizers.SGD", learning_rate=learning_rate)
    vae.call("compile", optimizer=optimizer, run_eagerly=True, jit_compile=False)
    return vae, encoder, decoder


def _without_noise(seed: int) -> LinearVAE:
    return random_linear_vae(seed, noise=False)


def _images(seed: int, batch: int = BATCH) -> Array:
    return random_images(seed, batch, *SHAPE)


def _means(vae: Remote, x: Array) -> Array:
    """Batch means of (loss, reconstruction_loss, kl_loss), from the student's own elbo_terms."""
    reconstruction, kl_loss = expect_terms(vae.call("elbo_terms", x), len(x))
    return np.array([(reconstruction + kl_loss).mean(), reconstruction.mean(), kl_loss.mean()])


def _data(x: Array, with_labels: bool) -> Array | tuple[Array, Array]:
    return (x, np.arange(len(x))) if with_labels else x


@steps.check(
    "train_step takes x or (x, y) and returns the batch means of loss, reconstruction_loss and kl_loss.",
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
        expect_means(found, expected)


@steps.check(
    "train_step makes one gradient step on the batch mean of both terms, in encoder and decoder.",
    weight=3,
    needs=[test_elbo_terms],
    read_again="section 10",
)
def test_train_step_follows_the_gradient(student: Student) -> None:
    """Compared with the gradients of the student's own elbo_terms: this judges the step, not the formulas."""
    rate, x = 0.1, _images(2)
    vae, *halves = _compiled(student, _without_noise(2), rate)
    before = [weight for part in halves for weight in weights_of(part)]

    def gradient(term: int) -> Array:
        found = [vae.gradients("elbo_terms", x, weights_of=part, output=term).weights for part in halves]
        return flat([g for gradients in found for g in gradients], before)

    start, reconstruction, kl_loss = flat(before, before), gradient(0), gradient(1)
    in_encoder = flat([np.full(w.shape, i < 4) for i, w in enumerate(before)], before)
    vae.call("train_step", x)
    after = flat([weight for part in halves for weight in weights_of(part)], before)
    expected = start - rate * (reconstruction + kl_loss) / BATCH
    parts = np.stack([reconstruction * in_encoder, reconstruction * (1 - in_encoder), kl_loss])
    agree(after, expected, "the weights after one step", rtol=1e-3, atol=1e-4,
          known_by=composition((start - after)[None] * BATCH / rate, parts))  # fmt: skip


@steps.check(
    "Two steps of train_step lead to the weights that equations (2) to (4) demand.",
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
        weights = weights.after_step(x, rate, formulas(student))
    found = weights_of(encoder) + weights_of(decoder)
    expected = weights.arrays()
    agree(flat(found, expected), flat(expected, expected), "the weights after two steps",
          rtol=1e-3, atol=2e-4)  # fmt: skip


@steps.check(
    "test_step returns the same three numbers and changes no weight.",
    weight=3,
    needs=[test_elbo_terms],
    read_again="section 10b",
)
def test_test_step_only_measures(student: Student) -> None:
    """For x and for (x, y)."""
    for seed, with_labels in ((5, False), (6, True)):
        vae, _, _ = _compiled(student, _without_noise(seed), learning_rate=0.1)
        before, x = weights_of(vae), _images(seed)
        found = expect_logs(vae.call("test_step", _data(x, with_labels)), "what test_step returns")
        expect_same_weights(vae, before, "test_step changed the weights.", TEST_STEP_TRAINS)
        expected = _means(vae, x)
        expect_means(found, expected)


def _share(found: Array, first: Array, last: Array) -> Array:
    """How far from the first batch's losses to the last's; a submission may give both the same."""
    way = last - first
    return (found - first) / np.where(np.abs(way) > 1e-6, way, 1e-6)


@steps.check(
    "What train_step and test_step return are means over the epoch so far, begun anew when Keras resets them.",
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
              known_by=_share(found, first, last))  # fmt: skip
        vae.call("reset_metrics")
        found = expect_logs(vae.call(step, batches[0]), f"what {step} returns")
        agree(found, first, f"{NAMES} of {step} in a new epoch", rtol=1e-3,
              known_by=_share(found, first, last))  # fmt: skip


@steps.check(
    "A short training on real digits reaches the held-out ELBO that it should.",
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
    whole=True,
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
    return float((bernoulli_nll(x, logits) + kl_to_standard_normal(z_mean, z_log_var)).mean())
