"""MNIST as libraries, sites and other people's scripts leave it."""

import gzip

import numpy as np
import pytest
from test_data import write_keras_cache, write_mnist

from vaegan.data import load_images
from vaegan.data.mnist_places import FILES

X, Y = np.arange(3 * 784).reshape(3, 28, 28) % 256, np.array([1, 7, 9])


@pytest.fixture(autouse=True)
def no_data_of_this_computer(monkeypatch, tmp_path):
    monkeypatch.delenv("VAEGAN_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.mark.parametrize("place", ["MNIST/raw", "raw", "MNIST", "Mnist", "mnist/raw", "datasets/mnist", "data/MNIST"])
def test_the_folders_of_libraries_are_found(tmp_path, monkeypatch, place):
    written = write_mnist(tmp_path / place)
    monkeypatch.setenv("VAEGAN_DATA", str(tmp_path))
    data = load_images("auto")
    np.testing.assert_array_equal(data.y_train, written[FILES[1]])


@pytest.mark.parametrize("rename", [str.upper, lambda name: name.replace("-idx", ".idx").upper() + ".GZ"])
def test_capitals_do_not_matter(tmp_path, rename):
    written = write_mnist(tmp_path)
    for name in FILES:
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).unlink()
        (tmp_path / rename(name)).write_bytes(gzip.compress(content) if rename(name).endswith("GZ") else content)
    np.testing.assert_array_equal(load_images("mnist", data_dir=tmp_path).y_test, written[FILES[3]])


def test_a_file_in_a_folder_of_its_own_name_is_found(tmp_path):
    written = write_mnist(tmp_path / "flat")
    for name in FILES:
        (tmp_path / "deep" / name).mkdir(parents=True)
        (tmp_path / "flat" / name).rename(tmp_path / "deep" / name / name)
    data = load_images("mnist", data_dir=tmp_path / "deep")
    np.testing.assert_array_equal(data.y_train, written[FILES[1]])


def test_hidden_files_do_not_count(tmp_path):
    write_mnist(tmp_path)
    for name in FILES:
        (tmp_path / f"._{name}").write_bytes(b"\0\5\x16\7 mac")
    assert len(load_images("mnist", data_dir=tmp_path).x_train) == 5


@pytest.mark.parametrize(
    ("name", "told"),
    [("mnist_train.csv", "Kaggle"), ("train.CSV", "Kaggle"), ("mnist/train-00000.parquet", "Hugging Face"),
     ("MNIST/processed.pt", "raw"), ("mnist.pkl.gz", "pickle"), ("mnist-original.mat", "MATLAB"), ("a.zip", "unpack")],
)  # fmt: skip
def test_another_form_is_pointed_to_and_nothing_else_is_taken(tmp_path, monkeypatch, name, told):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("label,pixel0\n")
    monkeypatch.setenv("VAEGAN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="VAEGAN_DATA holds no MNIST") as error:
        load_images("auto")
    assert told in str(error.value)


def archive(home, **changes):
    arrays = {"x_train": X.astype(np.uint8), "y_train": Y.astype(np.uint8)}
    arrays |= {"x_test": arrays["x_train"][:2], "y_test": arrays["y_train"][:2]} | changes
    return write_keras_cache(home, **arrays)


def test_the_archive_of_keras_is_read_in_a_named_folder(tmp_path, monkeypatch):
    archive(tmp_path)
    monkeypatch.setenv("VAEGAN_DATA", str(tmp_path))
    assert load_images("auto").caption == "MNIST"


def test_floats_in_the_unit_range_are_the_grey_values_over_255_and_the_caption_says_so(tmp_path):
    scaled = (X / 255).astype("float32")
    archive(tmp_path / "keras", x_train=scaled, x_test=scaled[:2])
    data = load_images("auto")
    np.testing.assert_allclose(data.x_train[..., 0], X / 255, atol=1e-6)
    assert "floats in 0..1" in data.caption


@pytest.mark.parametrize(
    "same", [X.astype(np.int64), X.astype(np.float64), X[..., np.newaxis].astype(np.uint8)], ids=str
)
def test_other_kinds_of_the_same_numbers_are_read(tmp_path, same):
    archive(tmp_path / "keras", x_train=same, y_train=Y.astype(float)[:, np.newaxis])
    data = load_images("auto")
    np.testing.assert_allclose(data.x_train[..., 0], X / 255, atol=1e-6)
    assert data.y_train.tolist() == [1, 7, 9]


WRONG = {
    "standardised": ({"x_train": (X - 33.0) / 78.0}, "x_train", "-0.42"),
    "from -1 to 1": ({"x_train": X / 127.5 - 1}, "x_train", "-1 to 1"),
    "binarised": ({"x_train": (X > 99).astype(np.uint8)}, "x_train", "0 to 1"),
    "too large": ({"x_test": X[:2] * 2}, "x_test", "510"),
    "not finite": ({"x_train": np.where(X == 3, np.nan, X)}, "x_train", "nan"),
    "flat": ({"x_train": X.reshape(3, 784)}, "x_train", "3x784"),
    "padded": ({"x_train": np.zeros((3, 32, 32))}, "x_train", "3x32x32"),
    "colour": ({"x_train": np.zeros((3, 28, 28, 3))}, "x_train", "3x28x28x3"),
    "none": ({"x_train": X[:0], "y_train": Y[:0]}, "x_train", "0x28x28"),
    "one-hot": ({"y_train": np.eye(10)[Y]}, "y_train", "3x10"),
    "letters": ({"y_train": Y + 5}, "y_train", "6 to 14"),
    "words": ({"y_train": np.array(["one", "seven", "nine"])}, "y_train", "<U5"),
    "half labels": ({"y_train": Y[:2]}, "y_train does not belong", "received 2"),
    "fractions": ({"x_train": X / 2}, "x_train", "whole grey values"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_mnist_is_refused_by_name(tmp_path, name):
    changes, where, received = WRONG[name]
    path = archive(tmp_path / "keras", **changes)
    with pytest.raises(ValueError, match="expected") as error:
        load_images("auto")
    for part in (path, where, received, "Delete it"):
        assert str(part) in str(error.value)
