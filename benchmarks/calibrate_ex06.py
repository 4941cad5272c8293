"""How far may the short trainings of exercise 6 end from the reference? Measures it, and the false-fail rates.

    python benchmarks/calibrate_ex06.py [--seeds 24] [--only cvae|ventricles|...] [--minutes 10] [--anew]

The suite trains a student's CVAE on digits and on brains, and the two GANs on points of four classes, always with the
judge's own networks, and measures what comes when a class is asked for (`graders/ex06_conditional/training.py`). Here
the solved lesson does the same from many seeds and the right samples of the zoo from a few, each in a sandbox, as a
submission would. Every run is written to `benchmarks/results/ex06_short_training.json` at once; a later call continues
there (`--anew` forgets it: do so after the trainings were changed).

For each number that has a limit the file also holds its mean, spread and extremes, and two rates of leaving the limit:
what a normal distribution of that mean and spread gives (shares and spreads through their logit and logarithm, which
are unbounded), and, whatever the distribution, the rate that so many runs without a failure do not exclude (95 %).

The brains have two controls, of the reference alone: `shuffled`, trained with labels dealt out at random, and
`untrained`. Their limits are the other way round: a false pass needs a difference above the upper one.
"""

import argparse
import itertools
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "zoo")]

import samples  # noqa: E402  found through the line above

from graders.ex06_conditional import training  # noqa: E402
from graders.ex06_conditional.acgan import DEFAULT as ACGAN  # noqa: E402
from graders.ex06_conditional.cgan import CGAN  # noqa: E402
from judge.sandbox.fork_server import ForkServer  # noqa: E402
from judge.sandbox.session import Session  # noqa: E402
from judge.suite.student import Student  # noqa: E402

EXERCISE = "ex06_conditional"
RESULT = ROOT / "benchmarks" / "results" / "ex06_short_training.json"
TRAININGS = {
    "cvae": training.train_cvae,
    "ventricles": training.train_on_brains,
    "shuffled": lambda student, seed: training.train_on_brains(student, seed, shuffled=True),
    "untrained": lambda student, seed: training.train_on_brains(student, seed, epochs=0),
    "cgan": lambda student, seed: training.train_gan(student, CGAN, seed),
    "acgan": lambda student, seed: training.train_gan(student, ACGAN, seed),
}
CONTROLS = ("shuffled", "untrained")
EXAMPLES = {
    "cvae": 10 * training.EVALUATED,
    **dict.fromkeys(("ventricles", *CONTROLS), training.PAIRS),
    "cgan": 4 * training.EVALUATED,
    "acgan": 4 * training.EVALUATED,
}


def limits(name):
    """The limits of a training's numbers: (low, high), high None where there is none."""
    by = training.VENTRICLES_BY
    return {
        "cvae": {"share": (training.CVAE_READ, None), "least spread": (training.CVAE_SPREAD, None)},
        "ventricles": {"share": (training.VENTRICLES_LARGER, None), "difference": (by, None)},
        **{name: {"share": (0.0, None), "difference": (-by, by)} for name in CONTROLS},
        "cgan": _gan_limits(training.CGAN_REACHED, training.CGAN_SPREAD),
        "acgan": _gan_limits(training.ACGAN_REACHED, training.ACGAN_SPREAD),
    }[name]


def _gan_limits(share, spread):
    return {"share": (share, None), "least spread": (spread[0], None), "largest spread": (0.0, spread[1])}


def measured(name, student, seed):
    """The numbers of one training that have limits."""
    numbers_of = _of_brains if name in ("ventricles", *CONTROLS) else _of_classes
    numbers = numbers_of(*TRAININGS[name](student, seed))
    return {number: float(numbers[number]) for number in limits(name)}


def _of_classes(share, spreads):
    spreads = np.atleast_1d(spreads)
    return {"share": share, "least spread": spreads.min(), "largest spread": spreads.max()}


def _of_brains(areas, group_difference):
    """In how many pairs AD is larger, and by how much, relative to the groups of the training images."""
    larger = areas[:, 1] - areas[:, 0]
    return {"share": (larger > 0).mean(), "difference": larger.mean() / group_difference}


def summary(values, low, high, unbounded):
    """Mean, spread, extremes, and the two rates of leaving the limits."""
    normal = statistics.NormalDist.from_samples([unbounded(value) for value in values])
    below = normal.cdf(unbounded(low)) if normal.stdev and low != 0 else 0.0
    above = 1 - normal.cdf(unbounded(high)) if normal.stdev and high is not None else 0.0
    failures = sum(value < low or (high is not None and value > high) for value in values)
    return {
        "seeds": len(values),
        "limits": [low, high],
        "mean": round(statistics.mean(values), 4),
        "sd": round(statistics.stdev(values), 4),
        "min": round(min(values), 4),
        "max": round(max(values), 4),
        "failures": failures,
        "false_fail_rate_if_normal": below + above,
        "rate_not_excluded_by_these_runs": round(1 - 0.05 ** (1 / len(values)), 4) if not failures else None,
    }


def scale_of(name, number):
    """Where a number is as good as normal: logits for shares, half an example away from 0 and 1; logs for spreads.

    A difference may be negative, and stays as it is.
    """
    if number == "difference":
        return float
    if number != "share":
        return lambda value: float(np.log(max(value, 1e-9)))
    count = EXAMPLES[name]
    return lambda share: float(np.log((share * count + 0.5) / ((1 - share) * count + 0.5)))


def run(parent, code, name, runs, seeds, save, ends):
    """Train from each seed that is missing in `runs`, and save after each; stops when the time is over."""
    missing = [seed for seed in seeds if str(seed) not in runs]
    if not missing or time.monotonic() > ends:
        return
    with Session(parent, code, total_seconds=3600.0) as session:
        session.load()
        student = Student(session)
        for seed in missing:
            if time.monotonic() > ends:
                return
            student.begin_check(300.0)
            runs[str(seed)] = measured(name, student, seed)
            save()


def summaries(name, runs):
    """The summary of every number of a training, once it has run three times."""
    return {
        number: summary([found[number] for found in runs.values()], low, high, scale_of(name, number))
        for number, (low, high) in limits(name).items()
        if len(runs) > 2
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=24, help="reference runs (24)")
    parser.add_argument("--only", choices=tuple(TRAININGS), help="one training; the others keep their numbers")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so long (60)")
    parser.add_argument("--anew", action="store_true", help="forget earlier runs")
    options = parser.parse_args()
    solved = samples.lesson(EXERCISE, "conditional")
    submissions = {"reference": {}} | {s.name: s.answers for s in samples.zoo(EXERCISE) if not s.fails}
    kept = {} if options.anew or not RESULT.exists() else json.loads(RESULT.read_text()).get("runs", {})
    runs = {name: kept.get(name, {}) for name in TRAININGS}

    def save():
        found = {name: {who: summaries(name, r) for who, r in of.items()} for name, of in runs.items()}
        RESULT.write_text(json.dumps({"numbers": found, "runs": runs}, indent=2) + "\n")

    ends = time.monotonic() + 60 * options.minutes
    with ForkServer() as parent:
        for submission, name in itertools.product(submissions, [options.only] if options.only else TRAININGS):
            if name in CONTROLS and submission != "reference":
                continue
            seeds = range(options.seeds if submission == "reference" else 3)
            code = samples.code(solved, submissions[submission])
            run(parent, code, name, runs[name].setdefault(submission, {}), seeds, save, ends)
    show(runs)


def show(runs):
    """Print one row for each number of each submission's training."""
    table = Table("training", "submission", "number", "seeds", "mean", "sd", "min", "max", "false fails, if normal")
    for name, submissions in runs.items():
        for submission, found in submissions.items():
            for number, s in summaries(name, found).items():
                cells = [s[k] for k in ("seeds", "mean", "sd", "min", "max", "false_fail_rate_if_normal")]
                table.add_row(name, submission, number, *(f"{value:.3g}" for value in cells))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
