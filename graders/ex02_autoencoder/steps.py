"""train_step and test_step: one step against the gradient, bookkeeping, modes; and their mistakes.

Compared with the student's own `reconstruction_error`, so that a wrong formula costs its own points alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.networks import layer
from graders.common.objects import (
    all_close,
    expect_object,
    expect_same_weights,
    expect_shape,
    flat,
    make,
    statistics_of,
    trainable_weights_of,
    weights_of,
)
from graders.ex02_autoencoder.error import test_error_gradient_and_dtype, test_error_shape
from graders.ex02_autoencoder.linear import (
    images,
    make_linear,
    make_normalised,
    normalised,
    random_linear,
)
from judge.suite import Array, CheckFailed, Remote, Student, agree, cell, expect, expect_array, expect_pair

steps = cell("train_step_check", hole="autoencoder", read_again="section 4")

# fmt: off
FORWARD = "errors = reconstruction_error(x, self(self.corrupt(x), training=True))"
APPLY = "self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))"
LOSS, RETURN = "loss = ops.mean(errors)", "return self.update_trackers(errors)"
TEST = "return self.update_trackers(reconstruction_error(x, self(x, training=False)))"


def both(text: str, test_text: str) -> list[tuple[str, str]]:
    """Return something else from both steps."""
    return [(RETURN, text), (TEST, f"errors = reconstruction_error(x, self(x, training=False))\n        {test_text}")]


steps.mistake("train-gradient-ascent", (LOSS, "loss = -ops.mean(errors)"),
    "Your step goes uphill: the error grows. Minimise it.")
steps.mistake("train-no-update", (f"{APPLY}\n        ", ""), "No weight changed: hand the gradients to the optimiser.")
steps.mistake("train-sum-over-batch", (LOSS, "loss = ops.sum(errors)"),
    "Your step is the right one times the number of examples: take the mean of the errors over the batch.")
steps.mistake("train-step-twice", (LOSS, f"{LOSS} * 2.0"),
    "Your step is twice the right one: update the weights once for each batch, by the errors as they are.")
steps.mistake("train-root-of-error", (LOSS, "loss = ops.mean(ops.sqrt(errors))"),
    "Your step follows the root of the error; follow the mean of the errors as they are.")
for part, other in (("encoder", "decoder"), ("decoder", "encoder")):
    steps.mistake(f"train-{part}-only",
        [("tape.gradient(loss, self.", f"tape.gradient(loss, self.{part}."),
         ("zip(gradients, self.", f"zip(gradients, self.{part}.")],
        f"Only the {part} learned, and the {other} did not. Use self.trainable_variables, which holds both.")
steps.mistake("train-without-corrupt", (FORWARD, FORWARD.replace("self.corrupt(x)", "x")),
    "In training the model must be shown self.corrupt(x): a subclass that overrides corrupt would change nothing.")
steps.mistake("train-target-corrupted",
    (FORWARD, "shown = self.corrupt(x)\n            errors = reconstruction_error(shown, self(shown, training=True))"),
    "You compare with the corrupted image; the target is x itself.")
steps.mistake("train-not-in-training-mode", (FORWARD, FORWARD.replace("True", "False")),
    "Your train_step leaves the networks out of training mode: call self(..., training=True).",
    also=[(FORWARD, FORWARD.replace("self(self.corrupt(x), training=True)",
                                    "self.decode(self.encode(self.corrupt(x)))"))])
EARLY = steps.mistake("train-reads-weights-too-early",
    [("with tf.GradientTape() as tape:", "weights = self.trainable_variables\n        with tf.GradientTape() as tape:"),
     ("tape.gradient(loss, self.trainable_variables)", "tape.gradient(loss, weights)"),
     ("zip(gradients, self.trainable_variables", "zip(gradients, weights")],
    "You read self.trainable_variables before the forward pass, when networks that were never called have no weights.")
TRAINS = steps.mistake("test-step-trains", (TEST, "return self.train_step(data)"),
    "test_step changed the model: held-out data must only be measured.")
steps.mistake("test-step-corrupts", (TEST, TEST.replace("self(x,", "self(self.corrupt(x),")),
    "test_step corrupts the held-out images; measure them as they are.")
TEST_MODE = steps.mistake("test-step-in-training-mode", (TEST, TEST.replace("False", "True")),
    "test_step keeps the networks in training mode; call self(x, training=False).")
steps.mistake("last-batch-logged",
    both('return {"loss": ops.mean(errors)}', 'return {"loss": ops.mean(errors)}'),
    "Your epoch's number is that of its last batch. Return what self.update_trackers returns: the epoch's mean.")
steps.mistake("batch-means-averaged",
    both("return self.update_trackers(ops.mean(errors))", "return self.update_trackers(ops.mean(errors))"),
    "You hand the batch's mean to the tracker, so a smaller last batch counts for as much as a full one. Hand over the "
    "errors, one for each example.")
steps.mistake("batch-sums-logged",
    both("return self.update_trackers(ops.sum(errors)[None])", "return self.update_trackers(ops.sum(errors)[None])"),
    "Your loss is summed over the batch; report the mean over its examples: hand over the errors themselves.")
steps.mistake("root-logged",
    both("return self.update_trackers(ops.sqrt(errors))", "return self.update_trackers(ops.sqrt(errors))"),
    "You report the root of the error; report the error itself.")
# fmt: on


def expect_loss(value: Any, what: str) -> Array:
    """The number `loss` of the dict that a step returns."""
    if not isinstance(value, dict) or "loss" not in value:
        received = f"the keys {sorted(value)[:8]}" if isinstance(value, dict) else "no dict"
        raise CheckFailed(f"{what} must be a dict with the key loss: received {received}.")
    return expect_shape(value["loss"], (), f"`loss` in {what}")


def own_errors(student: Student, x: Array, reconstruction: Array) -> Array:
    """The student's own errors of known reconstructions, (batch,)."""
    found = student.call("reconstruction_error", x, np.asarray(reconstruction, np.float32))
    return expect_shape(found, (len(x),), "your reconstruction_error")


def compiled(student: Student, model: Remote, rate: float, *, eager: bool = True) -> Remote:
    """The model, with plain gradient descent."""
    optimizer = make(student, "keras.optimizers.SGD", learning_rate=rate)
    model.call("compile", optimizer=optimizer, run_eagerly=eager, jit_compile=False)
    return model


def squaring(student: Student, model: Remote) -> Remote:
    """The model, whose `corrupt` now squares every pixel."""
    model.call("__setattr__", "corrupt", student.get("keras.ops.square"))
    return model


def _agree_losses(found: list[Array], expected: list[Array], what: str) -> None:
    """Mistakes are told by the ratios, whatever the student's own errors are."""
    means = np.array([float(errors.mean()) for errors in expected])
    losses = np.array(found)
    agree(losses, means, what, rtol=1e-3, known_by=losses / np.maximum(np.abs(means), 1e-6))


@steps.check(
    "train_step takes x or (x, y) and returns the mean error of the batch as `loss`.",
    needs=[test_error_shape],
)
def test_train_step_logs(student: Student) -> None:
    """The learning rate is too small to show."""
    found, expected = [], []
    for seed, with_labels in ((0, False), (1, True)):
        weights, x = random_linear(seed), images(seed)
        model = compiled(student, make_linear(student, weights)[0], 1e-6)
        logs = model.call("train_step", (x, np.arange(len(x))) if with_labels else x)
        found.append(expect_loss(logs, "what train_step returns"))
        expected.append(own_errors(student, x, weights.decode(weights.encode(x))))
    _agree_losses(found, expected, "`loss` of train_step, for x and for (x, y),")


def stepped(student: Student, seed: int, rate: float, *, corrupted: bool) -> tuple[Array, Array, Array]:
    """Weights before, after, and as expected after one step, as vectors."""
    weights, x = random_linear(seed), images(seed)
    model, *parts = make_linear(student, weights)
    compiled(student, squaring(student, model) if corrupted else model, rate)
    model.call("train_step", x)
    shown = x**2 if corrupted else x
    reconstruction = weights.decode(weights.encode(shown)).astype(np.float32)
    outer = student.gradients("reconstruction_error", x, reconstruction).inputs
    expect(len(outer) == 2 and outer[1] is not None, "your reconstruction_error has no gradient.")
    gradient = expect_array(outer[1], "the gradient of your reconstruction_error", x.shape)
    expected = weights.gradients(shown, gradient / len(x))
    before = flat(weights.arrays, weights.arrays)
    after = flat([array for part in parts for array in weights_of(part)], weights.arrays)
    return before, after, before - rate * flat(expected, weights.arrays)


def _agree_step(before: Array, after: Array, expected: Array, what: str) -> None:
    """A mistake is told by how much of the right step each part of the model took."""
    right, taken = expected - before, after - before
    parts = [slice(0, 15), slice(15, None)]  # encoder (4 x 3 + 3), decoder
    shares = [taken[part] @ right[part] / max(right[part] @ right[part], 1e-12) for part in parts]
    agree(after, expected, what, rtol=1e-3, atol=1e-4, known_by=np.array(shares))


@steps.check("train_step makes one gradient step on the mean error, in encoder and decoder.", weight=3,
             needs=[test_error_shape, test_error_gradient_and_dtype])  # fmt: skip
def test_train_step_follows_the_gradient(student: Student) -> None:
    """Compared with the gradient of the student's own error through linear networks."""
    _agree_step(*stepped(student, 2, 0.1, corrupted=False), "the weights after one step")


@steps.check("In training the model is shown corrupt(x), and compared with x.", weight=2,
             needs=[test_error_shape, test_error_gradient_and_dtype])  # fmt: skip
def test_train_step_corrupts_what_is_shown(student: Student) -> None:
    """`corrupt` is replaced by one that squares every pixel."""
    _agree_step(*stepped(student, 3, 0.1, corrupted=True), "the weights after one step with another corrupt")


@steps.check("train_step trains networks that were never called before.",
             needs=[test_train_step_follows_the_gradient])  # fmt: skip
def test_train_step_of_unbuilt_networks(student: Student) -> None:
    """They make their weights, all alike, in the forward pass; one step must move every array."""
    sizes = {"encoder": 3, "decoder": 4}
    parts = [
        _sequential(student, name, layer("Dense", name, units=units, kernel_initializer="ones"))
        for name, units in sizes.items()
    ]
    model = compiled(student, make(student, "Autoencoder", *parts), 0.01)
    model.call("train_step", images(4).reshape(6, 4))
    for name, part in zip(sizes, parts, strict=True):
        kernel, bias = expect_pair(trainable_weights_of(part), f"the weights of a new {name}")
        moved = not np.allclose(kernel, 1.0) and bool(bias.any())
        expect(moved, f"train_step did not move all weights of a new {name}.", EARLY)


def _sequential(student: Student, name: str, *layers: dict[str, Any]) -> Remote:
    """A network that knows no input shape yet."""
    config = {"name": name, "trainable": True, "layers": list(layers)}
    described = {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}
    return make(student, "keras.saving.deserialize_keras_object", described)


@steps.check("train_step runs the networks in training mode, test_step does not.", weight=3, needs=[test_error_shape])
def test_modes_of_both_steps(student: Student) -> None:
    """Batch normalisation: in training by the batch's own statistics, which it also remembers."""
    x = 3 * np.random.default_rng(5).normal(size=(8, 4)).astype(np.float32) + 1
    found, expected, moved = [], [], []
    for step, training in (("train_step", True), ("test_step", False)):
        model, encoder = make_normalised(student)
        before = statistics_of(encoder)
        found.append(expect_loss(compiled(student, model, 1e-6).call(step, x), f"what {step} returns"))
        expected.append(own_errors(student, x, normalised(x, training=training)))
        moved.append(not all_close(before, statistics_of(encoder)))
    expect(not moved[1], "test_step changed the moving statistics.", TEST_MODE)
    _agree_losses(found, expected, "`loss` of train_step and of test_step, with batch normalisation,")
    expect(moved[0], "train_step left the moving statistics as they were.")


@steps.check("test_step returns the mean error of x, as it is, and changes no weight.", weight=3,
             needs=[test_error_shape])  # fmt: skip
def test_test_step_only_measures(student: Student) -> None:
    """For x and for (x, y); with a `corrupt` that would show."""
    found, expected = [], []
    for seed, with_labels in ((6, False), (7, True)):
        weights, x = random_linear(seed), images(seed)
        model = compiled(student, squaring(student, make_linear(student, weights)[0]), 0.1)
        before = weights_of(model)
        logs = model.call("test_step", (x, np.arange(len(x))) if with_labels else x)
        expect_same_weights(model, before, "test_step changed the weights.", TRAINS)
        found.append(expect_loss(logs, "what test_step returns"))
        expected.append(own_errors(student, x, weights.decode(weights.encode(x))))
    _agree_losses(found, expected, "`loss` of test_step, for x and for (x, y),")


@steps.check(
    "Both steps return the mean over all examples of the epoch so far, begun anew when Keras resets it.",
    needs=[test_error_shape],
)
def test_steps_return_epoch_means(student: Student) -> None:
    """A batch of six, one of two; then the reset that `fit` makes between epochs. Learning rate 0."""
    for step in ("train_step", "test_step"):
        weights = random_linear(8)
        model = compiled(student, make_linear(student, weights)[0], 0.0)
        batches = images(8, 6), np.float32(0.2) * images(9, 2)
        errors = [own_errors(student, x, weights.decode(weights.encode(x))) for x in batches]
        model.call(step, batches[0])
        found = [expect_loss(model.call(step, batches[1]), f"what {step} returns")]
        model.call("reset_metrics")
        found.append(expect_loss(model.call(step, batches[1]), f"what {step} returns"))
        what = f"`loss` of {step} after batches of 6 and of 2, and in a new epoch,"
        _agree_losses(found, [np.concatenate(errors), errors[1]], what)


@steps.check("fit and evaluate run both steps as compiled graphs, with a smaller last batch.", needs=[test_error_shape])
def test_fit_and_evaluate(student: Student) -> None:
    """Batches of three, three and one; the graph knows no batch size. Learning rate 0."""
    weights, x = random_linear(10), images(10, 7)
    model = compiled(student, make_linear(student, weights)[0], 0.0, eager=False)
    fit = expect_object(model.call("fit", x, batch_size=3, epochs=1, verbose=0), "what fit returns")
    history = fit.get("history")
    losses = history.get("loss") if isinstance(history, dict) else None
    fitted = expect_shape(losses[0] if isinstance(losses, list) and losses else None, (), "`loss` of fit")
    logs = model.call("evaluate", x, batch_size=3, verbose=0, return_dict=True)
    errors = own_errors(student, x, weights.decode(weights.encode(x)))
    found = [fitted, expect_loss(logs, "what evaluate returns")]
    _agree_losses(found, [errors, errors], "`loss` of fit and of evaluate, batches of 3, 3 and 1,")
