"""Do the conditional models draw the digit that they are asked for, and different ones each time?

    VAEGAN_DATA=<folder with MNIST> python benchmarks/conditional_numbers.py [--only cvae] [--pictures DIR]

Trains on MNIST's training images and judges 10,000 fakes, 1,000 of each digit, with `graders.digit_classifier`, which
has nothing to do with any of the models:

1. Accuracy: the share of fakes in which it reads the digit that was asked for. CVAE >= 95 %, both GANs >= 90 %.
2. Diversity: the variance of its features within a class, fakes against real test images. Collapsed below 0.2.
3. MNIST-FID: Frechet distance of its features to those of the test images. The floor is what as many training images
   have. Comparable within this table only.

The rival is the conditional GAN of keras.io (examples/generative/conditional_gan), rebuilt from its description: its
networks, its Adam 3e-4, z of 128 entries, batches of 64, and its label planes, which `repeat` and `reshape` scramble.
All GANs train for the same processor time on the same machine, whatever number of steps that is; processor time
and not wall time, so that a busy machine favours nobody. One conditional GAN gets half of it and must be at least
as good as the rival is after all of it. `--only` trains some and keeps the other rows of the results;
`--pictures` writes a sheet per model, one class per column.

`--fast` trains for a second on scikit-learn's digits to see that the script runs; it judges nothing, writes nothing.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from unittest import mock

import keras
import numpy as np
from keras import layers, ops
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
EXERCISES = ("ex03_vae", "ex05_gan", "ex06_conditional")
sys.path[:0] = [str(ROOT), *(str(ROOT / "solutions" / exercise) for exercise in EXERCISES)]

import conditional  # noqa: E402  found through the line above
from conditional import ACGAN, CVAE, AuxiliaryDiscriminator, ConditionalGAN, OneHotCondition  # noqa: E402
from gan import Discriminator, Generator  # noqa: E402
from vae import Decoder, Encoder  # noqa: E402

from graders.digit_classifier import classify, features, frechet_distance  # noqa: E402
from vaegan.data import load_images  # noqa: E402
from vaegan.pictures import steerable_sheet  # noqa: E402
from vaegan.steering import steering_inputs  # noqa: E402

SEED = 0
NUM_FAKES = 10_000
RESULTS = ROOT / "benchmarks" / "results" / "conditional_numbers.json"
LEAST_ACCURACY = {"cvae": 0.95, "cgan": 0.90, "acgan": 0.90}
LEAST_DIVERSITY = 0.2
RIVAL, HALF = "keras.io recipe", "cgan, half the time"


class StopAfter(keras.callbacks.Callback):
    """Ends the training when this process has used its processor time; counts the steps."""

    def __init__(self, cpu_seconds):
        super().__init__()
        self.cpu_seconds, self.steps = cpu_seconds, 0

    def on_train_begin(self, logs=None):
        self.started = time.process_time()

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if time.process_time() - self.started > self.cpu_seconds:
            self.model.stop_training = True


class RecipeGAN(ConditionalGAN):
    """The conditional GAN of keras.io as published: its label planes are repeated and then reshaped."""

    def train_step(self, data):
        with mock.patch.object(conditional, "append_planes", repeat_then_reshape):
            return super().train_step(data)


def repeat_then_reshape(images, c):
    height, width = images.shape[1:3]
    repeated = ops.repeat(c[:, :, None, None], height * width)  # no axis: one long list
    planes = ops.reshape(repeated, (-1, height, width, c.shape[-1]))
    return ops.concatenate([ops.cast(images, "float32"), planes], axis=-1)


def recipe():
    z, x, leak = keras.Input((138,)), keras.Input((28, 28, 11)), {"negative_slope": 0.2}
    h = layers.Reshape((7, 7, 138))(layers.LeakyReLU(**leak)(layers.Dense(7 * 7 * 138)(z)))
    for _ in range(2):
        h = layers.LeakyReLU(**leak)(layers.Conv2DTranspose(128, 4, strides=2, padding="same")(h))
    generator = keras.Model(z, layers.Conv2D(1, 7, padding="same", activation="sigmoid")(h))
    h = x
    for filters in (64, 128):
        h = layers.LeakyReLU(**leak)(layers.Conv2D(filters, 3, strides=2, padding="same")(h))
    discriminator = keras.Model(x, layers.Dense(1)(layers.GlobalMaxPooling2D()(h)))
    gan = RecipeGAN(generator, discriminator, 128, OneHotCondition(10))
    gan.compile(keras.optimizers.Adam(3e-4), keras.optimizers.Adam(3e-4), jit_compile=False)
    return gan


def labelled_gan(cls, discriminator):
    gan = cls(Generator(latent_dim=32, filters=32), discriminator, 32, OneHotCondition(10))
    sides = (keras.optimizers.Adam(rate, beta_1=0.5) for rate in (5e-4, 2e-4))
    gan.compile(*sides, jit_compile=False)
    return gan


def cvae():
    model = CVAE(Encoder(latent_dim=5), Decoder(), OneHotCondition(10))
    model.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
    return model


MODELS = {
    "cvae": cvae,
    "cgan": lambda: labelled_gan(ConditionalGAN, Discriminator(filters=32)),
    "acgan": lambda: labelled_gan(ACGAN, AuxiliaryDiscriminator(10, filters=32)),
    RIVAL: recipe,
}
MODELS[HALF] = MODELS["cgan"]


def train(name, data, cpu_seconds):
    """Return the trained model and what the training took."""
    keras.utils.set_random_seed(SEED)
    model, stop, started = MODELS[name](), StopAfter(cpu_seconds), time.perf_counter()
    batch_size, epochs = (128, 10) if name == "cvae" else (64, 1_000)
    model.fit(data.x_train, data.y_train, epochs=epochs, batch_size=batch_size, callbacks=[stop], verbose=0)
    used = time.process_time() - stop.started
    return model, {
        "steps": stop.steps,
        "batch": batch_size,
        "cpu_seconds": round(used, 1),
        "seconds": round(time.perf_counter() - started, 1),
    }


def judge(model, data):
    """Return accuracy, diversity and MNIST-FID of NUM_FAKES fakes against the test images."""
    asked = np.arange(NUM_FAKES) % 10
    fakes = np.concatenate([np.asarray(model.sample(500, part)) for part in asked.reshape(-1, 500)])
    return measures(fakes, asked, data)


def measures(images, labels, data):
    of_images, of_real = features(images), features(data.x_test)
    ratio = within(of_images, labels) / within(of_real, data.y_test)
    return {
        "accuracy": float(np.mean(np.argmax(classify(images), axis=1) == labels)),
        "diversity": float(ratio.mean()),
        "diversity_of_least_diverse_digit": float(ratio.min()),
        "mnist_fid": frechet_distance(of_images, of_real),
    }


def draw(name, model, data, folder):
    z, labels = steering_inputs(5, 10, model.latent_dim)
    figure = steerable_sheet(np.asarray(model.generate(z, labels)), 10, caption=f"{name}: {data.caption}")
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / f"{name.replace(' ', '_')}.png", dpi=120)


def within(of_images, labels):
    """Variance of the features within each class, summed over the features, (10,)."""
    return np.array([of_images[labels == digit].var(axis=0).sum() for digit in range(10)])


def verdict(name, rows):
    """Whether a row is as good as it must be, None where nothing is asked of it."""
    row = rows[name]
    if name in LEAST_ACCURACY:
        return row["accuracy"] >= LEAST_ACCURACY[name] and row["diversity"] >= LEAST_DIVERSITY
    if name == HALF and RIVAL in rows:
        rival = rows[RIVAL]
        return row["accuracy"] >= rival["accuracy"] and row["mnist_fid"] <= rival["mnist_fid"]
    return None


def show(report, console):
    table = Table("model", "steps", "cpu s", "accuracy", "diversity", "least diverse", "MNIST-FID", "")
    for name, row in report["rows"].items():
        result = {True: "passed", False: "FAILED", None: ""}[row.get("passed")]
        numbers = (f"{row['accuracy']:.1%}", f"{row['diversity']:.2f}")
        least, fid = f"{row['diversity_of_least_diverse_digit']:.2f}", f"{row['mnist_fid']:.1f}"
        table.add_row(name, str(row.get("steps", "")), str(row.get("cpu_seconds", "")), *numbers, least, fid, result)
    console.print(table)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--cpu-seconds", type=float, default=600.0, help="for each GAN; the CVAE trains 10 epochs")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--fast", action="store_true")
    options = parser.parse_args()
    data = load_images("digits" if options.fast else "mnist")
    rows = {} if options.fast or not RESULTS.exists() else json.loads(RESULTS.read_text("utf-8"))["rows"]
    rows["real training images"] = measures(data.x_train[:NUM_FAKES], data.y_train[:NUM_FAKES], data)
    for name in options.only:
        share = {"cvae": float("inf"), HALF: 0.5}.get(name, 1.0)
        model, effort = train(name, data, 1.0 if options.fast else share * options.cpu_seconds)
        rows[name] = effort | judge(model, data)
        if options.pictures:
            draw(name, model, data, options.pictures)
    order = [name for name in ("real training images", *MODELS) if name in rows]
    for name in order:
        rows[name]["passed"] = verdict(name, rows)
    report = {
        "benchmark": "conditional_numbers",
        "seed": SEED,
        "machine": {
            "python": platform.python_version(),
            "tensorflow": __import__("tensorflow").__version__,
            "keras": keras.__version__,
            "cpus": os.cpu_count(),
        },
        "data": f"{data.caption}: {len(data.x_train)} training, {len(data.x_test)} test images",
        "num_fakes": NUM_FAKES,
        "rows": {name: rows[name] for name in order},
    }
    show(report, Console())
    if options.fast:
        return 0
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return int(any(row.get("passed") is False for row in report["rows"].values()))


if __name__ == "__main__":
    sys.exit(main())
