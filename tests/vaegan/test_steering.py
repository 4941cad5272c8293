"""Steering: conditions, sheets with a class per column, what a reader says of fakes, and ventricles."""

import keras
import numpy as np
import pytest

from vaegan import ToImplement
from vaegan.conditional import Condition, images_and_labels, labels_in_turn
from vaegan.data import load_cohort, make_ad_cohort
from vaegan.data.synthetic.anatomy import Anatomy
from vaegan.data.synthetic.template import phantom_template
from vaegan.pictures import steerable_sheet
from vaegan.reader import Reader
from vaegan.steering import SteerableSheets, steering_inputs
from vaegan.ventricles import ventricle_area


@pytest.fixture
def rng():
    return np.random.default_rng(7)


# Conditions and labels


class Doubled(Condition):
    def call(self, labels):
        return keras.ops.cast(keras.ops.stack([labels, 2 * labels], axis=-1), "float32")


@pytest.mark.parametrize("labels", [[3, 0], np.array([3, 0], "int64"), np.array([3, 0], "uint8")])
def test_labels_of_any_integer_type_reach_a_condition_as_int32(labels):
    np.testing.assert_array_equal(Doubled(4)(labels), [[3, 6], [0, 0]])


def test_a_condition_that_is_not_written_yet_says_so():
    with pytest.raises(ToImplement, match=r"Condition\.call"):
        Condition(3)([0, 1])


def test_a_condition_needs_a_class():
    with pytest.raises(ValueError, match="at least 1, received 0"):
        Condition(0)


def test_a_batch_comes_apart_into_images_and_int32_labels(rng):
    x, labels = images_and_labels((rng.uniform(size=(3, 2)), np.array([[2.0], [0.0], [1.0]])))
    assert x.shape == (3, 2) and labels.dtype == "int32"
    np.testing.assert_array_equal(labels, [2, 0, 1])


@pytest.mark.parametrize("data", [np.zeros((3, 2)), (np.zeros((3, 2)),)])
def test_a_batch_without_labels_is_refused(data):
    with pytest.raises(ValueError, match=r"expected \(x, y\), received images alone"):
        images_and_labels(data)


def test_labels_in_turn_repeat_the_classes():
    assert labels_in_turn(7, 3).tolist() == [0, 1, 2, 0, 1, 2, 0]


# Sheets


def test_every_z_meets_every_class():
    z, labels = steering_inputs(num_rows=4, num_classes=3, latent_dim=5, seed=2)
    assert z.shape == (12, 5) and z.dtype == "float32"
    assert labels.tolist() == [0, 1, 2] * 4
    assert len(np.unique(z, axis=0)) == 4
    for row in z.reshape(4, 3, 5):
        assert np.array_equal(row[0], row[1]) and np.array_equal(row[0], row[2])


def test_asking_for_steering_inputs_leaves_the_global_random_numbers_alone():
    np.random.seed(1)
    expected = np.random.random()
    np.random.seed(1)
    steering_inputs(2, 2, 2)
    assert np.random.random() == expected


def test_a_sheet_has_a_titled_column_for_each_class_and_a_row_for_each_z(rng):
    figure = steerable_sheet(rng.uniform(size=(6, 4, 4, 1)), 2, ("CN", "AD"), "invented pixels")
    (ax,) = figure.axes
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [
        ("CN", (0.5, 0)),
        ("AD", (1.5, 0)),
    ]
    assert ax.images[3].get_array().shape == (4, 4)
    assert ax.images[3].get_extent()[0] > 1 and ax.images[3].get_extent()[3] > 1  # second column, second row
    assert "invented pixels" in figure.get_supxlabel()


def test_images_stand_row_by_row(rng):
    images = rng.uniform(size=(6, 4, 4, 1))
    (ax,) = steerable_sheet(images, 3).axes
    corners = [(int(shown.get_extent()[3]), int(shown.get_extent()[0])) for shown in ax.images]
    assert corners == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    for shown, image in zip(ax.images, images, strict=True):
        np.testing.assert_allclose(shown.get_array(), image[..., 0])


@pytest.mark.parametrize("num_images, names", [(7, None), (6, ("CN",))])
def test_a_sheet_that_does_not_come_out_even_is_refused(rng, num_images, names):
    with pytest.raises(ValueError, match="a column for each class"):
        steerable_sheet(rng.uniform(size=(num_images, 4, 4, 1)), 2, names)


class Painter(keras.Model):
    """Paints its label; remembers which z it was given."""

    latent_dim = 3

    def __init__(self):
        super().__init__()
        self.scale = self.add_weight(shape=(), initializer="ones")
        self.seen = []

    def call(self, x):
        return x * self.scale

    def generate(self, z, labels):
        self.seen = [*self.seen, np.asarray(z)]
        return np.ones((len(z), 4, 4, 1)) * labels[:, None, None, None] / 2

    def reconstruct(self, data):
        return data[0]


def paint(callback, epochs=2):
    painter, x = Painter(), np.ones((4, 4, 4, 1), "float32")
    painter.compile(optimizer="sgd", loss="mse", run_eagerly=True)
    painter.fit(x, x, epochs=epochs, callbacks=[callback], verbose=0)
    return painter


def test_sheets_are_written_for_the_chosen_epochs(tmp_path):
    paint(SteerableSheets(tmp_path / "new", num_classes=3, epochs=(2,)))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["epoch002_steer.png"]


def test_all_epochs_show_the_same_z(tmp_path):
    first, second = paint(SteerableSheets(tmp_path, num_classes=3, num_rows=2)).seen
    assert first.shape == (6, 3)
    np.testing.assert_array_equal(first, second)


def test_reconstructions_are_written_where_there_are_images_to_rebuild(tmp_path):
    x = np.ones((4, 4, 4, 1), "float32")
    paint(SteerableSheets(tmp_path, num_classes=2, data=(x, np.zeros(4))), epochs=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch001_recons.png", "epoch001_steer.png"]


# A reader of fakes


@pytest.fixture(scope="module")
def reader():
    keras.utils.set_random_seed(7)
    return Reader(*bars(400, seed=1), num_classes=3, num_steps=60)


def bars(num, seed):
    """Images with a bright bar whose place is the class, its brightness chance."""
    rng, labels = np.random.default_rng(seed), np.arange(num) % 3
    images = 0.1 * rng.uniform(size=(num, 18, 18, 1))
    for image, label in zip(images, labels, strict=True):
        image[6 * label : 6 * label + 4] += rng.uniform(0.4, 0.9)
    return images.astype("float32"), labels


def test_a_reader_reads_images_that_it_was_not_trained_on(reader):
    images, labels = bars(90, seed=2)
    assert reader.accuracy(images, labels) > 0.95
    assert reader.accuracy(images, (labels + 1) % 3) < 0.05


def test_other_images_of_the_same_kind_are_as_diverse(reader):
    ratios = reader.diversity(*bars(600, seed=2), *bars(600, seed=3))
    assert ratios.shape == (3,)
    np.testing.assert_allclose(ratios, 1.0, atol=0.3)


def test_one_image_a_hundred_times_is_read_but_not_diverse(reader):
    images, labels = bars(3, seed=2)
    collapsed, asked = np.repeat(images, 100, axis=0), np.repeat(labels, 100)
    assert reader.accuracy(collapsed, asked) > 0.95
    assert reader.diversity(collapsed, asked, *bars(600, seed=3)).max() < 1e-6


# Ventricles


def slice_with_ventricles(num_dark):
    image = np.ones((64, 64), "float32")
    image[20, 20 : 20 + num_dark] = 0.1
    return image


def test_a_dark_pixel_counts_its_area():
    images = np.stack([slice_with_ventricles(num) for num in (0, 1, 7)])[..., None]
    np.testing.assert_allclose(ventricle_area(images, field_mm=96.0), [0, 1.5**2, 7 * 1.5**2])


def test_a_pixel_at_an_edge_counts_in_part():
    image = slice_with_ventricles(0)
    image[20, 20] = 0.4  # half way between fluid and tissue
    np.testing.assert_allclose(ventricle_area(image[None]), [0.5 * 1.5**2], rtol=1e-5)


def test_what_is_dark_elsewhere_does_not_count():
    image = slice_with_ventricles(0)
    image[40:], image[:, :10], image[:6] = 0.0, 0.0, 0.0
    assert ventricle_area(image[None])[0] == 0


@pytest.mark.parametrize("images", [np.ones((64, 64)), np.ones((2, 64, 32, 1)), np.ones((2, 8, 8, 3))])
def test_images_that_are_no_slices_are_refused(images):
    with pytest.raises(ValueError, match="square slices"):
        ventricle_area(images)


def test_a_field_that_cuts_the_ventricles_off_is_refused():
    with pytest.raises(ValueError, match=r"do not show the ventricles whole.*received 60 mm"):
        ventricle_area(np.ones((1, 8, 8)), field_mm=60.0)


def test_the_area_goes_with_the_true_volume_of_synthetic_brains(tmp_path):
    phantom = Anatomy(phantom_template(spacing=3.0), step=4.0, voxel=(3.0, 4.0, 3.0))
    folder = make_ad_cohort(tmp_path / "cohort", 24, "teaching", seed=3, anatomy=phantom, workers=2)
    cohort = load_cohort(folder, size=64, cache=False)
    volumes = cohort.table["left_ventricle"] + cohort.table["right_ventricle"]
    assert np.corrcoef(ventricle_area(cohort.x), volumes)[0, 1] > 0.9
