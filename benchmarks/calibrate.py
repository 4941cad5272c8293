"""How far may the short trainings of an exercise end from the reference? Measures it, and the false-fail rates.

    python benchmarks/calibrate.py ex02_autoencoder [--seeds 24] [--samples 3] [--only NAME] [--minutes 60] [--anew]

A suite trains a student's models shortly and measures what comes out (`TRAININGS` in the exercise's
`graders/.../trainings.py`). Here the solved lesson does the same from many seeds, and the right samples of the zoo from
a few, each in a sandbox, as a submission would. Every run is written to `benchmarks/results/EXERCISE_training.json` at
once; a later call continues there (`--anew` forgets it: do so after the trainings were changed).

For each number that has a limit the file also holds its mean, spread and extremes, and two rates of leaving the limit:
what a normal distribution of that mean and spread gives (shares and spreads through their logit and logarithm), and,
whatever the distribution, the rate that so many runs without a failure do not exclude (95 %). Controls run with the
reference alone.
"""

import argparse
import importlib
import itertools
import json
import math
import statistics
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "zoo")]

import samples  # noqa: E402  found through the line above

from judge.sandbox.fork_server import ForkServer  # noqa: E402
from judge.sandbox.session import Session  # noqa: E402
from judge.suite.student import Student  # noqa: E402
from judge.suite.suites import suites_of  # noqa: E402


def summary(values, limit):
    """Mean, spread, extremes, and the two rates of leaving the limit."""
    normal = statistics.NormalDist.from_samples([limit.unbounded(value) for value in values])
    below = normal.cdf(limit.unbounded(limit.low)) if math.isfinite(limit.low) and normal.stdev else 0.0
    above = 1 - normal.cdf(limit.unbounded(limit.high)) if math.isfinite(limit.high) and normal.stdev else 0.0
    failures = sum(not limit.holds(value) for value in values)
    return {
        "seeds": len(values),
        "limits": [end if math.isfinite(end) else None for end in (limit.low, limit.high)],
        "mean": round(statistics.mean(values), 4),
        "sd": round(statistics.stdev(values), 4),
        "min": round(min(values), 4),
        "max": round(max(values), 4),
        "failures": failures,
        "fail_rate_if_normal": below + above,
        "rate_not_excluded_by_these_runs": round(1 - 0.05 ** (1 / len(values)), 4) if not failures else None,
    }


def summaries(training, runs):
    """The summary of every number of a training, once it has run three times."""
    if len(runs) < 3:
        return {}
    return {name: summary([run[name] for run in runs.values()], limit) for name, limit in training.limits.items()}


def run(parent, code, training, runs, seeds, save, ends):
    """Train from each seed that is missing in `runs`, and save after each; stops when the time is over."""
    missing = [seed for seed in seeds if str(seed) not in runs]
    if not missing or time.monotonic() > ends:
        return
    with Session(parent, code, total_seconds=36_000.0) as session:
        session.load()
        student = Student(session)
        for seed in missing:
            if time.monotonic() > ends:
                return
            student.begin_check(300.0)
            runs[str(seed)] = {name: float(value) for name, value in training.run(student, seed).items()}
            save()


def show(trainings, runs):
    """Print one row for each number of each submission's training."""
    table = Table("training", "submission", "number", "seeds", "mean", "sd", "min", "max", "fails, if normal")
    for training in trainings:
        for submission, found in runs[training.name].items():
            for number, s in summaries(training, found).items():
                cells = [s[k] for k in ("seeds", "mean", "sd", "min", "max", "fail_rate_if_normal")]
                table.add_row(training.name, submission, number, *(f"{value:.3g}" for value in cells))
    Console(width=160).print(table)


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercise")
    parser.add_argument("--seeds", type=int, default=24, help="runs of the reference (24)")
    parser.add_argument("--samples", type=int, default=3, help="runs of each right sample (3)")
    parser.add_argument("--only", help="one training; the others keep their numbers")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so long (60)")
    parser.add_argument("--anew", action="store_true", help="forget earlier runs")
    return parser.parse_args()


def main():
    """Measure, print, and keep the result."""
    options = arguments()
    trainings = importlib.import_module(f"graders.{options.exercise}.trainings").TRAININGS
    result = ROOT / "benchmarks" / "results" / f"{options.exercise}_training.json"
    kept = {} if options.anew or not result.exists() else json.loads(result.read_text())["runs"]
    runs = {training.name: kept.get(training.name, {}) for training in trainings}

    def save():
        numbers = {t.name: {who: summaries(t, found) for who, found in runs[t.name].items()} for t in trainings}
        result.write_text(json.dumps({"numbers": numbers, "runs": runs}, indent=1) + "\n")

    (suite,) = suites_of(options.exercise, ROOT)
    solved = samples.lesson(options.exercise, suite.notebook)
    right = [sample for sample in samples.zoo(options.exercise) if sample.path.parent.name == "right"]
    submissions = {"reference": {}} | {sample.name: sample.answers for sample in right}
    ends = time.monotonic() + 60 * options.minutes
    with ForkServer() as parent:
        for (name, answers), training in itertools.product(submissions.items(), trainings):
            if options.only not in (None, training.name) or (training.is_control and name != "reference"):
                continue
            seeds = range(options.seeds if name == "reference" else options.samples)
            code = samples.code(solved, answers)
            run(parent, code, training, runs[training.name].setdefault(name, {}), seeds, save, ends)
    save()
    show(trainings, runs)


if __name__ == "__main__":
    main()
