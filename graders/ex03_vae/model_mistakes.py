"""Known wrong ways to sample, encode, decode and put the ELBO together, each with its hint.

Each function takes the inputs of a check (NumPy, float64) and returns what every mistake would answer to
exactly these inputs. A name may appear in several functions, always for the same mistake.
"""

from __future__ import annotations

import math

import numpy as np

from graders.common.reference import sigmoid
from graders.ex03_vae import oracles
from judge.suite import Array, Mistake


def sampling_gradient(noise: Array, log_var: Array) -> list[Mistake]:
    """Mistakes in equation (1), told by dz/dz_log_var where noise = z - z_mean; both (batch, latent_dim)."""
    return [
        Mistake(
            "sampling-variance-for-std",
            "You stretch the noise by the variance; equation (1) wants the standard deviation. Work out on paper how "
            "a log-variance becomes one.",
            noise,
        ),
        Mistake(
            "sampling-log-var-for-std",
            "You stretch the noise by z_log_var itself; work out on paper how it becomes a standard deviation.",
            noise / log_var,
        ),
    ]


def noise() -> list[Mistake]:
    """Mistakes in equation (1), told by (z - z_mean) / sigma for two columns, of variance 4 and 1/4.

    Each value is (mean, standard deviation, kurtosis) for each column: (2, 3). The right one is
    (0, 1, 3) twice.
    """
    log_var = np.log([4.0, 0.25])
    sigma = np.exp(0.5 * log_var)

    def column_features(mean: Array | float, deviation: Array | float, kurtosis: float) -> Array:
        return np.stack(np.broadcast_arrays(mean, deviation, np.full(2, kurtosis)), axis=1)

    std_hint = (
        "z_log_var is the natural log of the variance; work out on paper how it becomes a standard deviation."
    )
    return [
        Mistake(
            "sampling-variance-for-std",
            "You stretch the noise by the variance; equation (1) wants the standard deviation. Work out on paper how "
            "a log-variance becomes one.",
            column_features(0, sigma, 3),
        ),
        Mistake(
            "sampling-log-var-for-std",
            f"You stretch the noise by z_log_var itself. {std_hint}",
            column_features(0, np.abs(log_var) / sigma, 3),
        ),
        Mistake(
            "sampling-double-log-var",
            f"You stretch the noise by exp(2 z_log_var). {std_hint}",
            column_features(0, sigma**3, 3),
        ),
        Mistake(
            "sampling-unscaled",
            "You add noise of variance 1 whatever z_log_var says; equation (1) stretches it by the standard deviation.",
            column_features(0, 1 / sigma, 3),
        ),
        Mistake(
            "sampling-uniform-noise",
            "Your noise is uniform between 0 and 1; equation (1) wants standard normal noise.",
            column_features(0.5, math.sqrt(1 / 12), 1.8),
        ),
        Mistake(
            "sampling-uniform-noise",
            "Your noise is uniform between -1 and 1; equation (1) wants standard normal noise.",
            column_features(0, math.sqrt(1 / 3), 1.8),
        ),
        Mistake(
            "sampling-uniform-noise",
            "Your noise has mean 0 and variance 1 but is uniform; equation (1) wants normal noise.",
            column_features(0, 1, 1.8),
        ),
        Mistake(
            "sampling-truncated-noise",
            "Your noise is a normal distribution cut off at two standard deviations; equation (1) wants all of it.",
            column_features(0, 0.8796, 2.3654),
        ),
    ]


def encode_mean(z_log_var: Array) -> list[Mistake]:
    """Mistakes in the first thing that encode returns."""
    return [
        Mistake(
            "encode-swapped", "encode returns z_log_var first; the order is z_mean, z_log_var.", z_log_var
        )
    ]


def encode_log_var(z_log_var: Array) -> list[Mistake]:
    """Mistakes in the second thing that encode returns."""
    hint = "encode turns the log-variance into something else; return the encoder's outputs as they are."
    return [
        Mistake("encode-returns-variance", hint, np.exp(z_log_var)),
        Mistake("encode-returns-std", hint, np.exp(0.5 * z_log_var)),
    ]


def decode(logits: Array) -> list[Mistake]:
    """Mistakes in what decode returns."""
    hint = (
        "decode returns probabilities; it should return the decoder's output as it is. The likelihood turns logits "
        "into probabilities where they are wanted."
    )
    return [Mistake("decode-returns-probabilities", hint, sigmoid(logits))]


def elbo_terms(reconstruction: Array, kl_loss: Array, x: Array, logits: Array) -> list[Mistake]:
    """Mistakes in the pair of elbo_terms, as one array (2, batch).

    Args:
        reconstruction: (batch,), the right reconstruction loss.
        kl_loss: (batch,), the right KL.
        x: images.
        logits: the decoder's output for them.
    """
    p = sigmoid(logits)
    return [
        Mistake(
            "terms-swapped",
            "elbo_terms returns the KL first; the order is reconstruction_loss, kl_loss.",
            np.stack([kl_loss, reconstruction]),
        ),
        Mistake(
            "terms-total-first",
            "The first thing that elbo_terms returns is the sum of both terms; return the reconstruction loss alone.",
            np.stack([reconstruction + kl_loss, kl_loss]),
        ),
        Mistake(
            "terms-sigmoid-before-likelihood",
            "You pass probabilities to the likelihood, which expects logits, and so the sigmoid is applied twice.",
            np.stack([oracles.bernoulli_nll(x, p), kl_loss]),
        ),
        Mistake(
            "terms-kl-negated",
            "Your kl_loss has the wrong sign: equation (2) adds the KL.",
            np.stack([reconstruction, -kl_loss]),
        ),
        Mistake(
            "terms-elbo-not-negated",
            "Your reconstruction loss has the wrong sign: it is -log p(x|z), which is what the likelihood returns.",
            np.stack([-reconstruction, kl_loss]),
        ),
        Mistake(
            "terms-kl-missing",
            "Your kl_loss is 0: compute it from z_mean and z_log_var.",
            np.stack([reconstruction, 0 * kl_loss]),
        ),
    ]


def decoded_log_var(image: Array) -> Mistake:
    """The image that comes of decoding z_log_var."""
    return Mistake("reconstruct-decodes-log-var", "reconstruct decodes z_log_var; decode z_mean.", image)


def sigmoid_always(parameters: Array) -> Mistake:
    """The image that comes of a sigmoid where the likelihood is Gaussian."""
    hint = "You apply a sigmoid whatever the likelihood is: ask self.likelihood for the mean."
    return Mistake("mean-ignores-likelihood", hint, sigmoid(parameters))
