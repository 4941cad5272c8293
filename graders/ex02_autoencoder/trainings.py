"""The short trainings of exercise 2, for `benchmarks/calibrate.py`."""

from __future__ import annotations

from graders.common.trainings import Limit, Training
from graders.ex02_autoencoder.training import GAIN_LIMIT, PCA_LIMIT, denoising_gain, linear_training

TRAININGS = (
    Training(
        "linear",
        lambda s, seed: {"error over PCA's": linear_training(s, seed)},
        {"error over PCA's": Limit(high=PCA_LIMIT)},
    ),
    Training("denoising", lambda s, seed: {"gain in dB": denoising_gain(s, seed)}, {"gain in dB": Limit(GAIN_LIMIT)}),
)
