"""Checks of the layers that let a discriminator look at a whole batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import (
    expect_object,
    expect_shape,
    expect_twin,
    from_config,
    make,
    set_weights,
    trainable_weights_of,
    weights_of,
)
from graders.ex05_gan import batch_mistakes, mistakes, networks, oracles
from graders.ex05_gan.expectations import expect_gradient
from judge.suite import Array, Raised, Remote, Student, agree, check, expect, expect_array, for_all

STDDEV, PACKED, CLOSENESS = "MinibatchStdDev", "Packed", "MinibatchDiscrimination"
NUM_KERNELS, KERNEL_DIM, FEATURES = 3, 2, 5


def _normal(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def _expect_appended(value: Any, x: Array, num_features: int, what: str, known: Any) -> Array:
    """The output, if it is x with so many features behind it."""
    found = expect_shape(value, (*x.shape[:-1], x.shape[-1] + num_features), what, known)
    first = found[..., : x.shape[-1]]
    if not np.allclose(first, x, 1e-4, 1e-5):
        agree(first, x, f"the first features of {what}",
              mistakes=[*known, mistakes.with_value(mistakes.FEATURES_CHANGED, first)])  # fmt: skip
    return found


@check(
    cell="minibatch_stddev_check",
    says="MinibatchStdDev appends one feature to x, which it leaves as it is.",
    read_again="section 10",
)
def test_stddev_shape(student: Student) -> None:
    """For vectors and for images."""
    stddev = make(student, STDDEV)
    for shape in ((4, 3), (3, 4, 2, 5), (2, 1)):
        x = _normal(0, *shape)
        known = batch_mistakes.stddev(x)
        _expect_appended(stddev(x), x, 1, "what MinibatchStdDev returns", known)


@check(
    cell="minibatch_stddev_check",
    says="The feature is the standard deviation over the batch, averaged over all features.",
    weight=3,
    needs=[test_stddev_shape],
    read_again="equation (6)",
)
def test_stddev_value(student: Student) -> None:
    """Fixed inputs tell the known mistakes apart; then any."""
    stddev, what = make(student, STDDEV), "what MinibatchStdDev returns"
    for x in (_normal(1, 4, 3), _normal(2, 3, 2, 4, 2) + np.arange(2, dtype=np.float32)):
        agree(stddev(x), oracles.minibatch_stddev(x), what, mistakes=batch_mistakes.stddev(x))

    def has_the_value(x: Array) -> None:
        agree(stddev(x), oracles.minibatch_stddev(x), what, atol=3e-4)

    for_all(
        has_the_value,
        max_examples=8,
        x=arrays(np.float32, (4, 3), elements=st.integers(-12, 12).map(lambda k: k / 4)),
    )


@check(
    cell="minibatch_stddev_check",
    says="Its gradient reaches every example, and is finite even if all examples are equal.",
    needs=[test_stddev_shape],
    read_again="equation (6)",
)
def test_stddev_gradient(student: Student) -> None:
    """The derivative of a square root at 0 is infinite without the 1e-8 inside."""
    stddev, what = make(student, STDDEV), "the gradient of MinibatchStdDev"
    gradient = expect_gradient(stddev.gradients(None, _normal(3, 4, 3)), 0, (4, 3), what)
    depends = not np.allclose(gradient, 1.0, atol=1e-4)
    expect(depends, f"{what} does not come through the new feature.", mistakes.NO_GRADIENT)
    equal = stddev.gradients(None, np.ones((4, 3), np.float32)).inputs[0]
    finite = equal is not None and bool(np.isfinite(equal).all())
    expect(finite, f"{what} is not finite if all examples are equal.", mistakes.STDDEV_GRADIENT)


def _packed(
    student: Student, shape: tuple[int, ...], num_packed: int, seed: int
) -> tuple[Remote, oracles.Linear]:
    """A packed linear discriminator of examples of that shape."""
    inner_shape = (*shape[:-1], num_packed * shape[-1])
    weights = networks.random_linear(seed, int(np.prod(inner_shape)), 1)
    inner = networks.make_discriminator(student, weights, inner_shape)
    return make(student, PACKED, inner, num_packed), weights


@check(
    cell="packing_check",
    says="Packed joins consecutive examples along the last axis, and gives each pack one logit.",
    weight=3,
    read_again="section 11",
)
def test_packing(student: Student) -> None:
    """A linear discriminator tells what it was given; vectors and images, packs of two and three."""
    for seed, (shape, num_packed) in enumerate((((2,), 2), ((3, 2, 2), 2), ((2,), 3), ((3, 2, 1), 3))):
        packed, weights = _packed(student, shape, num_packed, seed)
        x = _normal(seed, 12, *shape)
        known = [mistakes.with_value(m, weights(m.value)) for m in batch_mistakes.packing(x, num_packed)]
        expected = weights(oracles.packs(x, num_packed))
        agree(packed(x), expected, f"the logits of packs of {num_packed}", mistakes=known)


@check(
    cell="packing_check",
    says="A batch that does not come out even in packs is refused with a ValueError.",
    weight=0.5,
    needs=[test_packing],
    read_again="section 11",
)
def test_packing_refuses_odd_batches(student: Student) -> None:
    """Five examples in packs of two."""
    packed, _ = _packed(student, (2,), 2, 7)
    outcome = packed.attempt("__call__", _normal(7, 5, 2))
    refused = isinstance(outcome, Raised) and "ValueError" in outcome.kinds
    expect(refused, "five examples in packs of two should raise a ValueError.")


@check(
    cell="packing_check",
    says="Packed hands the training flag on, and can be made again with its inner network.",
    needs=[test_packing],
    read_again="section 11",
)
def test_packing_wraps(student: Student) -> None:
    """A batch normalisation inside tells the flag; a save and a reload tell the rest."""
    inner = networks.normalising_discriminator(student, 4)
    packed = make(student, PACKED, inner, num_packed=2)
    x = _normal(8, 6, 2) + np.float32(3)
    packed(x, training=False)
    expect(
        not networks.moving_mean(inner, 4).any(),
        "with training=False moving statistics moved.",
        mistakes.PACKING_FLAG,
    )
    packed(x, training=True)
    moved = networks.moving_mean(inner, 4).any()
    expect(bool(moved), "with training=True the moving statistics did not move.", mistakes.PACKING_FLAG)
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
    expect(same, "the reloaded Packed gives other logits.", mistakes.PACKING_CONFIG)


def _discrimination(student: Student, x: Array, scale: float = 0.4) -> tuple[Remote, Array]:
    """The layer with known weights, and the projection of x: (batch, NUM_KERNELS, KERNEL_DIM)."""
    made = make(student, CLOSENESS, num_kernels=NUM_KERNELS, kernel_dim=KERNEL_DIM)
    made(x)
    kernel = scale * _normal(11, x.shape[-1], NUM_KERNELS * KERNEL_DIM)
    shapes = [weight.shape for weight in weights_of(made)]
    message = (
        f"the layer's weights should be those of the given projection, {kernel.shape}: received {shapes}."
    )
    expect(shapes == [kernel.shape], message)
    set_weights(made, [kernel])
    projected = x.astype(np.float64) @ kernel.astype(np.float64)
    return made, projected.reshape(len(x), NUM_KERNELS, KERNEL_DIM)


@check(
    cell="minibatch_discrimination_check",
    says="MinibatchDiscrimination appends num_kernels features to x, which it leaves as it is.",
    read_again="section 12",
)
def test_closeness_shape(student: Student) -> None:
    """Batches of one and of seven."""
    for batch in (7, 1):
        x = _normal(12, batch, FEATURES)
        made, m = _discrimination(student, x)
        known = batch_mistakes.closeness(x, m)
        _expect_appended(made(x), x, NUM_KERNELS, "what MinibatchDiscrimination returns", known)


@check(
    cell="minibatch_discrimination_check",
    says="Each feature is the closeness exp(-distance) to the other examples, summed over them.",
    weight=3,
    needs=[test_closeness_shape],
    read_again="equation (7)",
)
def test_closeness_value(student: Student) -> None:
    """A fixed input tells the known mistakes apart; then equal examples; then any."""
    x, what = _normal(13, 6, FEATURES), "what MinibatchDiscrimination returns"
    made, m = _discrimination(student, x)
    expected = np.concatenate([x, oracles.closeness(m)], axis=1)
    agree(made(x), expected, what, mistakes=batch_mistakes.closeness(x.astype(np.float64), m))
    alike = np.ones((5, FEATURES), np.float32)
    found = expect_shape(made(alike), (5, FEATURES + NUM_KERNELS), what)[:, FEATURES:]
    agree(found, np.full((5, NUM_KERNELS), 4.0), "the closeness of five equal examples")
    kernel = weights_of(made)[0]

    def has_the_value(x: Array) -> None:
        projected = (x @ kernel).reshape(4, NUM_KERNELS, KERNEL_DIM)
        expected = np.concatenate([x, oracles.closeness(projected)], axis=1)
        agree(made(x), expected, what, atol=1e-4)

    numbers = st.integers(-8, 8).map(lambda k: k / 4)
    for_all(has_the_value, max_examples=8, x=arrays(np.float32, (4, FEATURES), elements=numbers))


@check(
    cell="minibatch_discrimination_check",
    says="Gradients reach the examples and the projection, which is learnt.",
    needs=[test_closeness_shape],
    read_again="section 12",
)
def test_closeness_gradient(student: Student) -> None:
    """Of a layer with its own initial weights."""
    made, x = (
        make(student, CLOSENESS, num_kernels=NUM_KERNELS, kernel_dim=KERNEL_DIM),
        _normal(14, 6, FEATURES),
    )
    made(x)
    found = made.gradients(None, x, weights_of=made)
    gradient = expect_gradient(found, 0, x.shape, "the gradient of MinibatchDiscrimination")
    depends = not np.allclose(gradient, 1.0, atol=1e-5)
    expect(depends, "no gradient comes through the closeness to the other examples.", mistakes.NO_GRADIENT)
    reached = [g is not None and bool(expect_array(g, "a gradient").any()) for g in found.weights]
    learnt = len(reached) == len(trainable_weights_of(made)) > 0 and all(reached)
    expect(learnt, "no gradient reaches the projection.", mistakes.NO_GRADIENT)


@check(
    cell="minibatch_discrimination_check",
    says="A layer made from get_config and given the same weights gives the same features.",
    weight=0.5,
    needs=[test_closeness_shape],
    read_again="section 12",
)
def test_closeness_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"num_kernels": 4, "kernel_dim": 3}
    expect_twin(student, CLOSENESS, arguments, _normal(15, 4, FEATURES), mistakes.CONFIG_DEFAULTS)
