"""What the three networks want: equations (4) to (7), their checks and their mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.adversarial_losses import cross_entropy
from graders.common.labelled import NO_GRADIENT
from graders.common.losses import kl_to_standard_normal
from graders.common.objects import expect_gradient, expect_shape, numbers
from graders.common.reference import numerical_gradient
from graders.ex07_cvae_gan.linear_trio import proves_in_hole, random_trio, set_up
from judge.suite import Array, Remote, Student, agree, cell, for_all

of_vae = cell("vae_losses_check", hole="losses", read_again="equation (4)")
of_gan = cell("gan_losses_check", hole="losses", read_again="equations (5) and (6)")
of_means = cell("mean_features_check", hole="losses", read_again="equation (7)")
NAME = "CVAEGANLosses"

# fmt: off
KL = "kl_to_standard_normal(z_mean, z_log_var)"
FEATURE = "0.5 * ops.sum(ops.square(features - rebuilt_features), axis=-1)"
SIDES = "ops.softplus(-real_logits) + ops.softplus(rebuilt_logits) + ops.softplus(drawn_logits)"
FOOLED = "ops.softplus(-rebuilt_logits) + ops.softplus(-drawn_logits)"
MEAN = "0.5 * ops.sum(ops.square(ops.mean(features, axis=0) - ops.mean(drawn_features, axis=0)))"
of_vae.mistake("prior-loss-batch-mean", (KL, f"ops.mean({KL})"),
    "You averaged the prior loss over the batch. Return one number for each example.")
of_vae.mistake("prior-loss-of-log-var", (KL, "kl_to_standard_normal(z_log_var, z_mean)"),
    "z_mean and z_log_var have changed places in the KL.")
of_vae.mistake("prior-loss-mean-over-entries", (KL, f"{KL} / z_mean.shape[-1]"),
    "You averaged the KL over the entries of z; it is their sum.")
of_vae.mistake("feature-loss-without-half", (FEATURE, FEATURE[6:]),
    "The factor 1/2 of equation (4) is missing: your feature loss is twice the right one.")
of_vae.mistake("feature-loss-mean-over-features", (FEATURE, FEATURE.replace("sum", "mean")),
    "You averaged over the features; equation (4) sums them, as a log-probability does. Averaged, it would lose to "
    "the KL, and z would fall silent.")
of_vae.mistake("feature-loss-batch-mean", (FEATURE, FEATURE.replace("0.5 * ops.sum(", "0.5 * ops.mean(ops.sum(") + ")"),
    "You averaged the feature loss over the batch. Return one number for each example.",
    also=[(FEATURE, FEATURE.replace(", axis=-1", ""))])
of_vae.mistake("feature-loss-over-batch", (FEATURE, FEATURE.replace("axis=-1", "axis=0")),
    "You summed over the batch, so one number for each feature is left. Sum over the features.")
of_vae.mistake("feature-loss-not-squared", (FEATURE, FEATURE.replace("square", "abs")),
    "You summed the sizes of the differences; equation (4) squares them.")
of_vae.mistake("feature-loss-root", (FEATURE, f"ops.sqrt({FEATURE})"),
    "You took the root: equation (4) is a squared distance.")
of_vae.mistake("feature-loss-of-squares", (FEATURE, FEATURE.replace("ops.square(features - rebuilt_features)",
    "ops.square(features) - ops.square(rebuilt_features)")),
    "You subtract squares; take the difference first, then its square.")
of_vae.mistake("feature-loss-negated", (FEATURE, f"-{FEATURE}"), "Your feature loss has the wrong sign: a distance is "
    "never below 0.")
proves_in_hole(of_vae, NO_GRADIENT, (FEATURE, FEATURE.replace("- rebuilt_features",
    "- ops.stop_gradient(rebuilt_features)")),
    (KL, KL.replace("(z_mean", "(ops.stop_gradient(z_mean)")))
of_gan.mistake("drawn-left-out", (SIDES, SIDES.replace(" + ops.softplus(drawn_logits)", "")),
    "The images drawn from the prior are missing: nobody looks at what the model will draw in use.",
    also=[(FOOLED, "ops.softplus(-rebuilt_logits)")])
of_gan.mistake("rebuilt-left-out", (SIDES, SIDES.replace(" + ops.softplus(rebuilt_logits)", "")),
    "The reconstructions are missing: they are fakes, too.", also=[(FOOLED, "ops.softplus(-drawn_logits)")])
of_gan.mistake("real-left-out", (SIDES, SIDES.replace("ops.softplus(-real_logits) + ", "")),
    "The real images are missing: the discriminator would call everything a fake.")
of_gan.mistake("reconstructions-taken-for-real", (SIDES, SIDES.replace("(rebuilt", "(-rebuilt")),
    "Reconstructions count as real in your loss. They come from the decoder: fakes.",
    also=[(SIDES, SIDES.replace("(drawn", "(-drawn"))])
of_gan.mistake("real-and-fake-swapped", (SIDES, SIDES.replace("(-real", "(real").replace("(rebuilt", "(-rebuilt")
    .replace("(drawn", "(-drawn")), "Real and fake are swapped: positive logits mean real.")
of_gan.mistake("fakes-averaged", (SIDES, "ops.softplus(-real_logits) + 0.5 * (ops.softplus(rebuilt_logits) + "
    "ops.softplus(drawn_logits))"), "You averaged the two kinds of fakes; equations (5) and (6) sum them.",
    also=[(FOOLED, f"0.5 * ({FOOLED})")])
of_gan.mistake("decoder-helps-discriminator", (FOOLED, SIDES[31:]),
    "Your decoder wants its images to be recognised as fakes; it wants them taken for real.")
of_gan.mistake("saturating-loss", (FOOLED, "-ops.softplus(rebuilt_logits) - ops.softplus(drawn_logits)"),
    "This is the saturating loss, log(1 - D); equation (6) has -log D.")
of_gan.mistake("gan-losses-batch-mean", (f"ops.sum({SIDES}, axis=-1)", f"ops.mean({SIDES})"),
    "You averaged over the batch. Return one number for each example.",
    also=[(f"ops.sum({FOOLED}, axis=-1)", f"ops.mean({FOOLED})"), (f"{SIDES}, axis=-1", SIDES),
          (f"{FOOLED}, axis=-1", FOOLED)])
of_gan.mistake("gan-losses-not-flat", (f"ops.sum({SIDES}, axis=-1)", f"{SIDES}"),
    "Your loss has the shape (batch, 1) of the logits: drop the axis of length 1.",
    also=[(f"ops.sum({FOOLED}, axis=-1)", FOOLED)])
of_gan.mistake("logits-as-probabilities", (SIDES, "-ops.log(real_logits) - ops.log(1 - rebuilt_logits) - "
    "ops.log(1 - drawn_logits)"), "You take logits for probabilities; the sigmoid is missing. Use softplus.",
    also=[(FOOLED, "-ops.log(rebuilt_logits) - ops.log(drawn_logits)")])
of_gan.mistake("through-probabilities", (SIDES, "-ops.log(ops.sigmoid(real_logits) + 1e-12) - "
    "ops.log(1 - ops.sigmoid(rebuilt_logits) + 1e-12) - ops.log(1 - ops.sigmoid(drawn_logits) + 1e-12)"),
    "Your loss takes the logarithm of a probability that may round to 0 or 1, and is wrong where it should be large. "
    "Compute it from the logits, with softplus.",
    also=[(FOOLED, "-ops.log(ops.sigmoid(rebuilt_logits) + 1e-12) - ops.log(ops.sigmoid(drawn_logits) + 1e-12)")])
proves_in_hole(of_gan, NO_GRADIENT, (SIDES, SIDES.replace("(drawn_logits)", "(ops.stop_gradient(drawn_logits))")),
    (FOOLED, FOOLED.replace("(-drawn_logits)", "(-ops.stop_gradient(drawn_logits))")),
    (SIDES, SIDES.replace("(rebuilt_logits)", "(ops.stop_gradient(rebuilt_logits))")),
    (FOOLED, FOOLED.replace("(-rebuilt_logits)", "(-ops.stop_gradient(rebuilt_logits))")))
of_means.mistake("mean-of-squares", (MEAN, "0.5 * ops.mean(ops.sum(ops.square(features - drawn_features), axis=-1))"),
    "You compare images pair by pair and average then. Take the mean of each batch first: no drawn image belongs to "
    "a real one.")
of_means.mistake("mean-without-half", (MEAN, MEAN[6:]), "The factor 1/2 of equation (7) is missing.")
of_means.mistake("mean-over-features", (MEAN, MEAN.replace("axis=0", "axis=-1")),
    "You took the mean over the features; it is the mean over the batch.")
of_means.mistake("mean-for-sum-of-squares", (MEAN, MEAN.replace("ops.sum(", "ops.mean(")),
    "You averaged over the features; equation (7) sums their squares.")
of_means.mistake("mean-not-squared", (MEAN, MEAN.replace("square", "abs")), "Equation (7) squares the differences.")
of_means.mistake("mean-one-for-each", (MEAN, "0.5 * ops.sum(ops.square(features - "
    "ops.mean(drawn_features, axis=0)), axis=-1)"),
    "You return one number for each example. A mean has no examples: one number for the batch.",
    also=[(MEAN, MEAN.replace("ops.sum(", "(")[:-1])])
proves_in_hole(of_means, NO_GRADIENT,
    (MEAN, MEAN.replace("ops.mean(drawn_features", "ops.mean(ops.stop_gradient(drawn_features)")))
# fmt: on
BATCH = 4


def _model(student: Student) -> Remote:
    return set_up(student, NAME, random_trio(0)).model


def _draw(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).normal(0, 1.5, shape).astype(np.float32)


def _expect_loss(model: Remote, method: str, right: Callable[..., Array], *inputs: Array) -> None:
    """The value on these inputs, then on any of the same shapes, and the gradient by each of them."""
    what, size = f"what {method} returns", len(inputs[0])
    found = [model.call(method, *(array[:n] for array in inputs)) for n in (size, 3)]
    expect_shape(found[0], np.shape(right(*inputs)), what, known_by=numbers(found))
    agree(found[0], right(*inputs), what)

    def has_the_value(**drawn: Array) -> None:
        agree(model.call(method, *drawn.values()), right(*drawn.values()), what, rtol=1e-3, atol=1e-3)

    anything = st.floats(-4, 4, width=32)
    shapes = {f"argument {i + 1}": arrays(np.float32, a.shape, elements=anything) for i, a in enumerate(inputs)}
    for_all(has_the_value, max_examples=6, **shapes)
    gradients = model.gradients(method, *inputs)
    for position, array in enumerate(inputs):

        def total(values: Array, position: int = position) -> float:
            return float(np.sum(right(*inputs[:position], values, *inputs[position + 1 :])))

        name = f"the gradient of {method} by its argument {position + 1}"
        slope = expect_gradient(gradients, position, array.shape, name, NO_GRADIENT)
        agree(slope, numerical_gradient(total, array), name, rtol=1e-3, atol=1e-3)


def right_feature_loss(features: Array, rebuilt: Array) -> Array:
    """Equation (4), example by example."""
    pairs = zip(np.asarray(features, np.float64), np.asarray(rebuilt, np.float64), strict=True)
    return np.array([0.5 * sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) for pair in pairs])


def right_authenticity_loss(real: Array, rebuilt: Array, drawn: Array) -> Array:
    """Equation (5)."""
    return (cross_entropy(real, 1.0) + cross_entropy(rebuilt, 0.0) + cross_entropy(drawn, 0.0))[:, 0]


def right_adversarial_loss(rebuilt: Array, drawn: Array) -> Array:
    """Equation (6)."""
    return (cross_entropy(rebuilt, 1.0) + cross_entropy(drawn, 1.0))[:, 0]


def right_mean_feature_loss(features: Array, drawn: Array) -> Array:
    """Equation (7)."""
    means = [np.asarray(f, np.float64).sum(axis=0) / len(f) for f in (features, drawn)]
    return np.array(0.5 * float(((means[0] - means[1]) ** 2).sum()))


@of_vae.check("prior_loss is the KL of q(z|x,y) from N(0, I), one number for each example.")
def test_prior_loss(student: Student) -> None:
    """Its value and its gradient."""
    _expect_loss(_model(student), "prior_loss", kl_to_standard_normal, _draw(1, BATCH, 3), 0.5 * _draw(2, BATCH, 3))


@of_vae.check(
    "feature_loss is half the squared distance of the features, summed, one number for each example.", weight=2
)
def test_feature_loss(student: Student) -> None:
    """Its value and its gradient."""
    _expect_loss(_model(student), "feature_loss", right_feature_loss, _draw(3, BATCH, 5), _draw(4, BATCH, 5))


def _logits(*seeds: int) -> list[Array]:
    return [_draw(seed, BATCH, 1) for seed in seeds]


@of_gan.check("authenticity_loss is equation (5): real images, reconstructions and drawn images.", weight=2)
def test_authenticity_loss(student: Student) -> None:
    """Its value and its gradient."""
    _expect_loss(_model(student), "authenticity_loss", right_authenticity_loss, *_logits(5, 6, 7))


@of_gan.check("adversarial_loss is equation (6): both kinds of fakes want to be taken for real.", weight=2)
def test_adversarial_loss(student: Student) -> None:
    """Its value and its gradient."""
    _expect_loss(_model(student), "adversarial_loss", right_adversarial_loss, *_logits(8, 9))


@of_gan.check("Both are exact for logits of any size.", needs=[test_authenticity_loss, test_adversarial_loss])
def test_gan_losses_are_exact(student: Student) -> None:
    """A wrong answer that is certain costs its logit."""
    model = _model(student)
    both = (("authenticity_loss", right_authenticity_loss, 3), ("adversarial_loss", right_adversarial_loss, 2))
    for size in (60.0, -60.0):
        logits = np.full((3, 1), size, np.float32)
        for method, right, count in both:
            given: list[Any] = [logits] * count
            agree(model.call(method, *given), right(*given), f"{method} of logits {size:g}", atol=1e-3)


@of_means.check("mean_feature_loss is half the squared distance of the batch's mean features, one number.")
def test_mean_feature_loss(student: Student) -> None:
    """Its value and its gradient."""
    _expect_loss(
        _model(student), "mean_feature_loss", right_mean_feature_loss, _draw(10, BATCH, 5), _draw(11, BATCH, 5)
    )
