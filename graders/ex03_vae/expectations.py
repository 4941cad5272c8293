"""Expectations that several checks of exercise 3 share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graders.common import noise as common
from graders.common import objects
from graders.common.objects import expect_shape
from graders.ex03_vae import mistakes, model_mistakes
from judge.suite import Array, CheckFailed, Gradients, Mistake, expect_array, expect_pair

LOGS = ("loss", "reconstruction_loss", "kl_loss")


def expect_terms(value: Any, batch: int) -> tuple[Array, Array]:
    """(reconstruction_loss, kl_loss), each (batch,), from what `elbo_terms` returned."""
    reconstruction, kl_loss = expect_pair(value, "what elbo_terms returns")
    hint = "You reduced the batch axis. Return one number for each example; train_step takes the mean."
    for name, term in (("reconstruction_loss", reconstruction), ("kl_loss", kl_loss)):
        array = expect_array(term, f"the {name} of elbo_terms")
        if array.shape == ():
            message = f"the {name} of elbo_terms has the wrong shape: expected ({batch},), received ()."
            raise CheckFailed(message, Mistake("terms-reduced-over-batch", hint, None))
        expect_array(array, f"the {name} of elbo_terms", (batch,))
    return np.asarray(reconstruction, np.float64), np.asarray(kl_loss, np.float64)


def expect_logs(value: Any, what: str) -> Array:
    """(loss, reconstruction_loss, kl_loss) from the dict that a step or a history holds."""
    if not isinstance(value, dict) or not set(LOGS) <= set(value):
        received = f"{sorted(value)[:8]}" if isinstance(value, dict) else "no dict"
        raise CheckFailed(f"{what} must be a dict with the keys {', '.join(LOGS)}: received {received}.")
    return np.stack([expect_shape(value[name], (), f"`{name}` in {what}") for name in LOGS])


def expect_gradient(found: Gradients, position: int, shape: Sequence[int], what: str) -> Array:
    """The gradient with respect to one of the inputs, if there is one."""
    return objects.expect_gradient(found, position, shape, what, mistakes.NO_GRADIENT)


def expect_fresh(first: Any, second: Any, what: str, same_every_call: Mistake) -> None:
    """Fail unless noise differs between calls, examples and entries; see `graders.common.noise.expect_fresh`."""
    common.expect_fresh(first, second, what, no_noise=mistakes.NO_NOISE, same_every_call=same_every_call)


def expect_standard_normal(noise: Array, what: str) -> None:
    """Fail unless each of the two columns looks like draws from N(0, 1), with a hint for known mistakes."""
    common.expect_standard_normal(noise, what, model_mistakes.noise())
