"""The two GANs around linear networks: they differ in what the judge is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graders.common.networks import linear_network
from graders.common.objects import make
from graders.common.reference import random_images
from graders.ex06_conditional import mistakes, networks
from graders.ex06_conditional.expectations import expect_scalar, or_explain
from graders.ex06_conditional.networks import CLASSES, PIXELS, SHAPE, labels_of
from graders.ex06_conditional.oracles import LinearGame
from judge.suite import Array, Remote, Student

BATCH = 6
DISCRIMINATOR = ("kernel", "bias", "class_kernel", "class_bias")
NO_Z = np.zeros((BATCH, 2))  # for generators that ignore z


@dataclass(frozen=True)
class Kind:
    """One of the two classes.

    Attributes:
        name: of the student's class.
        told: whether its discriminator receives the label.
        options: further arguments of the constructor.
        class_weight: the weight of class losses that these arguments mean.
    """

    name: str
    told: bool
    options: dict[str, Any]
    class_weight: float

    def game(self, seed: int, table: Array | None = None, latent: float = 0.0) -> LinearGame:
        """Random weights of linear networks for it."""
        return networks.random_game(
            seed, told=self.told, table=table, class_weight=self.class_weight, latent=latent
        )

    def discriminator_arrays(self) -> tuple[str, ...]:
        """The names of the arrays that the discriminator's step moves."""
        return DISCRIMINATOR[:2] if self.told else DISCRIMINATOR


@dataclass(frozen=True)
class Players:
    """The student's GAN and its parts."""

    gan: Remote
    generator: Remote
    discriminator: Remote
    condition: Remote


def batch_of(seed: int) -> tuple[Array, Array]:
    """Images of `SHAPE` and labels of all classes."""
    return random_images(seed, BATCH, *SHAPE), labels_of(seed, BATCH)


def play(
    student: Student, kind: Kind, parts: tuple[Remote, Remote, Remote],
    rates: tuple[float, float] = (0.0, 0.0), **options: Any,
) -> Players:  # fmt: skip
    """Make and compile the student's GAN with plain gradient descent of these rates (generator, discriminator)."""
    generator, discriminator, condition = parts
    gan = make(student, kind.name, generator, discriminator, 2, condition, **kind.options, **options)
    compile_with(student, gan, rates)
    return Players(gan, generator, discriminator, condition)


def compile_with(student: Student, gan: Remote, rates: tuple[float, float]) -> None:
    """Compile a GAN with plain gradient descent of these rates (generator, discriminator)."""
    optimizers = [make(student, "keras.optimizers.SGD", learning_rate=rate) for rate in rates]
    gan.call("compile", generator_optimizer=optimizers[0], discriminator_optimizer=optimizers[1],
             run_eagerly=True, jit_compile=False)  # fmt: skip


def set_up(
    student: Student, kind: Kind, game: LinearGame, rates: tuple[float, float] = (0.0, 0.0), **options: Any
) -> Players:
    """`play` with linear networks of these weights."""
    return play(student, kind, networks.game_parts(student, game), rates, **options)


def _misled(student: Student, kind: Kind, game: LinearGame, method: str, *data: Array) -> None:
    """Would the method run if the discriminator were told nothing (cGAN), or were told the label (AC-GAN)?"""
    generator, _, condition = networks.game_parts(student, game)
    channels = 1 if kind.told else 1 + game.table.shape[1]
    seen = PIXELS * channels
    heads = {"authenticity": (np.zeros((seen, 1)), np.zeros(1))}
    if not kind.told:
        heads["classes"] = (np.zeros((seen, CLASSES)), np.zeros(CLASSES))
    other = linear_network(student, "other_discriminator", [*SHAPE[:-1], channels], heads)
    play(student, kind, (generator, other, condition)).gan.call(method, *data)


def step_loss(
    student: Student, kind: Kind, players: Players, game: LinearGame, method: str, *data: Array
) -> float:
    """What a step returns; a discriminator that is told too little or too much is named."""
    mistake = mistakes.DISCRIMINATOR_NOT_TOLD if kind.told else mistakes.DISCRIMINATOR_TOLD
    found = or_explain(
        lambda: players.gan.call(method, *data),
        lambda: _misled(student, kind, game, method, *data),
        mistake,
    )
    return expect_scalar(found, f"what {method} returns")
