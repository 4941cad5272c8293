"""Facts about the solved lesson on conditional models, and that it and its callers run as students will run them."""

import importlib
import math
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from lesson_runs import checks_that_meet_their_hole, run_cells

from judge.course.lesson import read_lesson
from vaegan.data import make_ad_cohort
from vaegan.data.synthetic.anatomy import Anatomy
from vaegan.data.synthetic.template import phantom_template

SOLUTIONS = Path(__file__).parents[1] / "solutions"
FOLDER = SOLUTIONS / "ex06_conditional"
LESSON = FOLDER / "conditional.py"
MODULES = ("vae", "gan", "conditional")

# TensorFlow's variables answer np.array(..., copy=False) in the old way, and Keras asks them when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def conditional():
    """The lesson as a module, with the modules that are handed out beside it."""
    registered, before = keras.saving.get_custom_objects(), dict(keras.saving.get_custom_objects())
    with pytest.MonkeyPatch.context() as patch:
        for exercise in ("ex03_vae", "ex05_gan", "ex06_conditional"):
            patch.syspath_prepend(SOLUTIONS / exercise)
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        yield importlib.import_module("conditional")
        for name in MODULES:
            sys.modules.pop(name, None)
    registered.clear()
    registered.update(before)


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(7)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def batch(rng):
    return rng.uniform(size=(12, 8, 4, 1)).astype("float32"), np.arange(12) % 3


def linear(num_inputs, *num_outputs):
    x = keras.Input((num_inputs,))
    outputs = [layers.Dense(num, kernel_initializer="glorot_normal")(x) for num in num_outputs]
    return keras.Model(x, outputs if len(outputs) > 1 else outputs[0])


def cvae_of(conditional, condition=None, likelihood=None, **kwargs):
    vae = sys.modules["vae"]
    condition = condition or conditional.OneHotCondition(3)
    parts = vae.Encoder(latent_dim=2, hidden_units=11), vae.Decoder((8, 4, 1), hidden_units=13)
    model = conditional.CVAE(*parts, condition, likelihood, **kwargs)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), jit_compile=False)
    return model


def gan_of(conditional, cls, condition=None, **kwargs):
    """A GAN of points in the plane with three classes, all networks linear."""
    condition = condition or conditional.OneHotCondition(3)
    inputs, outputs = (2, (1, 3)) if cls == "ACGAN" else (2 + condition.condition_dim, (1,))
    parts = linear(2 + condition.condition_dim, 2), linear(inputs, *outputs)
    model = getattr(conditional, cls)(*parts, 2, condition, **kwargs)
    if cls != "LabelledGAN":  # which has no steps of its own
        model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), jit_compile=False)
    return model


def values_of(variables):
    return [variable.numpy() for variable in variables]


# Conditions and planes


def test_one_hot_is_a_row_of_the_identity(conditional):
    np.testing.assert_array_equal(conditional.OneHotCondition(4)([2, 0, 3]), np.eye(4)[[2, 0, 3]])


def test_an_embedding_gives_rows_of_its_one_table(conditional):
    embedding = conditional.EmbeddingCondition(4, condition_dim=5)
    assert [tuple(weight.shape) for weight in embedding.trainable_weights] == [(4, 5)]
    np.testing.assert_array_equal(embedding([2, 0, 2]), embedding.table.numpy()[[2, 0, 2]])


@pytest.mark.parametrize("shape", [(2, 3, 5, 1), (4, 6, 2, 3)])
def test_planes_hold_one_entry_each_at_every_pixel(conditional, rng, shape):
    images, c = rng.normal(size=shape), rng.normal(size=(shape[0], 4)).astype("float32")
    result = np.asarray(conditional.append_planes(images, c))
    np.testing.assert_array_equal(result[..., : shape[-1]], images)
    for row in range(shape[1]):
        for column in range(shape[2]):
            np.testing.assert_array_equal(result[:, row, column, shape[-1] :], c)


def test_vectors_and_images_get_their_condition_at_the_end(conditional, rng):
    z, c = rng.normal(size=(3, 2)), np.eye(3, 4)
    np.testing.assert_array_equal(conditional.append_to_data(z, c), np.concatenate([z, c], axis=1))
    assert conditional.append_to_data(np.zeros((3, 5, 6, 1)), c).shape == (3, 5, 6, 5)


# The conditional VAE


def test_zero_weights_cost_ln_2_per_pixel_and_no_kl(conditional, batch):
    model = cvae_of(conditional)
    model(batch)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    reconstruction_loss, kl_loss = model.elbo_terms(batch)
    np.testing.assert_allclose(reconstruction_loss, np.full(12, 32 * math.log(2)), rtol=1e-6)
    np.testing.assert_allclose(kl_loss, np.zeros(12), atol=1e-7)


def test_the_cvae_trains_with_the_step_of_the_vae(conditional, batch):
    vae = sys.modules["vae"].VAE
    assert conditional.CVAE.train_step is vae.train_step and conditional.CVAE.test_step is vae.test_step
    history = cvae_of(conditional).fit(*batch, epochs=30, batch_size=5, verbose=0).history
    assert history["loss"][-1] < 0.97 * history["loss"][0]


def test_a_class_that_only_the_label_knows_is_reconstructed(conditional):
    """Black and white images; with z cut off, telling them apart takes the label."""
    labels = np.arange(40) % 2
    x = np.broadcast_to(labels[:, None, None, None], (40, 8, 4, 1)).astype("float32")
    model = cvae_of(conditional, conditional.OneHotCondition(2))
    model.fit(x, labels, epochs=40, batch_size=20, verbose=0)
    z = np.zeros((2, 2), "float32")
    black, white = np.asarray(model.generate(z, [0, 1]))
    assert black.max() < 0.2 and white.min() > 0.8


def test_a_learned_table_is_trained_by_the_cvae(conditional, batch):
    model = cvae_of(conditional, conditional.EmbeddingCondition(3, 2))
    before = model.condition.table.numpy()
    model.train_step(batch)
    assert not np.array_equal(before, model.condition.table.numpy())


def test_functional_parts_tell_latent_dim_without_the_condition(conditional, rng):
    model = conditional.CVAE(
        linear(2 + 3, 4, 4),
        linear(4 + 3, 2),
        conditional.OneHotCondition(3),
        sys.modules["vae"].GaussianLikelihood(),
    )
    assert model.latent_dim == 4
    assert model.sample(5).shape == (5, 2)
    assert model.reconstruct((rng.normal(size=(6, 2)), np.zeros(6, int))).shape == (6, 2)


def test_samples_have_the_labels_that_were_asked_for(conditional):
    model = cvae_of(conditional)
    model.decoder = linear(2 + 3, 3)
    model.decoder.set_weights([np.concatenate([np.zeros((2, 3)), 40 * np.eye(3) - 20]), np.zeros(3)])
    np.testing.assert_allclose(model.sample(4), np.eye(3)[[0, 1, 2, 0]], atol=1e-6)
    np.testing.assert_allclose(model.sample(2, labels=[2, 2]), np.eye(3)[[2, 2]], atol=1e-6)


def test_a_saved_cvae_comes_back_with_its_condition(conditional, batch, tmp_path):
    gaussian = sys.modules["vae"].GaussianLikelihood(variance=0.3)
    model = cvae_of(conditional, conditional.EmbeddingCondition(3, 5), gaussian, name="mine")
    model.fit(*batch, verbose=0)
    model.save(tmp_path / "cvae.keras")
    twin = keras.models.load_model(tmp_path / "cvae.keras")
    assert (twin.name, twin.condition.condition_dim, twin.likelihood.variance) == ("mine", 5, 0.3)
    np.testing.assert_array_equal(twin.reconstruct(batch), model.reconstruct(batch))
    twin.fit(*batch, verbose=0)


# What both GANs share


@pytest.mark.parametrize("cls", ["ConditionalGAN", "ACGAN"])
def test_each_step_moves_its_own_side_alone(conditional, rng, cls):
    model = gan_of(conditional, cls, conditional.EmbeddingCondition(3, 4))
    points, labels = rng.normal(size=(8, 2)), np.arange(8) % 3
    sides = model.generator_side, model.discriminator.trainable_variables
    for step, moved, kept in (
        (lambda: model.train_discriminator(points, labels), 1, 0),
        (lambda: model.train_generator(labels), 0, 1),
    ):
        before = values_of(sides[moved]), values_of(sides[kept])
        assert np.shape(step()) == ()
        assert all(not np.array_equal(*pair) for pair in zip(before[0], values_of(sides[moved]), strict=True))
        np.testing.assert_equal(before[1], values_of(sides[kept]))


@pytest.mark.parametrize("cls", ["ConditionalGAN", "ACGAN"])
def test_a_batch_trains_both_sides_and_reports_their_losses(conditional, rng, cls):
    model = gan_of(conditional, cls, label_noise=0.2)
    history = model.fit(rng.normal(size=(10, 2)), np.arange(10) % 3, batch_size=4, epochs=2, verbose=0).history
    assert set(history) == {"discriminator_loss", "generator_loss"}
    assert [int(o.iterations) for o in (model.discriminator_optimizer, model.generator_optimizer)] == [6, 6]


@pytest.mark.parametrize("cls", ["ConditionalGAN", "ACGAN"])
def test_a_gan_with_labels_refuses_a_batch_without(conditional, cls):
    with pytest.raises(ValueError, match="received images alone"):
        gan_of(conditional, cls).train_step(np.zeros((4, 2), "float32"))


@pytest.mark.parametrize("cls", ["LabelledGAN", "ConditionalGAN", "ACGAN"])
def test_a_saved_gan_draws_the_same_for_the_same_labels(conditional, rng, tmp_path, cls):
    more = {"class_weight": 0.25} if cls == "ACGAN" else {}
    model = gan_of(conditional, cls, label_noise=0.1, seed=4, **more)
    if cls != "LabelledGAN":
        model.fit(rng.normal(size=(6, 2)), np.arange(6) % 3, verbose=0)
    model.save(tmp_path / "gan.keras")
    twin = keras.models.load_model(tmp_path / "gan.keras")
    assert (twin.label_noise, twin.seed, twin.condition.num_classes) == (0.1, 4, 3)
    assert getattr(twin, "class_weight", None) == more.get("class_weight")
    z = rng.normal(size=(5, 2)).astype("float32")
    np.testing.assert_array_equal(twin.generate(z, [0, 1, 2, 0, 1]), model.generate(z, [0, 1, 2, 0, 1]))


def test_a_reloaded_gan_goes_on_training_its_table(conditional, rng, tmp_path):
    model = gan_of(conditional, "ConditionalGAN", conditional.EmbeddingCondition(3, 4))
    points, labels = rng.normal(size=(6, 2)), np.arange(6) % 3
    model.fit(points, labels, verbose=0)
    model.save(tmp_path / "gan.keras")
    twin = keras.models.load_model(tmp_path / "gan.keras")
    before = twin.condition.table.numpy()
    np.testing.assert_array_equal(before, model.condition.table)
    twin.fit(points, labels, verbose=0)
    assert int(twin.generator_optimizer.iterations) == 2
    assert not np.array_equal(before, twin.condition.table.numpy())


def test_generating_leaves_the_moving_statistics_alone(conditional, rng):
    gan = sys.modules["gan"]
    generator = gan.Generator(2, (8, 4, 1), filters=4)
    model = conditional.LabelledGAN(generator, linear(2, 1), 2, conditional.OneHotCondition(3))
    model.fakes([0, 1, 2])
    statistics = values_of(generator.non_trainable_variables)
    z = rng.normal(size=(3, 2)).astype("float32")
    np.testing.assert_array_equal(model.generate(z, [0, 1, 2]), model.generate(z, [0, 1, 2]))
    model.sample(4)
    np.testing.assert_equal(statistics, values_of(generator.non_trainable_variables))
    model.fakes([0, 1, 2])
    assert not np.allclose(statistics[0], generator.non_trainable_variables[0])


# The conditional GAN


def test_the_discriminator_reads_the_label_on_both_sides(conditional, rng):
    model = gan_of(conditional, "ConditionalGAN")
    kernel = np.zeros((5, 1))
    kernel[2] = 5.0  # real means: class 0
    model.discriminator.set_weights([kernel, np.zeros(1)])
    points, softplus = rng.normal(size=(4, 2)), lambda a: math.log1p(math.exp(a))
    generator_loss = float(model.train_generator([0, 0, 1, 1]))
    assert generator_loss == pytest.approx((softplus(-5) + math.log(2)) / 2, rel=1e-5)
    loss = float(model.train_discriminator(points, np.array([0, 0, 1, 1])))
    assert loss == pytest.approx((softplus(5) + softplus(-5) + math.log(4)) / 2, rel=1e-5)


def test_a_table_that_the_generator_does_not_read_stays(conditional):
    model = gan_of(conditional, "ConditionalGAN", conditional.EmbeddingCondition(3, 4))
    kernel, bias = model.generator.get_weights()
    kernel[2:] = 0.0
    model.generator.set_weights([kernel, bias])
    before = model.condition.table.numpy()
    model.train_generator([0, 1, 2])
    np.testing.assert_array_equal(before, model.condition.table.numpy())


# The auxiliary-classifier GAN


def test_the_class_loss_is_minus_the_log_probability_of_the_class(conditional, rng):
    logits, labels = rng.normal(size=(6, 4)), np.array([0, 1, 2, 3, 3, 0])
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(conditional.class_loss(logits, labels), -np.log(shares[np.arange(6), labels]), rtol=1e-5)


@pytest.mark.parametrize("size", [(8, 4, 1), (28, 28, 1), (7, 9, 3)])
def test_both_heads_answer_for_images_of_any_size(conditional, rng, size):
    model = conditional.AuxiliaryDiscriminator(num_classes=5, filters=3)
    authenticity, classes = model(rng.uniform(size=(4, *size)))
    assert authenticity.shape == (4, 1) and classes.shape == (4, 5)


def test_both_heads_share_one_body(conditional, batch):
    model = conditional.AuxiliaryDiscriminator(num_classes=3, filters=3)
    with tf.GradientTape(persistent=True) as tape:
        authenticity, classes = model(batch[0])
    variables = model.trainable_variables
    reached = [
        [gradient is not None for gradient in tape.gradient(head, variables)] for head in (authenticity, classes)
    ]
    assert sum(map(all, zip(*reached, strict=True))) == len(variables) - 4  # each head has a kernel and a bias


def test_an_undecided_discriminator_costs_every_term_of_the_equations(conditional, rng):
    model = gan_of(conditional, "ACGAN", class_weight=0.5)
    model.discriminator.set_weights([np.zeros_like(weight) for weight in model.discriminator.get_weights()])
    assert float(model.train_generator([0, 1])) == pytest.approx(math.log(2) + 0.5 * math.log(3), rel=1e-5)
    loss = float(model.train_discriminator(rng.normal(size=(2, 2)), np.array([0, 1])))
    assert loss == pytest.approx(math.log(4) + 0.5 * 2 * math.log(3), rel=1e-5)


# The notebooks


@pytest.mark.slow
def test_every_cell_that_grading_runs_again_runs(conditional, keras_registry):
    run_cells(LESSON)


@pytest.mark.slow
def test_every_visible_check_meets_the_hole_of_an_unsolved_notebook(conditional, keras_registry):
    assert len(checks_that_meet_their_hole(LESSON)) == 16


def test_the_lesson_is_worth_57_points():
    assert sum(cell.points or 0 for cell in read_lesson(LESSON).cells) == 57


@pytest.fixture(scope="module")
def few_brains(tmp_path_factory):
    phantom = Anatomy(phantom_template(spacing=3.0), step=4.0, voxel=(3.0, 4.0, 3.0))
    folder = tmp_path_factory.mktemp("ad") / "cohort"
    return make_ad_cohort(folder, 24, "teaching", seed=3, anatomy=phantom, workers=2)


@pytest.fixture
def at_a_students_desk(conditional, keras_registry, few_brains, tmp_path, monkeypatch):
    """An empty folder, the modules at hand, few brains; how a caller runs with its FAST switch on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAEGAN_AD", str(few_brains))
    monkeypatch.setenv("VAEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VAEGAN_DATA", raising=False)

    def run(name):
        run_cells(
            FOLDER / f"{name}.py",
            long=True,
            edit=lambda source: source.replace("FAST = False", "FAST = True").replace('"auto"', '"digits"'),
        )
        return {str(path.relative_to(tmp_path / "outputs")) for path in (tmp_path / "outputs").glob("*/*")}

    return run


SHEETS = {f"epoch00{epoch}_steer.png" for epoch in (1, 2)}


@pytest.mark.slow
@pytest.mark.parametrize("model, pictures", [("cvae", {"epoch001_steer.png", "epoch001_recons.png"}), ("cgan", SHEETS)])
def test_the_digit_callers_leave_their_pictures_and_a_model(at_a_students_desk, model, pictures):
    written = at_a_students_desk(f"train_{model}_mnist")
    expected = pictures | {"curves.png", "history.csv", f"{model}.keras"}
    assert written == {f"digits_{model}/{name}" for name in expected}


@pytest.mark.slow
def test_the_ac_gan_is_compared_with_the_conditional_gan_that_was_trained_before(at_a_students_desk, capsys):
    at_a_students_desk("train_acgan_mnist")
    assert "run train_cgan_mnist first" in capsys.readouterr().out
    at_a_students_desk("train_cgan_mnist")
    written = at_a_students_desk("train_acgan_mnist")
    assert "ConditionalGAN read as asked" in capsys.readouterr().out
    assert {f"digits_acgan/{name}" for name in SHEETS | {"acgan.keras"}} <= written


@pytest.mark.slow
def test_the_brain_caller_measures_ventricles(at_a_students_desk, capsys):
    written = at_a_students_desk("train_conditional_ad")
    for folder in ("ad_cvae", "ad_cgan"):
        assert {f"{folder}/epoch001_steer.png", f"{folder}/history.csv"} <= written
    assert capsys.readouterr().out.count("AD larger in") == 3
