"""Pictures of adversarial training: both losses against the values of a lost game, and modes in the plane.

As in `vaegan.pictures`, every function returns a figure, and every caption names its data.
"""

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator

from vaegan.pictures import CAPTION_SIZE, INK, Picture, _caption, _plain_frame

DISCRIMINATOR, GENERATOR, MODES = "#7b3f9e", "#17855a", "#1f5fa8"
REAL = "#9a9a9a"
LOG_2, LOG_4 = math.log(2.0), math.log(4.0)


def adversarial_curves(history, caption):
    """Draw both losses over the epochs, with the values they have where the discriminator says 1/2 to all.

    Args:
        history: dict with the lists discriminator_loss and generator_loss, nats, one value per epoch, as
            `fit(...).history`, or what `fit` returned.
        caption: which model, which data.

    Returns:
        Figure.
    """
    history = getattr(history, "history", history)
    figure = Picture(figsize=(6.4, 3.2), layout="constrained")
    ax = figure.subplots()
    _draw_losses(ax, history)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("nats per example", fontsize=CAPTION_SIZE, color=INK)
    ax.set_xlabel("epoch", fontsize=CAPTION_SIZE, color=INK)
    ax.legend(frameon=False, fontsize=8, labelcolor=INK, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    _caption(figure, caption)
    return figure


def ring_scatter(samples, centres, sd, caption, columns=4):
    """Draw samples in the plane, over circles of three standard deviations around the true modes.

    Args:
        samples: float, (n, 2), or a dict from title to such an array: one panel each.
        centres: float, (num_modes, 2).
        sd: float, standard deviation of each mode; the circles have radius 3 sd.
        caption: which model, which data.
        columns: number of panels in a row.

    Returns:
        Figure.
    """
    panels = samples if isinstance(samples, Mapping) else {"": samples}
    columns = min(columns, len(panels))
    rows = math.ceil(len(panels) / columns)
    two_lines = any("\n" in title for title in panels)
    figure = Picture(figsize=(max(1.9 * columns, 3.0), (2.15 + 0.15 * two_lines) * rows + 0.3), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    for ax, (title, points) in zip(axes.flat, panels.items(), strict=False):
        _draw_points(ax, _points(points), np.asarray(centres), sd)
        ax.set_title(title, fontsize=9, color=INK, pad=4)
    _caption(figure, caption)
    return figure


def modes_over_time(runs, num_modes, caption, time="epoch"):
    """Draw the modes covered, and below them both losses, over the training: a column for each run.

    Flat losses below a line at 0 or 1 modes are the picture to remember.

    Args:
        runs: dict from title to a history: a dict with the lists modes, discriminator_loss and
            generator_loss, one value per epoch each.
        num_modes: how many modes there are.
        caption: which models, which data.
        time: what the horizontal axis counts.

    Returns:
        Figure.
    """
    figure = Picture(figsize=(2.2 + 2.1 * len(runs), 4.0), layout="constrained")
    axes = figure.subplots(2, len(runs), squeeze=False, sharex="col", sharey="row", height_ratios=(2, 3))
    for (upper, lower), (title, history) in zip(axes.T, runs.items(), strict=True):
        epochs = np.arange(1, len(history["modes"]) + 1)
        upper.fill_between(epochs, history["modes"], step="mid", color=MODES, alpha=0.25, linewidth=0)
        upper.step(epochs, history["modes"], where="mid", color=MODES, linewidth=1.4)
        upper.axhline(num_modes, color=INK, linewidth=0.8, linestyle=":")
        upper.set_ylim(0, num_modes * 1.08)
        upper.set_yticks(range(0, num_modes + 1, max(1, num_modes // 4)))
        upper.set_title(title, fontsize=9, color=INK)
        _draw_losses(lower, history)
        lower.set_xlabel(time, fontsize=CAPTION_SIZE, color=INK)
        _plain_frame(upper)
    axes[1, 0].set_ylim(bottom=0)  # shared, so it comes after all curves: it stops the axes from growing
    axes[0, 0].set_ylabel("modes covered", fontsize=CAPTION_SIZE, color=INK)
    axes[1, 0].set_ylabel("nats per example", fontsize=CAPTION_SIZE, color=INK)
    axes[1, -1].legend(frameon=False, fontsize=8, labelcolor=INK, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    _caption(figure, caption)
    return figure


def _draw_losses(ax, history):
    """Draw the two losses and the dashed lines of an undecided discriminator, log 4 and log 2."""
    for name, colour, undecided, label in (
        ("discriminator_loss", DISCRIMINATOR, LOG_4, "undecided: log 4"),
        ("generator_loss", GENERATOR, LOG_2, "undecided: log 2"),
    ):
        values = np.asarray(history[name], dtype=float)
        ax.plot(
            np.arange(1, len(values) + 1),
            values,
            color=colour,
            linewidth=1.5,
            label=name.replace("_", " "),
            marker="o" if len(values) <= 30 else "",
            markersize=2.5,
        )
        ax.axhline(undecided, color=colour, linewidth=0.9, linestyle="--", alpha=0.7, label=label)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    _plain_frame(ax)


def _draw_points(ax, points, centres, sd):
    circles = PatchCollection(
        [Circle(centre, 3 * sd) for centre in centres], facecolor="none", edgecolor=REAL, linewidth=0.9
    )
    ax.add_collection(circles)
    ax.scatter(*points.T, s=2.5, color=MODES, alpha=0.35, linewidths=0)
    reach = np.abs(centres).max() * 1.3 + 3 * sd
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_color("#cccccc")


def _points(samples):
    samples = np.asarray(samples)
    if samples.ndim != 2 or samples.shape[1] != 2:
        raise ValueError(
            f"A scatter plot needs two coordinates: expected samples of shape (n, 2), received {samples.shape}."
        )
    return samples
