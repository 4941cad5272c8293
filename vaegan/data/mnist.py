"""MNIST (LeCun, Cortes & Burges): 60,000 training and 10,000 test images of handwritten digits.

Where it is looked for, in this order: a folder (the argument `data_dir`, else the environment variable VAEGAN_DATA) of
IDX files or with Keras' archive, also in subfolders such as torchvision's `MNIST/raw`; the file that Keras caches;
Keras' download. A folder that was named is never passed over: other data would come without a word.
The official split is kept: the 10,000 test images were written by other people, and no model of this
course is trained on them.
"""

import os
from pathlib import Path

import numpy as np

from vaegan.data.idx import read_idx_images, read_idx_labels
from vaegan.data.images import ImageData, resize
from vaegan.data.mnist_archive import checked, read_archive
from vaegan.data.mnist_places import FILES, find_archive, find_idx, other_forms, places

WHAT_ELSE = (
    'Put the four IDX files of MNIST into a folder and set VAEGAN_DATA to it, or use load_images("digits"), '
    "which needs no network."
)


def load_mnist(size=28, data_dir=None, download=True):
    """Load MNIST from the first place that has it.

    Returns:
        ImageData, or None if it is nowhere on this computer and `download` is False.

    Raises:
        FileNotFoundError, NotADirectoryError: if a folder was named and MNIST is not in it.
        ValueError: if a file is damaged.
        ConnectionError: if the download fails.
    """
    arrays = _from_folder(data_dir) or _from_keras_cache() or (_from_download() if download else None)
    if arrays is None:
        return None
    x_train, y_train, x_test, y_test, note = arrays
    caption = "MNIST" if size == 28 else f"MNIST, 28x28 resized to {size}x{size}"
    return ImageData(
        x_train=_to_float_images(x_train, size),
        y_train=y_train.astype("int64"),
        x_test=_to_float_images(x_test, size),
        y_test=y_test.astype("int64"),
        name="mnist",
        caption=f"{caption} ({note})" if note else caption,
    )


def _to_float_images(images, size):
    """uint8 (n, 28, 28) in 0..255 -> float32 (n, size, size, 1) in [0, 1]."""
    return resize(images.astype("float32") / 255.0, size)[..., np.newaxis]


def _from_folder(data_dir):
    """Read the IDX files or the archive of the named folder; None if no folder is named."""
    said_by = "data_dir" if data_dir is not None else "VAEGAN_DATA"
    folder = data_dir if data_dir is not None else os.environ.get("VAEGAN_DATA")
    if not folder:
        return None
    folder = Path(os.path.expanduser(folder))
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{said_by} names no folder: expected an existing folder with the IDX files of MNIST, "
            f"received {folder}. Correct the path or leave it out."
        )
    for place in places(folder):
        paths, archive = find_idx(place), find_archive(place)
        if any(paths):
            return _read_folder(place, paths)
        if archive is not None:
            return read_archive(archive)
    raise FileNotFoundError(
        f"{said_by} holds no MNIST: expected {', '.join(FILES)} (or the same with .gz) in {folder} or its folder mnist "
        f"or MNIST/raw, found none of them.{other_forms(folder)} Correct the path or leave it out."
    )


def _read_folder(folder, paths):
    missing = [name for name, path in zip(FILES, paths, strict=True) if path is None]
    if missing:
        raise FileNotFoundError(
            f"{folder} holds only a part of MNIST: expected {', '.join(FILES)} (or the same with .gz), "
            f"missing {', '.join(missing)}. Copy or download the missing files."
        )
    train_images, train_labels, test_images, test_labels = paths
    return (
        *_read_pair(train_images, train_labels),
        *_read_pair(test_images, test_labels),
        "",
    )


def _read_pair(images_path, labels_path):
    """Read images and their labels, which must be as many."""
    images, labels = read_idx_images(images_path), read_idx_labels(labels_path)
    if len(images) != len(labels):
        raise ValueError(
            f"{labels_path} does not belong to {images_path}: expected {len(images)} labels, one per image, "
            f"received {len(labels)}. Put the original MNIST files in their place."
        )
    return images, labels


def _from_keras_cache():
    """Read the file that keras.datasets.mnist.load_data() leaves behind, without importing Keras."""
    home = Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"))
    path = home / "datasets" / "mnist.npz"
    if not path.is_file():
        return None
    return read_archive(path)


def _from_download():
    import keras  # imported here: TensorFlow takes seconds to start, and only the download needs it

    try:
        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    except Exception as problem:  # Keras raises a bare Exception when it cannot reach the network
        raise ConnectionError(
            f"MNIST is not on this computer and could not be downloaded ({problem}). {WHAT_ELSE}"
        ) from problem
    return (*checked((x_train, y_train, x_test, y_test), "Keras' download"), "")
