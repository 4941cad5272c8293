"""The oracles of exercise 3 agree with numbers worked by hand, and its mistakes can be told apart."""

import math

import numpy as np
import pytest

from graders.common import draws, losses
from graders.common.noise import alignment, alignment_limit, distance_limit, distance_to_normal
from graders.common.reference import digits, numerical_gradient, random_images, sigmoid
from graders.ex03_vae import (
    encoder_decoder,
    forward,
    generating,
    kl,
    likelihoods,
    linear,
    sampling,
    saving,
    steps,
)
from judge.suite import Cell

RIGHT = linear.Formulas(losses.bernoulli_nll, sigmoid, losses.kl_to_standard_normal)


@pytest.mark.parametrize(
    ("mean", "variance", "nats"),
    [
        (0.0, 1.0, 0.0),
        (2.0, 1.0, 2.0),  # mean ** 2 / 2
        (0.0, 4.0, 1.5 - math.log(2)),  # (4 - 1 - ln 4) / 2
        (1.0, math.e, math.e / 2 - 0.5),  # (1 + e - 1 - 1) / 2
    ],
)
def test_kl_of_one_entry(mean, variance, nats):
    kl = losses.kl_to_standard_normal(np.array([[mean]]), np.log([[variance]]))
    assert kl == pytest.approx([nats], abs=1e-12)


def test_kl_sums_entries_and_keeps_examples():
    mean = np.array([[2.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    assert losses.kl_to_standard_normal(mean, np.zeros((2, 3))) == pytest.approx([4.0, 0.5])


def test_kl_of_a_tiny_variance():
    kl = losses.kl_to_standard_normal(np.zeros((1, 1)), np.full((1, 1), -20.0))
    assert kl == pytest.approx([9.5 + math.exp(-20) / 2], rel=1e-9)  # (20 + exp(-20) - 1) / 2


def test_bernoulli_of_undecided_pixels_is_ln_2_each():
    x = np.random.default_rng(0).random((2, 28, 28, 1))
    assert losses.bernoulli_nll(x, np.zeros_like(x)) == pytest.approx(543.4274, abs=1e-3)


def test_bernoulli_of_quarter():
    logit = math.log(3)  # probability 3/4
    x = np.array([[1.0, 0.0], [0.5, 0.5]])
    by_hand = [-math.log(0.75) - math.log(0.25)] * 2
    assert losses.bernoulli_nll(x, np.full((2, 2), logit)) == pytest.approx(by_hand)


def test_bernoulli_does_not_overflow():
    assert losses.bernoulli_nll(np.array([[1.0], [0.0]]), np.array([[-800.0], [800.0]])) == pytest.approx(800.0)


def test_gaussian_by_hand():
    x, mean = np.array([[1.0, 3.0]]), np.array([[1.0, 1.0]])
    by_hand = math.log(2 * math.pi * 4) + 0.5 * 4 / 4  # two constants, one error of one standard deviation
    assert losses.gaussian_nll(x, mean, 4.0) == pytest.approx([by_hand])


def test_sigmoid_by_hand():
    assert sigmoid(np.array([0.0, math.log(3), -800.0])) == pytest.approx([0.5, 0.75, 0.0])


def test_numerical_gradient_of_a_square_and_a_product():
    gradient = numerical_gradient(lambda a: float(a[0] ** 2 + a[0] * a[1]), np.array([3.0, 5.0]))
    assert gradient == pytest.approx([11.0, 3.0], abs=1e-7)


def test_linear_vae_loss_by_hand():
    """One black pixel, one latent entry: z = 1, logit 0, so ln 2 + KL(N(1, 1)) = ln 2 + 1/2."""
    zero, one = np.zeros((1, 1)), np.ones(1)
    vae = linear.LinearVAE(zero, one, zero, 0 * one, np.ones((1, 1)), -one)
    assert vae.loss(np.zeros((4, 1, 1, 1)), RIGHT) == pytest.approx(math.log(2) + 0.5)


def test_linear_vae_step_by_hand():
    """d loss / d logit = sigmoid(0) - 0 = 1/2; it reaches the mean through the kernel, beside the KL's 1."""
    zero, one = np.zeros((1, 1)), np.ones(1)
    vae = linear.LinearVAE(zero, one, zero, 0 * one, np.ones((1, 1)), -one)
    stepped = vae.after_step(np.zeros((4, 1, 1, 1)), learning_rate=0.1, formulas=RIGHT)
    by_hand = [[[0.0]], [1.0 - 0.15], [[0.0]], [0.0], [[1.0 - 0.05]], [-1.0 - 0.05]]
    for found, expected in zip(stepped.arrays(), by_hand, strict=True):
        assert found == pytest.approx(np.array(expected), abs=1e-8)


def test_distance_of_one_draw_at_the_median_is_a_half():
    assert distance_to_normal(np.array([0.0])) == pytest.approx(0.5)


@pytest.mark.parametrize("seed", range(5))
def test_normal_draws_stay_within_the_limit_and_others_do_not(seed):
    rng = np.random.default_rng(seed)
    limit = distance_limit(20_000)
    assert distance_to_normal(rng.normal(size=20_000)) < limit
    for wrong in (
        rng.uniform(-math.sqrt(3), math.sqrt(3), 20_000),
        rng.normal(0.1, 1, 20_000),
        rng.normal(0, 1.1, 20_000),
    ):
        assert distance_to_normal(wrong) > limit


def test_false_alarms_of_the_distance_are_rarer_than_promised():
    """With the limit set for a rate of 5 %, 400 samples of 200 draws cross it in 5 % of the cases at most."""
    rng = np.random.default_rng(1)
    limit = distance_limit(200, false_alarm=0.05)
    crossed = sum(distance_to_normal(rng.normal(size=200)) > limit for _ in range(400))
    assert crossed <= 400 * 0.05 + 3 * math.sqrt(400 * 0.05 * 0.95)


def test_alignment_of_equal_noise_is_large_and_of_independent_noise_small():
    first, second = np.random.default_rng(2).normal(size=(2, 1000))
    assert alignment(first, second) < alignment_limit(3) < alignment(first, first)
    assert alignment(first, 0 * first) == 0.0


def test_a_weight_of_the_kl_is_recognised_whatever_it_is():
    assert steps.weight_of_kl(np.array([1.0, 1.0, 0.37, 0.0]), None) == "0.37"
    assert not steps.weight_of_kl(np.array([1.0, 0.5, 0.37, 0.0]), None)


def test_composition_tells_coefficients_and_what_is_left():
    parts = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    found = np.array([[3.0, 2.0, 0.0], [0.0, 0.0, 5.0]])
    assert draws.composition(found, parts) == pytest.approx([3, 1, 0, 0, 0, 1])


PARTS = (encoder_decoder, sampling, likelihoods, kl, linear, forward, steps, generating, saving)
MISTAKES = {
    (m.hole, m.name): m for part in PARTS for c in vars(part).values() if isinstance(c, Cell) for m in c.mistakes
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=lambda mistake: mistake.name)
def test_hints_are_sentences(mistake):
    assert mistake.hint.endswith((".", "?"))
    assert 30 < len(mistake.hint) < 300
    assert mistake.name == mistake.name.lower().replace("_", "-").replace(" ", "-")


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    found, original = digits(), load_digits()
    assert (found.train_images.shape, found.test_images.shape) == ((1000, 8, 8, 1), (797, 8, 8, 1))
    images = np.concatenate([found.train_images, found.test_images])
    assert images.dtype == np.float32
    assert np.array_equal(images[..., 0], original.images.astype(np.float32) / 16)
    assert np.array_equal(np.concatenate([found.train_labels, found.test_labels]), original.target)


def test_weights_without_noise_leave_none():
    weights = linear.random_linear_vae(0, noise=False)
    _, z_log_var = weights.encode(random_images(0, 3, *linear.SHAPE))
    assert np.array_equal(z_log_var, np.full((3, 3), -20.0))
