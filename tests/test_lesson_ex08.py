"""Facts about the solved lesson on tuning, its curves, and that it runs as students will run it."""

from pathlib import Path

import numpy as np
import pytest
from lesson_runs import as_module, checks_that_meet_their_hole, run_cells

from graders.ex08_tuning.truth import OUTCOMES, all_runs, tells_apart
from judge.course.lesson import read_lesson
from vaegan import curves, traversal
from vaegan.search import Epochs, Scripted, Search, posterior, tally

LESSON = Path(__file__).parents[1] / "solutions" / "ex08_tuning" / "tuning.py"


@pytest.fixture(scope="module")
def lesson():
    """The lesson as a module: only its classes and functions are active."""
    return as_module(LESSON)


def test_the_density_integrates_to_one(lesson):
    x = np.linspace(-8, 8, 4001)[:, None]
    density = np.exp(lesson.log_density(x, np.array([[-1.0], [0.5], [2.0]]), 0.4))
    assert np.trapezoid(density, x[:, 0]) == pytest.approx(1.0, abs=1e-6)


def test_the_best_of_equals_is_optimistic(lesson):
    scores, fresh = np.random.default_rng(0).normal(size=(2, 4000, 10))
    assert lesson.optimism(scores, fresh) == pytest.approx(1.5388, abs=0.06)  # the mean largest of ten normal draws


def test_the_valley_is_best_where_theory_says(lesson):
    rates = lesson.log_sweep(0.05, 0.6, 400)
    best = rates[np.argmin([lesson.valley_loss(rate, num_steps=200) for rate in rates])]
    assert best == pytest.approx(2 / (lesson.CURVATURES.min() + lesson.CURVATURES.max()), rel=0.02)
    assert lesson.valley_loss(0.7) == np.inf


def test_expected_improvement_warns_of_nothing_where_std_is_zero(lesson):
    np.testing.assert_allclose(lesson.expected_improvement([1.0, 3.0], [0.0, 0.0], 2.0), [1.0, 0.0])


def test_twelve_bayesian_trials_find_a_smooth_optimum(lesson):
    losses = [
        lesson.minimise(lesson.BayesianSearch(1e-4, 1.0, seed=s), lambda r: (np.log10(r) + 1.7) ** 2, 12)[1]
        for s in range(3)
    ]
    assert max(losses) < 1e-3


def test_a_diverged_training_is_replaced_by_the_worst_for_the_surrogate():
    search = Search(0.01, 1.0)
    for rate, loss in ((0.1, 2.0), (0.5, np.nan), (1.0, np.inf), (0.01, 1.0)):
        search.update(rate, loss)
    np.testing.assert_array_equal(search.history()[1], [2.0, 2.0, 2.0, 1.0])


def test_a_range_that_goes_down_is_refused():
    with pytest.raises(ValueError, match=r"expected 0 < low < high, received 1 and 0.1"):
        Search(1, 0.1)


def test_the_surrogate_is_sure_where_it_was_told():
    x, y = np.array([-3.0, -2.0, 0.0]), np.array([1.0, 0.0, 2.0])
    mean, std = posterior(x, y, np.array([-3.0, -1.0]))
    assert mean[0] == pytest.approx(1.0, abs=0.02) and std[0] < 0.1 < std[1]


def test_a_study_is_counted_by_state(lesson):
    study = lesson.open_study("counted", None)
    lesson.finish(study, Scripted([3.0, 1.0, 2.0], hopeless=[1]), 3)
    study.ask()
    assert tally(study) == dict(direction="minimize", trials=4, complete=2, pruned=1, running=1, fail=0)


def test_epochs_are_trained_when_they_are_asked_for():
    epochs = Epochs([3.0, 2.0, 1.0])
    assert next(epochs) == 3.0 and epochs.left() == [2.0, 1.0] and list(epochs) == [2.0, 1.0]


def test_slerp_keeps_the_length_and_the_straight_way_does_not(lesson):
    way = np.linalg.norm(lesson.slerp([3.0, 0.0], [0.0, 3.0], 9), axis=1)
    np.testing.assert_allclose(way, 3.0, rtol=1e-6)


# The curves


def test_a_student_reads_four_runs_with_different_faults_and_always_the_same_ones():
    runs = all_runs()
    seen = {tuple(curves.run_numbers(f"train{i:02d}")) for i in range(60)}
    assert len(seen) > 45  # hardly two of a class read the same four
    for numbers in seen:
        assert len({runs[number].fault for number in numbers}) == 4
    assert curves.run_numbers("Bob") == curves.run_numbers("bob ")


def test_every_fault_has_runs_and_evidence_among_the_curves():
    runs = all_runs()
    assert {run.fault for run in runs} == set(curves.FAULTS)
    with np.load(curves._FILE) as kept:
        for number, run in enumerate(runs):
            names = {name.split("/")[1] for name in kept.files if name.startswith(f"{number}/")}
            assert set(run.evidence) <= names and all(1 <= a <= b <= 40 for a, b in run.evidence.values())


def test_nothing_that_students_install_says_which_run_has_which_fault():
    with np.load(curves._FILE) as kept:
        assert not any(fault in name for fault in curves.FAULTS if fault != "none" for name in kept.files)


def test_every_pair_has_an_experiment_and_every_experiment_a_price():
    assert set(OUTCOMES) == set(curves.EXPERIMENTS)
    for pair in curves.PAIRS:
        assert any(tells_apart(name, *pair) for name in curves.EXPERIMENTS)


def test_the_logged_total_is_the_sum_of_its_terms_but_where_that_is_the_fault():
    for number, run in enumerate(all_runs()):
        with np.load(curves._FILE) as kept:
            own = {n.split("/")[1]: kept[n] for n in kept.files if n.startswith(f"{number}/")}
        if "kl_loss" in own:
            right = np.allclose(own["loss"], own["reconstruction_loss"] + own["kl_loss"], rtol=2e-3)
            assert right == (run.fault != "wrong-total")


# What is given


def test_a_strip_moves_there_and_back(tmp_path):
    from PIL import Image

    strip = traversal.moving_strip(np.random.default_rng(0).random((2, 4, 5, 5, 1)), scale=2)
    strip.save(tmp_path / "strip.png")
    with Image.open(tmp_path / "strip.png") as picture:
        assert (picture.n_frames, picture.size) == (6, (28, 14))


def test_sliders_fall_back_to_a_picture(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    figure = traversal.latent_sliders(lambda z: np.zeros((len(z), 4, 4, 1)), np.zeros(3))
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_sliders_show_the_code_where_there_are_widgets():
    box = traversal.latent_sliders(lambda z: np.zeros((len(z), 4, 4, 1)), np.zeros(3), lambda images: "flat", most=2)
    view, sliders = box.children
    before = bytes(view.value)
    sliders.children[0].value = 1.5
    assert len(sliders.children) == 2 and before.startswith(b"\x89PNG")


# The notebook


@pytest.mark.slow
def test_every_cell_that_grading_runs_again_runs(keras_registry):
    run_cells(LESSON)


def test_every_visible_check_meets_the_hole_of_an_unsolved_notebook(keras_registry):
    assert len(checks_that_meet_their_hole(LESSON)) == 15


def test_the_lesson_is_worth_30_points():
    assert sum(cell.points or 0 for cell in read_lesson(LESSON).cells) == 30
