"""python -m vaegan.data make-ad-cohort --subjects 120 --effect teaching --seed 0 --out cohort/"""

import argparse
import sys
import time

from vaegan.data.synthetic import make_ad_cohort
from vaegan.data.synthetic.population import EFFECTS


def main(arguments=None):
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m vaegan.data", description="Data sets of the course.")
    commands = parser.add_subparsers(dest="command", required=True)
    cohort = commands.add_parser("make-ad-cohort", help="write a synthetic cohort of T1w scans in BIDS")
    cohort.add_argument("--subjects", type=int, default=120, help="how many; half of them AD (default 120)")
    cohort.add_argument("--effect", choices=tuple(EFFECTS), default="realistic", help="how far the groups differ")
    cohort.add_argument("--seed", type=int, default=0)
    cohort.add_argument("--sessions", type=int, default=1, help="visits of each subject, a year apart (default 1)")
    cohort.add_argument("--shuffle-labels", action="store_true", help="a control: diagnoses say nothing")
    cohort.add_argument("--out", help="new folder (default ad-cohort-<effect>-<subjects>-seed<seed>)")
    cohort.add_argument("--workers", type=int, help="threads (default: one per processor, at most 4)")
    asked = parser.parse_args(arguments)
    out = asked.out or f"ad-cohort-{asked.effect}-{asked.subjects}-seed{asked.seed}"
    started = time.perf_counter()
    try:
        folder = make_ad_cohort(
            out,
            asked.subjects,
            asked.effect,
            asked.seed,
            asked.sessions,
            asked.shuffle_labels,
            workers=asked.workers,
        )
    except (ValueError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    seconds = time.perf_counter() - started
    print(f"{folder}: {asked.subjects} synthetic subjects in {seconds:.0f} s. No patient is in it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
