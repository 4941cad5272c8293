"""Checks of the two conditions and of the two ways to append c."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.objects import (
    expect_gradient,
    expect_shape,
    expect_twin,
    make,
    set_weights,
    trainable_weights_of,
    weights_of,
)
from graders.ex06_conditional import mistakes, networks, oracles, value_mistakes
from judge.suite import Array, Remote, Student, agree, check, expect, for_all

LABELS = np.array([2, 0, 3, 3, 1], np.int32)  # tells every known mistake apart, for four classes
_LABELS = arrays(np.int32, st.integers(1, 6), elements=st.integers(0, 3))


@check(
    cell="conditions_check",
    says="OneHotCondition turns label k into a vector that is 1 at place k and 0 elsewhere.",
    weight=2,
    read_again="section 2",
)
def test_one_hot(student: Student) -> None:
    """First on labels that tell the known mistakes apart, then on any, of both integer types."""
    condition = make(student, "OneHotCondition", 4)
    agree(condition(LABELS), oracles.one_hot(LABELS, 4), "c", mistakes=value_mistakes.one_hot(LABELS, 4))
    expect(not weights_of(condition), "OneHotCondition has weights.", mistakes.ONE_HOT_WITH_WEIGHTS)

    def is_one_hot(labels: Array) -> None:
        for integers in (labels, labels.astype(np.int64)):
            agree(condition(integers), oracles.one_hot(labels, 4), "c")

    for_all(is_one_hot, max_examples=6, labels=_LABELS)
    wide = make(student, "OneHotCondition", 7)
    expect_shape(wide(LABELS), (5, 7), "c")
    agree(wide.get("condition_dim"), 7, "condition_dim of 7 classes")


def _embedding(student: Student, table: Array) -> Remote:
    condition = make(student, "EmbeddingCondition", len(table), condition_dim=table.shape[1])
    expect_shape(condition(np.zeros(2, np.int32)), (2, table.shape[1]), "c")
    weights = weights_of(condition)
    untracked = None if weights else mistakes.TABLE_UNTRACKED
    message = (
        f"EmbeddingCondition should have one table {table.shape}: received {[w.shape for w in weights]}."
    )
    expect([w.shape for w in weights] == [table.shape], message, untracked)
    set_weights(condition, [table])
    return condition


@check(
    cell="conditions_check",
    says="EmbeddingCondition turns label k into row k of its table (num_classes, condition_dim).",
    weight=2,
    read_again="section 2",
)
def test_embedding_reads_its_table(student: Student) -> None:
    """With a table that the judge wrote; then the default width, and a random start."""
    table = networks.random_table(0, 4, 3)
    condition = _embedding(student, table)
    agree(condition(LABELS), table[LABELS], "c", mistakes=value_mistakes.table_rows(table, LABELS))

    def reads_rows(labels: Array) -> None:
        for integers in (labels, labels.astype(np.int64)):
            agree(condition(integers), table[labels], "c")

    for_all(reads_rows, max_examples=6, labels=_LABELS)
    agree(condition.get("condition_dim"), 3, "condition_dim")
    fresh = expect_shape(
        make(student, "EmbeddingCondition", 5)(np.arange(5)), (5, 16), "c of the default width"
    )
    message = "Before training, the rows of the table should differ."
    expect(len(np.unique(fresh.round(7), axis=0)) == 5, message)


@check(
    cell="conditions_check",
    says="The table of an EmbeddingCondition is trained: the rows that were read get the gradient.",
    needs=[test_embedding_reads_its_table],
    read_again="section 2",
)
def test_embedding_learns(student: Student) -> None:
    """The gradient of the sum of all c is, for each row, how often it was read."""
    condition = _embedding(student, networks.random_table(1, 4, 3))
    message = "the table of EmbeddingCondition is not trainable."
    expect(len(trainable_weights_of(condition)) == 1, message, mistakes.TABLE_FROZEN)
    found = condition.gradients(None, LABELS, weights_of=condition).weights
    expect(len(found) == 1 and found[0] is not None, "no gradient reaches the table.", mistakes.NO_GRADIENT)
    read = np.bincount(LABELS, minlength=4)[:, None] * np.ones((4, 3))
    agree(found[0], read, "the gradient of the sum of c with respect to the table")


@check(
    cell="conditions_check",
    says="A condition made from get_config is like the original.",
    needs=[test_one_hot, test_embedding_reads_its_table],
    read_again="section 2",
)
def test_condition_configs(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"num_classes": 4, "condition_dim": 3}
    expect_twin(student, "EmbeddingCondition", arguments, LABELS, mistakes.CONFIG_DEFAULTS)
    expect_twin(student, "OneHotCondition", {"num_classes": 4}, LABELS, mistakes.CONFIG_DEFAULTS)


def _pair(seed: int, *shape: int, dim: int = 3) -> tuple[Array, Array]:
    """Data of that shape and a c of `dim` entries, different everywhere, float32."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape).astype(np.float32), rng.normal(size=(shape[0], dim)).astype(np.float32)


@check(
    cell="planes_check",
    says="append_condition returns z with c behind it: (batch, latent_dim + condition_dim).",
    read_again="section 3",
)
def test_append_condition(student: Student) -> None:
    """For several sizes."""
    z, c = _pair(0, 4, 3)
    agree(student.call("append_condition", z, c), oracles.append(z, c), "z with c appended",
          mistakes=value_mistakes.append_condition(z, c))  # fmt: skip
    for batch, latent_dim, dim in ((1, 1, 1), (5, 2, 4), (2, 6, 1)):
        z, c = _pair(1, batch, latent_dim, dim=dim)
        agree(student.call("append_condition", z, c), oracles.append(z, c), "z with c appended")


@check(
    cell="planes_check",
    says="append_planes returns (batch, height, width, channels + condition_dim).",
    read_again="section 3",
)
def test_append_planes_shape(student: Student) -> None:
    """Height and width differ, so that an exchange of the two shows."""
    for shape, dim in (((2, 4, 3, 1), 3), ((1, 2, 5, 3), 2)):
        images, c = _pair(2, *shape, dim=dim)
        found = student.call("append_planes", images, c)
        wanted = (*shape[:3], shape[3] + dim)
        expect_shape(found, wanted, "images with planes", value_mistakes.append_planes(images, c))


@check(
    cell="planes_check",
    says="Every pixel of plane k holds entry k of its own example's c, and the image is left as it was.",
    weight=3,
    needs=[test_append_planes_shape],
    read_again="section 3",
)
def test_append_planes_everywhere(student: Student) -> None:
    """First on an input that tells the known mistakes apart, then on any."""
    images, c = _pair(3, 3, 4, 2, 1)
    found = student.call("append_planes", images, c)
    known = value_mistakes.append_planes(images, c)
    agree(found, oracles.append(images, c), "images with planes", mistakes=known)

    def holds_everywhere(images: Array, c: Array) -> None:
        agree(student.call("append_planes", images, c), oracles.append(images, c), "images with planes")

    numbers = st.floats(-2, 2, width=16)
    for_all(
        holds_everywhere,
        max_examples=8,
        images=arrays(np.float32, (2, 3, 2, 2), elements=numbers),
        c=arrays(np.float32, (2, 3), elements=numbers),
    )


@check(
    cell="planes_check",
    says="Gradients pass to z, to the images and to c.",
    needs=[test_append_condition, test_append_planes_everywhere],
    read_again="section 3",
)
def test_appending_passes_gradients(student: Student) -> None:
    """The sum of all numbers counts each image's pixel once and each entry of c once for every pixel."""
    for name, shape, times in (("append_condition", (4, 3), 1), ("append_planes", (4, 3, 2, 1), 6)):
        x, c = _pair(4, *shape)
        found = student.gradients(name, x, c)
        expected = {"the data": np.ones(shape), "c": np.full(c.shape, times)}
        for position, (whose, values) in enumerate(expected.items()):
            what = f"the gradient of the sum of {name} with respect to {whose}"
            agree(expect_gradient(found, position, values.shape, what, mistakes.NO_GRADIENT), values, what)
