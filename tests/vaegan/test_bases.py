"""What the abstract bases promise, and how BaseVAE keeps the books."""

import itertools
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from vaegan import ToImplement
from vaegan.bases import BaseVAE, GenerativeModel, LatentVariableModel, Likelihood, build_optimizer

# TensorFlow's variables answer np.array(..., copy=False) in the old way, and Keras asks them when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def linear(num_inputs, num_outputs):
    x = keras.Input((num_inputs,))
    return keras.Model(x, layers.Dense(num_outputs)(x))


class Counting(BaseVAE):
    """Its losses are the inputs themselves, so that every mean can be worked out by hand."""

    def elbo_terms(self, x):
        return x[:, 0], x[:, 1]

    def train_step(self, data):
        return self.update_trackers(*self.elbo_terms(self.inputs_of(data)))

    def test_step(self, data):
        return self.train_step(data)


def counting():
    model = Counting(linear(2, 1), linear(1, 2))
    model.compile(jit_compile=False)
    return model


def test_importing_vaegan_does_not_load_tensorflow():
    code = "import sys, vaegan; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_each_class_inherits_from_the_one_before():
    chain = [keras.Model, GenerativeModel, LatentVariableModel, BaseVAE]
    assert all(issubclass(child, parent) for parent, child in itertools.pairwise(chain))


def test_an_open_promise_names_class_and_method():
    class Mine(BaseVAE):
        pass

    model, x = Mine(linear(2, 1), linear(1, 2)), np.zeros((1, 2), "float32")
    promises = {
        "encode": x,
        "decode": x,
        "reconstruct": x,
        "sample": 1,
        "elbo_terms": x,
        "train_step": x,
        "test_step": x,
    }
    for method, argument in promises.items():
        with pytest.raises(ToImplement, match=rf"^Mine\.{method}: "):
            getattr(model, method)(argument)


@pytest.mark.parametrize("method, arguments", [("negative_log_likelihood", (0, 0)), ("mean", (0,))])
def test_a_likelihood_must_be_completed(method, arguments):
    with pytest.raises(ToImplement, match=rf"^Likelihood\.{method}: "):
        getattr(Likelihood(), method)(*arguments)


def test_a_hole_inside_call_stays_recognisable_when_keras_adds_its_report():
    class Unfinished(keras.Model):
        def call(self, x):
            raise ToImplement("Unfinished.call: write the forward pass.")

    with pytest.raises(ToImplement, match=r"Unfinished\.call: write the forward pass"):
        Unfinished()(np.zeros((1, 2), "float32"))


def test_the_epoch_mean_weighs_examples_not_batches():
    losses = np.array([[1, 10], [2, 20], [3, 30], [4, 40], [100, 500]], "float32")  # the last batch has one example
    history = counting().fit(losses, epochs=1, batch_size=2, shuffle=False, verbose=0).history
    assert history["reconstruction_loss"] == [22.0]
    assert history["kl_loss"] == [120.0]
    assert history["loss"] == [142.0]


def test_the_means_start_anew_every_epoch():
    losses = np.array([[1, 10], [3, 30]], "float32")
    history = counting().fit(losses, epochs=3, batch_size=1, verbose=0).history
    assert history == {"loss": [22.0] * 3, "reconstruction_loss": [2.0] * 3, "kl_loss": [20.0] * 3}


def test_evaluate_reports_the_three_means():
    measured = counting().evaluate(np.array([[1, 10], [3, 30]], "float32"), verbose=0, return_dict=True)
    assert measured == {"loss": 22.0, "reconstruction_loss": 2.0, "kl_loss": 20.0}


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: (x,), lambda x: (x, np.zeros(3))])
def test_labels_are_set_aside(wrap):
    x = np.ones((3, 2))
    assert counting().inputs_of(wrap(x)) is x


def test_latent_dim_is_read_from_the_encoder():
    encoder = linear(2, 3)
    encoder.latent_dim = 3
    assert LatentVariableModel(encoder, layers.Dense(2)).latent_dim == 3


def test_latent_dim_is_read_from_a_functional_decoder():
    assert LatentVariableModel(linear(2, 6), linear(4, 2)).latent_dim == 4


def test_an_unknown_latent_dim_says_what_to_do():
    with pytest.raises(ValueError, match=r"latent_dim is unknown.*Set self\.latent_dim in the encoder"):
        _ = LatentVariableModel(linear(2, 6), layers.Dense(2)).latent_dim


def test_a_likelihood_without_arguments_comes_back_from_its_config():
    assert type(Likelihood.from_config(Likelihood().get_config())) is Likelihood


class Traced(keras.Model):
    """A linear model that counts how often TensorFlow traces its step."""

    traces = 0

    def train_step(self, data):
        self.traces += 1
        return super().train_step(data)


@pytest.mark.parametrize(("is_built_before", "traces"), [(False, 2), (True, 1)])
def test_fit_traces_a_step_once_if_the_optimizer_is_built_before(is_built_before, traces):
    inputs = keras.Input((2,))
    model = Traced(inputs, layers.Dense(1)(inputs))
    model.compile("adam", "mse", jit_compile=False)
    if is_built_before:
        build_optimizer(model.optimizer, model)
    model.fit(np.ones((4, 2)), np.ones(4), epochs=2, verbose=0)
    assert model.traces == traces
