"""Pictures of adversarial training show the numbers they are given, and say whose data they are."""

import math

import numpy as np
import pytest

from vaegan.data import RING_SD, ring, ring_centres
from vaegan.gan_pictures import adversarial_curves, modes_over_time, ring_scatter

HISTORY = {"discriminator_loss": [1.2, 1.3, 1.4], "generator_loss": [0.9, 0.8, 0.7], "modes": [1, 4, 8]}


def lines_of(ax):
    return {line.get_label(): np.asarray(line.get_ydata()).tolist() for line in ax.lines}


def test_curves_show_both_losses_and_the_values_of_an_undecided_discriminator():
    figure = adversarial_curves(HISTORY, "made-up losses")
    lines = lines_of(figure.axes[0])
    assert lines["discriminator loss"] == HISTORY["discriminator_loss"]
    assert lines["generator loss"] == HISTORY["generator_loss"]
    assert lines["undecided: log 4"] == [math.log(4)] * 2 and lines["undecided: log 2"] == [math.log(2)] * 2
    assert figure._supxlabel.get_text() == "made-up losses"


def test_the_modes_stand_above_the_losses_of_each_run():
    figure = modes_over_time({"one": HISTORY, "two": HISTORY}, 8, "made-up runs")
    assert len(figure.axes) == 4
    upper = [ax for ax in figure.axes if ax.get_title()]
    assert [ax.get_title() for ax in upper] == ["one", "two"]
    assert upper[0].lines[0].get_ydata().tolist() == HISTORY["modes"]


def test_the_shared_axis_reaches_the_highest_loss_of_all_runs():
    figure = modes_over_time({"calm": HISTORY, "wild": HISTORY | {"generator_loss": [5, 6, 7]}}, 8, "runs")
    lower = [ax for ax in figure.axes if not ax.get_title()]
    assert all(ax.get_ylim()[0] == 0 and ax.get_ylim()[1] > 7 for ax in lower)


def test_a_scatter_has_a_panel_for_each_title_and_a_circle_for_each_mode():
    panels = {f"epoch {epoch}": ring(50, seed=epoch) for epoch in range(5)}
    figure = ring_scatter(panels, ring_centres(), RING_SD, "ring", columns=3)
    shown = [ax for ax in figure.axes if ax.axison]
    assert [ax.get_title() for ax in shown] == list(panels)
    circles, points = shown[0].collections
    assert len(circles.get_paths()) == 8
    np.testing.assert_allclose(points.get_offsets(), panels["epoch 0"])


def test_a_single_array_makes_a_single_panel():
    assert len(ring_scatter(ring(50, seed=0), ring_centres(), RING_SD, "ring").axes) == 1


def test_points_of_three_coordinates_are_refused():
    with pytest.raises(ValueError, match=r"expected samples of shape \(n, 2\), received \(5, 3\)"):
        ring_scatter(np.zeros((5, 3)), ring_centres(), RING_SD, "ring")
