"""How far does a right search end from the optimum? The limit of exercise 8's regret check, and its false-fail rate.

    python benchmarks/calibrate_ex08.py [--seeds 100] [--fast]

Runs the judge's own race of `graders/ex08_tuning/regret.py` on the solved lesson, without a sandbox, from many seeds:
the regret over the hidden functions, as a multiple of what random search has on average. `--fast` runs two seeds and
writes nothing.
"""

import argparse
import json
import sys
from pathlib import Path
from statistics import NormalDist

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solutions" / "ex08_tuning")]

import tuning  # noqa: E402  found through the line above

from graders.ex08_tuning import regret  # noqa: E402  as above
from graders.ex08_tuning.search import HIGH, LOW  # noqa: E402  as above

RESULT = ROOT / "benchmarks" / "results" / "ex08_regret.json"


class Here:
    """A search of this process, with the judge's way of calling its methods."""

    def __init__(self, search):
        self.search = search

    def call(self, method, *arguments):
        return getattr(self.search, method)(*arguments)


def ratio(kind, seed):
    """The judge's number for a search of the solved lesson."""
    found = [
        regret.regret_of(Here(kind(LOW, HIGH, seed=seed + number)), number) for number in range(regret.NUM_FUNCTIONS)
    ]
    return float(np.sum(found) / np.sum([regret.by_chance(number) for number in range(regret.NUM_FUNCTIONS)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--fast", action="store_true")
    given = parser.parse_args()
    seeds = range(2 if given.fast else given.seeds)
    found = {kind.__name__: [ratio(kind, 1000 * seed) for seed in seeds]
             for kind in (tuning.RandomSearch, tuning.BayesianSearch)}  # fmt: skip
    summary = {name: {"mean": np.mean(v), "sd": np.std(v, ddof=1), "smallest": min(v), "largest": max(v)}
               for name, v in found.items()}  # fmt: skip
    bayesian = summary["BayesianSearch"]
    rate = 1 - NormalDist(bayesian["mean"], bayesian["sd"]).cdf(regret.LIMIT)
    summary |= {"seeds": len(seeds), "limit": regret.LIMIT, "false_fail_if_normal": rate}
    print(json.dumps(summary, indent=1))
    if not given.fast:
        RESULT.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
