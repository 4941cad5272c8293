"""A short training of the student's models: what is measured of it, and within which limits it may end.

Every exercise that trains declares its trainings as `TRAININGS` in its module `trainings.py`;
`benchmarks/calibrate.py` runs them from many seeds. They prove that training works, not that the formulas are right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from judge.suite import Student


@dataclass(frozen=True)
class Limit:
    """Where a number of a training should end.

    Attributes:
        low, high: both belong to it.
        of: not 0 for a share of so many examples, which is as good as normal on the scale of its logit.
        positive: the number is above 0 and as good as normal on the scale of its logarithm.
    """

    low: float = -math.inf
    high: float = math.inf
    of: int = 0
    positive: bool = False

    def holds(self, value: float) -> bool:
        """Whether the number ended within the limit; NaN did not."""
        return self.low <= value <= self.high

    def unbounded(self, value: float) -> float:
        """The number on the scale where it is as good as normal; shares half an example away from 0 and 1."""
        if self.of:
            return math.log((value * self.of + 0.5) / ((1 - value) * self.of + 0.5))
        return math.log(max(value, 1e-9)) if self.positive else value


@dataclass(frozen=True)
class Training:
    """A short training.

    Attributes:
        name: short, within the exercise.
        run: trains a student's model from a seed, and returns the measured numbers by name.
        limits: of the numbers that are judged, by name.
        is_control: no check asks for it; it shows what ends outside, or within, for another reason.
    """

    name: str
    run: Callable[[Student, int], Mapping[str, float]]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    is_control: bool = False
