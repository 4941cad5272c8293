"""Checks of the losses of both sides, equations (3) to (5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import expect_shape
from graders.common.reference import sigmoid
from graders.ex05_gan import loss_mistakes, oracles
from graders.ex05_gan.expectations import agree_in_extremes, expect_gradient
from judge.suite import Array, Mistake, Student, agree, check, for_all

DISCRIMINATOR, GENERATOR, SATURATING = "discriminator_loss", "generator_loss", "saturating_generator_loss"
D_NAME, G_NAME, S_NAME = "the discriminator's loss", "the generator's loss", "the saturating loss"
# Generic logits on which every known mistake gives a number of its own.
REAL = np.array([1.2, -0.4, 2.5, 0.3], np.float32)
FAKE = np.array([0.5, -1.7, -0.9, 1.1], np.float32)
EXTREME = np.array([-1000.0, 1000.0, -90.0, 40.0], np.float32)

_LOGITS = arrays(np.float32, 3, elements=st.floats(-8, 8, width=32))
_TARGETS = arrays(np.float32, 3, elements=st.integers(0, 8).map(lambda k: k / 8))


def _column(logits: Array) -> Array:
    return logits[:, None]


@check(
    cell="discriminator_loss_check",
    says="The discriminator's loss is one number for each example: (batch,), from logits (batch, 1) or (batch,).",
    read_again="equation (3)",
)
def test_discriminator_loss_shape(student: Student) -> None:
    """For columns and vectors, and a batch of one."""
    known = loss_mistakes.discriminator(REAL, FAKE)
    expect_shape(student.call(DISCRIMINATOR, _column(REAL), _column(FAKE)), (4,), D_NAME, known)
    expect_shape(student.call(DISCRIMINATOR, REAL, FAKE), (4,), D_NAME, known)
    expect_shape(student.call(DISCRIMINATOR, _column(REAL[:1]), _column(FAKE[:1])), (1,), D_NAME)


@check(
    cell="discriminator_loss_check",
    says="The discriminator's loss is the cross-entropy of both sides, added: log 4 where it cannot tell.",
    weight=3,
    needs=[test_discriminator_loss_shape],
    read_again="equation (3)",
)
def test_discriminator_loss_value(student: Student) -> None:
    """A fixed input tells the known mistakes apart; then logits of 0; then any."""
    agree(student.call(DISCRIMINATOR, _column(REAL), _column(FAKE)), oracles.discriminator_loss(REAL, FAKE), D_NAME,
          mistakes=loss_mistakes.discriminator(REAL, FAKE))  # fmt: skip
    zeros = np.zeros((3, 1), np.float32)
    agree(student.call(DISCRIMINATOR, zeros, zeros), np.full(3, oracles.LOG_4), f"{D_NAME} for logits of 0")

    def has_the_value(real: Array, fake: Array) -> None:
        found = student.call(DISCRIMINATOR, _column(real), _column(fake))
        agree(found, oracles.discriminator_loss(real, fake), D_NAME, atol=1e-4)

    for_all(has_the_value, max_examples=12, real=_LOGITS, fake=_LOGITS)


@check(
    cell="discriminator_loss_check",
    says="The targets may be any numbers from 0 to 1, one for all or one for each example.",
    weight=2,
    needs=[test_discriminator_loss_value],
    read_again="equation (3)",
)
def test_discriminator_loss_targets(student: Student) -> None:
    """Numbers, columns and vectors; by name and by position."""
    real_target, fake_target = (
        np.array([0.9, 0.7, 1.0, 0.6], np.float32),
        np.array([0.3, 0.0, 0.1, 0.25], np.float32),
    )
    for real, fake in ((0.9, 0.2), (real_target, fake_target)):
        found = student.call(DISCRIMINATOR, REAL, FAKE, real_target=real, fake_target=fake)
        agree(found, oracles.discriminator_loss(REAL, FAKE, real, fake), f"{D_NAME} with targets",
              mistakes=loss_mistakes.targets(REAL, FAKE, real, fake))  # fmt: skip

    def has_the_value(real: Array, fake: Array, real_target: Array, fake_target: Array) -> None:
        found = student.call(DISCRIMINATOR, *map(_column, (real, fake, real_target, fake_target)))
        expected = oracles.discriminator_loss(real, fake, real_target, fake_target)
        agree(found, expected, f"{D_NAME} with targets", atol=1e-4)

    for_all(
        has_the_value, max_examples=8, real=_LOGITS, fake=_LOGITS, real_target=_TARGETS, fake_target=_TARGETS
    )


@check(
    cell="discriminator_loss_check",
    says="The discriminator's loss is exact and finite for logits of any size, and so is its gradient.",
    needs=[test_discriminator_loss_value],
    read_again="section 5",
)
def test_discriminator_loss_extremes(student: Student) -> None:
    """A logit of 1000 on the wrong side costs 1000 nats."""
    found = student.gradients(DISCRIMINATOR, _column(EXTREME), _column(-EXTREME))
    expected = oracles.discriminator_loss(EXTREME, -EXTREME)
    agree_in_extremes(found.value, expected, f"{D_NAME} for logits up to 1000")
    for position, slope in enumerate((sigmoid(EXTREME) - 1, sigmoid(-EXTREME))):
        what = f"the gradient of {D_NAME} for logits up to 1000"
        agree_in_extremes(found.inputs[position], _column(slope), what)


@check(
    cell="discriminator_loss_check",
    says="The gradient of the discriminator's loss is sigmoid(logit) minus the target, on both sides.",
    needs=[test_discriminator_loss_shape],
    read_again="equation (3)",
)
def test_discriminator_loss_gradient(student: Student) -> None:
    """From equation (3), by hand."""
    found = student.gradients(DISCRIMINATOR, _column(REAL), _column(FAKE))
    for position, (side, slope) in enumerate({"real": sigmoid(REAL) - 1, "fake": sigmoid(FAKE)}.items()):
        what = f"the gradient of {D_NAME} with respect to the {side} logits"
        agree(expect_gradient(found, position, (4, 1), what), _column(slope), what)


@check(
    cell="generator_loss_check",
    says="The generator's loss is one number for each example: (batch,), from logits (batch, 1) or (batch,).",
    read_again="equation (4)",
)
def test_generator_loss_shape(student: Student) -> None:
    """For columns and vectors, and a batch of one."""
    _has_the_shape(student, GENERATOR, G_NAME, loss_mistakes.generator(FAKE))


@check(
    cell="generator_loss_check",
    says="The saturating loss is one number for each example, too.",
    weight=0.5,
    read_again="equation (5)",
)
def test_saturating_loss_shape(student: Student) -> None:
    """For columns and vectors, and a batch of one."""
    _has_the_shape(student, SATURATING, S_NAME, loss_mistakes.saturating(FAKE))


def _has_the_shape(student: Student, name: str, what: str, known: Sequence[Mistake]) -> None:
    expect_shape(student.call(name, _column(FAKE)), (4,), what, known)
    expect_shape(student.call(name, FAKE), (4,), what, known)
    expect_shape(student.call(name, _column(FAKE[:1])), (1,), what)


def _has_the_value(student: Student, name: str, what: str, right: Callable[[Array], Array]) -> None:
    def has_the_value(fake: Array) -> None:
        agree(student.call(name, _column(fake)), right(fake), what, atol=1e-4)

    for_all(has_the_value, max_examples=10, fake=_LOGITS)


@check(
    cell="generator_loss_check",
    says="The generator's loss is the non-saturating one, -log D(G(z)).",
    weight=3,
    needs=[test_generator_loss_shape],
    read_again="equation (4)",
)
def test_generator_loss_value(student: Student) -> None:
    """A fixed input tells the known mistakes apart, then any."""
    agree(student.call(GENERATOR, _column(FAKE)), oracles.generator_loss(FAKE), G_NAME,
          mistakes=loss_mistakes.generator(FAKE))  # fmt: skip
    _has_the_value(student, GENERATOR, G_NAME, oracles.generator_loss)


@check(
    cell="generator_loss_check",
    says="The saturating loss is the generator's part of the value function, log(1 - D(G(z))).",
    weight=2,
    needs=[test_saturating_loss_shape],
    read_again="equation (5)",
)
def test_saturating_loss_value(student: Student) -> None:
    """A fixed input tells the known mistakes apart, then any."""
    agree(student.call(SATURATING, _column(FAKE)), oracles.saturating_generator_loss(FAKE), S_NAME,
          mistakes=loss_mistakes.saturating(FAKE))  # fmt: skip
    _has_the_value(student, SATURATING, S_NAME, oracles.saturating_generator_loss)


@check(
    cell="generator_loss_check",
    says="Where the discriminator is sure of a fake, one loss has the slope -1 and the other's vanishes.",
    weight=2,
    needs=[test_generator_loss_shape, test_saturating_loss_shape],
    read_again="section 6",
)
def test_generator_loss_gradients(student: Student) -> None:
    """-(1 - D) for equation (4), -D for equation (5), by hand."""
    logits = np.array([-9.0, -3.0, 0.4, 3.0], np.float32)
    for name, what, slope in (
        (GENERATOR, G_NAME, sigmoid(logits) - 1),
        (SATURATING, S_NAME, -sigmoid(logits)),
    ):
        found = student.gradients(name, _column(logits))
        gradient = expect_gradient(found, 0, (4, 1), f"the gradient of {what} with respect to the logits")
        agree(gradient, _column(slope), f"the gradient of {what} with respect to the logits", atol=1e-6)


@check(
    cell="generator_loss_check",
    says="Both losses are exact and finite for logits of any size, and so are their gradients.",
    needs=[test_generator_loss_value, test_saturating_loss_value],
    read_again="section 5",
)
def test_generator_loss_extremes(student: Student) -> None:
    """A logit of -1000 costs the generator 1000 nats."""
    for name, what, right, slope in (
        (GENERATOR, G_NAME, oracles.generator_loss, sigmoid(EXTREME) - 1),
        (SATURATING, S_NAME, oracles.saturating_generator_loss, -sigmoid(EXTREME)),
    ):
        found = student.gradients(name, _column(EXTREME))
        agree_in_extremes(found.value, right(EXTREME), f"{what} for logits up to 1000")
        agree_in_extremes(found.inputs[0], _column(slope), f"the gradient of {what} for logits up to 1000")
