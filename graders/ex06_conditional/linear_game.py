"""The two GANs of linear layers: what is right, and the student's GANs around them. They differ in what the judge
is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graders.common.labelled import (
    BATCH,
    CLASSES,
    PIXELS,
    SHAPE,
    Linear,
    append,
    drawer,
    make_condition,
    scale_of_c,
)
from graders.common.networks import linear_network
from graders.common.objects import make
from judge.suite import Array, Remote, Student

DISCRIMINATOR = ("kernel", "bias", "class_kernel", "class_bias")
GENERATOR = ("generator_kernel", "generator_bias")
NO_Z = np.zeros((BATCH, 2))  # for generators that ignore z


def class_loss(class_logits: Array, labels: Array) -> Array:
    """-log softmax(class_logits)[label], (batch,), in nats."""
    logits = np.asarray(class_logits, np.float64)
    shifted = logits - logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(shifted).sum(axis=1))
    return np.array([t - row[k] for t, row, k in zip(total, shifted, np.asarray(labels), strict=True)])


def squared_distance(class_logits: Array, labels: Array) -> Array:
    """The same of the stand-in for class_loss."""
    return np.asarray(((class_logits - np.eye(class_logits.shape[1])[labels]) ** 2).sum(axis=1))


def softplus(logits: Array) -> Array:
    """log(1 + exp(logits)), elementwise, without overflow: -log of the probability of the other answer."""
    loss: Array = np.logaddexp(0.0, np.asarray(logits, np.float64))
    return loss


@dataclass(frozen=True)
class LinearGame(Linear):
    """A generator and a discriminator of one linear layer each, and the table of the condition.

    Attributes:
        generator_kernel: (J + C, P).
        generator_bias: (P,).
        kernel: (inputs, 1), of the authenticity logit.
        bias: (1,).
        class_kernel: (inputs, K), of the class logits; (inputs, 0) where there are none.
        class_bias: (K,) or (0,).
        table: (K, C), of the condition, as the generator reads it.
        told_table: the same numbers as the discriminator is told them; the generator's step does not follow them.
        told: whether the discriminator receives c with the example.
        class_weight: of the class losses; 0 where there are none.
        scale: c arrives that many times as large as it is in the table.
        sign: of the fakes; -1 where the student's LabelledGAN has a stand-in.
        squared: whether a stand-in's class loss is asked, which is a squared distance.
    """

    generator_kernel: Array
    generator_bias: Array
    kernel: Array
    bias: Array
    class_kernel: Array
    class_bias: Array
    table: Array
    told_table: Array
    told: bool
    class_weight: float
    scale: float
    sign: float
    squared: bool

    def fakes(self, z: Array, labels: Array) -> Array:
        """What the generator makes, flattened: (batch, P)."""
        return self.sign * (append(z, self.scale * self.table[labels]) @ self.generator_kernel + self.generator_bias)

    def judge(self, x: Array, labels: Array) -> tuple[Array, Array]:
        """(authenticity logits (batch,), class logits (batch, K))."""
        seen = append(x, self.scale * self.told_table[labels]) if self.told else np.asarray(x, np.float64)
        flat = seen.reshape(len(x), -1)
        return (flat @ self.kernel + self.bias)[:, 0], flat @ self.class_kernel + self.class_bias

    def of_fakes(self, x: Array, labels: Array, z: Array) -> tuple[Array, Array]:
        """What the discriminator says of fakes; of x only the shape counts."""
        return self.judge(self.fakes(z, labels).reshape(x.shape), labels)

    def discriminator_loss(self, x: Array, labels: Array, z: Array) -> float:
        """Batch mean of what the discriminator minimises."""
        (real, real_classes), (fake, fake_classes) = self.judge(x, labels), self.of_fakes(x, labels, z)
        classes = self._classes(real_classes, labels) + self._classes(fake_classes, labels)
        return float((softplus(-real) + softplus(fake) + classes).mean())

    def generator_loss(self, x: Array, labels: Array, z: Array) -> float:
        """Batch mean of what the generator minimises, not saturating."""
        fake, fake_classes = self.of_fakes(x, labels, z)
        return float((softplus(-fake) + self._classes(fake_classes, labels)).mean())

    def _classes(self, logits: Array, labels: Array) -> Array | float:
        loss = squared_distance if self.squared else class_loss
        return self.class_weight * loss(logits, labels) if logits.size else 0.0


@dataclass(frozen=True)
class Kind:
    """One of the student's classes.

    Attributes:
        name: of the class.
        told: whether its discriminator receives the label.
        options: further arguments of the constructor.
    """

    name: str
    told: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def game(self, student: Student, seed: int, table: Array | None = None, latent: float = 0.0) -> LinearGame:
        """Random weights for images of `SHAPE`, three classes and a latent dimension of 2, as float32 has them.

        Args:
            student: whose networks they will be.
            seed: tells the draws apart.
            table: of the condition; None for one-hot.
            latent: how strongly the generator listens to z; at 0 its images are known.
        """
        table = np.eye(CLASSES) if table is None else table
        draw, dim = drawer(seed), table.shape[1]
        seen, num_logits = (PIXELS * (1 + dim), 0) if self.told else (PIXELS, len(table))
        generator_kernel = draw(2 + dim, PIXELS)
        generator_kernel[:2] *= latent
        return LinearGame(
            generator_kernel=generator_kernel,
            generator_bias=draw(PIXELS),
            kernel=draw(seen, 1),
            bias=draw(1),
            class_kernel=draw(seen, num_logits),
            class_bias=draw(num_logits),
            table=table,
            told_table=table,
            told=self.told,
            class_weight=self.options.get("class_weight", 1.0),
            scale=scale_of_c(student),
            sign=-1.0 if student.stand_in("labelled_gan") else 1.0,
            squared=student.stand_in("auxiliary"),
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


def game_parts(student: Student, game: LinearGame) -> tuple[Remote, Remote, Remote]:
    """Linear (generator, discriminator) with these weights, and the student's condition."""
    image = {"image": (game.generator_kernel, game.generator_bias)}
    generator = linear_network(student, "linear_generator", [len(game.generator_kernel)], image, SHAPE)
    heads = {"authenticity": (game.kernel, game.bias)}
    if game.class_bias.size:
        heads["classes"] = (game.class_kernel, game.class_bias)
    seen = [*SHAPE[:-1], len(game.kernel) // (PIXELS // SHAPE[-1])]
    discriminator = linear_network(student, "linear_discriminator", seen, heads)
    return generator, discriminator, make_condition(student, game.table)


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
    return play(student, kind, game_parts(student, game), rates, **options)
