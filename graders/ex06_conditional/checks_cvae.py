"""Checks of the conditional VAE's forward methods and losses, around tiny linear networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from graders.common.networks import linear_network
from graders.common.noise import expect_fresh
from graders.common.objects import expect_all_reached, expect_shape, make
from graders.common.reference import random_images
from graders.ex06_conditional import mistakes, networks, oracles, value_mistakes
from graders.ex06_conditional.checks_conditions import (
    test_append_condition,
    test_append_planes_everywhere,
    test_one_hot,
)
from graders.ex06_conditional.expectations import expect_heads, expect_refused, expect_terms, or_explain
from graders.ex06_conditional.networks import CLASSES, PIXELS, SHAPE, labels_of
from graders.ex06_conditional.oracles import LinearCVAE
from judge.suite import Array, Remote, Student, agree, check, expect, expect_pair, for_all

BATCH = 6


def batch_of(seed: int, batch: int = BATCH) -> tuple[Array, Array]:
    """Images of `SHAPE` and labels of all classes."""
    return random_images(seed, batch, *SHAPE), labels_of(seed, batch)


@check(
    cell="cvae_forward_check",
    says="encode gives the encoder the data with c appended, and returns z_mean and z_log_var.",
    weight=2,
    needs=[test_one_hot, test_append_planes_everywhere],
    read_again="section 4",
)
def test_cvae_encode(student: Student) -> None:
    """With linear networks whose outputs are known."""
    weights = networks.random_cvae(0, noise=True)
    cvae, condition = networks.make_cvae(student, weights)
    x, labels = batch_of(0)

    def unaware() -> None:
        """Would it run if the encoder expected the image alone?"""
        heads = {name: (np.zeros((PIXELS, 2)), np.zeros(2)) for name in ("z_mean", "z_log_var")}
        encoder = linear_network(student, "deaf_encoder", SHAPE, heads)
        _, decoder = networks.cvae_parts(student, weights)
        make(student, "CVAE", encoder, decoder, condition).call("encode", x, labels)

    found = or_explain(lambda: cvae.call("encode", x, labels), unaware, mistakes.ENCODER_NOT_TOLD)
    agree(expect_heads(found, (BATCH, 2)), np.stack(weights.encode(x, labels)), "(z_mean, z_log_var)",
          mistakes=value_mistakes.encode(weights, x, labels))  # fmt: skip


@check(
    cell="cvae_forward_check",
    says="encode also takes vectors: c stands behind their entries.",
    weight=0.5,
    needs=[test_cvae_encode, test_append_condition],
    read_again="section 4",
)
def test_cvae_encodes_vectors(student: Student) -> None:
    """Points of the plane instead of images."""
    weights = networks.random_cvae(2, noise=True)
    narrow = replace(weights, mean_kernel=weights.mean_kernel[:5], log_var_kernel=weights.log_var_kernel[:5],
                     kernel=weights.kernel[:, :2], bias=weights.bias[:2])  # fmt: skip
    parts = networks.cvae_parts(student, narrow, [2])
    cvae = make(student, "CVAE", *parts, networks.make_condition(student, narrow.table))
    x, labels = random_images(2, BATCH, 2), labels_of(2, BATCH)
    found = expect_heads(cvae.call("encode", x, labels), (BATCH, 2))
    agree(found, np.stack(narrow.encode(x, labels)), "(z_mean, z_log_var) of vectors")


@check(
    cell="cvae_forward_check",
    says="decode gives the decoder z with c appended, and returns its output unchanged.",
    weight=2,
    needs=[test_one_hot, test_append_condition],
    read_again="section 4",
)
def test_cvae_decode(student: Student) -> None:
    """With linear networks whose outputs are known."""
    weights = networks.random_cvae(1)
    cvae, condition = networks.make_cvae(student, weights)
    z, labels = _latents(1), labels_of(1, BATCH)

    def unaware() -> None:
        """Would it run if the decoder expected z alone?"""
        encoder, _ = networks.cvae_parts(student, weights)
        pixels = {"pixels": (np.zeros((2, PIXELS)), np.zeros(PIXELS))}
        decoder = linear_network(student, "deaf_decoder", [2], pixels, SHAPE)
        make(student, "CVAE", encoder, decoder, condition).call("decode", z, labels)

    found = or_explain(lambda: cvae.call("decode", z, labels), unaware, mistakes.DECODER_NOT_TOLD)
    rows = expect_shape(found, (BATCH, *SHAPE), "what decode returns").reshape(BATCH, -1)
    agree(rows, weights.decode(z, labels), "what decode returns",
          mistakes=value_mistakes.decode(weights, z, labels))  # fmt: skip


def _latents(seed: int, batch: int = BATCH) -> Array:
    return np.random.default_rng(seed).normal(size=(batch, 2)).astype(np.float32)


@check(
    cell="cvae_forward_check",
    says="call encodes and decodes with the same label, and draws a fresh z in between.",
    weight=2,
    needs=[test_cvae_encode, test_cvae_decode],
    read_again="section 4",
)
def test_cvae_call(student: Student) -> None:
    """First without noise, so that the answer is known; then the noise itself."""
    weights = networks.random_cvae(4)
    cvae, _ = networks.make_cvae(student, weights)
    x, labels = batch_of(4)
    expected = weights.decode(weights.encode(x, labels)[0], labels).reshape(x.shape)
    agree(cvae((x, labels)), expected, "what call returns", rtol=1e-3, atol=1e-3)
    noisy, _ = networks.make_cvae(student, _noisy())
    x, labels = batch_of(5, 400)
    first, second = (expect_shape(noisy((x, labels)), x.shape, "what call returns") for _ in range(2))
    expect_fresh(first.reshape(400, -1)[:, :2], second.reshape(400, -1)[:, :2], "call",
                 no_noise=mistakes.DECODES_MEAN, same_every_call=mistakes.SAME_EVERY_CALL)  # fmt: skip


def _noisy() -> LinearCVAE:
    """q(z|x,y) = N(0, exp(0.5)) for all x and y, and a decoder that returns z twice, whatever the class."""
    weights = networks.random_cvae(0)
    return replace(
        weights,
        mean_kernel=0 * weights.mean_kernel,
        mean_bias=np.zeros(2),
        log_var_bias=np.full(2, 0.5),
        kernel=np.concatenate([np.tile(np.eye(2), 2), np.zeros((CLASSES, PIXELS))]),
        bias=np.zeros(PIXELS),
    )


@check(
    cell="cvae_loss_check",
    says="inputs_of returns the images and the labels of a batch, and refuses images without labels.",
    read_again="section 4",
)
def test_cvae_inputs_of(student: Student) -> None:
    """Labels of both integer types."""
    cvae, _ = networks.make_cvae(student, networks.random_cvae(5))
    for seed, kind in ((5, np.int32), (6, np.int64)):
        x, labels = batch_of(seed)
        found_x, found_labels = expect_pair(
            cvae.call("inputs_of", (x, labels.astype(kind))), "what inputs_of returns"
        )
        agree(found_x, x, "the images of inputs_of")
        agree(found_labels, labels, "the labels of inputs_of")
    expect_refused(cvae.attempt("inputs_of", batch_of(5)[0]), "inputs_of")


@check(
    cell="cvae_loss_check",
    says="elbo_terms returns the reconstruction loss of the image and the KL of q(z|x,y), each (batch,).",
    weight=3,
    needs=[test_cvae_encode, test_cvae_decode],
    read_again="equation (3)",
)
def test_cvae_terms(student: Student) -> None:
    """All log-variances are -20, so the noise does not show."""
    for seed in (6, 7):
        weights = networks.random_cvae(seed)
        cvae, _ = networks.make_cvae(student, weights)
        x, labels = batch_of(seed)
        found = expect_terms(cvae.call("elbo_terms", (x, labels)), BATCH)
        agree(found, np.stack(weights.terms(x, labels)), "(reconstruction_loss, kl_loss)", rtol=1e-3, atol=1e-3,
              mistakes=value_mistakes.terms(weights, x, labels))  # fmt: skip


@check(
    cell="cvae_loss_check",
    says="The losses depend on which label belongs to which image, and on nothing else of their order.",
    needs=[test_cvae_terms],
    read_again="equation (3)",
)
def test_cvae_labels_matter(student: Student) -> None:
    """Images and labels permuted together only permute the losses; another label changes its example's loss alone."""
    weights = networks.random_cvae(7)
    cvae, _ = networks.make_cvae(student, weights)
    x, labels = batch_of(7)
    right = expect_terms(cvae.call("elbo_terms", (x, labels)), BATCH)

    def follows(order: list[int], example: int) -> None:
        together = expect_terms(cvae.call("elbo_terms", (x[order], labels[order])), BATCH)
        agree(
            together, right[:, order], "the losses of images and labels permuted alike", rtol=1e-3, atol=1e-3
        )
        other = labels.copy()
        other[example] = (other[example] + 1) % CLASSES
        found = expect_terms(cvae.call("elbo_terms", (x, other)), BATCH)
        changed = np.logical_not(np.isclose(found, right, 1e-3, 1e-3)).any(axis=0)
        expect(bool(changed[example]), "another label should change the losses of its example.")
        expect(int(changed.sum()) == 1, "another label should change the losses of its example alone.")

    for_all(follows, max_examples=5, order=st.permutations(range(BATCH)), example=st.integers(0, BATCH - 1))


@check(
    cell="cvae_loss_check",
    says="elbo_terms asks the likelihood that the CVAE was given.",
    needs=[test_cvae_terms],
    read_again="section 4",
)
def test_cvae_terms_use_the_likelihood(student: Student) -> None:
    """A Gaussian of variance 0.5, of the class that was handed out."""
    weights = networks.random_cvae(8)
    cvae, _ = networks.make_cvae(student, weights, likelihood=gaussian(student, 0.5))
    x, labels = batch_of(8)
    parameters = weights.decode(weights.encode(x, labels)[0], labels)
    expected = oracles.gaussian_nll(x, parameters, 0.5)
    ignored = replace(mistakes.LIKELIHOOD_IGNORED, value=weights.terms(x, labels)[0])
    found = expect_terms(cvae.call("elbo_terms", (x, labels)), BATCH)[0]
    agree(found, expected, "the reconstruction loss with a Gaussian likelihood", rtol=1e-3, atol=1e-3,
          mistakes=[ignored])  # fmt: skip


def gaussian(student: Student, variance: float) -> Remote:
    """The GaussianLikelihood of the handed-out module `vae`."""
    described = {
        "module": "vae",
        "class_name": "GaussianLikelihood",
        "config": {"variance": variance},
        "registered_name": "vae>GaussianLikelihood",
    }
    return make(student, "keras.saving.deserialize_keras_object", described)


@check(
    cell="cvae_loss_check",
    says="The reconstruction loss is noisy, and its gradient reaches every weight of encoder and decoder.",
    weight=2,
    needs=[test_cvae_terms],
    read_again="equation (3)",
)
def test_cvae_gradients(student: Student) -> None:
    """With respect to every weight."""
    weights = networks.random_cvae(9, noise=True)
    condition = networks.make_condition(student, weights.table)
    encoder, decoder = networks.cvae_parts(student, weights)
    cvae = make(student, "CVAE", encoder, decoder, condition)
    x = np.repeat(random_images(9, 1, *SHAPE), 8, axis=0)
    labels = np.full(8, 1, np.int32)
    first, second = (expect_terms(cvae.call("elbo_terms", (x, labels)), 8)[0] for _ in range(2))
    expect(not np.allclose(first, second), "elbo_terms gave the same loss twice.", mistakes.DECODES_MEAN)
    heads = ("the kernel of z_mean", "the bias of z_mean", "the kernel of z_log_var", "the bias of z_log_var")
    pixels = ("the decoder's kernel", "the decoder's bias")
    for part, names in ((encoder, heads), (decoder, pixels)):
        found = cvae.gradients("elbo_terms", (x, labels), weights_of=part, output=0)  # type: ignore[arg-type]
        expect_all_reached(
            found.weights, names, "the gradient of the reconstruction loss", mistakes.NO_GRADIENT
        )
