"""What every image data set of the course looks like, whatever it was read from."""

from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True, eq=False)
class ImageData:
    """Images and labels, split once into training and test examples.

    The test examples are never trained on: they say how well a model does on digits it has not seen.

    Attributes:
        x_train, x_test: float32, (n, size, size, 1), in [0, 1]; 0 is the background.
        y_train, y_test: int64, (n,), the digit that is written; for "ad" 0 is CN and 1 is AD.
        name: "mnist", "digits" or "ad"; names the folder of results.
        caption: one line that says what the images are; shown under every picture made of them.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    name: str
    caption: str

    def __repr__(self):
        """Say what it is instead of printing millions of pixels."""
        size = "x".join(map(str, self.x_train.shape[1:]))
        return f"ImageData({self.caption}: {len(self.x_train)} training, {len(self.x_test)} test, {size})"


def resize(images, size):
    """Resize square images to size x size, bicubic, and clip the overshoot to [0, 1].

    Interpolation is linear in the pixels and separable, so the rows of an interpolated identity matrix
    are its weights A, and all images are done at once: A x A^T.

    Args:
        images: float32, (n, height, height), in [0, 1].
        size: height and width wanted, in pixels.

    Returns:
        float32, (n, size, size), in [0, 1].

    Raises:
        ValueError: if size is not a positive integer.
    """
    if not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(
            f"size must be a positive number of pixels: expected an int such as 28, received {size!r}. "
            "Images are square, so one number is enough."
        )
    height = images.shape[1]
    if height == size:
        return images
    identity = Image.fromarray(np.eye(height, dtype="float32"))
    weights = np.asarray(identity.resize((height, int(size)), Image.Resampling.BICUBIC))  # (size, height)
    return np.clip(weights @ images @ weights.T, 0.0, 1.0)
