"""The data sets: what they promise, and what each wrong file is answered."""

import gzip
import math
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vaegan.data import (
    GAUSSIAN_2D_ENTROPY,
    gaussian_2d,
    load_images,
    read_idx_images,
    read_idx_labels,
    resize,
)
from vaegan.data.digits import every_nth_of_each_class
from vaegan.data.mnist_places import FILES

ROOT = Path(__file__).resolve().parents[2]

# The tests write files, whose speed is not the code's; and a failure must be the same tomorrow.
steady = settings(deadline=None, derandomize=True, max_examples=60)


@pytest.fixture(autouse=True)
def no_data_of_this_computer(monkeypatch, tmp_path):
    """Hide MNIST from every test that does not ask for it."""
    monkeypatch.delenv("VAEGAN_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def idx(values):
    """Return the bytes of an IDX file that holds these uint8 values."""
    magic = 2048 + values.ndim
    return struct.pack(f">{1 + values.ndim}I", magic, *values.shape) + values.tobytes()


def write_mnist(folder, num_train=5, num_test=3, compress=False):
    """Write the four files of a very small MNIST; return its arrays by file name."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(0)
    written = {}
    for name in FILES:
        num = num_train if name.startswith("train") else num_test
        shape, top = ((num, 28, 28), 256) if "images" in name else ((num,), 10)
        written[name] = chance.integers(0, top, shape, dtype=np.uint8)
        content = idx(written[name])
        path = folder / (name + ".gz" if compress else name)
        path.write_bytes(gzip.compress(content) if compress else content)
    return written


def assert_says(error, *parts):
    """A message names the file, what was expected, what arrived and what to do."""
    for part in ("expected", *parts):
        assert str(part) in str(error.value)
    assert str(error.value).endswith(".")


# --- IDX files


images = arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(28), st.just(28)))
labels = arrays(np.uint8, st.integers(1, 20), elements=st.integers(0, 9))


@steady
@given(images, st.booleans())
def test_images_come_back_as_written(tmp_path_factory, values, compress):
    path = tmp_path_factory.mktemp("idx") / "images"
    path.write_bytes(gzip.compress(idx(values)) if compress else idx(values))
    np.testing.assert_array_equal(read_idx_images(path), values)


@steady
@given(labels, st.booleans())
def test_labels_come_back_as_written(tmp_path_factory, values, compress):
    path = tmp_path_factory.mktemp("idx") / "labels"
    path.write_bytes(gzip.compress(idx(values)) if compress else idx(values))
    np.testing.assert_array_equal(read_idx_labels(path), values)


@steady
@given(labels, st.data())
def test_a_cut_file_is_refused(tmp_path_factory, values, data):
    content = idx(values)
    path = tmp_path_factory.mktemp("idx") / "labels"
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(ValueError, match="cut off") as error:
        read_idx_labels(path)
    assert_says(error, path, "received", "Copy or download")


@steady
@given(labels, st.binary(min_size=1, max_size=9))
def test_a_file_with_bytes_left_over_is_refused(tmp_path_factory, values, rest):
    path = tmp_path_factory.mktemp("idx") / "labels"
    path.write_bytes(idx(values) + rest)
    with pytest.raises(ValueError, match="too long") as error:
        read_idx_labels(path)
    assert_says(error, path, f"expected {len(values)} values", f"received {len(values) + len(rest)}")


@steady
@given(images, st.integers(0, 15), st.integers(1, 255))
def test_any_wrong_byte_in_the_header_is_refused(tmp_path_factory, values, position, flip):
    content = bytearray(idx(values))
    content[position] ^= flip
    path = tmp_path_factory.mktemp("idx") / "images"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="images"):
        read_idx_images(path)


@steady
@given(labels, st.data())
def test_a_damaged_gzip_file_is_refused_or_read_right(tmp_path_factory, values, data):
    content = bytearray(gzip.compress(idx(values), mtime=0))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("idx") / "labels.gz"
    path.write_bytes(content)
    try:
        read = read_idx_labels(path)
    except ValueError as error:
        assert str(path) in str(error)
    else:  # the byte was the time stamp or another remark in the gzip header
        np.testing.assert_array_equal(read, values)


def test_a_cut_gzip_file_is_refused(tmp_path):
    path = tmp_path / "labels.gz"
    path.write_bytes(gzip.compress(idx(np.arange(10, dtype=np.uint8)))[:-9])
    with pytest.raises(ValueError, match="decompressed") as error:
        read_idx_labels(path)
    assert_says(error, path, "received", "Copy or download")


def test_labels_in_the_place_of_images_are_refused(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(idx(np.zeros(100, np.uint8)))
    with pytest.raises(ValueError, match=r"2051 \(images\), received 2049 \(labels\)") as error:
        read_idx_images(path)
    assert_says(error, path, "Put the original")


def test_images_of_another_size_are_refused(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(idx(np.zeros((2, 32, 28), np.uint8)))
    with pytest.raises(ValueError, match="expected 28x28 pixels, received 32x28") as error:
        read_idx_images(path)
    assert_says(error, path, "Put the original")


def test_a_label_that_is_no_digit_is_refused(tmp_path):
    path = tmp_path / "labels"
    path.write_bytes(idx(np.array([3, 10], np.uint8)))
    with pytest.raises(ValueError, match="received 10") as error:
        read_idx_labels(path)
    assert_says(error, path, "Put the original")


# --- MNIST from a folder, from Keras' cache, from the network


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("subfolder", ["", "mnist"])
def test_mnist_is_read_from_a_folder(tmp_path, compress, subfolder):
    written = write_mnist(tmp_path / subfolder, compress=compress)
    data = load_images("mnist", data_dir=tmp_path)
    assert (data.name, data.caption) == ("mnist", "MNIST")
    for part, x, y in (("train", data.x_train, data.y_train), ("t10k", data.x_test, data.y_test)):
        assert x.dtype == np.float32
        assert y.dtype == np.int64
        np.testing.assert_allclose(x[..., 0] * 255, written[f"{part}-images-idx3-ubyte"], atol=1e-4)
        np.testing.assert_array_equal(y, written[f"{part}-labels-idx1-ubyte"])


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    write_mnist(tmp_path)
    monkeypatch.setenv("VAEGAN_DATA", str(tmp_path))
    assert load_images().name == "mnist"


def test_dotted_file_names_are_found_too(tmp_path):
    write_mnist(tmp_path)
    for name in FILES:
        (tmp_path / name).rename(tmp_path / name.replace("-idx", ".idx"))
    assert len(load_images("mnist", data_dir=tmp_path).x_train) == 5


def test_a_folder_that_does_not_exist_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("VAEGAN_DATA", str(tmp_path / "typo"))
    with pytest.raises(NotADirectoryError, match="VAEGAN_DATA") as error:
        load_images()
    assert_says(error, tmp_path / "typo", "received", "Correct the path")


def test_a_named_folder_without_mnist_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no MNIST") as error:
        load_images("mnist", data_dir=tmp_path)
    assert_says(error, tmp_path, *FILES, "Correct the path")


def test_a_part_of_mnist_is_refused(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / FILES[3]).unlink()
    with pytest.raises(FileNotFoundError, match=f"missing {FILES[3]}") as error:
        load_images("auto", data_dir=tmp_path)
    assert_says(error, tmp_path, "Copy or download")


def test_labels_of_other_images_are_refused(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / FILES[1]).write_bytes(idx(np.zeros(6, np.uint8)))
    with pytest.raises(ValueError, match="does not belong") as error:
        load_images("mnist", data_dir=tmp_path)
    assert_says(error, tmp_path / FILES[1], "5 labels", "received 6")


def test_a_folder_of_other_data_in_the_environment_is_never_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("VAEGAN_DATA", str(tmp_path))
    (tmp_path / "holiday.jpg").write_bytes(b"jpeg")
    with pytest.raises(FileNotFoundError, match="VAEGAN_DATA holds no MNIST") as error:
        load_images("auto")
    assert_says(error, tmp_path, "1 other files", "Correct the path")


def write_keras_cache(home, **arrays):
    (home / "datasets").mkdir(parents=True)
    np.savez(home / "datasets" / "mnist.npz", **arrays)
    return home / "datasets" / "mnist.npz"


def test_mnist_is_read_from_the_cache_of_keras(tmp_path):
    x, y = np.full((2, 28, 28), 255, np.uint8), np.array([1, 7], np.uint8)
    write_keras_cache(tmp_path / "keras", x_train=x, y_train=y, x_test=x[:1], y_test=y[:1])
    data = load_images("auto")
    assert data.name == "mnist"
    assert data.x_train.shape == (2, 28, 28, 1)
    assert data.x_train.min() == 1.0


def test_a_damaged_cache_of_keras_is_refused(tmp_path):
    path = write_keras_cache(tmp_path / "keras", x_train=np.zeros((1, 28, 28), np.uint8))
    with pytest.raises(ValueError, match="damaged") as error:
        load_images("auto")
    assert_says(error, path, "Delete it")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="damaged"):
        load_images("auto")


def test_a_failed_download_says_what_works_without_a_network(monkeypatch):
    import keras

    def fail():
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", fail)
    with pytest.raises(ConnectionError, match="URL fetch failure") as error:
        load_images("mnist")
    for part in ("VAEGAN_DATA", 'load_images("digits")'):
        assert part in str(error.value)


def test_mnist_is_downloaded_when_asked_for(monkeypatch):
    import keras

    x, y = np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8)
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: ((x, y), (x[:1], y[:1])))
    assert load_images("mnist").x_test.shape == (1, 28, 28, 1)


def test_auto_never_uses_the_network(monkeypatch):
    monkeypatch.setattr("vaegan.data.mnist._from_download", lambda: pytest.fail("auto used the network"))
    assert load_images("auto").name == "digits"


def test_real_mnist_keeps_its_official_split(real_mnist):
    data = load_images("mnist", data_dir=real_mnist)
    assert data.x_train.shape == (60_000, 28, 28, 1)
    assert data.x_test.shape == (10_000, 28, 28, 1)
    assert data.y_train[:5].tolist() == [5, 0, 4, 1, 9]  # the first training digits of every MNIST tutorial
    assert data.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(data.y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert data.x_train.mean() == pytest.approx(0.1307, abs=1e-4)


# --- scikit-learn's digits


def test_digits_are_images_in_the_unit_range():
    data = load_images("digits")
    assert data.x_train.shape == (1433, 28, 28, 1)
    assert data.x_test.shape == (364, 28, 28, 1)
    assert data.x_train.dtype == data.x_test.dtype == np.float32
    assert data.y_train.dtype == data.y_test.dtype == np.int64
    assert data.x_train.min() == 0.0
    assert data.x_train.max() == 1.0


def test_digits_say_what_they_are():
    data = load_images("digits", size=32)
    assert data.caption == "scikit-learn digits, 8x8 enlarged to 32x32"
    assert data.caption in repr(data)
    assert "1433 training, 364 test, 32x32x1" in repr(data)


def test_digits_are_the_same_each_time():
    first, second = load_images("digits"), load_images("digits")
    np.testing.assert_array_equal(first.x_test, second.x_test)
    np.testing.assert_array_equal(first.y_train, second.y_train)


def test_digits_are_held_out_evenly():
    counts = np.bincount(load_images("digits").y_test)
    assert counts.min() >= 35
    assert counts.max() <= 37


def test_no_test_digit_is_trained_on():
    data = load_images("digits")
    train = {image.tobytes() for image in data.x_train}
    assert not any(image.tobytes() in train for image in data.x_test)


def test_every_nth_of_each_class_by_hand():
    marked = every_nth_of_each_class(np.array([1, 1, 0, 1, 0, 1]), 2)
    assert marked.tolist() == [True, False, True, True, False, False]


def test_an_unknown_data_set_is_refused():
    with pytest.raises(ValueError, match="expected 'auto', 'mnist' or 'digits', received 'cifar'"):
        load_images("cifar")


# --- resizing


@steady
@given(st.integers(1, 40), st.floats(0, 1, width=32))
def test_a_constant_image_stays_constant(size, value):
    resized = resize(np.full((2, 8, 8), value, np.float32), size)
    assert resized.shape == (2, size, size)
    assert resized.dtype == np.float32
    np.testing.assert_allclose(resized, value, atol=1e-6)


@steady
@given(arrays(np.float32, (1, 6, 6), elements=st.floats(0, 1, width=32)), st.integers(1, 20))
def test_resized_images_stay_in_the_unit_range_and_keep_their_axes(image, size):
    resized = resize(image, size)
    assert resized.min() >= 0.0
    assert resized.max() <= 1.0
    np.testing.assert_allclose(resize(image.swapaxes(1, 2), size), resized.swapaxes(1, 2), atol=1e-5)
    np.testing.assert_allclose(resize(image[:, ::-1], size), resized[:, ::-1], atol=1e-5)


@pytest.mark.parametrize("size", [0, -3, 28.0, (28, 28)])
def test_a_size_that_is_no_number_of_pixels_is_refused(size):
    with pytest.raises(ValueError, match="expected an int such as 28"):
        load_images("digits", size=size)


# --- the Gaussian


def test_the_entropy_is_that_of_the_deepul_exercise():
    assert pytest.approx(4.4473, abs=1e-4) == GAUSSIAN_2D_ENTROPY


@pytest.mark.parametrize("rotation", [0.0, 0.6, math.pi / 2])
def test_the_entropy_is_the_mean_surprise_of_the_sample(rotation):
    x = gaussian_2d(200_000, seed=1, rotation=rotation).astype(float)
    turn = np.array([[math.cos(rotation), -math.sin(rotation)], [math.sin(rotation), math.cos(rotation)]])
    covariance = turn @ np.diag([25.0, 1.0]) @ turn.T
    np.testing.assert_allclose(np.cov(x.T), covariance, atol=0.3)  # four standard errors of the widest entry
    surprise = 0.5 * np.einsum("ni,ij,nj->n", x, np.linalg.inv(covariance), x)
    surprise += 0.5 * math.log(np.linalg.det(2 * np.pi * covariance))
    assert surprise.mean() == pytest.approx(GAUSSIAN_2D_ENTROPY, abs=0.01)  # standard error 1 / sqrt(200000) = 0.002


def test_a_seed_draws_the_same_points():
    points = gaussian_2d(5, seed=3)
    assert points.shape == (5, 2)
    assert points.dtype == np.float32
    np.testing.assert_array_equal(points, gaussian_2d(5, seed=3))
    assert not np.array_equal(points, gaussian_2d(5, seed=4))


def test_data_and_pictures_start_without_tensorflow_and_pyplot():
    code = (
        "import sys; import vaegan.data, vaegan.pictures; vaegan.data.load_images('digits');"
        "print(*{'tensorflow', 'keras', 'matplotlib.pyplot'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stdout.strip(), result.stderr) == (0, "", "")
