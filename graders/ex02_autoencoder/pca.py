"""Principal components: checks against the eigenvalues of the covariance, and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.objects import expect_shape
from judge.suite import Array, CheckFailed, OutOfMemory, Student, agree, cell, expect

pca = cell("pca_check", read_again="section 3", in_numpy=True)
SPREADS = np.array([3.0, 2.0, 1.2, 0.7, 0.4, 0.2])  # of the six pixels of the data below, before they are turned

# fmt: off
CENTRED, VARIANCES, ROWS = "rows - mean, full", "scales**2 / len(rows)", "directions[:num_components]"
pca.mistake("pca-not-centred", (CENTRED, "rows, full"),
    "You decompose the images themselves: take away their mean first.")
pca.mistake("pca-mean-of-all-pixels", ("rows.mean(axis=0)", "np.full(rows.shape[1], rows.mean())"),
    "Your mean is one number for all pixels. The mean image has a number for each: average over the images alone.")
pca.mistake("pca-mean-of-each-image",
    [("rows.mean(axis=0)", "rows.mean(axis=1)"), (CENTRED, "rows - mean[:, None], full")],
    "You took each image's own mean grey. The mean image is the average over the images, axis 0.")
pca.mistake("pca-variance-unbiased", (VARIANCES, "scales**2 / (len(rows) - 1)"),
    "You divide by n - 1; equation (3) averages over the n images.")
pca.mistake("pca-scales-not-squared", (VARIANCES, "scales / len(rows)"),
    "You return s / n; a variance is s^2 / n.")
pca.mistake("pca-standard-deviations", (VARIANCES, "scales / np.sqrt(len(rows))"),
    "You return standard deviations; the variances are their squares, s^2 / n.")
pca.mistake("pca-variance-not-divided", (VARIANCES, "scales**2"),
    "You return s^2; a variance is that divided by the number of images.")
pca.mistake("pca-divided-by-pixels", (VARIANCES, "scales**2 / rows.shape[1]"),
    "You divide by the number of pixels; divide by the number of images.")
pca.mistake("pca-variances-cut", (VARIANCES, f"({VARIANCES})[:num_components]"),
    "You return the variances that are kept; equation (3) needs all of them.")
pca.mistake("pca-smallest-first", [(ROWS, "directions[::-1][:num_components]")],
    "You keep the directions of the smallest variance: the largest come first.")
pca.mistake("pca-columns-of-v", (ROWS, "directions.T[:num_components]"),
    "You took rows of V. np.linalg.svd returns V^T: its rows are the directions already.")
pca.mistake("pca-columns-returned", (ROWS, "directions[:num_components].T"),
    "Your components are columns; they should be rows, (num_components, num_pixels).")
FULL = pca.mistake("pca-full-matrices", (", full_matrices=False", ""),
    "np.linalg.svd makes U as wide as it is high unless you say full_matrices=False: for 60,000 images that is 29 GB.",
    also=[("full_matrices=False", "full_matrices=True")])
pca.mistake("reconstruct-mean-missing", ("np.reshape(mean + z @ components", "np.reshape(z @ components"),
    "You forgot to add the mean image again on the way back.")
pca.mistake("reconstruct-not-centred", ("(rows - mean) @", "rows @"),
    "Take the mean image away before you compute the code: equation (2).")
pca.mistake("reconstruct-flat", ("np.reshape(mean + z @ components, np.shape(x))", "mean + z @ components"),
    "Your images come back as rows of pixels: give them the shape of x again.")
pca.mistake("reconstruct-returns-codes", ("np.reshape(mean + z @ components, np.shape(x))", "z"),
    "You return the codes z; go back to pixels with the components, and add the mean image.")
# fmt: on


def turned(seed: int, size: int) -> Array:
    """An orthonormal matrix."""
    basis: Array = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]
    return basis


def data(seed: int, num: int = 40) -> Array:
    """Images (num, 2, 3, 1), float32: pixels of known spread, turned together, around a mean that is not 0."""
    rng = np.random.default_rng(seed)
    rows: Array = rng.normal(size=(num, 6)) * SPREADS @ turned(seed, 6) + rng.normal(size=6) + 2.0
    images: Array = rows.reshape(num, 2, 3, 1).astype(np.float32)
    return images


def covariance(x: Array) -> Array:
    """Covariance of the pixels, (num_pixels, num_pixels), divided by the number of images."""
    rows = np.asarray(x, np.float64).reshape(len(x), -1)
    matrix: Array = np.cov(rows, rowvar=False, bias=True)
    return matrix


def eigenvalues(x: Array) -> Array:
    """Of the covariance, the largest first."""
    values: Array = np.linalg.eigvalsh(covariance(x))[::-1].copy()
    return values


def parts_of(student: Student, x: Array, num_components: int) -> list[Any]:
    """(mean, components, variances) as the student's function returns them."""
    value = student.call("principal_components", x, num_components)
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise CheckFailed("principal_components must return three things: mean, components, variances.")
    return list(value)


@pca.check("principal_components returns the mean image as a row of pixels.")
def test_pca_mean(student: Student) -> None:
    """Also for fewer images than pixels."""
    for num in (40, 4):
        x = data(1, num)
        mean, _, _ = parts_of(student, x, 2)
        agree(mean, x.reshape(num, -1).astype(np.float64).mean(axis=0), "the mean image")


@pca.check("The variances are all eigenvalues of the covariance, the largest first.", weight=2)
def test_pca_variances(student: Student) -> None:
    """Also for fewer images than pixels, where only so many are returned."""
    for num in (40, 4):
        x = data(2, num)
        _, _, variances = parts_of(student, x, 2)
        agree(variances, eigenvalues(x)[: min(num, 6)], "the variances", rtol=1e-3, atol=1e-4)


@pca.check("The components are orthonormal rows, and the variances along them are the largest ones.", weight=2)
def test_pca_components(student: Student) -> None:
    """Whatever their signs: compared are the variances along the rows, and the rows' scalar products."""
    for seed, number in ((3, 2), (4, 3)):
        x = data(seed)
        _, components, _ = parts_of(student, x, number)
        rows = expect_shape(components, (number, 6), "the components")
        agree(rows @ rows.T, np.eye(number), "the scalar products of the components", atol=1e-4)
        along = rows @ covariance(x) @ rows.T
        agree(
            along,
            np.diag(eigenvalues(x)[:number]),
            "the covariance along the components",
            rtol=1e-3,
            atol=1e-3,
        )


@pca.check("A set as large as MNIST needs little more memory than its images.")
def test_pca_of_many_images(student: Student) -> None:
    """Sixty thousand of them: a square matrix of so many rows does not fit."""
    x = data(7, 60_000)
    outcome = student.attempt("principal_components", x, 2)
    fits = not isinstance(outcome, OutOfMemory)
    expect(fits, "principal_components of 60,000 images of 6 pixels needs more memory than there is.", FULL)
    parts_of(student, x, 2)


@pca.check("pca_reconstruct sends images through given components and back, and keeps their shape.", weight=2)
def test_pca_reconstruct(student: Student) -> None:
    """With components of the judge's, so that the first function does not matter."""
    for seed, number in ((5, 1), (6, 4)):
        x, components = data(seed, 7), turned(seed + 10, 6)[:number]
        mean = np.random.default_rng(seed).normal(size=6)
        rows = x.reshape(7, 6).astype(np.float64) - mean
        expected = (mean + rows @ components.T @ components).reshape(x.shape)
        agree(student.call("pca_reconstruct", x, mean, components), expected, "what pca_reconstruct returns")
