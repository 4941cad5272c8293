"""A lesson may use what was written in the exercise before it."""

import sys

import pytest

from vaegan.own_work import own_module


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder of an exercise, as the current one."""
    (tmp_path / "ex_now").mkdir()
    monkeypatch.chdir(tmp_path / "ex_now")
    yield tmp_path
    sys.modules.pop("own_lesson", None)


def test_the_module_of_another_exercise_is_found_beside_this_one(here):
    (here / "ex_before").mkdir()
    (here / "ex_before" / "own_lesson.py").write_text("def answer():\n    return 42\n")
    assert own_module("ex_before", "own_lesson").answer() == 42
    assert sys.modules["own_lesson"].answer() == 42
    assert not [folder for folder in sys.path if "ex_before" in folder]


def test_what_was_changed_and_saved_is_read_again(here):
    (here / "ex_before").mkdir()
    path = here / "ex_before" / "own_lesson.py"
    path.write_text("value = 1\n")
    own_module("ex_before", "own_lesson")
    path.write_text("value = 23456\n")
    assert own_module("ex_before", "own_lesson").value == 23456


def test_a_missing_exercise_is_said_in_a_sentence_and_stops_nothing(here, capsys):
    assert own_module("ex_before", "own_lesson") is None
    said = capsys.readouterr().out
    assert "own_lesson.py is not there" in said and "save own_lesson.ipynb" in said and "run this cell again" in said
