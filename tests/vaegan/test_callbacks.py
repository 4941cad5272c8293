"""The callbacks, driven by a real `fit` of a VAE so small that an epoch takes milliseconds."""

import csv
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from vaegan.bases import BaseVAE, GenerativeModel, Likelihood
from vaegan.callbacks import EpochPictures, TimeLeft, TrainingCurves, outputs_dir

X = np.random.default_rng(0).random((40, 6, 6, 1), dtype=np.float32)


class Clipped(Likelihood):
    def mean(self, parameters):
        return ops.clip(parameters, 0.0, 1.0)


class TinyVAE(BaseVAE):
    """A VAE with the methods that the callbacks use; it remembers each z that it decoded outside training."""

    def __init__(self):
        encoder = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Flatten(), keras.layers.Dense(4)])
        decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(36), keras.layers.Reshape((6, 6, 1))])
        super().__init__(encoder, decoder)
        self.likelihood = Clipped()
        self.noise = keras.random.SeedGenerator(0)
        self.decoded = []

    def encode(self, x):
        return ops.split(self.encoder(x), 2, axis=-1)

    def decode(self, z):
        self.decoded = [*self.decoded, np.asarray(z)]
        return self.decoder(z)

    def reconstruct(self, x):
        return self.likelihood.mean(self.decoder(self.encode(x)[0]))

    def elbo_terms(self, x):
        z_mean, z_log_var = self.encode(x)
        epsilon = keras.random.normal(ops.shape(z_mean), seed=self.noise)
        recons = self.decoder(z_mean + ops.exp(0.5 * z_log_var) * epsilon)
        kl_loss = 0.5 * ops.sum(ops.square(z_mean) + ops.exp(z_log_var) - z_log_var - 1.0, axis=-1)
        return ops.sum(ops.square(x - recons), axis=(1, 2, 3)), kl_loss

    def train_step(self, data):
        with tf.GradientTape() as tape:
            reconstruction_loss, kl_loss = self.elbo_terms(self.inputs_of(data))
            loss = ops.mean(reconstruction_loss + kl_loss)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return self.update_trackers(reconstruction_loss, kl_loss)

    def test_step(self, data):
        return self.update_trackers(*self.elbo_terms(self.inputs_of(data)))


def fit(model, callbacks, epochs=2, **kwargs):
    keras.utils.set_random_seed(0)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), run_eagerly=True)  # quicker than tracing three steps
    return model.fit(X, epochs=epochs, batch_size=16, callbacks=callbacks, verbose=0, **kwargs)


def read_history(folder):
    with open(folder / "history.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- pictures of each epoch


def test_pictures_are_named_by_epoch_from_one(tmp_path):
    fit(TinyVAE(), [EpochPictures(tmp_path / "new" / "folder", X[:5], caption="noise")])
    assert names(tmp_path / "new" / "folder") == [
        "epoch001_fakes.png",
        "epoch001_recons.png",
        "epoch002_fakes.png",
        "epoch002_recons.png",
    ]


def test_pictures_of_chosen_epochs_only(tmp_path):
    fit(TinyVAE(), [EpochPictures(tmp_path, X[:5], epochs=(1, 12))], epochs=12)
    assert {name[:8] for name in names(tmp_path)} == {"epoch001", "epoch012"}


def test_fakes_of_all_epochs_come_from_the_same_z(tmp_path):
    model = TinyVAE()
    fit(model, [EpochPictures(tmp_path, num_fakes=10)], epochs=3)
    first, *others = model.decoded
    assert first.shape == (10, 2)
    assert len(others) == 2
    for z in others:
        np.testing.assert_array_equal(z, first)


def test_fakes_change_because_the_model_learns(tmp_path):
    fit(TinyVAE(), [EpochPictures(tmp_path)])
    assert (tmp_path / "epoch001_fakes.png").read_bytes() != (tmp_path / "epoch002_fakes.png").read_bytes()


def test_pictures_do_not_change_the_training(tmp_path):
    with_pictures, without = TinyVAE(), TinyVAE()
    without.set_weights(with_pictures.get_weights())
    losses = fit(with_pictures, [EpochPictures(tmp_path, X[:3])]).history["loss"]
    assert losses == fit(without, []).history["loss"]


def test_without_images_and_fakes_nothing_is_written(tmp_path):
    fit(TinyVAE(), [EpochPictures(tmp_path, x=None, num_fakes=0)])
    assert names(tmp_path) == []


def test_a_model_that_only_samples_still_shows_fakes(tmp_path):
    class Sampler(GenerativeModel):
        def sample(self, num_samples):
            return ops.zeros((num_samples, 6, 6, 1))

    callback = EpochPictures(tmp_path, num_fakes=4)
    callback.set_model(Sampler())
    callback.on_train_begin()
    callback.on_epoch_end(0)
    assert names(tmp_path) == ["epoch001_fakes.png"]


# --- curves


def test_the_total_is_the_sum_of_its_terms_in_every_epoch(tmp_path):
    fit(TinyVAE(), [TrainingCurves(tmp_path, caption="noise")], epochs=3, validation_data=(X[:8],))
    rows = read_history(tmp_path)
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        for prefix in ("", "val_"):
            parts = float(row[f"{prefix}reconstruction_loss"]) + float(row[f"{prefix}kl_loss"])
            assert float(row[f"{prefix}loss"]) == pytest.approx(parts, rel=1e-5)  # sums of float32


def test_the_file_holds_what_fit_returns(tmp_path):
    history = fit(TinyVAE(), [TrainingCurves(tmp_path)]).history
    for name, values in history.items():
        assert [float(row[name]) for row in read_history(tmp_path)] == values


def test_curves_are_drawn_beside_the_file(tmp_path):
    fit(TinyVAE(), [TrainingCurves(tmp_path)])
    assert names(tmp_path) == ["curves.png", "history.csv"]
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_a_second_fit_continues_the_curves(tmp_path):
    model, callback = TinyVAE(), TrainingCurves(tmp_path)
    fit(model, [callback])
    fit(model, [callback])
    assert [row["epoch"] for row in read_history(tmp_path)] == ["1", "2", "3", "4"]


def test_an_epoch_without_held_out_loss_has_an_empty_field(tmp_path):
    fit(TinyVAE(), [TrainingCurves(tmp_path)], epochs=2, validation_data=(X[:8],), validation_freq=2)
    first, second = read_history(tmp_path)
    assert first["val_loss"] == ""
    assert float(second["val_loss"]) > 0


# --- time left, folders


def test_each_epoch_prints_one_line_and_the_last_has_nothing_to_go(capsys):
    fit(TinyVAE(), [TimeLeft()], epochs=3)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert all("reconstruction_loss" in line for line in lines)
    assert lines[-1].endswith("about 0 s to go")


def test_time_left_is_the_mean_epoch_times_the_epochs_to_come(monkeypatch, capsys):
    clock = iter([0.0, 30.0, 50.0])
    monkeypatch.setattr("vaegan.callbacks.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    callback = TimeLeft()
    callback.set_params({"epochs": 4})
    callback.on_train_begin()
    callback.on_epoch_end(0, {"loss": 2.0})
    callback.on_epoch_end(1, {"loss": 1.0})
    assert capsys.readouterr().out.splitlines() == [
        "epoch 1/4: loss 2; 30 s so far, about 90 s to go",
        "epoch 2/4: loss 1; 50 s so far, about 50 s to go",
    ]


def test_results_of_a_model_on_a_data_set_have_their_folder():
    assert outputs_dir("mnist", "vae").as_posix() == "outputs/mnist_vae"
