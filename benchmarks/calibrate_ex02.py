"""How far may the short trainings of exercise 2 end from the reference? Measures it, and the false-fail rates.

    python benchmarks/calibrate_ex02.py [--seeds 20]

The checks of `graders/ex02_autoencoder/training.py` train a linear autoencoder, which should reach the error of PCA,
and a denoiser with the student's own networks. Here the solved lesson and the right samples of the zoo do the same
from many seeds, in a sandbox, as a submission would. What is printed and written to
`benchmarks/results/ex02_short_training.json`: mean and spread of each, and how often a normal distribution with that
mean and spread would leave the check's limit.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "zoo")]

import samples  # noqa: E402  found through the line above

from graders.ex02_autoencoder.training import (  # noqa: E402
    GAIN_LIMIT,
    PCA_LIMIT,
    denoising_gain,
    linear_training,
)
from judge.sandbox.fork_server import ForkServer  # noqa: E402
from judge.sandbox.session import Session  # noqa: E402
from judge.suite.student import Student  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "ex02_short_training.json"
TRAININGS = {"error over PCA's": (linear_training, PCA_LIMIT), "gain in dB": (denoising_gain, GAIN_LIMIT)}


def numbers(parent, code, training, seeds):
    """What a submission reaches from each seed."""
    with Session(parent, code, total_seconds=3_600.0) as session:
        session.load()
        student = Student(session)
        found = []
        for seed in seeds:
            student.begin_check(240.0)
            found.append(training(student, seed))
        return found


def summary(values, limit):
    """Mean, standard deviation, extremes, and the rate beyond the limit, if normal; the mean is on the right side."""
    normal = statistics.NormalDist.from_samples(values)
    beyond = 1 - normal.cdf(limit) if normal.mean < limit else normal.cdf(limit)
    return {
        "seeds": len(values),
        "mean": round(normal.mean, 4),
        "sd": round(normal.stdev, 4),
        "min": round(min(values), 4),
        "max": round(max(values), 4),
        "false_fail_rate_if_normal": beyond,
    }


def main():
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20, help="reference runs (20)")
    parser.add_argument("--samples", type=int, default=5, help="runs of each right sample (5)")
    options = parser.parse_args()
    solved = samples.lesson("ex02_autoencoder", "autoencoder")
    submissions = {"reference": samples.code(solved, {})}
    if options.samples:
        right = [s for s in samples.zoo("ex02_autoencoder") if s.path.parent.name == "right"]
        submissions |= {s.name: samples.code(solved, s.answers) for s in right}
    table = Table("training", "submission", "seeds", "mean", "sd", "min", "max", "false fails, if normal")
    results = {what: {"limit": limit, "submissions": {}} for what, (_, limit) in TRAININGS.items()}
    with ForkServer() as parent:
        for name, code in submissions.items():
            seeds = range(options.seeds if name == "reference" else options.samples)
            for what, (training, limit) in TRAININGS.items():
                found = summary(numbers(parent, code, training, seeds), limit)
                results[what]["submissions"][name] = found
                table.add_row(what, name, *(f"{value:.4g}" for value in found.values()))
            RESULT.write_text(json.dumps(results, indent=1) + "\n")
    Console().print(table)


if __name__ == "__main__":
    main()
