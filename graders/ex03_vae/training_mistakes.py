"""Known wrong ways to write `train_step`, each with its hint.

Each function takes the inputs of a check (NumPy, float64) and returns what every mistake would answer to
exactly these inputs. A name may appear in several functions, always for the same mistake.
"""

from __future__ import annotations

import numpy as np

from judge.suite import Array, Mistake


def train_step(
    before: Array,
    after: Array,
    reconstruction: Array,
    kl_gradient: Array,
    in_encoder: Array,
    learning_rate: float,
    batch: int,
) -> list[Mistake]:
    """Mistakes in one step of plain gradient descent; all arrays are vectors over all trainable weights.

    Args:
        before: the weights.
        after: what the student's step made of them.
        reconstruction: gradient of the batch sum of the reconstruction loss.
        kl_gradient: that of the KL loss.
        in_encoder: 1 where a weight belongs to the encoder, 0 where to the decoder.
        learning_rate: of the optimiser.
        batch: number of examples.
    """
    step = learning_rate * (reconstruction + kl_gradient) / batch
    scale = learning_rate / batch
    length = float(kl_gradient @ kl_gradient)
    kl_weight = float(((before - after) / scale - reconstruction) @ kl_gradient) / length if length else 1.0
    return [
        Mistake(
            "train-gradient-ascent",
            "Your step goes uphill: the loss grows. Minimise -ELBO, the sum of both losses.",
            before + step,
        ),
        Mistake(
            "train-no-update",
            "No weight changed: hand the gradients to the optimiser.",
            before,
        ),
        Mistake(
            "train-sum-over-batch",
            "Your step is the right one times the number of examples: take the mean of the loss over the batch, not "
            "the sum.",
            before - batch * step,
        ),
        Mistake(
            "train-decoder-only",
            "Only the decoder learned. Use self.trainable_variables, which holds encoder and decoder.",
            before - step * (1 - in_encoder),
        ),
        Mistake(
            "train-encoder-only",
            "Only the encoder learned. Use self.trainable_variables, which holds encoder and decoder.",
            before - step * in_encoder,
        ),
        Mistake(
            "train-kl-missing",
            "Your step follows the reconstruction loss alone; the loss is the sum of both terms of equation (2).",
            before - scale * reconstruction,
        ),
        Mistake(
            "train-reconstruction-missing",
            "Your step follows the KL loss alone; the loss is the sum of both terms of equation (2).",
            before - scale * kl_gradient,
        ),
        Mistake(
            "train-kl-subtracted",
            "Your loss subtracts the KL; equation (2) adds it.",
            before - scale * (reconstruction - kl_gradient),
        ),
        Mistake(
            "train-step-twice",
            "Your step is twice the right one: update the weights once for each batch.",
            before - 2 * step,
        ),
        Mistake(
            "train-half-loss",
            "Your step is half the right one: the loss is the sum of the two terms, not their mean.",
            before - 0.5 * step,
        ),
        Mistake(
            "train-kl-weighted",
            f"Your step gives the KL the weight {kl_weight:.3g}; in equation (2) both terms have the weight 1. Is one "
            "of them averaged over its entries, or a factor beta left in?",
            before - scale * (reconstruction + kl_weight * kl_gradient),
        ),
    ]


def logs(means: Array, batch: int) -> list[Mistake]:
    """Mistakes in the dict of a step.

    Args:
        means: the right batch means of (loss, reconstruction_loss, kl_loss).
        batch: number of examples.
    """
    total, r, k = means
    return [
        Mistake(
            "logs-sum-over-batch",
            "Your losses are summed over the batch; report the mean over its examples.",
            batch * means,
        ),
        Mistake(
            "logs-loss-is-reconstruction",
            "Your `loss` is the reconstruction loss alone; it is the sum of both terms.",
            np.array([r, r, k]),
        ),
        Mistake(
            "logs-kl-subtracted",
            "Your `loss` subtracts the KL; equation (2) adds it.",
            np.array([r - k, r, k]),
        ),
        Mistake(
            "logs-swapped",
            "reconstruction_loss and kl_loss are swapped: look at the order in which elbo_terms returns them.",
            np.array([total, k, r]),
        ),
        Mistake(
            "logs-negative",
            "Your losses have the wrong sign: report -ELBO and its two terms.",
            -means,
        ),
    ]
