"""The optimal discriminator and the value of the game, equations (1) and (2): checks and mistakes."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import call_in_numpy, numbers
from judge.suite import Array, Student, agree, cell, expect, expect_array, for_all

theory = cell("value_check", read_again="equation (1)")
OPTIMAL, VALUE = "optimal_discriminator", "value_function"
LOG_4 = math.log(4.0)
# Generic distributions on which every known mistake gives a number of its own.
P_DATA = np.array([0.4, 0.3, 0.2, 0.1])
P_MODEL = np.array([0.1, 0.15, 0.25, 0.5])
D = np.array([0.7, 0.6, 0.35, 0.2])
_WEIGHTS = arrays(np.float64, (2, 5), elements=st.integers(0, 8).map(float))  # (data, model), zeros included
_D = arrays(np.float64, 5, elements=st.integers(1, 15).map(lambda k: k / 16))

# fmt: off
OPTIMUM = "np.where(both > 0, p_data / np.where(both > 0, both, 1.0), 0.5)"
SUM, ON_DATA, ON_MODEL = "return float(np.sum(", "xlogy(p_data, d)", "xlogy(p_model, 1.0 - d)"
SWAPPED = "Real and fake are swapped: real images have the target 1, fakes the target 0."
theory.mistake("optimal-swapped", ("p_data / np.where", "p_model / np.where"),
    f"Your D is the probability of a fake. {SWAPPED}")
theory.mistake("optimal-ratio", (OPTIMUM, "p_data / np.where(p_model > 0, p_model, 1.0)"),
    "Your D is the ratio p_data / p_model, which can exceed 1; equation (2) has the sum of both below.")
theory.mistake("optimal-without-denominator", (OPTIMUM, "p_data"),
    "Your D is p_data itself: divide by the sum of both densities.")
theory.mistake("optimal-log-ratio", (OPTIMUM, "np.log(p_data / p_model)"),
    "Your D is log p_data - log p_model: that is its logit; return the probability.")
theory.mistake("optimal-always-half", (OPTIMUM, "np.full_like(p_data, 0.5)"),
    "Your D is 1/2 everywhere; that is its value only where both densities are equal.")
ZERO_OVER_ZERO = theory.mistake("optimal-zero-over-zero", (OPTIMUM, "p_data / both"),
    "Where both densities are 0 you divide 0 by 0, and NumPy answers NaN: there D is 1/2.")
theory.mistake("value-sign", (SUM, "return -float(np.sum("),
    "Your value has the wrong sign: logarithms of probabilities are negative, and so is V.")
theory.mistake("value-base-2", (SUM, "return float(1 / np.log(2) * np.sum("),
    "Your value is in bits: use the natural logarithm.")
theory.mistake("value-mean-over-outcomes", (SUM, SUM.replace("sum", "mean")),
    "You averaged over the outcomes. An expectation is the sum weighted with the probabilities.")
theory.mistake("value-halved", (SUM, "return float(0.5 * np.sum("),
    "Your value is half the right one: equation (1) adds the two expectations.")
theory.mistake("value-data-only", (f" + {ON_MODEL}", ""),
    "The second expectation of equation (1) is missing: that over fakes.")
theory.mistake("value-model-only", (f"{ON_DATA} + ", ""),
    "The first expectation of equation (1) is missing: that over real data.")
theory.mistake("value-swapped", [("(p_data, d)", "(p_model, d)"), ("(p_model, 1.0", "(p_data, 1.0")],
    f"You weight log D with p_model and log(1 - D) with p_data. {SWAPPED}")
theory.mistake("value-log-d-twice", (ON_MODEL, "xlogy(p_model, d)"),
    "Both of your expectations are of log D; that over fakes is of log(1 - D).")
theory.mistake("value-minus-log-d", (f"+ {ON_MODEL}", "- xlogy(p_model, d)"),
    "Your second term is -log D; equation (1) has log(1 - D), which is something else.")
theory.mistake("value-unweighted", (f"{ON_DATA} + {ON_MODEL}", "np.log(d) + np.log(1.0 - d)"),
    "You sum logarithms without their probabilities: equation (1) is made of expectations.")
ZERO_LOG_ZERO = theory.mistake("value-zero-log-zero",
    (f"{ON_DATA} + {ON_MODEL}", "p_data * np.log(d) + p_model * np.log(1.0 - d)"),
    "An outcome of probability 0 adds nothing, but NumPy's 0 * log 0 is NaN: let scipy.special.xlogy multiply.")
# fmt: on


def right_optimum(p_data: Array, p_model: Array) -> Array:
    """Equation (2): p_data / (p_data + p_model), one outcome at a time; 1/2 where both are 0."""
    pairs = zip(np.ravel(p_data), np.ravel(p_model), strict=True)
    return np.reshape([a / (a + b) if a + b > 0 else 0.5 for a, b in pairs], np.shape(p_data))


def right_value(p_data: Array, p_model: Array, d: Array) -> float:
    """Equation (1), one outcome at a time; an outcome of probability 0 adds nothing."""
    total = 0.0
    for data, model, real in zip(np.ravel(p_data), np.ravel(p_model), np.ravel(d), strict=True):
        total += data * math.log(real) if data > 0 else 0.0
        total += model * math.log(1 - real) if model > 0 else 0.0
    return total


def jensen_shannon(p: Array, q: Array) -> float:
    """Jensen-Shannon divergence of two distributions, in nats."""
    middle = (np.ravel(p) + np.ravel(q)) / 2
    total = 0.0
    for distribution in (np.ravel(p), np.ravel(q)):
        total += sum(a * math.log(a / m) / 2 for a, m in zip(distribution, middle, strict=True) if a > 0)
    return total


def _distributions(weights: Array) -> tuple[Array, Array]:
    """Two distributions over five outcomes, from whole numbers; uniform where all are 0."""
    data, model = (w / w.sum() if w.sum() else np.full(len(w), 1 / len(w)) for w in weights)
    return data, model


@theory.check(
    "The optimal discriminator is p_data / (p_data + p_model), and 1/2 where both are 0.",
    read_again="equation (2)",
)
def test_optimal_discriminator(student: Student) -> None:
    """First a fixed input that tells the known mistakes apart, then outcomes that never happen, then any."""
    what = "the optimal discriminator"
    agree(call_in_numpy(student, OPTIMAL, P_DATA, P_MODEL), right_optimum(P_DATA, P_MODEL), what)
    never = call_in_numpy(student, OPTIMAL, np.array([0.5, 0.0]), np.array([0.5, 0.0]))
    if isinstance(never, np.ndarray) and never.dtype.kind == "f":
        expect(not np.isnan(never).any(), f"{what} is NaN where both probabilities are 0.", ZERO_OVER_ZERO)

    def has_the_value(weights: Array) -> None:
        data, model = _distributions(weights)
        agree(call_in_numpy(student, OPTIMAL, data, model), right_optimum(data, model), what)

    for_all(has_the_value, max_examples=15, weights=_WEIGHTS)
    grid = P_DATA.reshape(2, 2)
    found = call_in_numpy(student, OPTIMAL, grid, grid)
    agree(found, np.full((2, 2), 0.5), f"{what} of equal densities, on a grid")


@theory.check("The value function has the value of equation (1), with 0 log 0 = 0.", weight=2)
def test_value_function(student: Student) -> None:
    """Two fixed inputs tell the known mistakes apart; then a D of 1/2, an almighty D, and any."""
    what, half = "V(D, G)", np.full(4, 0.5)
    found = [call_in_numpy(student, VALUE, P_DATA, P_MODEL, d) for d in (D, half)]
    agree(found[0], right_value(P_DATA, P_MODEL, D), what, known_by=numbers(found))
    agree(found[1], -LOG_4, f"{what} of a D that cannot tell", known_by=numbers(found))
    sides = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.0, 0.0, 0.2, 0.8]), np.array([1.0, 1.0, 0.0, 0.0])
    always_right = numbers([call_in_numpy(student, VALUE, *sides)])
    finite = bool(np.isfinite(always_right).all())
    expect(finite, f"{what} of a D that is always right is {always_right}: expected 0.", ZERO_LOG_ZERO)
    agree(always_right, np.zeros(1), f"{what} of a D that is always right")

    def has_the_value(weights: Array, d: Array) -> None:
        data, model = _distributions(weights)
        agree(call_in_numpy(student, VALUE, data, model, d), right_value(data, model, d), what)

    for_all(has_the_value, max_examples=15, weights=_WEIGHTS, d=_D)


@theory.check(
    "No discriminator beats the optimal one, whose value is -log 4 plus twice the Jensen-Shannon divergence.",
    needs=[test_optimal_discriminator, test_value_function],
    read_again="section 2",
)
def test_value_at_the_optimum(student: Student) -> None:
    """Goodfellow et al. (2014), theorem 1, for any two distributions."""

    def is_the_best(weights: Array, d: Array) -> None:
        data, model = _distributions(weights)
        best = expect_array(call_in_numpy(student, OPTIMAL, data, model), "the optimal discriminator", (5,))
        value = call_in_numpy(student, VALUE, data, model, best)
        expected = -LOG_4 + 2 * jensen_shannon(data, model)
        agree(value, expected, "V of the optimal discriminator")
        other = expect_array(call_in_numpy(student, VALUE, data, model, d), "V(D, G)", ())
        expect(bool(other <= expected + 1e-4), "V of another discriminator is above that of the optimal one.")

    for_all(is_the_best, max_examples=10, weights=_WEIGHTS, d=_D)
