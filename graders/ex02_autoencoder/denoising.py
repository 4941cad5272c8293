"""DenoisingAutoencoder: its noise, its configuration; and their mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.noise import expect_fresh, expect_standard_normal
from graders.common.objects import expect_shape, from_config, make
from graders.ex02_autoencoder.linear import SHAPE, images, make_linear, random_linear
from graders.ex02_autoencoder.saving import answers, expected_answers, test_config
from judge.suite import Array, Remote, Student, agree, cell, expect, expect_array, is_same

denoising = cell("denoising_check", read_again="equation (5)")

# fmt: off
NOISE = "self.noise_std * keras.random.normal(ops.shape(x), seed=self.seed_generator)"
RIGHT = f"return x + {NOISE}"
NO_NOISE = denoising.mistake("corrupt-without-noise", (RIGHT, "return x"), "corrupt returns x as it is: add noise.")
FIXED = denoising.mistake("corrupt-fixed-seed", (RIGHT, RIGHT.replace("self.seed_generator", "1")),
    "Every call draws the same noise: hand self.seed_generator over as the seed, not a number.")
GRAPH = denoising.mistake("corrupt-frozen-in-graph",
    (RIGHT, 'return x + self.noise_std * np.random.normal(size=x.shape).astype("float32")'),
    "NumPy draws once, while Keras compiles the step, and never again: draw with keras.random.normal.")
denoising.mistake("corrupt-variance-for-std", (RIGHT, RIGHT.replace("noise_std", "noise_std**2")),
    "Your noise is scaled by the square of noise_std; equation (5) takes it as it is.")
denoising.mistake("corrupt-std-ignored", (RIGHT, RIGHT.replace("self.noise_std * ", "")),
    "Your noise has standard deviation 1 whatever noise_std is.")
denoising.mistake("corrupt-std-fixed", (RIGHT, RIGHT.replace("self.noise_std", "0.5")),
    "Your noise has standard deviation 0.5 whatever noise_std is: use self.noise_std.")
denoising.mistake("corrupt-uniform", (RIGHT, RIGHT.replace("normal", "uniform")),
    "Your noise is uniform; equation (5) draws from a normal distribution.")
denoising.mistake("corrupt-clipped", (RIGHT, f"return ops.clip(x + {NOISE}, 0.0, 1.0)"),
    "You cut the noisy pixels off at 0 and 1: leave them as they come.")
denoising.mistake("corrupt-noise-alone", (RIGHT, f"return {NOISE}"),
    "corrupt returns the noise alone; add it to x.")
denoising.mistake("corrupt-multiplies", (RIGHT, f"return x * (1.0 + {NOISE})"),
    "Your noise multiplies x, so that black pixels stay clean; equation (5) adds it.")
FOR_IMAGES = denoising.mistake("corrupt-same-for-images", (RIGHT, RIGHT.replace("ops.shape(x)", "ops.shape(x[:1])")),
    "Every image of a batch got the same noise: draw noise of the full shape of x.")
FOR_PIXELS = denoising.mistake("corrupt-same-for-pixels",
    (RIGHT, "return x + self.noise_std * keras.random.normal((ops.shape(x)[0], 1, 1, 1), seed=self.seed_generator)"),
    "All pixels of an image got the same noise: draw noise of the full shape of x.")
denoising.mistake("corrupt-unknown-batch", (RIGHT, RIGHT.replace("ops.shape(x)", "tuple(map(int, x.shape))")),
    "In a compiled step the batch size is not known, and x.shape says None: ask ops.shape(x).")
FORGETS = denoising.mistake("denoising-config-forgets", ("config.update(noise_std=self.noise_std)", "pass"),
    "The twin has another noise_std than the original: put it into get_config, with the value that this object has.",
    also=[("config.update(noise_std=self.noise_std)", "config.update(noise_std=0.5)")])
NO_PARENT = denoising.mistake("denoising-config-without-parent", ("config = super().get_config()", "config = {}"),
    "Your get_config forgets what the parent knows, encoder and decoder too: begin with super().get_config().")
# fmt: on


def grey(batch: int) -> Array:
    """Images that are 0.5 everywhere: noise that was cut off is then the same for all pixels."""
    return np.full((batch, *SHAPE), 0.5, np.float32)


def make_denoiser(student: Student, seed: int, noise_std: float) -> Remote:
    """The student's denoiser around linear networks."""
    return make_linear(student, random_linear(seed), "DenoisingAutoencoder", noise_std=noise_std)[0]


def noise_in(noisy: Any, x: Array, noise_std: float) -> Array:
    """What was added to x, in units of noise_std, (batch, 4)."""
    found = expect_shape(noisy, x.shape, "what corrupt returns")
    return (found - x).reshape(len(x), -1) / noise_std


@denoising.check("corrupt adds noise that is fresh for every call, image and pixel.", weight=2)
def test_noise_is_fresh(student: Student) -> None:
    """A right answer fails with probability 1e-7, see `expect_fresh`."""
    x, model = grey(200), make_denoiser(student, 0, 0.3)
    first, second = (noise_in(model.call("corrupt", x), x, 0.3) for _ in range(2))
    expect_fresh(
        first,
        second,
        "corrupt",
        no_noise=NO_NOISE,
        same_every_call=FIXED,
        same_for_examples=FOR_IMAGES,
        same_for_entries=FOR_PIXELS,
    )


@denoising.check("The noise is normal, of mean 0 and standard deviation noise_std, and nothing is cut off.", weight=2,
                 needs=[test_noise_is_fresh])  # fmt: skip
def test_noise_is_normal(student: Student) -> None:
    """A right answer fails with probability 4e-7 at most, see `expect_standard_normal`."""
    for seed, noise_std in ((1, 0.1), (2, 0.9)):
        x = grey(2000)
        noise = noise_in(make_denoiser(student, seed, noise_std).call("corrupt", x), x, noise_std)
        expect_standard_normal(noise.reshape(-1, 2), "the noise, divided by noise_std,")


@denoising.check("noise_std=0 leaves every image as it is.")
def test_no_noise(student: Student) -> None:
    """The number type too: float32."""
    x = images(3, 5)
    found = make_denoiser(student, 3, 0.0).call("corrupt", x)
    agree(found, x, "what corrupt returns with noise_std=0")


@denoising.check("Compiled, where the batch size is not known, corrupt still draws anew for every batch.", weight=2,
                 needs=[test_noise_is_fresh])  # fmt: skip
def test_noise_in_a_graph(student: Student) -> None:
    """One graph, two batches of four and one of three."""
    x, model = images(5, 4), make_denoiser(student, 4, 1.0)
    spec = make(student, "tensorflow.TensorSpec", [None, *SHAPE], "float32")
    graph = make(student, "tensorflow.function", model.get("corrupt"), input_signature=[spec])
    first, second = (noise_in(graph(x), x, 1.0) for _ in range(2))
    expect(not np.allclose(first, second, atol=1e-6), "the compiled corrupt gave the same noise twice.", GRAPH)
    noise_in(graph(x[:3]), x[:3], 1.0)


@denoising.check("from_config(get_config()) brings back noise_std and name, and a file the whole model.", weight=2,
                 needs=[test_config])  # fmt: skip
def test_denoising_config(student: Student) -> None:
    """With a noise_std that is not the default."""
    weights, x = random_linear(7), images(7)
    model, _, _ = make_linear(student, weights, "DenoisingAutoencoder", noise_std=0.125, name="mine")
    config = model.call("get_config")
    whole = isinstance(config, dict) and "encoder" in config
    expect(whole, "get_config must return a dict with encoder and decoder in it.", NO_PARENT)
    model.call("save", "denoiser.keras")
    twins = {
        "the twin": from_config(student, "DenoisingAutoencoder", config),
        "the reloaded model": make(student, "keras.saving.load_model", "denoiser.keras"),
    }
    for who, twin in twins.items():
        expect(is_same(twin.get("name"), "mine"), f"{who} lost the name `mine`.")
        kept = expect_array(twin.get("noise_std"), f"noise_std of {who}", ())
        expect(bool(np.isclose(kept, 0.125)), f"noise_std of {who} should be 0.125: received {kept:g}.", FORGETS)
    agree(
        answers(twins["the reloaded model"], x),
        expected_answers(weights, x),
        "what the reloaded networks give",
    )
