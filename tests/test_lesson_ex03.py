"""Facts about the solved VAE lesson, and that it runs as students will run it."""

import math
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from lesson_runs import as_module, checks_that_meet_their_hole, run_cells
from scipy import stats
from scipy.optimize import minimize

from judge.course.lesson import read_lesson
from vaegan.data import GAUSSIAN_2D_ENTROPY, gaussian_2d

LESSON = Path(__file__).parents[1] / "solutions" / "ex03_vae" / "vae.py"

# TensorFlow's variables answer np.array(..., copy=False) in the old way, and Keras asks them when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def vae():
    """The lesson as a module: only its classes and functions are active."""
    return as_module(LESSON)


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(7)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def images(rng):
    return rng.uniform(size=(12, 8, 6, 1)).astype("float32")


def small(vae, likelihood=None, **kwargs):
    encoder, decoder = vae.Encoder(latent_dim=3, hidden_units=11), vae.Decoder((8, 6, 1), hidden_units=13)
    model = vae.VAE(encoder, decoder, likelihood, **kwargs)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), jit_compile=False)
    return model


def linear_vae(vae):
    x, z = keras.Input((2,)), keras.Input((2,))
    encoder = keras.Model(x, [layers.Dense(2)(x), layers.Dense(2)(x)])
    model = vae.VAE(encoder, keras.Model(z, layers.Dense(2)(z)), vae.GaussianLikelihood(variance=1.0))
    model.compile(optimizer=keras.optimizers.Adam(1e-2), jit_compile=False)
    return model


# The terms of the loss


@pytest.mark.parametrize("mean, log_var", [(0.0, 0.0), (2.0, 0.0), (-1.0, 0.5), (0.3, -2.0)])
def test_the_kl_is_the_integral_that_defines_it(vae, mean, log_var):
    z, step = np.linspace(-15, 15, 60_001, retstep=True)
    q = stats.norm(mean, math.exp(log_var / 2))
    integral = np.sum(q.pdf(z) * (q.logpdf(z) - stats.norm.logpdf(z))) * step
    assert float(vae.kl_to_standard_normal([[mean]], [[log_var]])[0]) == pytest.approx(integral, abs=1e-4)


def test_the_kl_adds_up_over_the_entries(vae, rng):
    z_mean, z_log_var = rng.normal(size=(2, 5, 4))
    entries = [vae.kl_to_standard_normal(z_mean[:, [j]], z_log_var[:, [j]]) for j in range(4)]
    np.testing.assert_allclose(vae.kl_to_standard_normal(z_mean, z_log_var), np.sum(entries, axis=0))


def test_the_kl_refuses_arrays_that_do_not_match(vae):
    with pytest.raises(ValueError, match=r"expected \(3, 2\), received \(3, 4\)"):
        vae.kl_to_standard_normal(np.zeros((3, 2)), np.zeros((3, 4)))


@pytest.mark.parametrize("shape", [(5, 4), (5, 3, 2, 1)])
@pytest.mark.parametrize("dtypes", [("float32", "float32"), ("float64", "float64"), ("float64", "float32")])
def test_the_bernoulli_loss_is_its_definition_summed_over_pixels(vae, rng, shape, dtypes):
    x, logits = rng.uniform(size=shape).astype(dtypes[0]), rng.normal(size=shape).astype(dtypes[1])
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    expected = -np.sum((x * np.log(p) + (1 - x) * np.log(1 - p)).reshape(5, -1), axis=1)
    np.testing.assert_allclose(vae.BernoulliLikelihood().negative_log_likelihood(x, logits), expected, rtol=1e-5)


def test_the_bernoulli_loss_is_exact_for_extreme_logits(vae):
    x, logits = np.array([[1.0], [1.0], [0.0]], "float32"), np.array([[500.0], [-500.0], [500.0]], "float32")
    np.testing.assert_allclose(vae.BernoulliLikelihood().negative_log_likelihood(x, logits), [0, 500, 500])


@pytest.mark.parametrize("variance", [0.1, 1.0, 7.0])
def test_the_gaussian_loss_is_minus_the_log_density(vae, rng, variance):
    x, mean = rng.normal(size=(2, 5, 3, 2, 1))
    expected = -stats.norm(mean, math.sqrt(variance)).logpdf(x).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(vae.GaussianLikelihood(variance).negative_log_likelihood(x, mean), expected)


def test_a_variance_must_be_positive(vae):
    with pytest.raises(ValueError, match=r"positive, received -1"):
        vae.GaussianLikelihood(variance=-1)


# Sampling


def test_draws_have_the_moments_that_were_asked_for(vae):
    z = np.asarray(vae.Sampling()(np.full((40_000, 1), 3.0), np.full((40_000, 1), math.log(0.25))))
    assert z.mean() == pytest.approx(3.0, abs=0.02)  # 8 standard errors
    assert z.std() == pytest.approx(0.5, abs=0.02)  # 11 standard errors


def test_equal_seeds_draw_equal_sequences_that_do_not_repeat(vae):
    zeros, first, second = np.zeros((2, 3)), vae.Sampling(seed=5), vae.Sampling(seed=5)
    draws = [np.asarray(first(zeros, zeros)) for _ in range(2)]
    np.testing.assert_array_equal(draws, [second(zeros, zeros) for _ in range(2)])
    assert len(np.unique(draws)) == 12


def test_the_seed_comes_back_from_the_config(vae):
    assert vae.Sampling.from_config(vae.Sampling(seed=5).get_config()).seed == 5


# The model


def test_zero_weights_cost_ln_2_per_pixel_and_no_kl(vae, images):
    model = small(vae)
    model(images)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    reconstruction_loss, kl_loss = model.elbo_terms(images)
    np.testing.assert_allclose(reconstruction_loss, np.full(12, 48 * math.log(2)), rtol=1e-6)
    np.testing.assert_allclose(kl_loss, np.zeros(12), atol=1e-7)


def test_float64_images_are_welcome(vae, images):
    model = small(vae)
    x = images.astype("float64")
    assert [term.shape for term in model.elbo_terms(x)] == [(12,), (12,)]
    model.train_step(x)
    assert model.reconstruct(x).shape == x.shape


def test_training_lowers_the_loss_and_logs_the_sum_of_its_terms(vae, images):
    history = small(vae).fit(images, np.zeros(12), epochs=30, batch_size=5, verbose=0).history
    np.testing.assert_allclose(history["loss"], np.add(history["reconstruction_loss"], history["kl_loss"]), rtol=1e-5)
    assert history["loss"][-1] < 0.97 * history["loss"][0]


def test_one_step_moves_both_parts_and_a_test_step_none(vae, images):
    model = small(vae)
    model(images)
    before = [variable.numpy() for variable in model.trainable_variables]
    model.test_step((images, np.zeros(12)))
    np.testing.assert_equal([variable.numpy() for variable in model.trainable_variables], before)
    model.train_step((images, np.zeros(12)))
    assert len(before) == 10
    for old, new in zip(before, model.trainable_variables, strict=True):
        assert not np.array_equal(old, new.numpy())


def test_one_step_is_sgd_on_the_batch_mean(vae, images):
    model = small(vae)
    model.compile(optimizer=keras.optimizers.SGD(1.0), jit_compile=False)
    model(images)
    model.sampling.seed_generator.state.assign([3, 4])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.add_n(model.elbo_terms(images)))
    variables = model.trainable_variables
    expected = [old.numpy() - gradient for old, gradient in zip(variables, tape.gradient(loss, variables), strict=True)]
    model.sampling.seed_generator.state.assign([3, 4])
    model.train_step(images)
    for new, value in zip(variables, expected, strict=True):
        np.testing.assert_allclose(new.numpy(), value, rtol=1e-4, atol=1e-6)


def test_call_draws_and_reconstruct_does_not(vae, images):
    model = small(vae)
    assert not np.allclose(model(images), model(images))
    np.testing.assert_array_equal(model.reconstruct(images), model.reconstruct(images))


def test_samples_are_mean_images_that_differ(vae):
    fakes = np.asarray(small(vae).sample(5))
    assert fakes.shape == (5, 8, 6, 1)
    assert np.all((fakes > 0) & (fakes < 1))
    assert len(np.unique(fakes[:, 0, 0, 0])) == 5


def test_functional_parts_will_do(vae):
    model, points = linear_vae(vae), gaussian_2d(100, seed=0)
    first = model.evaluate(points, verbose=0, return_dict=True)["loss"]
    model.fit(points, epochs=10, batch_size=20, verbose=0)
    assert model.evaluate(points, verbose=0, return_dict=True)["loss"] < first
    assert model.sample(7).shape == (7, 2)


def test_the_convolutional_parts_of_exercise_2_will_do(vae, images):
    autoencoder = as_module(LESSON.parents[1] / "ex02_autoencoder" / "autoencoder.py")
    cells = {cell.grade_id: cell.source for cell in read_lesson(LESSON).cells}
    given = cells["conv_parts"].split("autoencoder = own_module")[0]  # the class, and the training
    namespace = {**vars(vae), "keras": keras, "ops": keras.ops}
    exec(given, namespace)
    images = np.pad(images, ((0, 0), (0, 0), (1, 1), (0, 0)))  # 8 x 8: two layers halve it
    encoder = namespace["SplitEncoder"](autoencoder.ConvEncoder(latent_dim=6, filters=2))
    model = vae.VAE(encoder, autoencoder.ConvDecoder((8, 8, 1), filters=2, activation=None))
    model.compile(optimizer=keras.optimizers.Adam(1e-2), jit_compile=False)
    z_mean, z_log_var = map(np.asarray, model.encode(images))
    assert z_mean.shape == z_log_var.shape == (12, 3) and not np.allclose(z_mean, z_log_var)
    assert np.min(model.decode(z_mean)) < 0  # logits
    losses = model.fit(images, epochs=20, batch_size=5, verbose=0).history["loss"]
    assert losses[-1] < 0.97 * losses[0]
    assert model.sample(3).shape == (3, 8, 8, 1)


def test_the_linear_vae_with_the_right_weights_reaches_the_entropy(vae):
    model = linear_vae(vae)
    mean_head, log_var_head, decoder = np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2))
    decoder[0, 0] = math.sqrt(24)  # W W^T + I = diag(25, 1)
    mean_head[0, 0] = math.sqrt(24) / 25  # posterior mean (W^T W + I)^-1 W^T x; its variance is 1/25
    bias, log_var_bias = np.zeros(2), np.array([math.log(1 / 25), 0.0])
    model.encoder.set_weights([mean_head, bias, log_var_head, log_var_bias])
    model.decoder.set_weights([decoder, bias])
    points = gaussian_2d(100_000, seed=2)
    reconstruction_loss, kl_loss = map(np.asarray, model.elbo_terms(points))
    assert np.mean(reconstruction_loss + kl_loss) == pytest.approx(GAUSSIAN_2D_ENTROPY, abs=0.02)  # 6 s.e.
    assert np.mean(kl_loss) == pytest.approx(math.log(25) / 2, abs=0.02)


# Saving


def test_a_saved_model_comes_back_with_its_arguments_and_outputs(vae, images, tmp_path):
    model = small(vae, vae.GaussianLikelihood(variance=0.3), name="mine")
    model.fit(images, epochs=1, verbose=0)  # never called: only its steps were
    model.save(tmp_path / "model.keras")
    twin = keras.models.load_model(tmp_path / "model.keras")
    assert (twin.name, twin.encoder.latent_dim, twin.encoder.hidden_units) == ("mine", 3, 11)
    assert (twin.decoder.image_shape, twin.decoder.hidden_units) == ((8, 6, 1), 13)
    assert type(twin.likelihood) is vae.GaussianLikelihood and twin.likelihood.variance == 0.3
    np.testing.assert_array_equal(twin.reconstruct(images), model.reconstruct(images))
    np.testing.assert_array_equal(twin.encode(images)[1], model.encode(images)[1])
    assert twin.optimizer.iterations.numpy() == 1
    twin.fit(images, epochs=1, verbose=0)


def test_a_vae_with_functional_parts_comes_back(vae, tmp_path):
    model, points = linear_vae(vae), gaussian_2d(10, seed=0)
    model.fit(points, verbose=0)
    model.save(tmp_path / "model.keras")
    twin = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(twin.reconstruct(points), model.reconstruct(points))


def test_from_config_leaves_the_config_as_it_was(vae):
    config = small(vae).get_config()
    first, second = vae.VAE.from_config(config), vae.VAE.from_config(config)
    assert first.encoder is not second.encoder


def test_weights_alone_come_back_too(vae, images, tmp_path):
    model, twin = small(vae), small(vae)
    model(images), twin(images)
    model.save_weights(tmp_path / "model.weights.h5")
    twin.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(twin.reconstruct(images), model.reconstruct(images))


# The notebook


@pytest.mark.slow
def test_every_cell_that_grading_runs_again_runs(keras_registry):
    run_cells(LESSON)


def test_every_visible_check_meets_the_hole_of_an_unsolved_notebook(keras_registry):
    assert len(checks_that_meet_their_hole(LESSON)) == 10


def test_the_lesson_is_worth_30_points(vae):
    assert sum(cell.points or 0 for cell in read_lesson(LESSON).cells) == 30


def test_what_the_lesson_says_of_a_kl_without_its_half_is_the_optimum_of_that_objective():
    """A linear VAE of one code for each axis: x has variance `v`, z = a x + s e, and the reconstruction is w z."""

    def objective(parameters, v):
        w, a, log_s2 = parameters
        error = (1 - w * a) ** 2 * v + w**2 * math.exp(log_s2)
        twice_the_kl = a**2 * v + math.exp(log_s2) - 1 - log_s2
        return 0.5 * math.log(2 * math.pi) + 0.5 * error + twice_the_kl

    optimum = sum(minimize(objective, (1.0, 0.5, -1.0), (v,), "Nelder-Mead", tol=1e-10).fun for v in (25.0, 1.0))
    assert optimum == pytest.approx(5.864, abs=1e-3)
    assert f"stops at {optimum:.1f}" in LESSON.read_text()


@pytest.mark.full
@pytest.mark.parametrize(("name", "switch"), [("train_vae_mnist", "BINARISED"), ("train_vae_ad", "LONGER")])
def test_a_caller_runs_with_its_fast_switch_on(keras_registry, tmp_path, monkeypatch, name, switch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(LESSON.parent)
    monkeypatch.delitem(sys.modules, "vae", raising=False)
    on = {"FAST = False": "FAST = True", f"{switch} = False": f"{switch} = True", '"auto"': '"digits"'}

    def switched_on(source):
        for old, new in on.items():
            source = source.replace(old, new)
        return source

    namespace = run_cells(LESSON.parent / f"{name}.py", long=True, edit=switched_on)
    sys.modules.pop("vae", None)
    assert namespace["directory"].joinpath("vae.keras").exists()
    if switch == "BINARISED":
        assert set(np.unique(namespace["data"].x_train)) == {0.0, 1.0}
