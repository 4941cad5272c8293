"""The conditional VAE forward, and its loss: checks around tiny linear networks, and mistakes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from graders.common.labelled import (
    BATCH,
    CLASSES,
    NO_GRADIENT,
    PIXELS,
    SAME_EVERY_CALL,
    SHAPE,
    batch_of,
    expect_refused,
    labels_of,
    latents,
    make_condition,
    proves,
)
from graders.common.losses import gaussian_nll
from graders.common.noise import expect_fresh
from graders.common.objects import expect_all_reached, expect_shape, make
from graders.common.reference import random_images
from graders.ex06_conditional.conditions import (
    test_append_condition,
    test_append_planes_everywhere,
    test_one_hot,
)
from graders.ex06_conditional.linear_cvae import LinearCVAE, cvae_parts, gaussian, make_cvae, random_cvae
from judge.suite import Array, Student, agree, cell, expect, expect_array, expect_pair, for_all

forward = cell("cvae_forward_check", hole="cvae", read_again="section 4")
loss = cell("cvae_loss_check", hole="cvae", read_again="equation (3)")

# fmt: off
ENCODE = "self.encoder(append_to_data(x, self.condition(labels)))"
DECODE = "self.decoder(append_condition(z, self.condition(labels)))"
CALL = "return self.decode(self.sampling(z_mean, z_log_var), labels)"
PARAMETERS = "parameters = self.decode(self.sampling(z_mean, z_log_var), labels)"
LIKELIHOOD = "self.likelihood.negative_log_likelihood(x, parameters)"
KL = "kl_to_standard_normal(z_mean, z_log_var)"
TERMS = f"return reconstruction_loss, {KL}"
INPUTS = "return images_and_labels(data)"
SAME_NOISE = (CALL, "noise = keras.random.normal(ops.shape(z_mean), seed=7)\n        "
    "return self.decode(z_mean + ops.exp(0.5 * z_log_var) * noise, labels)")
LABELS_MADE_UP = (INPUTS, "x, y, _ = keras.utils.unpack_x_y_sample_weight(data)\n        "
    "return x, ops.zeros(len(x), 'int32') if y is None else ops.cast(y, 'int32')")
C = "c = self.condition(labels)\n        "
forward.mistake("encoder-not-told", (ENCODE, "self.encoder(x)"),
    "Your encoder sees the data alone. In a conditional VAE q(z|x,y) depends on the label, too: append c to what the "
    "encoder gets.", also=[(ENCODE, ENCODE.replace("self.cond", "0.0 * self.cond"))])
forward.mistake("encode-swapped", ("return z_mean, z_log_var", "return z_log_var, z_mean"),
    "encode returns z_log_var first; the order is z_mean, z_log_var.")
DECODER_HINT = "Your decoder sees z alone, and so nobody can choose what it draws. Append c to what the decoder gets."
forward.mistake("decoder-not-told", (DECODE, "self.decoder(z)"), DECODER_HINT,
    also=[(DECODE, DECODE.replace("self.cond", "0.0 * self.cond")),
          (PARAMETERS, "parameters = self.decoder(append_condition(self.sampling(z_mean, z_log_var), "
                       "0.0 * self.condition(labels)))")])
forward.mistake("decode-returns-probabilities", (DECODE, f"ops.sigmoid({DECODE})"),
    "decode returns probabilities; return the decoder's output, which the likelihood understands.")
DECODES_MEAN = forward.mistake("call-decodes-mean", (CALL, "return self.decode(z_mean, labels)"),
    "Your z is z_mean: the noise is missing. Draw z with self.sampling.",
    also=[(PARAMETERS, "parameters = self.decode(z_mean, labels)")])
REDUCED = loss.mistake("terms-reduced-over-batch",
    [("reconstruction_loss = ", "reconstruction_loss = ops.mean("), (LIKELIHOOD, f"{LIKELIHOOD})")],
    "You reduced the batch axis. Return one number for each example; train_step takes the mean.",
    also=[(TERMS, f"return reconstruction_loss, ops.mean({KL})")])
loss.mistake("terms-swapped", (TERMS, f"return {KL}, reconstruction_loss"),
    "elbo_terms returns the KL first; the order is reconstruction_loss, kl_loss.")
loss.mistake("terms-kl-on-condition",
    (TERMS, f"{C}z_mean = append_condition(z_mean, c)\n        "
            f"z_log_var = append_condition(z_log_var, ops.zeros_like(c))\n        {TERMS}"),
    "Your KL counts the entries of c as if they were drawn. Only z is random: the KL is that of q(z|x,y).",
    also=[(TERMS, f"{C}z_mean = append_condition(z_mean, c)\n        "
                  f"z_log_var = append_condition(z_log_var, c)\n        {TERMS}")])
loss.mistake("terms-kl-missing", (TERMS, TERMS.replace("kl_to", "0.0 * kl_to")),
    "Your kl_loss is 0: compute it from z_mean and z_log_var.")
loss.mistake("terms-kl-from-prior-of-label",
    (TERMS, TERMS.replace("(z_mean", "(z_mean - self.condition(labels)[:, :2]")),
    "Your KL pulls q(z|x,y) to c instead of to 0: the prior is N(0, I) for every class.")
loss.mistake("terms-planes-reconstructed",
    (LIKELIHOOD, "self.likelihood.negative_log_likelihood(append_to_data(x, self.condition(labels)), "
                 "append_to_data(parameters, 0.0 * self.condition(labels)))"),
    "Your reconstruction loss counts the planes of c, too; only the image is reconstructed.")
loss.mistake("likelihood-ignored", (LIKELIHOOD, "type(VAE(self.encoder, self.decoder).likelihood)()" + LIKELIHOOD[15:]),
    "Your CVAE uses the Bernoulli likelihood whatever it was given: ask self.likelihood.")
proves(loss, NO_GRADIENT, (PARAMETERS, PARAMETERS.replace("self.sampling(", "ops.stop_gradient(self.sampling(")
    .replace("var)", "var))")))
# fmt: on


def expect_heads(value: Any) -> Array:
    """(z_mean, z_log_var) of `encode` as one array (2, BATCH, 2)."""
    pair = expect_pair(value, "what encode returns")
    names = ("z_mean", "z_log_var")
    return np.stack([expect_shape(head, (BATCH, 2), name) for head, name in zip(pair, names, strict=True)])


def expect_terms(value: Any, batch: int) -> Array:
    """(reconstruction_loss, kl_loss) of `elbo_terms` as one array (2, batch)."""
    found = expect_pair(value, "what elbo_terms returns")
    for name, term in zip(("reconstruction_loss", "kl_loss"), found, strict=True):
        shape = expect_array(term, f"the {name} of elbo_terms").shape
        message = f"the {name} of elbo_terms has the wrong shape: expected ({batch},), received {shape}."
        expect(shape == (batch,), message, REDUCED if shape == () else None)
    return np.stack([np.asarray(term, np.float64) for term in found])


@forward.check(
    "encode gives the encoder the data with c appended, and returns z_mean and z_log_var.",
    weight=2,
    needs=[test_one_hot, test_append_planes_everywhere],
)
def test_cvae_encode(student: Student) -> None:
    """With linear networks whose outputs are known."""
    weights = random_cvae(student, 0, noise=True)
    x, labels = batch_of(0)
    found = expect_heads(make_cvae(student, weights).call("encode", x, labels))
    agree(found, np.stack(weights.encode(x, labels)), "(z_mean, z_log_var)")


@forward.check(
    "encode also takes vectors: c stands behind their entries.",
    weight=0.5,
    needs=[test_cvae_encode, test_append_condition],
)
def test_cvae_encodes_vectors(student: Student) -> None:
    """Points of the plane instead of images."""
    weights = random_cvae(student, 2, noise=True)
    narrow = replace(weights, mean_kernel=weights.mean_kernel[:5], log_var_kernel=weights.log_var_kernel[:5],
                     kernel=weights.kernel[:, :2], bias=weights.bias[:2])  # fmt: skip
    parts = cvae_parts(student, narrow, [2])
    cvae = make(student, "CVAE", *parts, make_condition(student, narrow.table))
    x, labels = random_images(2, BATCH, 2), labels_of(2)
    found = expect_heads(cvae.call("encode", x, labels))
    agree(found, np.stack(narrow.encode(x, labels)), "(z_mean, z_log_var) of vectors")


@forward.check(
    "decode gives the decoder z with c appended, and returns its output unchanged.",
    weight=2,
    needs=[test_one_hot, test_append_condition],
)
def test_cvae_decode(student: Student) -> None:
    """With linear networks whose outputs are known."""
    weights = random_cvae(student, 1)
    z, labels = latents(1), labels_of(1)
    found = make_cvae(student, weights).call("decode", z, labels)
    rows = expect_shape(found, (BATCH, *SHAPE), "what decode returns").reshape(BATCH, -1)
    agree(rows, weights.decode(z, labels), "what decode returns")


@forward.check(
    "call encodes and decodes with the same label, and draws a fresh z in between.",
    weight=2,
    needs=[test_cvae_encode, test_cvae_decode],
)
def test_cvae_call(student: Student) -> None:
    """First without noise, so that the answer is known; then the noise itself."""
    weights = random_cvae(student, 4)
    x, labels = batch_of(4)
    expected = weights.decode(weights.encode(x, labels)[0], labels).reshape(x.shape)
    agree(make_cvae(student, weights)((x, labels)), expected, "what call returns", rtol=1e-3, atol=1e-3)
    noisy = make_cvae(student, _noisy(student))
    x, labels = batch_of(5, 400)
    draws = [expect_shape(noisy((x, labels)), x.shape, "what call returns") for _ in range(2)]
    first, second = (draw.reshape(400, -1)[:, :2] for draw in draws)
    expect_fresh(first, second, "call", no_noise=DECODES_MEAN, same_every_call=SAME_EVERY_CALL)


def _noisy(student: Student) -> LinearCVAE:
    """q(z|x,y) = N(0, exp(0.5)) for all x and y, and a decoder that returns z twice, whatever the class."""
    weights = random_cvae(student, 0)
    return replace(
        weights,
        mean_kernel=0 * weights.mean_kernel,
        mean_bias=np.zeros(2),
        log_var_bias=np.full(2, 0.5),
        kernel=np.concatenate([np.tile(np.eye(2), 2), np.zeros((CLASSES, PIXELS))]),
        bias=np.zeros(PIXELS),
    )


@loss.check(
    "inputs_of returns the images and the labels of a batch, and refuses images without labels.",
    read_again="section 4",
)
def test_cvae_inputs_of(student: Student) -> None:
    """Labels of both integer types."""
    cvae = make_cvae(student, random_cvae(student, 5))
    for seed, kind in ((5, np.int32), (6, np.int64)):
        x, labels = batch_of(seed)
        found = cvae.call("inputs_of", (x, labels.astype(kind)))
        found_x, found_labels = expect_pair(found, "what inputs_of returns")
        agree(found_x, x, "the images of inputs_of")
        agree(found_labels, labels, "the labels of inputs_of")
    expect_refused(cvae.attempt("inputs_of", batch_of(5)[0]), "inputs_of")


@loss.check(
    "elbo_terms returns the reconstruction loss of the image and the KL of q(z|x,y), each (batch,).",
    weight=3,
    needs=[test_cvae_encode, test_cvae_decode],
)
def test_cvae_terms(student: Student) -> None:
    """All log-variances are -20, so the noise does not show."""
    for seed in (6, 7):
        weights = random_cvae(student, seed)
        x, labels = batch_of(seed)
        found = expect_terms(make_cvae(student, weights).call("elbo_terms", (x, labels)), BATCH)
        expected = np.stack(weights.terms(x, labels))
        agree(found, expected, "(reconstruction_loss, kl_loss)", rtol=1e-3, atol=1e-3)


@loss.check(
    "The losses depend on which label belongs to which image, and on nothing else of their order.",
    needs=[test_cvae_terms],
)
def test_cvae_labels_matter(student: Student) -> None:
    """Images and labels permuted together only permute the losses; another label changes its example's loss alone."""
    cvae = make_cvae(student, random_cvae(student, 7))
    x, labels = batch_of(7)
    right = expect_terms(cvae.call("elbo_terms", (x, labels)), BATCH)

    def follows(order: list[int], example: int) -> None:
        together = expect_terms(cvae.call("elbo_terms", (x[order], labels[order])), BATCH)
        what = "the losses of images and labels permuted alike"
        agree(together, right[:, order], what, rtol=1e-3, atol=1e-3)
        other = labels.copy()
        other[example] = (other[example] + 1) % CLASSES
        found = expect_terms(cvae.call("elbo_terms", (x, other)), BATCH)
        changed = np.logical_not(np.isclose(found, right, 1e-3, 1e-3)).any(axis=0)
        expect(bool(changed[example]), "another label should change the losses of its example.")
        expect(int(changed.sum()) == 1, "another label should change the losses of its example alone.")

    for_all(follows, max_examples=5, order=st.permutations(range(BATCH)), example=st.integers(0, BATCH - 1))


@loss.check("elbo_terms asks the likelihood that the CVAE was given.", weight=2.5, needs=[test_cvae_terms],
            read_again="section 4")  # fmt: skip
def test_cvae_terms_use_the_likelihood(student: Student) -> None:
    """A Gaussian of variance 0.5, of the class that was handed out."""
    weights = random_cvae(student, 8)
    cvae = make_cvae(student, weights, likelihood=gaussian(student, 0.5))
    x, labels = batch_of(8)
    parameters = weights.decode(weights.encode(x, labels)[0], labels)
    expected = gaussian_nll(x.reshape(BATCH, -1), parameters, 0.5)
    found = expect_terms(cvae.call("elbo_terms", (x, labels)), BATCH)[0]
    agree(found, expected, "the reconstruction loss with a Gaussian likelihood", rtol=1e-3, atol=1e-3)


@loss.check(
    "The reconstruction loss is noisy, and its gradient reaches every weight of encoder and decoder.",
    weight=2,
    needs=[test_cvae_terms],
)
def test_cvae_gradients(student: Student) -> None:
    """With respect to every weight."""
    weights = random_cvae(student, 9, noise=True)
    encoder, decoder = cvae_parts(student, weights)
    cvae = make(student, "CVAE", encoder, decoder, make_condition(student, weights.table))
    x = np.repeat(random_images(9, 1, *SHAPE), 8, axis=0)
    labels = np.full(8, 1, np.int32)
    first, second = (expect_terms(cvae.call("elbo_terms", (x, labels)), 8)[0] for _ in range(2))
    expect(not np.allclose(first, second), "elbo_terms gave the same loss twice.", DECODES_MEAN)
    heads = ("the kernel of z_mean", "the bias of z_mean", "the kernel of z_log_var", "the bias of z_log_var")
    pixels = ("the decoder's kernel", "the decoder's bias")
    for part, names in ((encoder, heads), (decoder, pixels)):
        found = cvae.gradients("elbo_terms", (x, labels), weights_of=part, output=0)  # type: ignore[arg-type]
        expect_all_reached(found.weights, names, "the gradient of the reconstruction loss", NO_GRADIENT)
