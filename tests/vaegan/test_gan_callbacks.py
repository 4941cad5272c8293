"""The callbacks on a GAN whose generator repeats its noise: what was measured can be compared with what was drawn."""

from types import SimpleNamespace

import keras
import numpy as np
from keras import ops

from vaegan.adversarial import BaseGAN
from vaegan.callbacks import EpochPictures, SampleMeasures, TrainingCurves, fixed_noise

X = np.zeros((8, 2, 2, 1), "float32")


class Echo(BaseGAN):
    """Its images are its noise; it remembers each z that it was asked to generate from."""

    def __init__(self):
        super().__init__(
            keras.Sequential([keras.Input((4,)), keras.layers.Reshape((2, 2, 1))]),
            keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten()]),
            latent_dim=4,
        )
        self.asked = []
        self.compile("sgd", "sgd", jit_compile=False)

    def train_step(self, data):
        return self.update_trackers(ops.mean(self.inputs_of(data)), ops.sum(self.noise(1)))

    def generate(self, z):
        self.asked = [*self.asked, np.asarray(z)]
        return super().generate(z)


def test_the_fakes_of_all_epochs_come_from_the_same_z(tmp_path):
    model = Echo()
    model.fit(X, epochs=3, verbose=0, callbacks=[EpochPictures(tmp_path, num_fakes=6)])
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"epoch00{n}_fakes.png" for n in (1, 2, 3)]
    assert model.asked[0].shape == (6, 4)
    np.testing.assert_array_equal(model.asked[0], model.asked[2])


def test_measures_are_taken_of_the_same_z_after_each_epoch():
    model, measure = Echo(), SampleMeasures({"mean": np.mean, "size": np.size}, num_samples=5, keep=(2,))
    model.fit(X, epochs=3, verbose=0, callbacks=[measure])
    images = np.asarray(fixed_noise(model, 5, seed=0)).reshape(5, 2, 2, 1)
    assert measure.history == {"mean": [images.mean()] * 3, "size": [20] * 3}
    assert list(measure.samples) == [2]
    np.testing.assert_array_equal(measure.samples[2], images)


def test_measuring_leaves_the_draws_of_the_training_alone():
    histories = []
    for callbacks in ([], [SampleMeasures({"mean": np.mean})]):
        keras.utils.set_random_seed(0)
        histories.append(Echo().fit(X, epochs=2, verbose=0, callbacks=callbacks).history)
    assert histories[0] == histories[1]


def test_training_curves_draw_what_they_are_told_to_draw(tmp_path):
    drawn = []

    def draw(history, caption):
        drawn.append((history, caption))
        return SimpleNamespace(savefig=lambda path, dpi: path.touch())

    history = Echo().fit(X, epochs=2, verbose=0, callbacks=[TrainingCurves(tmp_path, "noise", draw)]).history
    assert drawn[-1][1] == "noise: Echo"
    assert drawn[-1][0] == history
    assert (tmp_path / "curves.png").exists()
