"""What the checks of the three steps have in common: who moves, whose statistics move, and the mistakes of all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from graders.common.labelled import BATCH, batch_of, expect_weights, random_table
from graders.common.objects import flat, weights_of
from graders.ex07_cvae_gan.linear_trio import LinearTrio, Trio, random_trio, set_up
from graders.ex07_cvae_gan.networks import moving_mean, normalised
from judge.suite import Array, Mistake, Remote, Student, agree, expect, expect_array

NAME = "CVAEGAN"
NO_Z = np.zeros((BATCH, 2))  # for decoders that ignore z
LARGE = 800  # examples whose mean is compared with an expectation

# fmt: off
NOT_REDUCED = Mistake("loss-not-reduced", "The losses give one number for each example; a step returns their mean.")
OTHERS_MOVED = Mistake("moves-another-network",
    "This step moved a network that is not its own: hand the optimizer the variables of one side alone, self.side_of.")
WITHOUT_TRAINING = Mistake("decoder-not-in-training",
    "The decoder's moving statistics stayed as they were: in all three steps it is in training mode.")
RULER_MOVED = Mistake("ruler-in-training",
    "This step moved the discriminator's moving statistics. Here it is a ruler: judge with training=False.")
NO_FRESH_NOISE = Mistake("no-fresh-noise",
    "Two calls made the same images: z is not drawn, or drawn from a fixed seed. Draw it with self.sampling and "
    "self.noise.")
NOT_OF_THEIR_LABELS = Mistake("labels-not-of-batch",
    "Some images are made or judged with other labels than those of the batch.")
# fmt: on


def number(value: Any, what: str) -> float:
    """One number that a step returns."""
    array = expect_array(value, what)
    message = f"{what} must be one number: received shape {array.shape}."
    expect(array.size == 1, message, NOT_REDUCED if array.size > 1 else None)
    return float(array.reshape(()))


def chance(weights: LinearTrio, x: Array, labels: Array, seed: int) -> tuple[Array, Array]:
    """The z of reconstructions and of drawn images, as they might have been drawn."""
    rng = np.random.default_rng(seed)
    z_mean, z_log_var = weights.encode(x, labels)
    z: Array = z_mean + np.exp(0.5 * z_log_var) * np.asarray(rng.normal(size=z_mean.shape))
    z_drawn: Array = np.asarray(rng.normal(size=z_mean.shape))
    return z, z_drawn


def expect_expectation(found: list[float], right: Callable[[int], float], what: str, mistake: Mistake) -> None:
    """Fail unless the mean of some calls is what the judge's own draws give, and the calls differ.

    Both sides are means over `LARGE` examples; 20 draws of the judge's tell how far two calls may lie apart. A right
    answer is more than eight of these standard deviations away with probability below 1e-6 (Student's t, 19 degrees).
    """
    own = [right(seed) for seed in range(20)]
    message = f"{what} is the same in two calls although the decoder listens to z."
    expect(len(set(found)) > 1, message, mistake)
    limit = 8 * float(np.std(own, ddof=1)) * math.sqrt(1 / len(found) + 1 / len(own))
    away = abs(float(np.mean(found) - np.mean(own)))
    received = f"expected {np.mean(own):.3f} on average, received {np.mean(found):.3f}."
    if away > limit:
        agree(np.mean(found), np.mean(own), f"{what}: {received} It", rtol=0.0, atol=limit)


def expect_only_moves(student: Student, method: str, side: set[str], **options: Any) -> None:
    """Fail unless a step moves the named parts and no other, whatever the learning rates."""
    x, labels = batch_of(70)
    weights = random_trio(70, table=random_table(70), **options)
    trio = set_up(student, NAME, weights, rates=(0.1, 0.2, 0.3))
    before = {name: weights_of(part) for name, part in trio.parts().items()}
    trio.model.call(method, x, labels)
    moved = {name for name, part in trio.parts().items() if not _same(before[name], weights_of(part))}
    others, still = sorted(moved - side), sorted(side - moved)
    expect(not others, f"{method} moved {', '.join(others)}.", OTHERS_MOVED)
    expect(not still, f"{method} did not move {', '.join(still)}.")


def _same(before: list[Array], after: list[Array]) -> bool:
    return len(before) == len(after) and all(map(np.array_equal, before, after))


def expect_weights_after(found: list[Array], right: list[Array], what: str = "the weights after one step") -> None:
    """Compare the weights of a network, or of several, in one go."""
    agree(flat(found, right), flat(right, right), what, rtol=1e-3, atol=2e-4)


def expect_statistics(student: Student, method: str) -> None:
    """In a step of the encoder or decoder, the decoder's moving statistics move, the discriminator's do not."""
    x, labels = batch_of(71)
    weights = random_trio(71)
    parts = {name: normalised(student, name) for name in ("decoder", "discriminator")}
    set_up(student, NAME, weights, rates=(0.0, 0.0, 0.0), parts=parts).model.call(method, x, labels)
    ruler = bool(np.abs(moving_mean(parts["discriminator"])).max() <= 1e-7)
    expect(ruler, f"{method} moved the discriminator's moving statistics.", RULER_MOVED)
    moved = bool(np.abs(moving_mean(parts["decoder"])).max() > 1e-6)
    expect(moved, f"{method} left the decoder's moving statistics as they were.", WITHOUT_TRAINING)


def expect_three_kinds_seen(student: Student) -> None:
    """The discriminator's batch normalisation has seen three kinds of images, each in a call of its own."""
    x, labels = batch_of(72)
    weights = random_trio(72)
    still = replace(weights, kernel=weights.kernel * np.array([[0.0]] * 2 + [[1.0]] * (len(weights.kernel) - 2)))
    judge = normalised(student, "discriminator")
    set_up(student, NAME, still, rates=(0.0, 0.0, 0.0), parts={"discriminator": judge}).model.call(
        "train_discriminator", x, labels
    )
    told = np.broadcast_to(still.table[labels][:, None, None], (*x.shape[:-1], still.table.shape[1]))
    kinds = [np.concatenate([images, told], axis=-1) for images in (x, still.decode(NO_Z, labels))]
    real, fake = (kind.reshape(BATCH, -1).mean(axis=0) for kind in kinds)
    # momentum 1/2 and three calls: the shares are 1/8, 1/4, 1/2, and those of the two fakes add up
    orders = [share * real + (0.875 - share) * fake for share in (0.125, 0.25, 0.5)]
    mean = moving_mean(judge)
    right = min(orders, key=lambda order: float(np.abs(order - mean).max()))
    agree(mean, right, "the moving mean of the discriminator's batch normalisation after its step")


def without_z(network: Remote, like: list[Array]) -> list[Array]:
    """The decoder's weights, with zeros in place of those that read z, which depend on chance."""
    kernel, bias = expect_weights(network, like)
    kernel = kernel.copy()
    kernel[:2] = 0
    return [kernel, bias]


def play(student: Student, weights: LinearTrio, rates: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Trio:
    """The student's CVAEGAN around linear networks, compiled."""
    return set_up(student, NAME, weights, rates=rates)
