"""The sampling layer, equation (1): its checks and its mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.noise import expect_fresh, expect_standard_normal
from graders.common.objects import expect_gradient, expect_shape, make
from judge.suite import Array, Mistake, Student, agree, cell

sampling = cell("sampling_check", read_again="equation (1)")
NUM_DRAWS = 20_000

# fmt: off
DRAW = "keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)"
STD = "ops.exp(0.5 * z_log_var)"
STD_HINT = "z_log_var is the natural log of the variance; work out on paper how it becomes a standard deviation."
UNIFORM = "keras.random.uniform(ops.shape(z_mean), -1.0, 1.0, seed=self.seed_generator)"
NO_NOISE = sampling.mistake("no-noise", (f"{STD} * epsilon", "0.0 * z_log_var"),
    "Your z is z_mean: the noise of equation (1) is missing, and the VAE becomes an autoencoder.")
SAME_EVERY_CALL = sampling.mistake("same-noise-every-call", ("seed=self.seed_generator)", "seed=42)"),
    "Two calls drew the same noise. An integer seed gives the same numbers each time, and so does noise drawn once and "
    "kept; use the generator, which moves on with each draw.",
    also=[(f"epsilon = {DRAW}", f"""if not hasattr(self, "kept") or self.kept.shape != z_mean.shape:
            self.kept = {DRAW}
        epsilon = self.kept""")])
SAME_IN_GRAPH = sampling.mistake("noise-frozen-in-graph",
    (DRAW, '__import__("numpy").random.normal(size=z_mean.shape).astype("float32")'),
    "In a compiled function, which is how `fit` runs your code, the noise is the same on every call. Noise drawn by "
    "NumPy becomes a constant there; draw it with keras.random.normal.")
SAME_FOR_EXAMPLES = sampling.mistake("same-noise-every-example", ("ops.shape(z_mean)", "(1, z_mean.shape[-1])"),
    "Every example of the batch got the same noise. Draw noise of the full shape (batch, latent_dim).")
SAME_FOR_ENTRIES = sampling.mistake("same-noise-every-entry", ("ops.shape(z_mean)", "(z_mean.shape[0], 1)"),
    "All entries of z got the same noise. Draw noise of the full shape (batch, latent_dim).")
NO_GRADIENT = sampling.mistake("gradient-cut", (STD, f"ops.stop_gradient({STD})"),
    "No gradient comes through: either this input is not used, or NumPy, stop_gradient or a new variable cuts the "
    "connection. Compute with Keras operations from the tensors that you were given.")
sampling.mistake("sampling-variance-for-std", (STD, "ops.exp(z_log_var)"),
    "You stretch the noise by the variance; equation (1) wants the standard deviation. Work out on paper how a "
    "log-variance becomes one.")
sampling.mistake("sampling-log-var-for-std", (STD, "z_log_var"),
    f"You stretch the noise by z_log_var itself. {STD_HINT}")
sampling.mistake("sampling-double-log-var", ("0.5 *", "2.0 *"),
    f"You stretch the noise by exp(2 z_log_var). {STD_HINT}")
sampling.mistake("sampling-unscaled", (f"{STD} * epsilon", "epsilon + 0.0 * z_log_var"),
    "You add noise of variance 1 whatever z_log_var says; equation (1) stretches it by the standard deviation.")
sampling.mistake("sampling-uniform-noise", ("random.normal", "random.uniform"),
    "Your noise is uniform; equation (1) wants standard normal noise.",
    also=[(DRAW, UNIFORM), (DRAW, f"3.0**0.5 * {UNIFORM}")])
sampling.mistake("sampling-truncated-noise", ("random.normal", "random.truncated_normal"),
    "Your noise is a normal distribution cut off at two standard deviations; equation (1) wants all of it.")
# fmt: on


def expect_own_noise(first: Any, second: Any, what: str, same_every_call: Mistake = SAME_EVERY_CALL) -> None:
    """Fail unless noise differs between calls, examples and entries."""
    expect_fresh(
        first, second, what, no_noise=NO_NOISE, same_every_call=same_every_call,
        same_for_examples=SAME_FOR_EXAMPLES, same_for_entries=SAME_FOR_ENTRIES,
    )  # fmt: skip


def normal(seed: int, *shape: int) -> Array:
    """Standard normal draws, float32."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@sampling.check("z has the shape of z_mean.")
def test_sampling_shape(student: Student) -> None:
    """For two shapes and one layer."""
    sampling = make(student, "Sampling")
    for shape in ((5, 3), (1, 1)):
        expect_shape(sampling(normal(0, *shape), normal(1, *shape)), shape, "z")


@sampling.check("With a variance of almost 0, z is z_mean.", needs=[test_sampling_shape])
def test_sampling_without_variance_gives_the_mean(student: Student) -> None:
    """exp(-60 / 2) is 1e-13: no draw from N(0, 1) makes it visible."""
    z_mean = normal(2, 6, 3)
    z = make(student, "Sampling")(z_mean, np.full((6, 3), -60, np.float32))
    agree(z, z_mean, "z with z_log_var = -60")


@sampling.check("z is drawn from N(z_mean, exp(z_log_var)).", weight=3, needs=[test_sampling_shape])
def test_sampling_distribution(student: Student) -> None:
    """20,000 draws of each of two columns; a right answer fails with probability below 1e-6."""
    mean = np.tile(np.array([1.0, -2.0], np.float32), (NUM_DRAWS, 1))
    log_var = np.tile(np.log(np.array([4.0, 0.25], np.float32)), (NUM_DRAWS, 1))
    z = expect_shape(make(student, "Sampling")(mean, log_var), mean.shape, "z")
    expect_standard_normal((z - mean) / np.exp(0.5 * log_var), "the noise")


@sampling.check(
    "Noise is fresh for every call, every example and every entry, in compiled functions too.",
    weight=3,
    needs=[test_sampling_shape],
    read_again="section 4",
)
def test_noise_is_fresh(student: Student) -> None:
    """Eagerly, and in a `tf.function` as `fit` makes one."""
    mean, log_var = np.zeros((400, 3), np.float32), np.full((400, 3), 0.5, np.float32)
    for seed in (None, 11):
        sampling = make(student, "Sampling", seed=seed)
        first, second = (expect_shape(sampling(mean, log_var), mean.shape, "z") for _ in range(2))
        expect_own_noise(first, second, "Sampling")
    compiled = make(student, "tensorflow.function", make(student, "Sampling"))
    first, second = (expect_shape(compiled(mean, log_var), mean.shape, "z") for _ in range(2))
    expect_own_noise(first, second, "Sampling in a compiled function", SAME_IN_GRAPH)


@sampling.check(
    "With the same seeds, the draws repeat.", weight=0.5, needs=[test_sampling_shape], read_again="section 4"
)
def test_sampling_repeats_with_the_seed(student: Student) -> None:
    """Both the layer's and the global seed are set, so that any generator that has one repeats."""
    zeros = np.zeros((5, 3), np.float32)
    draws = []
    for _ in range(2):
        student.call("keras.utils.set_random_seed", 3)
        sampling = make(student, "Sampling", seed=8)
        draws.append([expect_shape(sampling(zeros, zeros), zeros.shape, "z") for _ in range(2)])
    agree(np.stack(draws[1]), np.stack(draws[0]), "the draws of a second layer with the same seed")


@sampling.check(
    "Gradients reach both heads: dz/dz_mean = 1 and dz/dz_log_var = (z - z_mean) / 2.",
    weight=2,
    needs=[test_sampling_shape],
)
def test_sampling_gradients(student: Student) -> None:
    """Differentiate equation (1) for the noise that was drawn, which z itself tells."""
    sampling = make(student, "Sampling")
    for seed in (4, 5):
        mean, log_var = normal(seed, 5, 3), normal(seed + 10, 5, 3)
        found = sampling.gradients(None, mean, log_var)
        noise = expect_shape(found.value, (5, 3), "z") - mean
        what = "the gradient of z with respect to"
        by_mean = expect_gradient(found, 0, (5, 3), f"{what} z_mean", NO_GRADIENT)
        by_log_var = expect_gradient(found, 1, (5, 3), f"{what} z_log_var", NO_GRADIENT)
        divisor = np.where(np.abs(noise) > 1e-4, noise, 1e-4)  # without the noise, which is chance
        agree(by_mean, np.ones((5, 3)), f"{what} z_mean")
        agree(by_log_var, noise / 2, f"{what} z_log_var", atol=1e-4, known_by=by_log_var / divisor)
