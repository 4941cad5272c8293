"""Searching for a learning rate: what every search shares, and the surrogate of the Bayesian one.

    search = BayesianSearch(1e-4, 1.0, seed=0)     # yours: a Search with a method `propose`
    rate = search.propose()
    search.update(rate, train_and_measure(rate))

Rates are compared by their logarithms: from 0.001 to 0.01 is as far as from 0.1 to 1. scikit-learn is imported when a
surrogate is first fitted, not before.
"""

import math
import warnings

import numpy as np

from vaegan.holes import ToImplement


class Search:
    """Keeps what was tried; a subclass says what to try next. Losses are made small.

    Args:
        low, high: float, 0 < low < high, the range of rates.
        seed: int, of `self.rng`, the search's own random numbers.
    """

    def __init__(self, low, high, seed=0):
        if not 0 < low < high < math.inf:
            raise ValueError(f"A range of rates goes up: expected 0 < low < high, received {low} and {high}.")
        self.low, self.high = float(low), float(high)
        self.rng = np.random.default_rng(seed)
        self.rates, self.losses = [], []

    def propose(self):
        """Return the rate to try next, a float from low to high."""
        raise ToImplement(f"{type(self).__name__}.propose: return the rate to try next (lesson tuning).")

    def update(self, rate, loss):
        """Remember what a trial gave; a training that diverged (NaN or infinity) is remembered too."""
        self.rates.append(float(rate))
        self.losses.append(float(loss))

    def history(self):
        """Return what was tried as two arrays, (trials,): the logarithms of the rates, to base 10, and the losses.

        No surrogate can be fitted to infinity: the losses of trainings that diverged become the worst finite one.
        """
        losses = np.array(self.losses, "float64")
        finite = np.isfinite(losses)
        losses[~finite] = losses[finite].max() if finite.any() else 0.0
        return np.log10(self.rates), losses

    def candidates(self, num=200):
        """Return the logarithms, to base 10, of rates to choose from, (num,): a sweep of the range."""
        return np.linspace(math.log10(self.low), math.log10(self.high), num)


def fit_surrogate(log_rates, losses):
    """Fit a Gaussian process to what was measured: a guess of the loss everywhere, and how sure it is.

    scikit-learn's, with a Matern kernel (twice differentiable) whose length is fitted, and a thousandth of noise.

    Args:
        log_rates: float, (trials,).
        losses: float, (trials,), finite.

    Returns:
        GaussianProcessRegressor; `predict(x[:, None], return_std=True)` gives mean and standard deviation, (n,) each.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Matern

    process = GaussianProcessRegressor(Matern(0.5, (0.1, 3.0), nu=2.5), alpha=1e-3, normalize_y=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at its bound is no fault: few points say little
        return process.fit(np.reshape(log_rates, (-1, 1)), losses)


def posterior(log_rates, losses, candidates):
    """Return mean and standard deviation, (n,) each, of the fitted surrogate at candidates (n,)."""
    mean, std = fit_surrogate(log_rates, losses).predict(np.reshape(candidates, (-1, 1)), return_std=True)
    return mean, std


class Scripted:
    """An objective whose values are known beforehand: to try a loop with. It counts and keeps what it was called with.

    Args:
        values: the losses that it returns, in order; asked more often, it begins again.
        hopeless: positions in `values` at which it raises optuna.TrialPruned instead.
    """

    def __init__(self, values, hopeless=()):
        self.values = [float(value) for value in np.ravel(values)]
        self.hopeless = [int(position) for position in np.ravel(hopeless)]
        self.asked = []

    def __call__(self, what):
        """Return the next loss."""
        self.asked.append(what)
        position = (len(self.asked) - 1) % len(self.values)
        if position in self.hopeless:
            from optuna import TrialPruned

            raise TrialPruned
        return self.values[position]


class Epochs:
    """An iterator over losses that are known beforehand, as a training gives them: one whenever it is asked.

    Args:
        losses: float, in order.
    """

    def __init__(self, losses):
        self._losses = [float(loss) for loss in np.ravel(losses)]

    def __iter__(self):
        return self

    def __next__(self):
        if not self._losses:
            raise StopIteration
        return self._losses.pop(0)

    def left(self):
        """Return the losses that nobody asked for."""
        return list(self._losses)


def tally(study):
    """Count the trials of an Optuna study: dict with direction, trials, and how many are complete, pruned, running."""
    states = [trial.state.name.lower() for trial in study.get_trials(deepcopy=False)]
    counts = {state: states.count(state) for state in ("complete", "pruned", "running", "fail")}
    return {"direction": study.direction.name.lower(), "trials": len(states), **counts}
