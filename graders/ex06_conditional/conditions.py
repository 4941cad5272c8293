"""The two conditions and the two ways to append c: checks and mistakes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graders.common.labelled import NO_GRADIENT, append, proves, random_table
from graders.common.objects import (
    expect_gradient,
    expect_shape,
    expect_twin,
    make,
    set_weights,
    trainable_weights_of,
    weights_of,
)
from judge.suite import Array, Remote, Student, agree, cell, expect, for_all

conditions = cell("conditions_check", read_again="section 2")
planes = cell("planes_check", read_again="section 3")
LABELS = np.array([2, 0, 3, 3, 1], np.int32)  # tells every known mistake apart, for four classes
_LABELS = arrays(np.int32, st.integers(1, 6), elements=st.integers(0, 3))

# fmt: off
ONE_HOT = 'return ops.one_hot(labels, self.num_classes, dtype="float32")'
ROW = "return ops.take(self.table, labels, axis=0)"
conditions.mistake("label-as-number", (ONE_HOT, "return ops.cast(labels, 'float32')[:, None]"),
    "Your c is the label as a number, as if 8 were nearly 9. Give each class an entry of its own.",
    also=[(ONE_HOT, "return ops.cast(labels, 'float32')"),
          (ONE_HOT, "return ops.tile(ops.cast(labels, 'float32')[:, None], (1, self.num_classes))"),
          (ONE_HOT, ONE_HOT.replace("return ", "return ops.cast(labels, 'float32')[:, None] * "))])
conditions.mistake("one-hot-shifted", (ONE_HOT, ONE_HOT.replace("labels", "labels - 1")),
    "Your 1 stands one place off: label 0 belongs to the first entry.",
    also=[(ONE_HOT, ONE_HOT.replace("labels", "labels + 1")),
          (ONE_HOT, ONE_HOT.replace("labels", "(labels - 1) % self.num_classes")),
          (ONE_HOT, ONE_HOT.replace("labels", "(labels + 1) % self.num_classes"))])
conditions.mistake("one-hot-transposed", (ONE_HOT, f"return ops.transpose({ONE_HOT[7:]})"),
    "Examples belong on the first axis, classes on the second.")
conditions.mistake("one-cold", (ONE_HOT, f"return 1.0 - {ONE_HOT[7:]}"),
    "Your vectors are 0 where they should be 1, and the reverse.")
ONE_HOT_WITH_WEIGHTS = conditions.mistake("one-hot-with-weights",
    ('condition_dim = num_classes."""', 'condition_dim = num_classes."""\n\n    def build(self, input_shape):\n'
     '        self.scale = self.add_weight(shape=(1,), initializer="ones", name="scale")'),
    "Your OneHotCondition has weights. A one-hot vector is fixed: nothing is to be learned here.")
conditions.mistake("row-shifted", (ROW, ROW.replace("labels", "(labels - 1) % self.num_classes")),
    "You read the neighbouring row of the table: label 0 belongs to the first row.",
    also=[(ROW, ROW.replace("labels", "(labels + 1) % self.num_classes"))])
TABLE_UNTRACKED = conditions.mistake("embedding-untracked",
    [("self.add_weight(", "keras.random.normal("), (', initializer="random_normal", name="table"', "")],
    "Keras does not know of the table of your EmbeddingCondition, so it is neither trained nor saved. Make it with "
    "self.add_weight, or with a layer that is an attribute.")
TABLE_FROZEN = conditions.mistake("embedding-frozen", ('name="table"', 'name="table", trainable=False'),
    "The table of your EmbeddingCondition is not trainable, so it stays at its random start. Make it a trainable "
    "weight of the layer.")
TABLE_OF_EQUAL_ROWS = conditions.mistake("table-starts-equal", ('"random_normal"', '"zeros"'),
    "The rows of your table start equal, so at first no network can tell the classes apart. Start them at random.")
proves(conditions, NO_GRADIENT, (ROW, ROW.replace("self.table", "ops.stop_gradient(self.table)")))
CONFIG_DEFAULTS = conditions.mistake("config-returns-defaults",
    ("        config.update(condition_dim=self.condition_dim)\n", ""),
    "The twin was made with other arguments than the original, probably defaults: put each constructor argument "
    "into get_config, with the value that this object has.")

JOIN = "return ops.concatenate([z, c], axis=-1)"
WITH_PLANES = "return ops.concatenate([images, planes], axis=-1)"
PLANES = "planes = ops.tile(c[:, None, None, :], (1, height, width, 1))"
SHAPED = "ops.reshape({}, (-1, height, width, c.shape[-1]))"
planes.mistake("condition-first", (JOIN, JOIN.replace("z, c", "c, z")), "c stands before z; the order is z, then c.")
planes.mistake("condition-on-batch-axis", (JOIN, JOIN.replace("-1", "0")),
    "You joined along the batch axis; c belongs to the same example as z: join along the last axis.")
planes.mistake("condition-missing", (JOIN, "return z"), "c is missing: what came back is z alone.")
planes.mistake("planes-missing", (WITH_PLANES, "return images"),
    "The planes are missing: these are the images alone.")
planes.mistake("planes-first", (WITH_PLANES, WITH_PLANES.replace("images, planes", "planes, images")),
    "The planes stand before the image's channels; the image comes first.")
planes.mistake("planes-scrambled", (PLANES, "planes = " + SHAPED.format("ops.repeat(c, height * width)")),
    "Your planes are not constant: repeat and reshape put each number where another belongs, although the shape "
    "is right. Give c its axes for height and width first, then spread it.",
    also=[(PLANES, "planes = " + SHAPED.format("ops.tile(c, (height * width, 1))")),
          (PLANES, "planes = " + SHAPED.format("ops.repeat(c, height * width, axis=1)")),
          (PLANES, "planes = ops.transpose(ops.reshape(ops.tile(c, (1, height * width)), "
                   "(-1, c.shape[-1], height, width)), (0, 2, 3, 1))")])
planes.mistake("planes-at-one-pixel",
    (PLANES, "planes = ops.pad(c[:, None, None, :], [(0, 0), (0, height - 1), (0, width - 1), (0, 0)])"),
    "Only one pixel holds c. A convolution looks at patches: every pixel of the plane must hold the number.")
planes.mistake("planes-averaged", (PLANES, f"{PLANES} / (height * width)"),
    "You divide c by the number of pixels; every pixel of the plane holds the number itself.")
planes.mistake("planes-of-first-example",
    (PLANES, "planes = ops.tile(c[:1, None, None, :], (c.shape[0], height, width, 1))"),
    "Every image got the planes of the first example.")
proves(planes, NO_GRADIENT, (PLANES, PLANES.replace("(c[", "(ops.stop_gradient(c)[")),
    (JOIN, JOIN.replace("z, c", "z, ops.stop_gradient(c)")), (JOIN, JOIN.replace("z, c", "ops.stop_gradient(z), c")))
# fmt: on


@conditions.check("OneHotCondition turns label k into a vector that is 1 at place k and 0 elsewhere.", weight=2)
def test_one_hot(student: Student) -> None:
    """First on labels that tell the known mistakes apart, then on any, of both integer types."""
    condition = make(student, "OneHotCondition", 4)
    agree(condition(LABELS), np.eye(4)[LABELS], "c")
    expect(not weights_of(condition), "OneHotCondition has weights.", ONE_HOT_WITH_WEIGHTS)

    def is_one_hot(labels: Array) -> None:
        for integers in (labels, labels.astype(np.int64)):
            agree(condition(integers), np.eye(4)[labels], "c")

    for_all(is_one_hot, max_examples=6, labels=_LABELS)
    wide = make(student, "OneHotCondition", 7)
    expect_shape(wide(LABELS), (5, 7), "c")
    agree(wide.get("condition_dim"), 7, "condition_dim of 7 classes")


def _embedding(student: Student, table: Array) -> Remote:
    condition = make(student, "EmbeddingCondition", len(table), condition_dim=table.shape[1])
    expect_shape(condition(np.zeros(2, np.int32)), (2, table.shape[1]), "c")
    weights = weights_of(condition)
    shapes = [w.shape for w in weights]
    message = f"EmbeddingCondition should have one table {table.shape}: received {shapes}."
    expect(shapes == [table.shape], message, None if weights else TABLE_UNTRACKED)
    set_weights(condition, [table])
    return condition


@conditions.check("EmbeddingCondition turns label k into row k of its table (num_classes, condition_dim).", weight=2)
def test_embedding_reads_its_table(student: Student) -> None:
    """With a table that the judge wrote; then the default width, and a random start."""
    table = random_table(0, 4, 3)
    condition = _embedding(student, table)
    agree(condition(LABELS), table[LABELS], "c")

    def reads_rows(labels: Array) -> None:
        for integers in (labels, labels.astype(np.int64)):
            agree(condition(integers), table[labels], "c")

    for_all(reads_rows, max_examples=6, labels=_LABELS)
    agree(condition.get("condition_dim"), 3, "condition_dim")
    default = make(student, "EmbeddingCondition", 5)
    fresh = expect_shape(default(np.arange(5)), (5, 16), "c of the default width")
    differ = len(np.unique(fresh.round(7), axis=0)) == 5
    expect(differ, "Before training, the rows of the table should differ.", TABLE_OF_EQUAL_ROWS)


@conditions.check(
    "The table of an EmbeddingCondition is trained: the rows that were read get the gradient.",
    needs=[test_embedding_reads_its_table],
)
def test_embedding_learns(student: Student) -> None:
    """The gradient of the sum of all c is, for each row, how often it was read."""
    condition = _embedding(student, random_table(1, 4, 3))
    message = "the table of EmbeddingCondition is not trainable."
    expect(len(trainable_weights_of(condition)) == 1, message, TABLE_FROZEN)
    found = condition.gradients(None, LABELS, weights_of=condition).weights
    expect(len(found) == 1 and found[0] is not None, "no gradient reaches the table.", NO_GRADIENT)
    read = np.bincount(LABELS, minlength=4)[:, None] * np.ones((4, 3))
    agree(found[0], read, "the gradient of the sum of c with respect to the table")


@conditions.check(
    "A condition made from get_config is like the original.",
    needs=[test_one_hot, test_embedding_reads_its_table],
)
def test_condition_configs(student: Student) -> None:
    """With arguments that are not the defaults."""
    arguments = {"num_classes": 4, "condition_dim": 3}
    expect_twin(student, "EmbeddingCondition", arguments, LABELS, CONFIG_DEFAULTS)
    expect_twin(student, "OneHotCondition", {"num_classes": 4}, LABELS, CONFIG_DEFAULTS)


def pair(seed: int, *shape: int, dim: int = 3) -> tuple[Array, Array]:
    """Data of that shape and a c of `dim` entries, different everywhere, float32."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape).astype(np.float32), rng.normal(size=(shape[0], dim)).astype(np.float32)


@planes.check("append_condition returns z with c behind it: (batch, latent_dim + condition_dim).")
def test_append_condition(student: Student) -> None:
    """For several sizes."""
    for batch, latent_dim, dim in ((4, 3, 3), (1, 1, 1), (5, 2, 4), (2, 6, 1)):
        z, c = pair(0, batch, latent_dim, dim=dim)
        agree(student.call("append_condition", z, c), append(z, c), "z with c appended")


@planes.check("append_planes returns (batch, height, width, channels + condition_dim).")
def test_append_planes_shape(student: Student) -> None:
    """Height and width differ, so that an exchange of the two shows."""
    for shape, dim in (((2, 4, 3, 1), 3), ((1, 2, 5, 3), 2)):
        images, c = pair(2, *shape, dim=dim)
        found = student.call("append_planes", images, c)
        expect_shape(found, (*shape[:3], shape[3] + dim), "images with planes")


@planes.check(
    "Every pixel of plane k holds entry k of its own example's c, and the image is left as it was.",
    weight=3,
    needs=[test_append_planes_shape],
)
def test_append_planes_everywhere(student: Student) -> None:
    """First on an input that tells the known mistakes apart, then on any."""

    def holds_everywhere(images: Array, c: Array) -> None:
        agree(student.call("append_planes", images, c), append(images, c), "images with planes")

    holds_everywhere(*pair(3, 3, 4, 2, 1))
    numbers = st.floats(-2, 2, width=16)
    for_all(
        holds_everywhere,
        max_examples=8,
        images=arrays(np.float32, (2, 3, 2, 2), elements=numbers),
        c=arrays(np.float32, (2, 3), elements=numbers),
    )


@planes.check(
    "Gradients pass to z, to the images and to c.",
    needs=[test_append_condition, test_append_planes_everywhere],
)
def test_appending_passes_gradients(student: Student) -> None:
    """The sum of all numbers counts each image's pixel once and each entry of c once for every pixel."""
    for name, shape, times in (("append_condition", (4, 3), 1), ("append_planes", (4, 3, 2, 1), 6)):
        x, c = pair(4, *shape)
        found = student.gradients(name, x, c)
        expected = {"the data": np.ones(shape), "c": np.full(c.shape, times)}
        for position, (whose, values) in enumerate(expected.items()):
            what = f"the gradient of the sum of {name} with respect to {whose}"
            agree(expect_gradient(found, position, values.shape, what, NO_GRADIENT), values, what)
