"""The oracles of exercise 5 agree with numbers worked by hand, and its mistakes can be told apart."""

import itertools
import math

import numpy as np
import pytest

from graders.common.reference import numerical_gradient
from graders.ex05_gan import (
    batch_mistakes,
    checks_losses,
    checks_modes,
    checks_theory,
    loss_mistakes,
    mistakes,
    networks,
    oracles,
    step_mistakes,
)
from judge.suite import Mistake

LOG_2 = math.log(2)


def test_optimal_discriminator_by_hand():
    found = oracles.optimal_discriminator(np.array([0.75, 0.0, 0.25, 0.0]), np.array([0.25, 0.5, 0.25, 0.0]))
    assert found == pytest.approx([0.75, 0.0, 0.5, 0.5])


def test_value_of_a_discriminator_that_cannot_tell_is_minus_log_4():
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.2, 0.8])
    assert oracles.value_function(p, q, np.full(3, 0.5)) == pytest.approx(-2 * LOG_2)


def test_value_of_a_discriminator_that_is_always_right_is_zero():
    assert oracles.value_function(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([1.0, 0.0])) == 0.0


def test_value_at_the_optimum_is_that_of_the_theorem():
    p, q = np.array([0.5, 0.25, 0.25, 0.0]), np.array([0.1, 0.2, 0.3, 0.4])
    best = oracles.value_function(p, q, oracles.optimal_discriminator(p, q))
    assert best == pytest.approx(-math.log(4) + 2 * oracles.jensen_shannon(p, q))
    assert best > oracles.value_function(p, q, np.array([0.8, 0.5, 0.5, 0.1]))


def test_jensen_shannon_of_disjoint_distributions_is_log_2():
    assert oracles.jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(LOG_2)


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
    assert oracles.discriminator_loss(np.array([real]), np.array([fake]), *targets) == pytest.approx([nats])


def test_generator_losses_by_hand():
    logits = np.array([0.0, math.log(3), -1000.0])
    assert oracles.generator_loss(logits) == pytest.approx([LOG_2, math.log(4 / 3), 1000.0])
    assert oracles.saturating_generator_loss(logits) == pytest.approx([-LOG_2, -math.log(4), 0.0])


def test_gradient_of_a_linear_network_is_that_of_its_mean_loss():
    network, x = networks.random_linear(0, 3, 2), np.random.default_rng(1).normal(size=(4, 3))

    def mean_loss(weights):
        outputs = x @ weights[:6].reshape(3, 2) + weights[6:]
        return float((outputs**2).sum(axis=1).mean())

    by_hand = network.gradient(x, 2 * network(x))
    assert by_hand == pytest.approx(numerical_gradient(mean_loss, network.as_vector()), abs=1e-6)


def test_minibatch_stddev_by_hand():
    x = np.array([[0.0, 1.0], [2.0, 1.0]])  # deviations 1 and 0
    assert oracles.minibatch_stddev(x) == pytest.approx(np.array([[0, 1, 0.5], [2, 1, 0.5]]), abs=1e-3)


def test_packs_of_numbers():
    assert np.array_equal(oracles.packs(np.arange(8).reshape(4, 2), 2), [[0, 1, 2, 3], [4, 5, 6, 7]])


def test_closeness_by_hand():
    m = np.array([[[0.0, 0.0]], [[0.0, 0.0]], [[1.0, 2.0]]])
    assert oracles.closeness(m)[:, 0] == pytest.approx([1 + math.exp(-3), 1 + math.exp(-3), 2 * math.exp(-3)])


def test_ring_has_eight_different_modes():
    centres = oracles.ring_centres()
    assert len({tuple(np.round(centre, 6)) for centre in centres}) == 8
    samples = oracles.ring(4_000, seed=0)
    assert oracles.modes_covered(samples, centres, 0.05) == 8
    assert oracles.high_quality(samples, centres, 0.05) == pytest.approx(1 - math.exp(-4.5), abs=0.01)


def test_modes_of_the_fixed_mixture():
    samples, centres = checks_modes._mixture()
    assert len(samples) == 1_000
    assert oracles.modes_covered(samples, centres, checks_modes.SD) == 5


def test_cases_of_diagnose_reach_every_answer():
    answers = {oracles.diagnose(*case) for case in checks_modes.CASES}
    assert answers == {"equilibrium", "collapse", "divergence", "training"}


X = np.random.default_rng(3).normal(size=(6, 4))
IMAGES = np.random.default_rng(4).normal(size=(6, 3, 2, 2)) * [1.0, 3.0]
M = X[:, :6].repeat(2, axis=1)[:, :6].reshape(6, 3, 2) * [[[0.3, 0.5]], [[0.2, 0.7]], [[0.4, 0.1]]][0]
WEIGHTS = np.random.default_rng(5).normal(size=(4, 9))
MIXTURE, CENTRES = checks_modes._mixture()
POINTS = np.random.default_rng(6).normal(0.0, 0.2, (40, 2))
NEAR = np.array([[0.0, 0.0], [0.2, 0.0]])
RIGHT_AND_WRONG = {
    "optimal": (
        oracles.optimal_discriminator(checks_theory.P_DATA, checks_theory.P_MODEL),
        loss_mistakes.optimal(checks_theory.P_DATA, checks_theory.P_MODEL),
    ),
    "value": (
        oracles.value_function(checks_theory.P_DATA, checks_theory.P_MODEL, checks_theory.D),
        loss_mistakes.value(checks_theory.P_DATA, checks_theory.P_MODEL, checks_theory.D),
    ),
    "discriminator's loss": (
        oracles.discriminator_loss(checks_losses.REAL, checks_losses.FAKE),
        loss_mistakes.discriminator(checks_losses.REAL, checks_losses.FAKE),
    ),
    "targets": (
        oracles.discriminator_loss(checks_losses.REAL, checks_losses.FAKE, 0.9, 0.2),
        loss_mistakes.targets(checks_losses.REAL, checks_losses.FAKE, 0.9, 0.2),
    ),
    "generator's loss": (
        oracles.generator_loss(checks_losses.FAKE),
        loss_mistakes.generator(checks_losses.FAKE),
    ),
    "saturating loss": (
        oracles.saturating_generator_loss(checks_losses.FAKE),
        loss_mistakes.saturating(checks_losses.FAKE),
    ),
    "loss of the discriminator's step": (
        oracles.discriminator_loss(checks_losses.REAL, checks_losses.FAKE).mean(),
        step_mistakes.discriminator_loss_returned(checks_losses.REAL, checks_losses.FAKE),
    ),
    "discriminator's step": (
        WEIGHTS[0] - 0.25 * (WEIGHTS[1] + WEIGHTS[2]),
        step_mistakes.discriminator_step(*WEIGHTS, rate=0.25, other_rate=0.75, batch=6),
    ),
    "loss of the generator's step": (
        oracles.generator_loss(checks_losses.FAKE).mean(),
        step_mistakes.generator_loss_returned(checks_losses.FAKE),
    ),
    "generator's step": (
        WEIGHTS[0] - 0.75 * WEIGHTS[1],
        step_mistakes.generator_step(*WEIGHTS[:2], fake_logit=-1.5, rate=0.75, other_rate=0.25, batch=6),
    ),
    "logs": (np.array([1.2, 0.8]), step_mistakes.logs(np.array([1.2, 0.8]), 6)),
    "stddev": (oracles.minibatch_stddev(X), batch_mistakes.stddev(X)),
    "stddev of images": (oracles.minibatch_stddev(IMAGES), batch_mistakes.stddev(IMAGES)),
    "packs": (oracles.packs(IMAGES, 2), batch_mistakes.packing(IMAGES, 2)),
    "closeness": (
        np.concatenate([X, oracles.closeness(M)], axis=1),
        batch_mistakes.closeness(X, M),
    ),
    "modes": (
        oracles.modes_covered(MIXTURE, CENTRES, 0.05),
        [m for m in batch_mistakes.covered(MIXTURE, CENTRES, 0.05, 0.01) if m.name != "modes-not-nearest"],
    ),
    "quality": (
        oracles.high_quality(POINTS, NEAR, 0.08),
        batch_mistakes.quality(POINTS, NEAR, 0.08),
    ),
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
        assert 24 < len(mistake.hint) < 300, mistake
        assert mistake.name == mistake.name.lower().replace("_", "-").replace(" ", "-"), mistake
