"""Walks through the latent space, with decoders that are known: checks and mistakes."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from graders.common.objects import call_in_numpy, make
from judge.suite import Array, CheckFailed, Mistake, Student, agree, cell, expect

grid = cell("grid_check", read_again="equation (7)")
information = cell("information_check", read_again="equation (8)")
walk = cell("walk_check", read_again="section 9")
slerp = cell("slerp_check", read_again="equation (9)")

# fmt: off
PLACES = "(np.arange(num) + 0.5) / num"
PAIRS = "np.stack([np.repeat(values, num), np.tile(values, num)], axis=1)"
grid.mistake("grid-in-equal-steps", (f"norm.ppf({PLACES})", "np.linspace(-2.0, 2.0, num)"),
    "Your codes stand in equal steps; (7) takes slices of equal probability.")
grid.mistake("grid-at-edges", (PLACES, "np.linspace(0.01, 0.99, num)"),
    "Your quantiles are not the middles of num equal slices: (i + 1/2) / n.")
grid.mistake("grid-ends-at-one-before", (PLACES, "(np.arange(num) + 1) / (num + 1)"),
    "Your quantiles are i / (n + 1); (7) takes the middle of each of n slices, (i + 1/2) / n.")
grid.mistake("grid-probabilities", (f"norm.ppf({PLACES})", PLACES),
    "You return probabilities; norm.ppf makes codes of them.")
grid.mistake("grid-cdf", ("norm.ppf", "norm.cdf"), "norm.cdf is Phi itself; (7) wants its inverse, norm.ppf.")
grid.mistake("grid-columns-first", (PAIRS, "np.stack([np.tile(values, num), np.repeat(values, num)], axis=1)"),
    "Your pairs run column by column: z_0 should stay along a row.")
grid.mistake("grid-diagonal", (PAIRS, "np.stack([np.tile(values, num)] * 2, axis=1)"),
    "Both entries move together in yours: all pairs belong to a grid.")
grid.mistake("grid-downwards", ("values = norm.ppf", "values = -norm.ppf"), "Your grid runs downwards; it should rise.")
KL = "0.5 * (z_mean**2 + np.exp(z_log_var) - 1.0 - z_log_var)"
MEAN, ORDER = f"np.mean({KL}, axis=0)", 'np.argsort(-kl, kind="stable"), kl'
information.mistake("information-summed", (MEAN, f"np.sum({KL}, axis=0)"), "You add up over the images; average.")
information.mistake("information-per-image", (MEAN, f"np.mean({KL}, axis=1)"),
    "You average over the entries of the code; each entry has its own number: axis 0.")
information.mistake("information-without-half", (MEAN, MEAN.replace("0.5 * ", "")), "The factor 1/2 is missing.")
information.mistake("information-log-var-for-var", (KL, KL.replace("np.exp(z_log_var)", "z_log_var**2")),
    "exp(z_log_var) is the variance.")
information.mistake("information-std-for-var", (KL, KL.replace("np.exp(z_log_var)", "np.exp(0.5 * z_log_var)")),
    "exp(z_log_var / 2) is the standard deviation; (8) has its square.")
information.mistake("information-of-means", (MEAN, "np.var(z_mean, axis=0)"),
    "The spread of the means is not what (8) says: an entry may be certain, or far off, as well.")
information.mistake("least-informative-first", (ORDER, 'np.argsort(kl, kind="stable"), kl'),
    "Your order begins with the entry that says least.")
information.mistake("information-sorted", (ORDER, 'np.argsort(-kl, kind="stable"), np.sort(kl)[::-1]'),
    "You return the numbers sorted; kl[j] belongs to entry j.")
information.mistake("ranks-for-order", (ORDER, "np.argsort(np.argsort(-kl)), kl"),
    "You return each entry's rank; wanted are the entries, the most informative first.")
CODES = "np.repeat(np.array(z, \"float32\")[None], len(values), axis=0)"
walk.mistake("walk-adds", ("codes[:, entry] = values", "codes[:, entry] += values"),
    "You add the values to the entry; they replace it.")
walk.mistake("walk-all-entries", ("codes[:, entry] = values", "codes[:] = np.reshape(values, (-1, 1))"),
    "You change every entry; one alone changes.")
walk.mistake("walk-from-zero", (CODES, "np.zeros((len(values), len(z)), \"float32\")"),
    "Your walk begins at 0; it begins at z, and the other entries keep its values.")
walk.mistake("walk-first-entry", ("codes[:, entry]", "codes[:, 0]"), "You always change entry 0: use entry.")
walk.mistake("walk-returns-codes", ("np.asarray(decode(codes))", "codes"), "You return the codes: decode them.")
SIN = "(np.sin((1.0 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle)"
slerp.mistake("lerp-for-slerp", (SIN, "(1.0 - t) * start + t * end"),
    "That is the straight way: half way it is too short. Use equation (9).")
slerp.mistake("slerp-not-divided", (SIN, SIN.replace(" / np.sin(angle)", "")),
    "You do not divide by the sine of the angle.")
slerp.mistake("slerp-backwards", (SIN, SIN.replace("* start", "* START").replace("* end", "* start")
    .replace("* START", "* end")), "Your way leads from the end to the start.")
slerp.mistake("slerp-lengths-ignored", ("cosine = start @ end / (np.linalg.norm(start) * np.linalg.norm(end))",
    "cosine = start @ end"), "The cosine of the angle is the product divided by both lengths.")
slerp.mistake("slerp-on-unit-circle", ("    cosine =", "    start, end = start / np.linalg.norm(start), end / "
    "np.linalg.norm(end)\n    cosine ="), "Your codes have length 1: the way begins at start and ends at end.")
slerp.mistake("slerp-rescaled-lerp", (SIN, "((1.0 - t) * start + t * end) / "
    "np.linalg.norm((1.0 - t) * start + t * end, axis=1, keepdims=True) * np.linalg.norm(start)"),
    "A straight way, lengthened, is on the circle, but its steps are not equal: use equation (9).")
SAME_DIRECTION = slerp.mistake("slerp-same-direction", ("if angle < 1e-6:", "if angle < -1.0:"),
    "Where both codes point the same way you divide 0 by 0: go straight there.")
slerp.mistake("slerp-straight-too-often", ("if angle < 1e-6:", "if angle < 0.5:"),
    "You go straight where the angle is not small: the limit is 1e-6.")
FLOAT64 = slerp.mistake("slerp-float64", ('way.astype("float32")', "way"), "Networks want float32.")
# fmt: on


def float32(found: object, what: str, mistake: Mistake | None = None) -> None:
    """Fail unless these are float32 codes."""
    kind = getattr(found, "dtype", None)
    if kind != np.float32:
        raise CheckFailed(f"{what} should be float32: received {kind}.", mistake)


@grid.check("The grid stands at the medians of equally likely slices, row by row, as float32.")
def test_grid(student: Student) -> None:
    """Of one, four and seven slices."""
    for num in (4, 7, 1):
        values = [NormalDist().inv_cdf((i + 0.5) / num) for i in range(num)]
        found = student.call_in_numpy("quantile_grid", num)
        agree(found, [[a, b] for a in values for b in values], f"the grid of {num} slices", rtol=1e-5, atol=1e-6)
        float32(found, "the grid")


def codes(seed: int) -> tuple[Array, Array]:
    """z_mean and z_log_var of seven images; entry 1 is switched off, entry 3 certain but always the same."""
    rng = np.random.default_rng(seed)
    z_mean, z_log_var = rng.normal(size=(7, 5)), rng.uniform(-3, 0.5, (7, 5))
    z_mean[:, 1], z_log_var[:, 1] = 0.0, 0.0
    z_mean[:, 3], z_log_var[:, 3] = 2.0, -1.0
    return z_mean.astype(np.float32), z_log_var.astype(np.float32)


@information.check("Each entry's information is its mean KL, and the order begins with the largest.")
def test_information(student: Student) -> None:
    """With an entry that is switched off."""
    for seed in (0, 1):
        z_mean, z_log_var = (part.astype(np.float64) for part in codes(seed))
        kl = [float(np.mean((m**2 + np.exp(v) - 1 - v) / 2)) for m, v in zip(z_mean.T, z_log_var.T, strict=True)]
        found = student.call_in_numpy("information", *codes(seed))
        expect(isinstance(found, list | tuple) and len(found) == 2, "information returns two things: order and kl.")
        agree(found[1], kl, "the information of each entry")
        agree(found[0], sorted(range(5), key=lambda entry: -kl[entry]), "the order of the entries")


@walk.check("A walk replaces one entry, keeps the others, and decodes.")
def test_walk(student: Student) -> None:
    """Through a linear decoder with known weights; the base keeps its value."""
    rng = np.random.default_rng(0)
    kernel, bias = rng.normal(size=(4, 6)).astype(np.float32), rng.normal(size=6).astype(np.float32)
    decode = make(student, "keras.layers.Dense", 6)
    decode.call("build", [None, 4])
    decode.call("set_weights", [kernel, bias])
    z = rng.normal(size=4).astype(np.float32)
    for entry, values in ((2, np.array([-1.5, 0.0, 0.5])), (0, np.array([2.0]))):
        asked = np.repeat(z[None].astype(np.float64), len(values), axis=0)
        asked[:, entry] = values
        found = call_in_numpy(student, "walk", decode, z, entry, values)
        agree(found, asked @ kernel + bias, "what a linear decoder makes of the walk", rtol=1e-3, atol=1e-4)


def turned(start: Array, end: Array, num: int) -> Array:
    """Equal angles in the plane of both codes, the length as equation (9) has it: by an orthonormal basis."""
    a, b = np.linalg.norm(start), np.linalg.norm(end)
    first = start / a
    rest = end / b - (end / b @ first) * first
    second = rest / np.linalg.norm(rest)
    angle = np.arctan2(end / b @ second, end / b @ first)
    way = []
    for t in np.linspace(0, 1, num):
        mine, other = np.sin((1 - t) * angle) / np.sin(angle), np.sin(t * angle) / np.sin(angle)
        way.append(mine * start + other * b * (np.cos(angle) * first + np.sin(angle) * second))
    return np.array(way)


@slerp.check("slerp follows equation (9) in equal angles, from start to end, as float32.", weight=2)
def test_slerp(student: Student) -> None:
    """For equal lengths, where the length stays, and for unequal ones; small angles and large."""
    rng = np.random.default_rng(1)
    for dim, num in ((2, 5), (6, 4), (40, 7)):
        start, end = rng.normal(size=(2, dim))
        for there in (end, end * np.linalg.norm(start) / np.linalg.norm(end), start + 0.1 * end):
            found = call_in_numpy(student, "slerp", start, there, num)
            agree(found, turned(start, there, num), "the way along the great circle", rtol=1e-4, atol=1e-5)
            float32(found, "the way", FLOAT64)


@slerp.check("Codes of the same direction are joined by the straight way.")
def test_same_direction(student: Student) -> None:
    """Where the angle is 0, equation (9) is 0/0."""
    start = np.array([1.0, -2.0, 0.5, 4.0])
    expected = [start * (1 + 2 * i / 4) for i in range(5)]
    same = call_in_numpy(student, "slerp", start, start, 3)
    finite = not isinstance(same, np.ndarray) or np.isfinite(same).all()
    expect(bool(finite), "the way from a code to itself holds NaN or infinity.", SAME_DIRECTION)
    agree(call_in_numpy(student, "slerp", start, 3 * start, 5), expected, "the way between codes of one direction")
    agree(same, [start] * 3, "the way from a code to itself")
