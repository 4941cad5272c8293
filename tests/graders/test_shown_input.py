"""The input that shows a mistake is in the feedback wherever it is certain, whether or not its check says so."""

import numpy as np

from judge.sandbox.outcomes import Raised, Returned
from judge.suite.expect import CheckFailed, Evidence
from judge.suite.shown_input import Asked, shown_input

Z = np.array([[0.5, -1.0]])


def failed(received) -> CheckFailed:
    return CheckFailed("The KL has the wrong value.", evidence=Evidence(np.asarray(received), np.zeros(1)))


def kl(outcome, *args, **kwargs) -> Asked:
    return Asked("kl", args or (Z, Z), kwargs, outcome)


def test_the_call_whose_answer_was_wrong_is_shown():
    assert shown_input(kl(Returned(np.array([2.5]))), failed([2.5])) == "kl([[ 0.5 -1. ]], [[ 0.5 -1. ]])"


def test_the_answer_may_be_one_of_several_and_hold_no_number():
    answer = {"loss": 1.0, "parts": (np.array([np.nan, 1.0]), 3)}
    assert shown_input(kl(Returned(answer), 7, training=True), failed([np.nan, 1.0])) == "kl(7, training=True)"


def test_what_raised_is_shown_with_what_it_was_given():
    raised = Raised("ValueError", ("ValueError",), "shapes differ", ())
    text = CheckFailed("`kl` raised ValueError", evidence=Evidence(np.array("ValueError: shapes differ")))
    assert shown_input(kl(raised), text) == "kl([[ 0.5 -1. ]], [[ 0.5 -1. ]])"


def test_nothing_is_shown_of_a_call_that_the_failure_is_not_about():
    assert shown_input(kl(Returned(np.array([2.5]))), failed([7.5])) == ""
    assert shown_input(kl(Returned(np.array([2.5]))), CheckFailed("It has no weights.")) == ""
    assert shown_input(None, failed([2.5])) == ""


def test_nothing_is_shown_of_a_stub():
    stub = Raised("ToImplement", ("ToImplement",), "kl", ())
    assert shown_input(kl(stub), CheckFailed("", evidence=Evidence(np.array("ToImplement: kl")))) == ""


def test_large_inputs_are_told_in_short():
    shown = shown_input(kl(Returned(np.array(1.0)), np.zeros((5, 28, 28, 1)), [0] * 1000), failed(1.0))
    assert "of shape (5, 28, 28, 1)" in shown
    assert len(shown) < 400
    assert shown.startswith("kl(\n    ")


def test_what_gave_no_array_is_shown_with_what_it_was_given():
    nothing = CheckFailed("The KL must be a tensor: expected numbers, received None (is a `return` missing?).")
    assert shown_input(kl(Returned(None)), nothing) == "kl([[ 0.5 -1. ]], [[ 0.5 -1. ]])"
    assert shown_input(kl(Returned({"a": 1})), nothing) == ""
