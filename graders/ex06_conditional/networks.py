"""Networks that are put into the student's models: linear ones whose every number is known, small ones to train."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graders.common.networks import layer, linear_network
from graders.common.objects import make, set_weights
from graders.ex06_conditional.oracles import LinearCVAE, LinearGame
from judge.suite import Array, Remote, Student

SHAPE = (2, 2, 1)  # of the tiny images
PIXELS = math.prod(SHAPE)
CLASSES = 3


def labels_of(seed: int, batch: int, num_classes: int = CLASSES) -> Array:
    """Labels drawn evenly: every class is there, in no order, int32."""
    labels = np.arange(batch, dtype=np.int32) % num_classes
    return np.random.default_rng(seed).permutation(labels)


def make_condition(student: Student, table: Array) -> Remote:
    """The student's OneHotCondition for the identity, else an EmbeddingCondition with this table."""
    num_classes, condition_dim = table.shape
    if np.array_equal(table, np.eye(num_classes)):
        return make(student, "OneHotCondition", num_classes)
    condition = make(student, "EmbeddingCondition", num_classes, condition_dim=condition_dim)
    condition(np.zeros(1, np.int32))
    set_weights(condition, [table])
    return condition


def random_cvae(seed: int, *, table: Array | None = None, noise: bool = False) -> LinearCVAE:
    """Draw weights for images of `SHAPE`, three classes and a latent dimension of 2, as float32 represents them.

    Args:
        seed: tells the draws apart.
        table: of the condition; None for one-hot.
        noise: False makes every log-variance -20: z is z_mean to four digits, however it is drawn.
    """
    table = np.eye(CLASSES) if table is None else table
    draw, latent_dim, seen = _drawer(seed), 2, PIXELS * (1 + table.shape[1])
    return LinearCVAE(
        mean_kernel=draw(seen, latent_dim),
        mean_bias=draw(latent_dim),
        log_var_kernel=draw(seen, latent_dim) * noise,
        log_var_bias=draw(latent_dim) if noise else np.full(latent_dim, -20.0),
        kernel=draw(latent_dim + table.shape[1], PIXELS),
        bias=draw(PIXELS),
        table=table,
    )


def random_table(seed: int, num_classes: int = CLASSES, condition_dim: int = 2) -> Array:
    """A table of an EmbeddingCondition, as float32 represents it."""
    table: Array = _drawer(seed)(num_classes, condition_dim)
    return table


def make_cvae(student: Student, weights: LinearCVAE, **options: Any) -> tuple[Remote, Remote]:
    """Make the student's CVAE around linear networks with these weights: (cvae, condition)."""
    condition = make_condition(student, weights.table)
    return make(student, "CVAE", *cvae_parts(student, weights), condition, **options), condition


def cvae_parts(student: Student, weights: LinearCVAE, shape: Sequence[int] = SHAPE) -> tuple[Remote, Remote]:
    """Linear (encoder, decoder) with these weights, for data of that shape."""
    dim, pixels = weights.table.shape[1], weights.kernel.shape[1]
    latent_dim = weights.kernel.shape[0] - dim
    heads = {
        "z_mean": (weights.mean_kernel, weights.mean_bias),
        "z_log_var": (weights.log_var_kernel, weights.log_var_bias),
    }
    seen = weights.mean_kernel.shape[0] // (pixels // shape[-1]) if len(shape) == 3 else shape[0] + dim
    encoder = linear_network(student, "linear_encoder", [*shape[:-1], seen], heads)
    decoder = linear_network(
        student, "linear_decoder", [latent_dim + dim], {"pixels": (weights.kernel, weights.bias)}, shape
    )
    return encoder, decoder


def random_game(
    seed: int, *, told: bool, table: Array | None = None, class_weight: float = 0.0, latent: float = 0.0
) -> LinearGame:
    """Draw weights for images of `SHAPE`, three classes and a latent dimension of 2, as float32 represents them.

    Args:
        seed: tells the draws apart.
        told: whether the discriminator receives c (conditional GAN); else it has class logits (AC-GAN).
        table: of the condition; None for one-hot.
        class_weight: of the class losses.
        latent: how strongly the generator listens to z; at 0 its images are known.
    """
    table = np.eye(CLASSES) if table is None else table
    draw, latent_dim, dim = _drawer(seed), 2, table.shape[1]
    seen = PIXELS * (1 + dim) if told else PIXELS
    num_logits = 0 if told else len(table)
    generator_kernel = draw(latent_dim + dim, PIXELS)
    generator_kernel[:latent_dim] *= latent
    return LinearGame(
        generator_kernel=generator_kernel,
        generator_bias=draw(PIXELS),
        kernel=draw(seen, 1),
        bias=draw(1),
        class_kernel=draw(seen, num_logits),
        class_bias=draw(num_logits),
        table=table,
        told_table=table,
        told=told,
        class_weight=class_weight,
    )


def game_parts(student: Student, game: LinearGame) -> tuple[Remote, Remote, Remote]:
    """Linear (generator, discriminator) with these weights, and the student's condition."""
    image = {"image": (game.generator_kernel, game.generator_bias)}
    generator = linear_network(student, "linear_generator", [len(game.generator_kernel)], image, SHAPE)
    heads = {"authenticity": (game.kernel, game.bias)}
    if game.class_bias.size:
        heads["classes"] = (game.class_kernel, game.class_bias)
    seen = [*SHAPE[:-1], len(game.kernel) // (PIXELS // SHAPE[-1])]
    discriminator = linear_network(student, "linear_discriminator", seen, heads)
    return generator, discriminator, make_condition(student, game.table)


def normalised(
    student: Student,
    name: str,
    input_shape: Sequence[int],
    heads: dict[str, int],
    output: Sequence[int] | None = None,
) -> Remote:
    """A network whose first layer is a batch normalisation of momentum 1/2: its statistics tell what it saw.

    Args:
        student: the submission.
        name: of the model.
        input_shape: of one example.
        heads: number of units of each output.
        output: what each output is reshaped to; None leaves it flat.
    """
    body = [layer("BatchNormalization", "norm", momentum=0.5)]
    return network(student, name, input_shape, body, heads, output)


def trainable(
    student: Student, name: str, input_shape: Sequence[int], heads: dict[str, int], units: int,
    output: Sequence[int] | None = None,
) -> Remote:  # fmt: skip
    """A network of one hidden layer, small enough to train in a second."""
    hidden = layer("Dense", "hidden", units=units, activation="leaky_relu")
    return network(student, name, input_shape, [hidden], heads, output)


def network(
    student: Student, name: str, input_shape: Sequence[int], body: list[dict[str, Any]], heads: dict[str, int],
    output: Sequence[int] | None,
) -> Remote:  # fmt: skip
    """Make a functional model: flatten, the body's layers one after the other, one Dense layer for each head."""
    layers = [
        layer("InputLayer", "x", batch_shape=[None, *input_shape], dtype="float32"),
        layer("Flatten", "flatten", _tensor("x", input_shape)),
    ]
    last, width = "flatten", math.prod(input_shape)
    for described in body:
        layers.append({**described, "inbound_nodes": [{"args": [_tensor(last, [width])], "kwargs": {}}]})
        last, width = described["name"], described["config"].get("units", width)
    layers += [layer("Dense", head, _tensor(last, [width]), units=units) for head, units in heads.items()]
    ends = list(heads)
    if output is not None:
        ends = [f"{head}_reshaped" for head in heads]
        layers += [
            layer("Reshape", end, _tensor(head, [units]), target_shape=list(output))
            for end, (head, units) in zip(ends, heads.items(), strict=True)
        ]
    outputs = [[end, 0, 0] for end in ends]
    config = {
        "name": name,
        "trainable": True,
        "layers": layers,
        "input_layers": ["x", 0, 0],
        "output_layers": outputs if len(outputs) > 1 else outputs[0],
    }
    described = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
    }
    return make(student, "keras.saving.deserialize_keras_object", described)


def _tensor(name: str, shape: Sequence[int]) -> dict[str, Any]:
    config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def _drawer(seed: int) -> Any:
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Array:
        return rng.normal(0.0, 0.7, shape).astype(np.float32).astype(np.float64)

    return draw
