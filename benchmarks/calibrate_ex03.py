"""How far may the short training of exercise 3 end from the reference? Measures it, and the false-fail rate.

    python benchmarks/calibrate_ex03.py [--seeds 30]

The check `test_short_training` trains a student's VAE for four epochs on scikit-learn's digits and computes
the held-out -ELBO itself. Here the solved lesson and the right samples of the zoo do the same from many
seeds, each in a sandbox, as a submission would. What is printed and written to
`benchmarks/results/ex03_short_training.json`: mean and spread of each, and how often a normal distribution
with the reference's mean and spread would leave the check's limits.
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

from graders.ex03_vae.steps import HELD_OUT_LIMITS, short_training  # noqa: E402
from judge.sandbox.fork_server import ForkServer  # noqa: E402
from judge.sandbox.session import Session  # noqa: E402
from judge.suite.student import Student  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "ex03_short_training.json"


def losses(parent, code, seeds):
    """Held-out -ELBO of a submission after the short training, from each seed."""
    with Session(parent, code) as session:
        session.load()
        student = Student(session)
        found = []
        for seed in seeds:
            student.begin_check(120.0)
            found.append(short_training(student, seed))
        return found


def summary(values):
    """Mean, standard deviation, extremes and the rate of leaving the limits, if normal."""
    low, high = HELD_OUT_LIMITS
    normal = statistics.NormalDist.from_samples(values)
    return {
        "seeds": len(values),
        "mean": round(normal.mean, 3),
        "sd": round(normal.stdev, 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
        "false_fail_rate_if_normal": normal.cdf(low) + 1 - normal.cdf(high),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=30, help="reference runs (30)")
    options = parser.parse_args()
    solved = samples.lesson("ex03_vae", "vae")
    submissions = {"reference": samples.code(solved, {})}
    submissions |= {s.name: samples.code(solved, s.answers) for s in samples.zoo("ex03_vae") if not s.fails}
    console, table = (
        Console(),
        Table("submission", "seeds", "mean", "sd", "min", "max", "false fails, if normal"),
    )
    results = {}
    with ForkServer() as parent:
        for name, code in submissions.items():
            count = options.seeds if name == "reference" else max(5, options.seeds // 6)
            results[name] = summary(losses(parent, code, range(count)))
            table.add_row(name, *(f"{value:.3g}" for value in results[name].values()))
    console.print(table)
    console.print(f"limits of the check: {HELD_OUT_LIMITS[0]:g} to {HELD_OUT_LIMITS[1]:g} nats per image")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"limits": HELD_OUT_LIMITS, "submissions": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
