"""The search of exercise 8 that is judged by its outcome, for `benchmarks/calibrate.py`."""

from __future__ import annotations

from graders.common.trainings import Limit, Training
from graders.ex08_tuning.regret import LIMIT, regret_ratio

TRAININGS = (
    Training(
        "regret",
        lambda student, seed: {"over random search's": regret_ratio(student, 1000 * seed)},
        {"over random search's": Limit(high=LIMIT, positive=True)},
    ),
)
