"""Checks of the small network: the Keras idiom."""

from __future__ import annotations

import numpy as np

from graders.common.objects import expect_object, make
from graders.ex01_images import mistakes
from judge.suite import Array, Remote, Student, agree, check, expect, expect_array, is_same

LOGITS = "the logits"


def _slices(seed: int, num: int = 6) -> Array:
    return np.random.default_rng(seed).normal(size=(num, 4, 3, 1)).astype(np.float32)


def _weights(model: Remote) -> list[Array]:
    found = model.call("get_weights")
    expect(isinstance(found, list), "get_weights returned no list of arrays.")
    return [expect_array(weight, "a weight of the model") for weight in found]


@check(
    cell="classifier_check",
    says="The logits are (batch, num_classes), the same on every call.",
    read_again="equation (4)",
)
def test_classifier_shape(student: Student) -> None:
    """For two numbers of classes."""
    for num_classes in (2, 5):
        model = make(student, "SliceClassifier", num_classes=num_classes, hidden_units=7)
        first = expect_array(model(_slices(0)), LOGITS, (6, num_classes))
        second = expect_array(model(_slices(0)), LOGITS, (6, num_classes))
        expect(
            np.allclose(first, second, atol=1e-6), f"{LOGITS} differ between two calls.", mistakes.NEW_LAYERS
        )


@check(
    cell="classifier_check",
    says="The layers are kept in self, and compute equation (4).",
    weight=2,
    needs=[test_classifier_shape],
    read_again="equation (4)",
)
def test_classifier_values(student: Student) -> None:
    """Recomputed from the model's own weights, which must be W1, b1, W2 and b2."""
    model = make(student, "SliceClassifier", num_classes=3, hidden_units=7)
    x = 3 * _slices(1, num=20)
    model(x)
    rng = np.random.default_rng(2)
    weights = [np.asarray(rng.normal(size=w.shape), np.float32) for w in _weights(model)]
    shapes = [w.shape for w in weights]
    expected_shapes = [(12, 7), (7,), (7, 3), (3,)]
    expect(
        sorted(shapes) == sorted(expected_shapes),
        f"the model's weights have the wrong shapes: expected {expected_shapes}, received {shapes}.",
        mistakes.NEW_LAYERS if not shapes else None,
    )
    model.call("set_weights", weights)
    w1, b1, w2, b2 = (weights[shapes.index(shape)] for shape in expected_shapes)
    before = x.reshape(20, 12) @ w1 + b1
    logits = np.maximum(before, 0) @ w2 + b2
    found = expect_array(model(x), LOGITS, (20, 3))
    linear = np.allclose(found, before @ w2 + b2, rtol=1e-3, atol=1e-3)
    expect(not linear, f"{LOGITS} are linear in the slices.", mistakes.NO_RELU)
    squashed = (
        np.allclose(found, squash, atol=1e-3)
        for squash in (1 / (1 + np.exp(-logits)), _softmax(logits), np.maximum(logits, 0), np.tanh(logits))
    )
    expect(not any(squashed), f"{LOGITS} went through an activation.", mistakes.SQUASHED_LOGITS)
    agree(found, logits, LOGITS, rtol=1e-3, atol=1e-3)


def _softmax(logits: Array) -> Array:
    unscaled = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(unscaled / unscaled.sum(axis=1, keepdims=True))


@check(
    cell="classifier_check",
    says="get_config holds the arguments, and the model can be made again from it.",
    weight=2,
    read_again="section 7",
)
def test_classifier_config(student: Student) -> None:
    """With other arguments than the defaults, and a name."""
    model = make(student, "SliceClassifier", num_classes=4, hidden_units=9, name="mine")
    config = model.call("get_config")
    owner = expect_object(student.get("SliceClassifier"), "`SliceClassifier`")
    twin = expect_object(owner.call("from_config", config), "what from_config returns")
    for name, expected in (("num_classes", 4), ("hidden_units", 9)):
        value = twin.get(name)
        message = f"{name} is lost: expected {expected} after from_config, received {value}."
        expect(is_same(value, expected), message, mistakes.CONFIG_INCOMPLETE)
    name = twin.get("name")
    expect(
        is_same(name, "mine"), f"the name is lost: expected 'mine', received {name!r}.", mistakes.NAME_LOST
    )


@check(
    cell="classifier_check",
    says="A saved and loaded model gives the same logits.",
    needs=[test_classifier_shape, test_classifier_config],
    read_again="section 7",
)
def test_classifier_saved(student: Student) -> None:
    """Through a .keras file."""
    model = make(student, "SliceClassifier", num_classes=3, hidden_units=5)
    x = _slices(3)
    before = expect_array(model(x), LOGITS, (6, 3))
    model.call("save", "classifier.keras")
    twin = expect_object(student.call("keras.models.load_model", "classifier.keras"), "the loaded model")
    agree(twin(x), before, "the logits of the loaded model")
