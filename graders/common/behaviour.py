"""What can be told of a network by its behaviour: layers are not counted and not looked up by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.objects import make, outputs, set_weights, trainable_weights_of, weights_of
from judge.suite import Array, Mistake, Remote, Student, expect


def randomise_kernels(model: Remote, seed: int = 5) -> None:
    """Give every kernel large random entries, so that nothing depends on how a student initialises."""
    rng = np.random.default_rng(seed)
    fresh = [rng.normal(0.0, 1.0, w.shape) if w.ndim > 1 else w for w in map(np.asarray, weights_of(model))]
    set_weights(model, fresh)


def bend(model: Remote, a: Array, b: Array) -> float:
    """How far the model is from affine: the output half way between two inputs against the mean of both outputs."""
    ends = [outputs(model(x)) for x in (a, b, (a + b) / 2)]
    same = len({end.shape for end in ends}) == 1 and ends[0].size > 0
    expect(same, "equal shapes in should give equal shapes out, and no empty ones.")
    scale = np.abs(ends[0] - ends[1]).max()
    return float(np.abs((ends[0] + ends[1]) / 2 - ends[2]).max() / max(scale, 1e-9))


def expect_convolutions(model: Remote, mistake: Mistake | None = None) -> None:
    """Fail unless a weight of the model is the kernel of a convolution of images."""
    found = any(weight.ndim == 4 for weight in trainable_weights_of(model))
    expect(found, "no weight of this network is the kernel of a convolution.", mistake)


def expect_filters_matter(
    student: Student, name: str, x: Array, mistake: Mistake | None = None, **arguments: Any
) -> None:
    """Fail unless a network of that class, made with these arguments, has more weights with more filters."""
    counts = []
    for filters in (4, 6):
        model = make(student, name, filters=filters, **arguments)
        model(x)
        counts.append(sum(weight.size for weight in trainable_weights_of(model)))
    expect(counts[0] < counts[1], f"a {name} with more filters has no more weights.", mistake)
