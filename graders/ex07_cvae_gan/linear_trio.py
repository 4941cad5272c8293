"""A conditional VAE-GAN of linear layers: what is right, and the student's CVAEGAN around it.

Where the decoder ignores z, every image is known, and so is every loss; where the log-variances are -20, z is z_mean
to four digits; where the discriminator's logit is 0, nothing is left of chance in the decoder's loss.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graders.common.adversarial_losses import cross_entropy
from graders.common.labelled import CLASSES, PIXELS, SHAPE, Linear, append, drawer, make_condition, proves
from graders.common.losses import kl_to_standard_normal
from graders.common.networks import linear_network
from graders.common.objects import make
from judge.suite import Array, Cell, Mistake, Remote, Student

ENCODER = ("mean_kernel", "mean_bias", "log_var_kernel", "log_var_bias")
DECODER = ("kernel", "bias")
DISCRIMINATOR = ("logit_kernel", "logit_bias", "feature_kernel", "feature_bias")
PARTS = "encoder decoder discriminator condition".split()
FEATURES = 3
GAMMA = 0.3


@dataclass(frozen=True)
class LinearTrio(Linear):
    """Encoder, decoder and discriminator of one linear layer each, and the table of the condition.

    P pixels, C entries of c, J entries of z, F features, K classes.

    Attributes:
        mean_kernel, log_var_kernel: (P + pixels * C, J), of the image with its planes, flattened.
        mean_bias, log_var_bias: (J,).
        kernel, bias: (J + C, P), (P,), of the decoder.
        logit_kernel, logit_bias: (P + pixels * C, 1), (1,).
        feature_kernel, feature_bias: (P + pixels * C, F), (F,).
        table: (K, C), as encoder and decoder read it.
        told_table: the same numbers as the discriminator is told them; no step follows them.
        gamma: of the feature loss in the decoder's.
        mean_features: whether the decoder matches mean features.
    """

    mean_kernel: Array
    mean_bias: Array
    log_var_kernel: Array
    log_var_bias: Array
    kernel: Array
    bias: Array
    logit_kernel: Array
    logit_bias: Array
    feature_kernel: Array
    feature_bias: Array
    table: Array
    told_table: Array
    gamma: float = GAMMA
    mean_features: bool = False

    def encode(self, x: Array, labels: Array) -> tuple[Array, Array]:
        """z_mean and z_log_var, each (batch, J)."""
        seen = append(x, self.table[labels]).reshape(len(x), -1)
        return seen @ self.mean_kernel + self.mean_bias, seen @ self.log_var_kernel + self.log_var_bias

    def decode(self, z: Array, labels: Array) -> Array:
        """Images, (batch, *SHAPE)."""
        images: Array = (append(z, self.table[labels]) @ self.kernel + self.bias).reshape(len(z), *SHAPE)
        return images

    def judge(self, images: Array, labels: Array) -> tuple[Array, Array]:
        """(logits (batch,), features (batch, F))."""
        seen = append(images, self.told_table[labels]).reshape(len(images), -1)
        return (seen @ self.logit_kernel + self.logit_bias)[:, 0], seen @ self.feature_kernel + self.feature_bias

    def three_kinds(self, x: Array, labels: Array, z: Array, z_drawn: Array) -> list[tuple[Array, Array]]:
        """What the discriminator says of real, rebuilt and drawn images."""
        images = (x, self.decode(z, labels), self.decode(z_drawn, labels))
        return [self.judge(of_kind, labels) for of_kind in images]

    def discriminator_loss(self, x: Array, labels: Array, z: Array, z_drawn: Array) -> float:
        """Batch mean of equation (5)."""
        real, rebuilt, drawn = (logits for logits, _ in self.three_kinds(x, labels, z, z_drawn))
        return float((cross_entropy(real, 1.0) + cross_entropy(rebuilt, 0.0) + cross_entropy(drawn, 0.0)).mean())

    def encoder_terms(self, x: Array, labels: Array) -> Array:
        """Batch means of equation (4), (prior, feature), where z is z_mean."""
        z_mean, z_log_var = self.encode(x, labels)
        return np.array([kl_to_standard_normal(z_mean, z_log_var).mean(), self.feature_loss(x, labels, z_mean)])

    def encoder_loss(self, x: Array, labels: Array) -> float:
        """What the encoder minimises, where z is z_mean."""
        return float(self.encoder_terms(x, labels).sum())

    def feature_loss(self, x: Array, labels: Array, z: Array) -> float:
        """Batch mean of the feature loss for these z."""
        (_, features), (_, rebuilt) = self.judge(x, labels), self.judge(self.decode(z, labels), labels)
        return float(np.mean([0.5 * ((a - b) ** 2).sum() for a, b in zip(features, rebuilt, strict=True)]))

    def decoder_loss(self, x: Array, labels: Array, z: Array, z_drawn: Array) -> float:
        """What the decoder minimises: equation (8)."""
        (_, features), (rebuilt, _), (drawn, of_drawn) = self.three_kinds(x, labels, z, z_drawn)
        if self.mean_features:
            against = 0.5 * float(((features.mean(axis=0) - of_drawn.mean(axis=0)) ** 2).sum())
        else:
            against = float((cross_entropy(rebuilt, 1.0) + cross_entropy(drawn, 1.0)).mean())
        return self.gamma * self.feature_loss(x, labels, z) + against


def random_trio(
    seed: int, *, table: Array | None = None, noise: bool = False, listens: bool = True, **options: Any
) -> LinearTrio:
    """Draw weights for images of `SHAPE`, three classes and a latent dimension of 2, as float32 has them.

    Args:
        seed: tells the draws apart.
        table: of the condition; None for one-hot.
        noise: False makes every log-variance -20.
        listens: False makes a decoder that ignores z.
        **options: gamma, mean_features.
    """
    table = np.eye(CLASSES) if table is None else table
    draw, latent_dim, seen = drawer(seed), 2, PIXELS * (1 + table.shape[1])
    kernel = draw(latent_dim + table.shape[1], PIXELS)
    kernel[:latent_dim] *= listens
    return LinearTrio(
        mean_kernel=draw(seen, latent_dim),
        mean_bias=draw(latent_dim),
        log_var_kernel=draw(seen, latent_dim) * noise * 0.3,
        log_var_bias=draw(latent_dim) if noise else np.full(latent_dim, -20.0),
        kernel=kernel,
        bias=draw(PIXELS),
        logit_kernel=draw(seen, 1),
        logit_bias=draw(1),
        feature_kernel=draw(seen, FEATURES),
        feature_bias=draw(FEATURES),
        table=table,
        told_table=table,
        **options,
    )


def silent(weights: LinearTrio) -> LinearTrio:
    """The same with a discriminator that gives every image the logit 0."""
    return replace(weights, logit_kernel=0 * weights.logit_kernel, logit_bias=0 * weights.logit_bias)


@dataclass(frozen=True)
class Trio:
    """The student's model and its parts."""

    model: Remote
    encoder: Remote
    decoder: Remote
    discriminator: Remote
    condition: Remote

    def parts(self) -> dict[str, Remote]:
        """The parts by name."""
        return {name: getattr(self, name) for name in PARTS}


def linear_parts(student: Student, weights: LinearTrio) -> tuple[Remote, Remote, Remote]:
    """Linear (encoder, decoder, discriminator) with these weights."""
    seen = [*SHAPE[:-1], len(weights.mean_kernel) // (PIXELS // SHAPE[-1])]
    heads = {"z_mean": (weights.mean_kernel, weights.mean_bias),
             "z_log_var": (weights.log_var_kernel, weights.log_var_bias)}  # fmt: skip
    answers = {"logit": (weights.logit_kernel, weights.logit_bias),
               "features": (weights.feature_kernel, weights.feature_bias)}  # fmt: skip
    image = {"image": (weights.kernel, weights.bias)}
    return (
        linear_network(student, "linear_encoder", seen, heads),
        linear_network(student, "linear_decoder", [len(weights.kernel)], image, SHAPE),
        linear_network(student, "linear_discriminator", seen, answers),
    )


def set_up(
    student: Student, class_name: str, weights: LinearTrio, *, rates: tuple[float, float, float] | None = None,
    parts: dict[str, Remote] | None = None, **options: Any,
) -> Trio:  # fmt: skip
    """Make the student's class around linear networks.

    Args:
        student: the submission.
        class_name: CVAEGAN or one of its parents.
        weights: of the networks.
        rates: compile it with plain gradient descent of these (encoder, decoder, discriminator).
        parts: networks that take the place of linear ones.
        **options: further arguments of the constructor.
    """
    networks = dict(zip(PARTS, linear_parts(student, weights), strict=False))
    networks |= parts or {}
    condition = make_condition(student, weights.table, handed_out=True)
    arguments = {"gamma": weights.gamma, "mean_features": weights.mean_features} | options
    model = make(student, class_name, *networks.values(), condition, **arguments)
    if rates is not None:
        compile_with(student, model, rates)
    encoder, decoder, discriminator = networks.values()
    return Trio(model, encoder, decoder, discriminator, condition)


def compile_with(student: Student, model: Remote, rates: tuple[float, float, float]) -> None:
    """Compile with plain gradient descent of these rates (encoder, decoder, discriminator)."""
    made = [make(student, "keras.optimizers.SGD", learning_rate=rate) for rate in rates]
    names = ("encoder_optimizer", "decoder_optimizer", "discriminator_optimizer")
    model.call("compile", **dict(zip(names, made, strict=True)), run_eagerly=True, jit_compile=False)


_FIRST: dict[tuple[str, str], Cell] = {}


def proves_in_hole(cell: Cell, mistake: Mistake, *patches: Any) -> None:
    """`proves`, where checks of several cells of one hole name a mistake: the first cell keeps the patches of all."""
    first = _FIRST.setdefault((cell.hole, mistake.name), cell)
    known = [i for i, m in enumerate(first.mistakes) if m.name == mistake.name]
    if not known:
        proves(cell, mistake, *patches)
        return
    more = Cell(cell.name, cell.hole)
    proves(more, mistake, *patches)
    before = first.mistakes[known[0]]
    first.mistakes[known[0]] = replace(before, patches=before.patches + more.mistakes[0].patches)
