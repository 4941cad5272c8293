"""Sampling and reconstructing: checks with linear networks, and mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.noise import expect_standard_normal
from graders.common.objects import expect_shape
from graders.common.reference import random_images
from graders.ex03_vae.forward import test_vae_encode_and_decode
from graders.ex03_vae.likelihoods import test_bernoulli_mean
from graders.ex03_vae.linear import SHAPE, LinearVAE, formulas, identity_vae, make_vae, random_linear_vae
from graders.ex03_vae.sampling import expect_own_noise
from judge.suite import Student, agree, cell, expect

generating = cell("generate_check", hole="vae", read_again="section 10c")

# fmt: off
PRIOR = "z = keras.random.normal((num_samples, self.latent_dim))"
MEAN = "self.likelihood.mean(self.decode(z_mean))"
LOGITS_HINT = "You returned the logits; the mean of a Bernoulli pixel is its probability, sigmoid(logit)."
generating.mistake("mean-returns-logits", ("self.likelihood.mean(self.decode(z))", "self.decode(z)"), LOGITS_HINT)
generating.mistake("reconstruct-returns-logits", (MEAN, "self.decode(z_mean)"), LOGITS_HINT)
generating.mistake("sampling-uniform-noise", (PRIOR, PRIOR.replace("normal", "uniform")),
    "Your noise is uniform; the prior is standard normal.")
RECONSTRUCT_SAMPLES = generating.mistake("reconstruct-samples", (MEAN, "self.likelihood.mean(self(x))"),
    "reconstruct gave two answers for one image: it decodes a draw. Decode z_mean.")
generating.mistake("reconstruct-decodes-log-var", [("z_mean, _ = self.encode", "_, z_mean = self.encode")],
    "reconstruct decodes z_log_var; decode z_mean.")
generating.mistake("mean-ignores-likelihood", (MEAN, "ops.sigmoid(self.decode(z_mean))"),
    "You apply a sigmoid whatever the likelihood is: ask self.likelihood for the mean.")
# fmt: on


@generating.check(
    "sample decodes z drawn from the prior N(0, I), fresh for every image and call.",
    weight=3,
    needs=[test_vae_encode_and_decode],
)
def test_sample_draws_from_the_prior(student: Student) -> None:
    """The decoder returns z itself; encoder and likelihood are such that other sources of z would show.

    A right answer fails with probability below 1e-6, see `expect_standard_normal`.
    """
    weights = identity_vae(mean=2.0, log_var=0.5)
    vae, _, _ = make_vae(student, weights, variance=0.1)
    expect_shape(vae.call("sample", 3), (3, *SHAPE), "what sample(3) returns")
    count = 10_000
    first, second = (expect_shape(vae.call("sample", count), (count, *SHAPE), "what sample returns") for _ in range(2))
    expect_own_noise(first.reshape(count, 4), second.reshape(count, 4), "sample")
    expect_standard_normal(first.reshape(-1, 2), "z of sample")


@generating.check(
    "sample shows mean images, with numbers from 0 to 1.",
    needs=[test_bernoulli_mean, test_vae_encode_and_decode],
)
def test_sample_shows_mean_images(student: Student) -> None:
    """The decoder ignores z, so that the one right image is known."""
    logits = np.linspace(-6, 6, 4)
    weights = LinearVAE(*(np.zeros((4, 4)), np.zeros(4)) * 2, np.zeros((4, 4)), logits)
    vae, _, _ = make_vae(student, weights)
    expected = np.tile(logits, (2, 1)).reshape(2, *SHAPE)
    agree(vae.call("sample", 2), formulas(student).mean(expected), "the mean images of sample(2)")


@generating.check(
    "reconstruct returns the mean image decoded from z_mean, without noise.",
    weight=2,
    needs=[test_bernoulli_mean, test_vae_encode_and_decode],
    read_again="section 10",
)
def test_reconstruct(student: Student) -> None:
    """For a Bernoulli and a Gaussian likelihood."""
    weights, x = random_linear_vae(6), random_images(7, 5, *SHAPE)
    parameters = weights.decode(weights.encode(x)[0]).reshape(x.shape)
    for variance in (None, 0.5):
        vae, _, _ = make_vae(student, weights, variance=variance)
        what = "what reconstruct returns"
        first, second = (expect_shape(vae.call("reconstruct", x), x.shape, what) for _ in range(2))
        noisy = not np.allclose(first, second)
        expect(not noisy, "reconstruct gave two answers for one image.", RECONSTRUCT_SAMPLES)
        expected = formulas(student).mean(parameters) if variance is None else parameters
        likelihood = "" if variance is None else " with a Gaussian likelihood"
        agree(first, expected, f"the reconstruction{likelihood}")
