"""Pictures of images, training curves and latent codes.

Every function returns a figure: the last line of a notebook cell shows it, `figure.savefig(path)` writes it.
Every picture carries a caption that names its data. No pyplot: its list of open figures is global state
that grows with each epoch of a training.
"""

import io
import math
import textwrap
from itertools import cycle

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

INK = "#333333"
TRAINING, HELD_OUT = "#1f5fa8", "#d1661b"
TILE, TITLE = 0.75, 0.2  # inches per image, and for a line above it
GAP = 0.04  # between two tiles, as a part of one
CAPTION_SIZE = 9
NOT_A_NUMBER = "#d62728"


class Picture(Figure):
    """A matplotlib Figure that shows itself in a notebook although pyplot was never imported."""

    def _repr_png_(self):
        content = io.BytesIO()
        self.savefig(content, format="png", dpi=110)
        return content.getvalue()


def image_grid(images, columns, titles=None, caption=None):
    """Show images in rows of `columns`, all on the same scale: 0 is black, 1 is white, NaN is red.

    Args:
        images: float, (n, height, width, 1) grey, (n, height, width, 3) colour or (n, height, width).
            Values beyond [0, 1] are shown as 0 or 1.
        columns: number of images in a row.
        titles: n short texts, one above each image, or None.
        caption: what the images are and of which data; shown below.

    Returns:
        Figure.
    """
    images = _as_images(images, "images")
    if titles is not None and len(titles) != len(images):
        raise ValueError(
            f"Each image needs one title: expected {len(images)} titles, received {len(titles)}. "
            "Leave titles out to show none."
        )
    columns = min(columns, len(images))
    rows = math.ceil(len(images) / columns)
    pitch = 1.0 if titles is None else 1.0 + TITLE / TILE
    figure, ax = _sheet(rows, columns, caption, pitch)
    for position, image in enumerate(images):
        row, column = divmod(position, columns)
        _show(ax, image, row * pitch, column)
        if titles is not None:
            _write(ax, titles[position], row * pitch, column + 0.5, size=8)
    return figure


def reconstruction_sheet(x, recons, caption):
    """Show inputs in the upper row and below each one what the model makes of it.

    Args:
        x, recons: float, both (n, height, width, channels); as in `image_grid`.
        caption: what model, how long trained, of which data.

    Returns:
        Figure.
    """
    x, recons = _as_images(x, "x"), _as_images(recons, "recons")
    if x.shape != recons.shape:
        raise ValueError(
            f"A reconstruction has the shape of its input: expected {x.shape}, received {recons.shape}. "
            "Check the output shape of the decoder."
        )
    figure, ax = _sheet(2, len(x), caption, extra_width=0.9)
    for row, (name, images) in enumerate((("input", x), ("reconstruction", recons))):
        for column, image in enumerate(images):
            _show(ax, image, row, column)
        _write(ax, name, row + 0.5, -0.08, size=8, ha="right", va="center")
    return figure


def steerable_sheet(images, num_classes, class_names=None, caption=None):
    """Show what the label changes and what it leaves alone: one class per column, the same z along a row.

    Args:
        images: float, (num_rows * num_classes, height, width, channels), row by row; as in `image_grid`.
        num_classes: int, number of columns.
        class_names: titles of the columns; None for 0, 1, 2, ...
        caption: what model, how long trained, of which data.

    Returns:
        Figure.
    """
    images = _as_images(images, "images")
    class_names = list(map(str, range(num_classes) if class_names is None else class_names))
    if len(class_names) != num_classes or len(images) % num_classes:
        raise ValueError(
            f"A steerable sheet has a column for each class: expected {num_classes} class_names and a multiple "
            f"of {num_classes} images, received {len(class_names)} and {len(images)}. "
            "Generate every class from each z."
        )
    figure, ax = _sheet(len(images) // num_classes, num_classes, caption, extra_height=TITLE)
    for position, image in enumerate(images):
        _show(ax, image, *divmod(position, num_classes))
    for column, name in enumerate(class_names):
        _write(ax, name, 0, column + 0.5, size=9)
    return figure


def training_curves(history, caption, unit="nats per example"):
    """Draw each loss term over the epochs; the curve of the held-out examples is dashed.

    The terms have a panel each because their sizes differ: of a VAE, the KL term would be a flat line
    beside the reconstruction. The last values are written at the ends, so that one sees
    reconstruction_loss + kl_loss = loss.

    Args:
        history: dict from term to its list of values, one per epoch, as `fit(...).history`, or what `fit`
            returned; the values of `val_<term>` are drawn beside those of `<term>`. NaN is left out.
        caption: which model, which data.
        unit: what the vertical axes measure.

    Returns:
        Figure.
    """
    history = getattr(history, "history", history)
    terms = reading_order({name.removeprefix("val_") for name in history})
    if not terms:
        raise ValueError(
            "history is empty: expected a dict with at least one loss term, received none. "
            "Train for an epoch before drawing."
        )
    figure = Picture(figsize=(1.0 + 3.1 * len(terms), 3.0), layout="constrained")
    axes = figure.subplots(1, len(terms), squeeze=False)[0]
    for ax, term in zip(axes, terms, strict=True):
        _draw_term(ax, _finite(history.get(term)), _finite(history.get(f"val_{term}")))
        ax.set_title(term.replace("_", " "), fontsize=10, color=INK)
    axes[0].set_ylabel(unit, fontsize=CAPTION_SIZE, color=INK)
    if any(name.startswith("val_") for name in history):
        axes[-1].legend(frameon=False, fontsize=8, labelcolor=INK)
    _caption(figure, caption)
    return figure


def latent_scatter(z, labels, caption):
    """Draw two-dimensional codes, coloured by class, on the circles of the prior N(0, I).

    Args:
        z: float, (n, 2); for a larger latent space choose two columns, z[:, :2].
        labels: int, (n,), or None for one colour.
        caption: which model, which data.

    Returns:
        Figure. The circles have radius 1, 2 and 3: 39, 86 and 99 % of the prior are inside.
    """
    z = np.asarray(z)
    if z.ndim != 2 or z.shape[1] != 2:
        raise ValueError(
            f"A scatter plot needs two coordinates: expected z of shape (n, 2), received {z.shape}. "
            "Choose two latent dimensions, for example z[:, :2]."
        )
    figure = Picture(figsize=(5.2, 5.4), layout="constrained")
    ax = figure.subplots()
    _scatter_classes(ax, z, np.zeros(len(z), dtype=int) if labels is None else np.asarray(labels))
    angle = np.linspace(0.0, 2 * np.pi, 200)
    for radius in (1, 2, 3):
        ax.plot(radius * np.cos(angle), radius * np.sin(angle), color=INK, linewidth=0.7, alpha=0.6)
    ax.set_aspect("equal")
    ax.set_xlabel("z, first dimension", fontsize=CAPTION_SIZE, color=INK)
    ax.set_ylabel("z, second dimension", fontsize=CAPTION_SIZE, color=INK)
    _plain_frame(ax)
    _caption(figure, caption)
    return figure


def reading_order(terms):
    """Sort the names of loss terms as one reads them: reconstruction, the others, their sum; then held out."""
    return sorted(terms, key=lambda term: (term.startswith("val_"), *_rank(term.removeprefix("val_"))))


def _rank(term):
    return term == "loss", term != "reconstruction_loss", term


def short(value):
    """Write a loss with one decimal, or three digits if it is below 10."""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def _as_images(images, name):
    """Return images as a non-empty array (n, height, width) or (n, height, width, 3)."""
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if not images.size or not (images.ndim == 3 or (images.ndim == 4 and images.shape[-1] == 3)):
        raise ValueError(
            f"{name} must be a batch of images: expected (n, height, width, 1 or 3), "
            f"received {images.shape}. A single image is shown as image[None]."
        )
    return images


def _sheet(rows, columns, caption, pitch=1.0, extra_width=0.0, extra_height=0.0):
    """Make a figure with one pair of axes, in which a tile is 1 wide and 1 high, and room for the caption.

    One pair for all tiles: with one for each, drawing takes six times longer. From row to row it is `pitch`.
    """
    width = max(TILE * columns + extra_width, 3.0)
    height = TILE * pitch * rows + extra_height + (0.3 if caption else 0.0)
    figure = Picture(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0.0, hspace=0.0)
    ax = figure.subplots()
    ax.set(xlim=(0, columns), ylim=((rows - 1) * pitch + 1, 0), aspect="equal")
    ax.set_axis_off()
    ax.autoscale(False)
    _caption(figure, caption)
    return figure, ax


def _show(ax, image, top, left):
    """Draw an image into the tile whose upper left corner is there, undistorted and with a thin gap around."""
    grey = colormaps["gray"].with_extremes(bad=NOT_A_NUMBER)
    height, width = np.array(image.shape[:2]) / max(image.shape[:2]) * (1 - GAP)
    x, y = left + 0.5, top + 0.5
    ax.imshow(
        np.clip(image, 0.0, 1.0), cmap=grey, vmin=0.0, vmax=1.0, interpolation="nearest", aspect="equal",
        extent=(x - width / 2, x + width / 2, y + height / 2, y - height / 2),
    )  # fmt: skip


def _write(ax, text, y, x, size, ha="center", va="bottom"):
    ax.text(x, y, str(text), fontsize=size, color=INK, ha=ha, va=va)


def _finite(values):
    """Return the epochs 1, 2, ... that have a finite value, and these values."""
    values = np.asarray([] if values is None else values, dtype=float)
    finite = np.isfinite(values)
    return np.arange(1, len(values) + 1)[finite], values[finite]


def _draw_term(ax, training, held_out):
    """Draw the curves of one term over the epochs; the greater of the last values is written above."""
    top = max((values[-1] for _, values in (training, held_out) if len(values)), default=0.0)
    last = max((epochs[-1] for epochs, _ in (training, held_out) if len(epochs)), default=1)
    _draw_curve(ax, *training, top, color=TRAINING, linestyle="-", label="training")
    _draw_curve(ax, *held_out, top, color=HELD_OUT, linestyle="--", label="held out")
    ax.set_xlabel("epoch", fontsize=CAPTION_SIZE, color=INK)
    ax.set_xlim(1 - 0.08 * last, last * 1.2)
    ax.set_xticks(_epoch_ticks(last))
    _plain_frame(ax)


def _draw_curve(ax, epochs, values, top, **style):
    if not len(values):
        return
    ax.plot(epochs, values, linewidth=1.6, marker="o", markersize=2.5, **style)
    ax.annotate(
        short(values[-1]),
        (epochs[-1], values[-1]),
        xytext=(5, 0),
        textcoords="offset points",
        color=style["color"],
        fontsize=8,
        va="bottom" if values[-1] == top else "top",
    )


def _epoch_ticks(last):
    """Choose at most about seven epochs to mark: the first, and round ones."""
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100) if last <= 7 * step), last)
    return sorted({1, *range(step, last + 1, step)})


def _scatter_classes(ax, z, labels):
    """Draw the points of each class and, if there are several, write its name at its median."""
    classes = np.unique(labels)
    colours = colormaps["tab10" if len(classes) <= 10 else "tab20"].colors
    for label, colour in zip(classes, cycle(colours), strict=False):
        ax.scatter(*z[labels == label].T, s=5, color=colour, alpha=0.55, linewidths=0)
    for label, colour in zip(classes if len(classes) > 1 else [], cycle(colours), strict=False):
        x, y = np.median(z[labels == label], axis=0)
        name = ax.text(x, y, str(label), fontsize=15, weight="bold", ha="center", va="center", color=colour)
        name.set_path_effects([withStroke(linewidth=3, foreground="white")])


def _plain_frame(ax):
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(INK)
    ax.tick_params(labelsize=8, colors=INK)
    ax.grid(alpha=0.25, linewidth=0.6)


def _caption(figure, caption):
    """Write the caption below, wrapped to the width of the figure."""
    if caption:
        characters = max(20, int(figure.get_figwidth() * 14))
        figure.supxlabel("\n".join(textwrap.wrap(caption, characters)), fontsize=CAPTION_SIZE, color=INK)
