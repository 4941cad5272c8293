"""Facts about the solved GAN lesson, and that it and its callers run as students will run them."""

import math
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from lesson_runs import as_module, checks_that_meet_their_hole, run_cells

from judge.course.lesson import read_lesson
from vaegan.data import RING_SD, ring, ring_centres

FOLDER = Path(__file__).parents[1] / "solutions" / "ex05_gan"
LESSON = FOLDER / "gan.py"

# TensorFlow's variables answer np.array(..., copy=False) in the old way, and Keras asks them when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def gan():
    """The lesson as a module: only its classes and functions are active."""
    return as_module(LESSON)


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(7)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def small(gan, **kwargs):
    model = gan.GAN(gan.Generator(3, (8, 4, 1), filters=4), gan.Discriminator(filters=3), 3, **kwargs)
    model.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2), jit_compile=False)
    return model


def linear(num_inputs, num_outputs=1):
    x = keras.Input((num_inputs,))
    return keras.Model(x, layers.Dense(num_outputs)(x))


def values_of(variables):
    return [variable.numpy() for variable in variables]


# The game


def test_no_discriminator_earns_more_than_the_optimal_one(gan, rng):
    p_data, p_model = rng.dirichlet(np.ones(6), size=2)
    best = gan.value_function(p_data, p_model, gan.optimal_discriminator(p_data, p_model))
    others = [gan.value_function(p_data, p_model, rng.uniform(size=6)) for _ in range(200)]
    assert max(others) < best < 0


def test_the_value_at_the_optimum_is_twice_the_jensen_shannon_divergence_above_minus_log_4(gan, rng):
    p, q = rng.dirichlet(np.ones(9), size=2)
    middle = (p + q) / 2
    jsd = (np.sum(p * np.log(p / middle)) + np.sum(q * np.log(q / middle))) / 2
    value = gan.value_function(p, q, gan.optimal_discriminator(p, q))
    assert value == pytest.approx(2 * jsd - math.log(4))


def test_outcomes_of_probability_zero_add_nothing(gan):
    assert gan.value_function([1.0, 0.0], [0.0, 1.0], [1.0, 0.0]) == 0.0
    np.testing.assert_array_equal(gan.optimal_discriminator([1, 0, 0], [0, 1, 0]), [1, 0, 0.5])


# The losses


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def test_the_losses_are_their_definitions(gan, rng):
    real, fake = rng.normal(size=(2, 6, 1))
    t_real, t_fake = rng.uniform(size=(2, 6, 1))
    d, d_fake = sigmoid(real), sigmoid(fake)
    exact = -np.log(d) - np.log(1 - d_fake)
    noisy = -t_real * np.log(d) - (1 - t_real) * np.log(1 - d)
    noisy -= t_fake * np.log(d_fake) + (1 - t_fake) * np.log(1 - d_fake)
    np.testing.assert_allclose(gan.discriminator_loss(real, fake), exact[:, 0], rtol=1e-5)
    np.testing.assert_allclose(gan.discriminator_loss(real, fake, t_real, t_fake), noisy[:, 0], rtol=1e-5)
    np.testing.assert_allclose(gan.generator_loss(fake), -np.log(d_fake)[:, 0], rtol=1e-5)
    np.testing.assert_allclose(gan.saturating_generator_loss(fake), np.log(1 - d_fake)[:, 0], rtol=1e-5)


@pytest.mark.parametrize("shape", [(5,), (5, 1)])
def test_the_losses_are_per_example_and_finite_everywhere(gan, shape):
    logits = np.linspace(-1_000, 1_000, 5, dtype="float32").reshape(shape)
    for losses in (
        gan.discriminator_loss(logits, logits, np.full(shape, 0.9), 0.1),
        gan.generator_loss(logits),
        gan.saturating_generator_loss(logits),
    ):
        assert losses.shape == (5,)
        assert np.all(np.isfinite(losses))


# The networks


def test_the_generator_paints_images_of_the_shape_it_was_told(gan, rng):
    images = np.asarray(gan.Generator(5, (12, 20, 3), filters=4)(rng.normal(size=(6, 5)), training=True))
    assert images.shape == (6, 12, 20, 3)
    assert np.all((images > 0) & (images < 1))


def test_the_generator_refuses_a_shape_that_strides_cannot_make(gan):
    with pytest.raises(ValueError, match=r"divisible by 4, received \(30, 28, 1\)"):
        gan.Generator(image_shape=(30, 28, 1))


def test_batch_normalisation_is_where_the_paper_puts_it(gan):
    kinds = [[type(layer).__name__ for layer in part.layers] for part in (gan.Generator(), gan.Discriminator())]
    assert [names.count("BatchNormalization") for names in kinds] == [2, 1]


def test_training_and_use_differ_and_training_is_remembered(gan, rng):
    part, x = gan.Discriminator(filters=3), rng.uniform(size=(8, 12, 12, 1))
    assert part(x, training=True).shape == (8, 1)
    assert not np.allclose(part(x, training=True), part(x, training=False))
    assert np.any(part.norm.moving_mean.numpy() != 0)


# The steps


def sgd_gan(gan, **kwargs):
    model = gan.GAN(linear(2, 3), linear(3), 2, **kwargs)
    model.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0), jit_compile=False)
    return model


def rewind(model, state=(3, 4)):
    model.seed_generator.state.assign(state)


def test_the_discriminator_step_is_sgd_on_the_batch_mean_of_its_loss(gan, rng):
    model, real = sgd_gan(gan), rng.normal(size=(6, 3)).astype("float32")
    rewind(model)
    fakes = model.generator(model.noise(6))
    variables = model.discriminator.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(gan.discriminator_loss(model.discriminator(real), model.discriminator(fakes)))
    expected = [old - g for old, g in zip(values_of(variables), tape.gradient(loss, variables), strict=True)]
    frozen = values_of(model.generator.variables)
    rewind(model)
    assert float(model.train_discriminator(real)) == pytest.approx(float(loss))
    for new, value in zip(values_of(variables), expected, strict=True):
        np.testing.assert_allclose(new, value, rtol=1e-4, atol=1e-6)
    np.testing.assert_equal(values_of(model.generator.variables), frozen)


def test_the_generator_step_is_sgd_on_the_batch_mean_of_its_loss(gan):
    model = sgd_gan(gan)
    rewind(model)
    variables = model.generator.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(gan.generator_loss(model.discriminator(model.generator(model.noise(6)))))
    expected = [old - g for old, g in zip(values_of(variables), tape.gradient(loss, variables), strict=True)]
    frozen = values_of(model.discriminator.variables)
    rewind(model)
    assert float(model.train_generator(6)) == pytest.approx(float(loss))
    for new, value in zip(values_of(variables), expected, strict=True):
        np.testing.assert_allclose(new, value, rtol=1e-4, atol=1e-6)
    np.testing.assert_equal(values_of(model.discriminator.variables), frozen)


def test_each_step_freezes_the_other_sides_trainable_weights_and_remembers_moments(gan, rng):
    model = small(gan)
    real = rng.uniform(size=(6, 8, 4, 1)).astype("float32")
    model.train_discriminator(real), model.train_generator(6)  # now everything is built
    for step, moving, frozen in (
        (lambda: model.train_discriminator(real), model.discriminator, model.generator),
        (lambda: model.train_generator(6), model.generator, model.discriminator),
    ):
        before, still = values_of(moving.variables), values_of(frozen.trainable_variables)
        step()
        assert not any(np.array_equal(old, new) for old, new in zip(before, values_of(moving.variables), strict=True))
        np.testing.assert_equal(values_of(frozen.trainable_variables), still)


def test_label_noise_stays_in_its_band_and_is_fresh(gan):
    model, logits = small(gan, label_noise=0.3), np.zeros((4_000, 1), "float32")
    real, fake = (np.asarray(target) for target in model.targets(logits))
    assert real.shape == fake.shape == (4_000, 1)
    assert 0.7 <= real.min() < 0.71 and 0.99 < real.max() <= 1
    assert 0 <= fake.min() < 0.01 and 0.29 < fake.max() <= 0.3
    assert not np.any(real == model.targets(logits)[0])
    assert abs(np.corrcoef(real[:, 0], fake[:, 0])[0, 1]) < 0.08  # five standard errors
    for exact, target in zip((1.0, 0.0), small(gan).targets(logits), strict=True):
        np.testing.assert_array_equal(target, np.full((4_000, 1), exact))


@pytest.mark.parametrize("label_noise", [-0.1, 1.0])
def test_label_noise_is_a_width(gan, label_noise):
    with pytest.raises(ValueError, match=f"received {label_noise}"):
        small(gan, label_noise=label_noise)


def test_fit_takes_images_with_or_without_labels_and_any_last_batch(gan, rng):
    images = rng.uniform(size=(10, 8, 4, 1)).astype("float32")
    for given in ((images,), (images, np.zeros(10))):
        history = small(gan).fit(*given, batch_size=4, epochs=2, verbose=0).history
        assert set(history) == {"discriminator_loss", "generator_loss"}
        assert np.all(np.isfinite(list(history.values())))


def test_samples_are_fresh_images(gan):
    model = small(gan)
    fakes = np.asarray(model.sample(5))
    assert fakes.shape == (5, 8, 4, 1)
    assert not np.allclose(fakes, model.sample(5))


# Saving


def test_a_saved_gan_makes_the_same_fakes(gan, rng, tmp_path):
    model = small(gan, label_noise=0.2, seed=5, name="mine")
    model.fit(rng.uniform(size=(10, 8, 4, 1)).astype("float32"), batch_size=5, verbose=0)
    model.save(tmp_path / "gan.keras")
    twin = keras.models.load_model(tmp_path / "gan.keras")
    assert (twin.name, twin.latent_dim, twin.label_noise, twin.seed) == ("mine", 3, 0.2, 5)
    assert (twin.generator.image_shape, twin.discriminator.filters) == ((8, 4, 1), 3)
    z = rng.normal(size=(4, 3)).astype("float32")
    np.testing.assert_array_equal(twin.generate(z), model.generate(z))
    twin.fit(rng.uniform(size=(10, 8, 4, 1)).astype("float32"), batch_size=5, verbose=0)
    assert [int(o.iterations) for o in (twin.generator_optimizer, twin.discriminator_optimizer)] == [4, 4]


def test_a_gan_with_remedies_comes_back(gan, rng, tmp_path):
    x = keras.Input((4,))
    h = gan.MinibatchStdDev()(gan.MinibatchDiscrimination(3, 2)(layers.Dense(5)(x)))
    inner = keras.Model(x, layers.Dense(1)(h))
    model = gan.GAN(linear(3, 2), gan.Packed(inner, num_packed=2), 3)
    model.compile("adam", "adam", jit_compile=False)
    points = rng.normal(size=(8, 2)).astype("float32")
    model.fit(points, batch_size=4, verbose=0)
    model.save(tmp_path / "gan.keras")
    twin = keras.models.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(twin.discriminator(points), model.discriminator(points))


def test_from_config_leaves_the_config_as_it_was(gan):
    config = small(gan).get_config()
    first, second = gan.GAN.from_config(config), gan.GAN.from_config(config)
    assert first.generator is not second.generator


# Remedies and modes


def test_minibatch_standard_deviation_is_the_mean_of_the_columns_deviations(gan, rng):
    for shape in ((7, 3), (5, 4, 3, 2)):
        x = rng.normal(size=shape).astype("float32")
        appended = np.asarray(gan.MinibatchStdDev()(x))
        np.testing.assert_array_equal(appended[..., :-1], x)
        np.testing.assert_allclose(appended[..., -1], np.mean(np.std(x, axis=0)), rtol=1e-5)


def test_packs_are_consecutive_examples_side_by_side(gan, rng):
    seen = keras.Input((4, 3, 6))
    inside = keras.Model(seen, layers.Flatten()(seen))
    x = rng.normal(size=(6, 4, 3, 2)).astype("float32")
    packs = np.asarray(gan.Packed(inside, num_packed=3)(x)).reshape(2, 4, 3, 6)
    for pack in range(2):
        for position in range(3):
            np.testing.assert_array_equal(packs[pack, ..., 2 * position : 2 * position + 2], x[3 * pack + position])


def test_a_batch_that_makes_no_packs_is_refused(gan):
    with pytest.raises(ValueError, match=r"multiple of 3 examples, received 4"):
        gan.Packed(linear(6), num_packed=3)(np.zeros((4, 2)))


def test_minibatch_discrimination_is_its_sum_over_the_others(gan, rng):
    layer, x = gan.MinibatchDiscrimination(num_kernels=4, kernel_dim=3), rng.normal(size=(6, 5))
    appended = np.asarray(layer(x))
    m = (x @ layer.get_weights()[0]).reshape(6, 4, 3)
    expected = np.zeros((6, 4))
    for i in range(6):
        for j in set(range(6)) - {i}:
            expected[i] += np.exp(-np.abs(m[i] - m[j]).sum(axis=-1))
    np.testing.assert_allclose(appended[:, 5:], expected, rtol=1e-4)
    np.testing.assert_allclose(appended[:, :5], x, rtol=1e-6)


@pytest.mark.parametrize("num_modes", [1, 3, 8])
def test_modes_of_the_ring_are_counted(gan, num_modes):
    points, centres = ring(4_000, seed=0), ring_centres()
    nearest = np.linalg.norm(points[:, None] - centres, axis=-1).argmin(axis=1)
    chosen = points[nearest < num_modes]
    assert gan.modes_covered(chosen, centres, RING_SD) == num_modes
    assert gan.high_quality(chosen, centres, RING_SD) == pytest.approx(1 - math.exp(-4.5), abs=0.02)


def test_a_mode_needs_its_share_of_all_samples(gan):
    centres = ring_centres()
    samples = np.concatenate([np.tile(centres[0], (10, 1)), np.full((990, 2), 0.0)])
    assert gan.modes_covered(samples, centres, RING_SD) == 1
    assert gan.modes_covered(samples, centres, RING_SD, share=0.011) == 0
    assert gan.high_quality(samples, centres, RING_SD) == 0.01


@pytest.mark.parametrize(
    "d_losses, g_losses, covered, verdict",
    [
        ([9, 9, 1.39, 1.37], [9, 9, 0.7, 0.7], 8, "equilibrium"),
        ([9, 9, 1.39, 1.37], [9, 9, 0.7, 0.7], 7, "training"),
        ([9, 9, 1.39, 1.37], [9, 9, 0.7, 0.7], 4, "training"),
        ([9, 9, 1.39, 1.37], [9, 9, 0.7, 0.7], 3, "collapse"),
        ([9, 1.2, 1.2], [9, 0.7, 0.7], 8, "training"),
        ([9, 0.1, 0.1], [0, 3.1, 3.1], 8, "divergence"),
        ([9, 0.1, 0.1], [0, 3.1, 3.1], 3, "collapse"),
        ([9, 1.2, 1.6], [9, 0.7, 0.7], 8, "training"),
    ],
)
def test_the_signs_are_read_by_the_rule(gan, d_losses, g_losses, covered, verdict):
    assert gan.diagnose(d_losses, g_losses, covered, 8) == verdict


# The notebooks


@pytest.mark.slow
def test_every_cell_that_grading_runs_again_runs(keras_registry):
    run_cells(LESSON)


def test_every_visible_check_meets_the_hole_of_an_unsolved_notebook(keras_registry):
    assert len(checks_that_meet_their_hole(LESSON, also_run=["ring_points"])) == 15


def test_the_lesson_is_worth_56_points(gan):
    assert sum(cell.points or 0 for cell in read_lesson(LESSON).cells) == 56


@pytest.fixture
def at_a_students_desk(keras_registry, tmp_path, monkeypatch):
    """An empty folder, gan.py beside the notebook, few brains; how a caller runs with its FAST switch on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.delitem(sys.modules, "gan", raising=False)
    monkeypatch.setenv("VAEGAN_AD", str(few_brains(tmp_path / "bids")))

    def run(name):
        namespace = run_cells(
            FOLDER / f"{name}.py",
            long=True,
            edit=lambda source: source.replace("FAST = False", "FAST = True"),
        )
        return {path.name for path in (tmp_path / "outputs").glob("*/*")}, namespace

    yield run
    sys.modules.pop("gan", None)


def few_brains(folder):
    return as_module(Path(__file__).parent / "vaegan" / "ad_files.py").write_bids(folder, diagnoses=("CN", "AD") * 12)


@pytest.mark.slow
def test_the_ring_caller_leaves_its_pictures(at_a_students_desk):
    files, namespace = at_a_students_desk("gan_ring")
    pictures = "balance_samples balance_curves travel remedies_samples remedies_curves summary".split()
    assert files == {f"{name}.png" for name in pictures} | {"history.json"}
    assert all(len(history["modes"]) == 2 for history in namespace["results"].values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["train_gan_mnist", "train_gan_ad"])
def test_a_training_caller_leaves_pictures_and_a_model_that_makes_the_same_fakes(at_a_students_desk, name):
    files, namespace = at_a_students_desk(name)
    assert files == {"epoch001_fakes.png", "epoch002_fakes.png", "curves.png", "history.csv", "gan.keras"}
    z = np.random.default_rng(1).normal(size=(3, 64)).astype("float32")
    np.testing.assert_array_equal(namespace["reloaded"].generate(z), namespace["gan"].generate(z))
