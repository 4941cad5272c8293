"""What is right, computed slowly and directly from the definitions of lesson `gan`, in NumPy and float64.

None of this is how a student should write it: sums are loops, steps are written out for linear networks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judge.suite import Array

LOG_4 = math.log(4.0)


def optimal_discriminator(p_data: Array, p_model: Array) -> Array:
    """Equation (2): p_data / (p_data + p_model), one outcome at a time; 1/2 where both are 0."""
    pairs = zip(np.ravel(p_data), np.ravel(p_model), strict=True)
    values = [a / (a + b) if a + b > 0 else 0.5 for a, b in pairs]
    return np.reshape(values, np.shape(p_data))


def value_function(p_data: Array, p_model: Array, d: Array) -> float:
    """Equation (1), one outcome at a time; an outcome of probability 0 adds nothing."""
    total = 0.0
    for data, model, real in zip(np.ravel(p_data), np.ravel(p_model), np.ravel(d), strict=True):
        total += data * math.log(real) if data > 0 else 0.0
        total += model * math.log(1 - real) if model > 0 else 0.0
    return total


def jensen_shannon(p: Array, q: Array) -> float:
    """Jensen-Shannon divergence of two distributions, in nats."""
    middle = (np.ravel(p) + np.ravel(q)) / 2
    total = 0.0
    for distribution in (np.ravel(p), np.ravel(q)):
        total += sum(a * math.log(a / m) / 2 for a, m in zip(distribution, middle, strict=True) if a > 0)
    return total


def cross_entropy(logits: Array, targets: Array | float) -> Array:
    """-t log D - (1 - t) log(1 - D) for D = sigmoid(logits), elementwise, without overflow."""
    logits = np.asarray(logits, np.float64)
    log_d, log_not_d = -np.logaddexp(0.0, -logits), -np.logaddexp(0.0, logits)
    loss: Array = -(targets * log_d + (1 - np.asarray(targets, np.float64)) * log_not_d)
    return loss


def discriminator_loss(
    real_logits: Array,
    fake_logits: Array,
    real_target: Array | float = 1.0,
    fake_target: Array | float = 0.0,
) -> Array:
    """Equation (3): the cross-entropies of both sides, added; (batch,) from logits (batch,)."""
    return cross_entropy(real_logits, real_target) + cross_entropy(fake_logits, fake_target)


def generator_loss(fake_logits: Array) -> Array:
    """Equation (4): -log D."""
    return np.logaddexp(0.0, -np.asarray(fake_logits, np.float64))


def saturating_generator_loss(fake_logits: Array) -> Array:
    """Equation (5): log(1 - D)."""
    return -np.logaddexp(0.0, np.asarray(fake_logits, np.float64))


@dataclass(frozen=True)
class Linear:
    """A linear network, x -> x kernel + bias, on flattened examples.

    Attributes:
        kernel: (inputs, outputs).
        bias: (outputs,).
    """

    kernel: Array
    bias: Array

    def __call__(self, x: Array) -> Array:
        """The outputs for (batch, ...) inputs: (batch, outputs)."""
        result: Array = np.reshape(np.asarray(x, np.float64), (len(x), -1)) @ self.kernel + self.bias
        return result

    def as_vector(self) -> Array:
        """Kernel and bias, as one vector."""
        return np.concatenate([np.ravel(self.kernel), np.ravel(self.bias)])

    def gradient(self, x: Array, by_outputs: Array) -> Array:
        """Gradient by kernel and bias of a mean over examples, as one vector.

        Args:
            x: (batch, ...), the inputs.
            by_outputs: (batch, outputs), the derivative of each example's loss by its own outputs.
        """
        by_kernel, by_bias = np.zeros(np.shape(self.kernel)), np.zeros(np.shape(self.bias))
        for example, slope in zip(np.asarray(x, np.float64), by_outputs, strict=True):
            by_kernel += np.outer(np.ravel(example), slope) / len(x)
            by_bias += np.ravel(slope) / len(x)
        return np.concatenate([by_kernel.ravel(), by_bias])


def minibatch_stddev(x: Array) -> Array:
    """x with one more feature, equation (6): one entry at a time."""
    x = np.asarray(x, np.float64)
    deviations = []
    for index in np.ndindex(x.shape[1:]):
        values = [float(example[index]) for example in x]
        mean = sum(values) / len(values)
        deviations.append(math.sqrt(sum((v - mean) ** 2 for v in values) / len(values) + 1e-8))
    feature = np.full((*x.shape[:-1], 1), sum(deviations) / len(deviations))
    return np.concatenate([x, feature], axis=-1)


def packs(x: Array, num_packed: int) -> Array:
    """Groups of consecutive examples, each joined along the last axis."""
    starts = range(0, len(x), num_packed)
    return np.stack([np.concatenate(list(x[s : s + num_packed]), axis=-1) for s in starts])


def closeness(m: Array) -> Array:
    """Equation (7), pair by pair: sum over the others of exp(-|m_i - m_j|).

    Args:
        m: (batch, num_kernels, kernel_dim), the projected examples.

    Returns:
        (batch, num_kernels).
    """
    total = np.zeros(m.shape[:2])
    for i in range(len(m)):
        for j in range(len(m)):
            if i != j:
                total[i] += np.exp(-np.abs(m[i] - m[j]).sum(axis=-1))
    return total


def distances(samples: Array, centres: Array) -> Array:
    """Distance of every sample from every centre, (samples, centres)."""
    return np.array([[math.dist(s, c) for c in np.asarray(centres)] for s in np.asarray(samples)])


def modes_covered(samples: Array, centres: Array, sd: float, share: float = 0.01) -> int:
    """How many centres have `share` of all samples within 3 sd that are nearest to them."""
    counts = [0] * len(centres)
    for row in distances(samples, centres):
        nearest = min(range(len(row)), key=row.__getitem__)
        counts[nearest] += row[nearest] <= 3 * sd
    return sum(count >= share * len(samples) for count in counts)


def high_quality(samples: Array, centres: Array, sd: float) -> float:
    """Share of the samples that lie within 3 sd of some centre."""
    return float(np.mean([min(row) <= 3 * sd for row in distances(samples, centres)]))


def diagnose(
    discriminator_losses: Sequence[float],
    generator_losses: Sequence[float],
    num_covered: int,
    num_modes: int,
) -> str:
    """The lesson's rule, in its order."""
    d, g = (list(losses)[len(losses) // 2 :] for losses in (discriminator_losses, generator_losses))
    if 2 * num_covered < num_modes:
        return "collapse"
    if sum(g) / len(g) > 3:
        return "divergence"
    balanced = abs(sum(d) / len(d) - LOG_4) < 0.1
    if _spread(d) < 0.1 and _spread(g) < 0.1 and balanced and num_covered == num_modes:
        return "equilibrium"
    return "training"


def _spread(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))


def ring_centres(num_modes: int = 8, radius: float = 2.0) -> Array:
    """Centres on a circle, none of them twice: (num_modes, 2)."""
    angles = [2 * math.pi * k / num_modes for k in range(num_modes)]
    return np.array([(radius * math.cos(a), radius * math.sin(a)) for a in angles])


def ring(num: int, seed: int, num_modes: int = 8, radius: float = 2.0, sd: float = 0.05) -> Array:
    """Points of a mixture of Gaussians with these centres, float32 (num, 2)."""
    rng = np.random.default_rng(seed)
    mean = ring_centres(num_modes, radius)[rng.integers(num_modes, size=num)]
    return (mean + rng.normal(0.0, sd, (num, 2))).astype(np.float32)
