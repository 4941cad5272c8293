"""The short training of exercise 3, for `benchmarks/calibrate.py`."""

from __future__ import annotations

from graders.common.trainings import Limit, Training
from graders.ex03_vae.steps import HELD_OUT_LIMITS, short_training

TRAININGS = (
    Training(
        "digits",
        lambda s, seed: {"held-out -ELBO": short_training(s, seed)},
        {"held-out -ELBO": Limit(*HELD_OUT_LIMITS)},
    ),
)
