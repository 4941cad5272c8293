"""Expectations that several checks of exercise 3 share."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from graders.ex03_vae import mistakes, model_mistakes, oracles
from judge.suite import (
    Array,
    CheckFailed,
    Gradients,
    Misconception,
    Remote,
    Student,
    agree,
    expect,
    expect_array,
    expect_pair,
)

LOGS = ("loss", "reconstruction_loss", "kl_loss")


def expect_object(value: Any, what: str) -> Remote:
    """The value, if it is an object on the student's side that can be called."""
    if not isinstance(value, Remote):
        raise CheckFailed(f"{what} must be an object: received {type(value).__name__}.")
    return value


def make(student: Student, class_name: str, *args: Any, **kwargs: Any) -> Remote:
    """An instance of one of the student's classes, or of Keras'."""
    return expect_object(student.call(class_name, *args, **kwargs), f"what `{class_name}(...)` makes")


def from_config(student: Student, class_name: str, config: Any) -> Remote:
    """What the student's `from_config` makes of a configuration."""
    made = expect_object(student.get(class_name), f"`{class_name}`").call("from_config", config)
    return expect_object(made, f"what {class_name}.from_config returns")


def expect_shape(
    value: Any, shape: Sequence[int], what: str, misconceptions: Sequence[Misconception] = ()
) -> Array:
    """The value as a float64 array of that shape; a mistake that gives another shape is named."""
    array = expect_array(value, what)
    if array.shape != tuple(shape):
        agree(array, np.zeros(shape), what, misconceptions=misconceptions)
    return array


def expect_terms(value: Any, batch: int) -> tuple[Array, Array]:
    """(reconstruction_loss, kl_loss), each (batch,), from what `elbo_terms` returned."""
    reconstruction, kl_loss = expect_pair(value, "what elbo_terms returns")
    hint = "You reduced the batch axis. Return one number for each example; train_step takes the mean."
    for name, term in (("reconstruction_loss", reconstruction), ("kl_loss", kl_loss)):
        array = expect_array(term, f"the {name} of elbo_terms")
        if array.shape == ():
            message = f"the {name} of elbo_terms has the wrong shape: expected ({batch},), received ()."
            raise CheckFailed(message, Misconception("terms-reduced-over-batch", hint, None))
        expect_array(array, f"the {name} of elbo_terms", (batch,))
    return np.asarray(reconstruction, np.float64), np.asarray(kl_loss, np.float64)


def expect_logs(value: Any, what: str) -> Array:
    """(loss, reconstruction_loss, kl_loss) from the dict that a step or a history holds."""
    if not isinstance(value, dict) or not set(LOGS) <= set(value):
        received = f"{sorted(value)[:8]}" if isinstance(value, dict) else "no dict"
        raise CheckFailed(f"{what} must be a dict with the keys {', '.join(LOGS)}: received {received}.")
    return np.stack([expect_shape(value[name], (), f"`{name}` in {what}") for name in LOGS])


def expect_same_weights(model: Remote, before: Sequence[Array], message: str, mistake: Misconception) -> None:
    """Fail unless the model still holds exactly these weights."""
    after = weights_of(model)
    expect(len(after) == len(before) and all(map(np.array_equal, before, after)), message, mistake)


def weights_of(model: Remote) -> list[Array]:
    """The weights of a model, in its own order."""
    weights = model.call("get_weights")
    if not isinstance(weights, list):
        raise CheckFailed(f"get_weights of `{model.type_name}` returned no list of arrays.")
    return [expect_array(weight, f"a weight of `{model.type_name}`") for weight in weights]


def expect_gradient(found: Gradients, position: int, shape: Sequence[int], what: str) -> Array:
    """The gradient with respect to one of the inputs, if there is one."""
    gradient = found.inputs[position] if position < len(found.inputs) else None
    expect(gradient is not None, f"{what} does not exist.", mistakes.NO_GRADIENT)
    return expect_array(gradient, what, shape)


def flat(arrays: Sequence[Array | None], like: Sequence[Array]) -> Array:
    """Weights or gradients as one vector, zeros where there is None; they must have the shapes of `like`."""
    expect(len(arrays) == len(like), f"expected {len(like)} weights, received {len(arrays)}.")
    pairs = zip(arrays, like, strict=True)
    parts = [np.zeros(w.shape) if a is None else expect_array(a, "a weight", w.shape) for a, w in pairs]
    return np.concatenate([part.ravel() for part in parts])


def expect_all_reached(gradients: Sequence[Array | None], names: Sequence[str], what: str) -> None:
    """Fail unless a gradient other than zero reaches every one of the named arrays."""
    expect(len(gradients) == len(names), f"{what} reaches {len(gradients)} weights; expected {len(names)}.")
    for gradient, name in zip(gradients, names, strict=True):
        reached = gradient is not None and expect_array(gradient, f"the gradient of {name}").any()
        expect(bool(reached), f"{what} does not reach {name}.", mistakes.NO_GRADIENT)


def expect_fresh(first: Any, second: Any, what: str, same_every_call: Misconception) -> None:
    """Fail unless noise differs, and is independent, between calls, examples and entries.

    The alignment of a standard normal vector with an independent one is |N(0, 1)|; in three comparisons it
    exceeds the limit with probability 1e-7. Mean and scale are taken from the noise itself, whose effect on
    more than a thousand draws is far smaller.

    Args:
        first: noise of one call, (batch, entries), batch even.
        second: noise of another call on the same input.
        what: what drew it, for the message.
        same_every_call: what to say if both calls gave the same.
    """
    first, second = np.asarray(first), np.asarray(second)
    expect(bool(np.abs(first).max() > 1e-3), f"{what} adds no noise.", mistakes.NO_NOISE)
    expect(not np.allclose(first, second, atol=1e-6), f"{what} gave the same noise twice.", same_every_call)
    rows = np.allclose(first, first[:1], atol=1e-6)
    expect(not rows, f"{what} gave every example the same noise.", mistakes.SAME_FOR_EXAMPLES)
    columns = np.allclose(first, first[:, :1], atol=1e-6)
    expect(not columns, f"{what} gave all entries the same noise.", mistakes.SAME_FOR_ENTRIES)
    unit = (first - first.mean()) / first.std()
    pairs = [(unit, second), (unit[0::2], unit[1::2]), (unit[:, 0], unit[:, 1])]
    worst = max(oracles.alignment(a, b) for a, b in pairs)
    expect(worst < oracles.alignment_limit(3), f"{what} gave noise that depends on other noise.")


def expect_standard_normal(noise: Array, what: str) -> None:
    """Fail unless each of the two columns looks like draws from N(0, 1).

    The empirical distribution function of n draws strays from the true one by more than the limit with
    probability 1e-7 at most, for any n (`oracles.distance_limit`); with two columns, 2e-7.

    Args:
        noise: (draws, 2), after subtracting the mean and dividing by the standard deviation asked for.
        what: what drew it, for the message.
    """
    worst = max(oracles.distance_to_normal(column) for column in noise.T)
    if worst <= oracles.distance_limit(len(noise)):
        return
    mean, deviation = noise.mean(axis=0), noise.std(axis=0)
    kurtosis = ((noise - mean) ** 4).mean(axis=0) / np.maximum(deviation, 1e-12) ** 4
    features = np.stack([mean, deviation, kurtosis], axis=1)  # (2, 3)
    known = (m for m in model_mistakes.noise() if m.explains(features, rtol=0.04, atol=0.04))
    raise CheckFailed(
        f"{what} should be standard normal once z_mean is subtracted and the standard deviation divided out: "
        f"expected mean 0 and standard deviation 1, received means {mean[0]:.2f} and {mean[1]:.2f}, standard "
        f"deviations {deviation[0]:.2f} and {deviation[1]:.2f}.",
        next(known, None),
    )


@cache
def digits() -> tuple[Array, Array]:
    """scikit-learn's handwritten digits, 8x8: 1,000 training and 797 held-out images.

    Read from the file that ships with scikit-learn; importing the library would cost more than the check.

    Returns:
        Two float32 arrays, (images, 8, 8, 1), in [0, 1].
    """
    spec = find_spec("sklearn")
    assert spec is not None and spec.origin is not None, "scikit-learn is not installed"
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = np.array([row[:64] for row in csv.reader(file)], np.float32)
    images = (rows / 16).reshape(-1, 8, 8, 1)
    return images[:1000], images[1000:]
