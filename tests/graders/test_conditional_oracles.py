"""The oracles of exercise 6 agree with numbers worked by hand, and its hints are sentences."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from graders.common.labelled import append, batch_of, random_table
from graders.common.reference import numerical_gradient
from graders.ex06_conditional import acgan, auxiliary, cgan, conditions, cvae, cvae_training, labelled
from graders.ex06_conditional.acgan import ACGAN
from graders.ex06_conditional.cgan import CGAN
from graders.ex06_conditional.linear_cvae import LinearCVAE, random_cvae
from graders.ex06_conditional.linear_game import NO_Z, LinearGame, class_loss, softplus
from judge.suite import Cell

LN2 = math.log(2)

SOLVED = SimpleNamespace(stand_in=lambda hole: False)  # a student of whom no hole has a stand-in


def test_appending_by_hand():
    c = np.array([[5.0, 6.0]])
    assert append(np.array([[1.0]]), c).tolist() == [[1, 5, 6]]
    image = np.array([[[[1.0], [2.0]]]])  # one image of 1 x 2 pixels
    assert append(image, c).tolist() == [[[[1, 5, 6], [2, 5, 6]]]]


def test_class_loss_by_hand():
    """Logits 0 and ln 3: probabilities 1/4 and 3/4."""
    logits = np.array([[0.0, math.log(3)], [0.0, math.log(3)], [700.0, -700.0]])
    by_hand = [math.log(4), math.log(4 / 3), 1400.0]
    assert class_loss(logits, np.array([0, 1, 1])) == pytest.approx(by_hand)


def test_softplus_does_not_overflow():
    assert softplus(np.array([0.0, 800.0, -800.0])) == pytest.approx([LN2, 800.0, 0.0])


def tiny_cvae():
    """One pixel, two classes, one entry of z; the encoder returns x + 3 c_0, the decoder z + c_1."""
    column = np.array([[1.0], [3.0], [0.0]])
    decoder = np.array([[1.0], [0.0], [1.0]])
    zero = np.zeros(1)
    return LinearCVAE(column, zero, 0 * column, zero, decoder, zero, np.eye(2), 1.0)


def test_tiny_cvae_by_hand():
    x, labels = np.array([[[[0.5]]], [[[0.5]]]]), np.array([0, 1])
    cvae = tiny_cvae()
    z_mean, z_log_var = cvae.encode(x, labels)
    assert z_mean[:, 0].tolist() == [3.5, 0.5]
    assert not z_log_var.any()
    assert cvae.decode(z_mean, labels)[:, 0].tolist() == [3.5, 1.5]
    reconstruction, kl = cvae.terms(x, labels)
    softplus = [math.log1p(math.exp(v)) for v in (3.5, 1.5)]
    assert reconstruction == pytest.approx([softplus[0] - 1.75, softplus[1] - 0.75])
    assert kl == pytest.approx([3.5**2 / 2, 0.5**2 / 2])


def test_a_step_moves_only_what_is_named_and_downhill():
    cvae = random_cvae(SOLVED, 0)
    x, labels = batch_of(0)
    moved = cvae.moved("loss", ("bias",), 0.1, x, labels)
    assert moved.loss(x, labels) < cvae.loss(x, labels)
    assert np.array_equal(moved.kernel, cvae.kernel)
    pixels = x.reshape(len(x), -1)
    logits = cvae.decode(cvae.encode(x, labels)[0], labels)
    by_hand = (1 / (1 + np.exp(-logits)) - pixels).mean(axis=0)  # d loss / d bias
    assert moved.bias == pytest.approx(cvae.bias - 0.1 * by_hand, abs=1e-7)


def tiny_game(told):
    """One pixel, two classes: fakes are 2 for class 0 and -1 for class 1; the judge answers x (+ 10 c_0 if told)."""
    table, one = np.eye(2), np.ones((1, 1))
    kernel = np.array([[1.0], [10.0], [0.0]]) if told else one
    heads = (np.zeros((3, 0)), np.zeros(0)) if told else (np.array([[1.0, 0.0]]), np.zeros(2))
    generator = np.array([[0.0], [2.0], [-1.0]])
    return LinearGame(
        generator, np.zeros(1), kernel, np.zeros(1), *heads, table, table, told, 0.0 if told else 0.5, 1.0, 1.0, False
    )


def log1pexp(value):
    return math.log1p(math.exp(value))


def test_tiny_conditional_gan_by_hand():
    game, x, labels = tiny_game(told=True), np.array([[[[3.0]]], [[[4.0]]]]), np.array([0, 1])
    z = np.zeros((2, 1))
    real, fake = (log1pexp(-13) + log1pexp(-4)) / 2, (log1pexp(12) + log1pexp(-1)) / 2
    assert game.discriminator_loss(x, labels, z) == pytest.approx(real + fake)
    assert game.generator_loss(x, labels, z) == pytest.approx((log1pexp(-12) + log1pexp(1)) / 2)


def test_tiny_acgan_by_hand():
    game, x, labels = tiny_game(told=False), np.array([[[[3.0]]], [[[4.0]]]]), np.array([0, 1])
    z = np.zeros((2, 1))
    authenticity = (log1pexp(-3) + log1pexp(-4) + log1pexp(2) + log1pexp(-1)) / 2
    real_class = (log1pexp(-3) + log1pexp(4)) / 2  # class logits are (x, 0)
    fake_class = (log1pexp(-2) + log1pexp(-1)) / 2
    expected = authenticity + 0.5 * (real_class + fake_class)
    assert game.discriminator_loss(x, labels, z) == pytest.approx(expected)
    expected = (log1pexp(-2) + log1pexp(1)) / 2 + 0.5 * fake_class
    assert game.generator_loss(x, labels, z) == pytest.approx(expected)


def test_the_generators_step_does_not_follow_what_the_judge_is_told():
    game = CGAN.game(SOLVED, 1, random_table(1))
    deaf = replace(game, generator_kernel=np.zeros_like(game.generator_kernel))
    x, labels = batch_of(1)
    moved = deaf.moved("generator_loss", ("table",), 0.1, x, labels, NO_Z)
    assert moved.table == pytest.approx(game.table, abs=1e-9)
    told = numerical_gradient(lambda t: replace(deaf, told_table=t).generator_loss(x, labels, NO_Z), game.table)
    assert np.abs(told).max() > 1e-3


MISTAKES = {
    f"{mistake.hole}/{mistake.name}": mistake
    for part in (conditions, cvae, cvae_training, labelled, cgan, auxiliary, acgan)
    for cell in vars(part).values()
    if isinstance(cell, Cell)
    for mistake in cell.mistakes
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_hint_is_a_sentence_without_code(name):
    hint = MISTAKES[name].hint
    assert hint.endswith((".", "?"))
    assert 30 < len(hint) < 300
    for answer in ("ops.", "tf.", "axis=", "one_hot(", "tile(", "concatenate", "from_logits=", "zip("):
        assert answer not in hint


def test_one_hole_has_no_two_mistakes_of_one_name():
    cells = {
        id(cell): cell
        for part in (conditions, cvae, cvae_training, labelled, cgan, auxiliary, acgan)
        for cell in vars(part).values()
        if isinstance(cell, Cell)
    }
    assert sum(len(cell.mistakes) for cell in cells.values()) == len(MISTAKES)


def test_the_two_games_see_what_they_should():
    """A conditional GAN's loss depends on which label the judge is told, an AC-GAN's judge has no input for it."""
    x, labels = batch_of(2)
    told, guessing = CGAN.game(SOLVED, 2), ACGAN.game(SOLVED, 2)
    other = (labels + 1) % 3
    assert not np.allclose(told.judge(x, labels)[0], told.judge(x, other)[0])
    assert np.array_equal(guessing.judge(x, labels)[0], guessing.judge(x, other)[0])
    assert guessing.judge(x, labels)[1].shape == (6, 3)
