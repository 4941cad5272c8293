"""scikit-learn's handwritten digits: real, small, and there without a network."""

import numpy as np
from sklearn.datasets import load_digits as sklearn_digits

from vaegan.data.images import ImageData, resize

MARGIN = 2  # pixels of background on each side, so that a digit fills as much of its frame as in MNIST
TEST_EVERY = 5


def load_digits(size=28):
    """Load the 1,797 digits of scikit-learn, enlarged from 8x8 to size x size.

    They are scans of real handwriting (Alpaydin & Kaynak, 1998), stored with grey values 0 to 16.
    Enlarging adds no detail: they stay blurrier than MNIST, and every caption says so.

    Returns:
        ImageData with 1,433 training and 364 test examples; always the same.
    """
    digits = sklearn_digits()
    framed = np.pad(digits.images.astype("float32") / 16.0, [(0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)])
    x = resize(framed, size)[..., np.newaxis]  # (1797, size, size, 1)
    y = digits.target.astype("int64")
    test = every_nth_of_each_class(y, TEST_EVERY)
    return ImageData(
        x_train=x[~test],
        y_train=y[~test],
        x_test=x[test],
        y_test=y[test],
        name="digits",
        caption=f"scikit-learn digits, 8x8 enlarged to {size}x{size}",
    )


def every_nth_of_each_class(labels, n):
    """Mark the first, (n+1)th, (2n+1)th, ... example of each class: a stratified split without chance.

    Args:
        labels: int, (num,).
        n: one example in n is marked.

    Returns:
        bool, (num,).
    """
    marked = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        marked[np.flatnonzero(labels == label)[::n]] = True
    return marked
