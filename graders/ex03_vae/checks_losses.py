"""Checks of the KL divergence and of the two likelihoods."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import expect_shape, make
from graders.common.reference import sigmoid
from graders.ex03_vae import loss_mistakes, oracles
from graders.ex03_vae.expectations import expect_gradient
from judge.suite import Array, Remote, Student, agree, check, expect, expect_array, for_all

KL = "kl_to_standard_normal"
KL_NAME = "the KL divergence"
NLL = "the negative log-likelihood"
# Generic inputs on which every known mistake gives a number of its own; log-variances positive, so that
# mistakes which take their logarithm or root give a number at all.
MEAN = np.array([[0.5, -1.5, 2.0], [1.0, 0.3, -0.7]], np.float32)
LOG_VAR = np.array([[0.4, 1.1, 0.2], [0.9, 0.6, 1.3]], np.float32)

_NUMBERS = st.floats(-3, 3, width=32)
_PAIRS = arrays(np.float32, (2, 4, 3), elements=_NUMBERS)  # (z_mean, z_log_var) of 4 examples


@check(
    cell="kl_check",
    says="The KL divergence is one number for each example: (batch,).",
    read_again="equation (4)",
)
def test_kl_shape(student: Student) -> None:
    """For two shapes."""
    expect_shape(student.call(KL, MEAN, LOG_VAR), (2,), KL_NAME, loss_mistakes.kl(MEAN, LOG_VAR))
    expect_shape(student.call(KL, MEAN.reshape(6, 1), LOG_VAR.reshape(6, 1)), (6,), KL_NAME)


@check(
    cell="kl_check",
    says="The KL is zero when q(z|x) equals the prior.",
    needs=[test_kl_shape],
    read_again="equation (4)",
)
def test_kl_is_zero_at_the_prior(student: Student) -> None:
    """Whatever the number of examples and entries; a forgotten 1 is told apart from other mistakes."""
    zeros = np.zeros((4, 3), np.float32)
    agree(student.call(KL, zeros, zeros), np.zeros(4), "the KL divergence of the prior from itself",
          mistakes=loss_mistakes.kl_at_prior(4, 3))  # fmt: skip


@check(
    cell="kl_check",
    says="The KL has the value of equation (4).",
    weight=4,
    needs=[test_kl_shape],
    read_again="equation (4)",
)
def test_kl_value(student: Student) -> None:
    """First on a fixed input that tells the known mistakes apart, then on any."""
    expected = oracles.kl_to_standard_normal(MEAN, LOG_VAR)
    agree(student.call(KL, MEAN, LOG_VAR), expected, KL_NAME, mistakes=loss_mistakes.kl(MEAN, LOG_VAR))

    def has_the_value(q: Array) -> None:
        agree(student.call(KL, q[0], q[1]), oracles.kl_to_standard_normal(q[0], q[1]), KL_NAME, atol=1e-4)

    for_all(has_the_value, max_examples=15, q=_PAIRS)


@check(cell="kl_check", says="The KL is never negative.", needs=[test_kl_shape], read_again="equation (4)")
def test_kl_is_never_negative(student: Student) -> None:
    """Up to rounding of float32."""

    def is_not_negative(q: Array) -> None:
        kl = expect_array(student.call(KL, q[0], q[1]), KL_NAME, (4,))
        expect(bool(kl.min() >= -1e-4), f"{KL_NAME} is never negative: received {kl.min():.4g}.")

    for_all(is_not_negative, max_examples=15, q=_PAIRS)


@check(
    cell="kl_check",
    says="The KL of independent entries is the sum of their KLs, and the sign of the mean does not matter.",
    needs=[test_kl_shape],
    read_again="section 8",
)
def test_kl_adds_up_and_is_symmetric(student: Student) -> None:
    """KL([a, b]) = KL(a) + KL(b) over the entries of z; KL(m) = KL(-m)."""

    def adds_up(a: Array, b: Array) -> None:
        together = student.call(KL, *np.concatenate([a, b], axis=2))
        parts = [expect_array(student.call(KL, *q), KL_NAME, (4,)) for q in (a, b)]
        agree(
            together,
            parts[0] + parts[1],
            "the KL divergence of six entries, as the sum of three and three",
            atol=1e-4,
        )
        agree(student.call(KL, -a[0], a[1]), parts[0], "the KL divergence with the sign of z_mean turned")

    for_all(adds_up, max_examples=8, a=_PAIRS, b=_PAIRS)


@check(
    cell="kl_check",
    says="The gradient of the KL is z_mean for z_mean, and (variance - 1) / 2 for z_log_var.",
    weight=2,
    needs=[test_kl_shape],
    read_again="equation (4)",
)
def test_kl_gradients(student: Student) -> None:
    """From equation (4), by hand."""
    found = student.gradients(KL, MEAN, LOG_VAR)
    expected = {"z_mean": MEAN, "z_log_var": (np.exp(LOG_VAR) - 1) / 2}
    for position, (name, values) in enumerate(expected.items()):
        what = f"the gradient of the KL divergence with respect to {name}"
        agree(expect_gradient(found, position, MEAN.shape, what), values, what)


def _grey(seed: int, *shape: int) -> tuple[Array, Array]:
    """Grey images and logits of both signs, same shape, float32."""
    rng = np.random.default_rng(seed)
    return rng.random(shape).astype(np.float32), rng.normal(0, 2, shape).astype(np.float32)


def _nll(likelihood: Remote, x: Array, parameters: Array) -> object:
    return likelihood.call("negative_log_likelihood", x, parameters)


@check(
    cell="bernoulli_check",
    says="The Bernoulli loss is one number for each example: (batch,).",
    read_again="equation (3)",
)
def test_bernoulli_shape(student: Student) -> None:
    """For images and for vectors."""
    likelihood = make(student, "BernoulliLikelihood")
    x, logits = _grey(0, 2, 3, 2, 4)
    expect_shape(_nll(likelihood, x, logits), (2,), NLL, loss_mistakes.bernoulli(x, logits))
    expect_shape(_nll(likelihood, *_grey(1, 3, 5)), (3,), NLL)


@check(
    cell="bernoulli_check",
    says="The Bernoulli loss has the value of equation (3), summed over pixels.",
    weight=3,
    needs=[test_bernoulli_shape],
    read_again="equation (3)",
)
def test_bernoulli_value(student: Student) -> None:
    """A fixed input tells the known mistakes apart; logits of 0 cost 784 ln 2; then any input."""
    likelihood = make(student, "BernoulliLikelihood")
    x, logits = _grey(2, 2, 3, 2, 4)
    agree(_nll(likelihood, x, logits), oracles.bernoulli_nll(x, logits), NLL,
          mistakes=loss_mistakes.bernoulli(x, logits))  # fmt: skip
    x, _ = _grey(3, 3, 28, 28, 1)
    agree(_nll(likelihood, x, np.zeros_like(x)), np.full(3, 784 * np.log(2)), f"{NLL} of 784 logits of 0")

    def has_the_value(x: Array, logits: Array) -> None:
        agree(_nll(likelihood, x, logits), oracles.bernoulli_nll(x, logits), NLL, atol=1e-4)

    for_all(
        has_the_value,
        max_examples=10,
        x=arrays(np.float32, (2, 2, 2, 1), elements=st.floats(0, 1, width=32)),
        logits=arrays(np.float32, (2, 2, 2, 1), elements=st.floats(-8, 8, width=32)),
    )


@check(
    cell="bernoulli_check",
    says="The Bernoulli loss is exact for logits of any size.",
    needs=[test_bernoulli_value],
    read_again="section 7",
)
def test_bernoulli_extreme_logits(student: Student) -> None:
    """A wrong pixel of logit 200 costs 200 nats; probabilities in float32 cannot say that."""
    x = np.array([[[[1.0], [0.0], [1.0], [0.0]]]] * 2, np.float32)
    logits = np.array(
        [[[[40.0], [-40.0], [-40.0], [-30.0]]], [[[-200.0], [200.0], [90.0], [-90.0]]]], np.float32
    )
    found = _nll(make(student, "BernoulliLikelihood"), x, logits)
    agree(found, oracles.bernoulli_nll(x, logits), f"{NLL} for large logits", atol=1e-3,
          mistakes=loss_mistakes.bernoulli_extreme(x, logits))  # fmt: skip


@check(
    cell="bernoulli_check",
    says="The gradient of the Bernoulli loss with respect to the logits is sigmoid(logits) - x.",
    needs=[test_bernoulli_shape],
    read_again="equation (3)",
)
def test_bernoulli_gradient(student: Student) -> None:
    """From equation (3), by hand."""
    x, logits = _grey(4, 3, 5)
    found = make(student, "BernoulliLikelihood").gradients("negative_log_likelihood", x, logits)
    what = f"the gradient of {NLL} with respect to the logits"
    agree(expect_gradient(found, 1, x.shape, what), sigmoid(logits) - x, what)


@check(
    cell="bernoulli_check",
    says="The mean of the Bernoulli likelihood is the probability of each pixel.",
    read_again="section 7",
)
def test_bernoulli_mean(student: Student) -> None:
    """The sigmoid of the logits, shape kept."""
    _, logits = _grey(5, 3, 4)
    found = make(student, "BernoulliLikelihood").call("mean", logits)
    agree(found, sigmoid(logits), "the mean image", mistakes=loss_mistakes.bernoulli_mean(logits))


@check(
    cell="gaussian_check",
    says="The Gaussian loss is one number for each example: (batch,).",
    read_again="equation (5)",
)
def test_gaussian_shape(student: Student) -> None:
    """For images and for vectors."""
    likelihood = make(student, "GaussianLikelihood", variance=0.5)
    x, mean = _grey(6, 2, 3, 2, 4)
    expect_shape(_nll(likelihood, x, mean), (2,), NLL, loss_mistakes.gaussian(x, mean, 0.5))
    expect_shape(_nll(likelihood, *_grey(7, 3, 5)), (3,), NLL)


@check(
    cell="gaussian_check",
    says="The Gaussian loss has the value of equation (5), constants included.",
    weight=3,
    needs=[test_gaussian_shape],
    read_again="equation (5)",
)
def test_gaussian_value(student: Student) -> None:
    """For variances below and above 1, and for the default, 1."""
    for seed, variance in ((8, 0.3), (9, 2.5)):
        likelihood = make(student, "GaussianLikelihood", variance=variance)
        x, mean = _grey(seed, 2, 3, 2, 4)
        agree(_nll(likelihood, x, mean), oracles.gaussian_nll(x, mean, variance), NLL,
              mistakes=loss_mistakes.gaussian(x, mean, variance))  # fmt: skip
    x, mean = _grey(10, 4, 5)
    agree(_nll(make(student, "GaussianLikelihood"), x, mean), oracles.gaussian_nll(x, mean, 1.0), NLL)


@check(
    cell="gaussian_check",
    says="The Gaussian density integrates to one.",
    needs=[test_gaussian_shape],
    read_again="equation (5)",
)
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
