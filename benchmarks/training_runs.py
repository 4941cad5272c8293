"""Trains the course's own models, each with one fault, and keeps their curves: what students read in exercise 8.

    python benchmarks/training_runs.py [--only FAULT ...] [--most 3] [--keep]

Writes `vaegan/data/training_runs.npz`, the curves under numbers that say nothing, and `graders/ex08_tuning/runs.json`,
which fault each number has and on which epochs it shows. VAEs train on scikit-learn's digits, GANs on the
ring of 8 Gaussians; every run has a seed of its own, stated in the JSON file. About ten minutes on one core.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import keras
import numpy as np
from keras import layers

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solutions" / "ex03_vae"), str(ROOT / "solutions" / "ex05_gan")]

from gan import GAN, MinibatchDiscrimination, high_quality, modes_covered  # noqa: E402  found through the line above
from vae import VAE, Decoder, Encoder  # noqa: E402  as above

from vaegan.callbacks import SampleMeasures  # noqa: E402  as above
from vaegan.data import RING_SD, load_images, ring, ring_centres  # noqa: E402  as above

NUM_EPOCHS, BATCH, SEEN = 40, 32, 968  # images seen in an epoch, whatever the number of different ones
CURVES = ROOT / "vaegan" / "data" / "training_runs.npz"
TRUTH = ROOT / "graders" / "ex08_tuning" / "runs.json"


class Collapsing(VAE):
    """Weighs the KL term far too much."""

    kl_weight = 20.0

    def elbo_terms(self, x):
        """Both terms, the second many times too large."""
        reconstruction_loss, kl_loss = super().elbo_terms(x)
        return reconstruction_loss, self.kl_weight * kl_loss


class LastBatch(VAE):
    """Logs each epoch's last batch instead of the epoch's mean."""

    def train_step(self, data):
        """A right step; its numbers replace those of all batches before."""
        for tracker in self.metrics:
            tracker.reset_state()
        return super().train_step(data)


class WrongTotal(VAE):
    """Logs a loss that is not the sum of its terms; what is trained is right."""

    kl_factor = 0.5

    def update_trackers(self, reconstruction_loss, kl_loss):
        """The factor stands in the log alone."""
        self.loss_tracker.update_state(reconstruction_loss + self.kl_factor * kl_loss)
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {tracker.name: tracker.result() for tracker in self.metrics}


class Fresh(keras.callbacks.Callback):
    """Measures the loss on images that nobody has used for anything."""

    def __init__(self, x):
        super().__init__()
        self.x, self.losses = x, []

    def on_epoch_end(self, epoch, logs=None):
        """One number per epoch, with the right total."""
        terms = self.model.elbo_terms(self.x)
        self.losses.append(float(np.mean(terms[0]) + np.mean(terms[1])))


def vae_run(seed, *, num_images=968, units=128, rate=1.5e-3, leak=False, decay=False, kind=VAE, **settings):
    """Curves of a VAE's training: dict from name to NUM_EPOCHS numbers."""
    keras.utils.set_random_seed(seed)
    data = load_images("digits")
    order = np.random.default_rng(seed).permutation(len(data.x_train))
    images = data.x_train[order]
    train, validation, fresh = images[:num_images], images[1000:1200], data.x_test[:200]
    validation = train[np.random.default_rng(seed).integers(len(train), size=200)] if leak else validation
    vae = kind(Encoder(8, units), Decoder(data.x_train.shape[1:], units))
    for name, value in settings.items():
        setattr(vae, name, value)
    steps = NUM_EPOCHS * -(-SEEN // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps) if decay else rate
    vae.compile(optimizer=keras.optimizers.Adam(schedule), jit_compile=False)
    watch = Fresh(fresh)
    history = vae.fit(
        np.resize(train, (SEEN, *train.shape[1:])), epochs=NUM_EPOCHS, batch_size=BATCH, callbacks=[watch], verbose=0,
        validation_data=(validation,), validation_batch_size=200,
    ).history  # fmt: skip
    return history | {"fresh_loss": watch.losses}


def gan_run(seed, *, g_rate=2e-3, d_rate=2e-3, batch=64, beta_1=0.5, discrimination=None):
    """Curves of a GAN's training on the ring: both losses, modes covered, share of good samples."""
    keras.utils.set_random_seed(seed)

    def dense(num_inputs, num_outputs, last=None):
        inputs = keras.Input((num_inputs,))
        h = layers.Dense(128, activation="relu")(inputs)
        h = layers.Dense(128, activation="relu")(h)
        return keras.Model(inputs, layers.Dense(num_outputs)(h if last is None else last(h)))

    last = None if discrimination is None else MinibatchDiscrimination(*discrimination)
    gan = GAN(dense(32, 2), dense(2, 1, last), latent_dim=32)
    gan.compile(keras.optimizers.Adam(g_rate, beta_1=beta_1), keras.optimizers.Adam(d_rate, beta_1=beta_1),
                jit_compile=False)  # fmt: skip
    centres = ring_centres()
    measures = {
        "modes": lambda samples: modes_covered(samples, centres, RING_SD),
        "quality": lambda samples: high_quality(samples, centres, RING_SD),
    }
    watch = SampleMeasures(measures, num_samples=1_000)
    points = ring(80 * batch, seed=seed)
    history = gan.fit(points, batch_size=batch, epochs=NUM_EPOCHS, callbacks=[watch], verbose=0).history
    return history | watch.history


PAIRS_OF_LEAKS = (24, 512), (32, 400), (40, 512), (28, 400)  # images, units
FAULTS = {  # fault -> settings of its runs
    "none": [{}, {"rate": 1e-3}, {"rate": 2e-3}, {"units": 200}],
    "overfit": [{"num_images": n, "units": u, "rate": 3e-3} for n, u in ((16, 512), (24, 400), (20, 512), (32, 400))],
    "underfit": [{"units": u, "rate": 1e-2, "decay": True} for u in (2, 3, 4, 3)],
    "rate-too-high": [{"rate": rate} for rate in (0.03, 0.02, 0.04, 0.05)],
    "rate-too-low": [{"rate": rate} for rate in (1e-5, 2e-5, 3e-5, 1.5e-5)],
    "posterior-collapse": [{"kind": Collapsing, "kl_weight": w} for w in (100.0, 150.0, 200.0, 300.0)],
    "leakage": [{"num_images": n, "units": u, "leak": True, "rate": 3e-3} for n, u in PAIRS_OF_LEAKS],
    "last-batch": [{"kind": LastBatch, "rate": rate} for rate in (1e-3, 1.5e-3, 2e-3, 2.5e-3)],
    "wrong-total": [{"kind": WrongTotal, "kl_factor": f} for f in (0.5, -1.0, 0.0, 2.0)],
    "mode-collapse": [
        {"g_rate": g, "d_rate": d} for g, d in ((2e-4, 2e-3), (2.5e-4, 2e-3), (2e-4, 1.6e-3), (3e-4, 3e-3))
    ],
    "divergence": [{"discrimination": kernels} for kernels in ((5, 3), (6, 3), (5, 2), (4, 3))],
    "discriminator-too-slow": [{"d_rate": rate} for rate in (2e-4, 1.5e-4, 1e-4, 2.5e-4)],
}  # fmt: skip
OF_GANS = ("mode-collapse", "divergence", "discriminator-too-slow")


def train_missing(faults, most, folder):
    """Train the runs that the folder lacks, one of each fault first; stopped, it goes on where it was."""
    runs = [(fault, number) for number in range(most) for fault in faults]
    for done, (fault, number) in enumerate(runs, start=1):
        file = folder / f"{fault}-{number}.npz"
        if file.exists():
            continue
        began, seed = time.perf_counter(), 1000 + 10 * list(FAULTS).index(fault) + number
        curves = (gan_run if fault in OF_GANS else vae_run)(seed, **FAULTS[fault][number])
        np.savez_compressed(file, **{name: np.asarray(values, "float32") for name, values in curves.items()})
        print(f"{done} of {len(runs)}, {fault} {number}: {time.perf_counter() - began:.0f} s", flush=True)
        keras.backend.clear_session()


def window(shown):
    """From the first epoch after which a fault shows on nearly all to the last, counted from 1."""
    shown = np.asarray(shown)
    good = [epoch for epoch in range(len(shown)) if shown[epoch] and shown[epoch:].mean() >= 0.8]
    if not good:
        raise ValueError("this run does not show its fault: train it with other settings")
    return [good[0] + 1, len(shown)]


def evidence(fault, curves):
    """Which curves show a fault, and on which epochs: dict from name to [first, last]."""
    everywhere = [1, NUM_EPOCHS]
    totals, terms = ("loss", "val_loss"), ("reconstruction_loss", "kl_loss")
    if fault == "overfit":
        falls = np.arange(NUM_EPOCHS) >= max(int(np.argmin(curves["val_loss"])) - 3, 0)
        apart = curves["val_loss"] > 1.1 * curves["loss"]
        return {name: window(falls & apart) for name in ("val_loss", "val_reconstruction_loss", "fresh_loss")}
    if fault == "posterior-collapse":
        return {name: window(curves[name] < 1.0) for name in ("kl_loss", "val_kl_loss")}
    if fault == "leakage":
        apart = curves["fresh_loss"] > 1.1 * curves["val_loss"]
        return {name: window(apart) for name in ("fresh_loss", "val_loss")}
    if fault in OF_GANS and (curves["quality"][-10:].mean() > 0.5) != (fault == "mode-collapse"):
        raise ValueError("this run does not show its fault: its samples are too good, or too bad")
    if fault == "mode-collapse":
        return {"modes": window(curves["modes"] <= 4)}
    if fault == "divergence":
        apart = curves["generator_loss"] > 3
        return {name: window(apart) for name in ("discriminator_loss", "generator_loss", "quality", "modes")}
    always = {
        "none": tuple(curves),
        "underfit": ("loss", "val_loss", "fresh_loss", "reconstruction_loss", "val_reconstruction_loss"),
        "rate-too-low": ("loss", "val_loss", "fresh_loss", "reconstruction_loss", "val_reconstruction_loss"),
        "rate-too-high": tuple(curves),
        "last-batch": ("loss", *terms),
        "wrong-total": totals,
        "discriminator-too-slow": ("modes", "quality"),
    }
    return dict.fromkeys(always[fault], everywhere)


def keep(folder):
    """Write both files from the runs in the folder: the curves under numbers of chance, and what is wrong with each."""
    arrays, truth = {}, []
    files = sorted(folder.glob("*.npz"))
    for file in (files[i] for i in np.random.default_rng(8).permutation(len(files))):
        fault, which = file.stem.rsplit("-", 1)
        curves = {name: four_digits(values) for name, values in np.load(file).items()}
        try:
            shown = evidence(fault, curves)
        except ValueError as error:
            print(f"{file.stem} is left out: {error}")
            continue
        arrays |= {f"{len(truth)}/{name}": values for name, values in curves.items()}
        seed = 1000 + 10 * list(FAULTS).index(fault) + int(which)
        truth.append({"fault": fault, "seed": seed, "evidence": shown})
    arrays["sets"] = sets_of_four([run["fault"] for run in truth])
    np.savez_compressed(CURVES, **arrays)
    TRUTH.write_text(json.dumps({"epochs": NUM_EPOCHS, "runs": truth}, indent=1) + "\n", encoding="utf-8")


def four_digits(values):
    """Values as a log prints them."""
    return np.array([float(f"{value:.4g}") for value in values], "float32")


def sets_of_four(faults, num=400):
    """Runs that a student may get: three of VAEs and one of a GAN, each with another fault, in an order of chance."""
    rng, faults = np.random.default_rng(9), np.array(faults)
    of_vaes = [fault for fault in FAULTS if fault not in OF_GANS and fault in faults]
    chosen = []
    for _ in range(num):
        names = [*rng.choice(of_vaes, 3, replace=False), rng.choice([name for name in OF_GANS if name in faults])]
        chosen.append(rng.permutation([rng.choice(np.flatnonzero(faults == name)) for name in names]))
    return np.array(chosen, "int16")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=list(FAULTS), default=list(FAULTS), metavar="FAULT")
    parser.add_argument("--most", type=int, default=3, help="runs of each fault")
    parser.add_argument("--raw", type=Path, default=ROOT / "outputs" / "training_runs", help="where each run is kept")
    parser.add_argument("--keep", action="store_true", help="train nothing; write both files from what is there")
    given = parser.parse_args()
    given.raw.mkdir(parents=True, exist_ok=True)
    if not given.keep:
        train_missing(given.only, given.most, given.raw)
    keep(given.raw)


if __name__ == "__main__":
    main()
