"""Fifty kills at random moments over a batch of forty: is any grade lost or doubled, any paper half written?

    python benchmarks/kills.py [--students 40] [--kills 50] [--seed 0]

The result goes to `benchmarks/results/kills.json`; anything lost ends it with the exception that says what.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "grading")]

from kills import assert_nothing_lost, grade_with_kills, make_course  # noqa: E402  found through the line above

from judge.suite import suites  # noqa: E402


def main():
    """Kill, finish, compare, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        suites.ROOT = Path(name)
        make_course(suites.ROOT, options.students)
        hits = grade_with_kills(suites.ROOT, options.kills, options.seed)
        assert_nothing_lost(suites.ROOT, options.students)
    result = vars(options) | {
        "kills that hit a living batch": hits,
        "grades lost or doubled": 0,
        "seconds": round(time.monotonic() - started),
        "python": platform.python_version(),
    }
    print(result)
    (ROOT / "benchmarks" / "results" / "kills.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
