"""Data sets of the course: handwritten digits as images, a Gaussian whose entropy is known, and slices of brains.

Nothing here imports TensorFlow (only the download of MNIST does), nibabel or nilearn before they are needed, so it
starts quickly.
"""

from vaegan.data.ad import load_ad, load_ad_cohort, synthetic_cohort
from vaegan.data.cohort import Cohort, shuffle_labels, split_by_subject
from vaegan.data.gaussian import GAUSSIAN_2D_ENTROPY, gaussian_2d
from vaegan.data.idx import read_idx_images, read_idx_labels
from vaegan.data.images import ImageData, resize
from vaegan.data.load import load_images
from vaegan.data.slices import load_cohort
from vaegan.data.synthetic import make_ad_cohort

__all__ = [
    "GAUSSIAN_2D_ENTROPY",
    "Cohort",
    "ImageData",
    "gaussian_2d",
    "load_ad",
    "load_ad_cohort",
    "load_cohort",
    "load_images",
    "make_ad_cohort",
    "read_idx_images",
    "read_idx_labels",
    "resize",
    "shuffle_labels",
    "split_by_subject",
    "synthetic_cohort",
]
