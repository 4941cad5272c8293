"""Which GANs cover the ring? Balance of the learning rates and remedies on 8 Gaussians, three seeds each.

    python benchmarks/ring.py [--only D=10G ...] [--fast]

For each setting: modes covered (of 8) and share of good samples (within 3 sd of a centre) of 2,500 samples, each
the median of the last ten epochs, since samples move from mode to mode; the last epoch's losses; and the seconds of
the training, on the wall and of the processor. What must hold from each seed:

- with new points in every step, batches of 512 and both rates 2e-3 ("large batch"), label noise and packing cover
  8 of 8 modes, and so does minibatch standard deviation if the generator's rate falls to a tenth ("G decays");
- with batches of 128 and rates of 1e-3 packing does, with the discriminator ten times slower too;
- with the discriminator ten times faster at most 3 are covered;
- none of these runs takes more than 15 seconds on an idle machine with two cores.

The rest is measured, not judged: minibatch discrimination, which compares each point of a batch with each and so takes
long where batches are large, and the settings of the notebook `gan_ring` too (batches of 64, the same points in every
epoch).

`--only` measures some settings and leaves the other results as they were; `--fast` trains a few steps to see that
the script runs, judges nothing and writes nothing.
"""

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solutions" / "ex05_gan")]

from gan import (  # noqa: E402  found through the line above
    GAN,
    MinibatchDiscrimination,
    MinibatchStdDev,
    Packed,
    diagnose,
    high_quality,
    modes_covered,
)

from vaegan.bases import build_optimizer  # noqa: E402  as above
from vaegan.callbacks import SampleMeasures  # noqa: E402
from vaegan.data import RING_SD, ring, ring_centres  # noqa: E402

SEEDS = (0, 1, 2)
NUM_SAMPLES = 2_500
LAST_EPOCHS = 10
LIMIT_SECONDS = 15.0
RESULT = ROOT / "benchmarks" / "results" / "ring.json"


@dataclass(frozen=True)
class Setting:
    """One row of the table; `at_least` and `at_most` bound the modes that every seed must cover."""

    g_rate: float = 2e-3
    d_rate: float = 2e-3
    remedy: str = ""
    label_noise: float = 0.0
    batch_size: int = 64
    num_epochs: int = 30
    steps_per_epoch: int = 100
    g_decays: bool = False
    new_points: bool = False
    at_least: int = 0
    at_most: int = 8


PATIENT = {"g_rate": 1e-3, "d_rate": 1e-3, "batch_size": 128, "num_epochs": 40, "new_points": True}
LARGE = {
    "g_rate": 2e-3, "d_rate": 2e-3, "batch_size": 512, "num_epochs": 34, "steps_per_epoch": 50, "new_points": True,
}  # fmt: skip
SETTINGS = {
    "large batch D=G": Setting(**LARGE),
    "large batch D=G, label noise 0.3": Setting(**LARGE, label_noise=0.3, at_least=8),
    "large batch D=G, minibatch sd": Setting(**LARGE, remedy="sd"),
    "large batch D=G, minibatch sd, G decays": Setting(**LARGE, remedy="sd", g_decays=True, at_least=8),
    "large batch D=G, packing 2": Setting(**LARGE, remedy="packing", at_least=8),
    "large batch D=G, minibatch discrimination": Setting(**LARGE, remedy="discrimination"),
    "patient D=G": Setting(**PATIENT),
    "patient D=G, label noise 0.3": Setting(**PATIENT, label_noise=0.3),
    "patient D=G, minibatch sd": Setting(**PATIENT, remedy="sd"),
    "patient D=G, packing 2": Setting(**PATIENT, remedy="packing", at_least=8),
    "patient D=G, minibatch discrimination": Setting(**PATIENT, remedy="discrimination"),
    "patient D=0.1G, packing 2": Setting(**PATIENT | {"d_rate": 1e-4}, remedy="packing", at_least=8),
    "D=G": Setting(),
    "D=G, label noise 0.3": Setting(label_noise=0.3),
    "D=G, minibatch sd": Setting(remedy="sd"),
    "D=G, packing 2": Setting(remedy="packing"),
    "D=G, minibatch discrimination": Setting(remedy="discrimination"),
    "D=10G": Setting(g_rate=2e-4, at_most=3),
    "D=0.1G": Setting(d_rate=2e-4),
    "D=0.1G, label noise 0.3": Setting(d_rate=2e-4, label_noise=0.3),
    "D=0.1G, minibatch sd": Setting(d_rate=2e-4, remedy="sd"),
    "D=0.1G, packing 2": Setting(d_rate=2e-4, remedy="packing"),
    "D=0.1G, minibatch discrimination": Setting(d_rate=2e-4, remedy="discrimination"),
    "D=2G": Setting(g_rate=1e-3),
    "D=2G, packing 2": Setting(g_rate=1e-3, remedy="packing"),
    "D=2G, minibatch discrimination": Setting(g_rate=1e-3, remedy="discrimination"),
}


def dense_network(num_inputs, num_outputs, last=None):
    """Make the networks of the notebooks: two hidden layers of 128 units."""
    inputs = keras.Input((num_inputs,))
    h = layers.Dense(128, activation="relu")(inputs)
    h = layers.Dense(128, activation="relu")(h)
    return keras.Model(inputs, layers.Dense(num_outputs)(h if last is None else last(h)))


def discriminator(remedy):
    """Make the discriminator of a setting."""
    if remedy == "packing":
        return Packed(dense_network(4, 1), num_packed=2)
    last = {"": None, "sd": MinibatchStdDev(), "discrimination": MinibatchDiscrimination(5, 3)}[remedy]
    return dense_network(2, 1, last=last)


def run(setting, seed, num_epochs):
    """Train from one seed and measure."""
    keras.utils.set_random_seed(seed)
    gan = GAN(dense_network(32, 2), discriminator(setting.remedy), latent_dim=32, label_noise=setting.label_noise)
    g_rate = setting.g_rate
    if setting.g_decays:
        g_rate = keras.optimizers.schedules.CosineDecay(g_rate, num_epochs * setting.steps_per_epoch, alpha=0.1)
    gan.compile(
        keras.optimizers.Adam(g_rate, beta_1=0.5),
        keras.optimizers.Adam(setting.d_rate, beta_1=0.5),
        jit_compile=False,
        steps_per_execution=setting.steps_per_epoch,  # Python between the steps took as long as the steps
    )
    build_optimizer(gan.generator_optimizer, gan.generator)
    build_optimizer(gan.discriminator_optimizer, gan.discriminator)
    num_different = num_epochs if setting.new_points else 1
    points, centres = ring(num_different * setting.steps_per_epoch * setting.batch_size, seed), ring_centres()
    batches = tf.data.Dataset.from_tensor_slices(points).batch(setting.batch_size).repeat()
    watch = SampleMeasures(
        {
            "modes": lambda samples: modes_covered(samples, centres, RING_SD),
            "quality": lambda samples: high_quality(samples, centres, RING_SD),
        },
        num_samples=NUM_SAMPLES,
    )
    wall, processor = time.perf_counter(), time.process_time()
    history = gan.fit(
        batches, steps_per_epoch=setting.steps_per_epoch, epochs=num_epochs, callbacks=[watch], verbose=0
    ).history
    seconds = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    d_losses, g_losses = history["discriminator_loss"], history["generator_loss"]
    return {
        "seed": seed,
        "modes": int(np.median(watch.history["modes"][-LAST_EPOCHS:])),
        "high_quality": round(float(np.median(watch.history["quality"][-LAST_EPOCHS:])), 3),
        "discriminator_loss": round(d_losses[-1], 3),
        "generator_loss": round(g_losses[-1], 3),
        "flat": bool(max(np.std(losses[len(losses) // 2 :]) for losses in (d_losses, g_losses)) < 0.1),
        "diagnosis": diagnose(d_losses, g_losses, watch.history["modes"][-1], 8),
        "seconds": {clock: round(value, 1) for clock, value in seconds.items()},
    }


def kept(setting, runs):
    """Whether every seed kept the setting's bounds, within the time; None if it has no bounds."""
    if (setting.at_least, setting.at_most) == (0, 8):
        return None
    in_bounds = all(setting.at_least <= run["modes"] <= setting.at_most for run in runs)
    return in_bounds and all(run["seconds"]["wall"] <= LIMIT_SECONDS for run in runs)


def table_of(results):
    table = Table(title="ring of 8 Gaussians, after training", title_justify="left")
    table.add_column("setting")
    for heading in ("modes", "good", "D, nats", "G, nats", "flat", "s wall", "s cpu"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for name, result in results.items():
        runs = result["runs"]
        cells = (
            ", ".join(str(run["modes"]) for run in runs),
            ", ".join(f"{run['high_quality']:.2f}" for run in runs),
            ", ".join(f"{run['discriminator_loss']:.2f}" for run in runs),
            ", ".join(f"{run['generator_loss']:.2f}" for run in runs),
            f"{sum(run['flat'] for run in runs)} of {len(runs)}",
            ", ".join(f"{run['seconds']['wall']:.0f}" for run in runs),
            ", ".join(f"{run['seconds']['processor']:.0f}" for run in runs),
        )
        table.add_row(name, *cells, "" if result["passed"] is None else "[green]ok" if result["passed"] else "[red]off")
    return table


def report(results):
    """Write benchmarks/results/ring.json; settings that were measured before stay."""
    before = json.loads(RESULT.read_text(encoding="utf-8"))["settings"] if RESULT.exists() else {}
    found = before | results
    results = {name: found[name] for name in SETTINGS if name in found}
    machine = {"python": platform.python_version(), "keras": keras.__version__, "cpus": os.cpu_count()}
    content = {"benchmark": "ring", "machine": machine, "num_samples": NUM_SAMPLES, "settings": results}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SETTINGS, default=list(SETTINGS), metavar="SETTING")
    parser.add_argument("--fast", action="store_true", help="see that it runs: two epochs, one seed, no verdict")
    return parser.parse_args()


def main():
    given = options()
    results = {}
    for name in given.only:
        setting = SETTINGS[name]
        seeds, num_epochs = ((0,), 2) if given.fast else (SEEDS, setting.num_epochs)
        runs = [run(setting, seed, num_epochs) for seed in seeds]
        results[name] = {**vars(setting), "runs": runs, "passed": None if given.fast else kept(setting, runs)}
        if not given.fast:
            report(results)
    Console(width=160).print(table_of(results))
    return 0 if all(result["passed"] is not False for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
