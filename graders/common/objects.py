"""Objects on the student's side: made, asked for their weights, compared with their twins.

What every exercise with classes needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from judge.suite import (
    Array,
    CheckFailed,
    Gradients,
    Mistake,
    Remote,
    Student,
    agree,
    expect,
    expect_array,
)


def counted(number: int, what: str) -> str:
    """So many of a thing, for a message: "1 weight", "2 weights"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def expect_object(value: Any, what: str) -> Remote:
    """The value, if it is an object on the student's side that can be called."""
    if not isinstance(value, Remote):
        raise CheckFailed(f"{what} must be an object: received {type(value).__name__}.")
    return value


def make(student: Student, class_name: str, *args: Any, **kwargs: Any) -> Remote:
    """An instance of one of the student's classes, or of a library's."""
    return expect_object(student.call(class_name, *args, **kwargs), f"what `{class_name}(...)` makes")


def from_config(student: Student, class_name: str, config: Any) -> Remote:
    """What the student's `from_config` makes of a configuration."""
    made = expect_object(student.get(class_name), f"`{class_name}`").call("from_config", config)
    return expect_object(made, f"what {class_name}.from_config returns")


def call_in_numpy(student: Student, name: str, *arguments: Any) -> Any:
    """Call one of the student's functions with NumPy arrays; `student.call` would send tensors.

    For functions of plain numbers that a notebook calls with arrays, where `x[mask] = 0` must work.

    Args:
        student: the submission.
        name: of a function that returns one number or array, or a list of numbers.
        *arguments: arrays and numbers.
    """
    found = student.call_in_numpy(name, *arguments)
    is_numbers = isinstance(found, list | tuple) and all(isinstance(item, int | float) for item in found)
    return np.asarray(found, np.float64) if is_numbers else found


def expect_shape(
    value: Any,
    shape: Sequence[int],
    what: str,
    mistakes: Sequence[Mistake] = (),
    known_by: Array | None = None,
) -> Array:
    """The value as a float64 array of that shape; a mistake that gives another shape is named."""
    array = expect_array(value, what)
    if array.shape != tuple(shape):
        agree(array, np.zeros(shape), what, mistakes=mistakes, known_by=known_by)
    return array


def weights_of(model: Remote) -> list[Array]:
    """All weights of a model, in its own order."""
    return _arrays(model.call("get_weights"), f"get_weights of `{model.type_name}`")


def trainable_weights_of(model: Remote) -> list[Array]:
    """The weights that training changes: without moving statistics and seeds."""
    return _arrays(model.get("trainable_variables"), f"trainable_variables of `{model.type_name}`")


def statistics_of(model: Remote) -> list[Array]:
    """The moving statistics of batch normalisation and their like: untrained weights that are no seeds."""
    found = model.get("non_trainable_variables")
    real = [v for v in found if not _is_seed(v)] if isinstance(found, list) else found
    return _arrays(real, f"non_trainable_variables of `{model.type_name}`")


def set_weights(model: Remote, weights: Sequence[Array]) -> None:
    """Give a model these weights, as float32."""
    model.call("set_weights", [np.asarray(weight, np.float32) for weight in weights])


def all_close(some: Sequence[Array], others: Sequence[Array]) -> bool:
    """Whether these are as many arrays, of the same shapes and about the same numbers."""
    pairs = zip(some, others, strict=False)
    return len(some) == len(others) and all(a.shape == b.shape and np.allclose(a, b) for a, b in pairs)


def expect_same_weights(model: Remote, before: Sequence[Array], message: str, mistake: Mistake) -> None:
    """Fail unless the model still holds exactly these weights."""
    after = weights_of(model)
    expect(len(after) == len(before) and all(map(np.array_equal, before, after)), message, mistake)


def expect_gradient(found: Gradients, position: int, shape: Sequence[int], what: str, none: Mistake) -> Array:
    """The gradient with respect to one of the inputs; the mistake `none` is named if there is no gradient."""
    gradient = found.inputs[position] if position < len(found.inputs) else None
    expect(gradient is not None, f"{what} does not exist.", none)
    return expect_array(gradient, what, shape)


def expect_all_reached(gradients: Sequence[Array | None], names: Sequence[str], what: str, none: Mistake) -> None:
    """Fail, naming the mistake `none`, unless a gradient other than zero reaches every one of the named arrays."""
    expect(len(gradients) == len(names), f"{what} reaches {counted(len(gradients), 'weight')}; expected {len(names)}.")
    for gradient, name in zip(gradients, names, strict=True):
        reached = gradient is not None and expect_array(gradient, f"the gradient of {name}").any()
        expect(bool(reached), f"{what} does not reach {name}.", none)


def flat(arrays: Sequence[Array | None], like: Sequence[Array]) -> Array:
    """Weights or gradients as one vector, zeros where there is None; they must have the shapes of `like`."""
    expect(len(arrays) == len(like), f"expected {counted(len(like), 'weight')}, received {len(arrays)}.")
    pairs = zip(arrays, like, strict=True)
    parts = [np.zeros(w.shape) if a is None else expect_array(a, "a weight", w.shape) for a, w in pairs]
    return np.concatenate([part.ravel() for part in parts])


def expect_twin(student: Student, class_name: str, arguments: Mapping[str, Any], x: Array, defaults: Mistake) -> None:
    """Fail unless from_config(get_config()), given the same weights, does what the original does.

    Args:
        student: the submission.
        class_name: one of its classes, callable on `x`.
        arguments: of the constructor; not the defaults, or nothing would show.
        x: what both are called on.
        defaults: the mistake to name if the twin has other weights than the original.
    """
    original = make(student, class_name, **arguments)
    config = original.call("get_config")
    twin = from_config(student, class_name, config)
    expected = outputs(original(x))
    twin(x)  # builds its layers
    weights = weights_of(original)
    same = [w.shape for w in weights] == [w.shape for w in weights_of(twin)]
    message = f"{class_name}.from_config(get_config()) made other layers than the original's, for {arguments}."
    expect(same, message, defaults)
    set_weights(twin, weights)
    agree(outputs(twin(x)), expected, f"the output of the {class_name} made from get_config")
    missing = ", ".join(sorted(arguments.keys() - config.keys())) if isinstance(config, dict) else "everything"
    expect(not missing, f"get_config of {class_name} leaves out {missing}.", defaults)


def outputs(value: Any) -> Array:
    """One array or several heads, as one vector."""
    items = value if isinstance(value, list | tuple) else [value]
    if not items:
        raise CheckFailed("the output holds no array.")
    return np.concatenate([expect_array(item, "the output").ravel() for item in items])


def numbers(values: Sequence[Any]) -> Array:
    """Several answers as one vector, whatever their shapes: what a wrong shape is told by."""
    arrays = [np.asarray(value, np.float64) for value in values if isinstance(value, np.ndarray | float | int)]
    return np.concatenate([np.ravel(array) for array in arrays]) if arrays else np.zeros(0)


def holds_objects(value: Any) -> bool:
    """Whether something that is not plain data is in a configuration."""
    if isinstance(value, dict):
        return any(holds_objects(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(holds_objects(item) for item in value)
    return isinstance(value, Remote)


def _arrays(value: Any, what: str) -> list[Array]:
    if not isinstance(value, list):
        raise CheckFailed(f"{what} is no list of arrays.")
    return [expect_array(item, f"an array in {what}") for item in value]


def _is_seed(variable: Any) -> bool:
    return isinstance(variable, np.ndarray) and variable.dtype.kind != "f"
