"""The mistakes that a program may hold: how each is recognised, where it is, and what is right instead.

A program comes without any note on its mistake; the judge knows it by the text of the guilty line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graders.ex04_debugger import inputs, oracles
from judge.suite import Array


@dataclass(frozen=True)
class Bug:
    """A mistake of the catalogue.

    Attributes:
        name: short and unique.
        cause: one sentence for the instructor, and for no student.
        line: the guilty line, without its indentation.
        function: the function it stands in.
        variable: the local variable that is wrong first.
        condition: true, on the line after the guilty one, for the batch on which the mistake shows.
        right: what the repaired function computes.
        wrong: what it computes as it stands.
        inputs: draws its arguments; the second argument says whether they should show the mistake.
        repaired: the right line in place of the guilty one, for the instructor.
        rtol: relative tolerance for a fix, wider where the function works in half precision.
    """

    name: str
    cause: str
    line: str
    function: str
    variable: str
    condition: str
    right: Callable[..., Array]
    wrong: Callable[..., Array]
    inputs: Callable[[np.random.Generator, bool], list[Array]]
    repaired: str
    rtol: float = 1e-3


BUGS = (
    Bug("empty-slice", "A slice whose pixels are all equal has no contrast: 0/0.",
        "scaled = (pixels - low) / (high - low)", "normalise", "scaled", "np.isnan(scaled).any()",
        oracles.normalise, oracles.normalise_wrong, inputs.slices,
        "scaled = (pixels - low) / np.maximum(high - low, 1.0)"),
    Bug("variance-floor", "A dead ReLU makes a variance of 0, and its logarithm is minus infinity.",
        "z_log_var = np.log(variance)", "log_variance", "z_log_var", "np.isinf(z_log_var).any()",
        oracles.log_variance, oracles.log_variance_wrong, inputs.heads,
        "z_log_var = np.log(np.maximum(variance, 1e-6))"),
    Bug("variance-for-std", "exp(z_log_var) is the variance; the noise wants its root.",
        "std = np.exp(z_log_var)", "reparameterise", "std", "std.max() > 50",
        oracles.reparameterise, oracles.variance_for_std, inputs.latents, "std = np.exp(0.5 * z_log_var)"),
    Bug("log-var-for-variance", "The log-variance is taken for the variance; negative ones have no root.",
        "std = np.sqrt(z_log_var)", "reparameterise", "std", "np.isnan(std).any()",
        oracles.reparameterise, oracles.log_var_for_variance, inputs.latents, "std = np.exp(0.5 * z_log_var)"),
    Bug("log-var-for-std", "The log-variance is taken for the standard deviation; for 0 its log is -inf.",
        "logs = np.log(z_log_var**2)", "kl_to_standard_normal", "logs", "np.isinf(logs).any()",
        oracles.kl_to_standard_normal, oracles.log_var_for_std, inputs.posteriors,
        "logs = z_log_var  # and exp(z_log_var) in the next line"),
    Bug("saturated-probability", "In float32 sigmoid(17) is 1, and log(1 - 1) is minus infinity: use logits.",
        "log_not_p = np.log(1.0 - p)", "reconstruction_loss", "log_not_p", "np.isinf(log_not_p).any()",
        oracles.reconstruction_loss, oracles.saturated_probability, inputs.images_and_logits,
        "losses = np.logaddexp(0.0, logits) - (0.9 * x + 0.05) * logits"),
    Bug("softplus-overflow", "In half precision exp overflows at 11.1.",
        "soft = np.log(1.0 + np.exp(half))", "softplus", "soft", "np.isinf(soft).any()",
        oracles.softplus, oracles.softplus_wrong, inputs.logits, "soft = np.logaddexp(0.0, half)", 5e-3),
    Bug("weights-underflow", "All importance weights underflow to 0; take the largest out first.",
        "bound = np.log(np.mean(np.exp(log_weights), axis=0))", "log_mean_exp", "bound", "np.isinf(bound).any()",
        oracles.log_mean_exp, oracles.log_mean_exp_wrong, inputs.log_weights,
        "top = log_weights.max(axis=0); bound = top + np.log(np.mean(np.exp(log_weights - top), axis=0))"),
    Bug("int16-overflow", "Squares above 32767 do not fit into int16 and turn negative.",
        "power = images * images", "slice_rms", "power", "power.min() < 0",
        oracles.slice_rms, oracles.slice_rms_wrong, inputs.bright_slices,
        'power = images.astype("float64") ** 2'),
    Bug("absent-class", "A class without slices has the count 0, and a weight without bounds.",
        "weights = len(one_hot) / (len(counts) * counts)", "class_weights", "weights", "np.isinf(weights).any()",
        oracles.class_weights, oracles.class_weights_wrong, inputs.one_hot,
        "weights = np.where(counts > 0, len(one_hot) / (len(counts) * np.maximum(counts, 1)), 0.0)"),
    Bug("mean-of-nothing", "The mean of no losses is 0/0.",
        "means[label] = losses[chosen].sum() / chosen.sum()", "class_means", "means", "np.isnan(means).any()",
        oracles.class_means, oracles.class_means_wrong, inputs.losses_and_labels,
        "means[label] = losses[chosen].sum() / max(1, chosen.sum())"),
    Bug("softmax-overflow", "exp overflows in float32 at 88.7; subtract the row's largest logit first.",
        "exponentials = np.exp(logits)", "softmax", "exponentials", "np.isinf(exponentials).any()",
        oracles.softmax, oracles.softmax_wrong, inputs.class_logits,
        "exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))"),
    Bug("scrambled-planes", "tile repeats the whole batch, so every slice gets pixels of all labels.",
        "planes = np.tile(one_hot, (8 * 8, 1)).reshape(len(labels), 8, 8, 3)", "label_planes", "planes",
        "labels.min() != labels.max()",
        oracles.label_planes, oracles.label_planes_wrong, inputs.labels,
        "planes = np.tile(one_hot[:, None, None, :], (1, 8, 8, 1))"),
    Bug("log-of-zero", "A certain discriminator gives probabilities of exactly 0 or 1: clip them.",
        "losses = -(target * np.log(probabilities) + (1.0 - target) * np.log(1.0 - probabilities))",
        "binary_cross_entropy", "losses", "not np.isfinite(losses).all()",
        oracles.binary_cross_entropy, oracles.binary_cross_entropy_wrong, inputs.probabilities,
        "probabilities = np.clip(probabilities, 1e-7, 1 - 1e-7), on a line before it", 0.03),
    Bug("zero-length", "A point at the origin has no direction: 0/0.",
        "directions = points / lengths", "unit_features", "directions", "np.isnan(directions).any()",
        oracles.unit_features, oracles.unit_features_wrong, inputs.points,
        "directions = points / np.where(lengths > 0, lengths, 1.0)"),
    Bug("empty-mode", "A mode that does not occur contributes 0 * log(0), which is not 0 but NaN.",
        "terms = share * np.log(share)", "diversity", "terms", "np.isnan(terms).any()",
        oracles.diversity, oracles.diversity_wrong, inputs.modes,
        "terms = share * np.log(np.where(share > 0, share, 1.0))"),
)  # fmt: skip


def bug_in(text: str) -> tuple[Bug, int]:
    """The mistake in a program, and the number of its line.

    Raises:
        LookupError: if there is not exactly one.
    """
    lines = [line.strip() for line in text.splitlines()]
    found = [(bug, lines.index(bug.line) + 1) for bug in BUGS if bug.line in lines]
    if len(found) != 1:
        raise LookupError(f"expected one mistake of the catalogue in the program, found {len(found)}")
    return found[0]
