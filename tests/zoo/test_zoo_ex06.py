"""Every sample submission of exercise 6 gets exactly the verdict that is written in it."""

import numpy as np
import pytest
from samples import in_turn
from zoo_tests import (  # noqa: F401  pytest runs them here
    Zoo,
    test_every_point_of_the_lesson_is_judged,
    test_solution_has_full_marks,
    test_stub_passes_nothing,
    test_zoo_is_large_enough,
)

from graders.ex06_conditional import training
from judge.suite.engine import Status
from judge.suite.zoo import Sample

ZOO = Zoo("ex06_conditional", "conditional", right=6, wrong=0)
SOLVED = {str(cell.grade_id): cell.source for cell in ZOO.solved.cells if cell.active}


@pytest.fixture
def without_trainings(monkeypatch):
    """The four short trainings, half of a sample's time, count as passed: no hostile sample fails there.

    That they pass right answers and fail untrained ones is tested in `test_trainings_tell_right_from_wrong` and with
    the right samples, which are trained.
    """
    monkeypatch.setattr(training, "train_cvae", lambda student, seed: (1.0, 0.5))
    monkeypatch.setattr(training, "train_on_brains", lambda student, seed: (np.tile([300.0, 500.0], (64, 1)), 200.0))
    monkeypatch.setattr(training, "train_gan", lambda student, kind, seed: (1.0, np.full(4, 0.5)))


def of_kind(*kinds):
    return [sample for sample in ZOO.samples if sample.path.parent.name in kinds]


@pytest.mark.slow
@pytest.mark.parametrize("sample", in_turn(of_kind("right"), every=3))
def test_right_sample_has_full_marks(sample: Sample, parent):
    ZOO.expect_what_is_written(sample, parent)


@pytest.mark.slow
@pytest.mark.parametrize("sample", in_turn(of_kind("hostile"), every=3))
def test_sample_gets_what_is_written_in_it(sample: Sample, parent, short_budgets, without_trainings):
    ZOO.expect_what_is_written(sample, parent)


LAZY = """
@keras.saving.register_keras_serializable(package="lazy")
class {name}({name}):
    def fit(self, *args, **kwargs):
        pass
"""


@pytest.mark.slow
def test_trainings_tell_right_from_wrong(parent):
    """Models whose `fit` learns nothing, everything else right, fail in the short trainings and nowhere else."""
    names = {"cgan": "ConditionalGAN", "acgan": "ACGAN"}  # a CVAE's is a patch
    answers = {cell: SOLVED[cell] + LAZY.format(name=name) for cell, name in names.items()}
    found = ZOO.judge_answers(parent, answers)
    failed = {v.name for v in found if v.status is not Status.PASSED}
    assert failed == {"test_cgan_short_training", "test_acgan_short_training"}
