"""The discriminator's step: three kinds of images, and it moves alone. Checks and mistakes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.common.labelled import batch_of, expect_weights
from graders.ex07_cvae_gan import steps
from graders.ex07_cvae_gan.linear_trio import DISCRIMINATOR, LinearTrio, proves_in_hole, random_trio, set_up
from graders.ex07_cvae_gan.losses import test_authenticity_loss
from graders.ex07_cvae_gan.networks import moving_mean, normalised, test_decode, test_encode, test_judge
from graders.ex07_cvae_gan.steps import NO_Z, play
from judge.suite import Remote, Student, agree, cell, expect

step = cell("discriminator_step_check", hole="cvae_gan", read_again="section 5, equation (5)")
METHOD = "train_discriminator"

# fmt: off
REBUILT = "rebuilt = self.decode(self.sampling(*self.encode(images, labels)), labels, training=True)\n        drawn"
DRAWN = "drawn = self.decode(self.noise(ops.shape(images)[0]), labels, training=True)"
JUDGED = "self.judge(of_kind, labels, training=True)[0]"
KINDS = "(images, rebuilt, drawn)]"
LOSS = "loss = ops.mean(self.authenticity_loss(*logits))"
SIDE = 'variables = self.side_of("discriminator")'
APPLY = "self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)"
proves_in_hole(step, steps.NOT_REDUCED, (LOSS, "loss = self.authenticity_loss(*logits)"))
step.mistake("discriminator-loss-sum-over-batch", (LOSS, LOSS.replace("mean", "sum")),
    "Your loss is summed over the batch; take the mean over its examples.")
step.mistake("discriminator-loss-negated", (LOSS, LOSS.replace("= ops", "= -ops")),
    "Your loss has the wrong sign: it would be maximised.")
step.mistake("discriminator-without-update", (f"        {APPLY}\n", ""),
    "No weight moved: hand gradients to the optimizer.")
step.mistake("discriminator-uphill", (APPLY, APPLY.replace("tape.gradient(loss", "tape.gradient(-loss")),
    "Your step goes uphill: the loss grows.")
step.mistake("discriminator-one-optimizer-for-all", (APPLY, APPLY.replace("discriminator_opt", "decoder_opt")),
    "This side was moved by another side's optimizer: each has its own.",
    also=[(APPLY, APPLY.replace("discriminator_opt", "encoder_opt"))])
step.mistake("two-kinds-only", (KINDS, "(images, rebuilt, rebuilt)]"),
    "One kind of fakes is shown twice and the other never: reconstructions, and images drawn from the prior.",
    also=[(KINDS, "(images, drawn, drawn)]")])
step.mistake("reconstructions-shown-as-real", (KINDS, "(rebuilt, images, drawn)]"),
    "Real images and reconstructions have changed places.", also=[(KINDS, "(drawn, rebuilt, images)]")])
step.mistake("drawn-from-posterior", (DRAWN, DRAWN.replace("self.noise(ops.shape(images)[0])",
    "self.sampling(*self.encode(images, labels))")),
    "Your drawn images come from q(z|x,y), as the reconstructions. Draw their z from the prior, with self.noise.")
proves_in_hole(step, steps.NO_FRESH_NOISE, (DRAWN, DRAWN.replace("self.noise(ops.shape(images)[0])",
    "keras.random.normal((ops.shape(images)[0], self.latent_dim), seed=7)")))
step.mistake("reconstructions-without-noise", (REBUILT, REBUILT.replace("self.sampling(*self.encode(images, labels))",
    "self.encode(images, labels)[0]")), "Your reconstructions come from z_mean: in training, z is drawn from q(z|x,y).")
proves_in_hole(step, steps.NOT_OF_THEIR_LABELS, (DRAWN, DRAWN.replace("labels, training",
    "ops.flip(labels), training")),
    (REBUILT, REBUILT.replace("labels, training", "ops.flip(labels), training")),
    (JUDGED, JUDGED.replace("labels", "ops.zeros_like(labels)")),
    (REBUILT, REBUILT.replace("encode(images, labels)", "encode(images, ops.flip(labels))")))
proves_in_hole(step, steps.OTHERS_MOVED, [(f"        {DRAWN}\n        with tf.GradientTape() as tape:\n",
    f"        with tf.GradientTape() as tape:\n            {DRAWN}\n"), (SIDE, f'{SIDE} + self.side_of("decoder")')])
proves_in_hole(step, steps.WITHOUT_TRAINING, [(DRAWN, DRAWN.replace(", training=True", "")),
    (REBUILT, REBUILT.replace(", training=True", ""))], (DRAWN, DRAWN.replace(", training=True", "")),
    (REBUILT, REBUILT.replace(", training=True", "")))
NOT_IN_TRAINING = step.mistake("discriminator-not-in-training", (JUDGED, JUDGED.replace(", training=True", "")),
    "The discriminator's moving statistics stayed as they were: in its own step it is in training mode.")
step.mistake("kinds-in-one-batch", (f"[{JUDGED} for of_kind in {KINDS}",
    "ops.split(self.judge(ops.concatenate([images, rebuilt, drawn], axis=0), ops.tile(labels, 3), training=True)[0], "
    "3)"),
    "You judge the three kinds in one batch: each is normalised by the others' statistics. Call judge thrice.")
# fmt: on


@step.check("The loss is equation (5), of real, rebuilt and drawn images of the same labels.", weight=2,
            needs=[test_authenticity_loss, test_encode, test_decode, test_judge])  # fmt: skip
def test_discriminator_loss(student: Student) -> None:
    """First a decoder that ignores z, then one that listens, whose loss is known on average."""
    found, right = [], []
    for seed in (30, 31):
        weights, (x, labels) = random_trio(seed, listens=False), batch_of(seed)
        found.append(steps.number(play(student, weights).model.call(METHOD, x, labels), f"what {METHOD} returns"))
        right.append(weights.discriminator_loss(x, labels, NO_Z, NO_Z))
    agree(np.array(found), np.array(right), f"the loss of {METHOD}, for two batches,", rtol=1e-3)
    weights = random_trio(32, noise=True)
    x, labels = batch_of(0, steps.LARGE)
    model = play(student, weights).model
    calls = [steps.number(model.call(METHOD, x, labels), f"what {METHOD} returns") for _ in range(4)]

    def expected(seed: int) -> float:
        return weights.discriminator_loss(x, labels, *steps.chance(weights, x, labels, seed))

    steps.expect_expectation(calls, expected, f"the loss of {METHOD}", steps.NO_FRESH_NOISE)


@step.check("train_discriminator makes one step of the discriminator, and moves nothing else.", weight=2,
            needs=[test_discriminator_loss])  # fmt: skip
def test_discriminator_step(student: Student) -> None:
    """Compared with central differences of the definition; the other two have other learning rates."""
    weights, (x, labels) = random_trio(33, listens=False), batch_of(33)
    trio = play(student, weights, (0.5, 0.4, 0.2))
    trio.model.call(METHOD, x, labels)
    right = weights.moved("discriminator_loss", DISCRIMINATOR, 0.2, x, labels, NO_Z, NO_Z).arrays(*DISCRIMINATOR)
    steps.expect_weights_after(expect_weights(trio.discriminator, right), right)
    steps.expect_only_moves(student, METHOD, {"discriminator"})


@step.check("The three kinds are judged in three calls; decoder and discriminator are in training mode.",
            needs=[test_discriminator_loss])  # fmt: skip
def test_discriminator_statistics(student: Student) -> None:
    """Told by the moving means of batch normalisations."""
    x, labels = batch_of(34)
    decoder = normalised(student, "decoder")
    weights = random_trio(34)
    set_up(student, steps.NAME, weights, rates=(0.0, 0.0, 0.0), parts={"decoder": decoder}).model.call(
        METHOD, x, labels
    )
    mean = moving_mean(decoder)
    c = weights.table[labels].mean(axis=0)  # two calls with momentum 1/2: 3/4 of what each saw of c
    expect(bool(np.abs(mean).max() > 1e-6), "the decoder's moving statistics stayed.", steps.WITHOUT_TRAINING)
    agree(mean[2:], 0.75 * c, "what the decoder's moving mean has seen of c, in two calls")
    judge = normalised(student, "discriminator")
    still = replace(weights, kernel=np.concatenate([np.zeros((2, 4)), weights.kernel[2:]]))
    _around(student, still, discriminator=judge).call(METHOD, x, labels)
    unmoved = bool(np.abs(moving_mean(judge)).max() <= 1e-7)
    expect(not unmoved, "the discriminator's moving statistics stayed.", NOT_IN_TRAINING)
    steps.expect_three_kinds_seen(student)


def _around(student: Student, weights: LinearTrio, **parts: Remote) -> Remote:
    return set_up(student, steps.NAME, weights, rates=(0.0, 0.0, 0.0), parts=parts).model
