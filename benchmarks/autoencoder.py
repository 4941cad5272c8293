"""The numbers that exercise 2 promises, on held-out real MNIST.

    VAEGAN_DATA=<folder with MNIST> python benchmarks/autoencoder.py [part ...] [--seeds 3] [--images 20000] [--fast]

- linear: a linear autoencoder on scikit-learn's digits, 8x8: its error as a multiple of PCA's, the largest angle.
- denoising: PSNR of noisy images, of the best median filter, and of the denoiser; noise of 0.5.
- between: how sure a digit reader is on straight ways between two codes and at random codes, and the MNIST-FID of
  the latter, autoencoder against VAE.
- conv: held-out error of convolutional and of dense networks after the same processor time.

`--fast` trains for a moment to see that the script runs, and writes nothing.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import keras
import numpy as np
from keras import layers
from scipy.ndimage import median_filter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / "solutions" / name) for name in ("ex02_autoencoder", "ex03_vae"))]

import autoencoder as ae  # noqa: E402  found through the line above
import vae as vae_lesson  # noqa: E402

from graders.digit_classifier import classify, features, frechet_distance  # noqa: E402
from vaegan.data import load_images  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "autoencoder.json"
BATCH, LATENT_DIM, NOISE_STD = 128, 16, 0.5


def compiled(model, rate, num_steps):
    """The model with Adam, whose rate falls to zero."""
    schedule = keras.optimizers.schedules.CosineDecay(rate, decay_steps=num_steps)
    model.compile(optimizer=keras.optimizers.Adam(schedule), jit_compile=False)
    return model


def fit(model, x, epochs, rate=0.005):
    """Train, and return the model."""
    compiled(model, rate, epochs * int(np.ceil(len(x) / BATCH))).fit(x, epochs=epochs, batch_size=BATCH, verbose=0)
    return model


def in_parts(function, x):
    """A function of images, 500 at a time."""
    return np.concatenate([np.asarray(function(x[i : i + 500])) for i in range(0, len(x), 500)])


def linear(seed, options):
    """Error over PCA's, and the largest principal angle in degrees."""
    x = load_images("digits", size=8).x_train
    rows = np.reshape(x - x.mean(axis=0), (len(x), -1)).astype("float32")
    parts = [
        keras.Sequential([keras.Input((i,)), layers.Dense(o)], name=name)
        for i, o, name in ((64, 4, "encoder"), (4, 64, "decoder"))
    ]
    model = compiled(ae.Autoencoder(*parts), 0.03, 40 * int(np.ceil(len(rows) / BATCH)))
    model.fit(rows, epochs=1 if options.fast else 40, batch_size=BATCH, verbose=0)
    _, directions, variances = ae.principal_components(rows, 4)
    error = float(np.mean(ae.reconstruction_error(rows, model(rows))))
    angles = ae.principal_angles(directions, model.decoder.get_weights()[0])
    return {"error over PCA's": error / variances[4:].sum(), "largest angle": angles.max()}


def denoising(seed, options):
    """PSNR in dB, held out."""
    data = options.data
    networks = ae.ConvEncoder(latent_dim=32), ae.ConvDecoder()
    model = fit(
        ae.DenoisingAutoencoder(*networks, noise_std=NOISE_STD),
        data.x_train[: options.images],
        options.epochs,
    )
    clean = data.x_test[:2_000]
    noisy = (clean + np.random.default_rng(seed).normal(0, NOISE_STD, clean.shape)).astype("float32")
    filtered = (np.clip(median_filter(noisy, size=(1, n, n, 1)), 0, 1) for n in (3, 5, 7))
    answers = {
        "noisy": noisy,
        "cut off": np.clip(noisy, 0, 1),
        "median filter": max(filtered, key=lambda images: ae.psnr(clean, images).mean()),
        "denoiser": in_parts(model.reconstruct, noisy),
    }
    return {name: ae.psnr(clean, images).mean() for name, images in answers.items()}


def between(seed, options):
    """Mean confidence of the reader at the ends, half way and at random codes; MNIST-FID of those; both models."""
    x, clean, labels = (
        options.data.x_train[: options.images],
        options.data.x_test[:1_000],
        options.data.y_test[:1_000],
    )
    plain = fit(ae.Autoencoder(ae.ConvEncoder(LATENT_DIM), ae.ConvDecoder()), x, options.epochs)
    other = fit(vae_lesson.VAE(vae_lesson.Encoder(LATENT_DIM), vae_lesson.Decoder()), x, options.epochs, 0.002)
    pairs = np.random.default_rng(seed).permutation(1_000).reshape(-1, 2)
    pairs = pairs[labels[pairs[:, 0]] != labels[pairs[:, 1]]]
    found = {}
    for name, codes, decode in (
        ("autoencoder", in_parts(plain.encode, clean), plain.decode),
        ("VAE", np.asarray(other.encode(clean)[0]), lambda z: other.likelihood.mean(other.decode(z))),
    ):
        ways = np.stack([ae.straight_path(codes[a], codes[b], 9) for a, b in pairs])
        for where, step in (("ends", 0), ("half way", 4)):
            found[f"{name}, {where}"] = classify(np.asarray(decode(ways[:, step]))).max(axis=1).mean()
        drawn = np.random.default_rng(seed).normal(size=(1_000, LATENT_DIM))
        for where, random in (
            ("N(0, 1)", drawn),
            ("random", codes.mean(axis=0) + codes.std(axis=0) * drawn),
        ):
            images = in_parts(decode, random.astype("float32"))
            found[f"{name}, {where}"] = classify(images).max(axis=1).mean()
            found[f"{name}, {where}, MNIST-FID"] = frechet_distance(features(images), features(clean))
    return found


def dense_networks():
    """As many numbers in the code as the convolutional ones, and one hidden layer of 400, as the VAE's."""
    encoder = [
        keras.Input((28, 28, 1)),
        layers.Flatten(),
        layers.Dense(400, activation="relu"),
        layers.Dense(LATENT_DIM),
    ]
    decoder = [
        keras.Input((LATENT_DIM,)),
        layers.Dense(400, activation="relu"),
        layers.Dense(784, activation="sigmoid"),
        layers.Reshape((28, 28, 1)),
    ]
    return keras.Sequential(encoder), keras.Sequential(decoder)


def conv(seed, options):
    """Held-out error after the same processor time, PCA's beside it."""
    x, clean = options.data.x_train[: options.images], options.data.x_test[:2_000]
    mean, components, _ = ae.principal_components(x[:5_000], LATENT_DIM)
    found = {"PCA": np.mean(ae.reconstruction_error(clean, ae.pca_reconstruct(clean, mean, components)))}
    for name, networks in (
        ("convolutional", (ae.ConvEncoder(LATENT_DIM), ae.ConvDecoder())),
        ("dense", dense_networks()),
    ):
        model = ae.Autoencoder(*networks)
        model.compile(optimizer=keras.optimizers.Adam(0.001), jit_compile=False)
        model.fit(x[:BATCH], batch_size=BATCH, verbose=0)  # compiles the step outside the budget
        started = time.process_time()
        epochs = 0
        while time.process_time() - started < options.budget:
            model.fit(x, batch_size=BATCH, verbose=0)
            epochs += 1
        found[name] = np.mean(ae.reconstruction_error(clean, in_parts(model.reconstruct, clean)))
        found[f"{name}, epochs"] = epochs
        found[f"{name}, processor seconds"] = time.process_time() - started
    return found


def main():
    """Measure the parts that are asked for, and keep what was measured."""
    parts = {function.__name__: function for function in (linear, denoising, between, conv)}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(parts))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--budget", type=float, default=60.0, help="processor seconds of `conv` (60)")
    parser.add_argument("--fast", action="store_true")
    options = parser.parse_args()
    if options.fast:
        options.seeds, options.images, options.epochs, options.budget = 1, 256, 1, 0.1
    options.data = load_images("auto")
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for part in options.parts or parts:
        runs = []
        for seed in range(options.seeds):
            keras.utils.set_random_seed(seed)
            runs.append({name: round(float(value), 4) for name, value in parts[part](seed, options).items()})
            print(part, seed, runs[-1], flush=True)
        told = f"{options.data}, {options.images} images, {options.epochs} epochs"
        kept[part] = {"data": "scikit-learn digits, 8x8" if part == "linear" else told, "runs": runs}
        if not options.fast:
            RESULT.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
