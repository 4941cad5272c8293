"""What is right, computed slowly and directly from the definitions of lesson `conditional`, in NumPy and float64.

Every network is one linear layer on the flattened input, so that each loss is a short formula, and each step of
plain gradient descent a finite difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from graders.common.reference import numerical_gradient
from judge.suite import Array


def one_hot(labels: Array, num_classes: int) -> Array:
    """Row k of the identity for label k: (batch, num_classes)."""
    rows: Array = np.eye(num_classes)[np.asarray(labels)]
    return rows


def append(x: Array, c: Array) -> Array:
    """Data with c behind it: pixel by pixel for images (batch, h, w, channels), else entry by entry."""
    x, c = np.asarray(x, np.float64), np.asarray(c, np.float64)
    everywhere = np.zeros((*x.shape[:-1], c.shape[1]))
    everywhere[...] = c if x.ndim == 2 else c[:, np.newaxis, np.newaxis]
    return np.concatenate([x, everywhere], axis=-1)


def softplus(logits: Array) -> Array:
    """log(1 + exp(logits)), elementwise, without overflow: -log of the probability of the other answer."""
    loss: Array = np.logaddexp(0.0, np.asarray(logits, np.float64))
    return loss


def class_loss(class_logits: Array, labels: Array) -> Array:
    """-log softmax(class_logits)[label], (batch,), in nats."""
    logits = np.asarray(class_logits, np.float64)
    shifted = logits - logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(shifted).sum(axis=1))
    return np.array([t - row[k] for t, row, k in zip(total, shifted, np.asarray(labels), strict=True)])


def bernoulli_nll(x: Array, logits: Array) -> Array:
    """-sum_i [x_i log pi_i + (1 - x_i) log(1 - pi_i)], pi = sigmoid(logits): (batch,), in nats."""
    x, logits = (np.asarray(a, np.float64).reshape(len(a), -1) for a in (x, logits))
    nll: Array = (x * softplus(-logits) + (1 - x) * softplus(logits)).sum(axis=1)
    return nll


def gaussian_nll(x: Array, mean: Array, variance: float) -> Array:
    """-sum_i log N(x_i; m_i, variance): (batch,), in nats."""
    x, mean = (np.asarray(a, np.float64).reshape(len(a), -1) for a in (x, mean))
    nll: Array = 0.5 * ((x - mean) ** 2 / variance + math.log(2 * math.pi * variance)).sum(axis=1)
    return nll


def kl_to_standard_normal(z_mean: Array, z_log_var: Array) -> Array:
    """KL of N(z_mean, exp(z_log_var)) from N(0, I): (batch,), in nats, summed over the entries."""
    kl: Array = 0.5 * (np.exp(z_log_var) + z_mean**2 - z_log_var - 1).sum(axis=1)
    return kl


class Linear:
    """Arrays by name, moved by plain gradient descent."""

    def moved(self, loss_of: str, names: tuple[str, ...], rate: float, *data: Array) -> Self:
        """The arrays after one step of gradient descent on method `loss_of`, in the named arrays only."""
        stepped = {}
        for name in names:

            def loss_at(values: Array, name: str = name) -> float:
                return float(getattr(replace(self, **{name: values}), loss_of)(*data))  # type: ignore[type-var]

            array = np.asarray(getattr(self, name))
            stepped[name] = array - rate * numerical_gradient(loss_at, array)
        return replace(self, **stepped)  # type: ignore[type-var]

    def arrays(self, *names: str) -> list[Array]:
        """The named arrays, or all, in their order."""
        return [np.asarray(getattr(self, name)) for name in names or [f.name for f in fields(self)]]  # type: ignore[arg-type]


@dataclass(frozen=True)
class LinearCVAE(Linear):
    """A conditional VAE of linear layers, without noise: z is z_mean.

    P pixels, C entries of c, J entries of z, K classes.

    Attributes:
        mean_kernel: (P + pixels * C, J), of the image with its planes, flattened.
        mean_bias: (J,).
        log_var_kernel: same shape as mean_kernel.
        log_var_bias: (J,).
        kernel: (J + C, P).
        bias: (P,).
        table: (K, C), row k is the c of label k.
    """

    mean_kernel: Array
    mean_bias: Array
    log_var_kernel: Array
    log_var_bias: Array
    kernel: Array
    bias: Array
    table: Array

    def encode(self, x: Array, labels: Array) -> tuple[Array, Array]:
        """z_mean and z_log_var, each (batch, J)."""
        seen = append(x, self.table[labels]).reshape(len(x), -1)
        return seen @ self.mean_kernel + self.mean_bias, seen @ self.log_var_kernel + self.log_var_bias

    def decode(self, z: Array, labels: Array) -> Array:
        """The parameters of p(x|z,y), flattened: (batch, P)."""
        return append(z, self.table[labels]) @ self.kernel + self.bias

    def terms(self, x: Array, labels: Array) -> tuple[Array, Array]:
        """(reconstruction loss with the Bernoulli likelihood, KL), each (batch,), in nats."""
        z_mean, z_log_var = self.encode(x, labels)
        return bernoulli_nll(x, self.decode(z_mean, labels)), kl_to_standard_normal(z_mean, z_log_var)

    def loss(self, x: Array, labels: Array) -> float:
        """Batch mean of -ELBO."""
        return float(sum(self.terms(x, labels)).mean())  # type: ignore[union-attr]


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

    def fakes(self, z: Array, labels: Array) -> Array:
        """What the generator makes, flattened: (batch, P)."""
        return append(z, self.table[labels]) @ self.generator_kernel + self.generator_bias

    def judge(self, x: Array, labels: Array) -> tuple[Array, Array]:
        """(authenticity logits (batch,), class logits (batch, K))."""
        seen = append(x, self.told_table[labels]) if self.told else np.asarray(x, np.float64)
        flat = seen.reshape(len(x), -1)
        return (flat @ self.kernel + self.bias)[:, 0], flat @ self.class_kernel + self.class_bias

    def sides(self, x: Array, labels: Array, z: Array) -> dict[str, Array]:
        """Each part of the two losses, (batch,): real, fake, real_class, fake_class, fooled.

        `fooled` is the non-saturating loss of the generator.
        """
        real, real_classes = self.judge(x, labels)
        fake, fake_classes = self.judge(self.fakes(z, labels).reshape(x.shape), labels)
        none = np.zeros(len(x))
        return {
            "real": softplus(-real),
            "fake": softplus(fake),
            "fooled": softplus(-fake),
            "real_class": class_loss(real_classes, labels) if real_classes.size else none,
            "fake_class": class_loss(fake_classes, labels) if fake_classes.size else none,
        }

    def discriminator_loss(self, x: Array, labels: Array, z: Array) -> float:
        """Batch mean of what the discriminator minimises."""
        s = self.sides(x, labels, z)
        return float((s["real"] + s["fake"] + self.class_weight * (s["real_class"] + s["fake_class"])).mean())

    def generator_loss(self, x: Array, labels: Array, z: Array) -> float:
        """Batch mean of what the generator minimises; of x only the shape counts."""
        s = self.sides(x, labels, z)
        return float((s["fooled"] + self.class_weight * s["fake_class"]).mean())
