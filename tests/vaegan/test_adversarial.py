"""What BaseGAN promises and keeps, driven by a GAN of two numbers whose losses can be worked out by hand."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from vaegan import ToImplement
from vaegan.adversarial import BaseGAN
from vaegan.bases import GenerativeModel

# TensorFlow's variables answer np.array(..., copy=False) in the old way, and Keras asks them when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def linear(num_inputs, num_outputs):
    x = keras.Input((num_inputs,))
    return keras.Model(x, layers.Dense(num_outputs)(x))


@keras.saving.register_keras_serializable(package="test_adversarial")
class Counting(BaseGAN):
    """Its losses are the inputs' mean and the number of examples, so that every epoch mean is plain."""

    def train_step(self, data):
        x = self.inputs_of(data)
        for optimizer, part in (
            (self.generator_optimizer, self.generator),
            (self.discriminator_optimizer, self.discriminator),
        ):
            optimizer.apply([ops.ones_like(v) for v in part.trainable_variables], part.trainable_variables)
        return self.update_trackers(ops.mean(x), ops.cast(ops.shape(x)[0], "float32"))

    def get_config(self):
        parts = {
            name: keras.saving.serialize_keras_object(getattr(self, name)) for name in ("generator", "discriminator")
        }
        return {**super().get_config(), **parts, "latent_dim": self.latent_dim}

    @classmethod
    def from_config(cls, config):
        parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in ("generator", "discriminator")}
        return cls(**{**config, **parts})


def counting(**kwargs):
    model = Counting(linear(3, 2), linear(2, 1), latent_dim=3, **kwargs)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.Adam(0.2), jit_compile=False)
    return model


def test_a_gan_is_a_generative_model_that_has_two_networks():
    model = counting()
    assert isinstance(model, GenerativeModel)
    assert len(model.trainable_variables) == 4


@pytest.mark.parametrize("promise", ["train_discriminator", "train_generator", "train_step", "sample"])
def test_an_open_promise_names_class_and_method(promise):
    class Mine(BaseGAN):
        pass

    with pytest.raises(ToImplement, match=rf"Mine\.{promise}: "):
        getattr(Mine(linear(3, 2), linear(2, 1), 3), promise)(2)


def test_one_optimizer_for_both_sides_is_refused():
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="expected two objects, received the same Adam twice"):
        counting().compile(adam, adam)


def test_names_of_optimizers_will_do_and_options_pass_through():
    model = counting()
    model.compile("adam", "adam", run_eagerly=True, jit_compile=False)
    assert model.generator_optimizer is not model.discriminator_optimizer
    assert model.run_eagerly and not model.jit_compile


def test_latent_dim_must_be_a_dimension():
    with pytest.raises(ValueError, match="received 0"):
        Counting(linear(3, 2), linear(2, 1), latent_dim=0)


def test_noise_is_standard_normal_and_fresh():
    model = counting(seed=1)
    first, second = (np.asarray(model.noise(20_000)) for _ in range(2))
    assert first.shape == (20_000, 3) and first.dtype == "float32"
    assert first.mean() == pytest.approx(0.0, abs=0.03) and first.std() == pytest.approx(1.0, abs=0.03)
    assert not np.any(first == second)


def test_equal_seeds_draw_equal_noise():
    np.testing.assert_array_equal(counting(seed=7).noise(4), counting(seed=7).noise(4))


def test_generate_uses_the_generator_as_in_use():
    z = keras.Input((3,))
    generator = keras.Model(z, layers.BatchNormalization()(z))
    model, noise = Counting(generator, linear(3, 1), 3), np.random.default_rng(0).normal(3.0, 1.0, (8, 3))
    np.testing.assert_allclose(model.generate(noise), noise / np.sqrt(1.001), rtol=1e-5)
    np.testing.assert_array_equal(generator.layers[-1].moving_mean, np.zeros(3))


def test_fit_logs_epoch_means_over_the_steps_with_or_without_labels():
    x = np.repeat(np.arange(6, dtype="float32"), 2).reshape(6, 2)
    for given in ((x,), (x, np.zeros(6))):
        history = counting().fit(*given, batch_size=2, epochs=2, shuffle=False, verbose=0).history
        assert history == {"discriminator_loss": [2.5, 2.5], "generator_loss": [2.0, 2.0]}


def test_a_saved_gan_makes_the_same_examples_and_goes_on_training(tmp_path):
    model, x = counting(name="mine"), np.ones((6, 2), "float32")
    model.fit(x, batch_size=2, verbose=0)
    model.save(tmp_path / "gan.keras")
    twin = keras.models.load_model(tmp_path / "gan.keras")
    z = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    np.testing.assert_array_equal(twin.generate(z), model.generate(z))
    assert twin.name == "mine"
    assert [int(o.iterations) for o in (twin.generator_optimizer, twin.discriminator_optimizer)] == [3, 3]
    np.testing.assert_array_equal(twin.discriminator_optimizer.variables[2], model.discriminator_optimizer.variables[2])
    twin.fit(x, batch_size=2, verbose=0)


def test_a_gan_that_was_never_compiled_is_saved_without_a_word(tmp_path):
    model = Counting(linear(3, 2), linear(2, 1), latent_dim=3)
    model.save(tmp_path / "gan.keras")
    twin, z = keras.models.load_model(tmp_path / "gan.keras"), np.ones((1, 3), "float32")
    np.testing.assert_array_equal(twin.generate(z), model.generate(z))
