"""The short trainings of exercise 6 and two controls, for `benchmarks/calibrate.py`."""

from __future__ import annotations

from collections.abc import Mapping

from graders.common.trainings import Limit, Training
from graders.ex06_conditional import training
from graders.ex06_conditional.acgan import DEFAULT as ACGAN
from graders.ex06_conditional.cgan import CGAN
from graders.ex06_conditional.linear_game import Kind
from judge.suite import Student


def digits(student: Student, seed: int) -> Mapping[str, float]:
    """The CVAE's digits: how many are read as asked, and how varied the least varied are."""
    share, spread = training.train_cvae(student, seed)
    return {"share": share, "least spread": spread}


def brains(student: Student, seed: int, *, shuffled: bool = False, epochs: int = 4) -> Mapping[str, float]:
    """In how many pairs AD is larger, and by how much, relative to the groups of the training images."""
    areas, group_difference = training.train_on_brains(student, seed, shuffled=shuffled, epochs=epochs)
    larger = areas[:, 1] - areas[:, 0]
    return {"share": float((larger > 0).mean()), "difference": float(larger.mean() / group_difference)}


def points(student: Student, kind: Kind, seed: int) -> Mapping[str, float]:
    """A GAN's points: how many come at the centre asked for, and the spreads of the classes."""
    share, spreads = training.train_gan(student, kind, seed)
    return {"share": share, "least spread": float(spreads.min()), "largest spread": float(spreads.max())}


def of_points(reached: float, spread: tuple[float, float]) -> Mapping[str, Limit]:
    """The limits of a GAN's numbers."""
    least, largest = Limit(spread[0], positive=True), Limit(high=spread[1], positive=True)
    return {"share": Limit(reached, of=4 * training.EVALUATED), "least spread": least, "largest spread": largest}


BY = training.VENTRICLES_BY
OF_DIGITS = {
    "share": Limit(training.CVAE_READ, of=10 * training.EVALUATED),
    "least spread": Limit(training.CVAE_SPREAD, positive=True),
}
OF_BRAINS = {"share": Limit(training.VENTRICLES_LARGER, of=training.PAIRS), "difference": Limit(BY)}
CONTROL = {"difference": Limit(-BY, BY)}  # a false pass needs more
TRAININGS = (
    Training("cvae", digits, OF_DIGITS),
    Training("ventricles", brains, OF_BRAINS),
    Training("shuffled", lambda s, seed: brains(s, seed, shuffled=True), CONTROL, is_control=True),
    Training("untrained", lambda s, seed: brains(s, seed, epochs=0), CONTROL, is_control=True),
    Training("cgan", lambda s, seed: points(s, CGAN, seed), of_points(training.CGAN_REACHED, training.CGAN_SPREAD)),
    Training("acgan", lambda s, seed: points(s, ACGAN, seed), of_points(training.ACGAN_REACHED, training.ACGAN_SPREAD)),
)
