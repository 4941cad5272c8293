"""A rewritten answer is another text with the same meaning."""

import pytest

from judge.suite.rewrites import REWRITES

CODE = '''
class Encoder:
    def __init__(self, units):
        self.hidden = layers.Dense(units, activation="relu")
        self.head = layers.Dense(2)

    def loss(self, x, axis=-1):
        """Half of the squares."""
        first, second = ops.square(x), ops.exp(x)
        total = first + second
        third = ops.abs(x)
        parts = {"total": total, "kept": [first for first in (1, 2)]}
        self.note(total=total)
        return 0.5 * ops.sum(parts["total"] + third, axis=axis)

    @property
    def half(self):
        return self.loss(x=ops.ones_like([1.0, 2.0]))
'''
NAMESPACE = """
import numpy as np
import keras
from keras import layers, ops
"""


@pytest.mark.parametrize("name", REWRITES)
def test_a_rewrite_changes_the_text_and_not_what_it_does(name, keras_registry):
    text = REWRITES[name](CODE)
    assert text != CODE
    outcomes = []
    for source in (CODE, text):
        namespace: dict = {}
        exec(NAMESPACE + source, namespace)
        encoder, noted = namespace["Encoder"](3), []
        encoder.note = lambda *, total, noted=noted: noted.append(total.numpy().tolist())
        outcomes.append((float(encoder.half), noted, encoder.hidden.units))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("other names for locals", "my_first, my_second = ops.square(x)"),
        ("other names for locals", "self.note(total=my_total)"),
        ("independent statements reordered", "self.head = layers.Dense(2)\n        self.hidden"),
        ("independent statements reordered", "third = ops.abs(x)\n        total"),
        ("tf for ops", "tf.reduce_sum("),
        ("powers for squares", "((x) ** 2)"),
        ("layers named", 'layers.Dense(2, name = "own_2")'),
    ],
)  # fmt: skip
def test_what_a_rewrite_does(name, written):
    assert written not in CODE
    assert written in REWRITES[name](CODE)


def test_statements_that_depend_on_each_other_or_may_have_effects_stay_in_order():
    lines = ("a = ops.exp(x)", "b = a + 1", "c = x.pop()", "d = 2", "e = draw(self.seed)", "return a")
    code = "def f(x):\n" + "".join(f"    {line}\n" for line in lines)
    assert REWRITES["independent statements reordered"](code) == code
