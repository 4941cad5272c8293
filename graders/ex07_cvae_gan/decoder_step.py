"""The decoder's step: likeness and realism, and its side moves alone. Checks and mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.labelled import batch_of, expect_weights, random_table
from graders.ex07_cvae_gan import steps
from graders.ex07_cvae_gan.linear_trio import DECODER, LinearTrio, proves_in_hole, random_trio, silent
from graders.ex07_cvae_gan.losses import test_adversarial_loss, test_feature_loss, test_mean_feature_loss
from graders.ex07_cvae_gan.networks import test_decode, test_encode, test_judge
from graders.ex07_cvae_gan.steps import NO_Z, play
from judge.suite import Student, agree, cell

step = cell("decoder_step_check", hole="cvae_gan", read_again="section 5, equations (6) to (8)")
METHOD = "train_decoder"

# fmt: off
Z = "z, z_drawn = self.sampling(*self.encode(images, labels)), self.noise(ops.shape(images)[0])"
REBUILT = "rebuilt_logits, rebuilt_features = self.judge(self.decode(z, labels, training=True), labels)"
DRAWN = "drawn_logits, drawn_features = self.judge(self.decode(z_drawn, labels, training=True), labels)"
MEANS = "loss = self.mean_feature_loss(features, drawn_features)"
FOOLED = "loss = ops.mean(self.adversarial_loss(rebuilt_logits, drawn_logits))"
LOSS = "loss = self.gamma * ops.mean(self.feature_loss(features, rebuilt_features)) + loss"
SIDE = 'variables = self.side_of("decoder")'
APPLY = "self.decoder_optimizer.apply(tape.gradient(loss, variables), variables)"
proves_in_hole(step, steps.NOT_REDUCED, (LOSS, LOSS.replace("ops.mean", "")))
step.mistake("gamma-left-out", (LOSS, LOSS.replace("self.gamma * ", "")),
    "gamma is missing: it weighs the feature loss.")
step.mistake("gamma-on-the-wrong-side", (LOSS, LOSS.replace("self.gamma * ", "").replace("+ loss",
    "+ self.gamma * loss")),
    "gamma weighs your adversarial loss; it belongs to the feature loss.",
    also=[(LOSS, LOSS.replace("self.gamma * ", "self.gamma * (") + ")")])
step.mistake("decoder-without-features", (LOSS, "loss = 1.0 * loss"),
    "The decoder does not see the feature loss: it will paint well, but another image.")
step.mistake("decoder-without-adversary", (LOSS, LOSS.replace(" + loss", " + 0.0 * loss")),
    "The decoder does not see the adversarial loss: it will be as soft as a VAE's.")
step.mistake("decoder-fed-by-prior", (LOSS, f"{LOSS} + ops.mean(self.prior_loss(*self.encode(images, labels)))"),
    "The decoder's loss holds the KL, which does not depend on it.")
step.mistake("pixel-loss-kept-in-decoder", (LOSS, LOSS.replace("self.feature_loss(features, rebuilt_features)",
    "0.5 * ops.sum(ops.square(ops.cast(images, 'float32') - self.decode(z, labels)), axis=(1, 2, 3))")),
    "You compare pixels; compare the discriminator's features of both images.")
step.mistake("detached-reconstructions", (REBUILT, REBUILT.replace("self.decode(z, labels, training=True)",
    "ops.stop_gradient(self.decode(z, labels, training=True))")),
    "The reconstructions are cut off from the decoder: make them on the tape, or the feature loss teaches nobody.",
    also=[(LOSS, LOSS.replace("rebuilt_features)", "ops.stop_gradient(rebuilt_features))"))])
step.mistake("detached-drawn", (DRAWN, DRAWN.replace("self.decode(z_drawn, labels, training=True)",
    "ops.stop_gradient(self.decode(z_drawn, labels, training=True))")),
    "The drawn images are cut off from the decoder: make them on the tape.")
step.mistake("decoder-one-kind-only", (FOOLED, FOOLED.replace("rebuilt_logits", "drawn_logits")),
    "One kind of fakes counts twice and the other not at all.", also=[(FOOLED, FOOLED.replace("drawn_logits",
    "rebuilt_logits"))])
step.mistake("mean-features-of-reconstructions", (MEANS, MEANS.replace("drawn_features", "rebuilt_features")),
    "Equation (7) compares real images with drawn ones, not with their reconstructions.")
step.mistake("mean-features-ignored", ("if self.mean_features:", "if False:"),
    "mean_features changes nothing: with it, (7) takes the place of (6).", also=[("if self.mean_features:",
    "if True:")])
step.mistake("mean-features-added", (MEANS, f"{MEANS} + ops.mean(self.adversarial_loss(rebuilt_logits, drawn_logits))"),
    "With mean_features, (7) takes the place of (6); you add both.")
step.mistake("decoder-loss-negated", (LOSS, LOSS.replace("+ loss", "- loss")),
    "Your adversarial loss has the wrong sign.",
    also=[(LOSS, LOSS.replace("self.gamma", "-self.gamma"))])
step.mistake("decoder-uphill", (APPLY, APPLY.replace("tape.gradient(loss", "tape.gradient(-loss")),
    "Your step goes uphill: the loss grows.")
step.mistake("decoder-sum-over-batch", (APPLY, APPLY.replace("tape.gradient(loss,",
    'tape.gradient(loss * ops.cast(ops.shape(images)[0], "float32"),')),
    "Your step is right, times the number of examples: take the mean of the loss.")
step.mistake("decoder-without-update", (f"        {APPLY}\n", ""), "No weight moved: hand gradients to the optimizer.")
step.mistake("decoder-one-optimizer-for-all", (APPLY, APPLY.replace("decoder_opt", "encoder_opt")),
    "This side was moved by another side's optimizer: each has its own.",
    also=[(APPLY, APPLY.replace("decoder_opt", "discriminator_opt"))])
proves_in_hole(step, steps.NO_FRESH_NOISE, (Z, Z.replace("self.noise(ops.shape(images)[0])",
    "keras.random.normal((ops.shape(images)[0], self.latent_dim), seed=7)")))
step.mistake("decoder-without-posterior-noise", (Z, Z.replace("self.sampling(*self.encode(images, labels))",
    "self.encode(images, labels)[0]")), "Your reconstructions come from z_mean: in training, z is drawn from q(z|x,y).")
step.mistake("decoder-draws-from-posterior", (Z, Z.replace("self.noise(ops.shape(images)[0])",
    "self.sampling(*self.encode(images, labels))")),
    "Your drawn images come from q(z|x,y), as the reconstructions. Draw their z from the prior.")
proves_in_hole(step, steps.NOT_OF_THEIR_LABELS, (REBUILT, REBUILT.replace("z, labels", "z, ops.flip(labels)")),
    (DRAWN, DRAWN.replace("z_drawn, labels", "z_drawn, ops.flip(labels)")),
    (REBUILT, REBUILT.replace("True), labels)", "True), ops.flip(labels))")),
    (DRAWN, DRAWN.replace("True), labels)", "True), ops.flip(labels))")),
    ("_, features = self.judge(images, labels)\n        with",
    "_, features = self.judge(images, ops.flip(labels))\n        with"))
step.mistake("decoder-step-leaves-table", (SIDE, "variables = self.decoder.trainable_variables"),
    "The table of the condition stayed as it was: it is on the decoder's side. Step on self.side_of.")
proves_in_hole(step, steps.OTHERS_MOVED, (SIDE, f"{SIDE} + self.discriminator.trainable_variables"))
proves_in_hole(step, steps.WITHOUT_TRAINING, [(REBUILT, REBUILT.replace(", training=True", "")),
    (DRAWN, DRAWN.replace(", training=True", ""))])
proves_in_hole(step, steps.RULER_MOVED, (REBUILT, REBUILT.replace("True), labels)", "True), labels, training=True)")),
    (DRAWN, DRAWN.replace("True), labels)", "True), labels, training=True)")),
    ("_, features = self.judge(images, labels)\n        with",
    "_, features = self.judge(images, labels, training=True)\n        with"))
# fmt: on


def _loss(student: Student, weights: LinearTrio, seed: int) -> float:
    value = play(student, weights).model.call(METHOD, *batch_of(seed))
    return steps.number(value, f"what {METHOD} returns")


@step.check("The loss is gamma times the feature loss, plus the adversarial loss.", weight=2,
            needs=[test_feature_loss, test_adversarial_loss, test_encode, test_decode, test_judge])  # fmt: skip
def test_decoder_loss(student: Student) -> None:
    """First a decoder that ignores z, then one that listens, whose loss is known on average."""
    games = [(seed, random_trio(seed, listens=False, gamma=gamma)) for seed, gamma in ((50, 0.3), (51, 2.0))]
    found = np.array([_loss(student, weights, seed) for seed, weights in games])
    right = np.array([weights.decoder_loss(*batch_of(seed), NO_Z, NO_Z) for seed, weights in games])
    agree(found, right, f"the loss of {METHOD}, for two batches,", rtol=1e-3, atol=1e-3)
    weights = random_trio(52, noise=True)
    x, labels = batch_of(0, steps.LARGE)
    model = play(student, weights).model
    calls = [steps.number(model.call(METHOD, x, labels), f"what {METHOD} returns") for _ in range(4)]

    def expected(seed: int) -> float:
        return weights.decoder_loss(x, labels, *steps.chance(weights, x, labels, seed))

    steps.expect_expectation(calls, expected, f"the loss of {METHOD}", steps.NO_FRESH_NOISE)


@step.check("With mean_features, the mean features of real and drawn images are compared instead.",
            needs=[test_decoder_loss, test_mean_feature_loss])  # fmt: skip
def test_decoder_mean_features(student: Student) -> None:
    """The loss of a decoder that ignores z, and of one that listens to a z_mean far from 0."""
    weights = random_trio(53, listens=False, mean_features=True)
    right = weights.decoder_loss(*batch_of(53), NO_Z, NO_Z)
    agree(_loss(student, weights, 53), right, f"the loss of {METHOD} with mean_features", rtol=1e-3, atol=1e-3)
    _expect_step(student, 53, mean_features=True)
    listening = random_trio(54, mean_features=True)
    x, labels = batch_of(0, steps.LARGE)
    model = play(student, listening).model
    calls = [steps.number(model.call(METHOD, x, labels), f"what {METHOD} returns") for _ in range(4)]

    def expected(seed: int) -> float:
        return listening.decoder_loss(x, labels, *steps.chance(listening, x, labels, seed))

    steps.expect_expectation(calls, expected, f"the loss of {METHOD} with mean_features", steps.NO_FRESH_NOISE)


def _expect_step(student: Student, seed: int, mean_features: bool = False) -> None:
    """One step of a decoder that ignores z; the gradient of the weights that read z depends on chance."""
    weights, (x, labels) = random_trio(seed, listens=False, mean_features=mean_features), batch_of(seed)
    trio = play(student, weights, (0.5, 0.05, 0.4))
    trio.model.call(METHOD, x, labels)
    right = weights.moved("decoder_loss", DECODER, 0.05, x, labels, NO_Z, NO_Z).arrays(*DECODER)
    steps.expect_weights_after(steps.without_z(trio.decoder, right), right)


@step.check("train_decoder makes one step of the decoder's side, and moves nothing else.", weight=3,
            needs=[test_decoder_loss])  # fmt: skip
def test_decoder_step(student: Student) -> None:
    """Compared with central differences; then with a discriminator that says 0 to all, where nothing is chance."""
    _expect_step(student, 55)
    weights, (x, labels) = silent(random_trio(56)), batch_of(56)
    trio = play(student, weights, (0.5, 0.05, 0.4))
    trio.model.call(METHOD, x, labels)
    z = weights.encode(x, labels)[0]
    right = weights.moved("decoder_loss", DECODER, 0.05, x, labels, z, z).arrays(*DECODER)
    steps.expect_weights_after(
        expect_weights(trio.decoder, right), right, "the weights after a step on the feature loss"
    )
    steps.expect_only_moves(student, METHOD, {"decoder", "condition"}, noise=True)


@step.check("The table of an embedding learns through the decoder, and neither through encoder nor discriminator.",
            needs=[test_decoder_step])  # fmt: skip
def test_decoder_table(student: Student) -> None:
    """Compared with central differences, z and what the discriminator is told held fixed."""
    weights, (x, labels) = silent(random_trio(57, table=random_table(57))), batch_of(57)
    trio = play(student, weights, (0.5, 0.05, 0.4))
    trio.model.call(METHOD, x, labels)
    z = weights.encode(x, labels)[0]
    right = weights.moved("decoder_loss", ("table",), 0.05, x, labels, z, z).table
    (found,) = expect_weights(trio.condition, [weights.table])
    agree(found, right, "the table after the decoder's step", rtol=1e-3, atol=2e-4)


@step.check("The decoder is in training mode, the discriminator is not.", needs=[test_decoder_loss])
def test_decoder_statistics(student: Student) -> None:
    """Told by the moving means of batch normalisations."""
    steps.expect_statistics(student, METHOD)
