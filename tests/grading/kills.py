"""Kills a grading batch at random moments until it has come through; used by the test and the benchmark."""

import random
import subprocess
import sys
import time
from pathlib import Path

DRIVER = Path(__file__).with_name("kill_driver.py")


def grade_with_kills(course: Path, exercise: str, num_kills: int, seed: int) -> int:
    """Run the batch, killing it `num_kills` times, then let it finish; returns the kills that hit a live batch."""
    chance = random.Random(seed)
    hits = 0
    for _ in range(num_kills):
        process = _start(course, exercise)
        first = process.stdout.readline()  # past the warm-up, where a kill could not lose anything
        time.sleep(chance.uniform(0.0, 2.5) if first else 0.0)
        hits += process.poll() is None
        process.kill()
        process.communicate()
    process = _start(course, exercise)
    output, errors = process.communicate(timeout=1800)
    assert process.returncode == 0, errors
    assert "OUR FAULT" not in output
    return hits


def _start(course: Path, exercise: str) -> subprocess.Popen:
    command = [sys.executable, "-W", "ignore", str(DRIVER), str(course), exercise]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
