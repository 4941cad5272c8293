"""Two short trainings: the linear autoencoder reaches PCA, and the denoiser cleans digits."""

from __future__ import annotations

import numpy as np

from graders.common.networks import build_optimizer, linear_network
from graders.common.objects import expect_shape, make
from graders.common.reference import digits
from graders.ex02_autoencoder.conv import test_decoder_shapes, test_encoder_shapes
from graders.ex02_autoencoder.denoising import denoising, test_noise_is_fresh
from graders.ex02_autoencoder.error import test_error_value
from graders.ex02_autoencoder.pca import data, eigenvalues
from graders.ex02_autoencoder.psnr import decibels
from graders.ex02_autoencoder.steps import steps, test_train_step_follows_the_gradient
from judge.suite import Student, expect

# benchmarks/calibrate.py, 20 seeds of the solved lesson, 3 of each right sample; rates of false fails if normal:
PCA_LIMIT = 1.01  # 1.0002 +- 0.0003: below 1e-12
GAIN_LIMIT = 1.5  # 3.06 +- 0.39: 4e-5; lowest right sample 2.95 +- 0.39: 1e-4. The mean image alone gains 0.9


@steps.check(
    "A short training of a linear autoencoder reaches the error of PCA to within one in a hundred.",
    needs=[test_error_value, test_train_step_follows_the_gradient],
    seconds=60,
    whole=True,
    read_again="section 5",
)
def test_linear_training_reaches_pca(student: Student) -> None:
    """Data of a known spectrum; the judge computes the error itself."""
    ratio = linear_training(student, seed=7)
    expect(ratio < PCA_LIMIT, f"the error should fall to PCA's; it stays {100 * (ratio - 1):.1f} % above.")
    expect(ratio > 1 - 1e-3, f"no linear code of two numbers has {100 * (1 - ratio):.1f} % less error than PCA.")


def linear_training(student: Student, seed: int) -> float:
    """Train on six pixels and a code of two numbers; return the mean error as a multiple of PCA's."""
    x = data(20, 128).reshape(128, 6)
    x = x - x.mean(axis=0)
    rng = np.random.default_rng(seed)
    kernels = [rng.normal(0, 0.3, shape).astype(np.float32) for shape in ((6, 2), (2, 6))]
    encoder, decoder = (
        linear_network(student, name, [len(kernel)], {"out": (kernel, np.zeros(kernel.shape[1]))})
        for name, kernel in zip(("encoder", "decoder"), kernels, strict=True)
    )
    model = make(student, "Autoencoder", encoder, decoder)
    optimizer = make(student, "keras.optimizers.Adam", learning_rate=0.1)
    model.call("compile", optimizer=optimizer, jit_compile=False)
    build_optimizer(student, optimizer, encoder, decoder)
    model.call("fit", np.tile(x, (150, 1)), batch_size=128, shuffle=False, verbose=0)  # 150 steps on all of x
    through = expect_shape(model(x), x.shape, "what call returns")
    return float(((x - through) ** 2).sum(axis=1).mean() / eigenvalues(x)[2:].sum())


@denoising.check(
    "A short training with your own networks cleans held-out digits.",
    weight=2,
    needs=[
        test_error_value,
        test_train_step_follows_the_gradient,
        test_encoder_shapes,
        test_decoder_shapes,
        test_noise_is_fresh,
    ],
    seconds=60,
    whole=True,
    read_again="section 7",
)
def test_short_denoising(student: Student) -> None:
    """The judge draws the noise for the held-out digits, and computes the gain in decibel, itself."""
    gain = denoising_gain(student, seed=7)
    message = f"expected {GAIN_LIMIT:g} dB more than the noisy images have, received {gain:.1f} dB"
    expect(gain > GAIN_LIMIT, f"the denoiser should clean held-out digits: {message}.")


def denoising_gain(student: Student, seed: int) -> float:
    """Train the student's denoiser on scikit-learn's digits, noise 0.3; return the gain in PSNR, held out, in dB."""
    train, _, held_out, _ = digits()
    student.call("keras.utils.set_random_seed", seed)
    encoder = make(student, "ConvEncoder", latent_dim=16, filters=8)
    decoder = make(student, "ConvDecoder", image_shape=(8, 8, 1), filters=8)
    model = make(student, "DenoisingAutoencoder", encoder, decoder, noise_std=0.3)
    optimizer = make(student, "keras.optimizers.Adam", learning_rate=0.02)
    model.call("compile", optimizer=optimizer, jit_compile=False)
    model(train[:1])  # makes the weights
    build_optimizer(student, optimizer, encoder, decoder)
    model.call("fit", train, batch_size=40, epochs=5, verbose=0)
    noise = np.random.default_rng(0).normal(0, 0.3, held_out.shape)
    noisy = (held_out + noise).astype(np.float32)
    cleaned = expect_shape(model.call("reconstruct", noisy), held_out.shape, "the cleaned images")
    return float((decibels(held_out, cleaned) - decibels(held_out, noisy)).mean())
