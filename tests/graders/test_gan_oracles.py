"""The oracles of exercise 5 agree with numbers worked by hand."""

import math

import numpy as np
import pytest

from graders.common import adversarial
from graders.common import adversarial_losses as losses
from graders.common.draws import composition, ratio
from graders.common.reference import numerical_gradient
from graders.ex05_gan import batch, modes, theory

LOG_2 = math.log(2)


def test_optimal_discriminator_by_hand():
    found = theory.right_optimum(np.array([0.75, 0.0, 0.25, 0.0]), np.array([0.25, 0.5, 0.25, 0.0]))
    assert found == pytest.approx([0.75, 0.0, 0.5, 0.5])


def test_value_of_a_discriminator_that_cannot_tell_is_minus_log_4():
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.2, 0.8])
    assert theory.right_value(p, q, np.full(3, 0.5)) == pytest.approx(-2 * LOG_2)


def test_value_of_a_discriminator_that_is_always_right_is_zero():
    assert theory.right_value(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([1.0, 0.0])) == 0.0


def test_value_at_the_optimum_is_that_of_the_theorem():
    p, q = np.array([0.5, 0.25, 0.25, 0.0]), np.array([0.1, 0.2, 0.3, 0.4])
    best = theory.right_value(p, q, theory.right_optimum(p, q))
    assert best == pytest.approx(-math.log(4) + 2 * theory.jensen_shannon(p, q))
    assert best > theory.right_value(p, q, np.array([0.8, 0.5, 0.5, 0.1]))


def test_jensen_shannon_of_disjoint_distributions_is_log_2():
    assert theory.jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(LOG_2)


@pytest.mark.parametrize(
    ("real", "fake", "targets", "nats"),
    [
        (0.0, 0.0, (1.0, 0.0), 2 * LOG_2),
        (math.log(3), -math.log(3), (1.0, 0.0), 2 * math.log(4 / 3)),  # D = 3/4 and 1/4
        (math.log(3), 0.0, (0.5, 0.0), -0.5 * math.log(0.75) - 0.5 * math.log(0.25) + LOG_2),
        (-1000.0, 1000.0, (1.0, 0.0), 2000.0),
    ],
)
def test_discriminator_loss_by_hand(real, fake, targets, nats):
    assert losses.discriminator_loss(np.array([real]), np.array([fake]), *targets) == pytest.approx([nats])


def test_generator_losses_by_hand():
    logits = np.array([0.0, math.log(3), -1000.0])
    assert losses.generator_loss(logits) == pytest.approx([LOG_2, math.log(4 / 3), 1000.0])
    assert losses.saturating_generator_loss(logits) == pytest.approx([-LOG_2, -math.log(4), 0.0])


def test_gradient_of_a_linear_network_is_that_of_its_mean_loss():
    network, x = adversarial.random_linear(0, 3, 2), np.random.default_rng(1).normal(size=(4, 3))

    def mean_loss(weights):
        outputs = x @ weights[:6].reshape(3, 2) + weights[6:]
        return float((outputs**2).sum(axis=1).mean())

    by_hand = network.gradient(x, 2 * network(x))
    assert by_hand == pytest.approx(numerical_gradient(mean_loss, network.as_vector()), abs=1e-6)


def test_minibatch_stddev_by_hand():
    x = np.array([[0.0, 1.0], [2.0, 1.0]])  # deviations 1 and 0
    assert batch.minibatch_stddev(x) == pytest.approx(np.array([[0, 1, 0.5], [2, 1, 0.5]]), abs=1e-3)


def test_packs_of_numbers():
    assert np.array_equal(batch.right_packs(np.arange(8).reshape(4, 2), 2), [[0, 1, 2, 3], [4, 5, 6, 7]])


def test_closeness_by_hand():
    m = np.array([[[0.0, 0.0]], [[0.0, 0.0]], [[1.0, 2.0]]])
    assert batch.right_closeness(m)[:, 0] == pytest.approx([1 + math.exp(-3), 1 + math.exp(-3), 2 * math.exp(-3)])


def test_ring_has_eight_different_modes():
    centres = modes.ring_centres()
    assert len({tuple(np.round(centre, 6)) for centre in centres}) == 8
    samples = modes.ring(4_000, seed=0)
    assert modes.right_number(samples, centres, 0.05) == 8
    assert modes.right_quality(samples, centres, 0.05) == pytest.approx(1 - math.exp(-4.5), abs=0.01)


def test_modes_of_the_fixed_mixture():
    samples, centres = modes._mixture()
    assert len(samples) == 1_000
    assert modes.right_number(samples, centres, modes.SD) == 5


def test_cases_of_diagnose_reach_every_answer():
    answers = {modes.right_diagnosis(*case) for case in modes.COLLAPSED + modes.DIVERGED + modes.BALANCED}
    assert answers == {"equilibrium", "collapse", "divergence", "training"}


def test_a_vector_is_told_by_its_parts_and_the_rest():
    parts = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    assert composition(np.array([[3.0, -2.0, 0.0]]), parts) == pytest.approx([3, -2, 0])
    assert composition(np.array([[0.0, 0.0, 5.0]]), parts) == pytest.approx([0, 0, 1])
    assert composition(np.zeros((1, 3)), parts) == pytest.approx([0, 0, 0])


def test_a_ratio_to_nothing_is_finite():
    assert ratio(np.array([1.0, 3.0]), np.array([0.0, 2.0])) == pytest.approx([1e6, 1.5])
