"""Expectations that several checks of exercise 6 share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graders.common.objects import (
    expect_object,
    expect_shape,
    from_config,
    holds_objects,
    make,
    set_weights,
    statistics_of,
    weights_of,
)
from graders.ex06_conditional import mistakes
from judge.suite import (
    Array,
    CheckFailed,
    Mistake,
    Outcome,
    Raised,
    Remote,
    Returned,
    Student,
    agree,
    expect,
    expect_array,
    expect_pair,
    is_same,
)


def or_explain(action: Callable[[], Any], probe: Callable[[], Any], mistake: Mistake) -> Any:
    """What `action` returns; if it fails where `probe` does not, the failure is named `mistake`.

    A network that is told too little or too much raises in Keras; one that fits the mistake does not.
    """
    try:
        return action()
    except CheckFailed as failure:
        if failure.fatal or "ToImplement" in failure.message:
            raise
        try:
            probe()
        except CheckFailed:
            raise failure from None
        raise CheckFailed(failure.message, mistake) from None


def expect_heads(value: Any, shape: tuple[int, ...]) -> Array:
    """(z_mean, z_log_var) of `encode` as one array (2, *shape)."""
    z_mean, z_log_var = expect_pair(value, "what encode returns")
    return np.stack([expect_shape(z_mean, shape, "z_mean"), expect_shape(z_log_var, shape, "z_log_var")])


def expect_terms(value: Any, batch: int) -> Array:
    """(reconstruction_loss, kl_loss) of `elbo_terms` as one array (2, batch)."""
    found = expect_pair(value, "what elbo_terms returns")
    hint = "You reduced the batch axis. Return one number for each example; train_step takes the mean."
    for name, term in zip(("reconstruction_loss", "kl_loss"), found, strict=True):
        array = expect_array(term, f"the {name} of elbo_terms")
        reduced = Mistake("terms-reduced-over-batch", hint, None) if array.shape == () else None
        message = (
            f"the {name} of elbo_terms has the wrong shape: expected ({batch},), received {array.shape}."
        )
        expect(array.shape == (batch,), message, reduced)
    return np.stack([np.asarray(term, np.float64) for term in found])


def expect_scalar(value: Any, what: str) -> float:
    """The value, if it is one number."""
    hint = "Your loss is one number for each example; the step returns their mean."
    array = expect_array(value, what)
    not_reduced = Mistake("loss-not-reduced", hint, None) if array.size > 1 else None
    expect(array.size == 1, f"{what} must be one number: received shape {array.shape}.", not_reduced)
    return float(array.reshape(()))


def scalar_of(outcome: Outcome) -> float | None:
    """The number that a call returned, or None if it returned something else or nothing."""
    try:
        value = expect_array(outcome.value if isinstance(outcome, Returned) else None, "it", ())
    except CheckFailed:
        return None
    return float(value)


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


def expect_moving_mean(model: Remote, width: int) -> Array:
    """The moving mean of a network with one batch normalisation."""
    found = statistics_of(model)
    kept = [s.shape for s in found] == [(width,)] * 2
    expect(kept, f"{model.type_name} has other moving statistics than it was given.")
    return found[0]


def expect_refused(outcome: Any, what: str) -> None:
    """Fail unless the call raised, for data without labels."""
    refused = isinstance(outcome, Raised) and "ToImplement" not in outcome.kinds
    expect(refused, f"{what} accepts images without labels.", mistakes.LABELS_REQUIRED)


def expect_in_turn(found: Array, of_class: Array, what: str) -> None:
    """Fail unless image i is that of class i modulo their number.

    Args:
        found: (n, P), from a network that ignores z.
        of_class: (K, P), the image of each class.
        what: for the message.
    """
    classes = np.array([np.abs(of_class - image).sum(axis=1).argmin() for image in found])
    expected = np.arange(len(found)) % len(of_class)
    message = f"{what} should go through the classes in turn: expected {expected}, received {classes}."
    expect(np.array_equal(classes, expected), message, _order_mistake(classes, len(of_class)))


def _order_mistake(classes: Array, num_classes: int) -> Mistake | None:
    count = len(classes)
    if len(set(classes.tolist())) == 1:
        return Mistake(
            "sample-one-class", "All samples are of one class; without labels, go through all of them.", None
        )
    if np.array_equal(classes, np.sort(classes)):
        return Mistake("sample-sorted", "The classes come in blocks; each should follow the other.", None)
    if np.array_equal(classes, (np.arange(count) + 1) % num_classes):
        return Mistake("sample-starts-at-one", "Your first sample is of class 1; the first class is 0.", None)
    return mistakes.SAMPLE_RANDOM_LABELS


def expect_kept(twin: Remote, name: str, expected: float, mistake: Mistake) -> None:
    """Fail unless the twin has this number as an attribute, where it has the attribute at all."""
    value = _attribute(twin, name)
    if value is None:
        return
    kept = expect_array(value, f"the twin's {name}", ())
    expect(bool(np.isclose(kept, expected)), f"the twin's {name} is {kept:g}, not {expected:g}.", mistake)


def make_twin(student: Student, class_name: str, model: Remote) -> Remote:
    """What from_config(get_config()) makes; its configuration must be plain data and keep the name."""
    config = model.call("get_config")
    expect(isinstance(config, dict), "get_config must return a dict.")
    expect(not holds_objects(config), "get_config must return plain data.", mistakes.CONFIG_LIVE_OBJECTS)
    try:
        twin = from_config(student, class_name, config)
    except CheckFailed as failure:
        lost = "condition" not in config and not failure.fatal
        raise CheckFailed(failure.message, mistakes.CONDITION_LOST if lost else None) from None
    same = is_same(twin.get("name"), model.get("name"))
    expect(same, "the twin lost the name; begin with super().get_config().")
    return twin


def expect_same_condition(model: Remote, twin: Remote, labels: Array) -> None:
    """Fail unless the twin has a condition of its own, of the same class and sizes."""
    original, kept = (expect_object(m.get("condition"), "the `condition`") for m in (model, twin))
    message = "the twin's condition is not the original's."
    expect(original.type_name == kept.type_name, message, mistakes.CONDITION_LOST)
    shapes = [expect_array(c(labels), "c").shape for c in (original, kept)]
    expect(shapes[0] == shapes[1], message, mistakes.CONDITION_LOST)


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
    expect(same, "changing the twin's weights changed the original.", mistakes.CONFIG_SHARES_PARTS)


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
        found = expect_array(
            reloaded.call("generate", z, labels), "what generate of the reloaded model returns"
        )
    except CheckFailed as failure:
        raise CheckFailed(failure.message, None if failure.fatal else mistakes.LOST_ON_RELOAD) from None
    same = found.shape == expected.shape and np.allclose(found, expected, 1e-4, 1e-5)
    expect(same, "the reloaded model generates other images than the saved one.", mistakes.LOST_ON_RELOAD)
