"""The encoder's step: prior and features, and it moves alone. Checks and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.labelled import batch_of, expect_weights
from graders.ex07_cvae_gan import steps
from graders.ex07_cvae_gan.linear_trio import ENCODER, proves_in_hole, random_trio
from graders.ex07_cvae_gan.losses import test_feature_loss, test_prior_loss
from graders.ex07_cvae_gan.networks import test_decode, test_encode, test_judge
from graders.ex07_cvae_gan.steps import play
from judge.suite import Array, Remote, Student, agree, cell, expect_pair

step = cell("encoder_step_check", hole="cvae_gan", read_again="section 5, equations (4) and (8)")
METHOD = "train_encoder"

# fmt: off
HEAD = "            z_mean, z_log_var = self.encode(images, labels)\n"
REBUILT = "rebuilt = self.decode(self.sampling(z_mean, z_log_var), labels, training=True)"
JUDGED = "(self.judge(of_kind, labels)[1] for of_kind in (images, rebuilt))"
PRIOR = "prior_loss = ops.mean(self.prior_loss(z_mean, z_log_var))"
FEATURE = "feature_loss = ops.mean(self.feature_loss(features, rebuilt_features))\n            loss"
LOSS = "loss = prior_loss + feature_loss"
SIDE = 'variables = self.side_of("encoder")'
APPLY = "self.encoder_optimizer.apply(tape.gradient(loss, variables), variables)"
RETURN = "return prior_loss, feature_loss"
proves_in_hole(step, steps.NOT_REDUCED, (PRIOR, PRIOR.replace("ops.mean", "")), (FEATURE, FEATURE.replace("ops.mean",
    "")))
step.mistake("encoder-losses-swapped", (RETURN, "return feature_loss, prior_loss"),
    "train_encoder returns the feature loss first; the order is prior, feature.")
step.mistake("encoder-without-prior", (LOSS, "loss = feature_loss"),
    "The encoder does not see the prior loss: nothing holds z near N(0, I), from which images are drawn in use.")
step.mistake("encoder-without-features", (LOSS, "loss = prior_loss"),
    "The encoder does not see the feature loss: it will say nothing of the image.")
step.mistake("gamma-on-the-encoder", (LOSS, "loss = prior_loss + self.gamma * feature_loss"),
    "gamma weighs the feature loss for the decoder alone; here it changes what z means.",
    also=[(LOSS, "loss = self.gamma * prior_loss + feature_loss")])
step.mistake("encoder-fed-by-adversarial-loss", (LOSS,
    f"{LOSS} + ops.mean(ops.softplus(-self.judge(rebuilt, labels)[0]))"),
    "The encoder follows an adversarial loss: it is to say where an image lives, not what is easy to paint.",
    also=[(LOSS, f"{LOSS} + ops.mean(ops.softplus(self.judge(rebuilt, labels)[0]))")])
step.mistake("pixel-loss-kept", (JUDGED, "(ops.reshape(of_kind, (ops.shape(images)[0], -1)) for of_kind in "
    "(images, rebuilt))"), "You compare pixels; compare the discriminator's features of both images.",
    also=[(LOSS,
        f"{LOSS} + 0.5 * ops.mean(ops.sum(ops.square(ops.cast(images, 'float32') - rebuilt), axis=(1, 2, 3)))")])
step.mistake("encoder-loss-negated", (LOSS, "loss = -prior_loss - feature_loss"),
    "Your step goes uphill: the loss grows.", also=[(LOSS, "loss = feature_loss - prior_loss")])
step.mistake("encoder-sum-over-batch", (APPLY, APPLY.replace("tape.gradient(loss,",
    'tape.gradient(loss * ops.cast(ops.shape(images)[0], "float32"),')),
    "Your step is right, times the number of examples: take the mean of the loss.")
step.mistake("encoder-without-update", (f"        {APPLY}\n", ""), "No weight moved: hand gradients to the optimizer.")
step.mistake("encoder-one-optimizer-for-all", (APPLY, APPLY.replace("encoder_opt", "decoder_opt")),
    "This side was moved by another side's optimizer: each has its own.",
    also=[(APPLY, APPLY.replace("encoder_opt", "discriminator_opt"))])
step.mistake("encoder-without-noise", (REBUILT, REBUILT.replace("self.sampling(z_mean, z_log_var)", "z_mean")),
    "z is z_mean: the noise is missing, and with it the reason to keep z_log_var in bounds.")
step.mistake("encoder-reconstruction-cut", (REBUILT, REBUILT.replace("self.sampling(z_mean, z_log_var)",
    "ops.stop_gradient(self.sampling(z_mean, z_log_var))")),
    "The feature loss does not reach the encoder: the way from "
    "z to the reconstruction is cut. Draw z and decode on the tape.",
    also=[(REBUILT, REBUILT.replace("self.decode(", "ops.stop_gradient(self.decode(") + ")")])
step.mistake("encoder-draws-from-prior", (REBUILT, REBUILT.replace("self.sampling(z_mean, z_log_var)",
    "self.noise(ops.shape(images)[0])")), "Your reconstruction comes from the prior, and shows another image.")
proves_in_hole(step, steps.NOT_OF_THEIR_LABELS, (REBUILT, REBUILT.replace("labels, training",
    "ops.flip(labels), training")),
    (JUDGED, JUDGED.replace("labels", "ops.zeros_like(labels)")),
    (HEAD, HEAD.replace("labels)", "ops.flip(labels))")))
proves_in_hole(step, steps.OTHERS_MOVED, (SIDE, f'{SIDE} + self.side_of("decoder")'),
    (SIDE, f"{SIDE} + self.discriminator.trainable_variables[2:]"))
proves_in_hole(step, steps.WITHOUT_TRAINING, (REBUILT, REBUILT.replace(", training=True", "")))
proves_in_hole(step, steps.RULER_MOVED, (JUDGED, JUDGED.replace("labels)", "labels, training=True)")))
# fmt: on


def _terms(model: Remote, x: Array, labels: Array) -> Array:
    pair: Any = expect_pair(model.call(METHOD, x, labels), f"what {METHOD} returns")
    names = ("the prior loss", "the feature loss")
    return np.array([steps.number(v, f"{name} of {METHOD}") for v, name in zip(pair, names, strict=True)])


@step.check("The two losses are the batch means of equation (4).", weight=2,
            needs=[test_prior_loss, test_feature_loss, test_encode, test_decode, test_judge])  # fmt: skip
def test_encoder_losses(student: Student) -> None:
    """First without noise, then with it, where the feature loss is known on average."""
    found, right = [], []
    for seed in (40, 41):
        weights, (x, labels) = random_trio(seed), batch_of(seed)
        found.append(_terms(play(student, weights).model, x, labels))
        right.append(weights.encoder_terms(x, labels))
    agree(np.stack(found), np.stack(right), f"(prior, feature) of {METHOD}, for two batches,", rtol=1e-3, atol=1e-3)
    weights = random_trio(42, noise=True)
    x, labels = batch_of(0, steps.LARGE)
    model = play(student, weights).model
    calls = [float(_terms(model, x, labels)[1]) for _ in range(4)]

    def expected(seed: int) -> float:
        return weights.feature_loss(x, labels, steps.chance(weights, x, labels, seed)[0])

    steps.expect_expectation(calls, expected, f"the feature loss of {METHOD}", steps.NO_FRESH_NOISE)


@step.check("train_encoder makes one step of the encoder on the sum of both, and moves nothing else.", weight=3,
            needs=[test_encoder_losses])  # fmt: skip
def test_encoder_step(student: Student) -> None:
    """Compared with central differences of the definition, without noise; the other two have other learning rates."""
    weights, (x, labels) = random_trio(43), batch_of(43)
    trio = play(student, weights, (0.02, 0.4, 0.5))
    trio.model.call(METHOD, x, labels)
    right = weights.moved("encoder_loss", ENCODER, 0.02, x, labels).arrays(*ENCODER)
    steps.expect_weights_after(expect_weights(trio.encoder, right), right)
    steps.expect_only_moves(student, METHOD, {"encoder"}, noise=True)


@step.check("The decoder is in training mode, the discriminator is not.", needs=[test_encoder_losses])
def test_encoder_statistics(student: Student) -> None:
    """Told by the moving means of batch normalisations."""
    steps.expect_statistics(student, METHOD)
