"""Checks of the optimal discriminator and the value of the game."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import call_in_numpy
from graders.ex05_gan import loss_mistakes, oracles
from judge.suite import Array, Student, agree, check, expect, expect_array, for_all

OPTIMAL, VALUE = "optimal_discriminator", "value_function"
# Generic distributions on which every known mistake gives a number of its own.
P_DATA = np.array([0.4, 0.3, 0.2, 0.1])
P_MODEL = np.array([0.1, 0.15, 0.25, 0.5])
D = np.array([0.7, 0.6, 0.35, 0.2])

_WEIGHTS = arrays(
    np.float64, (2, 5), elements=st.integers(0, 8).map(float)
)  # of (data, model), zeros included


def _distributions(weights: Array) -> tuple[Array, Array]:
    """Two distributions over five outcomes, from whole numbers; uniform where all are 0."""
    data, model = (w / w.sum() if w.sum() else np.full(len(w), 1 / len(w)) for w in weights)
    return data, model


@check(
    cell="value_check",
    says="The optimal discriminator is p_data / (p_data + p_model), and 1/2 where both are 0.",
    read_again="equation (2)",
)
def test_optimal_discriminator(student: Student) -> None:
    """First a fixed input that tells the known mistakes apart, then any, then outcomes that never happen."""
    what = "the optimal discriminator"
    found = call_in_numpy(student, OPTIMAL, P_DATA, P_MODEL)
    agree(found, oracles.optimal_discriminator(P_DATA, P_MODEL), what,
          mistakes=loss_mistakes.optimal(P_DATA, P_MODEL))  # fmt: skip

    def has_the_value(weights: Array) -> None:
        data, model = _distributions(weights)
        agree(call_in_numpy(student, OPTIMAL, data, model), oracles.optimal_discriminator(data, model), what)

    for_all(has_the_value, max_examples=15, weights=_WEIGHTS)
    grid = P_DATA.reshape(2, 2)
    agree(
        call_in_numpy(student, OPTIMAL, grid, grid),
        np.full((2, 2), 0.5),
        f"{what} of equal densities, on a grid",
    )


@check(
    cell="value_check",
    says="The value function has the value of equation (1), with 0 log 0 = 0.",
    weight=2,
    read_again="equation (1)",
)
def test_value_function(student: Student) -> None:
    """A fixed input tells the known mistakes apart; then a D of 1/2, an almighty D, and any."""
    what = "V(D, G)"
    found = call_in_numpy(student, VALUE, P_DATA, P_MODEL, D)
    agree(found, oracles.value_function(P_DATA, P_MODEL, D), what,
          mistakes=loss_mistakes.value(P_DATA, P_MODEL, D))  # fmt: skip
    half = np.full(4, 0.5)
    agree(
        call_in_numpy(student, VALUE, P_DATA, P_MODEL, half), -math.log(4), f"{what} of a D that cannot tell"
    )
    sides = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.0, 0.0, 0.2, 0.8]), np.array([1.0, 1.0, 0.0, 0.0])
    agree(call_in_numpy(student, VALUE, *sides), 0.0, f"{what} of a D that is always right")

    def has_the_value(weights: Array, d: Array) -> None:
        data, model = _distributions(weights)
        agree(call_in_numpy(student, VALUE, data, model, d), oracles.value_function(data, model, d), what)

    for_all(
        has_the_value,
        max_examples=15,
        weights=_WEIGHTS,
        d=arrays(np.float64, 5, elements=st.integers(1, 15).map(lambda k: k / 16)),
    )


@check(
    cell="value_check",
    says="No discriminator beats the optimal one, whose value is -log 4 plus twice the Jensen-Shannon divergence.",
    needs=[test_optimal_discriminator, test_value_function],
    read_again="section 2",
)
def test_value_at_the_optimum(student: Student) -> None:
    """Goodfellow et al. (2014), theorem 1, for any two distributions."""

    def is_the_best(weights: Array, d: Array) -> None:
        data, model = _distributions(weights)
        best = expect_array(call_in_numpy(student, OPTIMAL, data, model), "the optimal discriminator", (5,))
        value = call_in_numpy(student, VALUE, data, model, best)
        expected = -oracles.LOG_4 + 2 * oracles.jensen_shannon(data, model)
        agree(value, expected, "V of the optimal discriminator")
        other = expect_array(call_in_numpy(student, VALUE, data, model, d), "V(D, G)", ())
        expect(bool(other <= expected + 1e-4), "V of another discriminator is above that of the optimal one.")

    for_all(
        is_the_best,
        max_examples=10,
        weights=_WEIGHTS,
        d=arrays(np.float64, 5, elements=st.integers(1, 15).map(lambda k: k / 16)),
    )
