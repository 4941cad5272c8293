"""Reader of the IDX files that MNIST is published in.

An IDX file is a header of big-endian 32-bit numbers and then the values, one byte each. The first number
(the magic number) says what follows: 2049 is a list of labels, 2051 a list of images. Labels have one
length, images have three: how many, rows, columns (LeCun, Cortes & Burges: The MNIST database).

A wrong file is refused with the file, what was expected, what was found and what to do about it: a digit
read from the wrong byte would look like a bug in a model.
"""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

LABELS_MAGIC = 2049
IMAGES_MAGIC = 2051
_KINDS = {LABELS_MAGIC: "labels", IMAGES_MAGIC: "images"}
GZIP_MAGIC = b"\x1f\x8b"
AGAIN = "Copy or download this file again."


def read_idx_images(path, height=28, width=28):
    """Read the images of an IDX file, plain or gzip.

    Returns:
        uint8, (n, height, width), 0 (background) to 255 (ink).

    Raises:
        ValueError: if the file is not an image file, has images of another size, or is cut off.
    """
    images = _read_idx(path, IMAGES_MAGIC, num_dimensions=3)
    if images.shape[1:] != (height, width):
        received = "x".join(map(str, images.shape[1:]))
        raise ValueError(
            f"{path} holds images of another size: expected {height}x{width} pixels, received {received}. "
            "Put the original MNIST file in its place."
        )
    return images


def read_idx_labels(path, num_classes=10):
    """Read the labels of an IDX file, plain or gzip.

    Returns:
        uint8, (n,), each below num_classes.

    Raises:
        ValueError: if the file is not a label file, holds an impossible label, or is cut off.
    """
    labels = _read_idx(path, LABELS_MAGIC, num_dimensions=1)
    if labels.size and labels.max() >= num_classes:
        raise ValueError(
            f"{path} holds a label that is no digit: expected 0 to {num_classes - 1}, "
            f"received {labels.max()}. Put the original MNIST file in its place."
        )
    return labels


def _read_idx(path, magic, num_dimensions):
    """Return the values of an IDX file, uint8, after checking every number of its header."""
    content = _read_bytes(Path(path))
    header_size = 4 * (1 + num_dimensions)
    if len(content) < header_size:
        raise ValueError(
            f"{path} is cut off: expected a header of {header_size} bytes, received {len(content)} bytes. {AGAIN}"
        )
    found, *shape = np.frombuffer(content, dtype=">u4", count=1 + num_dimensions).tolist()
    if found != magic:
        raise ValueError(
            f"{path} is not the kind of file its name says: expected the magic number {magic} "
            f"({_KINDS[magic]}), received {found} ({_KINDS.get(found, 'no MNIST file')}). "
            "Put the original MNIST file in its place."
        )
    num_values = math.prod(shape)
    if len(content) != header_size + num_values:
        problem = "is cut off" if len(content) < header_size + num_values else "is too long"
        raise ValueError(
            f"{path} {problem}: expected {num_values} values after its header, as the header says "
            f"({'x'.join(map(str, shape))}), received {len(content) - header_size}. {AGAIN}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=header_size).reshape(shape)


def _read_bytes(path):
    """Read a file and decompress it if it is gzip; browsers decompress silently, so the name says little."""
    content = path.read_bytes()
    if not content.startswith(GZIP_MAGIC):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as problem:
        raise ValueError(
            f"{path} cannot be decompressed: expected a complete gzip file, received {len(content)} bytes "
            f"that are damaged or cut off ({problem}). {AGAIN}"
        ) from problem
