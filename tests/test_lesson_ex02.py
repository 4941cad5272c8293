"""Facts about the solved autoencoder lesson, and that it runs as students will run it."""

from pathlib import Path

import keras
import numpy as np
import pytest
from lesson_runs import as_module, checks_that_meet_their_hole, run_cells

from judge.course.lesson import read_lesson
from vaegan.bases import BaseAutoencoder, BaseVAE, EncoderDecoderModel, GenerativeModel

LESSON = Path(__file__).parents[1] / "solutions" / "ex02_autoencoder" / "autoencoder.py"

# TensorFlow's variables answer np.array(..., copy=False) in the old way, and Keras asks them when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def lesson():
    """The lesson as a module: only its classes and functions are active."""
    return as_module(LESSON)


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(7)


@pytest.fixture
def images():
    return np.random.default_rng(7).uniform(size=(11, 8, 12, 1)).astype("float32")


def small(lesson, class_name="Autoencoder", **kwargs):
    networks = lesson.ConvEncoder(latent_dim=3, filters=2), lesson.ConvDecoder((8, 12, 1), filters=2)
    model = getattr(lesson, class_name)(*networks, **kwargs)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), jit_compile=False)
    return model


def test_an_autoencoder_is_no_generative_model_and_a_vae_is_both():
    assert issubclass(BaseAutoencoder, EncoderDecoderModel) and not issubclass(BaseAutoencoder, GenerativeModel)
    assert issubclass(BaseVAE, EncoderDecoderModel) and issubclass(BaseVAE, GenerativeModel)


def test_the_error_is_the_squared_distance_of_each_image(lesson, images):
    expected = np.sum((images - 0.5) ** 2, axis=(1, 2, 3))
    np.testing.assert_allclose(lesson.reconstruction_error(images, 0.5 + 0 * images), expected, rtol=1e-6)


def test_the_error_refuses_images_that_do_not_match(lesson):
    with pytest.raises(ValueError, match=r"expected \(4, 4\), received \(4, 2\)"):
        lesson.reconstruction_error(np.zeros((3, 4, 4)), np.zeros((3, 4, 2)))


def test_pca_loses_the_variances_that_it_leaves_out(lesson, images):
    mean, components, variances = lesson.principal_components(images, 4)
    through = lesson.pca_reconstruct(images, mean, components)
    lost = np.mean(np.sum((images - through) ** 2, axis=(1, 2, 3)))
    assert lost == pytest.approx(variances[4:].sum())


def test_no_function_changes_what_it_is_given(lesson, images):
    x = images.astype("float64")
    kept = x.copy()
    mean, components, _ = lesson.principal_components(x, 2)
    parts = mean.copy(), components.copy()
    lesson.pca_reconstruct(x, mean, components)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(components, parts[1])


def test_the_angles_of_a_plane_with_its_own_other_basis_are_zero(lesson):
    rows = np.random.default_rng(0).normal(size=(2, 5))
    np.testing.assert_allclose(lesson.principal_angles(rows, [[2, 1], [1, 3]] @ rows), [0, 0], atol=1e-4)


def test_a_tenth_of_the_error_is_ten_decibel_more(lesson):
    x = np.zeros((1, 2, 2, 1))
    assert lesson.psnr(x, x + 0.1)[0] == pytest.approx(20)
    assert lesson.psnr(x, x + np.sqrt(0.001))[0] == pytest.approx(30)


def test_training_lowers_the_error_of_all_examples_of_the_epoch(lesson, images):
    model = small(lesson)
    losses = model.fit(images, np.zeros(11), epochs=40, batch_size=4, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]
    by_hand = float(np.mean(lesson.reconstruction_error(images, model(images))))
    assert model.evaluate(images, batch_size=4, verbose=0, return_dict=True)["loss"] == pytest.approx(by_hand, rel=1e-5)


def test_the_denoiser_changes_one_method_and_only_training_sees_it(lesson, images):
    model = small(lesson, "DenoisingAutoencoder", noise_std=50.0)
    quiet = float(model.test_step(images)["loss"])
    assert quiet == pytest.approx(float(np.mean(lesson.reconstruction_error(images, model(images)))), rel=1e-5)
    own = {name for name in vars(lesson.DenoisingAutoencoder) if not name.startswith("_")}
    assert own == {"corrupt", "get_config"}


def test_a_noise_below_zero_is_refused(lesson):
    with pytest.raises(ValueError, match=r"0 or more, received -1"):
        small(lesson, "DenoisingAutoencoder", noise_std=-1)


def test_a_decoder_refuses_sizes_that_two_doublings_do_not_reach(lesson):
    with pytest.raises(ValueError, match=r"multiples of 4, received 30 x 28"):
        lesson.ConvDecoder((30, 28, 1))


def test_a_saved_denoiser_comes_back_with_its_arguments_and_outputs(lesson, images, tmp_path):
    model = small(lesson, "DenoisingAutoencoder", noise_std=0.125, name="mine")
    model.fit(images, epochs=1, verbose=0)  # never called: only its steps were
    model.save(tmp_path / "model.keras")
    twin = keras.models.load_model(tmp_path / "model.keras")
    assert (twin.name, twin.noise_std, twin.encoder.filters) == ("mine", 0.125, 2)
    np.testing.assert_array_equal(twin.reconstruct(images), model.reconstruct(images))


def test_from_config_leaves_the_config_as_it_was(lesson):
    config = small(lesson).get_config()
    first, second = lesson.Autoencoder.from_config(config), lesson.Autoencoder.from_config(config)
    assert first.encoder is not second.encoder


# The notebook


@pytest.mark.slow
def test_every_cell_that_grading_runs_again_runs(keras_registry):
    run_cells(LESSON)


def test_every_visible_check_meets_the_hole_of_an_unsolved_notebook(keras_registry):
    assert len(checks_that_meet_their_hole(LESSON)) == 12


def test_the_lesson_is_worth_30_points(lesson):
    assert sum(cell.points or 0 for cell in read_lesson(LESSON).cells) == 30
