"""Automatic mutants are small, all different, and only where the solution is."""

import pytest

from judge.suite.operators import mutations

LOSS = "def f(z):\n    z = 1.0 * z\n    return -0.5 * ops.sum(1.0 + z, axis=-1)\n"


def texts(source, *lines):
    return {m.text: m.what for m in mutations(source, [range(n, n + 1) for n in lines])}


@pytest.mark.parametrize(
    "line",
    [
        "return 0.5 * ops.sum(1.0 + z, axis=-1)",
        "return -0.5 * ops.mean(1.0 + z, axis=-1)",
        "return -0.5 * ops.sum(z, axis=-1)",
        "return -0.5 * ops.sum(1.0 - z, axis=-1)",
        "return -0.5 * ops.sum(1.0 + z, axis=0)",
        "return -0.5 * ops.sum(1.0 + z)",
        "return -1 * ops.sum(1.0 + z, axis=-1)",
        "return ops.sum(1.0 + z, axis=-1)",
    ],
)
def test_slips_of_a_loss_are_among_its_mutants(line):
    assert any(line in text for text in texts(LOSS, 3))


def test_only_the_given_lines_are_mutated():
    assert all("z = 1.0 * z" in text for text in texts(LOSS, 3))


@pytest.mark.parametrize(
    ("line", "mutant"),
    [
        ("f(a, b)", "f(b, a)"), ("x = f(a, training=True)", "x = f(a, training=False)"),
        ("x = f(a, units=u)", "x = f(a)"), ("x = a, b", "x = b, a"), ("super().__init__(a)", "pass"),
        ("x = ('a', 'b', 'c')", "x = ('a', 'b')"), ("x = g(a)", "x = a"), ("x = a < b", "x = a >= b"),
    ],
)  # fmt: skip
def test_slips_of_any_code(line, mutant):
    found = {text.strip() for text in texts(f"{line}\n", 1)}
    assert mutant in found


def test_no_mutant_is_the_source_or_comes_twice():
    listed = [m.text for m in mutations(LOSS, [range(1, 4)])]
    assert len(listed) == len(set(listed)) and LOSS not in listed
