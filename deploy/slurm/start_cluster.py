"""Starts a Dask cluster as SLURM jobs and prints the scheduler's address for `judge grade --scheduler`.

    pip install dask-jobqueue
    python deploy/slurm/start_cluster.py --workers 20 --partition short

Every worker needs this checkout with its `.venv` at the same path (a shared file system), and a node that
allows user namespaces. The cluster ends with this program.
"""

import argparse
import signal
import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Start the cluster and wait for Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=4, help="jobs; each judges one submission at a time")
    parser.add_argument("--partition", required=True)
    parser.add_argument("--walltime", default="02:00:00")
    options = parser.parse_args()
    with SLURMCluster(
        queue=options.partition,
        cores=1,
        processes=1,
        memory="8GB",  # a sandbox may use 4 GiB, its fork server another
        walltime=options.walltime,
        python=str(ROOT / ".venv" / "bin" / "python"),
        job_extra_directives=["--cpus-per-task=2"],
        job_script_prologue=[f"cd {ROOT}", f"export PYTHONPATH={ROOT}"],
    ) as cluster:
        cluster.scale(jobs=options.workers)
        print(f"python -m judge grade EXERCISE --scheduler {cluster.scheduler_address}", flush=True)
        signal.sigwait([signal.SIGINT, signal.SIGTERM])


if __name__ == "__main__":
    sys.exit(main())
