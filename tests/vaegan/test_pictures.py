"""The pictures: drawn without pyplot, shown in notebooks, captioned, and clear about wrong input."""

import io

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.image import imread

from vaegan.pictures import (
    image_grid,
    latent_scatter,
    reading_order,
    reconstruction_sheet,
    short,
    training_curves,
)

CHANCE = np.random.default_rng(0)
IMAGES = CHANCE.random((7, 28, 28, 1), dtype=np.float32)
HISTORY = {
    "loss": [160.0, 130.0, 120.5],
    "reconstruction_loss": [150.0, 115.0, 102.0],
    "kl_loss": [10.0, 15.0, 18.5],
}


def every_picture():
    return [
        image_grid(IMAGES, 5, titles=range(7), caption="MNIST"),
        reconstruction_sheet(IMAGES, IMAGES**2, "MNIST"),
        training_curves(HISTORY, "MNIST"),
        latent_scatter(CHANCE.normal(size=(50, 2)), CHANCE.integers(0, 10, 50), "MNIST"),
    ]


def texts(figure):
    found = [figure.get_supxlabel()]
    for ax in figure.axes:
        found += [ax.get_title(), ax.get_xlabel(), ax.get_ylabel(), *(text.get_text() for text in ax.texts)]
    return [text for text in found if text]


def pixels(figure):
    content = io.BytesIO()
    figure.savefig(content, format="png")
    content.seek(0)
    return imread(content)


def test_every_picture_names_its_data():
    assert [figure.get_supxlabel() for figure in every_picture()] == ["MNIST"] * 4


def test_every_picture_is_shown_by_a_notebook():
    for figure in every_picture():
        shown, _ = DisplayFormatter().format(figure)
        assert shown["image/png"].startswith(b"\x89PNG")


def test_every_picture_can_be_written(tmp_path):
    for figure in every_picture():
        figure.savefig(tmp_path / "picture.png")
        assert imread(tmp_path / "picture.png").std() > 0.05


def tiles(figure):
    """(row, column, what is shown there) of each image, from where it was drawn."""
    (ax,) = figure.axes
    corners = [(image.get_extent()[3], image.get_extent()[0]) for image in ax.images]
    return [(int(y), int(x), image.get_array()) for (y, x), image in zip(corners, ax.images, strict=True)]


def test_a_grid_has_a_tile_per_image_row_by_row():
    found = tiles(image_grid(IMAGES, 5))
    assert [(row, column) for row, column, _ in found] == [
        (0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 0), (1, 1),
    ]  # fmt: skip
    for (_, _, shown), image in zip(found, IMAGES, strict=True):
        np.testing.assert_array_equal(shown, image[..., 0])


def test_a_grid_is_not_wider_than_its_images():
    figure = image_grid(IMAGES[:3], 10)
    assert figure.axes[0].get_xlim() == (0, 3)


def test_a_title_stands_above_its_image_and_below_the_row_before():
    (ax,) = image_grid(IMAGES[:4], 2, titles="abcd").axes
    bottoms = [image.get_extent()[2] for image in ax.images]
    tops = [image.get_extent()[3] for image in ax.images]
    heights = [text.get_position()[1] for text in ax.texts]
    assert all(height < top for height, top in zip(heights, tops, strict=True))
    assert max(bottoms[:2]) < min(heights[2:])


def test_an_image_that_is_not_square_is_not_distorted():
    left, right, bottom, top = image_grid(np.zeros((1, 10, 20, 1)), 1).axes[0].images[0].get_extent()
    assert right - left == pytest.approx(2 * (bottom - top))


def test_images_share_one_scale():
    figure = image_grid(np.stack([np.zeros((4, 4, 1)), np.full((4, 4, 1), 0.5)]), 2)
    assert {image.get_clim() for image in figure.axes[0].images} == {(0.0, 1.0)}


def test_nan_is_shown_in_red():
    broken = IMAGES[:1].copy()
    broken[:] = np.nan
    red, green, blue, _ = np.moveaxis(pixels(image_grid(broken, 1)), -1, 0)
    assert np.mean((red > 0.8) & (green < 0.3) & (blue < 0.3)) > 0.2


def test_colour_images_and_images_without_channels_are_drawn():
    assert len(tiles(image_grid(CHANCE.random((2, 8, 8, 3)), 2))) == 2
    assert len(tiles(image_grid(CHANCE.random((2, 8, 8)), 2))) == 2


def test_a_long_caption_is_wrapped():
    caption = "scikit-learn digits, 8x8 enlarged to 28x28: reconstructions by VAE after epoch 1"
    lines = image_grid(IMAGES[:1], 1, caption=caption).get_supxlabel().splitlines()
    assert len(lines) > 1
    assert " ".join(lines) == caption


@pytest.mark.parametrize("shape", [(28, 28), (28,), (0, 28, 28, 1), (2, 28, 28, 2)])
def test_what_is_no_batch_of_images_is_refused(shape):
    with pytest.raises(ValueError, match=r"images must be a batch of images: expected .* received"):
        image_grid(np.zeros(shape), 5)


def test_a_title_too_few_is_refused():
    with pytest.raises(ValueError, match="expected 7 titles, received 6"):
        image_grid(IMAGES, 5, titles=range(6))


def test_reconstructions_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="A reconstruction has the shape of its input"):
        reconstruction_sheet(IMAGES, IMAGES[:3], "MNIST")


def test_curves_write_last_values_whose_sum_can_be_checked():
    figure = training_curves(HISTORY, "MNIST")
    assert [ax.texts[0].get_text() for ax in figure.axes] == ["102.0", "18.5", "120.5"]


def test_curves_draw_the_held_out_terms_beside_the_trained_ones():
    figure = training_curves(HISTORY | {"val_loss": [1.0, 2.0, 3.0]}, "MNIST")
    assert [len(ax.lines) for ax in figure.axes] == [1, 1, 2]
    assert [text.get_text() for text in figure.axes[-1].get_legend().get_texts()] == ["training", "held out"]


def test_terms_are_read_before_their_sum_and_held_out_last():
    terms = ["kl_loss", "loss", "reconstruction_loss", "val_kl_loss", "val_loss", "val_reconstruction_loss"]
    assert reading_order(terms) == [
        "reconstruction_loss",
        "kl_loss",
        "loss",
        "val_reconstruction_loss",
        "val_kl_loss",
        "val_loss",
    ]


def test_losses_are_written_short():
    assert [short(value) for value in (111.04, 18.66, 4.4473, 0.693147, -0.5)] == [
        "111.0",
        "18.7",
        "4.45",
        "0.693",
        "-0.5",
    ]


def test_curves_leave_out_what_was_not_measured():
    figure = training_curves({"loss": [3.0, 2.0, 1.0], "val_loss": [np.nan, 2.5, np.nan]}, "MNIST")
    assert figure.axes[0].lines[1].get_xydata().tolist() == [[2.0, 2.5]]


def test_curves_of_only_nan_are_drawn():
    assert len(training_curves({"loss": [np.nan, np.nan]}, "MNIST").axes) == 1


def test_curves_take_what_fit_returns():
    class History:
        history = HISTORY

    assert "kl loss" in texts(training_curves(History(), "MNIST"))


@pytest.mark.parametrize("num_epochs", [1, 2, 7, 10, 20, 37, 300, 2000])
def test_epochs_are_whole_numbers_from_one(num_epochs):
    ticks = training_curves({"loss": np.arange(num_epochs)}, "MNIST").axes[0].get_xticks()
    assert ticks[0] == 1
    assert ticks[-1] <= num_epochs
    assert len(ticks) <= 8
    assert all(tick == int(tick) for tick in ticks)


def test_curves_without_an_epoch_are_refused():
    with pytest.raises(ValueError, match="history is empty"):
        training_curves({}, "MNIST")


def test_each_class_is_named_at_its_codes():
    z = np.array([[0.0, 0.0], [2.0, 2.0], [2.2, 2.0], [2.4, 2.0]])
    names = {text.get_text(): text.get_position() for text in latent_scatter(z, [4, 9, 9, 9], "MNIST").axes[0].texts}
    assert names == {"4": (0.0, 0.0), "9": (2.2, 2.0)}


def test_codes_without_labels_have_no_names():
    assert not latent_scatter(np.zeros((5, 2)), None, "MNIST").axes[0].texts


def test_codes_of_ten_dimensions_are_refused():
    with pytest.raises(ValueError, match=r"expected z of shape \(n, 2\), received \(5, 10\)"):
        latent_scatter(np.zeros((5, 10)), None, "MNIST")
