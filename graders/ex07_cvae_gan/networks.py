"""How the label reaches the three networks, and what the model can do in use: checks and mistakes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from graders.common.labelled import (
    BATCH,
    CLASSES,
    NO_NOISE,
    PIXELS,
    SAME_EVERY_CALL,
    SHAPE,
    batch_of,
    expect_sampled_classes,
    labels_of,
    latents,
    mistakes_of_order,
    proves,
    random_table,
    small_network,
)
from graders.common.noise import expect_fresh, expect_standard_normal
from graders.common.objects import expect_shape, statistics_of
from graders.ex07_cvae_gan.linear_trio import random_trio, set_up
from judge.suite import Array, Mistake, Remote, Student, agree, cell, expect, expect_array, expect_pair

networks = cell("networks_check", read_again="section 3, equation (3)")
NAME = "ConditionalNetworks"

# fmt: off
ENCODE = "self.encoder(append_to_data(x, self.condition(labels)))"
DECODE = "self.decoder(append_condition(z, self.condition(labels)), training=training)"
JUDGE = "self.discriminator(append_to_data(images, c), training=training)"
SAMPLE = "return self.generate(self.noise(num_samples), labels)"
REBUILD = "return self.relabel(inputs, inputs[1])"
Z_MEAN = "z_mean, _ = self.encode(x, labels)"
RELABEL = "return self.generate(z_mean, new_labels)"
TRAINING_LOST = Mistake("training-not-passed-on",
    "The argument `training` does not reach the network: hand it on as it comes.")
RECONSTRUCT_SAMPLES = Mistake("reconstruct-samples",
    "Two calls gave two answers for one image: they decode a draw. Decode z_mean.")


def untold(name: str, call: str, old: str, what: str, who: str) -> None:
    """A network that is not told the label."""
    unheard = old.replace("self.cond", "0.0 * self.cond").replace(", c)", ", 0.0 * c)")
    networks.mistake(name, (call, call.replace(old, unheard)),
        f"Your {who} is not told the label: append c to {what}.")


untold("encoder-not-told", ENCODE, "self.condition(labels)", "the images that it encodes", "encoder")
untold("decoder-not-told", DECODE, "self.condition(labels)", "z", "decoder")
untold("discriminator-not-told", JUDGE, ", c)", "the images that it judges", "discriminator")
networks.mistake("encode-swapped", ("return z_mean, z_log_var", "return z_log_var, z_mean"),
    "encode returns z_log_var first; the order is z_mean, z_log_var.")
networks.mistake("judge-swapped", ("return logits, features", "return features, logits"),
    "judge returns the features first; the order is logits, features.")
networks.mistake("decode-sigmoid", (DECODE, f"ops.sigmoid({DECODE})"),
    "Your images go through a sigmoid again: what the decoder returns is the image.")
TABLE_BRIBED = networks.mistake("judge-rewrites-labels", (JUDGE, JUDGE.replace(", c)", ", self.condition(labels))")),
    "A gradient flows through what the discriminator is told: use the c of the given line.")
proves(networks, TRAINING_LOST, (DECODE, DECODE.replace("training=training", "training=False")),
    (JUDGE, JUDGE.replace("training=training", "training=False")),
    (DECODE, DECODE.replace("training=training", "training=True")),
    (JUDGE, JUDGE.replace("training=training", "training=True")),
    (DECODE, DECODE.replace(", training=training", "")), (JUDGE, JUDGE.replace(", training=training", "")))
mistakes_of_order(networks)
proves(networks, NO_NOISE, (SAMPLE, SAMPLE.replace("self.noise(", "0.0 * self.noise(")))
proves(networks, SAME_EVERY_CALL,
    (SAMPLE, SAMPLE.replace("self.noise(num_samples)", "keras.random.normal((num_samples, self.latent_dim), seed=7)")))
networks.mistake("prior-not-normal", (SAMPLE, SAMPLE.replace("self.noise(num_samples)",
    "keras.random.uniform((num_samples, self.latent_dim))")), "Your noise is uniform; the prior is standard normal.")
proves(networks, RECONSTRUCT_SAMPLES,
    [(Z_MEAN, "z_mean = self.sampling(*self.encode(x, labels))")],
    [(REBUILD, "return self.generate(self.sampling(*self.encode(*inputs)), inputs[1])")])
networks.mistake("relabel-encodes-new-label", (Z_MEAN, "z_mean, _ = self.encode(x, new_labels)"),
    "You encode the image with a label that it does not have: z then holds the difference. Encode with its own.")
networks.mistake("relabel-keeps-label", (RELABEL, "return self.generate(z_mean, labels)"),
    "relabel gives back the image with the label that it had: decode with the new one.")
networks.mistake("relabel-decodes-log-var", (Z_MEAN, "_, z_mean = self.encode(x, labels)"),
    "relabel decodes z_log_var; decode z_mean.")
networks.mistake("reconstruct-label-zero", (REBUILD, "return self.relabel(inputs, ops.zeros_like(inputs[1]))"),
    "reconstruct decodes with another label than the image has.")
networks.mistake("reconstruct-returns-input", (REBUILD, "return inputs[0]"),
    "reconstruct gives back what it was given: encode and decode.")
# fmt: on


def expect_heads(value: Any, what: str, batch: int = BATCH) -> Array:
    """(z_mean, z_log_var) as one array (2, batch, 2)."""
    named = zip(expect_pair(value, what), ("z_mean", "z_log_var"), strict=True)
    return np.stack([expect_shape(head, (batch, 2), name) for head, name in named])


def bare(student: Student, seed: int, **options: Any) -> tuple[Any, Remote]:
    """(weights, the student's ConditionalNetworks around them)."""
    weights = random_trio(seed, **options)
    return weights, set_up(student, NAME, weights).model


@networks.check("encode gives the encoder the data with c appended, and returns z_mean and z_log_var.")
def test_encode(student: Student) -> None:
    """One-hot and with a table; images."""
    for seed, table in ((0, None), (1, random_table(1))):
        weights, model = bare(student, seed, noise=True, table=table)
        x, labels = batch_of(seed)
        found = expect_heads(model.call("encode", x, labels), "what encode returns")
        agree(found, np.stack(weights.encode(x, labels)), "(z_mean, z_log_var)")


@networks.check("decode gives the decoder z with c appended, and returns its images as they are.")
def test_decode(student: Student) -> None:
    """The decoder is linear: its images may have any values here."""
    weights, model = bare(student, 2)
    z, labels = latents(2), labels_of(2)
    for method in ("decode", "generate"):
        agree(model.call(method, z, labels), weights.decode(z, labels), f"what {method} returns")


@networks.check("judge gives the discriminator the images with c appended, and returns logits and features.")
def test_judge(student: Student) -> None:
    """With a table, too; no gradient flows through what the discriminator is told."""
    for seed, table in ((3, None), (4, random_table(4))):
        weights = random_trio(seed, table=table)
        trio = set_up(student, NAME, weights)
        x, labels = batch_of(seed)
        logits, found = expect_pair(trio.model.call("judge", x, labels), "what judge returns")
        right_logits, right_features = weights.judge(x, labels)
        agree(found, right_features, "the features of judge")
        agree(logits, right_logits[:, None], "the logits of judge")
    through = trio.model.gradients("judge", x, labels, weights_of=trio.condition, output=0).weights
    cut = all(gradient is None or not np.any(gradient) for gradient in through)
    expect(cut, "the table of the condition would learn through the discriminator.", TABLE_BRIBED)


def normalised(student: Student, name: str) -> Remote:
    """A network whose first layer is a batch normalisation of momentum 1/2, which tells what it saw."""
    if name == "decoder":
        return small_network(student, name, [2 + CLASSES], {"image": PIXELS}, SHAPE)
    if name == "discriminator":
        return small_network(student, name, [*SHAPE[:-1], 1 + CLASSES], {"logit": 1, "features": 3})
    return small_network(student, name, [*SHAPE[:-1], 1 + CLASSES], {"z_mean": 2, "z_log_var": 2})


def moving_mean(network: Remote) -> Array:
    """Of the network's one batch normalisation."""
    found = statistics_of(network)
    expect(len(found) == 2, f"{network.type_name} has other moving statistics than it was given.")
    return expect_array(found[0], "the moving mean")


@networks.check("decode and judge pass `training` on; generate leaves moving statistics alone.",
                needs=[test_decode, test_judge])  # fmt: skip
def test_training_is_passed_on(student: Student) -> None:
    """Told by the moving mean of a batch normalisation."""
    x, labels = batch_of(5)
    for name, method, data in (("decoder", "decode", latents(5)), ("discriminator", "judge", x)):
        for calls, moves in (((method, data, labels, True), True), ((method, data, labels, False), False),
                             ((method, data, labels), False)):  # fmt: skip
            network = normalised(student, name)
            set_up(student, NAME, random_trio(5), parts={name: network}).model.call(*calls)
            moved = bool(np.abs(moving_mean(network)).max() > 1e-6)
            expect(moved == moves, f"{method} does not pass training={moves} on to the {name}.", TRAINING_LOST)


@networks.check("sample draws the labels that it is given, and without any the classes in turn.", needs=[test_decode])
def test_sample_labels(student: Student) -> None:
    """The decoder ignores z, so that each image tells its class."""
    weights, model = bare(student, 6, listens=False)
    of_class = weights.decode(np.zeros((CLASSES, 2)), np.arange(CLASSES)).reshape(CLASSES, -1)
    expect_sampled_classes(model, of_class, labels_of(6, 8))


@networks.check("sample draws z from the prior N(0, I), fresh for every image and call.", needs=[test_decode])
def test_sample_noise(student: Student) -> None:
    """The decoder returns z itself, twice; a right answer fails with probability below 1e-6."""
    kernel = np.concatenate([np.tile(np.eye(2), 2), np.zeros((CLASSES, PIXELS))])
    weights = replace(random_trio(7), kernel=kernel, bias=np.zeros(PIXELS), mean_bias=np.full(2, 2.0))
    model = set_up(student, NAME, weights).model
    draws = [expect_shape(model.call("sample", 3000), (3000, *SHAPE), "what sample returns") for _ in range(2)]
    first, second = (draw.reshape(3000, PIXELS)[:, :2] for draw in draws)
    expect_fresh(first, second, "sample", no_noise=NO_NOISE, same_every_call=SAME_EVERY_CALL)
    expect_standard_normal(first, "z of sample")


@networks.check(
    "reconstruct decodes z_mean with the image's own label, without noise.", needs=[test_encode, test_decode]
)
def test_reconstruct(student: Student) -> None:
    """With noise in q(z|x,y), which must not show."""
    weights, model = bare(student, 8, noise=True)
    x, labels = batch_of(8)
    _expect_decoded(model, "reconstruct", ((x, labels),), weights.decode(weights.encode(x, labels)[0], labels))


@networks.check("relabel encodes with the image's own label and decodes the same z with the new one.", weight=2,
                needs=[test_encode, test_decode])  # fmt: skip
def test_relabel(student: Student) -> None:
    """Labels moved by one, and one that is kept."""
    weights, model = bare(student, 9, noise=True)
    x, labels = batch_of(9)
    other = (labels + np.array([1, 2, 0, 1, 2, 1], np.int32)) % CLASSES
    _expect_decoded(model, "relabel", ((x, labels), other), weights.decode(weights.encode(x, labels)[0], other))


def _expect_decoded(model: Remote, method: str, arguments: tuple[Any, ...], right: Array) -> None:
    draws = [expect_shape(model.call(method, *arguments), right.shape, f"what {method} returns") for _ in "ab"]
    expect(np.allclose(draws[0], draws[1]), f"{method} gave two answers.", RECONSTRUCT_SAMPLES)
    agree(draws[0], right, f"what {method} returns")
