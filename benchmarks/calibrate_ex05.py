"""What does the short training of exercise 5 reach? Measures it, and how often the check would fail a right answer.

    python benchmarks/calibrate_ex05.py [--seeds 24] [--submissions reference careful ...]

The check `test_training_finds_the_ring` trains a student's GAN for a few hundred steps on a ring of eight
Gaussians and counts the modes itself. Here the solved lesson and right samples of the zoo do the same from
many seeds, each in a sandbox, as a submission would. Printed and merged into
`benchmarks/results/ex05_short_training.json`: modes and share of good samples of every run, and the rate at
which a normal distribution with that mean and spread would fall below the check's limits.
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

from graders.ex05_gan.short_training import MODES_LIMIT, QUALITY_LIMIT, ring_training  # noqa: E402
from judge.sandbox.fork_server import ForkServer  # noqa: E402
from judge.sandbox.session import Session  # noqa: E402
from judge.suite.student import Student  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "ex05_short_training.json"


def runs(parent, code, seeds):
    """(modes, share of good samples) of a submission after the short training, from each seed."""
    with Session(parent, code, total_seconds=3600) as session:
        session.load()
        student = Student(session)
        found = []
        for seed in seeds:
            student.begin_check(300.0)
            found.append(ring_training(student, seed))
        return found


def summary(found):
    """Mean, spread and extremes, and the rates of falling below the limits, if normal."""
    modes, quality = (list(map(float, column)) for column in zip(*found, strict=True))
    result = {"seeds": len(found), "modes": sorted(int(m) for m in modes)}
    for name, values, limit in (("modes", modes, MODES_LIMIT - 0.5), ("quality", quality, QUALITY_LIMIT)):
        mean, sd = statistics.mean(values), statistics.stdev(values)
        result[f"{name}_mean"], result[f"{name}_sd"] = round(mean, 3), round(sd, 3)
        rate = statistics.NormalDist(mean, sd).cdf(limit) if sd > 0 else float(mean < limit)
        result[f"{name}_false_fail_rate_if_normal"] = rate
    return {**result, "quality_min": round(min(quality), 3), "quality_max": round(max(quality), 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=24, help="runs of each submission (24)")
    parser.add_argument("--submissions", nargs="*", default=["reference"], help="reference, or right samples")
    options = parser.parse_args()
    solved = samples.lesson("ex05_gan", "gan")
    answers = {sample.path.stem: sample.answers for sample in samples.zoo("ex05_gan") if not sample.fails}
    results = json.loads(RESULT.read_text())["submissions"] if RESULT.exists() else {}
    table = Table("submission", "seeds", "modes", "good samples", "fewest modes", "false fails, if normal")
    with ForkServer() as parent:
        for name in options.submissions:
            code = samples.code(solved, {} if name == "reference" else answers[name])
            results[name] = found = summary(runs(parent, code, range(options.seeds)))
            rate = max(found["modes_false_fail_rate_if_normal"], found["quality_false_fail_rate_if_normal"])
            good = f"{found['quality_mean']:.2f} +- {found['quality_sd']:.2f}"
            mean = f"{found['modes_mean']:.2f} +- {found['modes_sd']:.2f}"
            table.add_row(name, str(found["seeds"]), mean, good, str(found["modes"][0]), f"{rate:.1e}")
    Console().print(table)
    limits = {"modes": MODES_LIMIT, "quality": QUALITY_LIMIT}
    RESULT.write_text(json.dumps({"limits": limits, "submissions": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
