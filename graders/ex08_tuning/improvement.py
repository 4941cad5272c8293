"""Expected improvement: compared with its integral, and in its limits."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from graders.common.objects import call_in_numpy
from judge.suite import Array, Student, agree, cell, expect, expect_array, for_all

improvement = cell("improvement_check", read_again="equation (5)")

# fmt: off
FORMULA, U = "gain * norm.cdf(u) + scale * norm.pdf(u)", "gain / scale"
improvement.mistake("for-maximising", [("improvement = gain *", "gain = -gain\n    u = -u\n    improvement = gain *")],
    "Your signs are those of a loss to be made large. Here a small loss is good: improvement is best - f.")
improvement.mistake("exploits-only", (FORMULA, "gain * norm.cdf(u)"),
    "The second part of equation (5) is missing: without it nobody looks where the surrogate is unsure.")
improvement.mistake("explores-only", (FORMULA, "scale * norm.pdf(u)"),
    "The first part of equation (5) is missing.")
improvement.mistake("variance-in-u", (U, "gain / scale**2"),
    "u divides by the standard deviation, and not by its square.")
improvement.mistake("not-scaled", (U, "gain + 0 * scale"), "u is (best - mean) divided by std.")
improvement.mistake("density-not-scaled", ("scale * norm.pdf(u)", "norm.pdf(u)"),
    "The density is multiplied by std in equation (5).")
improvement.mistake("cdf-and-pdf-swapped", (FORMULA, "gain * norm.pdf(u) + scale * norm.cdf(u)"),
    "Phi, the distribution function, belongs to the gain, and phi, the density, to std: you have them swapped.")
improvement.mistake("probability-of-improvement", (FORMULA, "norm.cdf(u)"),
    "That is the *probability* of an improvement; it does not ask how much is won.")
improvement.mistake("minus-between-parts", (FORMULA, "gain * norm.cdf(u) - scale * norm.pdf(u)"),
    "Both parts are added: being unsure is worth something.")
improvement.mistake("certain-is-zero", ("np.where(certain, gain, improvement)", "np.where(certain, 0.0, improvement)"),
    "Where std is 0 you return 0; the limit is max(best - mean, 0): a sure gain is a gain.")
improvement.mistake("certain-may-lose", ("np.maximum(np.where(certain, gain, improvement), 0.0)",
    "np.where(certain, gain, improvement)"),
    "Where std is 0 and the mean is worse than the best, you return a negative number: nothing is improved, so 0.")
improvement.mistake("certain-not-a-number", [("np.where(certain, 1.0, std)", "std"),
    ("np.where(certain, gain, improvement)", "improvement"), ("u = gain / scale",
    "with np.errstate(all='ignore'):\n        u = gain / scale")],
    "Where std is 0 you divide by 0. Return the limit there.")
improvement.mistake("lower-bound", (FORMULA, "gain + 2 * scale"),
    "That is a confidence bound with a knob; equation (5) has none.")
# fmt: on


NODES, WEIGHTS = np.polynomial.legendre.leggauss(100)  # Gauss-Legendre: 12 digits where the density spans 16 std


def integral(mean: float, std: float, best: float) -> float:
    """E max(best - f, 0) for f ~ N(mean, std^2), by quadrature of the definition over 16 std."""
    low, high = min(mean - 8 * std, best), min(best, mean + 8 * std)
    if high <= low:
        return 0.0
    f = low + (NODES + 1) / 2 * (high - low)
    density = np.exp(-(((f - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))
    return float((high - low) / 2 * (WEIGHTS * (best - f) * density).sum())


def asked(student: Student, mean: Array, std: Array, best: float) -> object:
    """What the student expects, of NumPy arrays."""
    return call_in_numpy(student, "expected_improvement", np.asarray(mean), np.asarray(std), best)


@improvement.check("Expected improvement is the integral of what is improved.", weight=3, seconds=8)
def test_integral(student: Student) -> None:
    """Integrated by the judge, for means on both sides of the best and for small and large std."""
    mean = np.array([-1.0, 0.0, 0.3, 0.5, 1.0, 2.5, 0.31])
    std = np.array([0.5, 1.0, 2.0, 0.1, 0.7, 1.5, 0.02])
    expected = [integral(m, s, 0.3) for m, s in zip(mean, std, strict=True)]
    agree(asked(student, mean, std, 0.3), expected, "the expected improvement")


@improvement.check("The integral agrees for every mean, std and best.", weight=2, needs=[test_integral], seconds=15)
def test_every_case(student: Student) -> None:
    """On inputs drawn by the judge."""

    def holds(mean: float, std: float, best: float) -> None:
        found = asked(student, np.array([mean, best]), np.array([std, std]), best)
        agree(found, [integral(mean, std, best), integral(best, std, best)], "the expected improvement", atol=1e-7)

    floats = st.floats(-4, 4, width=32)
    for_all(holds, mean=floats, std=st.floats(0.0625, 4, width=32), best=floats, max_examples=20)


@improvement.check("Where nothing is unsure, it is the gain, and never below 0.", seconds=8)
def test_limits(student: Student) -> None:
    """std = 0, and so small that it makes no difference; among others that are unsure."""
    mean = np.array([0.0, 2.0, 1.0, 0.5, 3.0, 0.2, -1.5, 0.25, 1.75])
    std = np.array([0.0, 0.0, 0.0, 1e-9, 1e-9, 1.0, 0.0, 0.0, 0.0])
    expected = np.maximum(1.0 - mean, 0.0)
    expected[5] = integral(0.2, 1.0, 1.0)
    agree(asked(student, mean, std, 1.0), expected, "the expected improvement")


@improvement.check("It is never negative, however hopeless a candidate is.", seconds=8)
def test_never_negative(student: Student) -> None:
    """Up to forty standard deviations above the best, where the two parts cancel."""
    mean = np.linspace(0.0, 40.0, 41)
    found = expect_array(asked(student, mean, np.ones(41), 0.0), "the expected improvement", (41,))
    agree(found[:3], [integral(m, 1.0, 0.0) for m in mean[:3]], "the expected improvement")
    expect(bool((found >= 0).all()), f"an expected improvement is negative: {found.min():.3g}.")
