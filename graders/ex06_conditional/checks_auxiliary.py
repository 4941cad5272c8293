"""Checks of the class loss and of the discriminator with two heads."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import expect_gradient, expect_shape, expect_twin, make, set_weights, weights_of
from graders.common.reference import random_images
from graders.ex06_conditional import game_mistakes, mistakes, oracles
from judge.suite import Array, Remote, Student, agree, check, expect, expect_pair, for_all

LABELS = np.array([2, 0, 1, 2, 0], np.int32)
LOGITS = np.array(
    [[0.5, 1.7, 0.9], [1.1, 0.2, 2.0], [0.3, 0.8, 1.6], [1.9, 0.4, 0.6], [0.7, 1.2, 0.1]], np.float32
)
NAME = "the class loss"
READ_AGAIN = "section 7"


@check(
    cell="auxiliary_check",
    says="class_loss is -log softmax(class_logits)[label], one number for each example.",
    weight=3,
    read_again=READ_AGAIN,
)
def test_class_loss(student: Student) -> None:
    """First on an input that tells the known mistakes apart, then on any; equal logits cost log(num_classes)."""
    known = game_mistakes.class_loss(LOGITS, LABELS)
    found = student.call("class_loss", LOGITS, LABELS)
    expect_shape(found, (5,), NAME, known)
    agree(found, oracles.class_loss(LOGITS, LABELS), NAME, mistakes=known)
    undecided = student.call("class_loss", np.zeros((2, 7), np.float32), np.array([0, 6], np.int64))
    agree(undecided, np.full(2, np.log(7)), f"{NAME} of equal logits of seven classes")

    def has_the_value(logits: Array, labels: Array) -> None:
        agree(student.call("class_loss", logits, labels), oracles.class_loss(logits, labels), NAME, atol=1e-4)

    for_all(
        has_the_value,
        max_examples=8,
        logits=arrays(np.float32, (3, 4), elements=st.floats(-6, 6, width=32)),
        labels=arrays(np.int32, (3,), elements=st.integers(0, 3)),
    )


@check(
    cell="auxiliary_check",
    says="class_loss is exact for logits of any size, and its gradient is softmax minus one-hot.",
    needs=[test_class_loss],
    read_again=READ_AGAIN,
)
def test_class_loss_is_exact(student: Student) -> None:
    """A wrong answer that is certain costs the difference of the logits."""
    logits = np.array([[60.0, -60.0, 0.0], [90.0, 0.0, -90.0]], np.float32)
    labels = np.array([1, 0], np.int32)
    agree(
        student.call("class_loss", logits, labels),
        np.array([120.0, 0.0]),
        f"{NAME} of large logits",
        atol=1e-3,
    )
    found = student.gradients("class_loss", LOGITS, LABELS)
    shares = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    what = f"the gradient of {NAME} with respect to the logits"
    gradient = expect_gradient(found, 0, LOGITS.shape, what, mistakes.NO_GRADIENT)
    agree(gradient, shares - oracles.one_hot(LABELS, 3), what)


def _heads(value: Any, batch: int, num_classes: int) -> tuple[Array, Array]:
    first, second = expect_pair(value, "what the AuxiliaryDiscriminator returns")
    return (
        expect_shape(first, (batch, 1), "the authenticity logits"),
        expect_shape(second, (batch, num_classes), "the class logits"),
    )


@check(
    cell="auxiliary_check",
    says="The discriminator returns authenticity logits (batch, 1) and class logits (batch, num_classes).",
    read_again=READ_AGAIN,
)
def test_auxiliary_shapes(student: Student) -> None:
    """For two sizes of images, two numbers of classes and a batch of one; with and without training."""
    for seed, (num_classes, shape) in enumerate(((4, (8, 8, 1)), (2, (12, 8, 2)))):
        discriminator = make(student, "AuxiliaryDiscriminator", num_classes, filters=3)
        for batch in (3, 1):
            x = random_images(seed, batch, *shape)
            _heads(discriminator(x), batch, num_classes)
            _heads(discriminator(x, training=True), batch, num_classes)


def _randomise(discriminator: Remote, seed: int) -> None:
    """Give every kernel large random entries, so that nothing depends on how a student initialises."""
    rng = np.random.default_rng(seed)
    fresh = [
        rng.normal(0.0, 1.0, array.shape) if array.ndim > 1 else array
        for array in map(np.asarray, weights_of(discriminator))
    ]
    set_weights(discriminator, fresh)


@check(
    cell="auxiliary_check",
    says="Both heads give logits, any real numbers, that depend on the image.",
    weight=2,
    needs=[test_auxiliary_shapes],
    read_again=READ_AGAIN,
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
        _randomise(discriminator, seed)
        draws.append(_heads(discriminator(x), 24, 5))
    again = _heads(discriminator(x), 24, 5)
    same = np.allclose(again[0], draws[-1][0])
    expect(same, "the discriminator gave two answers for one image.", mistakes.NEW_LAYERS)
    for name, logits in (
        ("authenticity", np.stack([d[0] for d in draws])),
        ("class", np.stack([d[1] for d in draws])),
    ):
        low, high = logits.min(), logits.max()
        message = f"the {name} logits are the same for all images: they must depend on x."
        expect(bool(logits.std(axis=1).max() > 1e-6), message)
        expect(
            bool(low < -1 and high > 1),
            f"the {name} logits must reach any real number: with large weights expected numbers below -1 and above 1, "
            f"received {low:.3g} to {high:.3g}.",
            mistakes.HEAD_WITH_ACTIVATION,
        )
    sums = draws[0][1].sum(axis=1)
    message = "the class logits of each image have the same sum."
    expect(bool(np.ptp(sums) > 1e-3), message, mistakes.HEAD_WITH_ACTIVATION)


@check(
    cell="auxiliary_check",
    says="One body serves both heads.",
    needs=[test_auxiliary_shapes],
    read_again=READ_AGAIN,
)
def test_auxiliary_body_is_shared(student: Student) -> None:
    """Gradients of both heads reach some weight together."""
    x = 2 * random_images(8, 6, 8, 8, 1) - 1
    discriminator = make(student, "AuxiliaryDiscriminator", 3, filters=4)
    discriminator(x)
    _randomise(discriminator, 5)
    reached = []
    for head in (0, 1):
        found = discriminator.gradients(None, x, weights_of=discriminator, output=head).weights
        reached.append([gradient is not None and bool(np.any(gradient)) for gradient in found])
    common = any(first and second for first, second in zip(*reached, strict=True))
    expect(common, "the two heads have no weight in common.", mistakes.HEADS_WITHOUT_COMMON_BODY)


@check(
    cell="auxiliary_check",
    says="A discriminator made from get_config and given the same weights gives the same outputs.",
    needs=[test_auxiliary_shapes],
    read_again=READ_AGAIN,
)
def test_auxiliary_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"num_classes": 4, "filters": 3}
    x = random_images(9, 4, 8, 8, 1)
    expect_twin(student, "AuxiliaryDiscriminator", arguments, x, mistakes.CONFIG_DEFAULTS)
