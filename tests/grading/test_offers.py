"""No answer of a hole can be imported, whatever it is called there."""

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from judge.commands import offers, offers_probe
from judge.commands.workbench import Workbench
from judge.suite.suites import suite_of, suites_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = '''
import numpy as np

def _tidy_up(a, b):
    return 0.5 * np.sum(np.exp(b) + a**2 - 1.0 - b, axis=-1)

def nearly(a, b):
    return np.sum(np.exp(b) + a**2 - 1.0 - b, axis=-1)

def as_it_came(a, b):
    return a

def hands_on(pair):
    return pair

def for_ever(a, b):
    while True:
        pass

def ends_all(a, b):
    raise SystemExit(0)

class Helper:
    @staticmethod
    def of_a_class(a, b):
        return _tidy_up(a, b)

    class Inner:
        def deep(self, a, b):
            return _tidy_up(a, b)

    def asks_the_hole_itself(self, a, b):
        return self.kl(a, b)

TEXT = ["""
def in_a_text(<<first>>, second):
    return 0.5 * np.sum(np.exp(second) + <<first>> ** 2 - 1.0 - second, axis=-1)
"""]
'''
ANSWERS = {"_tidy_up", "Helper.of_a_class", "Helper.Inner.deep", "line 35, def in_a_text"}


class Model:
    def kl(self, mean, log_var):
        return 0.5 * np.sum(np.exp(log_var) + mean**2 - 1.0 - log_var, axis=-1)

    def inputs_of(self, pair):
        return pair[0], pair[1]

    def get_config(self):
        return {"name": "model", "latent_dim": 4, "weights": [1, 2]}


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """A package with the answers to the holes of `Model`, under other names."""
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "__init__.py").write_text("")
    (tmp_path / "planted" / "below.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("asked", "originals"):
        monkeypatch.setattr(offers_probe, name, {})
    monkeypatch.setattr(Model, "kl", Model.kl)  # put back afterwards, whatever is put in its place
    monkeypatch.setattr(Model, "get_config", Model.get_config)
    monkeypatch.setattr(Model, "inputs_of", Model.inputs_of)
    yield tmp_path / "planted" / "below.py"
    for name in ("planted", "planted.below"):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()


def ask(hole: str) -> list[str]:
    offers_probe.record(sys.modules[__name__], [hole])
    numbers, model = np.random.default_rng(0), Model()
    for pair in numbers.normal(size=(4, 2, 5, 3)):
        given = {"Model.kl": tuple(pair), "Model.inputs_of": (tuple(pair),)}.get(hole, ())
        getattr(model, hole.partition(".")[2])(*given)
    return offers_probe.answers("planted", hole)


def test_an_answer_is_found_under_any_name_and_nothing_else_is(planted):
    assert {re.sub(r"planted.below(, |.)", "", where) for where in ask("Model.kl")} == ANSWERS


def test_a_helper_that_gives_a_configuration_is_found(planted):
    planted.write_text("def words(x):\n    return {'latent_dim': 4, 'weights': [1, 2], 'more': 0}\n"
                       "def fewer(x):\n    return {'latent_dim': 4}\n")  # fmt: skip
    assert ask("Model.get_config") == ["planted.below.words"]


def test_a_hole_that_hands_on_what_it_was_given_has_no_answer_to_find(planted):
    assert ask("Model.inputs_of") == []


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.isolation
def test_a_planted_answer_of_exercise_3_is_found_in_the_sandbox(monkeypatch):
    helper = b"from keras import ops\n\ndef _spread(a, b):\n    return ops.sum(ops.exp(b) - 1 - b + a**2, -1) / 2\n"
    bench = Workbench(suite_of("ex03_vae", "vae"))
    monkeypatch.setattr(Workbench, "stubs", {"kl": bench.stubs["kl"]})
    found = list(offers.offered_answers(bench, package="planted", files={"planted.py": helper}))
    assert len(found) == 1
    assert "planted._spread answers the hole kl_to_standard_normal of ex03_vae" in found[0]


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.isolation
@pytest.mark.parametrize("suite", suites_of("*"), ids=lambda suite: suite.exercise)
def test_nothing_in_vaegan_answers_a_hole(suite):
    assert list(offers.offered_answers(Workbench(suite))) == []
