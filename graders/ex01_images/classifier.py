"""The small network, which shows the Keras idiom: its checks and its mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.objects import expect_object, from_config, make, weights_of
from judge.suite import Array, Student, agree, cell, expect, expect_array, is_same

classifier = cell("classifier_check", read_again="equation (4)")
LOGITS = "the logits"
SHAPES = [(12, 7), (7,), (7, 3), (3,)]  # of W1, b1, W2 and b2 for slices of 4 x 3, 7 hidden units, 3 classes

# fmt: off
LAST, CALLED = "layers.Dense(num_classes)", "self.logits(self.hidden(self.flatten(x)))"
CONFIG = "config.update(num_classes=self.num_classes, hidden_units=self.hidden_units)"
NEW_LAYERS = classifier.mistake("layers-made-in-call",
    (CALLED, "layers.Dense(self.num_classes)(layers.Dense(self.hidden_units, activation='relu')(self.flatten(x)))"),
    "Two calls on the same slices differ: layers made in `call` start anew each time. Make them in __init__.",
    also=[(CALLED, "layers.Dense(self.num_classes)(self.hidden(self.flatten(x)))")])
classifier.mistake("logits-with-activation", (LAST, "layers.Dense(num_classes, activation='softmax')"),
    "Your logits have been squashed: the last layer has an activation. Logits may be any real number.",
    also=[(LAST, f"layers.Dense(num_classes, activation='{name}')") for name in ("sigmoid", "relu", "tanh")])
classifier.mistake("hidden-without-relu", (', activation="relu"', ""),
    "Your model is linear: the ReLU of the hidden layer is missing.")
classifier.mistake("hidden-other-activation", ('activation="relu"', 'activation="tanh"'),
    "The hidden layer has another activation than the ReLU of equation (4).",
    also=[('activation="relu"', 'activation="sigmoid"'), ('activation="relu"', 'activation="leaky_relu"')])
WIDTH_IGNORED = classifier.mistake("hidden-units-ignored", ("layers.Dense(hidden_units", "layers.Dense(16"),
    "The hidden layer has always the same width: make it hidden_units wide.")
CLASSES_IGNORED = classifier.mistake("num-classes-ignored", (LAST, "layers.Dense(2)"),
    "Your model has two logits whatever num_classes says.")
CONFIG_INCOMPLETE = classifier.mistake("config-incomplete", (CONFIG, ""),
    "A model that is saved and loaded has other sizes: get_config must hold num_classes and hidden_units as they were "
    "given, beside what the parent has.",
    also=[(CONFIG, "config.update(num_classes=2, hidden_units=16)"), (", hidden_units=self.hidden_units)", ")"),
          ("num_classes=self.num_classes, ", "")])
NAME_LOST = classifier.mistake("config-without-parent", ("super().get_config()", "{}"),
    "The name of the model is lost: start from super().get_config(), and pass **kwargs on in __init__.",
    also=[("super().__init__(**kwargs)", "super().__init__()")])
# fmt: on


def _slices(seed: int, num: int = 6) -> Array:
    return np.random.default_rng(seed).normal(size=(num, 4, 3, 1)).astype(np.float32)


@classifier.check("The logits are (batch, num_classes), the same on every call.")
def test_classifier_shape(student: Student) -> None:
    """For two numbers of classes."""
    for num_classes in (2, 5):
        model = make(student, "SliceClassifier", num_classes=num_classes, hidden_units=7)
        first, second = (expect_array(model(_slices(0)), LOGITS) for _ in range(2))
        message = f"{LOGITS} have the wrong shape: expected (6, {num_classes}), received {first.shape}."
        fixed = len(first.shape) == 2 and num_classes != 2
        expect(first.shape == (6, num_classes), message, CLASSES_IGNORED if fixed else None)
        same = first.shape == second.shape and np.allclose(first, second, atol=1e-6)
        expect(same, f"{LOGITS} differ between two calls.", NEW_LAYERS)


@classifier.check("The layers are kept in self, and compute equation (4).", weight=2, needs=[test_classifier_shape])
def test_classifier_values(student: Student) -> None:
    """Recomputed from weights that are set here."""
    model = make(student, "SliceClassifier", num_classes=3, hidden_units=7)
    x = 3 * _slices(1, num=20)
    model(x)
    shapes = [weight.shape for weight in weights_of(model)]
    message = f"the model's weights have the wrong shapes: expected {SHAPES}, received {shapes}."
    widths_only = len(shapes) == len(SHAPES) and (3,) in shapes
    mistake = WIDTH_IGNORED if widths_only else None if shapes else NEW_LAYERS
    expect(sorted(shapes) == sorted(SHAPES), message, mistake)
    rng = np.random.default_rng(2)
    drawn = {shape: np.asarray(rng.normal(size=shape), np.float32) for shape in SHAPES}
    model.call("set_weights", [drawn[shape] for shape in shapes])
    w1, b1, w2, b2 = drawn.values()
    logits = np.maximum(x.reshape(20, 12) @ w1 + b1, 0) @ w2 + b2
    agree(model(x), logits, LOGITS, rtol=1e-3, atol=1e-3)


@classifier.check("get_config holds the arguments, and the model can be made again from it.", weight=2,
                  read_again="section 7")  # fmt: skip
def test_classifier_config(student: Student) -> None:
    """With other arguments than the defaults, and a name."""
    model = make(student, "SliceClassifier", num_classes=4, hidden_units=9, name="mine")
    twin = from_config(student, "SliceClassifier", model.call("get_config"))
    for argument, expected, mistake in (
        ("num_classes", 4, CONFIG_INCOMPLETE), ("hidden_units", 9, CONFIG_INCOMPLETE), ("name", "mine", NAME_LOST),
    ):  # fmt: skip
        value = twin.get(argument)
        message = f"{argument} is lost: expected {expected!r} after from_config, received {value!r}."
        expect(is_same(value, expected), message, mistake)


@classifier.check("A saved and loaded model gives the same logits.",
                  needs=[test_classifier_shape, test_classifier_config], read_again="section 7")  # fmt: skip
def test_classifier_saved(student: Student) -> None:
    """Through a .keras file."""
    model = make(student, "SliceClassifier", num_classes=3, hidden_units=5)
    x = _slices(3)
    before = expect_array(model(x), LOGITS, (6, 3))
    model.call("save", "classifier.keras")
    twin = expect_object(student.call("keras.models.load_model", "classifier.keras"), "the loaded model")
    agree(twin(x), before, "the logits of the loaded model")
