"""Known wrong ways to write equations (3) to (5) of lesson `vae`, each with the hint for a student who did that.

Each function takes the inputs of a check (NumPy, float64) and returns what every mistake would answer to
exactly these inputs. A name may appear in several functions, always for the same mistake.
"""

from __future__ import annotations

import math

import numpy as np

from graders.common.reference import sigmoid
from judge.suite import Array, Mistake


def kl(z_mean: Array, z_log_var: Array) -> list[Mistake]:
    """Mistakes in equation (4); give them positive log-variances, so that even logarithms of them exist.

    Args:
        z_mean: (batch, latent_dim).
        z_log_var: same shape.
    """
    m, v = z_mean, z_log_var
    var = np.exp(v)
    terms = -0.5 * (1 + v - m**2 - var)  # (batch, latent_dim)
    right = terms.sum(axis=1)

    def minus_half_sum(inside: Array) -> Array:
        return np.asarray(-0.5 * inside.sum(axis=1))

    return [
        Mistake(
            "kl-without-half",
            "Your KL is twice the right one: the factor 1/2 in front of the sum of equation (4) is missing.",
            2 * right,
        ),
        Mistake(
            "kl-mean-over-latent",
            "Your KL is the mean over the entries of z; equation (4) sums them. Independent entries add their costs.",
            terms.mean(axis=1),
        ),
        Mistake(
            "kl-sign",
            "Your KL has the wrong sign: what the slides print, and what -1/2 in front of the sum turns round, is "
            "its negative. A KL divergence is never negative.",
            -right,
        ),
        Mistake(
            "kl-not-summed",
            "Your KL is still one number for each entry of z; sum over the last axis to get one for each example.",
            terms,
        ),
        Mistake(
            "kl-wrong-axis",
            "You summed over the examples (axis 0); equation (4) sums over the entries of z, the last axis.",
            terms.sum(axis=0),
        ),
        Mistake(
            "kl-batch-mean",
            "Your sum over z is right, but then you averaged over the batch. Return one number for each example; "
            "train_step takes the batch mean.",
            np.asarray(right.mean()),
        ),
        Mistake(
            "kl-batch-sum",
            "You summed over everything, the batch included. Sum over the last axis only.",
            np.asarray(right.sum()),
        ),
        Mistake(
            "kl-mean-of-everything",
            "You averaged over everything, entries of z and batch. Sum over the last axis, and leave the batch alone.",
            np.asarray(terms.mean()),
        ),
        Mistake(
            "kl-log-var-taken-for-std",
            "You treat z_log_var as the standard deviation. It is the natural log of the variance.",
            minus_half_sum(1 + np.log(v**2) - m**2 - v**2),
        ),
        Mistake(
            "kl-log-var-taken-for-variance",
            "You treat z_log_var as the variance. It is the natural log of the variance.",
            minus_half_sum(1 + np.log(np.abs(v)) - m**2 - v),
        ),
        Mistake(
            "kl-log-var-taken-for-log-std",
            "You treat z_log_var as the log of the standard deviation, so its factor 2 appears twice. It already is "
            "the log of the variance.",
            minus_half_sum(1 + 2 * v - m**2 - np.exp(2 * v)),
        ),
        Mistake(
            "kl-std-for-variance",
            "Your last term is the standard deviation, exp(0.5 z_log_var); equation (4) has the variance there.",
            minus_half_sum(1 + v - m**2 - np.exp(0.5 * v)),
        ),
        Mistake(
            "kl-log-var-for-variance-term",
            "Your last term is z_log_var itself; equation (4) has the variance there.",
            minus_half_sum(1 + v - m**2 - v),
        ),
        Mistake(
            "kl-without-one",
            "The 1 inside the sum of equation (4) is missing: your KL is not 0 at the prior.",
            minus_half_sum(v - m**2 - var),
        ),
        Mistake(
            "kl-mean-not-squared",
            "You forgot to square z_mean: a mean of -2 costs as much as one of +2.",
            minus_half_sum(1 + v - m - var),
        ),
        Mistake(
            "kl-without-mean",
            "The term with z_mean is missing: your KL does not pull the means towards the prior.",
            minus_half_sum(1 + v - var),
        ),
        Mistake(
            "kl-without-log-var",
            "The term log sigma^2 is missing from your sum: nothing keeps the variance from shrinking to 0.",
            minus_half_sum(1 - m**2 - var),
        ),
        Mistake(
            "kl-reversed",
            "You computed the divergence the other way round, of the prior from q(z|x). Equation (4) is that of "
            "q(z|x) from the prior.",
            0.5 * (v + (1 + m**2) / var - 1).sum(axis=1),
        ),
        Mistake(
            "kl-prior-variance-2",
            "Your KL is measured from a prior of variance 2; the prior is N(0, I), of variance 1.",
            0.5 * (np.log(2) - v + (var + m**2) / 2 - 1).sum(axis=1),
        ),
    ]


def kl_at_prior(batch: int, latent_dim: int) -> list[Mistake]:
    """Mistakes that give something else than 0 at the prior, where the logarithm of z_log_var does not exist."""
    z_mean = z_log_var = np.zeros((batch, latent_dim))
    with np.errstate(divide="ignore"):
        known = kl(z_mean, z_log_var)
    return [mistake for mistake in known if mistake.name in ("kl-without-one", "kl-prior-variance-2")]


def bernoulli(x: Array, logits: Array) -> list[Mistake]:
    """Mistakes in equation (3), for images and logits (batch, height, width, channels), channels > 1."""
    p = sigmoid(logits)
    entries = np.logaddexp(0, logits) - x * logits  # nats per pixel
    pixels = tuple(range(1, x.ndim))

    def cross_entropy(probability: Array) -> Array:
        q = np.clip(probability, 1e-7, 1 - 1e-7)
        return np.asarray(-(x * np.log(q) + (1 - x) * np.log(1 - q)))

    return [
        Mistake(
            "bernoulli-mean-over-pixels",
            "You averaged over the pixels; equation (3) sums them. For 28x28 images yours is 784 times too small, and "
            "the KL will win.",
            entries.mean(axis=pixels),
        ),
        Mistake(
            "bernoulli-mean-over-last-axis",
            "keras.losses.binary_crossentropy averages over the last axis. Multiply it by the size of that axis, or "
            "write the sum yourself.",
            entries.mean(axis=-1).sum(axis=pixels[:-1]),
        ),
        Mistake(
            "bernoulli-last-axis-kept",
            "You reduced the last axis only; the result still has one number for each pixel. Sum over every axis but "
            "the first.",
            entries.mean(axis=-1),
        ),
        Mistake(
            "bernoulli-not-summed",
            "Your loss is still one number for each pixel. Sum over every axis but the first.",
            entries,
        ),
        Mistake(
            "bernoulli-batch-mean",
            "Your sum over pixels is right, but then you averaged over the batch. Return one number for each example.",
            np.asarray(entries.sum(axis=pixels).mean()),
        ),
        Mistake(
            "bernoulli-batch-sum",
            "You summed over everything, the batch included. Sum over every axis but the first.",
            np.asarray(entries.sum()),
        ),
        Mistake(
            "bernoulli-mean-of-everything",
            "You averaged over everything, pixels and batch. Sum over every axis but the first.",
            np.asarray(entries.mean()),
        ),
        Mistake(
            "bernoulli-wrong-axis",
            "You summed over the examples (axis 0); sum over every axis but the first.",
            entries.sum(axis=0),
        ),
        Mistake(
            "bernoulli-logits-taken-for-probabilities",
            "You treat the decoder's output as probabilities. It holds logits, any real number: say from_logits=True, "
            "or use softplus.",
            cross_entropy(logits).sum(axis=pixels),
        ),
        Mistake(
            "bernoulli-sigmoid-twice",
            "You apply the sigmoid twice: once yourself, and once more in a function that takes logits.",
            (np.logaddexp(0, p) - x * p).sum(axis=pixels),
        ),
        Mistake(
            "bernoulli-sign",
            "Your loss has the wrong sign: it is the log-likelihood. Minimising it would make the images improbable.",
            -entries.sum(axis=pixels),
        ),
        Mistake(
            "bernoulli-base-2",
            "Your logarithm has base 2, so your loss is in bits; this course counts nats, natural logarithms.",
            entries.sum(axis=pixels) / np.log(2),
        ),
        Mistake(
            "bernoulli-only-white-term",
            "You kept only the term x log pi of equation (3); black pixels cost too, by (1 - x) log(1 - pi).",
            -(x * np.log(p)).sum(axis=pixels),
        ),
        Mistake(
            "bernoulli-squared-error",
            "This is the squared error between x and the probabilities; equation (3) is the cross-entropy.",
            ((x - p) ** 2).sum(axis=pixels),
        ),
        Mistake(
            "bernoulli-arguments-swapped",
            "You swapped the image and the decoder's output: x is the target, the parameters are the logits.",
            (np.logaddexp(0, x) - logits * x).sum(axis=pixels),
        ),
    ]


def bernoulli_extreme(x: Array, logits: Array) -> list[Mistake]:
    """Mistakes that show for large logits only: going through probabilities, clipped in several ways."""
    found = []
    for epsilon in (1e-7, 1e-6, 1e-8, 1e-10, 1e-12):
        low, high = np.float32(epsilon), np.float32(1 - epsilon)
        q = np.clip(sigmoid(logits).astype(np.float32), low, high)
        entries = -(x * np.log(q) + (1 - x) * np.log(np.maximum(1 - q, np.float32(1e-30))))
        found.append(
            Mistake(
                "bernoulli-through-probabilities",
                "Your loss goes through probabilities, which round to 0 or 1 and are clipped, so large mistakes all "
                "cost the same. Compute it from the logits, for example with softplus.",
                entries.sum(axis=tuple(range(1, x.ndim))),
            )
        )
    return found


def bernoulli_mean(logits: Array) -> list[Mistake]:
    """Mistakes in the mean image."""
    p = sigmoid(logits)
    return [
        Mistake(
            "mean-returns-logits",
            "You returned the logits; the mean of a Bernoulli pixel is its probability, sigmoid(logit).",
            logits,
        ),
        Mistake(
            "mean-thresholded",
            "You rounded the probabilities to 0 or 1; the mean of a Bernoulli pixel is the probability itself.",
            np.round(p),
        ),
        Mistake("mean-tanh", "You used tanh; the mean of a pixel is sigmoid(logit).", np.tanh(logits)),
        Mistake(
            "mean-softmax",
            "A softmax makes the pixels compete; each pixel is a coin of its own, with sigmoid(logit).",
            np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True),
        ),
    ]


def gaussian(x: Array, mean: Array, variance: float) -> list[Mistake]:
    """Mistakes in equation (5), for x and mean (batch, ...) and a variance other than 1."""
    error = (x - mean) ** 2
    constant = math.log(2 * math.pi * variance)
    axes = tuple(range(1, x.ndim))
    entries = 0.5 * (error / variance + constant)
    return [
        Mistake(
            "gaussian-without-constant",
            "The constant log(2 pi s^2) of equation (5) is missing. It does not move the gradient, but without it the "
            "number is no log-probability.",
            (0.5 * error / variance).sum(axis=axes),
        ),
        Mistake(
            "gaussian-without-2pi",
            "Your constant is log(s^2); equation (5) has log(2 pi s^2).",
            (0.5 * (error / variance + math.log(variance))).sum(axis=axes),
        ),
        Mistake(
            "gaussian-without-variance",
            "You forgot to divide the squared error by the variance.",
            (0.5 * (error + constant)).sum(axis=axes),
        ),
        Mistake(
            "gaussian-variance-ignored",
            "Your loss is that of variance 1 whatever the variance is: use self.variance.",
            (0.5 * (error + math.log(2 * math.pi))).sum(axis=axes),
        ),
        Mistake(
            "gaussian-without-half",
            "Your loss is twice the right one: the factor 1/2 of equation (5) is missing.",
            2 * entries.sum(axis=axes),
        ),
        Mistake(
            "gaussian-half-on-error-only",
            "The factor 1/2 of equation (5) stands in front of the constant too.",
            (0.5 * error / variance + constant).sum(axis=axes),
        ),
        Mistake(
            "gaussian-half-on-constant-only",
            "The factor 1/2 of equation (5) stands in front of the squared error too.",
            (error / variance + 0.5 * constant).sum(axis=axes),
        ),
        Mistake(
            "gaussian-constant-once",
            "You count the constant once for each image; it stands inside the sum, once for each pixel.",
            (0.5 * error / variance).sum(axis=axes) + 0.5 * constant,
        ),
        Mistake(
            "gaussian-variance-taken-for-std",
            "You treat the variance as the standard deviation and squared it.",
            (0.5 * (error / variance**2 + math.log(2 * math.pi * variance**2))).sum(axis=axes),
        ),
        Mistake(
            "gaussian-variance-taken-for-log-variance",
            "You treat the variance as a log-variance; it is the variance itself.",
            (0.5 * (error / math.exp(variance) + math.log(2 * math.pi) + variance)).sum(axis=axes),
        ),
        Mistake(
            "gaussian-mean-over-pixels",
            "You averaged over the pixels; equation (5) sums them.",
            entries.mean(axis=axes),
        ),
        Mistake(
            "gaussian-squared-error",
            "This is the plain squared error; equation (5) scales and shifts it.",
            error.sum(axis=axes),
        ),
        Mistake(
            "gaussian-sign",
            "Your loss has the wrong sign: it is the log-likelihood, and its negative was asked for.",
            -entries.sum(axis=axes),
        ),
        Mistake(
            "gaussian-batch-mean",
            "Your sum over pixels is right, but then you averaged over the batch. Return one number for each example.",
            np.asarray(entries.sum(axis=axes).mean()),
        ),
        Mistake(
            "gaussian-batch-sum",
            "You summed over everything, the batch included. Sum over every axis but the first.",
            np.asarray(entries.sum()),
        ),
        Mistake(
            "gaussian-mean-of-everything",
            "You averaged over everything, pixels and batch. Sum over every axis but the first.",
            np.asarray(entries.mean()),
        ),
        Mistake(
            "gaussian-not-summed",
            "Your loss is still one number for each pixel. Sum over every axis but the first.",
            entries,
        ),
    ]
