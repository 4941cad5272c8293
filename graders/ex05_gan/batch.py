"""The layers that let a discriminator look at a whole batch: checks and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.adversarial import (
    Linear,
    make_discriminator,
    moving_mean,
    normalising_discriminator,
    random_linear,
)
from graders.common.objects import (
    expect_gradient,
    expect_object,
    expect_shape,
    expect_twin,
    from_config,
    make,
    set_weights,
    trainable_weights_of,
    weights_of,
)
from graders.ex05_gan.losses import CUT
from graders.ex05_gan.networks import DEFAULTS_HINT
from judge.suite import (
    Array,
    CheckFailed,
    Mistake,
    Raised,
    Remote,
    Student,
    agree,
    cell,
    expect,
    expect_array,
    for_all,
)

stddev = cell("minibatch_stddev_check", read_again="equation (6)")
packing = cell("packing_check", read_again="section 11")
discrimination = cell("minibatch_discrimination_check", read_again="section 12")
STDDEV, PACKED, CLOSENESS = "MinibatchStdDev", "Packed", "MinibatchDiscrimination"
NUM_KERNELS, KERNEL_DIM, FEATURES = 3, 2, 5

# fmt: off
DEVIATION, VARIANCE = "ops.sqrt(ops.var(x, axis=0) + 1e-8)", "ops.var(x, axis=0)"
FEATURE, APPEND = "ops.mean(deviation) * ops.ones_like(x[..., :1])", "[x, feature]"
BEFORE_HINT = "The new features come first in your output; append them behind x."
CHANGED_HINT = ("The layer changed the features that it was given; it must append to them, along the last axis, behind "
                "them.")
FIXED_HINT = ("x.shape[0] is None where the size of the batch is not known yet: in a network made with "
              "keras.Input, and in `fit`. Use operations that need no size, or ops.shape(x)[0].")
stddev.mistake("stddev-over-features",
    [(VARIANCE, "ops.var(x, axis=tuple(range(1, len(x.shape))), keepdims=True)"),
     ("ops.mean(deviation)", "deviation")],
    "You took the standard deviation over the features of each example; equation (6) takes it over the batch, for "
    "each feature.",
    also=[[(VARIANCE, "ops.var(x, axis=-1, keepdims=True)"), ("ops.mean(deviation)", "deviation")],
          (VARIANCE, "ops.var(x, axis=-1)")])
stddev.mistake("stddev-of-everything", (VARIANCE, "ops.var(x)"),
    "You took one standard deviation of all numbers. Equation (6): one over the batch for each feature, then their "
    "mean.")
stddev.mistake("stddev-of-sample",
    (VARIANCE, "ops.sum(ops.square(x - ops.mean(x, axis=0)), axis=0) / ops.cast(ops.shape(x)[0] - 1, x.dtype)"),
    "You divide by batch - 1 (or round a little differently): equation (6) has the population's standard deviation, "
    "divided by the batch size.")
stddev.mistake("stddev-variance", (DEVIATION, VARIANCE), "You averaged variances: take the root before the mean.")
stddev.mistake("stddev-root-of-mean", [(DEVIATION, VARIANCE), ("ops.mean(deviation)", "ops.sqrt(ops.mean(deviation))")],
    "You took the root of the mean variance; equation (6) has the mean of the roots.")
stddev.mistake("stddev-not-averaged", (FEATURE, "deviation * ops.ones_like(x)"),
    "You appended one standard deviation for every feature; equation (6) appends their mean, one number.")
stddev.mistake("stddev-not-appended", (f"ops.concatenate({APPEND}, axis=-1)", "x + 0.0 * feature"),
    "Your layer returns x unchanged in size: append the feature.")
stddev.mistake("stddev-averaged-over-channels-only",
    ("ops.mean(deviation)", "ops.mean(deviation, axis=-1, keepdims=True)"),
    "Your feature differs from pixel to pixel: average over all features, pixels included.")
STDDEV_FIRST = stddev.mistake("features-first", (APPEND, "[feature, x]"), BEFORE_HINT)
STDDEV_CHANGED = stddev.mistake("features-changed", (APPEND, "[x - ops.mean(x, axis=0), feature]"), CHANGED_HINT)
STDDEV_CUT = stddev.mistake("gradient-cut", ("ops.mean(deviation)", "ops.stop_gradient(ops.mean(deviation))"), CUT)
INFINITE = stddev.mistake("stddev-gradient-infinite", (DEVIATION, "ops.std(x, axis=0) + 1e-8"),
    "When all examples of a batch are equal, your gradient is not finite: the derivative of a square root at 0. Add "
    "1e-8 to the variance, inside the root.",
    also=[(" + 1e-8", "")])
STDDEV_FIXED = stddev.mistake("batch-size-fixed",
    ("ops.ones_like(x[..., :1])", "ops.ones((*x.shape[:-1], 1))"), FIXED_HINT)
PACKS = "ops.concatenate([x[position::num] for position in range(num)], axis=-1)"
packing.mistake("packing-not-consecutive", (PACKS, "ops.concatenate(ops.split(x, num), axis=-1)"),
    "Your packs hold examples that lie half a batch apart: a pack is made of consecutive examples.")
packing.mistake("packing-same-example-twice", ("x[position::num]", "x[::num]"),
    "Your packs hold the same example several times.")
packing.mistake("packing-interleaved",
    (PACKS, "ops.stack([x[position::num] for position in range(num)], axis=-1)\n"
     "        packs = ops.reshape(packs, (-1, *x.shape[1:-1], num * x.shape[-1]))"),
    "Your packs mix the features of their examples: put the examples one after the other along the last axis, each "
    "in one piece.")
packing.mistake("packing-reversed", ("in range(num)]", "in reversed(range(num))]"),
    "Your packs hold their examples in reversed order.")
packing.mistake("packing-scrambled", (PACKS, "ops.reshape(x, (-1, *x.shape[1:-1], num * x.shape[-1]))"),
    "A plain reshape scrambles pixels: it reads the numbers of an image row by row. Join the examples along the "
    "last axis.")
packing.mistake("packing-along-batch", ("axis=-1", "axis=0"),
    "You joined the examples along the batch axis, and the inner network got what it was not made for: join them "
    "along the last.")
NO_FLAG = packing.mistake("packing-loses-training-flag", ("training=training", "training=False"),
    "The packed discriminator is not told whether it trains: hand `training` on.",
    also=[("training=training", "training=True")])
PACKED_FIXED = packing.mistake("batch-size-fixed",
    ("x[position::num]", "ops.take(x, list(range(position, x.shape[0], num)), axis=0)"), FIXED_HINT)
CLOSE, EXP = "ops.sum(ops.exp(-distance), axis=1) - 1.0", "ops.exp(-distance)"
DISTANCE, DIFFERENCE = "ops.sum(ops.abs(m[:, None] - m[None, :]), axis=-1)", "(m[:, None] - m[None, :])"
discrimination.mistake("closeness-counts-itself", (f"{EXP}, axis=1) - 1.0", f"{EXP}, axis=1)"),
    "You count each example's closeness to itself, 1: equation (7) sums over the others.")
discrimination.mistake("closeness-without-exp", (CLOSE, "ops.sum(distance, axis=1)"),
    "You sum distances; equation (7) sums closeness, exp(-distance).")
discrimination.mistake("closeness-sign", ("-distance", "distance"),
    "Your closeness grows with the distance: the minus in the exponent is missing.")
discrimination.mistake("closeness-l2", (DISTANCE, f"ops.sqrt(ops.sum(ops.square{DIFFERENCE}, axis=-1) + 1e-12)"),
    "Your distance is the Euclidean one; equation (7) sums absolute differences.")
discrimination.mistake("closeness-squared", ("ops.abs", "ops.square"),
    "Your distance is squared; equation (7) sums absolute differences.")
discrimination.mistake("closeness-mean", (CLOSE, f"ops.mean({EXP}, axis=1)"),
    "You averaged over the batch; equation (7) sums over the others.",
    also=[(CLOSE, f"({CLOSE}) / ops.cast(ops.maximum(ops.shape(x)[0] - 1, 1), x.dtype)")])
discrimination.mistake("closeness-mean-distance", (DISTANCE, DISTANCE.replace("sum", "mean")),
    "Your distance is the mean over the kernel's entries; equation (7) sums them.")
discrimination.mistake("closeness-without-absolute", (f"ops.abs{DIFFERENCE}", DIFFERENCE),
    "Without absolute values differences cancel: equation (7) has |.|.")
discrimination.mistake("closeness-over-kernels", ("axis=1) - 1.0", "axis=-1) - 1.0"),
    "You summed over the kernels; equation (7) sums over the other examples, for each kernel.")
discrimination.mistake("closeness-not-appended", ("ops.concatenate([x, closeness], axis=-1)", "closeness"),
    "You return the new features alone; append them to x.")
CLOSENESS_FIRST = discrimination.mistake("closeness-before-x", ("[x, closeness]", "[closeness, x]"), BEFORE_HINT)
CLOSENESS_CHANGED = discrimination.mistake("features-changed",
    ("[x, closeness]", "[ops.tanh(x), closeness]"), CHANGED_HINT)
CLOSENESS_CUT = discrimination.mistake("gradient-cut", (CLOSE, f"ops.stop_gradient({CLOSE})"), CUT)
CLOSENESS_FIXED = discrimination.mistake("batch-size-fixed",
    (CLOSE, f"ops.sum({EXP} * (1.0 - ops.eye(x.shape[0])[..., None]), axis=1)"), FIXED_HINT)
DEFAULTS = discrimination.mistake("config-returns-defaults", (", kernel_dim=self.kernel_dim)", ")"), DEFAULTS_HINT)
# fmt: on


def minibatch_stddev(x: Array) -> Array:
    """x with one more feature, equation (6): one entry at a time."""
    x = np.asarray(x, np.float64)
    deviations = []
    for index in np.ndindex(x.shape[1:]):
        values = [float(example[index]) for example in x]
        mean = sum(values) / len(values)
        deviations.append(np.sqrt(sum((v - mean) ** 2 for v in values) / len(values) + 1e-8))
    feature = np.full((*x.shape[:-1], 1), sum(deviations) / len(deviations))
    return np.concatenate([x, feature], axis=-1)


def right_packs(x: Array, num_packed: int) -> Array:
    """Groups of consecutive examples, each joined along the last axis."""
    starts = range(0, len(x), num_packed)
    return np.stack([np.concatenate(list(x[s : s + num_packed]), axis=-1) for s in starts])


def right_closeness(m: Array) -> Array:
    """Equation (7), pair by pair: sum over the others of exp(-|m_i - m_j|), (batch, num_kernels).

    Args:
        m: (batch, num_kernels, kernel_dim), the projected examples.
    """
    total = np.zeros(m.shape[:2])
    for i in range(len(m)):
        for j in range(len(m)):
            if i != j:
                total[i] += np.exp(-np.abs(m[i] - m[j]).sum(axis=-1))
    return total


def _normal(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def _expect_appended(value: Any, x: Array, num: int, what: str, first: Mistake, changed: Mistake) -> None:
    """Fail unless the output is x with so many features behind it."""
    found = expect_shape(value, (*x.shape[:-1], x.shape[-1] + num), what)
    kept, at_end = (np.allclose(part, x, 1e-4, 1e-5) for part in (found[..., :-num], found[..., num:]))
    expect(kept, f"the first features of {what} are not those of x.", first if at_end else changed)


def _expect_any_batch(student: Student, layer: Remote, features: int, what: str, fixed: Mistake) -> None:
    """Fail unless the layer can be called where the size of the batch is not known yet."""
    network = make(student, "keras.Sequential")
    try:
        network.call("add", layer)
        network.call("build", [None, features])
    except CheckFailed as failure:
        message = f"{what} must work for a batch of unknown size, as `keras.Input` and `fit` make one"
        raise CheckFailed(f"{message}: {failure.message}", fixed, fatal=failure.fatal) from None


@stddev.check("MinibatchStdDev appends one feature to x, which it leaves as it is.")
def test_stddev_shape(student: Student) -> None:
    """For vectors and for images."""
    layer = make(student, STDDEV)
    for shape in ((4, 3), (3, 4, 2, 5), (2, 1)):
        x = _normal(0, *shape)
        _expect_appended(layer(x), x, 1, "what MinibatchStdDev returns", STDDEV_FIRST, STDDEV_CHANGED)


@stddev.check(
    "The feature is the standard deviation over the batch, averaged over all features.",
    weight=3,
    needs=[test_stddev_shape],
)
def test_stddev_value(student: Student) -> None:
    """Fixed inputs tell the known mistakes apart; then any."""
    layer, what = make(student, STDDEV), "what MinibatchStdDev returns"
    for x in (_normal(1, 4, 3), _normal(2, 3, 2, 4, 2) + np.arange(2, dtype=np.float32)):
        agree(layer(x), minibatch_stddev(x), what)

    def has_the_value(x: Array) -> None:
        agree(layer(x), minibatch_stddev(x), what, atol=3e-4)

    for_all(
        has_the_value,
        max_examples=8,
        x=arrays(np.float32, (4, 3), elements=st.integers(-12, 12).map(lambda k: k / 4)),
    )


@stddev.check(
    "Its gradient reaches every example, and is finite even if all examples are equal.",
    needs=[test_stddev_shape],
)
def test_stddev_gradient(student: Student) -> None:
    """The derivative of a square root at 0 is infinite without the 1e-8 inside."""
    layer, what = make(student, STDDEV), "the gradient of MinibatchStdDev"
    gradient = expect_gradient(layer.gradients(None, _normal(3, 4, 3)), 0, (4, 3), what, STDDEV_CUT)
    depends = not np.allclose(gradient, 1.0, atol=1e-4)
    expect(depends, f"{what} does not come through the new feature.", STDDEV_CUT)
    equal = layer.gradients(None, np.ones((4, 3), np.float32)).inputs[0]
    finite = equal is not None and bool(np.isfinite(equal).all())
    expect(finite, f"{what} is not finite if all examples are equal.", INFINITE)


@stddev.check(
    "MinibatchStdDev works in a network, where the size of the batch is not known yet.",
    weight=0.5,
    needs=[test_stddev_shape],
    read_again="section 10",
)
def test_stddev_of_any_batch(student: Student) -> None:
    """As `keras.Input` makes one."""
    _expect_any_batch(student, make(student, STDDEV), 3, STDDEV, STDDEV_FIXED)


def _packed(student: Student, shape: tuple[int, ...], num_packed: int, seed: int) -> tuple[Remote, Linear]:
    """A packed linear discriminator of examples of that shape."""
    inner_shape = (*shape[:-1], num_packed * shape[-1])
    weights = random_linear(seed, int(np.prod(inner_shape)), 1)
    inner = make_discriminator(student, weights, inner_shape)
    return make(student, PACKED, inner, num_packed), weights


@packing.check("Packed joins consecutive examples along the last axis, and gives each pack one logit.", weight=3)
def test_packing(student: Student) -> None:
    """A linear discriminator tells what it was given; vectors and images, packs of two and three."""
    for seed, (shape, num_packed) in enumerate((((2,), 2), ((3, 2, 2), 2), ((2,), 3), ((3, 2, 1), 3))):
        packed, weights = _packed(student, shape, num_packed, seed)
        x = _normal(seed, 12, *shape)
        expected = weights(right_packs(x, num_packed))
        agree(packed(x), expected, f"the logits of packs of {num_packed}")


@packing.check(
    "A batch that does not come out even in packs is refused with a ValueError.",
    weight=0.5,
    needs=[test_packing],
)
def test_packing_refuses_odd_batches(student: Student) -> None:
    """Five examples in packs of two."""
    packed, _ = _packed(student, (2,), 2, 7)
    outcome = packed.attempt("__call__", _normal(7, 5, 2))
    refused = isinstance(outcome, Raised) and "ValueError" in outcome.kinds
    expect(refused, "five examples in packs of two should raise a ValueError.")


@packing.check("Packed hands the training flag on, and can be made again with its inner network.", needs=[test_packing])
def test_packing_wraps(student: Student) -> None:
    """A batch normalisation inside tells the flag; a save and a reload tell the rest."""
    inner = normalising_discriminator(student, 4)
    packed = make(student, PACKED, inner, num_packed=2)
    x = _normal(8, 6, 2) + np.float32(3)
    packed(x, training=False)
    expect(not moving_mean(inner, 4).any(), "with training=False moving statistics moved.", NO_FLAG)
    packed(x, training=True)
    moved = moving_mean(inner, 4).any()
    expect(bool(moved), "with training=True the moving statistics did not move.", NO_FLAG)
    packed, _ = _packed(student, (2,), 3, 9)
    x = _normal(9, 6, 2)
    expected = expect_shape(packed(x), (2, 1), "the logits of packs of 3")
    twin = from_config(student, PACKED, packed.call("get_config"))
    set_weights(expect_object(twin.get("discriminator"), "the twin's discriminator"), weights_of(packed))
    agree(twin(x), expected, "the logits of the Packed made from get_config, with the same weights")
    packed.call("save", "packed.keras")
    reloaded = make(student, "keras.saving.load_model", "packed.keras")
    again = expect_array(reloaded(x), "the logits of the reloaded Packed")
    same = again.shape == expected.shape and np.allclose(again, expected, 1e-4, 1e-5)
    expect(same, "the reloaded Packed gives other logits: its inner network was made anew.")


@packing.check(
    "Packed works in a network, where the size of the batch is not known yet.",
    weight=0.5,
    needs=[test_packing],
)
def test_packing_of_any_batch(student: Student) -> None:
    """As `keras.Input` makes one."""
    packed, _ = _packed(student, (2,), 2, 10)
    _expect_any_batch(student, packed, 2, PACKED, PACKED_FIXED)


def _discrimination(student: Student, x: Array, scale: float = 0.4) -> tuple[Remote, Array]:
    """The layer with known weights, and the projection of x: (batch, NUM_KERNELS, KERNEL_DIM)."""
    made = make(student, CLOSENESS, num_kernels=NUM_KERNELS, kernel_dim=KERNEL_DIM)
    made(x)
    kernel = scale * _normal(11, x.shape[-1], NUM_KERNELS * KERNEL_DIM)
    shapes = [weight.shape for weight in weights_of(made)]
    message = f"the layer's weights should be those of the given projection, {kernel.shape}: received {shapes}."
    expect(shapes == [kernel.shape], message)
    set_weights(made, [kernel])
    projected = x.astype(np.float64) @ kernel.astype(np.float64)
    return made, projected.reshape(len(x), NUM_KERNELS, KERNEL_DIM)


@discrimination.check("MinibatchDiscrimination appends num_kernels features to x, which it leaves as it is.")
def test_closeness_shape(student: Student) -> None:
    """Batches of one and of seven."""
    for batch in (7, 1):
        x = _normal(12, batch, FEATURES)
        made, _ = _discrimination(student, x)
        what = "what MinibatchDiscrimination returns"
        _expect_appended(made(x), x, NUM_KERNELS, what, CLOSENESS_FIRST, CLOSENESS_CHANGED)


@discrimination.check(
    "Each feature is the closeness exp(-distance) to the other examples, summed over them.",
    weight=3,
    needs=[test_closeness_shape],
    read_again="equation (7)",
)
def test_closeness_value(student: Student) -> None:
    """A fixed input tells the known mistakes apart; then equal examples; then any."""
    x, what = _normal(13, 6, FEATURES), "what MinibatchDiscrimination returns"
    made, m = _discrimination(student, x)
    expected = np.concatenate([x, right_closeness(m)], axis=1)
    agree(made(x), expected, what)
    alike = np.ones((5, FEATURES), np.float32)
    found = expect_shape(made(alike), (5, FEATURES + NUM_KERNELS), what)[:, FEATURES:]
    agree(found, np.full((5, NUM_KERNELS), 4.0), "the closeness of five equal examples")
    kernel = weights_of(made)[0]

    def has_the_value(x: Array) -> None:
        projected = (x @ kernel).reshape(4, NUM_KERNELS, KERNEL_DIM)
        expected = np.concatenate([x, right_closeness(projected)], axis=1)
        agree(made(x), expected, what, atol=1e-4)

    numbers = st.integers(-8, 8).map(lambda k: k / 4)
    for_all(has_the_value, max_examples=8, x=arrays(np.float32, (4, FEATURES), elements=numbers))


@discrimination.check("Gradients reach the examples and the projection, which is learnt.", needs=[test_closeness_shape])
def test_closeness_gradient(student: Student) -> None:
    """Of a layer with its own initial weights."""
    made = make(student, CLOSENESS, num_kernels=NUM_KERNELS, kernel_dim=KERNEL_DIM)
    x = _normal(14, 6, FEATURES)
    made(x)
    found = made.gradients(None, x, weights_of=made)
    what = "the gradient of MinibatchDiscrimination"
    gradient = expect_gradient(found, 0, x.shape, what, CLOSENESS_CUT)
    depends = not np.allclose(gradient, 1.0, atol=1e-5)
    expect(depends, "no gradient comes through the closeness to the other examples.", CLOSENESS_CUT)
    reached = [g is not None and bool(expect_array(g, "a gradient").any()) for g in found.weights]
    learnt = len(reached) == len(trainable_weights_of(made)) > 0 and all(reached)
    expect(learnt, "no gradient reaches the projection.", CLOSENESS_CUT)


@discrimination.check(
    "A layer made from get_config and given the same weights gives the same features.",
    weight=0.5,
    needs=[test_closeness_shape],
)
def test_closeness_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"num_kernels": 4, "kernel_dim": 3}
    expect_twin(student, CLOSENESS, arguments, _normal(15, 4, FEATURES), DEFAULTS)


@discrimination.check(
    "MinibatchDiscrimination works in a network, where the size of the batch is not known yet.",
    weight=0.5,
    needs=[test_closeness_shape],
)
def test_closeness_of_any_batch(student: Student) -> None:
    """As `keras.Input` makes one."""
    made = make(student, CLOSENESS, num_kernels=NUM_KERNELS, kernel_dim=KERNEL_DIM)
    _expect_any_batch(student, made, FEATURES, CLOSENESS, CLOSENESS_FIXED)
