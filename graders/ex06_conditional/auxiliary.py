"""The class loss and the discriminator with two heads: checks and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.behaviour import bend, expect_convolutions, expect_filters_matter, randomise_kernels
from graders.common.labelled import NO_GRADIENT, proves
from graders.common.objects import (
    expect_gradient,
    expect_shape,
    expect_twin,
    make,
    numbers,
)
from graders.common.reference import random_images
from graders.ex06_conditional import linear_game
from judge.suite import Array, Student, agree, cell, expect, expect_pair, for_all

auxiliary = cell("auxiliary_check", read_again="section 7")
LABELS = np.array([2, 0, 1, 2, 0], np.int32)
LOGITS = np.array([[0.5, 1.7, 0.9], [1.1, 0.2, 2.0], [0.3, 0.8, 1.6], [1.9, 0.4, 0.6], [0.7, 1.2, 0.1]], np.float32)
NAME = "the class loss"

# fmt: off
LOSS = "keras.losses.sparse_categorical_crossentropy(labels, class_logits, from_logits=True)"
CHOSEN = "ops.one_hot(labels, class_logits.shape[-1])"
REAL_HEAD, CLASS_HEAD = "layers.Dense(1)", "layers.Dense(num_classes)"
HEADS = "return self.authenticity_head(features), self.class_head(features)"
CONFIG = "config.update(num_classes=self.num_classes, filters=self.filters)"
auxiliary.mistake("class-loss-from-probabilities", (LOSS, LOSS.replace("class_logits", "tf.nn.softmax(class_logits)")),
    "You apply the softmax twice: class logits go into the loss as they are, which applies it.")
auxiliary.mistake("class-loss-logits-as-probabilities", (LOSS, LOSS.replace(", from_logits=True", "")),
    "Your loss takes the logits for probabilities; say from_logits, or apply the softmax first.")
auxiliary.mistake("class-loss-batch-mean", (LOSS, f"ops.mean({LOSS})"),
    "You averaged over the batch. Return one number for each example.")
auxiliary.mistake("class-loss-batch-sum", (LOSS, f"ops.sum({LOSS})"),
    "You summed over the batch. Return one number for each example.")
auxiliary.mistake("class-loss-negated", (LOSS, f"-{LOSS}"),
    "Your loss has the wrong sign: it is minus the logarithm of the probability of the true class.")
auxiliary.mistake("class-loss-base-2", (LOSS, f"{LOSS} / 0.6931471805599453"),
    "Your logarithm has base 2; losses of this course are in nats.")
auxiliary.mistake("class-loss-binary",
    (LOSS, f"ops.sum(ops.softplus(class_logits) - class_logits * {CHOSEN}, axis=-1)"),
    "You ask of each class separately whether it is the one (sigmoid). Exactly one class is right: softmax.")
auxiliary.mistake("class-loss-mean-over-classes", (LOSS, f"{LOSS} / class_logits.shape[-1]"),
    "You averaged over the classes; there is one true class, and its -log probability is the loss.")
auxiliary.mistake("class-loss-is-logit", (LOSS, f"-ops.sum(class_logits * {CHOSEN}, axis=-1)"),
    "You return minus the logit of the true class; the softmax is missing.")
auxiliary.mistake("class-loss-is-probability", (LOSS, f"ops.sum(ops.softmax(class_logits) * {CHOSEN}, axis=-1)"),
    "You return a probability; the loss is minus its logarithm.")
auxiliary.mistake("class-loss-through-probabilities",
    (LOSS, f"-ops.sum(ops.log(ops.softmax(class_logits) + 1e-12) * {CHOSEN}, axis=-1)"),
    "Your loss takes the logarithm of a probability that may round to 0, so it is cut off where it should be large. "
    "Compute it from the logits.",
    also=[(LOSS, "keras.losses.sparse_categorical_crossentropy(labels, tf.nn.softmax(class_logits))")])
proves(auxiliary, NO_GRADIENT, (LOSS, LOSS.replace("class_logits", "ops.stop_gradient(class_logits)")))
HEAD_WITH_ACTIVATION = auxiliary.mistake("head-with-activation",
    (CLASS_HEAD, CLASS_HEAD[:-1] + ', activation="softmax")'),
    "A head has an activation that squashes its numbers. Logits are any real numbers: use a linear layer.",
    also=[(REAL_HEAD, 'layers.Dense(1, activation="sigmoid")'), (CLASS_HEAD, CLASS_HEAD[:-1] + ', activation="tanh")'),
          (REAL_HEAD, 'layers.Dense(1, activation="tanh")'), (CLASS_HEAD, CLASS_HEAD[:-1] + ', activation="relu")')])
HEADS_WITHOUT_COMMON_BODY = auxiliary.mistake("heads-without-common-body",
    [("        x = self.activation(self.first(x))", "        images = x\n        x = self.activation(self.first(x))"),
     (HEADS, "return self.authenticity_head(features), self.class_head(self.flatten(self.other(images)))"),
     ("self.flatten = layers.Flatten()", "self.flatten = layers.Flatten()\n        "
      'self.other = layers.Conv2D(filters, 4, strides=2, padding="same")')],
    "Your two heads share no weights. One body, two heads: what helps to tell digits apart shall help to tell real "
    "from fake, too.")
NEW_LAYERS = auxiliary.mistake("layers-made-in-call",
    (HEADS, "return layers.Dense(1)(features), self.class_head(features)"),
    "Two calls gave two answers, as if layers were made anew each time. Make every layer in __init__.")
auxiliary.mistake("heads-swapped", (HEADS, "return self.class_head(features), self.authenticity_head(features)"),
    "The class logits come first; the order is authenticity, then classes.")
CONFIG_DEFAULTS = auxiliary.mistake("config-returns-defaults", (CONFIG, CONFIG.replace(", filters=self.filters", "")),
    "The twin was made with other arguments than the original, probably defaults: put each constructor argument "
    "into get_config, with the value that this object has.")
# fmt: on


@auxiliary.check("class_loss is -log softmax(class_logits)[label], one number for each example.", weight=3)
def test_class_loss(student: Student) -> None:
    """First on an input that tells the known mistakes apart, then on any; equal logits cost log(num_classes)."""
    found = [student.call("class_loss", LOGITS[:n], LABELS[:n]) for n in (5, 3)]
    expect_shape(found[0], (5,), NAME, known_by=numbers(found))
    agree(found[0], linear_game.class_loss(LOGITS, LABELS), NAME)
    undecided = student.call("class_loss", np.zeros((2, 7), np.float32), np.array([0, 6], np.int64))
    agree(undecided, np.full(2, np.log(7)), f"{NAME} of equal logits of seven classes")

    def has_the_value(logits: Array, labels: Array) -> None:
        expected = linear_game.class_loss(logits, labels)
        agree(student.call("class_loss", logits, labels), expected, NAME, atol=1e-4)

    for_all(
        has_the_value,
        max_examples=8,
        logits=arrays(np.float32, (3, 4), elements=st.floats(-6, 6, width=32)),
        labels=arrays(np.int32, (3,), elements=st.integers(0, 3)),
    )


@auxiliary.check(
    "class_loss is exact for logits of any size, and its gradient is softmax minus one-hot.",
    needs=[test_class_loss],
)
def test_class_loss_is_exact(student: Student) -> None:
    """A wrong answer that is certain costs the difference of the logits."""
    logits = np.array([[60.0, -60.0, 0.0], [90.0, 0.0, -90.0], [0.0, 90.0, -90.0]], np.float32)
    found = student.call("class_loss", logits, np.array([1, 0, 2], np.int32))
    agree(found, np.array([120.0, 0.0, 180.0]), f"{NAME} of large logits", atol=1e-3)
    gradients = student.gradients("class_loss", LOGITS, LABELS)
    shares = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    what = f"the gradient of {NAME} with respect to the logits"
    gradient = expect_gradient(gradients, 0, LOGITS.shape, what, NO_GRADIENT)
    agree(gradient, shares - np.eye(3)[LABELS], what)


def _heads(value: Any, batch: int, num_classes: int) -> tuple[Array, Array]:
    first, second = expect_pair(value, "what the AuxiliaryDiscriminator returns")
    return (
        expect_shape(first, (batch, 1), "the authenticity logits"),
        expect_shape(second, (batch, num_classes), "the class logits"),
    )


@auxiliary.check("The discriminator returns authenticity logits (batch, 1) and class logits (batch, num_classes).")
def test_auxiliary_shapes(student: Student) -> None:
    """For two sizes of images, two numbers of classes and a batch of one; with and without training."""
    for seed, (num_classes, shape) in enumerate(((4, (8, 8, 1)), (2, (12, 8, 2)))):
        discriminator = make(student, "AuxiliaryDiscriminator", num_classes, filters=3)
        for batch in (3, 1):
            x = random_images(seed, batch, *shape)
            _heads(discriminator(x), batch, num_classes)
            _heads(discriminator(x, training=True), batch, num_classes)


@auxiliary.check(
    "Both heads give logits, any real numbers, that depend on the image.",
    weight=2,
    needs=[test_auxiliary_shapes],
)
def test_auxiliary_logits(student: Student) -> None:
    """Kernels of size 1 make the output of a linear head exceed 1, and with other signs fall below -1.

    For one draw of the kernels all logits may have one sign, whatever the body; that sixteen draws agree in it
    happens once in 30,000 networks.
    """
    x = 2 * random_images(7, 24, 8, 8, 1) - 1
    discriminator = make(student, "AuxiliaryDiscriminator", 5, filters=4)
    discriminator(x)
    draws = []
    for seed in range(16):
        randomise_kernels(discriminator, seed)
        draws.append(_heads(discriminator(x), 24, 5))
    again = _heads(discriminator(x), 24, 5)
    same = np.allclose(again[0], draws[-1][0])
    expect(same, "the discriminator gave two answers for one image.", NEW_LAYERS)
    for position, name in enumerate(("authenticity", "class")):
        _expect_logits(np.stack([draw[position] for draw in draws]), name)
    sums = draws[0][1].sum(axis=1)
    message = "the class logits of each image have the same sum."
    expect(bool(np.ptp(sums) > 1e-3), message, HEAD_WITH_ACTIVATION)


def _expect_logits(logits: Array, name: str) -> None:
    """Fail unless logits (draws, batch, units) depend on the image and reach any number."""
    low, high = logits.min(), logits.max()
    message = f"the {name} logits are the same for all images: they must depend on x."
    expect(bool(logits.std(axis=1).max() > 1e-6), message)
    message = (
        f"the {name} logits must reach any real number: with large weights expected numbers below -1 and above 1, "
        f"received {low:.3g} to {high:.3g}."
    )
    expect(bool(low < -1 and high > 1), message, HEAD_WITH_ACTIVATION)


@auxiliary.check("One body serves both heads.", needs=[test_auxiliary_shapes])
def test_auxiliary_body_is_shared(student: Student) -> None:
    """Gradients of both heads reach some weight together."""
    x = 2 * random_images(8, 6, 8, 8, 1) - 1
    discriminator = make(student, "AuxiliaryDiscriminator", 3, filters=4)
    discriminator(x)
    randomise_kernels(discriminator, 5)
    reached = []
    for head in (0, 1):
        found = discriminator.gradients(None, x, weights_of=discriminator, output=head).weights
        reached.append([gradient is not None and bool(np.any(gradient)) for gradient in found])
    common = any(first and second for first, second in zip(*reached, strict=True))
    expect(common, "the two heads have no weight in common.", HEADS_WITHOUT_COMMON_BODY)


@auxiliary.check(
    "Its body is convolutional, as wide as `filters` says, and bends.", weight=0.5, needs=[test_auxiliary_shapes]
)
def test_auxiliary_body(student: Student) -> None:
    """Half way between two images, the logits are not half way between; how many layers there are is free."""
    discriminator = make(student, "AuxiliaryDiscriminator", 3, filters=4)
    a, b = (2 * random_images(seed, 6, 8, 8, 1) - 1 for seed in (10, 11))
    discriminator(a)
    expect_convolutions(discriminator)
    expect_filters_matter(student, "AuxiliaryDiscriminator", a, num_classes=3)
    randomise_kernels(discriminator, 6)
    expect(bend(discriminator, a, b) > 1e-2, "the discriminator is one linear map from image to logits.")


@auxiliary.check(
    "A discriminator made from get_config and given the same weights gives the same outputs.",
    needs=[test_auxiliary_shapes],
)
def test_auxiliary_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"num_classes": 4, "filters": 3}
    x = random_images(9, 4, 8, 8, 1)
    expect_twin(student, "AuxiliaryDiscriminator", arguments, x, CONFIG_DEFAULTS)
