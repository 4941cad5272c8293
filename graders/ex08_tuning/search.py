"""The searches and their loop: what is proposed, what is remembered, and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.noise import distance_limit, distance_to
from graders.common.objects import make
from graders.ex08_tuning.improvement import integral, test_integral
from graders.ex08_tuning.rates import test_random_rates
from judge.suite import (
    Array,
    CheckFailed,
    Remote,
    Returned,
    Student,
    agree,
    cell,
    expect,
    expect_array,
    expect_pair,
    is_same,
)

search = cell("search_check", read_again="section 5")
LOW, HIGH = 1e-4, 2.0
NEAR = 0.95  # of the largest expected improvement; candidates 0.02 decades apart miss less than 1 % of it

# fmt: off
ARGMAX, RATE = "np.argmax(expected_improvement(mean, std, losses.min()))", "float(10.0 ** candidates[best])"
ONE = "random_rates(self.low, self.high, 1, self.rng)[0]"
LOOP = "search.update(rate, objective(rate))"
OUTSIDE = search.mistake("logarithm-for-rate", (RATE, "float(candidates[best])"),
    "You propose a logarithm: candidates() are logarithms to base 10, and what is tried is a rate.",
    also=[(RATE, "float(np.exp(candidates[best]))")])
NOT_UNIFORM = search.mistake("random-search-uniform", (ONE, "self.rng.uniform(self.low, self.high)"),
    "Your random search draws rates uniformly: use random_rates.")
FIXED_SEED = search.mistake("search-with-own-generator", (ONE, ONE.replace("self.rng", "np.random.default_rng(0)")),
    "Your random search proposes the same rate again and again: draw with self.rng.")
UNSEEDED = search.mistake("search-without-seed", (ONE, ONE.replace("self.rng", "np.random.default_rng()")),
    "Two searches with the same seed propose other rates: draw with self.rng.")
NO_START = search.mistake("starts-too-early", ("len(self.rates) < self.num_initial", "len(self.rates) < 2"),
    "Your search stops drawing by chance before num_initial trials.")
LATE = search.mistake("starts-too-late", ("len(self.rates) < self.num_initial", "len(self.rates) <= self.num_initial"),
    "Your search draws by chance once too often: after num_initial trials the surrogate decides.")
NEVER = search.mistake("never-learns", ("len(self.rates) < self.num_initial", "True"),
    "Your Bayesian search goes on by chance: after num_initial trials it must ask the surrogate.")
WORST = search.mistake("smallest-improvement", (ARGMAX, ARGMAX.replace("argmax", "argmin")),
    "You propose the candidate with the smallest expected improvement.")
EXPLOITS = search.mistake("lowest-mean", (ARGMAX, "np.argmin(mean)"),
    "You propose where the surrogate expects the lowest loss: it never looks where it is unsure. Use the EI.")
EXPLORES = search.mistake("largest-std", (ARGMAX, "np.argmax(std)"),
    "You propose where the surrogate is most unsure, whatever it expects there. Use the EI.")
WORST_LOSS = search.mistake("improves-on-the-worst", ("losses.min())", "losses.max())"),
    "You improve on the largest loss; improve on the smallest.")
NATURAL = search.mistake("surrogate-of-rates",
    ("fit_surrogate(log_rates, losses)", "fit_surrogate(10.0**log_rates, losses)"),
    "Your surrogate is fitted to rates and asked about logarithms. Use the logarithms for both.")
DIVERGED = search.mistake("diverged-to-surrogate", ("log_rates, losses = self.history()",
    "log_rates, losses = np.log10(self.rates), np.array(self.losses)"),
    "A training that diverged reaches your surrogate as infinity or NaN. self.history() replaces it.")
NOT_REMEMBERED = search.mistake("loop-forgets", (LOOP, "objective(rate)"), "Your loop does not update the search.")
TWICE = search.mistake("evaluates-twice", (LOOP, "objective(rate)\n        " + LOOP),
    "Your loop trains twice for each trial: evaluate once, and keep the number.")
ANOTHER_RATE = search.mistake("remembers-another-rate", (LOOP, "search.update(search.propose(), objective(rate))"),
    "What your loop remembers is another rate than it evaluated: propose once, and keep the rate.")
TOO_MANY = search.mistake("one-trial-too-many", ("range(num_trials)", "range(num_trials + 1)"),
    "Your loop runs one trial too many.")
LAST = search.mistake("returns-the-last", ("best = int(np.argmin(losses))", "best = -1"),
    "You return the last trial; return the best.")
LARGEST = search.mistake("returns-the-worst", ("np.argmin(losses)", "np.argmax(losses)"),
    "You return the largest loss; small is good.")
NAN_WINS = search.mistake("diverged-wins", ("np.where(np.isfinite(search.losses), search.losses, np.inf)",
    "np.array(search.losses)"),
    "A training that diverged wins in yours: NaN, or minus infinity, is never the best.")
SWAPPED = search.mistake("loss-before-rate", ("search.rates[best], search.losses[best]",
    "search.losses[best], search.rates[best]"),
    "You return the loss first; the rate comes first.")
INDEX = search.mistake("returns-position", ("search.rates[best], search.losses[best]", "best, search.losses[best]"),
    "You return the number of the best trial; return its rate.")
# fmt: on


def proposal(made: Remote) -> float:
    """What a search proposes: one number in its range."""
    rate = float(expect_array(made.call("propose"), "what propose returns", ()))
    inside = LOW * (1 - 1e-6) <= rate <= HIGH * (1 + 1e-6)
    expect(inside, f"propose must return a rate from {LOW} to {HIGH}: received {rate:.4g}.", OUTSIDE)
    return rate


def with_history(student: Student, history: tuple[Array, Array], num_initial: int, seed: int = 0) -> Remote:
    """A BayesianSearch that has seen these rates and losses."""
    made = make(student, "BayesianSearch", LOW, HIGH, seed=seed, num_initial=num_initial)
    for rate, loss in zip(*history, strict=True):
        made.call("update", float(rate), float(loss))
    return made


@search.check("Random search draws each rate anew, its logarithm uniform over the range.", needs=[test_random_rates])
def test_random_search(student: Student) -> None:
    """Of 300 rates; the distance of their distribution exceeds its limit with probability 1e-7."""
    made = make(student, "RandomSearch", LOW, HIGH, seed=1)
    drawn = np.array([proposal(made) for _ in range(300)])
    expect(len(np.unique(drawn)) > 290, "the proposals repeat each other.", FIXED_SEED)
    place = np.log(drawn / LOW) / np.log(HIGH / LOW)
    far = distance_to(place, lambda values: np.clip(values, 0, 1)) > distance_limit(300)
    expect(not far, f"half of the proposed rates are above {np.median(drawn):.3g}; expected "
           f"{(LOW * HIGH) ** 0.5:.3g}.", NOT_UNIFORM)  # fmt: skip


@search.check("A seed makes a search repeatable, and another seed another search.")
def test_seed(student: Student) -> None:
    """Before and after the surrogate takes over."""
    made = [make(student, "RandomSearch", LOW, HIGH, seed=seed) for seed in (1, 1, 2)]
    first, same, other = ([proposal(one) for _ in range(3)] for one in made)
    expect(first == same, "two searches with the same seed proposed other rates.", UNSEEDED)
    expect(first != other, "two searches with different seeds proposed the same rates.", FIXED_SEED)


def start(student: Student, losses: tuple[float, ...], num_initial: int) -> list[float]:
    """The first proposals of a Bayesian search that hears these losses, one more than it hears."""
    made, proposals = with_history(student, (np.zeros(0), np.zeros(0)), num_initial, seed=4), []
    for loss in losses:
        proposals.append(proposal(made))
        made.call("update", proposals[-1], loss)
    return [*proposals, proposal(made)]


@search.check("The first num_initial proposals are chance; the next one is not.",
              needs=[test_random_search, test_integral])  # fmt: skip
def test_initial(student: Student) -> None:
    """Whatever the losses are: they matter from the surrogate on."""
    number = 5
    rising, falling = (1.0, 2.0, 3.0, 4.0, 5.0), (5.0, 1.0, 4.0, 2.0, 3.0)
    one, two = (start(student, losses, number) for losses in (rising, falling))
    if one[:number] != two[:number]:
        raise CheckFailed("the losses changed the first proposals, which should be chance.", NO_START)
    expect(len(set(one)) > number, "the proposals repeat each other.", FIXED_SEED)
    expect(one[number] != two[number], "other losses led to the same proposal: the search does not learn.", LATE)


HISTORIES = (  # logarithms of rates, and losses
    (np.array([-3.5, -2.2, -1.0, 0.1]), np.array([2.0, 0.7, 0.4, 3.0])),
    (np.array([-3.9, -3.1, -2.0, -1.7, -0.5, 0.2]), np.array([1.0, 0.2, 0.9, 1.1, np.nan, np.inf])),
    (np.array([-2.5, -0.3, 0.25]), np.array([5.0, 1.0, 2.0])),
)


def wins(student: Student, history: tuple[Array, Array], rates: Array) -> tuple[Array, Array]:
    """The expected improvement of rates, and of a sweep of the range, under the given surrogate, by the judge."""
    log_rates, losses = history[0], np.where(np.isfinite(history[1]), history[1], np.nan)
    losses = np.where(np.isnan(losses), np.nanmax(losses), losses)
    sweep = np.linspace(np.log10(LOW), np.log10(HIGH), 200)
    with student.clean_room(60.0) as room:
        asked = np.concatenate([np.log10(rates), sweep])
        outcome = room.attempt("vaegan.search.posterior", log_rates, losses, asked)
    if not isinstance(outcome, Returned):
        raise RuntimeError(f"the clean room failed: {outcome}")
    mean, std = (np.asarray(item, np.float64) for item in outcome.value)
    best = float(losses.min())
    won = np.array([integral(m, max(s, 1e-9), best) for m, s in zip(mean, std, strict=True)])
    return won[: len(rates)], won[len(rates) :]


@search.check(
    "After that, the candidate of the largest expected improvement is proposed, as a rate.",
    weight=3,
    needs=[test_integral],
)
def test_largest_improvement(student: Student) -> None:
    """For three histories, one of them with trainings that diverged; nearly as large as the largest is enough."""
    proposed, large = [], []
    for history in HISTORIES:
        made = with_history(student, (10.0 ** history[0], history[1]), num_initial=3)
        proposed.append(proposal(made))
        own, all_ = wins(student, history, np.array(proposed[-1:]))
        large.append(float(own[0] >= NEAR * all_.max()))
    what = "whether the proposal has the largest expected improvement, for three histories (1 is yes)"
    agree(np.array(large), np.ones(3), what, known_by=np.log10(proposed))


def as_float(value: Any) -> float:
    """A number as a float; NaN for anything else."""
    is_one = isinstance(value, int | float) or (isinstance(value, np.ndarray) and value.size == 1)
    return float(value) if is_one else float("nan")


def a_list(value: Any) -> list[Any]:
    """A list of what was tried; whoever overwrote it has tried nothing."""
    return value if isinstance(value, list) else []


def at(values: list[Any], position: int) -> Any:
    """An entry, or None where the list is too short."""
    return values[position] if position < len(values) else None


def looped(student: Student, losses: list[float], num_trials: int, seed: int = 0) -> tuple[Any, Remote, Remote]:
    """What minimise returns for an objective with these losses; the search and the objective."""
    made = make(student, "RandomSearch", LOW, HIGH, seed=seed)
    scripted = make(student, "vaegan.search.Scripted", losses)
    return student.call("minimise", made, scripted, num_trials), made, scripted


@search.check("The loop proposes, evaluates once, and remembers what it evaluated, as often as it should.", weight=2)
def test_loop(student: Student) -> None:
    """Of five trials, and of one."""
    found, expected = [], []
    for losses, number in (([3.0, 1.0, 2.0, 5.0, 4.0], 5), ([2.0, 1.0], 1)):
        _, made, scripted = looped(student, losses, number)
        asked, rates, kept = (a_list(what) for what in (scripted.get("asked"), made.get("rates"), made.get("losses")))
        found += [len(asked), len(rates), float(is_same(asked, rates)), float(is_same(kept, losses[:number]))]
        expected += [number, number, 1.0, 1.0]
    what = "trainings, trials remembered, and (1 is yes) whether rates and losses are those of the trainings, twice"
    agree(np.array(found), expected, what, known_by=np.array(found))


@search.check(
    "The loop returns the best rate and its loss; a training that diverged is never the best.", needs=[test_loop]
)
def test_best(student: Student) -> None:
    """Among NaN and both infinities; and the best of an earlier run of the same search."""
    found, expected = [], []
    for losses in ([3.0, 0.5, 2.0], [np.nan, 4.0, np.inf, 1.5], [2.0, -np.inf, 2.5]):
        best, made, _ = looped(student, [float(loss) for loss in losses], len(losses))
        finite = [loss if np.isfinite(loss) else np.inf for loss in losses]
        rate, loss = expect_pair(best, "what minimise returns")
        found += [float(is_same(rate, at(a_list(made.get("rates")), int(np.argmin(finite))))), loss]
        expected += [1.0, min(finite)]
    _, loss = expect_pair(student.call("minimise", made, student.call("vaegan.search.Scripted", [9.0]), 1), "the best")
    what = "whether the rate is the best trial's (1 is yes), and the loss, of three searches; and of a search run on"
    received = np.array([as_float(value) for value in [*found, loss]])
    agree(np.nan_to_num(received, nan=-9.0, posinf=-8.0, neginf=-7.0), [*expected, 2.0], what, known_by=received)
