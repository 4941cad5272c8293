"""Does the lesson's VAE reach the numbers it should reach? Three trainings with known results.

    VAEGAN_DATA=<folder with MNIST> python benchmarks/vae_numbers.py [--fast]

1. MNIST, 10 latent dimensions, 10 epochs: held-out -ELBO 111 +- 3 nats per image.
2. MNIST, 2 latent dimensions, 10 epochs: 157 +- 3 nats.
3. Two-dimensional Gaussian, linear encoder and decoder: the entropy of the data, 4.447 nats, within 0.05.

1 and 2 score grey pixels by binary cross-entropy, summed over pixels: that is no likelihood, so compare them
with nothing but themselves. Three seeds differed by 0.25 nats; the bands are twelve times as wide. 3 is
exact: see `vaegan.data.gaussian_2d`. `--fast` trains for an epoch on scikit-learn's digits to see that the
script runs; it judges nothing and writes nothing.
"""

import argparse
import json
import math
import os
import platform
import sys
import time
from pathlib import Path

import keras
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solutions" / "ex03_vae")]

from vae import VAE, Decoder, Encoder, GaussianLikelihood  # noqa: E402  found through the line above

from vaegan.data import GAUSSIAN_2D_ENTROPY, gaussian_2d, load_images  # noqa: E402

SEED = 0
BATCH = 128
RESULTS = ROOT / "benchmarks" / "results"


def dense_vae(latent_dim, image_shape=(28, 28, 1), hidden_units=400):
    """Make the lesson's VAE with Adam 1e-3, from a fixed seed."""
    keras.utils.set_random_seed(SEED)
    vae = VAE(Encoder(latent_dim, hidden_units), Decoder(image_shape, hidden_units))
    vae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
    return vae


def linear_vae(learning_rate):
    """Make a VAE whose encoder and decoder are linear: it can reach the entropy of a Gaussian."""
    keras.utils.set_random_seed(SEED)
    x, z = keras.Input((2,)), keras.Input((2,))
    small = keras.initializers.RandomNormal(stddev=0.01)  # exp(z_log_var) must not explode for x of size 10
    heads = [keras.layers.Dense(2)(x), keras.layers.Dense(2, kernel_initializer=small)(x)]
    encoder, decoder = keras.Model(x, heads), keras.Model(z, keras.layers.Dense(2)(z))
    vae = VAE(encoder, decoder, likelihood=GaussianLikelihood(variance=1.0))
    vae.compile(optimizer=keras.optimizers.Adam(learning_rate), jit_compile=False)
    return vae


def train_on_images(latent_dim, data, epochs):
    """Train on the training images alone; return the held-out losses and the seconds of training."""
    vae = dense_vae(latent_dim)
    started = time.perf_counter()
    vae.fit(data.x_train, epochs=epochs, batch_size=BATCH, verbose=0)
    seconds = time.perf_counter() - started
    return held_out(vae, data.x_test), seconds


def train_on_gaussian(num, epochs):
    """Train on a rotated Gaussian while the learning rate falls to zero, so that the end does not jitter."""
    x_train, x_test = (gaussian_2d(size, seed, rotation=0.6) for size, seed in ((num, 1), (100_000, 2)))
    num_steps = epochs * math.ceil(num / BATCH)
    vae = linear_vae(keras.optimizers.schedules.CosineDecay(2e-2, num_steps))
    started = time.perf_counter()
    vae.fit(x_train, epochs=epochs, batch_size=BATCH, verbose=0)
    seconds = time.perf_counter() - started
    return held_out(vae, x_test), seconds


def held_out(vae, x_test):
    """Return the loss and its two terms, nats per example, averaged over the test examples."""
    measured = vae.evaluate(x_test, batch_size=1000, return_dict=True, verbose=0)
    return {name: float(value) for name, value in measured.items()}


def case(name, expected, tolerance, measured, seconds):
    """Put a measurement beside what was expected."""
    return {
        "name": name,
        "expected": expected,
        "tolerance": tolerance,
        "measured": measured,
        "seconds": round(seconds, 1),
        "passed": abs(measured["loss"] - expected) <= tolerance,
    }


def machine():
    """Say on what the numbers were measured."""
    import tensorflow as tf

    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "cpus": os.cpu_count(),
        "gpus": len(tf.config.list_physical_devices("GPU")),
    }


def table_of(cases, judge):
    table = Table(title="held-out -ELBO of the lesson's VAE, nats per example", title_justify="left")
    table.add_column("training")
    for heading in ("expected", "measured", "recon.", "KL", "seconds"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in cases:
        terms = (f"{row['measured'][term]:.3f}" for term in ("loss", "reconstruction_loss", "kl_loss"))
        expected = f"{row['expected']:.4g} ± {row['tolerance']:g}"
        verdict = ("[green]ok" if row["passed"] else "[red]off") if judge else ""
        table.add_row(row["name"], expected, *terms, f"{row['seconds']:.0f}", verdict)
    return table


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fast", action="store_true", help="see that it runs: digits, one epoch, no verdict")
    parser.add_argument("--data-dir", help="folder with the IDX files of MNIST (default: VAEGAN_DATA)")
    return parser.parse_args()


def write_report(name, report):
    """Write benchmarks/results/<name>.json."""
    RESULTS.mkdir(exist_ok=True)
    report = {"benchmark": name, "seed": SEED, "machine": machine(), **report}
    (RESULTS / f"{name}.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def main():
    given = options()
    data = load_images("digits" if given.fast else "mnist", data_dir=given.data_dir)
    epochs = 1 if given.fast else 10
    gaussian = train_on_gaussian(2_000, 1) if given.fast else train_on_gaussian(20_000, 20)
    cases = [
        case(f"{data.name} z=10", 111.0, 3.0, *train_on_images(10, data, epochs)),
        case(f"{data.name} z=2", 157.0, 3.0, *train_on_images(2, data, epochs)),
        case("2-D Gaussian", GAUSSIAN_2D_ENTROPY, 0.05, *gaussian),
    ]
    Console().print(table_of(cases, judge=not given.fast))
    if given.fast:
        return 0
    write_report(
        "vae_numbers",
        {
            "settings": "Adam 1e-3 (Gaussian: 2e-2, cosine decay), batch 128, hidden 400, jit_compile=False",
            "data": f"{data.caption}: {len(data.x_train)} training, {len(data.x_test)} test images",
            "epochs": epochs,
            "cases": cases,
        },
    )
    return 0 if all(row["passed"] for row in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
