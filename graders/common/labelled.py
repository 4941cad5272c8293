"""What suites put into conditional models: tiny linear networks with labels, and small ones to train.

Every network of a check is one linear layer on the flattened input, so that each loss is a short formula, and each
step of plain gradient descent a finite difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any, Self

import numpy as np

from graders.common.networks import functional, layer, tensor
from graders.common.objects import expect_shape, make, set_weights, weights_of
from graders.common.reference import numerical_gradient, random_images
from judge.suite import Array, Cell, CheckFailed, Mistake, Raised, Remote, Student, agree, expect

SHAPE = (2, 2, 1)  # of the tiny images
PIXELS = prod(SHAPE)
CLASSES = 3
BATCH = 6

# fmt: off
NO_GRADIENT = Mistake("gradient-cut",
    "No gradient comes through: either this input is not used, or NumPy, stop_gradient or a new variable cuts the "
    "connection. Compute with Keras operations from the tensors that you were given.")
LABELS_REQUIRED = Mistake("labels-not-demanded",
    "Images without labels were accepted. A conditional model that makes up labels learns nonsense: let the function "
    "that is imported for it unpack the data, and refuse.")
NO_NOISE = Mistake("no-noise", "Nothing random is in it: two calls gave the same. Draw fresh z from N(0, I).")
SAME_EVERY_CALL = Mistake("same-noise-every-call",
    "Two calls drew the same noise. An integer seed gives the same numbers each time, and so does noise drawn once "
    "and kept; use the generator, which moves on with each draw.")
SAMPLE_RANDOM_LABELS = Mistake("sample-random-labels",
    "sample draws its labels by chance. It should take the labels that it was given, and without any go through the "
    "classes in turn.")
IN_TURN = "labels = labels_in_turn(num_samples, self.condition.num_classes)"
LAST_BATCH = Mistake("last-batch-logged",
    "Your epoch's numbers are those of its last batch. Return what self.update_trackers returns: the epoch's means.")
# fmt: on


def proves(cell: Cell, mistake: Mistake, *patches: Any) -> None:
    """Patches of one cell's hole that make a mistake which checks of several holes name."""
    cell.mistake(mistake.name, patches[0], mistake.hint, also=patches[1:])


# fmt: off
def mistakes_of_order(cell: Cell) -> None:
    """What goes wrong with the order of the classes in a hole whose `sample` goes through them in turn."""
    proves(cell, SAMPLE_RANDOM_LABELS,
        (IN_TURN, "labels = keras.random.randint((num_samples,), 0, self.condition.num_classes)"))
    cell.mistake("sample-ignores-labels", (f"if labels is None:\n            {IN_TURN}", IN_TURN),
        "sample goes through the classes in turn also where labels are given: draw these.")
    cell.mistake("sample-sorted", (IN_TURN, IN_TURN.replace("labels_in", "ops.sort(labels_in") + ")"),
        "The classes come in blocks; each should follow the other.")
    cell.mistake("sample-starts-at-one",
        (IN_TURN, f"{IN_TURN}\n            labels = (labels + 1) % self.condition.num_classes"),
        "Your first sample is of class 1; the first class is 0.")
    cell.mistake("sample-one-class", (IN_TURN, "labels = ops.zeros(num_samples, 'int32')"),
        "All samples are of one class; without labels, go through all of them.")
# fmt: on


def labels_of(seed: int, batch: int = BATCH, num_classes: int = CLASSES) -> Array:
    """Labels drawn evenly: every class is there, in no order, int32."""
    labels = np.arange(batch, dtype=np.int32) % num_classes
    return np.random.default_rng(seed).permutation(labels)


def batch_of(seed: int, batch: int = BATCH) -> tuple[Array, Array]:
    """Images of `SHAPE` and labels of all classes."""
    return random_images(seed, batch, *SHAPE), labels_of(seed, batch)


def latents(seed: int, batch: int = BATCH) -> Array:
    """z of two entries, float32."""
    return np.random.default_rng(seed).normal(size=(batch, 2)).astype(np.float32)


def drawer(seed: int) -> Callable[..., Array]:
    """Draws weights of a given shape, as float32 represents them."""
    rng = np.random.default_rng(seed)
    return lambda *shape: rng.normal(0.0, 0.7, shape).astype(np.float32).astype(np.float64)


def random_table(seed: int, num_classes: int = CLASSES, condition_dim: int = 2) -> Array:
    """A table of an EmbeddingCondition, as float32 represents it."""
    return drawer(seed)(num_classes, condition_dim)


def make_condition(student: Student, table: Array, *, handed_out: bool = False) -> Remote:
    """A OneHotCondition for the identity, else an EmbeddingCondition with this table.

    Args:
        student: the submission.
        table: (classes, entries of c).
        handed_out: whether both classes are those of the module `conditional`; else the student writes them.
    """
    num_classes, condition_dim = table.shape
    one_hot = np.array_equal(table, np.eye(num_classes))
    name, sizes = ("OneHotCondition", {}) if one_hot else ("EmbeddingCondition", {"condition_dim": condition_dim})
    if handed_out:
        condition = made_by_module(student, "conditional", name, num_classes=num_classes, **sizes)
    else:
        condition = make(student, name, num_classes, **sizes)
    if one_hot:
        return condition
    condition(np.zeros(1, np.int32))
    set_weights(condition, [table])
    return condition


def scale_of_c(student: Student) -> float:
    """How much larger than in the table c arrives at the networks: the stand-ins for conditions and planes."""
    return (2.0 if student.stand_in("conditions") else 1.0) * (3.0 if student.stand_in("planes") else 1.0)


def made_by_module(student: Student, module: str, class_name: str, **config: Any) -> Remote:
    """An object of a registered class of a module that is handed out."""
    described = {"module": module, "class_name": class_name, "config": config,
                 "registered_name": f"{module}>{class_name}"}  # fmt: skip
    return make(student, "keras.saving.deserialize_keras_object", described)


def append(x: Array, c: Array) -> Array:
    """Data with c behind it: pixel by pixel for images (batch, h, w, channels), else entry by entry."""
    x, c = np.asarray(x, np.float64), np.asarray(c, np.float64)
    everywhere = np.zeros((*x.shape[:-1], c.shape[1]))
    everywhere[...] = c if x.ndim == 2 else c[:, np.newaxis, np.newaxis]
    return np.concatenate([x, everywhere], axis=-1)


class Linear:
    """Arrays by name, moved by plain gradient descent."""

    def moved(self, loss_of: str, names: Sequence[str], rate: float, *data: Array) -> Self:
        """The arrays after one step of gradient descent on method `loss_of`, in the named arrays only."""
        stepped = {}
        for name in names:

            def loss_at(values: Array, name: str = name) -> float:
                return float(getattr(replace(self, **{name: values}), loss_of)(*data))  # type: ignore[type-var]

            array = np.asarray(getattr(self, name))
            stepped[name] = array - rate * numerical_gradient(loss_at, array)
        return replace(self, **stepped)  # type: ignore[type-var]

    def arrays(self, *names: str) -> list[Array]:
        """The named arrays, in their order."""
        return [np.asarray(getattr(self, name)) for name in names]


def small_network(
    student: Student, name: str, input_shape: Sequence[int], heads: dict[str, int],
    output_shape: Sequence[int] | None = None, *, units: int | None = None,
) -> Remote:  # fmt: skip
    """A network that is not linear: flatten, one layer, and a Dense layer for each head.

    Args:
        student: the submission.
        name: of the model.
        input_shape: of one example.
        heads: number of units of each output.
        output_shape: what each output is reshaped to; None leaves it flat.
        units: of a hidden layer, enough to train in a second; None makes it a batch normalisation of momentum 1/2,
            whose statistics tell what it saw.
    """
    size = prod(input_shape)
    flat = tensor("flatten", [size])
    normalise = layer("BatchNormalization", "first", flat, momentum=0.5)
    layers = [
        layer("InputLayer", "x", batch_shape=[None, *input_shape], dtype="float32"),
        layer("Flatten", "flatten", tensor("x", input_shape)),
        layer("Dense", "first", flat, units=units, activation="leaky_relu") if units else normalise,
        *(layer("Dense", head, tensor("first", [units or size]), units=n) for head, n in heads.items()),
    ]
    if output_shape is None:
        return functional(student, name, layers, list(heads))
    shaped = {f"{head}_reshaped": tensor(head, [n]) for head, n in heads.items()}
    layers += [layer("Reshape", end, of, target_shape=list(output_shape)) for end, of in shaped.items()]
    return functional(student, name, layers, list(shaped))


def expect_logs(value: Any, names: Sequence[str], what: str) -> Array:
    """These numbers from the dict that a step returns."""
    if not isinstance(value, dict) or not set(names) <= set(value):
        received = f"{sorted(value)[:8]}" if isinstance(value, dict) else "no dict"
        raise CheckFailed(f"{what} must be a dict with the keys {', '.join(names)}: received {received}.")
    return np.stack([expect_shape(value[name], (), f"`{name}` in {what}") for name in names])


def expect_weights(model: Remote, like: Sequence[Array]) -> list[Array]:
    """All weights of a model that the judge put in, which must have kept their number and shapes."""
    found = weights_of(model)
    same = [w.shape for w in found] == [w.shape for w in like]
    expect(same, f"{model.type_name} has other weights than it was given.")
    return found


def expect_refused(outcome: Any, what: str) -> None:
    """Fail unless the call raised, for data without labels."""
    refused = isinstance(outcome, Raised) and "ToImplement" not in outcome.kinds
    expect(refused, f"{what} accepts images without labels.", LABELS_REQUIRED)


def expect_sampled_classes(model: Remote, of_class: Array, labels: Array) -> None:
    """Fail unless `sample` draws the labels that it is given, and without any the classes in turn.

    Args:
        model: draws images that tell their class alone.
        of_class: (classes, pixels), the image of each class.
        labels: (n,), what is asked for.
    """
    in_turn = np.arange(7) % len(of_class)
    for what, arguments, expected in (
        ("sample(7)", (7,), in_turn),
        ("sample", (len(labels), labels), labels),
    ):
        shape = (len(expected), *SHAPE)
        drawn = [expect_shape(model.call("sample", *arguments), shape, f"what {what} returns") for _ in "ab"]
        classes, again = (_nearest(images.reshape(len(expected), -1), of_class) for images in drawn)
        by_chance = not np.array_equal(classes, again)
        message = f"{what} should draw the classes {expected}: received {classes}, then {again}."
        expect(not by_chance, message, SAMPLE_RANDOM_LABELS)
        agree(classes, expected, f"the sequence of classes that {what} draws")
        agree(drawn[0].reshape(len(expected), -1), of_class[expected], f"the images that {what} draws")


def _nearest(images: Array, of_class: Array) -> Array:
    return np.array([np.abs(of_class - image).sum(axis=1).argmin() for image in images])
