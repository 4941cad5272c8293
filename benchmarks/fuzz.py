"""Do the parsers of the trusted side stand 100,000 malformed inputs each?

    python benchmarks/fuzz.py [--examples 100000] [names ...]

Inputs are drawn by hypothesis from the strategies of `tests/fuzz/fuzz_targets.py`, in rounds with seeds of
their own. The result goes to `benchmarks/results/fuzz.json`; the exit status is 1 if any input made a parser
raise, and the smallest such input is printed.
"""

import argparse
import json
import platform
import sys
import time
import traceback
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fuzz")]

import fuzz_targets  # noqa: E402  found through the line above

ROUND = 10_000
RESULTS = ROOT / "benchmarks" / "results" / "fuzz.json"


def fuzz(target, examples):
    """Run the target on that many inputs; returns (inputs tried, seconds, failure or "")."""
    tried, started = 0, time.perf_counter()

    def attempt(value):
        nonlocal tried
        tried += 1
        target.run(value)

    number = 0
    while tried < examples:
        number += 1
        options = settings(
            max_examples=min(ROUND, examples - tried), deadline=None, database=None, print_blob=False,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        )  # fmt: skip
        try:
            seed(number)(options(given(target.inputs)(attempt)))()
        except Exception:  # whatever a parser of ours raised is the finding
            return tried, time.perf_counter() - started, traceback.format_exc()
    return tried, time.perf_counter() - started, ""


def main():
    """Fuzz each target and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", default=list(fuzz_targets.TARGETS))
    parser.add_argument("--examples", type=int, default=100_000)
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    failed = False
    for name in arguments.names:
        tried, seconds, failure = fuzz(fuzz_targets.TARGETS[name], arguments.examples)
        print(f"{name}: {tried} inputs in {seconds:.0f} s: {failure or 'none raised'}", flush=True)
        results[name] = {"inputs": tried, "seconds": round(seconds), "raised": failure.strip()[-300:]}
        failed |= bool(failure)
    results["python"] = platform.python_version()
    if arguments.examples >= 100_000:
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
