"""The three steps together, and saving: checks and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.labelled import (
    LABELS_REQUIRED,
    LAST_BATCH,
    batch_of,
    expect_logs,
    expect_refused,
    labels_of,
    made_by_module,
    random_table,
)
from graders.common.objects import from_config, holds_objects, make, set_weights, weights_of
from graders.common.reference import random_images
from graders.ex07_cvae_gan import steps
from graders.ex07_cvae_gan.decoder_step import test_decoder_step
from graders.ex07_cvae_gan.discriminator_step import test_discriminator_step
from graders.ex07_cvae_gan.encoder_step import test_encoder_step
from graders.ex07_cvae_gan.linear_trio import (
    DECODER,
    DISCRIMINATOR,
    ENCODER,
    PARTS,
    LinearTrio,
    proves_in_hole,
    random_trio,
    set_up,
    silent,
)
from graders.ex07_cvae_gan.networks import test_relabel
from graders.ex07_cvae_gan.steps import NO_Z, play
from judge.suite import Array, CheckFailed, Mistake, Remote, Student, agree, cell, expect, expect_array

together = cell("step_check", hole="cvae_gan", read_again="section 5, equation (8)")
config = cell("config_check", hole="cvae_gan", read_again="section 5d")
LOGS = ("discriminator_loss", "encoder_loss", "prior_loss", "feature_loss", "decoder_loss")

# fmt: off
D_STEP = "discriminator_loss = self.train_discriminator(images, labels)\n"
E_STEP = "prior_loss, feature_loss = self.train_encoder(images, labels)\n"
G_STEP = "decoder_loss = self.train_decoder(images, labels)\n"
REPORT = "return self.update_trackers(discriminator_loss, prior_loss, feature_loss, decoder_loss)"
GAP = "        "
together.mistake("steps-in-another-order", (f"{D_STEP}{GAP}{E_STEP}", f"{E_STEP}{GAP}{D_STEP}"),
    "The steps come in another order: discriminator, encoder, decoder.",
    also=[(f"{E_STEP}{GAP}{G_STEP}", f"{G_STEP}{GAP}{E_STEP}"),
          (f"{D_STEP}{GAP}{E_STEP}{GAP}{G_STEP}", f"{E_STEP}{GAP}{G_STEP}{GAP}{D_STEP}")])
together.mistake("losses-mixed-up", (REPORT, REPORT.replace("prior_loss, feature_loss", "feature_loss, prior_loss")),
    "The losses go to the trackers in another order than these expect.",
    also=[(REPORT, "return self.update_trackers(decoder_loss, prior_loss, feature_loss, discriminator_loss)")])
proves_in_hole(together, LAST_BATCH, (REPORT,
    'return {"discriminator_loss": discriminator_loss, "prior_loss": prior_loss, '
    '"encoder_loss": prior_loss + feature_loss, "feature_loss": feature_loss, "decoder_loss": decoder_loss}'))
together.mistake("step-taken-twice", (G_STEP, f"self.train_decoder(images, labels)\n{GAP}{G_STEP}"),
    "One network takes two steps for each batch.", also=[(D_STEP,
    f"self.train_discriminator(images, labels)\n{GAP}{D_STEP}")])
proves_in_hole(together, steps.NOT_OF_THEIR_LABELS, (D_STEP, D_STEP.replace("labels)", "ops.flip(labels))")),
    (E_STEP, E_STEP.replace("labels)", "ops.flip(labels))")), (G_STEP, G_STEP.replace("labels)", "ops.flip(labels))")))
proves_in_hole(together, LABELS_REQUIRED, ("images, labels = images_and_labels(data)",
    "images, labels = images_and_labels(data if isinstance(data, tuple) else (data, ops.zeros(len(data), 'int32')))"))
together.mistake("batch-size-fixed",
    ("drawn = self.decode(self.noise(ops.shape(images)[0]), labels", "drawn = self.decode(self.noise(images.shape[0]), "
     "labels"),
    "Your step works for batches of one known size alone. Compiled, it is unknown: ops.shape(images)[0].")
SERIALISED = "config[part] = keras.saving.serialize_keras_object(getattr(self, part))"
MADE_AGAIN = "config[part] = keras.saving.deserialize_keras_object(config[part])"
UPDATED = "config.update(gamma=self.gamma, mean_features=self.mean_features)"
ARGUMENT_LOST = config.mistake("argument-lost", (UPDATED, "config.update(gamma=self.gamma)"),
    "The twin was made with other arguments than the original, probably defaults: gamma and mean_features belong into "
    "get_config.", also=[(UPDATED, "config.update(mean_features=self.mean_features)"),
                         (UPDATED, "config.update(gamma=1.0, mean_features=False)")])
OBJECTS = config.mistake("config-holds-objects", [(SERIALISED, "config[part] = getattr(self, part)"), (MADE_AGAIN,
    "pass")],
    "Your get_config returns live objects. Turn each part into plain data with keras.saving.serialize_keras_object.")
SHARED = config.mistake("config-shares-parts", [(SERIALISED,
    f"{SERIALISED}\n            setattr(type(self), 'last_' + part, "
    "getattr(self, part))"), (MADE_AGAIN, "config[part] = getattr(cls, 'last_' + part)")],
    "The twin uses the very same objects as the original; from_config must make new ones.")
NAME_LOST = config.mistake("name-lost", ("config = super().get_config()", "config = {}"),
    "The twin lost the name: begin with super().get_config().")
# fmt: on


# It has no patch of its own: what is lost in get_config is found there first.
LOST_ON_RELOAD = Mistake(
    "lost-on-reload",
    "A part was lost when the model was saved: which of the constructor's arguments are missing from get_config?",
)


def _logs(model: Remote, x: Array, labels: Array) -> Array:
    return expect_logs(model.call("train_step", (x, labels)), LOGS, "what train_step returns")


def _losses(weights: LinearTrio, x: Array, labels: Array, z: Array) -> Array:
    prior, feature = weights.encoder_terms(x, labels)
    return np.array([weights.discriminator_loss(x, labels, z, z), prior + feature, prior, feature,
                     weights.decoder_loss(x, labels, z, z)])  # fmt: skip


@together.check("train_step moves discriminator, encoder, decoder, in this order, on the batch's labels.", weight=2,
                needs=[test_discriminator_step, test_encoder_step, test_decoder_step])  # fmt: skip
def test_train_step(student: Student) -> None:
    """A decoder that ignores z tells whether the discriminator moves first, one that listens about the other two."""
    weights, (x, labels) = random_trio(60, listens=False), batch_of(60)
    trio = play(student, weights, (0.0, 0.05, 0.2))
    found = _logs(trio.model, x, labels)
    judged = weights.moved("discriminator_loss", DISCRIMINATOR, 0.2, x, labels, NO_Z, NO_Z)
    right = np.concatenate([_losses(weights, x, labels, NO_Z)[:1], _losses(judged, x, labels, NO_Z)[1:]])
    agree(found, right, f"({', '.join(LOGS)}) of train_step", rtol=1e-3, atol=1e-3)
    moved = judged.moved("decoder_loss", DECODER, 0.05, x, labels, NO_Z, NO_Z)
    steps.expect_weights_after(steps.without_z(trio.decoder, moved.arrays(*DECODER)), moved.arrays(*DECODER))
    expected = moved.arrays(*DISCRIMINATOR)
    steps.expect_weights_after(weights_of(trio.discriminator), expected, "the discriminator after one train_step")
    weights, (x, labels) = silent(random_trio(61)), batch_of(61)
    trio = play(student, weights, (0.02, 0.05, 0.0))
    found = _logs(trio.model, x, labels)[1:]
    encoded = weights.moved("encoder_loss", ENCODER, 0.02, x, labels)
    z = encoded.encode(x, labels)[0]
    right = np.concatenate([_losses(weights, x, labels, z)[1:4], _losses(encoded, x, labels, z)[4:]])
    agree(found, right, f"({', '.join(LOGS[1:])}) of train_step", rtol=1e-3, atol=1e-3)


@together.check("train_step returns the epoch's means, and refuses images without labels.", needs=[test_train_step])
def test_epoch_means(student: Student) -> None:
    """Two batches, the reset between epochs, one batch; with learning rates of 0."""
    weights = random_trio(62, listens=False)
    trio = play(student, weights)
    batches = [batch_of(62), (batch_of(63)[0], np.array([0, 1, 1, 0, 1, 1], np.int32))]
    means = [_losses(weights, *batch, NO_Z) for batch in batches]
    found = [_logs(trio.model, *batch) for batch in batches][-1]
    agree(found, np.mean(means, axis=0), f"({', '.join(LOGS)}) after two batches", rtol=1e-3, atol=1e-3)
    trio.model.call("reset_metrics")
    agree(_logs(trio.model, *batches[0]), means[0], f"({', '.join(LOGS)}) in a new epoch", rtol=1e-3, atol=1e-3)
    expect_refused(trio.model.attempt("train_step", batches[0][0]), "train_step")


@together.check("fit trains networks that are not built yet, in a graph, with a last batch that is smaller.",
                needs=[test_train_step], seconds=60)  # fmt: skip
def test_fit_in_a_graph(student: Student) -> None:
    """The course's own networks on images of 4 x 4 pixels."""
    parts = [
        made_by_module(student, "vae", "Encoder", latent_dim=2, hidden_units=4),
        made_by_module(student, "gan", "Generator", latent_dim=2, image_shape=[4, 4, 1], filters=2),
        make(student, "FeatureDiscriminator", filters=2),
    ]
    model = make(student, "CVAEGAN", *parts, made_by_module(student, "conditional", "OneHotCondition", num_classes=3))
    model.call("compile", "sgd", "sgd", "sgd", jit_compile=False)
    model.call("fit", random_images(64, 7, 4, 4, 1), labels_of(64, 7), batch_size=4, epochs=1, verbose=0)
    for part, name in zip(parts, PARTS[:3], strict=True):
        weights = weights_of(part)
        finite = bool(weights) and all(np.isfinite(w).all() for w in weights)
        expect(finite, f"after fit, the {name} has no weights, or weights that are no numbers.")


def _embedded(student: Student, seed: int, **options: Any) -> Remote:
    weights = random_trio(seed, table=random_table(seed, 4, 3), gamma=0.25, mean_features=True)
    return set_up(student, "CVAEGAN", weights, **options).model


def _relabelled(model: Remote, seed: int) -> Array:
    (x, labels), other = batch_of(seed), labels_of(seed + 1, 6, 4)
    return expect_array(model.call("relabel", (x, labels), other), "what relabel returns")


@config.check("from_config(get_config()) makes a model with parts and arguments like the original's.", weight=2,
              needs=[test_relabel])  # fmt: skip
def test_config(student: Student) -> None:
    """With a table, a gamma, a flag and a name that are not the defaults."""
    model = _embedded(student, 65, name="mine")
    described = model.call("get_config")
    expect(isinstance(described, dict), "get_config must return a dict.")
    expect(not holds_objects(described), "get_config must return plain data.", OBJECTS)
    twin = from_config(student, "CVAEGAN", described)
    expect(twin.get("name") == "mine", "the twin has another name than the original.", NAME_LOST)
    for name, value in (("gamma", 0.25), ("mean_features", True)):
        kept = twin.get(name) == value
        expect(bool(kept), f"the twin's {name} is not the original's.", ARGUMENT_LOST)
    expected = _relabelled(model, 65)
    _relabelled(twin, 65)  # builds what is not built yet
    pairs = [(model.get(name), twin.get(name)) for name in PARTS]
    for original, copy in pairs:
        set_weights(copy, weights_of(original))
    agree(_relabelled(twin, 65), expected, "what the twin makes with the same weights")
    for _, copy in pairs:
        set_weights(copy, [0 * w for w in weights_of(copy)])
    same = np.allclose(_relabelled(model, 65), expected)
    expect(bool(same), "changing the twin's weights changed the original.", SHARED)


@config.check("A model that was saved and loaded makes the same images, and trains on.", weight=2, needs=[test_relabel])
def test_reload(student: Student) -> None:
    """With a table, which must be in the file."""
    model = _embedded(student, 66, rates=(0.01, 0.01, 0.01))
    expected = _relabelled(model, 66)
    model.call("save", "saved.keras")
    try:
        reloaded = make(student, "keras.saving.load_model", "saved.keras")
        found = _relabelled(reloaded, 66)
    except CheckFailed as failure:
        lost = None if failure.fatal else LOST_ON_RELOAD
        raise CheckFailed(failure.message, lost) from None
    agree(found, expected, "what the reloaded model makes")
    expect_logs(reloaded.call("train_step", batch_of(66)), LOGS, "what train_step of the reloaded model returns")
