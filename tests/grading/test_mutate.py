"""Automatic mutants are small, all different, and only where the solution is."""

import pytest
from rich.console import Console

from judge import ROOT
from judge.commands.kept_mutants import KeptMutants
from judge.commands.mutate import Score, mutate, read_scores
from judge.suite.operators import mutations
from judge.suite.suites import suites_of

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


def kept(folder, version, code, **how):
    return KeptMutants(folder / "kept.json", version, {"test_kl": code}, **how)


def asked_of(store, *, caught):
    """Which checks a mutant is shown to; None stands for all of them."""
    asked = []
    assert store.caught_by("kl", "return 0", lambda only: asked.append(only) or caught) == caught
    return asked


@pytest.mark.parametrize(("version", "code", "asks"), [("1", "a", []), ("2", "a", []), ("2", "b", ["test_kl"])])
def test_what_a_check_caught_holds_until_its_own_code_changes(tmp_path, version, code, asks):
    assert asked_of(kept(tmp_path, "1", "a"), caught="test_kl") == [None]
    assert asked_of(kept(tmp_path, version, code), caught="test_kl") == asks


@pytest.mark.parametrize(("version", "asks"), [("1", []), ("2", [None])])
def test_a_survivor_is_shown_to_a_changed_suite_again(tmp_path, version, asks):
    asked_of(kept(tmp_path, "1", "a"), caught=None)
    assert asked_of(kept(tmp_path, version, "a"), caught=None) == asks


def test_what_a_changed_check_no_longer_catches_is_shown_to_all(tmp_path):
    asked_of(kept(tmp_path, "1", "a"), caught="test_kl")
    assert asked_of(kept(tmp_path, "2", "b"), caught=None) == ["test_kl", None]


def test_a_mutant_meets_first_what_caught_its_neighbour(tmp_path):
    store, asked = kept(tmp_path, "1", "a"), []
    asked_of(store, caught="test_kl")
    assert store.caught_by("kl", "return 1", lambda only: asked.append(only) or "test_kl") == "test_kl"
    assert asked == ["test_kl"]


def test_a_fresh_run_forgets_what_was_kept(tmp_path):
    asked_of(kept(tmp_path, "1", "a"), caught="test_kl")
    assert asked_of(kept(tmp_path, "1", "a", afresh=True), caught="test_kl") == [None]


@pytest.mark.parametrize("score", [Score(100, 97, 1), Score(3, 3, 0)])
def test_a_score_leaves_out_equivalent_mutants(score):
    assert score.percent == pytest.approx(100 * score.caught / (score.mutants - score.equivalent))


SCORED = sorted({suite.exercise for suite in suites_of("*") if read_scores(ROOT, suite.exercise)})


def all_holes(exercise):
    return sum(read_scores(ROOT, exercise).values(), Score(0, 0, 0))


@pytest.mark.parametrize("exercise", SCORED)
def test_recorded_scores_are_those_of_the_table_and_98_percent_at_least(exercise):
    score = all_holes(exercise)
    row = f"| `{exercise}` | {score.mutants} | {score.caught} | {score.equivalent} |"
    assert row in (ROOT / "docs" / "numbers.md").read_text("utf-8")
    assert score.percent >= 98


@pytest.mark.full
@pytest.mark.parametrize("exercise", SCORED)
def test_a_fresh_run_catches_what_is_recorded(exercise):
    recorded = read_scores(ROOT, exercise)
    mutate(ROOT, exercise, Console(width=120), afresh=True)
    assert read_scores(ROOT, exercise) == recorded
