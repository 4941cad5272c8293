"""Tiny Keras networks, made on the student's side from configurations.

With them a suite knows every number that a model should give, whatever networks the student wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from graders.common.objects import make, set_weights
from judge.suite import Array, Remote, Student


def linear_network(
    student: Student,
    name: str,
    input_shape: Sequence[int],
    heads: Mapping[str, tuple[Array, Array]],
    output_shape: Sequence[int] | None = None,
) -> Remote:
    """Make a functional model that flattens its input and applies one linear layer for each head.

    Args:
        student: the submission.
        name: of the model.
        input_shape: of one example.
        heads: the name of each output -> (kernel (inputs, outputs), bias (outputs,)).
        output_shape: what each output is reshaped to; None leaves it flat.

    Returns:
        The model; with one head it returns one tensor, else a list. Its weights are the kernels and biases,
        head by head.
    """
    flat = tensor("flatten", [prod(input_shape)])
    layers = [
        layer("InputLayer", "x", batch_shape=[None, *input_shape], dtype="float32"),
        layer("Flatten", "flatten", tensor("x", input_shape)),
        *(  # zeros, for nothing need be drawn that is set below
            layer("Dense", head, flat, units=len(bias), kernel_initializer="zeros") for head, (_, bias) in heads.items()
        ),
    ]
    ends = list(heads)
    if output_shape is not None:
        ends = [f"{head}_reshaped" for head in heads]
        layers += [
            layer("Reshape", end, tensor(head, [prod(output_shape)]), target_shape=list(output_shape))
            for end, head in zip(ends, heads, strict=True)
        ]
    model = functional(student, name, layers, ends)
    set_weights(model, [array for pair in heads.values() for array in pair])
    return model


def build_optimizer(student: Student, optimizer: Remote, *models: Remote) -> None:
    """Make an optimizer's memory before `fit`, which is then quicker; where that fails, `fit` will tell."""
    student.attempt("vaegan.bases.build_optimizer", optimizer, *models)


def stack(student: Student, name: str, input_shape: Sequence[int], *layers: dict[str, Any]) -> Remote:
    """Make a `keras.Sequential` of layers that `layer` describes; for networks that are not linear."""
    first = layer("InputLayer", "x", batch_shape=[None, *input_shape], dtype="float32")
    config = {"name": name, "trainable": True, "layers": [first, *layers]}
    described = {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}
    return make(student, "keras.saving.deserialize_keras_object", described)


def layer(kind: str, name: str, source: dict[str, Any] | None = None, **config: Any) -> dict[str, Any]:
    """Describe one of Keras' layers.

    Args:
        kind: its class in `keras.layers`.
        name: unique in the network.
        source: in a functional model, the tensor that it is called on.
        **config: its constructor's arguments.
    """
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [] if source is None else [{"args": [source], "kwargs": {}}],
    }


def tensor(name: str, shape: Sequence[int]) -> dict[str, Any]:
    """A reference to a layer's output inside a functional model's configuration."""
    config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def functional(student: Student, name: str, layers: list[dict[str, Any]], outputs: list[str]) -> Remote:
    """Make a functional model of layers that `layer` describes; the first is its input, `outputs` name its ends."""
    ends = [[output, 0, 0] for output in outputs]
    config = {
        "name": name,
        "trainable": True,
        "layers": layers,
        "input_layers": [layers[0]["name"], 0, 0],
        "output_layers": ends if len(ends) > 1 else ends[0],
    }
    described = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
    }
    return make(student, "keras.saving.deserialize_keras_object", described)
