"""The VAE's forward methods: their checks and their mistakes.

The VAE is built around tiny linear networks, so that these checks do not depend on the holes `encoder`
and `decoder`; where they need a loss, they compare with the student's own, so that a wrong formula is
counted once, where it belongs.
"""

from __future__ import annotations

import numpy as np

from graders.common.draws import composition
from graders.common.objects import expect_all_reached, expect_shape, make, weights_of
from graders.common.reference import random_images
from graders.ex03_vae.encoder_decoder import (
    test_decoder_returns_logits,
    test_encoder_heads_are_linear_and_separate,
)
from graders.ex03_vae.kl import test_kl_shape, test_kl_value
from graders.ex03_vae.likelihoods import test_bernoulli_shape, test_bernoulli_value, test_gaussian_shape
from graders.ex03_vae.linear import (
    SHAPE,
    expect_terms,
    formulas,
    forward,
    identity_vae,
    make_vae,
    random_linear_vae,
)
from graders.ex03_vae.sampling import (
    NO_GRADIENT,
    NO_NOISE,
    SAME_FOR_EXAMPLES,
    expect_own_noise,
    test_noise_is_fresh,
    test_sampling_gradients,
    test_sampling_without_variance_gives_the_mean,
)
from judge.suite import Student, agree, expect, expect_pair

# fmt: off
KL = "kl_to_standard_normal(z_mean, z_log_var)"
TERMS = f"reconstruction_loss, {KL}"
forward.mistake("encode-swapped", ("return z_mean, z_log_var", "return z_log_var, z_mean"),
    "encode returns z_log_var first; the order is z_mean, z_log_var.")
VARIANCE_HINT = "encode turns the log-variance into something else; return the encoder's outputs as they are."
forward.mistake("encode-returns-variance", ("return z_mean, z_log_var", "return z_mean, ops.exp(z_log_var)"),
    VARIANCE_HINT)
forward.mistake("encode-returns-std", ("return z_mean, z_log_var", "return z_mean, ops.exp(0.5 * z_log_var)"),
    VARIANCE_HINT)
forward.mistake("decode-returns-probabilities", ("return self.decoder(z)", "return ops.sigmoid(self.decoder(z))"),
    "decode returns probabilities; it should return the decoder's output as it is. The likelihood turns logits into "
    "probabilities where they are wanted.")
forward.mistake("no-noise",
    [("return self.decode(self.sampling(z_mean, z_log_var))", "return self.decode(z_mean)"),
     ("parameters = self.decode(self.sampling(z_mean, z_log_var))", "parameters = self.decode(z_mean)")],
    NO_NOISE.hint, also=[("keras.random.normal((num_samples", "ops.zeros((num_samples")])
forward.mistake("likelihood-ignored", ("self.likelihood.negative_log", "BernoulliLikelihood().negative_log"),
    "Your VAE uses the Bernoulli likelihood whatever it was given: ask self.likelihood.")
forward.mistake("terms-swapped", (TERMS, f"{KL}, reconstruction_loss"),
    "elbo_terms returns the KL first; the order is reconstruction_loss, kl_loss.")
forward.mistake("terms-total-first",
    (f"return {TERMS}", f"kl_loss = {KL}\n        return reconstruction_loss + kl_loss, kl_loss"),
    "The first thing that elbo_terms returns is the sum of both terms; return the reconstruction loss alone.")
forward.mistake("terms-sigmoid-before-likelihood",
    ("likelihood(x, parameters)", "likelihood(x, ops.sigmoid(parameters))"),
    "You pass probabilities to the likelihood, which expects logits, and so the sigmoid is applied twice.")
forward.mistake("terms-kl-negated", (TERMS, TERMS.replace("kl_to", "-kl_to")),
    "Your kl_loss has the wrong sign: equation (2) adds the KL.")
forward.mistake("terms-elbo-not-negated", (TERMS, f"-{TERMS}"),
    "Your reconstruction loss has the wrong sign: it is -log p(x|z), which is what the likelihood returns.")
forward.mistake("terms-kl-missing", (TERMS, TERMS.replace("kl_to", "0.0 * kl_to")),
    "Your kl_loss is 0: compute it from z_mean and z_log_var.")
# fmt: on


@forward.check("encode returns the encoder's z_mean and z_log_var, decode the decoder's output, unchanged.", weight=2)
def test_vae_encode_and_decode(student: Student) -> None:
    """With linear networks whose outputs are known."""
    weights = random_linear_vae(0)
    vae, _, _ = make_vae(student, weights)
    x = random_images(1, 5, *SHAPE)
    z_mean, z_log_var = weights.encode(x)
    found_mean, found_log_var = expect_pair(vae.call("encode", x), "what encode returns")
    agree(found_mean, z_mean, "z_mean")
    agree(found_log_var, z_log_var, "z_log_var")
    logits = weights.decode(z_mean).reshape(x.shape)
    agree(vae.call("decode", z_mean.astype(np.float32)), logits, "what decode returns")


@forward.check(
    "call decodes a fresh z, drawn from q(z|x) for every example.",
    weight=4,
    needs=[test_noise_is_fresh, test_vae_encode_and_decode],
)
def test_vae_call_decodes_a_fresh_draw(student: Student) -> None:
    """The decoder returns z itself, so the answer minus z_mean is the noise.

    The mean of 4,000 independent draws, in units of its standard error, is N(0, 1) to good approximation
    (a t distribution): it exceeds 6 with probability 2e-9.
    """
    vae, _, _ = make_vae(student, identity_vae(mean=1.5, log_var=0.5))
    x = random_images(2, 1000, *SHAPE)
    first, second = (expect_shape(vae(x), x.shape, "what call returns").reshape(1000, 4) - 1.5 for _ in range(2))
    expect_own_noise(first, second, "call")
    away = abs(first.mean()) * np.sqrt(first.size) / first.std()
    expect(bool(away < 6), f"the draws of call should average z_mean = 1.5; received {first.mean() + 1.5:.3f}.")


@forward.check(
    "elbo_terms returns the reconstruction loss of a decoded z, and the KL, each (batch,).",
    weight=3,
    needs=[
        test_sampling_without_variance_gives_the_mean,
        test_kl_shape,
        test_bernoulli_shape,
        test_vae_encode_and_decode,
    ],
    read_again="equation (2)",
)
def test_elbo_terms(student: Student) -> None:
    """Compared with the student's own losses; all log-variances are -20, so the noise does not show."""
    for seed in (1, 2):
        weights = random_linear_vae(seed, noise=False)
        vae, _, _ = make_vae(student, weights)
        x = random_images(seed, 6, *SHAPE)
        z_mean, z_log_var = (a.astype(np.float32) for a in weights.encode(x))
        logits = weights.decode(z_mean).reshape(x.shape).astype(np.float32)
        own_nll = make(student, "BernoulliLikelihood").call("negative_log_likelihood", x, logits)
        own_kl = student.call("kl_to_standard_normal", z_mean, z_log_var)
        expected = np.stack([expect_shape(own_nll, (6,), "your loss"), expect_shape(own_kl, (6,), "your KL")])
        found = np.stack(expect_terms(vae.call("elbo_terms", x), 6))
        agree(found, expected, "(reconstruction_loss, kl_loss)", rtol=1e-3, atol=1e-3,
              known_by=composition(found, expected))  # fmt: skip


@forward.check("elbo_terms asks the likelihood that the VAE was given.", weight=4,
               needs=[test_gaussian_shape, test_elbo_terms])  # fmt: skip
def test_elbo_terms_use_the_likelihood(student: Student) -> None:
    """Compared with the student's own Gaussian loss, of variance 0.5."""
    weights = random_linear_vae(3, noise=False)
    vae, _, _ = make_vae(student, weights, variance=0.5)
    x = random_images(3, 6, *SHAPE)
    parameters = weights.decode(weights.encode(x)[0]).reshape(x.shape).astype(np.float32)
    own = make(student, "GaussianLikelihood", variance=0.5).call("negative_log_likelihood", x, parameters)
    expected = expect_shape(own, (6,), "your loss")
    found, _ = expect_terms(vae.call("elbo_terms", x), 6)
    agree(found, expected, "the reconstruction loss with a Gaussian likelihood", rtol=1e-3, atol=1e-3)


@forward.check(
    "The reconstruction loss is noisy, and its gradient reaches both heads of the encoder through the noise.",
    weight=2,
    needs=[test_noise_is_fresh, test_sampling_gradients, test_elbo_terms],
    read_again="equation (1)",
)
def test_elbo_gradients_pass_the_noise(student: Student) -> None:
    """With respect to every weight. That the KL reaches the encoder, too, a training step shows."""
    vae, encoder, decoder = make_vae(student, random_linear_vae(4))
    x = np.repeat(random_images(4, 1, *SHAPE), 8, axis=0)
    (first, _), (second, _) = (expect_terms(vae.call("elbo_terms", x), 8) for _ in range(2))
    expect(not np.allclose(first, second), "elbo_terms gave the same loss twice.", NO_NOISE)
    expect(np.ptp(first) > 1e-6, "elbo_terms gave eight equal images equal losses.", SAME_FOR_EXAMPLES)
    heads = ("the kernel of z_mean", "the bias of z_mean", "the kernel of z_log_var", "the bias of z_log_var")
    pixels = ("the decoder's kernel", "the decoder's bias")
    for part, names in ((encoder, heads), (decoder, pixels)):
        found = vae.gradients("elbo_terms", x, weights_of=part, output=0)
        expect_all_reached(found.weights, names, "the gradient of the reconstruction loss", NO_GRADIENT)


@forward.check(
    "With all weights 0, the reconstruction loss is 784 ln 2 and the KL is 0.",
    needs=[
        test_encoder_heads_are_linear_and_separate,
        test_decoder_returns_logits,
        test_kl_value,
        test_bernoulli_value,
        test_elbo_terms,
    ],
    read_again="section 10a",
)
def test_zero_weights(student: Student) -> None:
    """Your own encoder and decoder: logits of 0 for any z, and the prior for any x."""
    encoder = make(student, "Encoder", latent_dim=4, hidden_units=8)
    decoder = make(student, "Decoder", image_shape=(28, 28, 1), hidden_units=8)
    vae = make(student, "VAE", encoder, decoder)
    x = random_images(5, 3, 28, 28, 1)
    vae.call("elbo_terms", x)
    for part in (encoder, decoder):
        part.call("set_weights", [np.zeros(w.shape, np.float32) for w in weights_of(part)])
    reconstruction, kl_loss = expect_terms(vae.call("elbo_terms", x), 3)
    expected = formulas(student).nll(x, np.zeros_like(x))  # 784 ln 2
    agree(reconstruction, expected, "the reconstruction loss with all weights 0")
    agree(kl_loss, np.zeros(3), "the KL loss with all weights 0")
