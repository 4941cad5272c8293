"""Train the independent digit classifier of the graders, and export it to NumPy.

    VAEGAN_DATA=/folder/of/mnist python benchmarks/train_digit_classifier.py [--epochs 12] [--seed 0]

Trains on the 60,000 training images of MNIST and on the training part of scikit-learn's enlarged digits, slightly
shifted, turned, scaled and blurred (generated digits are often blurred). Folds batch normalisation into the
convolutions, rounds to float16, writes `graders/digit_classifier.npz`, checks that `graders.digit_classifier` gives
the probabilities that Keras gives, and writes accuracies on images never trained on to
`benchmarks/results/digit_classifier.json`.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from graders import digit_classifier  # noqa: E402  found through the line above
from vaegan.data import load_images  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "digit_classifier.json"
FILTERS = ((16, 5), (32, 3), (64, 3))  # (number, size) of each convolution
HIDDEN = 64
DIGITS_REPEATED = 6  # there are 42 times as many images in MNIST
LEAST_ACCURACY = 0.99


def make_network():
    image = keras.Input((28, 28, 1))
    x = image
    for (filters, size), stride in zip(FILTERS, digit_classifier.STRIDES, strict=True):
        x = layers.Conv2D(filters, size, strides=stride, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    x = layers.Dense(HIDDEN, activation="relu", name="hidden")(x)
    return keras.Model(image, layers.Dense(10, name="output")(layers.Dropout(0.3)(x)))


def batches(x, y, batch_size, seed):
    """Endless batches, each image changed a little and otherwise than the time before."""
    turn = keras.Sequential(
        [
            layers.RandomTranslation(0.08, 0.08, fill_mode="constant", seed=seed),
            layers.RandomRotation(0.035, fill_mode="constant", seed=seed + 1),
            layers.RandomZoom(0.12, 0.12, fill_mode="constant", seed=seed + 2),
        ]
    )

    def change(images, labels):
        images = turn(images, training=True)
        blurred = tf.nn.avg_pool2d(images, 3, 1, "SAME")
        share = tf.maximum(0.0, tf.random.uniform([tf.shape(images)[0], 1, 1, 1], -1.0, 1.0))
        return images + share * (blurred - images), labels

    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=seed).repeat()
    return data.batch(batch_size).map(change, num_parallel_calls=2).prefetch(2)


def train(x, y, epochs, seed, batch_size=128):
    keras.utils.set_random_seed(seed)
    network = make_network()
    steps = len(x) // batch_size
    rate = keras.optimizers.schedules.CosineDecay(2e-3, decay_steps=epochs * steps)
    network.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    network.fit(batches(x, y, batch_size, seed), epochs=epochs, steps_per_epoch=steps, shuffle=False, verbose=2)
    return network


def export(network):
    """Write the weights as float16, with batch normalisation folded into the convolutions."""
    convolutions = [layer for layer in network.layers if isinstance(layer, layers.Conv2D)]
    norms = [layer for layer in network.layers if isinstance(layer, layers.BatchNormalization)]
    arrays = {}
    for position, (convolution, norm) in enumerate(zip(convolutions, norms, strict=True)):
        (kernel,) = convolution.get_weights()
        gamma, beta, mean, variance = norm.get_weights()
        scale = gamma / np.sqrt(variance + norm.epsilon)
        arrays[f"kernel_{position}"] = kernel * scale
        arrays[f"bias_{position}"] = beta - mean * scale
    for name in ("hidden", "output"):
        arrays[f"{name}_kernel"], arrays[f"{name}_bias"] = network.get_layer(name).get_weights()
    np.savez(digit_classifier.WEIGHTS, **{name: array.astype(np.float16) for name, array in arrays.items()})
    digit_classifier.weights.cache_clear()


def accuracy(x, y):
    return float((digit_classifier.classify(x).argmax(axis=1) == y).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    mnist, digits = load_images("mnist"), load_images("digits")
    x = np.concatenate([mnist.x_train, *[digits.x_train] * DIGITS_REPEATED])
    y = np.concatenate([mnist.y_train, *[digits.y_train] * DIGITS_REPEATED])
    started = time.perf_counter()
    network = train(x, y, options.epochs, options.seed)
    seconds = time.perf_counter() - started
    export(network)
    some = np.concatenate([mnist.x_test[:2000], digits.x_test])
    by_keras = keras.ops.convert_to_numpy(keras.ops.softmax(network.predict(some, verbose=0)))
    result = {
        "MNIST test accuracy": accuracy(mnist.x_test, mnist.y_test),
        "scikit-learn held-out accuracy": accuracy(digits.x_test, digits.y_test),
        "largest difference of a probability, NumPy and float16 from Keras": float(
            np.abs(digit_classifier.classify(some) - by_keras).max()
        ),
        "kilobytes": round(digit_classifier.WEIGHTS.stat().st_size / 1000, 1),
        "epochs": options.epochs,
        "seed": options.seed,
        "training minutes": round(seconds / 60, 1),
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    if result["MNIST test accuracy"] < LEAST_ACCURACY:
        sys.exit(f"Too weak to judge with: expected {LEAST_ACCURACY:.0%} on MNIST's test images. Train longer.")


if __name__ == "__main__":
    main()
