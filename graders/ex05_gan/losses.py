"""The losses of both sides, equations (3) to (5): their checks and their mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common import adversarial_losses as right
from graders.common.objects import expect_gradient, expect_shape, numbers
from graders.common.reference import sigmoid
from graders.ex05_gan.theory import LOG_4, SWAPPED
from judge.suite import Array, CheckFailed, Mistake, Student, agree, cell, for_all, in_shape

of_discriminator = cell("discriminator_loss_check", read_again="equation (3)")
of_generator = cell("generator_loss_check", read_again="equation (4)")
DISCRIMINATOR, GENERATOR, SATURATING = "discriminator_loss", "generator_loss", "saturating_generator_loss"
D_NAME, G_NAME, S_NAME = "the discriminator's loss", "the generator's loss", "the saturating loss"
# Generic logits on which every known mistake gives a number of its own.
REAL = np.array([1.2, -0.4, 2.5, 0.3], np.float32)
FAKE = np.array([0.5, -1.7, -0.9, 1.1], np.float32)
EXTREME = np.array([-1000.0, 1000.0, -90.0, 40.0], np.float32)
_LOGITS = arrays(np.float32, 3, elements=st.floats(-8, 8, width=32))
_TARGETS = arrays(np.float32, 3, elements=st.integers(0, 8).map(lambda k: k / 8))

# fmt: off
BITS = "Your loss is in bits: use the natural logarithm."
TWICE = ("You apply the sigmoid twice: the discriminator returns logits, and a cross-entropy that expects logits "
         "applies the sigmoid itself.")
TAKEN = "You treat the logits as probabilities: tell the cross-entropy that it gets logits."
AVERAGED = "You averaged over the batch. Return one number for each example; the step takes the mean."
SUMMED = "You summed over the batch. Return one number for each example."
COLUMN = "Your loss still has the logits' last axis: (batch, 1); return (batch,)."
CUT = ("No gradient comes through: NumPy, stop_gradient, rounding or a new variable cuts the connection. Compute with "
       "Keras operations from the tensors that you were given.")
CLIPPED = ("For large logits sigmoid(logits) is exactly 0 or 1 and its logarithm is infinite, or the gradient is lost. "
           "Compute from the logits: log sigmoid(l) = -softplus(-l).")
BOTH = "return real_side + fake_side"
REAL_SIDE = "ops.softplus(real_logits) - real_target * real_logits"
FAKE_SIDE = "ops.softplus(fake_logits) - fake_target * fake_logits"
of_discriminator.mistake("d-loss-halved", (BOTH, "return (real_side + fake_side) / 2.0"),
    "Your loss is half the right one: equation (3) adds the two sides, without a factor 1/2.")
of_discriminator.mistake("d-loss-swapped",
    [("real_target * real", "fake_target * real"), ("fake_target * fake", "real_target * fake")],
    SWAPPED)
of_discriminator.mistake("d-loss-batch-mean", (BOTH, "return ops.mean(real_side + fake_side)"), AVERAGED)
of_discriminator.mistake("d-loss-batch-mean-halved", (BOTH, "return ops.mean(real_side + fake_side) / 2.0"),
    f"{AVERAGED} And do not halve it.")
of_discriminator.mistake("d-loss-batch-sum", (BOTH, "return ops.sum(real_side + fake_side)"), SUMMED)
of_discriminator.mistake("d-loss-not-joined", (BOTH, "return ops.concatenate([real_side, fake_side])"),
    "Your loss lists the examples of both sides one after the other; equation (3) adds the two sides, example by "
    "example.")
of_discriminator.mistake("d-loss-column", (BOTH, "return (real_side + fake_side)[:, None]"), COLUMN)
of_discriminator.mistake("d-loss-real-only", (BOTH, "return real_side"), "The fakes' side of equation (3) is missing.")
of_discriminator.mistake("d-loss-fake-only", (BOTH, "return fake_side"), "The real side of equation (3) is missing.")
of_discriminator.mistake("d-loss-sign", (BOTH, "return -(real_side + fake_side)"),
    "Your loss has the wrong sign: it is the negative of the value that the discriminator wants to raise.")
of_discriminator.mistake("d-loss-base-2", (BOTH, "return (real_side + fake_side) / math.log(2.0)"), BITS)
of_discriminator.mistake("d-loss-sigmoid-twice",
    ("    real_side = ", "    real_logits, fake_logits = ops.sigmoid(real_logits), ops.sigmoid(fake_logits)\n"
     "    real_side = "), TWICE)
of_discriminator.mistake("d-loss-logits-taken-for-probabilities",
    [(REAL_SIDE, "ops.binary_crossentropy(real_target * ops.ones_like(real_logits), real_logits)"),
     (FAKE_SIDE, "ops.binary_crossentropy(fake_target * ops.ones_like(fake_logits), fake_logits)")], TAKEN)
of_discriminator.mistake("d-loss-minimax-generator", (BOTH, "return -ops.softplus(fake_logits)"),
    "You return the generator's saturating loss: the real side is missing.")
of_discriminator.mistake("targets-ignored",
    [("real_target * real_logits", "real_logits"), (" - fake_target * fake_logits", "")],
    "Your loss ignores real_target and fake_target: it is the one for targets 1 and 0.")
of_discriminator.mistake("targets-real-ignored", ("real_target * real_logits", "real_logits"),
    "Your loss ignores real_target.")
of_discriminator.mistake("targets-fake-ignored", (" - fake_target * fake_logits", ""), "Your loss ignores fake_target.")
of_discriminator.mistake("targets-as-weights", [(REAL_SIDE, "real_target * ops.softplus(-real_logits)"),
                           (FAKE_SIDE, "(1.0 - fake_target) * ops.softplus(fake_logits)")],
    "Your targets only weight the two sides; a target t asks for -t log D - (1 - t) log(1 - D) on its side.")
D_CUT = of_discriminator.mistake("gradient-cut", (BOTH, "return ops.stop_gradient(real_side) + fake_side"), CUT)
D_CLIPPED = of_discriminator.mistake("loss-through-probabilities",
    [(REAL_SIDE, "-real_target * ops.log(real) - (1 - real_target) * ops.log(1 - real)"),
     (FAKE_SIDE, "-fake_target * ops.log(fake) - (1 - fake_target) * ops.log(1 - fake)"),
     ("    real_side =", """    p_both = (ops.sigmoid(logits) for logits in (real_logits, fake_logits))
    real, fake = (ops.clip(p, 1e-7, 1 - 1e-7) for p in p_both)
    real_side =""")], CLIPPED)

NON_SATURATING, OTHER = "return ops.softplus(-fake_logits)", "return -ops.softplus(fake_logits)"
of_generator.mistake("g-loss-saturating", (NON_SATURATING, "return saturating_generator_loss(fake_logits)"),
    "This is the saturating loss, log(1 - D): its gradient vanishes when the discriminator is sure. Equation (4) "
    "asks for the non-saturating one.")
of_generator.mistake("g-loss-discriminators", (NON_SATURATING, "return ops.softplus(fake_logits)"),
    "This is the discriminator's loss for fakes, with the target 0. The generator wants its fakes to be taken for "
    "real.")
of_generator.mistake("g-loss-sign", (NON_SATURATING, "return -ops.softplus(-fake_logits)"),
    "Your loss has the wrong sign: log D is what the generator wants to raise, and a loss is lowered.")
of_generator.mistake("g-loss-batch-mean", (NON_SATURATING, "return ops.mean(ops.softplus(-fake_logits))"), AVERAGED)
of_generator.mistake("g-loss-batch-sum", (NON_SATURATING, "return ops.sum(ops.softplus(-fake_logits))"), SUMMED)
of_generator.mistake("g-loss-column", (NON_SATURATING, f"{NON_SATURATING}[:, None]"), COLUMN)
of_generator.mistake("g-loss-sigmoid-twice", (NON_SATURATING, "return ops.softplus(-ops.sigmoid(fake_logits))"), TWICE)
of_generator.mistake("g-loss-logits-taken-for-probabilities",
    (NON_SATURATING, "return ops.binary_crossentropy(ops.ones_like(fake_logits), fake_logits)"), TAKEN)
of_generator.mistake("g-loss-wasserstein", (NON_SATURATING, "return -fake_logits"),
    "Your loss is the negative logit itself, without a logarithm of D.")
of_generator.mistake("g-loss-base-2", (NON_SATURATING, f"{NON_SATURATING} / math.log(2.0)"), BITS)
of_generator.mistake("saturating-is-non-saturating", (OTHER, "return generator_loss(fake_logits)"),
    "This is the non-saturating loss of equation (4); the saturating one is the generator's part of the value "
    "function.")
of_generator.mistake("saturating-sign", (OTHER, "return ops.softplus(fake_logits)"),
    "Your loss has the wrong sign: the generator lowers log(1 - D), its part of the value function.")
of_generator.mistake("saturating-log-d", (OTHER, "return -ops.softplus(-fake_logits)"),
    "Your loss is log D, which the generator would lower: it has log(1 - D).")
of_generator.mistake("saturating-loss-batch-mean", (OTHER, "return -ops.mean(ops.softplus(fake_logits))"), AVERAGED)
of_generator.mistake("saturating-loss-batch-sum", (OTHER, "return -ops.sum(ops.softplus(fake_logits))"), SUMMED)
of_generator.mistake("saturating-loss-column", (OTHER, f"{OTHER}[:, None]"), COLUMN)
of_generator.mistake("saturating-sigmoid-twice", (OTHER, "return -ops.softplus(ops.sigmoid(fake_logits))"),
    "You apply the sigmoid twice: the discriminator returns logits.")
G_CUT = of_generator.mistake("gradient-cut",
    (NON_SATURATING, "return ops.softplus(-ops.stop_gradient(fake_logits))"), CUT)
G_CLIPPED = of_generator.mistake("loss-through-probabilities",
    (NON_SATURATING, "return -ops.log(ops.sigmoid(fake_logits))"), CLIPPED)
# fmt: on


def _column(logits: Array) -> Array:
    return logits[:, None]


def _agree_in_extremes(value: Any, expected: Array, what: str, clipped: Mistake) -> None:
    """Like `agree`, for extreme logits; the only known mistake is a way through probabilities."""
    try:
        agree(value, expected, f"{what} for logits up to 1000", atol=1e-4)
    except CheckFailed as failure:
        raise CheckFailed(failure.message, clipped) from None


def _has_the_shape(student: Student, name: str, what: str, *sides: Array) -> None:
    """Columns, vectors, and a batch of one."""
    found = [student.call(name, *map(_column, sides)), student.call(name, *sides)]
    for loss in found:
        expect_shape(loss, (4,), what, known_by=numbers(found))
    expect_shape(student.call(name, *(_column(side[:1]) for side in sides)), (1,), what)


@of_discriminator.check(
    "The discriminator's loss is one number for each example: (batch,), from logits (batch, 1) or (batch,)."
)
def test_discriminator_loss_shape(student: Student) -> None:
    """For columns and vectors, and a batch of one."""
    _has_the_shape(student, DISCRIMINATOR, D_NAME, REAL, FAKE)


@of_discriminator.check(
    "The discriminator's loss is the cross-entropy of both sides, added: log 4 where it cannot tell.",
    weight=3,
)
def test_discriminator_loss_value(student: Student) -> None:
    """A fixed input tells the known mistakes apart; then logits of 0; then any."""
    found = in_shape(student.call(DISCRIMINATOR, _column(REAL), _column(FAKE)), REAL.shape)
    agree(found, right.discriminator_loss(REAL, FAKE), D_NAME)
    zeros = np.zeros((3, 1), np.float32)
    agree(in_shape(student.call(DISCRIMINATOR, zeros, zeros), (3,)), np.full(3, LOG_4), f"{D_NAME} for logits of 0")

    def has_the_value(real: Array, fake: Array) -> None:
        found = in_shape(student.call(DISCRIMINATOR, _column(real), _column(fake)), real.shape)
        agree(found, right.discriminator_loss(real, fake), D_NAME, atol=1e-4)

    for_all(has_the_value, max_examples=12, real=_LOGITS, fake=_LOGITS)


@of_discriminator.check(
    "The targets may be any numbers from 0 to 1, one for all or one for each example.",
    weight=2,
    needs=[test_discriminator_loss_value],
)
def test_discriminator_loss_targets(student: Student) -> None:
    """Numbers, columns and vectors; by name and by position."""
    of_each = np.array([[0.9, 0.7, 1.0, 0.6], [0.3, 0.0, 0.1, 0.25]], np.float32)
    for real, fake in ((0.9, 0.2), of_each):
        found = student.call(DISCRIMINATOR, REAL, FAKE, real_target=real, fake_target=fake)
        agree(in_shape(found, REAL.shape), right.discriminator_loss(REAL, FAKE, real, fake), f"{D_NAME} with targets")

    def has_the_value(real: Array, fake: Array, real_target: Array, fake_target: Array) -> None:
        found = student.call(DISCRIMINATOR, *map(_column, (real, fake, real_target, fake_target)))
        expected = right.discriminator_loss(real, fake, real_target, fake_target)
        agree(in_shape(found, real.shape), expected, f"{D_NAME} with targets", atol=1e-4)

    for_all(has_the_value, max_examples=8, real=_LOGITS, fake=_LOGITS, real_target=_TARGETS, fake_target=_TARGETS)


@of_discriminator.check(
    "The discriminator's loss is exact and finite for logits of any size, and so is its gradient.",
    needs=[test_discriminator_loss_value],
    read_again="section 5",
)
def test_discriminator_loss_extremes(student: Student) -> None:
    """A logit of 1000 on the wrong side costs 1000 nats."""
    found = student.gradients(DISCRIMINATOR, _column(EXTREME), _column(-EXTREME))
    _agree_in_extremes(
        in_shape(found.value, EXTREME.shape), right.discriminator_loss(EXTREME, -EXTREME), D_NAME, D_CLIPPED
    )
    for position, slope in enumerate((sigmoid(EXTREME) - 1, sigmoid(-EXTREME))):
        _agree_in_extremes(found.inputs[position], _column(slope), f"the gradient of {D_NAME}", D_CLIPPED)


@of_discriminator.check(
    "The gradient of the discriminator's loss is sigmoid(logit) minus the target, on both sides.",
)
def test_discriminator_loss_gradient(student: Student) -> None:
    """From equation (3), by hand."""
    found = student.gradients(DISCRIMINATOR, _column(REAL), _column(FAKE))
    for position, (side, slope) in enumerate({"real": sigmoid(REAL) - 1, "fake": sigmoid(FAKE)}.items()):
        what = f"the gradient of {D_NAME} with respect to the {side} logits"
        agree(expect_gradient(found, position, (4, 1), what, D_CUT), _column(slope), what)


@of_generator.check(
    "The generator's loss is one number for each example: (batch,), from logits (batch, 1) or (batch,)."
)
def test_generator_loss_shape(student: Student) -> None:
    """For columns and vectors, and a batch of one."""
    _has_the_shape(student, GENERATOR, G_NAME, FAKE)


@of_generator.check("The saturating loss is one number for each example, too.", weight=0.5, read_again="equation (5)")
def test_saturating_loss_shape(student: Student) -> None:
    """For columns and vectors, and a batch of one."""
    _has_the_shape(student, SATURATING, S_NAME, FAKE)


def _has_the_value(student: Student, name: str, what: str, of: Callable[[Array], Array]) -> None:
    """A fixed input tells the known mistakes apart, then any."""
    agree(in_shape(student.call(name, _column(FAKE)), FAKE.shape), of(FAKE), what)

    def has_the_value(fake: Array) -> None:
        agree(in_shape(student.call(name, _column(fake)), fake.shape), of(fake), what, atol=1e-4)

    for_all(has_the_value, max_examples=10, fake=_LOGITS)


@of_generator.check(
    "The generator's loss is the non-saturating one, -log D(G(z)).",
    weight=3,
)
def test_generator_loss_value(student: Student) -> None:
    """Equation (4)."""
    _has_the_value(student, GENERATOR, G_NAME, right.generator_loss)


@of_generator.check(
    "The saturating loss is the generator's part of the value function, log(1 - D(G(z))).",
    weight=2,
    read_again="equation (5)",
)
def test_saturating_loss_value(student: Student) -> None:
    """Equation (5)."""
    _has_the_value(student, SATURATING, S_NAME, right.saturating_generator_loss)


@of_generator.check(
    "Where the discriminator is sure of a fake, one loss has the slope -1 and the other's vanishes.",
    weight=2,
    read_again="section 6",
)
def test_generator_loss_gradients(student: Student) -> None:
    """-(1 - D) for equation (4), -D for equation (5), by hand."""
    logits = np.array([-9.0, -3.0, 0.4, 3.0], np.float32)
    slopes = {GENERATOR: (G_NAME, sigmoid(logits) - 1), SATURATING: (S_NAME, -sigmoid(logits))}
    for name, (loss, slope) in slopes.items():
        what = f"the gradient of {loss} with respect to the logits"
        gradient = expect_gradient(student.gradients(name, _column(logits)), 0, (4, 1), what, G_CUT)
        agree(gradient, _column(slope), what, atol=1e-6)


@of_generator.check(
    "Both losses are exact and finite for logits of any size, and so are their gradients.",
    needs=[test_generator_loss_value, test_saturating_loss_value],
    read_again="section 5",
)
def test_generator_loss_extremes(student: Student) -> None:
    """A logit of -1000 costs the generator 1000 nats."""
    for name, what, of, slope in (
        (GENERATOR, G_NAME, right.generator_loss, sigmoid(EXTREME) - 1),
        (SATURATING, S_NAME, right.saturating_generator_loss, -sigmoid(EXTREME)),
    ):
        found = student.gradients(name, _column(EXTREME))
        _agree_in_extremes(in_shape(found.value, EXTREME.shape), of(EXTREME), what, G_CLIPPED)
        _agree_in_extremes(found.inputs[0], _column(slope), f"the gradient of {what}", G_CLIPPED)
