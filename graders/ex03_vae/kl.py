"""The KL divergence, equation (4): its checks and its mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common import losses
from graders.common.objects import expect_gradient, expect_shape, numbers
from graders.ex03_vae.sampling import NO_GRADIENT
from judge.suite import Array, Student, agree, cell, expect, expect_array, for_all, in_shape

kl = cell("kl_check", read_again="equation (4)")
KL, KL_NAME = "kl_to_standard_normal", "the KL divergence"
# Generic inputs on which every known mistake gives a number of its own; log-variances positive, so that
# mistakes which take their logarithm or root give a number at all.
MEAN = np.array([[0.5, -1.5, 2.0], [1.0, 0.3, -0.7]], np.float32)
LOG_VAR = np.array([[0.4, 1.1, 0.2], [0.9, 0.6, 1.3]], np.float32)
_PAIRS = arrays(np.float32, (2, 4, 3), elements=st.floats(-3, 3, width=32))  # (z_mean, z_log_var) of 4 examples


@kl.check("The KL divergence is one number for each example: (batch,).")
def test_kl_shape(student: Student) -> None:
    """For two shapes."""
    found = [student.call(KL, MEAN, LOG_VAR), student.call(KL, MEAN[:, :2], LOG_VAR[:, :2])]
    for kl_loss in found:
        expect_shape(kl_loss, (2,), KL_NAME, known_by=numbers(found))
    expect_shape(student.call(KL, MEAN.reshape(6, 1), LOG_VAR.reshape(6, 1)), (6,), KL_NAME)


def _kl(student: Student, z_mean: Array, z_log_var: Array) -> Any:
    """The student's KL, (batch,), also if it comes in another shape: `test_kl_shape` alone is about that."""
    return in_shape(student.call(KL, z_mean, z_log_var), z_mean.shape[:1])


@kl.check("The KL is zero when q(z|x) equals the prior.")
def test_kl_is_zero_at_the_prior(student: Student) -> None:
    """Whatever the number of examples and entries; a forgotten 1 is told apart from other mistakes."""
    zeros = np.zeros((4, 3), np.float32)
    agree(_kl(student, zeros, zeros), np.zeros(4), "the KL divergence of the prior from itself")


@kl.check("The KL has the value of equation (4).", weight=4)
def test_kl_value(student: Student) -> None:
    """First on a fixed input that tells the known mistakes apart, then on any."""
    agree(_kl(student, MEAN, LOG_VAR), losses.kl_to_standard_normal(MEAN, LOG_VAR), KL_NAME)

    def has_the_value(q: Array) -> None:
        agree(_kl(student, q[0], q[1]), losses.kl_to_standard_normal(q[0], q[1]), KL_NAME, atol=1e-4)

    for_all(has_the_value, max_examples=15, q=_PAIRS)


@kl.check("The KL is never negative.")
def test_kl_is_never_negative(student: Student) -> None:
    """Up to rounding of float32; first where the mean adds nothing and the variance is small, then anywhere."""

    def is_not_negative(q: Array) -> None:
        kl = expect_array(_kl(student, q[0], q[1]), KL_NAME, (4,))
        expect(bool(kl.min() >= -1e-4), f"{KL_NAME} is never negative: received {kl.min():.4g}.")

    is_not_negative(np.stack([np.zeros((4, 3), np.float32), np.full((4, 3), -1.0, np.float32)]))
    for_all(is_not_negative, max_examples=15, q=_PAIRS)


@kl.check(
    "The KL of independent entries is the sum of their KLs, and the sign of the mean does not matter.",
    read_again="section 8",
)
def test_kl_adds_up_and_is_symmetric(student: Student) -> None:
    """KL([a, b]) = KL(a) + KL(b) over the entries of z; KL(m) = KL(-m)."""

    def adds_up(a: Array, b: Array) -> None:
        together = _kl(student, *np.concatenate([a, b], axis=2))
        parts = [expect_array(_kl(student, *q), KL_NAME, (4,)) for q in (a, b)]
        agree(
            together,
            parts[0] + parts[1],
            "the KL divergence of six entries, as the sum of three and three",
            atol=1e-4,
        )
        agree(_kl(student, -a[0], a[1]), parts[0], "the KL divergence with the sign of z_mean turned")

    for_all(adds_up, max_examples=8, a=_PAIRS, b=_PAIRS)


@kl.check(
    "The gradient of the KL is z_mean for z_mean, and (variance - 1) / 2 for z_log_var.",
    weight=2,
)
def test_kl_gradients(student: Student) -> None:
    """From equation (4), by hand."""
    found = student.gradients(KL, MEAN, LOG_VAR)
    expected = {"z_mean": MEAN, "z_log_var": (np.exp(LOG_VAR) - 1) / 2}
    for position, (name, values) in enumerate(expected.items()):
        what = f"the gradient of the KL divergence with respect to {name}"
        agree(expect_gradient(found, position, MEAN.shape, what, NO_GRADIENT), values, what)


# fmt: off
LINE = "-0.5 * ops.sum(1.0 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=-1)"
kl.mistake("kl-without-half", ("-0.5 * ops.sum", "-ops.sum"),
    "Your KL is twice the right one: the factor 1/2 in front of the sum of equation (4) is missing.")
kl.mistake("kl-mean-over-latent", ("-0.5 * ops.sum", "-0.5 * ops.mean"),
    "Your KL is the mean over the entries of z; equation (4) sums them. Independent entries add their costs.")
kl.mistake("kl-sign", ("-0.5 * ops.sum", "0.5 * ops.sum"),
    "Your KL has the wrong sign: what the slides print, and what -1/2 in front of the sum turns round, is its "
    "negative. A KL divergence is never negative.")
kl.mistake("kl-not-summed", (LINE, LINE.replace("ops.sum", "").replace(", axis=-1", "")),
    "Your KL is still one number for each entry of z; sum over the last axis to get one for each example.")
kl.mistake("kl-wrong-axis", ("axis=-1", "axis=0"),
    "You summed over the examples (axis 0); equation (4) sums over the entries of z, the last axis.")
kl.mistake("kl-batch-mean", (LINE, f"ops.mean({LINE})"),
    "Your sum over z is right, but then you averaged over the batch. Return one number for each example; train_step "
    "takes the batch mean.")
kl.mistake("kl-batch-sum", (", axis=-1", ""),
    "You summed over everything, the batch included. Sum over the last axis only.")
kl.mistake("kl-mean-of-everything", (LINE, LINE.replace("ops.sum", "ops.mean").replace(", axis=-1", "")),
    "You averaged over everything, entries of z and batch. Sum over the last axis, and leave the batch alone.")
kl.mistake("kl-log-var-taken-for-std",
    [("1.0 + z_log_var", "1.0 + ops.log(ops.square(z_log_var))"), ("ops.exp(z_log_var)", "ops.square(z_log_var)")],
    "You treat z_log_var as the standard deviation. It is the natural log of the variance.")
kl.mistake("kl-log-var-taken-for-variance",
    [("1.0 + z_log_var", "1.0 + ops.log(ops.abs(z_log_var))"), ("ops.exp(z_log_var)", "z_log_var")],
    "You treat z_log_var as the variance. It is the natural log of the variance.")
kl.mistake("kl-log-var-taken-for-log-std",
    [("1.0 + z_log_var", "1.0 + 2 * z_log_var"), ("ops.exp(z_log_var)", "ops.exp(2 * z_log_var)")],
    "You treat z_log_var as the log of the standard deviation, so its factor 2 appears twice. It already is the log of "
    "the variance.")
kl.mistake("kl-std-for-variance", ("ops.exp(z_log_var)", "ops.exp(0.5 * z_log_var)"),
    "Your last term is the standard deviation, exp(0.5 z_log_var); equation (4) has the variance there.")
kl.mistake("kl-log-var-for-variance-term", ("ops.exp(z_log_var)", "z_log_var"),
    "Your last term is z_log_var itself; equation (4) has the variance there.")
kl.mistake("kl-without-one", ("1.0 + ", ""),
    "The 1 inside the sum of equation (4) is missing: your KL is not 0 at the prior.")
kl.mistake("kl-mean-not-squared", ("ops.square(z_mean)", "z_mean"),
    "You forgot to square z_mean: a mean of -2 costs as much as one of +2.")
kl.mistake("kl-without-mean", (" - ops.square(z_mean)", ""),
    "The term with z_mean is missing: your KL does not pull the means towards the prior.")
kl.mistake("kl-without-log-var", (" + z_log_var", ""),
    "The term log sigma^2 is missing from your sum: nothing keeps the variance from shrinking to 0.")
kl.mistake("kl-reversed",
    (LINE, "0.5 * ops.sum(z_log_var + (1.0 + ops.square(z_mean)) / ops.exp(z_log_var) - 1.0, axis=-1)"),
    "You computed the divergence the other way round, of the prior from q(z|x). Equation (4) is that of q(z|x) from "
    "the prior.")
kl.mistake("kl-prior-variance-2",
    (LINE, "0.5 * ops.sum(math.log(2.0) - z_log_var + (ops.exp(z_log_var) + ops.square(z_mean)) / 2.0 - 1.0, axis=-1)"),
    "Your KL is measured from a prior of variance 2; the prior is N(0, I), of variance 1.")
# fmt: on
