"""Data sets of the course: handwritten digits, Gaussians in the plane, and slices of brains.

Nothing here imports TensorFlow (only the download of MNIST does), nibabel or nilearn before they are needed, so it
starts quickly.
"""

from vaegan.data.ad import load_ad, load_ad_cohort, synthetic_cohort
from vaegan.data.cohort import Cohort, shuffle_labels, split_by_subject
from vaegan.data.gaussian import GAUSSIAN_2D_ENTROPY, gaussian_2d
from vaegan.data.idx import read_idx_images, read_idx_labels
from vaegan.data.images import ImageData, resize
from vaegan.data.load import load_images
from vaegan.data.mixtures import RING_SD, grid_centres, grid_of_gaussians, ring, ring_centres
from vaegan.data.slices import load_cohort
from vaegan.data.synthetic import make_ad_cohort

__all__ = [
    "GAUSSIAN_2D_ENTROPY",
    "RING_SD",
    "Cohort",
    "ImageData",
    "gaussian_2d",
    "grid_centres",
    "grid_of_gaussians",
    "load_ad",
    "load_ad_cohort",
    "load_cohort",
    "load_images",
    "make_ad_cohort",
    "read_idx_images",
    "read_idx_labels",
    "resize",
    "ring",
    "ring_centres",
    "shuffle_labels",
    "split_by_subject",
    "synthetic_cohort",
]
