"""Do the lessons' models draw better digits than the examples of keras.io, in half the computing time?

    VAEGAN_DATA=<folder with MNIST> python benchmarks/gan_numbers.py [--seconds 150] [--fast]

Four trainings on MNIST's training images, stopped by the processor's seconds: a rival's after `--seconds`, the
lesson's model against it after half of them.

1. The lesson's DCGAN, as `train_gan_mnist` sets it up, against the DCGAN example that keras.io showed for MNIST
   (F. Chollet, "GAN overriding Model.train_step", version of 2020): 64-128 convolutions of kernel 3 and global
   maximum pooling against 128-128 transposed ones and a last convolution of kernel 7, leaky ReLU everywhere, no
   batch normalisation, z=128, batch 64, Adam 3e-4 with default betas, one mixed batch with fakes called 1, targets
   raised by uniform noise up to 0.05. That version trained on the test images too; here it does not.
2. The lesson's VAE, as `train_vae_mnist` sets it up, against keras.io's (see `time_to_quality.py`).
`conditional_numbers.py` does the same for conditional models.

Then 5,000 fakes of each against 5,000 test images, by the features of `graders/digit_classifier.py`: the Frechet
distance ("MNIST-FID": lower is better, not comparable with published numbers, which use other features), the share
of fakes that the classifier reads with more than 90 % confidence, the number of classes they spread over
(exponential of the entropy, at most 10), and sharpness (variance of the Laplacian). Real training images against
the same test images show what a perfect generator would get. `--fast` trains for seconds on scikit-learn's digits
to see that it runs; it judges and writes nothing.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from rich.console import Console
from rich.table import Table
from time_to_quality import published_vae
from vae_numbers import BATCH, dense_vae

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solutions" / "ex05_gan")]

from gan import GAN, Discriminator, Generator  # noqa: E402  found through the line above

from graders.digit_classifier import classify, features, frechet_distance  # noqa: E402
from vaegan.adversarial import BaseGAN  # noqa: E402
from vaegan.data import load_images  # noqa: E402

SEED = 0
RESULT = ROOT / "benchmarks" / "results" / "gan_numbers.json"
OUTPUTS = ROOT / "outputs" / "mnist_gan_numbers"


class ProcessorTime(keras.callbacks.Callback):
    """Stops the training after so many seconds of the processor, on all its cores together."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds
        self.num_steps = 0

    def on_train_batch_begin(self, batch, logs=None):
        """Start the clock after the first step, so that nobody pays for Keras' tracing."""
        if self.num_steps == 1:
            self.started = time.process_time()

    def on_train_batch_end(self, batch, logs=None):
        """Stop when the time is over."""
        self.num_steps += 1
        if self.num_steps > 1 and time.process_time() - self.started > self.seconds:
            self.model.stop_training = True


class KerasRecipe(BaseGAN):
    """The example's training step: one mixed batch, fakes are 1, noisy targets, no `training=True`."""

    def train_step(self, data):
        real = self.inputs_of(data)
        num = ops.shape(real)[0]
        mixed = ops.concatenate([self.generator(self.noise(num)), real])
        labels = ops.concatenate([ops.ones((num, 1)), ops.zeros((num, 1))])
        labels += 0.05 * keras.random.uniform(ops.shape(labels), seed=self.seed_generator)
        discriminator_loss = self._step(
            lambda: self.discriminator(mixed), labels, self.discriminator, self.discriminator_optimizer
        )
        z = self.noise(num)
        generator_loss = self._step(
            lambda: self.discriminator(self.generator(z)),
            ops.zeros((num, 1)),
            self.generator,
            self.generator_optimizer,
        )
        return self.update_trackers(discriminator_loss, generator_loss)

    def _step(self, logits_of, labels, part, optimizer):
        with tf.GradientTape() as tape:
            loss = ops.mean(keras.losses.binary_crossentropy(labels, logits_of(), from_logits=True))
        variables = part.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss


def lesson_gan(filters=32, latent_dim=64):
    """Make the DCGAN of `train_gan_mnist`; it trains in batches of 64."""
    gan = GAN(Generator(latent_dim, filters=filters), Discriminator(filters), latent_dim)
    gan.compile(keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(4e-4, beta_1=0.5), jit_compile=False)
    return gan, 64


def keras_gan():
    """Make the networks of the example; it trains in batches of 64."""
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(128, 3, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.GlobalMaxPooling2D(),
            layers.Dense(1),
        ]
    )
    generator = keras.Sequential(
        [
            keras.Input((128,)),
            layers.Dense(7 * 7 * 128),
            layers.LeakyReLU(0.2),
            layers.Reshape((7, 7, 128)),
            layers.Conv2DTranspose(128, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2DTranspose(128, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(1, 7, padding="same", activation="sigmoid"),
        ]
    )
    gan = KerasRecipe(generator, discriminator, 128)
    gan.compile(keras.optimizers.Adam(3e-4), keras.optimizers.Adam(3e-4), jit_compile=False)
    return gan, 64


def lesson_vae():
    """Make the VAE of `train_vae_mnist`; `generate` gives mean images."""
    vae = dense_vae(latent_dim=10)
    vae.latent_dim, vae.generate = 10, lambda z: ops.sigmoid(vae.decoder(z))
    return vae, BATCH


def keras_vae():
    """Make the VAE of keras.io; its decoder gives mean images."""
    vae = published_vae()
    vae.latent_dim, vae.generate = 2, lambda z: vae.decoder(z)
    return vae, BATCH


# by pairs: the lesson's model after half of the seconds, its rival after all of them
TRAININGS = {
    "the lesson's GAN": (lesson_gan, 0.5),
    "keras.io's GAN": (keras_gan, 1.0),
    "the lesson's VAE": (lesson_vae, 0.5),
    "keras.io's VAE": (keras_vae, 1.0),
}


def draw(model, num):
    """Draw fakes in batches that fit into memory."""
    z = np.random.default_rng(SEED).standard_normal((num, model.latent_dim)).astype("float32")
    return np.concatenate([np.asarray(model.generate(z[i : i + 500])) for i in range(0, num, 500)])


def measure(images, test_features):
    """Return the four numbers of a set of images."""
    probabilities = classify(images)
    share = np.bincount(probabilities.argmax(axis=1), minlength=10) / len(images)
    entropy = -np.sum(share[share > 0] * np.log(share[share > 0]))
    x = images[..., 0]
    laplacian = 4 * x[:, 1:-1, 1:-1] - x[:, :-2, 1:-1] - x[:, 2:, 1:-1] - x[:, 1:-1, :-2] - x[:, 1:-1, 2:]
    return {
        "mnist_fid": round(frechet_distance(features(images), test_features), 2),
        "confident": round(float(np.mean(probabilities.max(axis=1) > 0.9)), 3),
        "classes": round(float(np.exp(entropy)), 2),
        "sharpness": round(float(np.mean(np.var(laplacian, axis=(1, 2)))), 4),
    }


def train_and_measure(make, x_train, test_features, seconds, num):
    """Train for so many processor seconds and measure `num` fakes."""
    keras.utils.set_random_seed(SEED)
    model, batch_size = make()
    clock, wall = ProcessorTime(seconds), time.perf_counter()
    history = model.fit(x_train, epochs=1_000, batch_size=batch_size, callbacks=[clock], verbose=0).history
    fakes = draw(model, num)
    return fakes, {
        **measure(fakes, test_features),
        "images_seen": clock.num_steps * batch_size,
        "seconds": {"processor": seconds, "wall": round(time.perf_counter() - wall, 1)},
        "weights": sum(int(np.prod(weight.shape)) for weight in model.trainable_variables),
        "last_losses": [round(losses[-1], 3) for losses in history.values()],
    }


def table_of(rows):
    table = Table(title="fakes against held-out digits", title_justify="left")
    table.add_column("")
    for heading in (
        "MNIST-FID",
        "confident",
        "classes",
        "sharpness",
        "images seen",
        "weights",
        "s cpu",
        "s wall",
    ):
        table.add_column(heading, justify="right")
    for name, row in rows.items():
        shown = [row[key] for key in ("mnist_fid", "confident", "classes", "sharpness")]
        seen = [row.get("images_seen", ""), row.get("weights", ""), *row.get("seconds", {}).values()]
        table.add_row(name, *map(str, shown + seen))
    return table


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=150.0, help="of the processor, per training (150)")
    parser.add_argument("--fast", action="store_true", help="see that it runs: digits, seconds, no verdict")
    parser.add_argument("--data-dir", help="folder with the IDX files of MNIST (default: VAEGAN_DATA)")
    return parser.parse_args()


def write_report(data, rows, passed):
    """Write benchmarks/results/gan_numbers.json."""
    report = {
        "benchmark": "gan_numbers",
        "seed": SEED,
        "machine": {"python": platform.python_version(), "keras": keras.__version__, "cpus": os.cpu_count()},
        "data": f"{data.caption}: {len(data.x_train)} training images",
        "rows": rows,
        "passed": passed,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def main():
    given = options()
    data = load_images("digits" if given.fast else "mnist", data_dir=given.data_dir)
    num, seconds = (len(data.x_test), 2.0) if given.fast else (5_000, given.seconds)
    test_features = features(data.x_test[:num])
    rows = {"real training images": measure(data.x_train[:num], test_features)}
    for name, (make, share) in TRAININGS.items():
        spent = share * seconds
        fakes, rows[name] = train_and_measure(make, data.x_train, test_features, spent, num)
        save_picture(fakes[:40], f"{name}, {spent:.0f} processor seconds: {data.caption}", make.__name__)
    Console(width=140).print(table_of(rows))
    if given.fast:
        return 0
    names = list(TRAININGS)
    passed = {
        ours: rows[ours]["mnist_fid"] <= rows[theirs]["mnist_fid"]
        for ours, theirs in zip(names[::2], names[1::2], strict=True)
    }
    write_report(data, rows, passed)
    return 0 if all(passed.values()) else 1


def save_picture(images, caption, name):
    """Write the first fakes to outputs/, which is not committed."""
    from vaegan.pictures import image_grid

    OUTPUTS.mkdir(parents=True, exist_ok=True)
    image_grid(images, columns=10, caption=caption).savefig(OUTPUTS / f"{name}.png", dpi=110)


if __name__ == "__main__":
    sys.exit(main())
