# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: all,-jupyter,-cellView,-collapsed,-scrolled,-execution,-trusted
#     formats: ipynb,py:percent
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Tuning: honest search, curves, and walks through the latent space
#
# By the end of this notebook you have a search that needs fewer trainings than chance to find a good learning rate,
# a study that survives a crash, eyes for what a training curve says, and walks through a latent space that show what
# each entry of $z$ does. The models of this week are what it is for; the four notebooks that follow tune and walk
# through them.
#
# **How to work.** As all week: idea, equation, hole, quick check, picture. A hole is a line `raise ToImplement(...)`;
# replace that line and run the cell, then the check below it. Hidden checks look again when you hand in. Cells tagged
# `long` are not run again for your grade. Stuck? `HINTS_SWE.ipynb` has three hints for each hole.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "f00175b9cf7e10d03847250ede3c430f", "grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import numpy as np
import optuna
from scipy.special import logsumexp
from scipy.stats import norm

from vaegan.debugger import student_id
from vaegan.search import Search, fit_surrogate

optuna.logging.set_verbosity(optuna.logging.WARNING)


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "395789d9fb4b01b23e44b5c797f49707", "grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb"]
# # Only for the checks and pictures of this notebook: the module tuning.py does without.
# import tempfile
# from pathlib import Path
#
# from vaegan.curves import EXPERIMENTS, FAULTS, draw_run, hand_out, pair_of_faults
# from vaegan.data import load_images
# from vaegan.debugger import use_student
# from vaegan.pictures import Picture
# from vaegan.search import Scripted
#
# digits = load_images("digits", size=8)

# %% [markdown]
# ## 1. The honest objective (3 points, about 10 minutes)
#
# A **hyperparameter** is what training does not train: a learning rate, a number of units, a bandwidth. Somebody has
# to choose it, and to choose is to look. So data come in three parts, and each may be looked at in its own way:
#
# | part | who looks | how often |
# |---|---|---|
# | training | the training | all the time |
# | validation | whoever chooses hyperparameters | once per candidate |
# | test | nobody, until the choice is made | once |
#
# The smallest density model with a hyperparameter is the **kernel density**: a little Gaussian of width $h$ around
# each of $n$ training points in $d$ dimensions,
#
# $$ \log p_h(x) = \log \frac1n \sum_{i=1}^n \mathcal N(x;\, x_i,\, h^2 I). \tag{1} $$
#
# Nothing in it is trained but $h$ must be chosen, and the training points themselves are the worst judge: they want
# $h \to 0$, a spike on each of them. So the **objective** is the mean of (1) over the *validation* points. Each trial
# sees the training points and the validation points, and nothing else.
#
# **Write** both functions. `tune_bandwidth` asks for the objective of each candidate, takes the best (the first of
# equals), and then, once, for the one that was chosen, measures on the test points.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "3b5bad2d186d88b3fce66f0167fb9e37", "grade": false, "grade_id": "density", "locked": true, "schema_version": 3, "solution": false, "task": false}
def log_density(x, train, bandwidth):
    """Log-density of points under the kernel density of the training points: equation (1).

    Args:
        x: float, (m, d).
        train: float, (n, d).
        bandwidth: float > 0, h.

    Returns:
        float64, (m,), in nats.
    """
    x, train = np.asarray(x, "float64"), np.asarray(train, "float64")
    squares = np.stack([np.sum((train - point) ** 2, axis=1) for point in x])  # (m, n)
    constant = np.log(len(train)) + 0.5 * train.shape[1] * np.log(2 * np.pi * bandwidth**2)
    return logsumexp(-squares / (2 * bandwidth**2), axis=1) - constant


# %% deletable=false nbgrader={"cell_type": "code", "checksum": "f0cb273f00c9beb3076f1164b9a423bc", "grade": false, "grade_id": "objective", "locked": false, "schema_version": 3, "solution": true, "task": false}
def validation_score(bandwidth, data):
    """How good a bandwidth is, as far as a search may know: the mean of equation (1). Larger is better.

    Args:
        bandwidth: float > 0.
        data: dict from "train", "validation" and "test" to points, float, (n, d) each.

    Returns:
        float, in nats per point.
    """
    raise ToImplement(
        "validation_score: return the mean log_density of the validation points, given the "
        "training points."
    )


def tune_bandwidth(bandwidths, data):
    """Choose a bandwidth, and say how good the chosen one is on points that had no part in the choice.

    Args:
        bandwidths: float, (k,), the candidates.
        data: as of `validation_score`.

    Returns:
        bandwidth: float, the candidate with the largest score.
        scores: float64, (k,), the validation score of each candidate.
        test_score: float, mean log-density of the test points, given the training points, for the chosen one.
    """
    raise ToImplement(
        "tune_bandwidth: score every candidate with validation_score, choose the best, and look "
        "at the test points once."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "16e82781fb161b6bf384b6cfbbeab7b8", "grade": true, "grade_id": "objective_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# rng = np.random.default_rng(0)
# points = {"train": rng.normal(size=(60, 2)), "validation": rng.normal(size=(50, 2)), "test": rng.normal(size=(50, 2))}
# widths = np.array([0.05, 0.2, 0.5, 2.0])
# width, scores, test_score = tune_bandwidth(widths, points)
# assert np.shape(scores) == (4,), f"one score for each candidate: expected (4,), received {np.shape(scores)}."
# assert width == 0.5, f"of these, 0.5 fits the validation points best; received {width}. (0.05: chosen on training.)"
# assert np.isclose(scores[2], np.mean(log_density(points["validation"], points["train"], 0.5))), "score: validation."
# print(f"chosen: h = {width}, {scores.max():.2f} nats on validation points, {test_score:.2f} on test points.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# flat = np.reshape(digits.x_train, (len(digits.x_train), -1))
# held_out = np.reshape(digits.x_test, (len(digits.x_test), -1))
# parts = {"train": flat[:700], "validation": flat[700:1000], "test": held_out}
# widths = np.geomspace(0.03, 1.0, 16)
# width, scores, test_score = tune_bandwidth(widths, parts)
# on_training = [np.mean(log_density(parts["train"][:300], parts["train"], h)) for h in widths]
# figure = Picture(figsize=(5.5, 3.2), layout="constrained")
# ax = figure.subplots()
# ax.semilogx(widths, on_training, label="training points", color="#999999")
# ax.semilogx(widths, scores, "o-", ms=4, label="validation points")
# ax.plot([width], [test_score], "r*", ms=12, label="test points, once")
# ax.set(xlabel="bandwidth h", ylabel="nats per image", ylim=(min(scores.max() - 90, test_score - 5), None))
# ax.set_title(f"Choosing h = {width:.2f}: {digits.caption}", fontsize=9)
# ax.legend(frameon=False)
# figure

# %% [markdown]
# ## 2. What dishonesty buys (1 point, about 5 minutes)
#
# Suppose somebody tries two hundred configurations and keeps the one with the best *test* score. Every score is the
# truth plus luck, the luck of which points happen to be in the set. The best of many is mostly lucky: a better number
# than the truth, which does not survive fresh data. In symbols, with scores $s_k$ on the set that chooses and $f_k$ on
# a fresh one,
#
# $$ \text{optimism} = \mathbb E\,[\,s_{k^*} - f_{k^*}\,], \qquad k^* = \operatorname*{arg\,max}_k s_k. \tag{2} $$
#
# It is never negative on average if both sets are drawn alike, it grows with the number of candidates, and it shrinks
# with the size of the set. The validation score of the winner is optimistic in just this way, which is why a test set
# is kept besides.
#
# **Write** (2): the choice is made anew in every repetition, on that repetition's own scores.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "5b7d633c8b620d308320fa3f3deb1c0f", "grade": false, "grade_id": "optimism", "locked": false, "schema_version": 3, "solution": true, "task": false}
def optimism(scores, fresh):
    """By how much the winner's score is better than the winner: equation (2).

    Args:
        scores: float, (repetitions, candidates), measured on the set that chooses; larger is better.
        fresh: float, same shape, the same candidates on a fresh set.

    Returns:
        float, the mean over the repetitions.
    """
    scores, fresh = np.array(scores, "float64"), np.array(fresh, "float64")
    raise ToImplement(
        "optimism: find each repetition's winner by its scores, and return by how much, on "
        "average, its score exceeds the same candidate's fresh one."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "8ca8cb20a0f3c99428f21e0052b8bbf6", "grade": true, "grade_id": "optimism_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# found = optimism([[1.0, 3.0], [5.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]])
# assert np.isclose(found, 1.5), f"the winners lose 1 and 2 points on fresh data, 1.5 on average; received {found}."
# print("optimism: looks right.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# def scores_of_pixels(chosen, some):
#     """Share of images read right by the nearest of 150 training images, by a few pixels alone: (candidates,)."""
#     x, y = flat[:150], digits.y_train[:150]
#     images, labels = some
#     near = [np.argmin(((images[:, None, p] - x[None, :, p]) ** 2).sum(axis=-1), axis=1) for p in chosen]
#     return np.array([np.mean(y[order] == labels) for order in near])
#
#
# rng = np.random.default_rng(1)
# candidates = [rng.choice(64, 6, replace=False) for _ in range(100)]
# pool, pool_labels = flat[200:], digits.y_train[200:]
# halves = [np.split(rng.permutation(len(pool))[:120], 2) for _ in range(8)]
# measured = np.array([
#     [scores_of_pixels(candidates, (pool[some], pool_labels[some])) for some in pair] for pair in halves
# ])  # (repetitions, 2, candidates): the set that chooses, and a fresh one
# for number in (1, 10, 100):
#     gap = optimism(measured[:, 0, :number], measured[:, 1, :number])
#     print(f"best of {number:3d} readers, chosen on 60 test images: {100 * gap:5.1f} points too good, 8 repetitions")

# %% [markdown]
# Nobody cheated: each reader was trained on other images. Only the *choice* was made on the set that is then reported.
# Papers do it by trying seeds, epochs and models until the test number pleases.

# %% [markdown]
# ## 3. By hand, and by chance (2 points, about 10 minutes)
#
# The first search is done by hand, on the slides "graduate student descent": a sweep. Rates are compared by ratio, so
# a sweep is evenly spaced in the *logarithm*: $10^{-4}, 10^{-3}, \dots$ Between $10^{-4}$ and $1$, equal steps would
# spend ninety-nine in a hundred trials above $0.01$. The second is chance, and for one rate it means: the logarithm is
# uniform,
#
# $$ \log \eta \sim \mathcal U(\log \eta_{\text{low}},\, \log \eta_{\text{high}}). \tag{3} $$
#
# With several hyperparameters of which only a few matter, chance beats a grid (Bergstra & Bengio 2012): a grid of 9
# trials tries 3 rates, chance tries 9.
#
# **Write** both, and draw from `rng`, the generator that is handed over: a search must be repeatable.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "96313a5691add3066ade4c03577e68db", "grade": false, "grade_id": "rates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def log_sweep(low, high, num):
    """Rates with equal ratios between neighbours, both ends included, float64, (num,), upwards; num >= 2."""
    raise ToImplement(
        "log_sweep: return num rates from low to high, evenly spaced in the logarithm."
    )


def random_rates(low, high, num, rng):
    """Independent rates whose logarithm is uniform between those of low and high: equation (3).

    Args:
        low, high: float, 0 < low < high.
        num: int.
        rng: numpy.random.Generator, the only source of chance.

    Returns:
        float64, (num,).
    """
    raise ToImplement("random_rates: draw num logarithms uniformly with rng, and return the rates.")


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "5ff30e731942b20dbc7cebbb40c9deb5", "grade": true, "grade_id": "rates_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# swept = log_sweep(1e-4, 1.0, 5)
# assert np.allclose(swept, [1e-4, 1e-3, 1e-2, 1e-1, 1.0]), f"expected 1e-4, 1e-3, ..., 1, received {swept}."
# drawn = random_rates(1e-4, 1.0, 2000, np.random.default_rng(0))
# assert np.shape(drawn) == (2000,), f"expected (2000,), received {np.shape(drawn)}."
# assert 0.42 < np.mean(drawn < 1e-2) < 0.58, f"half of them lie below 0.01, received {np.mean(drawn < 1e-2):.0%}."
# assert np.allclose(drawn, random_rates(1e-4, 1.0, 2000, np.random.default_rng(0))), "draw with rng alone."
# print("rates: look right.")

# %% [markdown]
# **A problem whose answer is known.** Gradient descent on a valley with curvatures $\lambda_i$, from a distance of 1
# along each, leaves after $T$ steps
#
# $$ L(\eta) = \tfrac12 \sum_i \lambda_i (1 - \eta \lambda_i)^{2T}. \tag{4} $$
#
# Small rates have not arrived; above $2 / \lambda_{\max}$ it diverges; and for large $T$ the best is
# $2 / (\lambda_{\min} + \lambda_{\max})$, close below the cliff. Every sweep of a learning rate looks like
# the picture below.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "3852b7e041fe84bc546b660ccee45da9", "grade": false, "grade_id": "valley", "locked": true, "schema_version": 3, "solution": false, "task": false}
CURVATURES = np.array([0.3, 1.0, 4.0])


def valley_loss(rate, num_steps=10):
    """Logarithm, to base 10, of what gradient descent leaves in the valley: equation (4); infinity if it diverges."""
    left = 0.5 * np.sum(CURVATURES * (1.0 - rate * CURVATURES) ** (2 * num_steps))
    return float(np.log10(left)) if left < np.sum(CURVATURES) else float("inf")  # twice what it began with


# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# figure = Picture(figsize=(5.5, 3.0), layout="constrained")
# ax = figure.subplots()
# fine = log_sweep(1e-3, 1.0, 400)
# ax.semilogx(fine, [valley_loss(rate) for rate in fine], color="#bbbbbb", label="the truth")
# swept = log_sweep(1e-3, 1.0, 7)
# ax.semilogx(swept, [valley_loss(rate) for rate in swept], "o", label="a sweep by hand")
# drawn = random_rates(1e-3, 1.0, 7, np.random.default_rng(3))
# ax.semilogx(drawn, [valley_loss(rate) for rate in drawn], "^", label="chance")
# ax.axvline(2 / CURVATURES.max(), color="#d62728", lw=0.8)
# ax.set(xlabel="learning rate", ylabel="log10 of the loss left", ylim=(-2, 0.8))
# ax.legend(frameon=False)
# figure

# %% [markdown]
# ## 4. Expected improvement (3 points, about 15 minutes)
#
# Both searches forget what they have seen. A **surrogate** does not: a Gaussian process, fitted to the trials so far,
# says for every rate $x$ what it expects the loss to be, $\mu(x)$, and how unsure it is, $\sigma(x)$. Where to look
# next? Where much can be won. If the best loss so far is $b$, a loss $f$ improves on it by $\max(b - f, 0)$, and under
# $f \sim \mathcal N(\mu, \sigma^2)$ one can expect (Mockus 1975; Jones et al. 1998)
#
# $$ \mathrm{EI} = \int_{-\infty}^{b} (b - f)\, \mathcal N(f; \mu, \sigma^2)\, \mathrm df
#    = (b - \mu)\, \Phi(u) + \sigma\, \varphi(u), \qquad u = \frac{b - \mu}{\sigma}, \tag{5} $$
#
# with $\Phi$ and $\varphi$ the distribution function and the density of $\mathcal N(0, 1)$. (Substitute
# $f = \mu + \sigma t$, and use $\int t\, \varphi(t)\, \mathrm dt = -\varphi(t)$.) The first part is large where the
# surrogate expects a good loss, the second where it is unsure: **exploit and explore in one number**, without a knob.
# For $\sigma \to 0$ nothing is unsure and $\mathrm{EI} = \max(b - \mu, 0)$. Our losses are made *small*; libraries
# that maximise have the signs the other way round.
#
# **Write** it, for arrays. Where `std` is 0, return the limit, without a warning. `norm.cdf` and `norm.pdf` are
# $\Phi$ and $\varphi$.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "8d70701faab914d8d156612eb2e8daf8", "grade": false, "grade_id": "improvement", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expected_improvement(mean, std, best):
    """What a trial can be expected to improve on the best loss so far: equation (5).

    Args:
        mean, std: float, (n,), the surrogate's normal distribution of the loss at each candidate; std >= 0.
        best: float, the smallest loss so far.

    Returns:
        float64, (n,), >= 0; where std is 0, its limit, max(best - mean, 0).
    """
    mean, std = np.array(mean, "float64"), np.array(std, "float64")
    gain = best - mean
    raise ToImplement(
        "expected_improvement: return equation (5) where std > 0 and the limit elsewhere."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "ec19e61d23f003172e3479b3164cb3d2", "grade": true, "grade_id": "improvement_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# found = expected_improvement(np.array([1.0, 1.0, 0.0, 3.0]), np.array([1.0, 2.0, 0.0, 0.0]), 1.0)
# assert np.shape(found) == (4,), f"one number for each candidate: expected (4,), received {np.shape(found)}."
# assert np.isclose(found[0], 0.3989, atol=1e-3), f"mean = best, std 1: phi(0) = 0.3989, received {found[0]:.4f}."
# assert np.isclose(found[1], 0.7979, atol=1e-3), f"twice as unsure, twice the gain: 0.7979, received {found[1]:.4f}."
# assert np.allclose(found[2:], [1.0, 0.0]), f"sure of 0, best 1: gain 1; sure of 3: none. Received {found[2:]}."
# print("expected_improvement: looks right.")

# %% [markdown]
# ## 5. Bayesian search (4 points, about 25 minutes)
#
# Three searches, one interface: `propose()` says what to try, `update(rate, loss)` remembers what came of it. The base
# class `Search` (`vaegan/search.py`) keeps the books: `self.rates`, `self.losses`, `self.low`, `self.high`, `self.rng`.
# Whoever holds a `Search` need not know which.
#
# - `RandomSearch.propose` draws one rate by equation (3), a float, from `self.rng`.
# - `BayesianSearch` *is a* `RandomSearch` until it has seen `num_initial` trials: no surrogate fits to nothing. Then
#   it fits a surrogate to `self.history()` (logarithms of rates, to base 10, and losses, with those that diverged
#   replaced), asks it for mean and standard deviation at `self.candidates()` (logarithms as well), and proposes the
#   candidate of the largest expected improvement, as a *rate* again.
# - `minimise` is the loop: propose, evaluate, update, `num_trials` times; then the best rate and its loss. A training
#   that diverges gives NaN or infinity: it counts as a trial, and it is never the best.
#
# `fit_surrogate(log_rates, losses)` returns scikit-learn's `GaussianProcessRegressor`, fitted;
# `.predict(x[:, None], return_std=True)` returns mean and standard deviation.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "ceb7dc0e6f51d1d4e44a9151016cfeff", "grade": false, "grade_id": "search", "locked": false, "schema_version": 3, "solution": true, "task": false}
class RandomSearch(Search):
    """Forgets everything: the logarithm of each rate is uniform over the range."""

    def propose(self):
        """Return a rate by equation (3), a float."""
        raise ToImplement("RandomSearch.propose: return one of random_rates, as a float.")


class BayesianSearch(RandomSearch):
    """Tries where a Gaussian process expects the largest improvement.

    Args:
        low, high, seed: as of `Search`.
        num_initial: int >= 2, how many rates are drawn by chance first.
    """

    def __init__(self, low, high, seed=0, num_initial=4):
        super().__init__(low, high, seed)
        self.num_initial = num_initial

    def propose(self):
        """Return the rate whose expected improvement is largest, a float; at first, one by chance."""
        raise ToImplement(
            "BayesianSearch.propose: as long as fewer than num_initial rates were tried, propose "
            "as the parent does; then fit a surrogate to the history and propose the candidate of "
            "the largest EI, as a rate."
        )


def minimise(search, objective, num_trials):
    """Let a search try so many rates.

    Args:
        search: Search.
        objective: function, rate (float) -> loss (float); NaN or infinity where a training diverged.
        num_trials: int.

    Returns:
        (rate, loss), floats: the smallest finite loss that the search has seen, and its rate.
    """
    raise ToImplement(
        "minimise: propose, evaluate and update num_trials times, and return the best rate and "
        "its loss."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "7ddeed1d83206262428d59f02a0ececd", "grade": true, "grade_id": "search_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# scripted = Scripted([3.0, float("nan"), 1.0, 2.0])
# random_search = RandomSearch(1e-3, 1.0, seed=0)
# rate, loss = minimise(random_search, scripted, 4)
# assert len(scripted.asked) == 4, f"four trials mean four trainings, received {len(scripted.asked)}."
# assert random_search.rates == scripted.asked, "what was evaluated is what is remembered, in the same order."
# assert loss == 1.0 and rate == scripted.asked[2], f"the best was the third trial, loss 1; received {loss}."
# search = BayesianSearch(1e-3, 1.0, seed=0)
# rate, loss = minimise(search, valley_loss, 12)
# assert all(1e-3 <= tried <= 1.0 for tried in search.rates), "every rate lies in the range."
# assert loss < -0.7, f"twelve trials find the valley, log10 below -0.7; received {loss:.2f} at rate {rate:.3f}."
# print(f"BayesianSearch: rate {rate:.3f} after 12 trials, log10 loss {loss:.2f}.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# search = BayesianSearch(1e-3, 1.0, seed=1)
# figure = Picture(figsize=(10, 4.2), layout="constrained")
# panels = figure.subplots(2, 3, sharex=True, height_ratios=(3, 1))
# for column, num_trials in enumerate((4, 6, 9)):
#     minimise(search, valley_loss, num_trials - len(search.rates))
#     log_rates, losses = search.history()
#     x = search.candidates()
#     mean, std = fit_surrogate(log_rates, losses).predict(x[:, None], return_std=True)
#     above, below = panels[:, column]
#     above.plot(x, [valley_loss(10**value) for value in x], color="#bbbbbb")
#     above.fill_between(x, mean - 2 * std, mean + 2 * std, alpha=0.2)
#     above.plot(x, mean)
#     above.plot(log_rates, losses, "ko", ms=4)
#     above.set_ylim(-3, 2)
#     below.fill_between(x, expected_improvement(mean, std, losses.min()), color="#d1661b", alpha=0.6)
#     above.set_title(f"after {num_trials} trials", fontsize=9)
#     below.set_xlabel("log10 of the learning rate", fontsize=9)
# panels[0, 0].set_ylabel("log10 loss")
# panels[1, 0].set_ylabel("EI")
# figure

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# num_trials, num_repeats = 12, 10
# regrets = {}
# optimum = min(valley_loss(rate) for rate in log_sweep(1e-3, 1.0, 2000))
# for kind in (RandomSearch, BayesianSearch):
#     searches = [kind(1e-3, 1.0, seed=seed) for seed in range(num_repeats)]
#     found = [minimise(search, valley_loss, num_trials)[1] - optimum for search in searches]
#     regrets[kind.__name__] = found
#     print(f"{kind.__name__:15s} median {np.median(found):.3f} above the optimum, worst {max(found):.3f}")

# %% [markdown]
# One rate, a smooth loss, no noise: the best case for a surrogate. With many hyperparameters, noisy losses and few
# trials its lead shrinks, and twice as many random trials on a second machine are a strong rival. That is why one
# measures it; `tune_vae_mnist.ipynb` does.

# %% [markdown]
# ## 6. The same, properly: Optuna (5 points, about 25 minutes)
#
# A library does what the loop above does not: several hyperparameters of several kinds, stopping hopeless trials
# early (**pruning**), and a **study** kept in a file, which goes on after a crash. In Optuna a *trial* is an object
# that is asked for values:
#
# | hyperparameter | range | how |
# |---|---|---|
# | `rate` | 1e-4 to 1e-1 | by its logarithm: `trial.suggest_float(name, low, high, log=True)` |
# | `latent_dim` | 2 to 32 | a whole number, by its logarithm: `trial.suggest_int(..., log=True)` |
# | `hidden_units` | 64, 128, 256 or 512 | one of a list: `trial.suggest_categorical` |
#
# **Write** `suggest`, which returns a dict of the three, and `report_epochs`, which hands the validation loss of each
# epoch to the trial, **as soon as it is known**, and gives up when told to. `losses` may be a generator that trains
# for one epoch whenever it is asked for the next number: who asks for all of them first has saved nothing. Epochs are
# counted from 1.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "500c89afee3b442e0f534abf50f0d0f1", "grade": false, "grade_id": "suggest", "locked": false, "schema_version": 3, "solution": true, "task": false}
def suggest(trial):
    """Ask a trial for the hyperparameters of the table above.

    Args:
        trial: optuna.Trial.

    Returns:
        dict with rate (float), latent_dim (int) and hidden_units (int).
    """
    raise ToImplement("suggest: ask the trial for the three values, and return them in a dict.")


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "dfc526d83694f1c97f4050b1c09723e1", "grade": true, "grade_id": "suggest_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# asked = optuna.trial.FixedTrial({"rate": 0.01, "latent_dim": 5, "hidden_units": 256})
# found = suggest(asked)
# assert found == {"rate": 0.01, "latent_dim": 5, "hidden_units": 256}, f"received {found}."
# assert asked.distributions["rate"].log, "a rate is compared by its logarithm: log=True."
# print("suggest: looks right.")

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "07276b24811886c4b0492072b0539651", "grade": false, "grade_id": "pruning", "locked": false, "schema_version": 3, "solution": true, "task": false}
def report_epochs(trial, losses):
    """Report the validation loss of each epoch to a trial, and stop the training if the trial is hopeless.

    Args:
        trial: optuna.Trial.
        losses: iterable of floats, one per epoch; each is perhaps trained for when it is asked for.

    Returns:
        float, the last epoch's loss.

    Raises:
        optuna.TrialPruned: after the epoch after which the trial should be pruned.
    """
    raise ToImplement(
        "report_epochs: report each loss with its epoch, counted from 1, raise optuna.TrialPruned "
        "if the trial should be pruned, and return the last loss."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "2a147664895fbf38dcbea8d1995b21dd", "grade": true, "grade_id": "pruning_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# study = optuna.create_study(pruner=optuna.pruners.ThresholdPruner(upper=100.0))
# epochs = iter([50.0, 120.0, 40.0, 30.0])
# try:
#     report_epochs(study.ask(), epochs)
# except optuna.TrialPruned:
#     left = list(epochs)
# else:
#     raise AssertionError("a loss of 120 is above the limit of 100: raise optuna.TrialPruned.")
# assert left == [40.0, 30.0], f"two epochs were to be saved, received {len(left)}."
# assert study.trials[0].intermediate_values == {1: 50.0, 2: 120.0}, f"received {study.trials[0].intermediate_values}."
# assert report_epochs(study.ask(), [50.0, 30.0]) == 30.0, "the result of a trial is the last epoch's loss."
# print("report_epochs: looks right.")

# %% [markdown]
# **A study that survives.** A search of two hours must not be lost when a laptop sleeps. With a `storage` Optuna
# writes each trial into a database, here a file of SQLite (`"sqlite:///study.db"`), and `load_if_exists=True` opens
# it again. Two things remain yours:
#
# - `open_study` makes the same study in every session: losses are to be small, the sampler is `TPESampler` with a seed,
#   the pruner `MedianPruner(n_startup_trials=4, n_warmup_steps=3)`, which stops a trial that is worse than the median
#   of the others at the same epoch.
# - `finish` runs *what is missing*: after it, the study has `num_trials` trials that came to an end, complete or
#   pruned. A trial that was cut off by the crash stays `RUNNING` for ever and does not count; a study that has enough
#   gets none. (`study.get_trials(states=...)` filters by `optuna.trial.TrialState`.)

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "f8a75615e92f0cac04a157a3150ae104", "grade": false, "grade_id": "study", "locked": false, "schema_version": 3, "solution": true, "task": false}
def open_study(name, storage, seed=0):
    """Open a study, or make it: what is in its storage goes on.

    Args:
        name: str.
        storage: str, an URL such as "sqlite:///study.db", or None to keep nothing.
        seed: int, of the sampler.

    Returns:
        optuna.Study that makes losses small.
    """
    raise ToImplement(
        "open_study: return optuna.create_study with TPESampler, MedianPruner and the storage, "
        "loading the study if it exists."
    )


def finish(study, objective, num_trials):
    """Run the trials that a study still lacks.

    Args:
        study: optuna.Study, perhaps with trials of an earlier session.
        objective: function, trial -> loss.
        num_trials: int, how many complete or pruned trials the study shall have in the end.
    """
    raise ToImplement(
        "finish: count the trials that are complete or pruned, and optimize for as many as are "
        "missing."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "aace288bfe7094378503e15ac2797198", "grade": true, "grade_id": "study_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# with tempfile.TemporaryDirectory() as folder:
#     storage = f"sqlite:///file:{Path(folder) / 'study.db'}?nolock=1&uri=true"  # where nobody else writes, unlocked
#     finish(open_study("valley", storage), lambda trial: valley_loss(suggest(trial)["rate"]), 3)
#     open_study("valley", storage).ask()  # a trial that a crash cuts off
#     again = open_study("valley", storage)
#     assert len(again.trials) == 4, f"the second session finds all 4 trials, received {len(again.trials)}."
#     finish(again, lambda trial: valley_loss(suggest(trial)["rate"]), 5)
#     done = again.get_trials(states=[optuna.trial.TrialState.COMPLETE])
#     assert len(done) == 5, f"three were done, two were missing: expected 5 in the end, received {len(done)}."
# print("open_study, finish: look right.")

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# study = open_study("valley", None)
# finish(study, lambda trial: min(valley_loss(suggest(trial)["rate"]), 1.0), 40)
# print({name: round(value, 2) for name, value in optuna.importance.get_param_importances(study).items()})
# print(f"best of 40: rate {study.best_params['rate']:.3f}, log10 loss {study.best_value:.2f}")

# %% [markdown]
# The loss of this valley depends on the rate alone, and the importances say so, nearly: what is left for the two
# others is what chance with 40 trials looks like.

# %% [markdown]
# ## 7. Tuning a game (1 point, about 5 minutes)
#
# The slides: a GAN on brains "required decreasing discriminator LR to 10% of the generator LR". A search answers what
# holds for *this* GAN, if it is told what to want, and a GAN's losses will not do (Tuesday: the flattest ones were
# those of a generator that made nothing). On the ring of eight Gaussians one can count: the share of modes covered
# times the share of good samples. Samples wander from mode to mode, so one epoch is luck: take the **median over the
# last epochs** of that product.
#
# $$ \text{score} = \operatorname{median}_{\text{last } k \text{ epochs}} \left( \frac{\text{modes}}{\text{all modes}}
#    \times \text{quality} \right) \tag{6} $$

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "a9b8e1223d905965cdf7c24f002da02a", "grade": false, "grade_id": "balance", "locked": false, "schema_version": 3, "solution": true, "task": false}
def balance_score(modes, quality, num_modes=8, last=5):
    """How well a GAN covers a mixture: equation (6), from 0 to 1. Larger is better.

    Args:
        modes: int, (epochs,), modes covered after each epoch.
        quality: float, (epochs,), share of good samples, 0 to 1.
        num_modes: int, of the mixture.
        last: int, how many of the last epochs count.

    Returns:
        float.
    """
    modes, quality = np.array(modes, "float64"), np.array(quality, "float64")
    raise ToImplement("balance_score: return equation (6).")


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "c05fa266fd09bcb5993ab5de31f3ea71", "grade": true, "grade_id": "balance_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# found = balance_score([0, 8, 8, 4, 8], [0.0, 0.5, 0.5, 1.0, 0.75], last=3)
# assert np.isclose(found, 0.5), f"the last three epochs score 0.5, 0.5, 0.75: median 0.5, received {found}."
# print("balance_score: looks right.")

# %% [markdown]
# ## 8. Reading training curves (7 points, about 35 minutes)
#
# Four runs of the course's own models, yours alone. Most have one fault. Look at all curves before you judge one:
#
# - **Train against validation.** Both high: the model is too small, or the steps are. Validation rises while training
#   falls: overfitting. Neither differs *and* fresh images are worse: look for training images among the validation.
# - **The terms.** A KL of 0 means that the code carries nothing, whatever the total says. Do the terms add up?
# - **The shape.** Still falling at the end: not done, or steps too small. Jumps: steps too large, or a number that is
#   no mean of the epoch. A validation curve that is smooth beside a jagged training curve tells which.
# - **A GAN's losses say little alone.** Read modes and quality beside them.
#
# As a yardstick: a healthy VAE of this size ends near 131 nats on these digits.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "096e6075351656cdcb6f9d213b16b969", "grade": false, "grade_id": "whose_curves", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb"]
# # If the picture is not meant for you, say which id the course gave you, and run this cell again:
# # use_student("train07")
# print(f"these are the runs of {student_id()!r}; possible faults:")
# print("\n".join(f"  {name:24s} {meaning}" for name, meaning in FAULTS.items()))

# %% tags=["active-ipynb", "raises-exception"]
# runs = hand_out()
# draw_run(runs["A"], "A")

# %% tags=["active-ipynb", "raises-exception"]
# draw_run(runs["B"], "B")

# %% tags=["active-ipynb", "raises-exception"]
# draw_run(runs["C"], "C")

# %% tags=["active-ipynb", "raises-exception"]
# draw_run(runs["D"], "D")

# %% [markdown]
# **Fill in the sheet.** For each run: the name of the fault, one **curve** that shows it (a name of the legend), and
# the **epochs**, first and last, on which it shows. Where a fault shows from the beginning, so does the evidence; where
# it sets in later, name the epochs from then on, and no others. For a run without fault, name the curve that convinces
# you. Fault and evidence are judged run by run.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "e37d468abf56ccff6e663af537a4116f", "grade": false, "grade_id": "reading", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reading():
    """What is wrong with each of your runs, and what shows it.

    Returns:
        dict with "student", your id, and for each letter A to D a dict: "fault" (a name of FAULTS), "curve" (a name
        of the legend) and "epochs" (first, last), counted from 1.
    """
    sheet = {
        "student": student_id(),
        "A": {"fault": None, "curve": None, "epochs": None},
        "B": {"fault": None, "curve": None, "epochs": None},
        "C": {"fault": None, "curve": None, "epochs": None},
        "D": {"fault": None, "curve": None, "epochs": None},
    }
    raise ToImplement("reading: fill in the sheet.")
    return sheet


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "0ae245143b5ab92fcba83ba24c292626", "grade": true, "grade_id": "reading_check", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (5 points): run this cell; a click opens its code
# sheet = reading()
# for letter in "ABCD":
#     entry = sheet[letter]
#     assert entry["fault"] in FAULTS, f"{letter}: {entry['fault']!r} is no name of FAULTS."
#     assert entry["curve"] in runs[letter], f"{letter}: {entry['curve']!r} is no curve of this run."
#     first, last = entry["epochs"]
#     assert 1 <= first <= last <= 40, f"{letter}: epochs are counted from 1 to 40, received {entry['epochs']}."
# print("reading: filled in. Whether it is right, only grading knows.")

# %% [markdown]
# **The smallest experiment.** Two faults can look alike where few curves were kept. Suppose the log holds nothing but
# the last epoch's training loss, and you suspect one of two faults. Which of the experiments below tells them apart,
# and is the *cheapest* that does? An experiment asks a question; it tells two faults apart if the answer is yes (True)
# for one of them and no (False) for the other.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "cc0640c69ada42f9c99faeb9259768b1", "grade": false, "grade_id": "the_experiments", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb"]
# first, second = pair_of_faults()
# print(f"{student_id()!r} has to tell apart: {first}, or {second}?\n")
# for name, (seconds, question) in EXPERIMENTS.items():
#     print(f"{name:18s} {seconds:4d} s  {question}")

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "17eb3ee75841593aea59b603f6d51381", "grade": false, "grade_id": "experiment", "locked": false, "schema_version": 3, "solution": true, "task": false}
def experiment():
    """The cheapest experiment that tells your two faults apart.

    Returns:
        dict with "experiment", a name of EXPERIMENTS, and "if_first" and "if_second", its answer (True or False) if
        the fault is the first, or the second, of `pair_of_faults()`.
    """
    sheet = {"experiment": None, "if_first": None, "if_second": None}
    raise ToImplement("experiment: fill in the sheet.")
    return sheet


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "516abe821b944afc96d1f42bc6ec47c1", "grade": true, "grade_id": "experiment_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# planned = experiment()
# assert planned["experiment"] in EXPERIMENTS, f"{planned['experiment']!r} is no name of EXPERIMENTS."
# assert {planned["if_first"], planned["if_second"]} == {True, False}, "it tells them apart if the answers differ."
# print("experiment: filled in. Whether it is right, only grading knows.")

# %% [markdown]
# ## 9. Walks through the latent space (4 points, about 25 minutes)
#
# What does each entry of $z$ do? Decode and look. Four rules make such a picture honest.
#
# **Equal probability, not equal steps.** Under the prior $\mathcal N(0, 1)$, half of all codes lie between $-0.67$
# and $0.67$. A grid that shows what the model *draws* cuts the prior into $n$ slices of equal probability and takes the
# median of each,
#
# $$ z_i = \Phi^{-1}\!\left(\frac{i + \frac12}{n}\right), \qquad i = 0, \dots, n - 1. \tag{7} $$
#
# **Write** the grid of pairs. `norm.ppf` is $\Phi^{-1}$. Row by row, as one reads: the first entry of $z$ is the same
# along a row, the second along a column.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "6831e75942dc266a8016dc9705cd0783", "grade": false, "grade_id": "grid", "locked": false, "schema_version": 3, "solution": true, "task": false}
def quantile_grid(num):
    """Pairs (z_0, z_1) at the medians of num equally likely slices of N(0, 1) each: equation (7).

    Args:
        num: int, rows and columns.

    Returns:
        float32, (num * num, 2), row by row: z_0 is constant along a row and rises from row to row.
    """
    raise ToImplement(
        "quantile_grid: compute the num values of equation (7), and return all pairs, row by row."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "b4b607a1786c20329288306a10d94e29", "grade": true, "grade_id": "grid_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# grid = quantile_grid(3)
# assert grid.shape == (9, 2), f"expected (9, 2), received {grid.shape}."
# assert np.allclose(grid[:3], [[-0.9674, -0.9674], [-0.9674, 0.0], [-0.9674, 0.9674]], atol=1e-3), (
#     f"the first row is z_0 = -0.967 with z_1 = -0.967, 0, 0.967; received {grid[:3]}."
# )
# print("quantile_grid: looks right.")

# %% [markdown]
# **The entries that matter, first.** A VAE switches entries off that it does not need: $q(z_j \mid x)$ is then the
# prior whatever $x$ is, and walking along $j$ changes nothing. How much entry $j$ says about an image is its own KL,
# averaged over images:
#
# $$ K_j = \frac1n \sum_{x} \tfrac12 \left( \mu_j(x)^2 + \sigma_j(x)^2 - 1 - \log \sigma_j(x)^2 \right). \tag{8} $$
#
# **Write** `information`, equation (8), from what the encoder returns, and `walk`, which changes one entry of a code
# and nothing else, and decodes: one entry at a time, from one base code.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "6a4708c325928d4441126ab72067be75", "grade": false, "grade_id": "information", "locked": false, "schema_version": 3, "solution": true, "task": false}
def information(z_mean, z_log_var):
    """What each entry of the code says about an image, in nats: equation (8).

    Args:
        z_mean, z_log_var: float, (n, latent_dim), mean and log-variance of q(z|x) for n images.

    Returns:
        order: int64, (latent_dim,), the entries, the most informative first.
        kl: float64, (latent_dim,), K_j of entry 0, 1, ...: not sorted.
    """
    z_mean, z_log_var = np.array(z_mean, "float64"), np.array(z_log_var, "float64")
    raise ToImplement(
        "information: compute equation (8), averaged over the images, and the order of the "
        "entries."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "f67f0fa20e6d966a209e50d25394f869", "grade": true, "grade_id": "information_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# order, kl = information([[0.0, 2.0, 1.0], [0.0, -2.0, -1.0]], np.zeros((2, 3)))
# assert np.allclose(kl, [0.0, 2.0, 0.5]), f"expected 0, 2 and 0.5 nats, received {kl}."
# assert np.array_equal(order, [1, 2, 0]), f"the most informative first: expected [1, 2, 0], received {order}."
# print("information: looks right.")

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "fc7831b98393ae4caab8755d07a01991", "grade": false, "grade_id": "walk", "locked": false, "schema_version": 3, "solution": true, "task": false}
def walk(decode, z, entry, values):
    """Decode a code with one entry replaced by each of several values.

    Args:
        decode: function, float32 codes (steps, latent_dim) -> images (steps, ...).
        z: float, (latent_dim,), the base; it stays as it is.
        entry: int, which entry changes.
        values: float, (steps,).

    Returns:
        what `decode` makes of the codes, as a NumPy array.
    """
    raise ToImplement(
        "walk: repeat z once for each value, replace the entry, and decode all codes at once."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "f0531ceab87b4fe714f3cd34b5cb433e", "grade": true, "grade_id": "walk_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# base = np.array([1.0, 2.0, 3.0])
# found = walk(lambda codes: 10 * codes, base, 1, [-1.0, 0.0, 1.0])
# assert np.allclose(found, [[10, -10, 30], [10, 0, 30], [10, 10, 30]]), f"received {found}."
# assert np.array_equal(base, [1.0, 2.0, 3.0]), "the base code must stay as it is."
# print("walk: looks right.")

# %% [markdown]
# **Round the ball, not through it.** In $J$ dimensions codes drawn from the prior have lengths near $\sqrt J$: they
# fill a shell, and the middle is empty. The straight way between two codes (`straight_path` of Monday, also called
# *lerp*) cuts through that empty middle: halfway between two independent codes the length is $\sqrt{J/2}$, a code that
# the model hardly ever drew. **Slerp** (Shoemake 1985) goes along the great circle instead, with $\Omega$ the angle
# between the two codes,
#
# $$ z(t) = \frac{\sin((1 - t)\,\Omega)}{\sin \Omega}\, z_{\text{start}} +
#           \frac{\sin(t\,\Omega)}{\sin \Omega}\, z_{\text{end}}. \tag{9} $$
#
# Between codes of equal length the length stays. Where both point the same way, $\Omega = 0$, (9) is 0/0, and its limit
# is the straight way. (For a *Gaussian-decoder VAE's* real codes lerp may look as good: try both and look.)

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "8bdd1c0b7f25ae317261588f78b5b2ef", "grade": false, "grade_id": "slerp", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slerp(start, end, num_steps):
    """Codes along the great circle from one code to another: equation (9).

    Args:
        start, end: float, (latent_dim,), neither 0 nor opposite to each other.
        num_steps: int >= 2.

    Returns:
        float32, (num_steps, latent_dim), t from 0 to 1 in equal steps; the first is start, the last is end. Where the
        angle is below 1e-6, the straight way.
    """
    start, end = np.array(start, "float64"), np.array(end, "float64")
    t = np.linspace(0.0, 1.0, num_steps)[:, None]  # (num_steps, 1)
    raise ToImplement(
        "slerp: compute the angle between both codes, and return equation (9), or the straight "
        "way where the angle is below 1e-6."
    )

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "e1867169ec4f9a76c2d08c9dafd5f1be", "grade": true, "grade_id": "slerp_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# way = slerp([2.0, 0.0], [0.0, 2.0], 3)
# assert np.allclose(way, [[2, 0], [2**0.5, 2**0.5], [0, 2]], atol=1e-6), f"a quarter of a circle; received {way}."
# assert np.allclose(slerp([1.0, 1.0], [2.0, 2.0], 3), [[1, 1], [1.5, 1.5], [2, 2]]), "same direction: straight."
# print("slerp: looks right.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# rng = np.random.default_rng(0)
# figure = Picture(figsize=(5.5, 2.8), layout="constrained")
# ax = figure.subplots()
# t = np.linspace(0, 1, 21)
# for dim, colour in ((2, "#7a4fa3"), (10, "#1f5fa8"), (100, "#d1661b")):
#     ends = rng.normal(size=(200, 2, dim))
#     straight = [np.linalg.norm((1 - t)[:, None] * a + t[:, None] * b, axis=1) for a, b in ends]
#     round_it = [np.linalg.norm(slerp(a, b, 21), axis=1) for a, b in ends]
#     ax.plot(t, np.mean(straight, axis=0) / dim**0.5, "--", color=colour)
#     ax.plot(t, np.mean(round_it, axis=0) / dim**0.5, color=colour, label=f"{dim} dimensions")
# ax.set(xlabel="t, from start to end", ylabel="length / sqrt(dimensions)", ylim=(0, 1.2))
# ax.set_title("mean length on the way: slerp (solid), lerp (dashed), 200 pairs from the prior", fontsize=9)
# ax.legend(frameon=False)
# figure

# %% [markdown]
# ## Done
#
# Run everything once more from the top (*Kernel, Restart and run all*), save, `git add` and `git commit` `tuning.ipynb`
# and `tuning.py`, and go on to `tune_vae_mnist.ipynb`, `tune_gan_ring.ipynb`, `traverse_mnist.ipynb` and
# `traverse_ad.ipynb`.
