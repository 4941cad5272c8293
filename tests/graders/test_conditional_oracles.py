"""The oracles of exercise 6 agree with numbers worked by hand, and its mistakes can be told apart."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from graders.common.reference import numerical_gradient
from graders.ex06_conditional import checks_auxiliary, checks_conditions, games, mistakes, networks, oracles
from graders.ex06_conditional import game_mistakes as wrong_games
from graders.ex06_conditional import value_mistakes as wrong
from graders.ex06_conditional.checks_acgan import ACGAN
from graders.ex06_conditional.checks_cgan import CGAN
from judge.suite import Mistake

LN2 = math.log(2)


def test_one_hot_by_hand():
    assert oracles.one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_appending_by_hand():
    c = np.array([[5.0, 6.0]])
    assert oracles.append(np.array([[1.0]]), c).tolist() == [[1, 5, 6]]
    image = np.array([[[[1.0], [2.0]]]])  # one image of 1 x 2 pixels
    assert oracles.append(image, c).tolist() == [[[[1, 5, 6], [2, 5, 6]]]]


def test_class_loss_by_hand():
    """Logits 0 and ln 3: probabilities 1/4 and 3/4."""
    logits = np.array([[0.0, math.log(3)], [0.0, math.log(3)], [700.0, -700.0]])
    by_hand = [math.log(4), math.log(4 / 3), 1400.0]
    assert oracles.class_loss(logits, np.array([0, 1, 1])) == pytest.approx(by_hand)


def test_softplus_does_not_overflow():
    assert oracles.softplus(np.array([0.0, 800.0, -800.0])) == pytest.approx([LN2, 800.0, 0.0])


def test_likelihoods_by_hand():
    x, zero = np.array([[1.0, 0.0]]), np.zeros((1, 2))
    assert oracles.bernoulli_nll(x, zero) == pytest.approx([2 * LN2])
    assert oracles.gaussian_nll(x, zero, 2.0) == pytest.approx([math.log(4 * math.pi) + 0.25])


def test_kl_by_hand():
    kl = oracles.kl_to_standard_normal(np.array([[2.0, 0.0]]), np.log([[1.0, 4.0]]))
    assert kl == pytest.approx([2.0 + 1.5 - LN2])


def tiny_cvae():
    """One pixel, two classes, one entry of z; the encoder returns x + 3 c_0, the decoder z + c_1."""
    column = np.array([[1.0], [3.0], [0.0]])
    decoder = np.array([[1.0], [0.0], [1.0]])
    zero = np.zeros(1)
    return oracles.LinearCVAE(column, zero, 0 * column, zero, decoder, zero, np.eye(2))


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
    cvae = networks.random_cvae(0)
    x, labels = games.batch_of(0)
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
    return oracles.LinearGame(
        generator, np.zeros(1), kernel, np.zeros(1), *heads, table, table, told, 0.0 if told else 0.5
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
    game = networks.random_game(1, told=True, table=networks.random_table(1))
    deaf = replace(game, generator_kernel=np.zeros_like(game.generator_kernel))
    x, labels = games.batch_of(1)
    moved = deaf.moved("generator_loss", ("table",), 0.1, x, labels, games.NO_Z)
    assert moved.table == pytest.approx(game.table, abs=1e-9)
    told = numerical_gradient(
        lambda t: replace(deaf, told_table=t).generator_loss(x, labels, games.NO_Z), game.table
    )
    assert np.abs(told).max() > 1e-3


IMAGES, C = checks_conditions._pair(3, 3, 4, 2, 1)
Z, C_OF_Z = checks_conditions._pair(0, 4, 3)
TABLE = networks.random_table(0, 4, 3)
LABELS = checks_conditions.LABELS
CVAE = networks.random_cvae(6)
X, X_LABELS = games.batch_of(6)
NOISY = networks.random_cvae(0, noise=True)
LATENT = np.random.default_rng(1).normal(size=(6, 2))


def of_game(kind, seed):
    game = kind.game(seed)
    data = (*games.batch_of(seed), games.NO_Z)
    return {
        f"discriminator of {kind.name} {seed}": (
            game.discriminator_loss(*data),
            wrong_games.discriminator_loss(game, *data),
        ),
        f"generator of {kind.name} {seed}": (
            game.generator_loss(*data),
            wrong_games.generator_loss(game, *data),
        ),
    }


RIGHT_AND_WRONG = {
    "one-hot": (oracles.one_hot(LABELS, 4), wrong.one_hot(LABELS, 4)),
    "table": (TABLE[LABELS], wrong.table_rows(TABLE, LABELS)),
    "append": (oracles.append(Z, C_OF_Z), wrong.append_condition(Z, C_OF_Z)),
    "planes": (oracles.append(IMAGES, C), wrong.append_planes(IMAGES, C)),
    "encode": (np.stack(NOISY.encode(X, X_LABELS)), wrong.encode(NOISY, X, X_LABELS)),
    "decode": (CVAE.decode(LATENT, X_LABELS), wrong.decode(CVAE, LATENT, X_LABELS)),
    "terms": (np.stack(CVAE.terms(X, X_LABELS)), wrong.terms(CVAE, X, X_LABELS)),
    "class loss": (
        oracles.class_loss(checks_auxiliary.LOGITS, checks_auxiliary.LABELS),
        wrong_games.class_loss(checks_auxiliary.LOGITS, checks_auxiliary.LABELS),
    ),
    **of_game(CGAN, 53),
    **of_game(CGAN, 63),
    **of_game(ACGAN, 53),
    **of_game(ACGAN, 63),
}


@pytest.mark.parametrize("part", RIGHT_AND_WRONG)
def test_no_mistake_gives_the_right_answer_or_that_of_another_mistake(part):
    right, known = RIGHT_AND_WRONG[part]
    known = [*known, Mistake("right", "", right)]
    for one, other in itertools.combinations(known, 2):
        if one.name != other.name:
            received = np.asarray(other.value, np.float64)
            assert not one.explains(received, rtol=1e-3, atol=1e-4), f"{one.name} and {other.name}"


def every_mistake():
    listed = [m for _, known in RIGHT_AND_WRONG.values() for m in known]
    return listed + [m for m in vars(mistakes).values() if isinstance(m, Mistake)]


def test_hints_are_sentences():
    for mistake in every_mistake():
        assert mistake.hint.endswith((".", "?")), mistake
        assert 30 < len(mistake.hint) < 300, mistake
        assert mistake.name == mistake.name.lower().replace("_", "-").replace(" ", "-"), mistake


def test_hints_hold_no_code():
    for mistake in every_mistake():
        for answer in ("ops.", "tf.", "axis=", "one_hot(", "tile(", "concatenate", "from_logits=", "zip("):
            assert answer not in mistake.hint, mistake


def test_one_name_is_one_mistake():
    """The same name may come with another sentence, but mistakes that checks name have one sentence each."""
    constants = [m for m in vars(mistakes).values() if isinstance(m, Mistake)]
    assert len({m.name for m in constants}) == len(constants)


def test_the_two_games_see_what_they_should():
    """A conditional GAN's loss depends on which label the judge is told, an AC-GAN's judge has no input for it."""
    x, labels = games.batch_of(2)
    told, guessing = CGAN.game(2), ACGAN.game(2)
    other = (labels + 1) % 3
    assert not np.allclose(told.judge(x, labels)[0], told.judge(x, other)[0])
    assert np.array_equal(guessing.judge(x, labels)[0], guessing.judge(x, other)[0])
    assert guessing.judge(x, labels)[1].shape == (6, 3)
