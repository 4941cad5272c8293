"""Data sets of the course: handwritten digits as images, and a Gaussian whose entropy is known.

Nothing here imports TensorFlow (only the download of MNIST does), so it starts quickly.
"""

from vaegan.data.gaussian import GAUSSIAN_2D_ENTROPY, gaussian_2d
from vaegan.data.idx import read_idx_images, read_idx_labels
from vaegan.data.images import ImageData, resize
from vaegan.data.load import load_images

__all__ = [
    "GAUSSIAN_2D_ENTROPY",
    "ImageData",
    "gaussian_2d",
    "load_images",
    "read_idx_images",
    "read_idx_labels",
    "resize",
]
