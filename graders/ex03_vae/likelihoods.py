"""The two likelihoods, equations (3) and (5): their checks and their mistakes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common import losses
from graders.common.objects import expect_gradient, expect_shape, make, numbers
from graders.common.reference import sigmoid
from graders.ex03_vae.sampling import NO_GRADIENT
from judge.suite import Array, Remote, Student, agree, cell, expect_array, for_all, in_shape

bernoulli = cell("bernoulli_check", read_again="equation (3)")
gaussian = cell("gaussian_check", read_again="equation (5)")
NLL = "the negative log-likelihood"


def _grey(seed: int, *shape: int) -> tuple[Array, Array]:
    """Grey images and logits of both signs, same shape, float32."""
    rng = np.random.default_rng(seed)
    return rng.random(shape).astype(np.float32), rng.normal(0, 2, shape).astype(np.float32)


def _loss(likelihood: Remote, x: Array, parameters: Array) -> object:
    return likelihood.call("negative_log_likelihood", x, parameters)


def _nll(likelihood: Remote, x: Array, parameters: Array) -> object:
    """The loss, (batch,), also if it comes in another shape: one check of each likelihood is about that alone."""
    return in_shape(_loss(likelihood, x, parameters), x.shape[:1])


@bernoulli.check("The Bernoulli loss is one number for each example: (batch,).")
def test_bernoulli_shape(student: Student) -> None:
    """For images and for vectors."""
    likelihood = make(student, "BernoulliLikelihood")
    found = [_loss(likelihood, *_grey(seed, 2, 3, 2, 4)) for seed in (0, 12)]
    for loss in found:
        expect_shape(loss, (2,), NLL, known_by=numbers(found))
    expect_shape(_loss(likelihood, *_grey(1, 3, 5)), (3,), NLL)


@bernoulli.check(
    "The Bernoulli loss has the value of equation (3), summed over pixels.",
    weight=3,
)
def test_bernoulli_value(student: Student) -> None:
    """A fixed input tells the known mistakes apart; logits of 0 cost 784 ln 2; then any input."""
    likelihood = make(student, "BernoulliLikelihood")
    x, logits = _grey(2, 2, 3, 2, 4)
    agree(_nll(likelihood, x, logits), losses.bernoulli_nll(x, logits), NLL)
    x, _ = _grey(3, 3, 28, 28, 1)
    agree(_nll(likelihood, x, np.zeros_like(x)), np.full(3, 784 * np.log(2)), f"{NLL} of 784 logits of 0")

    def has_the_value(x: Array, logits: Array) -> None:
        agree(_nll(likelihood, x, logits), losses.bernoulli_nll(x, logits), NLL, atol=1e-4)

    for_all(
        has_the_value,
        max_examples=10,
        x=arrays(np.float32, (2, 2, 2, 1), elements=st.floats(0, 1, width=32)),
        logits=arrays(np.float32, (2, 2, 2, 1), elements=st.floats(-8, 8, width=32)),
    )


@bernoulli.check(
    "The Bernoulli loss is exact for logits of any size.",
    weight=2.5,
    needs=[test_bernoulli_value],
    read_again="section 7",
)
def test_bernoulli_extreme_logits(student: Student) -> None:
    """A wrong pixel of logit 200 costs 200 nats; probabilities in float32 cannot say that."""
    x = np.array([[[[1.0], [0.0], [1.0], [0.0]]]] * 2, np.float32)
    logits = np.array([[[[40.0], [-40.0], [-40.0], [-30.0]]], [[[-200.0], [200.0], [90.0], [-90.0]]]], np.float32)
    found = _nll(make(student, "BernoulliLikelihood"), x, logits)
    agree(found, losses.bernoulli_nll(x, logits), f"{NLL} for large logits", atol=1e-3)


@bernoulli.check(
    "The gradient of the Bernoulli loss with respect to the logits is sigmoid(logits) - x.",
)
def test_bernoulli_gradient(student: Student) -> None:
    """From equation (3), by hand."""
    x, logits = _grey(4, 3, 5)
    found = make(student, "BernoulliLikelihood").gradients("negative_log_likelihood", x, logits)
    what = f"the gradient of {NLL} with respect to the logits"
    agree(expect_gradient(found, 1, x.shape, what, NO_GRADIENT), sigmoid(logits) - x, what)


@bernoulli.check("The mean of the Bernoulli likelihood is the probability of each pixel.", read_again="section 7")
def test_bernoulli_mean(student: Student) -> None:
    """The sigmoid of the logits, shape kept."""
    _, logits = _grey(5, 3, 4)
    found = make(student, "BernoulliLikelihood").call("mean", logits)
    agree(found, sigmoid(logits), "the mean image")


# fmt: off
SUM = "ops.sum(ops.softplus(logits) - x * logits, axis=pixel_axes)"
ENTRIES = "(ops.softplus(logits) - x * logits)"
MEAN = "ops.sigmoid(parameters)"
KERAS = "keras.losses.binary_crossentropy(x, logits, from_logits=True)"
bernoulli.mistake("bernoulli-mean-over-pixels", ("ops.sum(", "ops.mean("),
    "You averaged over the pixels; equation (3) sums them. For 28x28 images yours is 784 times too small, and the KL "
    "will win.")
bernoulli.mistake("bernoulli-mean-over-last-axis", (SUM, f"ops.sum({KERAS}, axis=pixel_axes[:-1])"),
    "keras.losses.binary_crossentropy averages over the last axis. Multiply it by the size of that axis, or write the "
    "sum yourself.")
bernoulli.mistake("bernoulli-last-axis-kept", (SUM, KERAS),
    "You reduced the last axis only; the result still has one number for each pixel. Sum over every axis but the "
    "first.")
bernoulli.mistake("bernoulli-not-summed", (SUM, ENTRIES),
    "Your loss is still one number for each pixel. Sum over every axis but the first.")
bernoulli.mistake("bernoulli-batch-mean", (SUM, f"ops.mean({SUM})"),
    "Your sum over pixels is right, but then you averaged over the batch. Return one number for each example.")
bernoulli.mistake("bernoulli-batch-sum", (", axis=pixel_axes", ""),
    "You summed over everything, the batch included. Sum over every axis but the first.")
bernoulli.mistake("bernoulli-mean-of-everything", (SUM, f"ops.mean{ENTRIES}"),
    "You averaged over everything, pixels and batch. Sum over every axis but the first.")
bernoulli.mistake("bernoulli-wrong-axis", ("axis=pixel_axes", "axis=0"),
    "You summed over the examples (axis 0); sum over every axis but the first.")
bernoulli.mistake("bernoulli-logits-taken-for-probabilities",
    (SUM, "ops.sum(ops.binary_crossentropy(x, logits), axis=pixel_axes)"),
    "You treat the decoder's output as probabilities. It holds logits, any real number: say from_logits=True, or use "
    "softplus.")
bernoulli.mistake("bernoulli-sigmoid-twice", (f"return {SUM}", f"logits = ops.sigmoid(logits)\n        return {SUM}"),
    "You apply the sigmoid twice: once yourself, and once more in a function that takes logits.")
bernoulli.mistake("bernoulli-sign", (SUM, f"-{SUM}"),
    "Your loss has the wrong sign: it is the log-likelihood. Minimising it would make the images improbable.")
bernoulli.mistake("bernoulli-base-2", (SUM, f"{SUM} / math.log(2.0)"),
    "Your logarithm has base 2, so your loss is in bits; this course counts nats, natural logarithms.")
bernoulli.mistake("bernoulli-only-white-term", (SUM, "ops.sum(x * ops.softplus(-logits), axis=pixel_axes)"),
    "You kept only the term x log pi of equation (3); black pixels cost too, by (1 - x) log(1 - pi).")
bernoulli.mistake("bernoulli-squared-error", (SUM, "ops.sum(ops.square(x - ops.sigmoid(logits)), axis=pixel_axes)"),
    "This is the squared error between x and the probabilities; equation (3) is the cross-entropy.")
bernoulli.mistake("bernoulli-arguments-swapped", ("softplus(logits)", "softplus(x)"),
    "You swapped the image and the decoder's output: x is the target, the parameters are the logits.")


def clipped(epsilon: str) -> tuple[str, str]:
    """Equation (3) through probabilities, clipped so far from 0 and 1."""
    through = "-ops.sum(x * ops.log(p) + (1 - x) * ops.log(1 - p + 1e-30), axis=pixel_axes)"
    return f"return {SUM}", f"p = ops.clip(ops.sigmoid(logits), {epsilon}, 1 - {epsilon})\n        return {through}"


bernoulli.mistake("bernoulli-through-probabilities", clipped("1e-7"),
    "Your loss goes through probabilities, which round to 0 or 1 and are clipped, so large mistakes all cost the same. "
    "Compute it from the logits, for example with softplus.",
    also=[clipped("1e-6"), clipped("1e-8"), clipped("1e-10"), clipped("1e-12")])
bernoulli.mistake("mean-returns-logits", (MEAN, "parameters"),
    "You returned the logits; the mean of a Bernoulli pixel is its probability, sigmoid(logit).")
bernoulli.mistake("mean-thresholded", (MEAN, f"ops.round({MEAN})"),
    "You rounded the probabilities to 0 or 1; the mean of a Bernoulli pixel is the probability itself.")
bernoulli.mistake("mean-tanh", ("ops.sigmoid(", "ops.tanh("), "You used tanh; the mean of a pixel is sigmoid(logit).")
bernoulli.mistake("mean-softmax", ("ops.sigmoid(", "ops.softmax("),
    "A softmax makes the pixels compete; each pixel is a coin of its own, with sigmoid(logit).")
# fmt: on


@gaussian.check("The Gaussian loss is one number for each example: (batch,).")
def test_gaussian_shape(student: Student) -> None:
    """For images and for vectors."""
    likelihood = make(student, "GaussianLikelihood", variance=0.5)
    found = [_loss(likelihood, *_grey(seed, 2, 3, 2, 4)) for seed in (6, 13)]
    for loss in found:
        expect_shape(loss, (2,), NLL, known_by=numbers(found))
    expect_shape(_loss(likelihood, *_grey(7, 3, 5)), (3,), NLL)


@gaussian.check(
    "The Gaussian loss has the value of equation (5), constants included.",
    weight=3,
)
def test_gaussian_value(student: Student) -> None:
    """For variances below and above 1, and for the default, 1."""
    for seed, variance in ((8, 0.3), (9, 2.5)):
        likelihood = make(student, "GaussianLikelihood", variance=variance)
        x, mean = _grey(seed, 2, 3, 2, 4)
        agree(_nll(likelihood, x, mean), losses.gaussian_nll(x, mean, variance), NLL)
    x, mean = _grey(10, 4, 5)
    agree(_nll(make(student, "GaussianLikelihood"), x, mean), losses.gaussian_nll(x, mean, 1.0), NLL)


@gaussian.check("The Gaussian density integrates to one.")
def test_gaussian_density_integrates_to_one(student: Student) -> None:
    """Sum exp(-loss) over a fine grid of one entry, ten standard deviations to each side."""

    def integrates_to_one(mean: float, variance: float) -> None:
        grid, width = np.linspace(-10, 10, 801, retstep=True)
        x = (mean + np.sqrt(variance) * grid).astype(np.float32)[:, None]
        likelihood = make(student, "GaussianLikelihood", variance=variance)
        nll = expect_array(_nll(likelihood, x, np.full_like(x, mean)), NLL, (801,))
        mass = np.exp(-np.clip(nll, -50, 50)).sum() * width * np.sqrt(variance)
        agree(mass, 1.0, "the integral of exp(-loss) over x", rtol=1e-3)

    for_all(integrates_to_one, max_examples=6, mean=st.floats(-2, 2), variance=st.floats(0.125, 8))


# fmt: off
GAUSS = "0.5 * ops.sum(scaled_error + math.log(2.0 * math.pi * self.variance), axis=pixel_axes)"
CONSTANT = "math.log(2.0 * math.pi * self.variance)"
gaussian.mistake("gaussian-without-constant", (f" + {CONSTANT}", ""),
    "The constant log(2 pi s^2) of equation (5) is missing. It does not move the gradient, but without it the number "
    "is no log-probability.")
gaussian.mistake("gaussian-without-2pi", ("2.0 * math.pi * ", ""),
    "Your constant is log(s^2); equation (5) has log(2 pi s^2).")
gaussian.mistake("gaussian-without-variance", ("(x - mean) / self.variance", "(x - mean)"),
    "You forgot to divide the squared error by the variance.")
gaussian.mistake("gaussian-variance-ignored",
    [("(x - mean) / self.variance", "(x - mean)"), (" * self.variance)", ")")],
    "Your loss is that of variance 1 whatever the variance is: use self.variance.")
gaussian.mistake("gaussian-without-half", ("0.5 * ops.sum", "ops.sum"),
    "Your loss is twice the right one: the factor 1/2 of equation (5) is missing.")
gaussian.mistake("gaussian-half-on-error-only", (GAUSS, f"ops.sum(0.5 * scaled_error + {CONSTANT}, axis=pixel_axes)"),
    "The factor 1/2 of equation (5) stands in front of the constant too.")
gaussian.mistake("gaussian-half-on-constant-only",
    (GAUSS, f"ops.sum(scaled_error + 0.5 * {CONSTANT}, axis=pixel_axes)"),
    "The factor 1/2 of equation (5) stands in front of the squared error too.")
gaussian.mistake("gaussian-constant-once", (GAUSS, f"0.5 * (ops.sum(scaled_error, axis=pixel_axes) + {CONSTANT})"),
    "You count the constant once for each image; it stands inside the sum, once for each pixel.")
gaussian.mistake("gaussian-variance-taken-for-std",
    [("(x - mean) / self.variance", "(x - mean) / self.variance**2"),
     ("math.pi * self.variance", "math.pi * self.variance**2")],
    "You treat the variance as the standard deviation and squared it.")
gaussian.mistake("gaussian-variance-taken-for-log-variance",
    [("(x - mean) / self.variance", "(x - mean) / math.exp(self.variance)"),
     (CONSTANT, "math.log(2.0 * math.pi) + self.variance")],
    "You treat the variance as a log-variance; it is the variance itself.")
gaussian.mistake("gaussian-mean-over-pixels", ("ops.sum(", "ops.mean("),
    "You averaged over the pixels; equation (5) sums them.")
gaussian.mistake("gaussian-squared-error", (GAUSS, "ops.sum(ops.square(x - mean), axis=pixel_axes)"),
    "This is the plain squared error; equation (5) scales and shifts it.")
gaussian.mistake("gaussian-sign", ("return 0.5 *", "return -0.5 *"),
    "Your loss has the wrong sign: it is the log-likelihood, and its negative was asked for.")
gaussian.mistake("gaussian-batch-mean", (GAUSS, f"ops.mean({GAUSS})"),
    "Your sum over pixels is right, but then you averaged over the batch. Return one number for each example.")
gaussian.mistake("gaussian-batch-sum", (", axis=pixel_axes", ""),
    "You summed over everything, the batch included. Sum over every axis but the first.")
gaussian.mistake("gaussian-mean-of-everything", (GAUSS, f"ops.mean(0.5 * (scaled_error + {CONSTANT}))"),
    "You averaged over everything, pixels and batch. Sum over every axis but the first.")
gaussian.mistake("gaussian-not-summed", (GAUSS, f"0.5 * (scaled_error + {CONSTANT})"),
    "Your loss is still one number for each pixel. Sum over every axis but the first.")
# fmt: on
