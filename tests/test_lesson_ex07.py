"""Facts about the solved lesson on the conditional VAE-GAN, and that it and its caller run as students run them."""

import importlib
import math
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from lesson_runs import checks_that_meet_their_hole, run_cells

from judge.course.lesson import read_lesson

SOLUTIONS = Path(__file__).parents[1] / "solutions"
FOLDER = SOLUTIONS / "ex07_cvae_gan"
LESSON = FOLDER / "cvae_gan.py"
MODULES = ("vae", "gan", "conditional", "cvae_gan")

# TensorFlow's variables answer np.array(..., copy=False) in the old way, and Keras asks them when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def lesson():
    """The lesson as a module, with the modules that are handed out beside it."""
    registered, before = keras.saving.get_custom_objects(), dict(keras.saving.get_custom_objects())
    with pytest.MonkeyPatch.context() as patch:
        for exercise in ("ex03_vae", "ex05_gan", "ex06_conditional", "ex07_cvae_gan"):
            patch.syspath_prepend(SOLUTIONS / exercise)
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        yield importlib.import_module("cvae_gan")
        for name in MODULES:
            sys.modules.pop(name, None)
    registered.clear()
    registered.update(before)


def network(num_inputs, *num_outputs):
    x = keras.Input((num_inputs,))
    outputs = [layers.Dense(num)(x) for num in num_outputs]
    return keras.Model(x, outputs if len(outputs) > 1 else outputs[0])


def model_of(lesson, **options):
    """A CVAEGAN of points in the plane with three classes, all networks linear."""
    keras.utils.set_random_seed(7)
    condition = sys.modules["conditional"].OneHotCondition(3)
    model = lesson.CVAEGAN(network(5, 2, 2), network(5, 2), network(5, 1, 4), condition, **options)
    model.compile(*(keras.optimizers.SGD(0.1) for _ in range(3)), run_eagerly=True, jit_compile=False)
    return model


POINTS, LABELS = np.random.default_rng(7).normal(size=(6, 2)).astype("float32"), np.arange(6) % 3


def test_a_flat_image_is_not_sharp_and_contrast_counts_squared(lesson):
    dot = np.zeros((1, 5, 5, 1))
    dot[0, 2, 2] = 1.0
    found = lesson.sharpness(np.concatenate([np.ones_like(dot), dot, 3 * dot]))
    np.testing.assert_allclose(found, [0.0, 20 / 9, 20.0], atol=1e-12)


def test_the_best_constant_answer_to_one_real_image_and_two_fakes_is_a_third(lesson):
    losses = model_of(lesson)
    d = np.linspace(0.1, 0.9, 8001)
    logits = np.log(d / (1 - d))[:, None].astype("float32")
    found = np.asarray(losses.authenticity_loss(logits, logits, logits))
    assert abs(d[found.argmin()] - 1 / 3) < 1e-3
    assert found.min() == pytest.approx(math.log(3) + 2 * math.log(1.5), abs=1e-4)


def test_an_optimizer_for_two_networks_is_refused(lesson):
    model, one = model_of(lesson), keras.optimizers.SGD(0.1)
    with pytest.raises(ValueError, match="optimizer of its own"):
        model.compile(one, one, keras.optimizers.SGD(0.1))


def test_a_gamma_below_0_is_refused(lesson):
    with pytest.raises(ValueError, match=r"0 or more, received -1\.0"):
        model_of(lesson, gamma=-1.0)


def test_a_batch_without_labels_is_refused(lesson):
    with pytest.raises(ValueError, match="received images alone"):
        model_of(lesson).train_step(POINTS)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")  # the logit's head is no part of these features
def test_relabelling_with_the_own_label_is_reconstruction(lesson):
    model = model_of(lesson)
    model.train_step((POINTS, LABELS))
    inputs = (POINTS, LABELS)
    np.testing.assert_array_equal(model.relabel(inputs, LABELS), model.reconstruct(inputs))
    assert not np.allclose(model.relabel(inputs, (LABELS + 1) % 3), model.reconstruct(inputs))


@pytest.mark.slow
def test_every_visible_check_meets_the_hole_of_an_unsolved_notebook(lesson, keras_registry):
    assert len(checks_that_meet_their_hole(LESSON)) == 11


@pytest.mark.slow
def test_every_cell_that_grading_runs_again_runs(lesson, keras_registry):
    run_cells(LESSON)


def test_the_lesson_is_worth_46_points():
    assert sum(cell.points or 0 for cell in read_lesson(LESSON).cells) == 46


@pytest.mark.slow
def test_the_digit_caller_leaves_its_pictures_and_a_model(lesson, keras_registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VAEGAN_DATA", raising=False)
    run_cells(
        FOLDER / "train_cvaegan_mnist.py",
        long=True,
        edit=lambda source: source.replace("FAST = False", "FAST = True").replace('"auto"', '"digits"'),
    )
    written = {path.name for path in (tmp_path / "outputs" / "digits_cvaegan").iterdir()}
    pictures = {"epoch001_steer.png", "epoch001_recons.png", "curves.png"}
    assert written == pictures | {"history.csv", "cvaegan.keras"}
