"""The short training of exercise 5 that is measured, for `benchmarks/calibrate.py`."""

from __future__ import annotations

from collections.abc import Mapping

from graders.common.trainings import Limit, Training
from graders.ex05_gan.short_training import MODES_LIMIT, NUM_SAMPLES, QUALITY_LIMIT, ring_training
from judge.suite import Student


def on_the_ring(student: Student, seed: int) -> Mapping[str, float]:
    """How many modes are covered, and the share of good samples."""
    modes, quality = ring_training(student, seed)
    return {"modes": modes, "quality": quality}


# between two counts of modes lies the limit of a normal distribution
LIMITS = {"modes": Limit(MODES_LIMIT - 0.5), "quality": Limit(QUALITY_LIMIT, of=NUM_SAMPLES)}
TRAININGS = (Training("ring", on_the_ring, LIMITS),)
