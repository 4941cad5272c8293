"""The honest objective, and what a dishonest one buys: checks by behaviour, and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.objects import call_in_numpy, numbers
from judge.suite import Array, CheckFailed, Student, agree, cell, expect, expect_array

objective = cell("objective_check", read_again="section 1")
gap = cell("optimism_check", read_again="equation (2)")

# fmt: off
SCORE = 'log_density(data["validation"], data["train"], bandwidth)'
TEST = 'log_density(data["test"], data["train"], chosen)'
LINE = "scores = np.array([validation_score(bandwidth, data) for bandwidth in bandwidths])"
objective.mistake("scored-on-test", (SCORE, SCORE.replace("validation", "test")),
    "Your search looks at the test points: then no honest number is left. The objective knows training and validation.")
objective.mistake("scored-on-training", (SCORE, SCORE.replace("validation", "train")),
    "You score the training points, which want a spike on each of them. Score the validation points.")
objective.mistake("fitted-on-validation", (SCORE, SCORE.replace('data["train"]', 'data["validation"]')),
    "The density stands on the validation points themselves: it must stand on the training points.")
objective.mistake("fitted-on-both", (SCORE, SCORE.replace('data["train"]',
    'np.concatenate([data["train"], data["validation"]])')),
    "The validation points are among those that the density stands on: then they are no held-out points.")
objective.mistake("summed-score", (f"np.mean({SCORE})", f"np.sum({SCORE})"),
    "You add the points' log-densities up; the score is their mean.")
objective.mistake("mean-of-densities", (f"np.mean({SCORE})", f"np.log(np.mean(np.exp({SCORE})))"),
    "You average densities and then take the logarithm; the score is the mean of the logarithms.")
objective.mistake("score-sign", (f"float(np.mean({SCORE}))", f"-float(np.mean({SCORE}))"),
    "Your score has the sign of a loss: here larger is better.")
objective.mistake("chosen-on-test", (LINE, f"{LINE}\n    scores = np.array([np.mean({TEST.replace('chosen', 'h')}) "
    "for h in bandwidths])"),
    "tune_bandwidth chooses by the test points: choose by validation_score, and look at the test points afterwards.")
objective.mistake("smallest-score", ("np.argmax(scores)", "np.argmin(scores)"),
    "You choose the smallest score; larger is better.")
objective.mistake("index-for-bandwidth", ("float(bandwidths[np.argmax(scores)])", "int(np.argmax(scores))"),
    "You return the position of the winner; return the bandwidth itself.")
objective.mistake("test-score-is-validation", (TEST, TEST.replace("test", "validation")),
    "The last number is measured on the validation points, which took part in the choice. Measure on the test points.")
objective.mistake("test-score-refitted", (TEST, TEST.replace('data["train"]',
    'np.concatenate([data["train"], data["test"]])')),
    "The test points are among those that the density stands on: they find themselves again.")
objective.mistake("test-score-of-last", (TEST, TEST.replace("chosen", "bandwidths[-1]")),
    "The last number belongs to the last candidate: measure the chosen one.")
objective.mistake("best-test-score", (f"float(np.mean({TEST}))",
    'max(float(np.mean(log_density(data["test"], data["train"], h))) for h in bandwidths)'),
    "You report the best of all test scores. The test points are looked at once, for the chosen bandwidth.")
objective.mistake("best-score-alone", ("return chosen, scores, ", "return chosen, scores.max(), "),
    "You return the winner's score alone; return the score of each candidate.")
WINNER = "np.argmax(scores, axis=1)"
gap.mistake("optimism-sign", ("scores[repetitions, winners] - fresh[repetitions, winners]",
    "fresh[repetitions, winners] - scores[repetitions, winners]"),
    "Your sign is wrong: optimism is the score on the set that chose, minus the fresh one.")
gap.mistake("best-of-fresh", ("fresh[repetitions, winners]", "fresh.max(axis=1)"),
    "You compare with the best candidate of the fresh set; compare with the same candidate.")
gap.mistake("chosen-by-fresh", (WINNER, "np.argmax(fresh, axis=1)"),
    "You choose by the fresh scores; the choice is made on the set that the score comes from.")
gap.mistake("one-winner-for-all", (WINNER, "np.full(len(scores), np.argmax(scores.mean(axis=0)))"),
    "You choose one winner for all repetitions; each repetition chooses its own.")
gap.mistake("all-candidates", ("float(np.mean(scores[repetitions, winners] - fresh[repetitions, winners]))",
    "float(np.mean(scores - fresh))"),
    "You average over all candidates, where luck cancels out; only the winner's luck is left in its score.")
gap.mistake("smallest-wins", (WINNER, "np.argmin(scores, axis=1)"), "Larger is better: the winner is np.argmax.")
gap.mistake("winner-along-wrong-axis", [("repetitions = np.arange(len(scores))", "others = np.arange(scores.shape[1])"),
    (WINNER, "np.argmax(scores, axis=0)"), ("scores[repetitions, winners] - fresh[repetitions, winners]",
    "scores[winners, others] - fresh[winners, others]")],
    "You look for the best repetition of each candidate; look for the best candidate of each repetition: axis 1.")
gap.mistake("optimism-summed", ("np.mean(scores[rep", "np.sum(scores[rep"),
    "You add up; (2) is a mean over repetitions.")
# fmt: on

WIDTHS = np.array([0.02, 0.1, 0.25, 0.5, 0.9, 1.6, 4.0])


def log_density(x: Array, train: Array, bandwidth: float) -> float:
    """The mean of equation (1), point by point and by its definition."""
    dim, values = train.shape[1], []
    for point in x:
        exponents = -((train - point) ** 2).sum(axis=1) / (2 * bandwidth**2)
        top = exponents.max()
        values.append(top + np.log(np.exp(exponents - top).mean()) - dim / 2 * np.log(2 * np.pi * bandwidth**2))
    return float(np.mean(values))


def three_parts(seed: int, dim: int = 2) -> dict[str, Array]:
    """Points whose parts prefer different bandwidths: the validation points lie wider, the test points far wider."""
    rng = np.random.default_rng(seed)
    return {
        "train": rng.normal(size=(40, dim)),
        "validation": 1.3 * rng.normal(size=(25, dim)),
        "test": 2.6 * rng.normal(size=(30, dim)) + 1.0,
    }


def tuned(student: Student, data: dict[str, Array]) -> tuple[float, Array, float]:
    """What tune_bandwidth returns, each of its three parts looked at."""
    found: Any = student.call_in_numpy("tune_bandwidth", WIDTHS, data)
    if not isinstance(found, list | tuple) or len(found) != 3:
        raise CheckFailed("tune_bandwidth returns three things: the bandwidth, all scores, and the test score.")
    width, scores, test_score = found
    return width, numbers(scores) if isinstance(scores, list | tuple) else scores, test_score


SEEDS = (0, 3, 7)


def number(value: Any, what: str) -> float:
    """One number, whatever kind of number it is."""
    return float(expect_array(value, what, ()))


@objective.check("The score is the mean log-density of the validation points, given the training points.", weight=2)
def test_score(student: Student) -> None:
    """In two dimensions and in five, narrow and wide."""
    found, expected = [], []
    for seed, dim in ((0, 2), (1, 5)):
        data = three_parts(seed, dim)
        for width in (0.3, 2.0):
            found.append(number(call_in_numpy(student, "validation_score", width, data), "the validation score"))
            expected.append(log_density(data["validation"], data["train"], width))
    agree(np.array(found), expected, "the validation scores of two bandwidths on two sets of points")


@objective.check("Each candidate's score comes back.")
def test_scores(student: Student) -> None:
    """All of them, in the candidates' order."""
    data = three_parts(0)
    expected = [log_density(data["validation"], data["train"], width) for width in WIDTHS]
    found = [tuned(student, three_parts(seed))[1] for seed in SEEDS]
    agree(found[0], expected, "the scores", known_by=numbers(found))


@objective.check("The candidate with the best validation score is chosen.")
def test_choice(student: Student) -> None:
    """Not at either end of the candidates."""
    found, expected = [], []
    for seed in SEEDS:
        data = three_parts(seed)
        scores = [log_density(data["validation"], data["train"], width) for width in WIDTHS]
        expected.append(WIDTHS[int(np.argmax(scores))])
        found.append(number(tuned(student, data)[0], "the chosen bandwidth"))
    agree(np.array(found), expected, "the bandwidths chosen for three sets of points", known_by=np.array(found))


@objective.check("Other test points change neither the choice nor its scores.", weight=2)
def test_search_does_not_look_at_test(student: Student) -> None:
    """The same search with test points far away, with few of them, and with the training points as test points."""
    data = three_parts(0)
    width, scores, test_score = tuned(student, data)
    before = numbers([width, scores])
    for other in (data["test"] + 50.0, 0.05 * data["test"][:5], data["train"]):
        again = tuned(student, data | {"test": other})
        agree(numbers(again[:2]), before, "bandwidth and scores of the same search with other test points")
        moved = not np.allclose(number(again[2], "the test score"), number(test_score, "the test score"))
        expect(moved, "the test score does not depend on the test points.")


@objective.check("The last number is the chosen bandwidth's, on the test points, given the training points.")
def test_test_score(student: Student) -> None:
    """Looked at once, after the choice."""
    found, expected = [], []
    for seed in SEEDS:
        data = three_parts(seed)
        scores = [log_density(data["validation"], data["train"], width) for width in WIDTHS]
        expected.append(log_density(data["test"], data["train"], float(WIDTHS[int(np.argmax(scores))])))
        found.append(number(tuned(student, data)[2], "the test score"))
    agree(np.array(found), expected, "the test scores for three sets of points")


@gap.check("optimism is what each repetition's winner loses on fresh data, on average.")
def test_optimism(student: Student) -> None:
    """More repetitions than candidates, and fewer; a fresh set that is better, too."""
    found, expected = [], []
    for seed, shape, shift in ((0, (9, 4), 0.0), (1, (3, 8), 2.0), (2, (6, 6), -1.0)):
        scores, fresh = np.random.default_rng(seed).normal(size=(2, *shape))
        losses = [s[s.argmax()] - f[s.argmax()] for s, f in zip(scores, fresh + shift, strict=True)]
        expected.append(np.mean(losses))
        found.append(number(call_in_numpy(student, "optimism", scores, fresh + shift), "the optimism"))
    agree(np.array(found), expected, "the optimism of three tables")
