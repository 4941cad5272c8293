"""What happens after each epoch besides training: pictures, curves, and how long it will still take.

    directory = outputs_dir(data.name, "vae")
    model.fit(..., callbacks=[EpochPictures(directory, data.x_test[:10], caption=data.caption),
                              TrainingCurves(directory, caption=data.caption), TimeLeft()], verbose=0)

Epochs are counted from 1, as people do; Keras counts them from 0.
"""

import csv
import time
from pathlib import Path

import keras
import numpy as np

from vaegan.pictures import image_grid, reading_order, reconstruction_sheet, short, training_curves


def outputs_dir(data_name, model_name):
    """Return where a training leaves its results: outputs/<data_name>_<model_name>, as a Path.

    The callbacks make the folder when the training begins.
    """
    return Path("outputs") / f"{data_name}_{model_name}"


def fixed_noise(model, num, seed):
    """Return z ~ N(0, I), float32, (num, model.latent_dim), of NumPy: a training's own draws stay as they are."""
    noise = np.random.default_rng(seed).standard_normal((num, model.latent_dim))
    return keras.ops.convert_to_tensor(noise, dtype="float32")


class EpochFigures(keras.callbacks.Callback):
    """Writes epoch001_<what>.png, 002, ... of every figure that a subclass draws. Arguments as of `EpochPictures`."""

    def __init__(self, directory, epochs, caption, seed):
        super().__init__()
        self.directory = Path(directory)
        self.epochs = None if epochs is None else frozenset(epochs)
        self.caption = caption
        self.seed = seed

    def figures(self, model_now):
        """Yield (what, figure) in turn; `model_now`, for example "VAE after epoch 3", is for the captions."""
        raise NotImplementedError

    def on_train_begin(self, logs=None):
        """Make the folder now: a wrong path is better found before an epoch than after it."""
        self.directory.mkdir(parents=True, exist_ok=True)

    def on_epoch_end(self, epoch, logs=None):
        """Write the pictures of this epoch (Keras passes 0 for the first)."""
        epoch += 1
        if self.epochs is not None and epoch not in self.epochs:
            return
        for what, figure in self.figures(f"{type(self.model).__name__} after epoch {epoch}"):
            figure.savefig(self.directory / f"epoch{epoch:03d}_{what}.png", dpi=120)

    def _say(self, sentence):
        """Return the sentence behind the data's name."""
        return f"{self.caption}: {sentence}" if self.caption else sentence


class EpochPictures(EpochFigures):
    """Writes epoch001_recons.png and epoch001_fakes.png, 002, ...: what the model can do so far.

    The fakes of all epochs come from the same draws of z, so that pictures of two epochs differ by what was
    learnt between them and not by chance. A GAN makes them with `generate(z)`, a VAE with `decode(z)`. The
    draws are NumPy's: a training with this callback sees the same random numbers as one without.

    Args:
        directory: folder for the pictures.
        x: float32, (n, height, width, channels), held-out images to reconstruct; None for no reconstructions.
        epochs: the epochs to write, for example (1, 10, 20); None for every one.
        num_fakes: how many images to generate; 0 for none.
        caption: names the data; the model's class and the epoch are added.
        seed: of the draws of z.
    """

    def __init__(self, directory, x=None, epochs=None, num_fakes=10, caption="", seed=0):
        super().__init__(directory, epochs, caption, seed)
        self.x = x
        self.num_fakes = num_fakes

    def figures(self, model_now):
        """Yield the reconstructions and the fakes, as far as they are asked for."""
        if self.x is not None:
            recons = keras.ops.convert_to_numpy(self.model.reconstruct(self.x))
            yield "recons", reconstruction_sheet(self.x, recons, self._say(f"reconstructions by {model_now}"))
        if self.num_fakes:
            fakes = keras.ops.convert_to_numpy(self._fakes())
            yield "fakes", image_grid(fakes, 10, caption=self._say(f"fakes by {model_now}"))

    def _fakes(self):
        """Return the images of fixed z; of fresh z if the model takes none (it only samples)."""
        if hasattr(self.model, "generate"):
            return self.model.generate(fixed_noise(self.model, self.num_fakes, self.seed))
        if hasattr(self.model, "decode"):
            parameters = self.model.decode(fixed_noise(self.model, self.num_fakes, self.seed))
            return self.model.likelihood.mean(parameters)
        return self.model.sample(self.num_fakes)


class TrainingCurves(keras.callbacks.Callback):
    """Writes history.csv and curves.png after each epoch: every loss term, training and held out.

    history.csv has a line per epoch, counted from 1, with all digits: `loss` must be the sum of its terms.
    A second `fit` with the same callback object continues both; a new object starts them anew.

    Args:
        directory: folder for the two files.
        caption: names the data; the model's class is added.
        draw: function (history, caption) -> Figure; a GAN's losses belong in one panel:
            `vaegan.gan_pictures.adversarial_curves`.
    """

    def __init__(self, directory, caption="", draw=training_curves):
        super().__init__()
        self.directory = Path(directory)
        self.caption = caption
        self.draw = draw
        self.rows = []

    def on_train_begin(self, logs=None):
        """Make the folder now: a wrong path is better found before an epoch than after it."""
        self.directory.mkdir(parents=True, exist_ok=True)

    def on_epoch_end(self, epoch, logs=None):
        """Add the epoch's means and write both files anew."""
        self.rows.append({name: float(value) for name, value in (logs or {}).items()})
        if not self.rows[-1]:
            return
        self._write_csv()
        model_name = type(self.model).__name__
        caption = f"{self.caption}: {model_name}" if self.caption else model_name
        self.draw(self.history, caption).savefig(self.directory / "curves.png", dpi=120)

    @property
    def history(self):
        """Dict from term to its values, one per epoch; NaN where an epoch did not measure it."""
        terms = {term for row in self.rows for term in row}
        return {term: [row.get(term, float("nan")) for row in self.rows] for term in reading_order(terms)}

    def _write_csv(self):
        with open(self.directory / "history.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=["epoch", *self.history], restval="")
            writer.writeheader()
            for epoch, row in enumerate(self.rows, start=1):
                writer.writerow({"epoch": epoch, **row})


class SampleMeasures(keras.callbacks.Callback):
    """Measures samples of a GAN after each epoch, always of the same z, and keeps some of them.

    `history` has a list per measure, one value per epoch, like the history of `fit`; `samples` has the arrays.

    Args:
        measures: dict from name to a function of samples (num_samples, *data_shape) that returns a number.
        num_samples: how many samples are measured.
        keep: the epochs (from 1) whose samples are kept.
        seed: of the draws of z.

    Example:
        measure = SampleMeasures({"modes": lambda samples: modes_covered(samples, centres, sd)}, keep=(1, 10))
        gan.fit(x, epochs=10, callbacks=[measure])
        measure.history["modes"], measure.samples[10]
    """

    def __init__(self, measures, num_samples=2_500, keep=(), seed=0):
        super().__init__()
        self.measures = measures
        self.num_samples = num_samples
        self.keep = frozenset(keep)
        self.seed = seed

    def on_train_begin(self, logs=None):
        """Begin new records."""
        self.history = {name: [] for name in self.measures}
        self.samples = {}

    def on_epoch_end(self, epoch, logs=None):
        """Measure the samples of this epoch (Keras passes 0 for the first)."""
        z = fixed_noise(self.model, self.num_samples, self.seed)
        samples = keras.ops.convert_to_numpy(self.model.generate(z))
        for name, measure in self.measures.items():
            self.history[name].append(measure(samples))
        if epoch + 1 in self.keep:
            self.samples[epoch + 1] = samples


class TimeLeft(keras.callbacks.Callback):
    """Prints one line per epoch: the losses, the time so far, and the time that the rest will take.

    Of the held-out losses only the total is printed. Use it with `fit(..., verbose=0)`: the notebook then
    keeps one line per epoch instead of a progress bar.
    """

    def on_train_begin(self, logs=None):
        """Start the clock."""
        self.started = time.perf_counter()
        self.num_done = 0

    def on_epoch_end(self, epoch, logs=None):
        """Print the line; the epochs to come are taken to be as long as those done."""
        self.num_done += 1
        num_epochs = self.params["epochs"]
        passed = time.perf_counter() - self.started
        left = passed / self.num_done * (num_epochs - epoch - 1)
        shown = {name: value for name, value in (logs or {}).items() if name[:4] != "val_" or name == "val_loss"}
        losses = ", ".join(f"{name} {short(float(shown[name]))}" for name in reading_order(shown))
        print(f"epoch {epoch + 1}/{num_epochs}: {losses}; {passed:.0f} s so far, about {left:.0f} s to go")
