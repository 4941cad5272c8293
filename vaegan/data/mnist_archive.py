"""Reader of mnist.npz, as Keras keeps it in its cache, where any script may have put something else."""

import zipfile

import numpy as np

from vaegan.data.files import check_present

KEYS = ("x_train", "y_train", "x_test", "y_test")
AGAIN = "Delete it, and Keras downloads it again."


def read_archive(path):
    """Read images and labels and check each: kind of number, shape, length, range.

    Floats from 0 to 1 are taken for the grey values divided by 255, and a note says so.

    Returns:
        x_train, y_train, x_test, y_test: images uint8, (n, 28, 28), labels int64, (n,); and a note, or "".

    Raises:
        ValueError: naming the file, if it is damaged or holds anything else than MNIST's kind of images.
    """
    check_present(path)
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            found = [arrays[key] for key in KEYS]
    except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as problem:
        raise ValueError(
            f"{path} is damaged: expected the MNIST archive of Keras, received a file that cannot be read "
            f"({problem}). {AGAIN}"
        ) from problem
    return (*checked(found, path), _note(found))


def checked(found, path):
    """Return images as uint8 and labels as int64, or refuse them by name; see `read_archive`."""
    x_train, y_train, x_test, y_test = found
    images = [_images(x, f"{path}: {key}") for x, key in ((x_train, "x_train"), (x_test, "x_test"))]
    labels = [_labels(y, f"{path}: {key}") for y, key in ((y_train, "y_train"), (y_test, "y_test"))]
    for x, y, part in zip(images, labels, ("train", "test"), strict=True):
        if len(x) != len(y):
            raise ValueError(
                f"{path}: y_{part} does not belong to x_{part}: expected {len(x)} labels, one per image, received "
                f"{len(y)}. {AGAIN}"
            )
    return images[0], labels[0], images[1], labels[1]


def _note(found):
    return "read from floats in 0..1" if any(x.dtype.kind == "f" and x.max() <= 1 for x in found[::2]) else ""


def _images(x, name):
    if x.ndim == 4 and x.shape[-1] == 1:
        x = x[..., 0]
    if x.ndim != 3 or x.shape[1:] != (28, 28) or not len(x):
        raise _refused(name, "28x28 pixels of each image, (n, 28, 28)", f"shape {'x'.join(map(str, x.shape))}")
    if x.dtype.kind not in "uif":
        raise _refused(name, "numbers from 0 to 255", f"values of kind {x.dtype}")
    low, high = float(x.min()), float(x.max())
    if not (np.isfinite([low, high]).all() and low >= 0 and high <= 255):
        raise _refused(name, "grey values from 0 to 255 (or floats from 0 to 1)", f"{low:g} to {high:g}")
    if x.dtype.kind == "f" and high <= 1:
        return np.rint(x * 255.0).astype(np.uint8)
    if high == 1 or (x.dtype.kind == "f" and (x != np.rint(x)).any()):
        raise _refused(name, "whole grey values from 0 to 255", f"values of kind {x.dtype} from {low:g} to {high:g}")
    return x.astype(np.uint8)


def _labels(y, name):
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise _refused(name, "one digit per image, (n,)", f"shape {'x'.join(map(str, y.shape))}")
    if y.dtype.kind not in "uif" or not len(y) or (y != np.rint(y)).any() or y.min() < 0 or y.max() > 9:
        received = f"{y.min():g} to {y.max():g}" if y.dtype.kind in "uif" and len(y) else f"values of kind {y.dtype}"
        raise _refused(name, "digits from 0 to 9", received)
    return y.astype(np.int64)


def _refused(name, expected, received):
    return ValueError(f"{name} is not what MNIST has: expected {expected}, received {received}. {AGAIN}")
