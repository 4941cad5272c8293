"""What the checks of saving expect of all three conditional models, and the mistakes that they name."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.objects import expect_object, from_config, holds_objects, make, set_weights, weights_of
from judge.suite import Array, CheckFailed, Mistake, Remote, Student, agree, expect, expect_array, is_same

# fmt: off
CONDITION_LOST = Mistake("condition-lost",
    "The twin has another condition than the original, or none: serialise `condition` in get_config and make it again "
    "in from_config.")
CONFIG_LIVE_OBJECTS = Mistake("config-holds-objects",
    "Your get_config returns live objects. Turn each part into plain data with keras.saving.serialize_keras_object.")
CONFIG_SHARES_PARTS = Mistake("config-shares-parts",
    "The twin uses the very same objects as the original; from_config must make new ones.")
ARGUMENT_LOST = Mistake("argument-lost",
    "The twin was made with other arguments than the original, probably defaults: begin get_config with the parent's.")
# It has no patch of its own: the mutants of CONDITION_LOST show it, where a saved model is loaded.
LOST_ON_RELOAD = Mistake("lost-on-reload",
    "The reloaded model gives other images for the same z and labels: a part was made anew instead of being stored. "
    "Which of the constructor's arguments are missing from get_config?")

SERIALISE = 'config["condition"] = keras.saving.serialize_keras_object(self.condition)'
DESERIALISE = 'config["condition"] = keras.saving.deserialize_keras_object(config["condition"])'
WITHOUT_CONDITION = (SERIALISE, "pass")
ANOTHER_CONDITION = (DESERIALISE, 'config["condition"] = OneHotCondition(4)')
LIVE_CONDITION = [(SERIALISE, 'config["condition"] = self.condition'), (DESERIALISE, "pass")]
SHARED_CONDITION = [(SERIALISE, f"{SERIALISE}\n        type(self).last = self.condition"),
                    (DESERIALISE, 'config["condition"] = cls.last')]
# fmt: on


def make_twin(student: Student, class_name: str, model: Remote) -> Remote:
    """What from_config(get_config()) makes; its configuration must be plain data and keep the name."""
    config = model.call("get_config")
    expect(isinstance(config, dict), "get_config must return a dict.")
    expect(not holds_objects(config), "get_config must return plain data.", CONFIG_LIVE_OBJECTS)
    try:
        twin = from_config(student, class_name, config)
    except CheckFailed as failure:
        lost = "condition" not in config and not failure.fatal
        raise CheckFailed(failure.message, CONDITION_LOST if lost else None, evidence=failure.evidence) from None
    same = is_same(twin.get("name"), model.get("name"))
    expect(same, "the twin lost the name; begin with super().get_config().")
    return twin


def expect_kept(twin: Remote, name: str, expected: float, mistake: Mistake) -> None:
    """Fail unless the twin has this number as an attribute, where it has the attribute at all."""
    value = _attribute(twin, name)
    if value is None:
        return
    kept = expect_array(value, f"the twin's {name}", ())
    expect(bool(np.isclose(kept, expected)), f"the twin's {name} is {kept:g}, not {expected:g}.", mistake)


def expect_same_condition(model: Remote, twin: Remote, labels: Array) -> None:
    """Fail unless the twin has a condition of its own, of the same class and sizes."""
    original, kept = (expect_object(m.get("condition"), "the `condition`") for m in (model, twin))
    message = "the twin's condition is not the original's."
    expect(original.type_name == kept.type_name, message, CONDITION_LOST)
    shapes = [expect_array(c(labels), "c").shape for c in (original, kept)]
    expect(shapes[0] == shapes[1], message, CONDITION_LOST)


def expect_same_images(model: Remote, twin: Remote, z: Array, labels: Array) -> None:
    """Fail unless the twin, given the same weights, generates the same and shares nothing with the original."""
    expected = expect_array(model.call("generate", z, labels), "what generate returns")
    expect_array(twin.call("generate", z, labels), "what generate of the twin returns")
    give_weights(model, twin)
    agree(twin.call("generate", z, labels), expected, "what the twin generates with the same weights")
    for part in _parts(twin).values():
        set_weights(part, [0 * w for w in weights_of(part)])
    after = expect_array(model.call("generate", z, labels), "what generate returns", expected.shape)
    same = np.allclose(after, expected)
    expect(same, "changing the twin's weights changed the original.", CONFIG_SHARES_PARTS)


def give_weights(model: Remote, twin: Remote) -> None:
    """Give the parts of the twin the weights that the model's have, where the shapes allow it."""
    before = {name: weights_of(part) for name, part in _parts(model).items()}
    for name, part in _parts(twin).items():
        if [w.shape for w in weights_of(part)] == [w.shape for w in before.get(name, [])]:
            set_weights(part, before[name])


def _parts(model: Remote) -> dict[str, Remote]:
    """The networks and the condition of a conditional model, as far as it has them under their usual names."""
    names = ("encoder", "decoder", "generator", "discriminator", "condition")
    found = {name: _attribute(model, name) for name in names}
    return {name: part for name, part in found.items() if isinstance(part, Remote)}


def _attribute(owner: Remote, name: str) -> Any:
    """An attribute, or None if there is none."""
    try:
        return owner.get(name)
    except CheckFailed:
        return None


def expect_same_after_reload(student: Student, model: Remote, z: Array, labels: Array) -> None:
    """Fail unless a model that was saved and loaded generates the same images."""
    expected = expect_array(model.call("generate", z, labels), "what generate returns")
    model.call("save", "saved.keras")
    try:
        reloaded = make(student, "keras.saving.load_model", "saved.keras")
        found = reloaded.call("generate", z, labels)
        images = expect_array(found, "what generate of the reloaded model returns")
    except CheckFailed as failure:
        raise CheckFailed(failure.message, None if failure.fatal else LOST_ON_RELOAD) from None
    same = images.shape == expected.shape and np.allclose(images, expected, 1e-4, 1e-5)
    expect(same, "the reloaded model generates other images than the saved one.", LOST_ON_RELOAD)
