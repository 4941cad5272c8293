"""The data of the programs to debug: made up, small, and like real data almost everywhere.

Cohorts are pooled from many scanners, and now and then one delivers something else: other units, an empty
slice, a subject whose group is missing. Which kind of surprise a data set holds follows from its seed; where
it sits does too.
"""

import numpy as np

SIDE = 8  # pixels, height and width of a slice
NUM_CLASSES = 3  # cognitively normal, mild impairment, AD
NUM_MODES = 8  # of the ring
_IMAGES_PER_BATCH, _POINTS_PER_BATCH = 9, 24


def load_batches(seed):
    """The batches of a program, the same ones for the same seed.

    Args:
        seed: int, as it stands in the program.

    Returns:
        List of pairs: int16 slices (9, 8, 8), in scanner units, usually 5 to 170, with int labels (9,); or,
        for the programs about the ring, float32 points (24, 2) with the numbers of their modes (24,).
    """
    rng = np.random.default_rng(seed)
    surprise = SURPRISES[seed % len(SURPRISES)]
    num_batches = int(rng.integers(110, 240))
    where = int(rng.integers(num_batches // 4, num_batches - num_batches // 8))
    make = _ring_batch if surprise in _OF_THE_RING else _slice_batch
    batches = [make(rng) for _ in range(num_batches)]
    if surprise is _two_groups:
        batches = [(images, np.full_like(labels, labels[0])) for images, labels in batches]
    return [surprise(rng, *pair) if batch == where else pair for batch, pair in enumerate(batches)]


def _slice_batch(rng):
    """Three slices of each class in random order; a bright blob on a grey ground, noisy."""
    labels = rng.permutation(np.repeat(np.arange(NUM_CLASSES), _IMAGES_PER_BATCH // NUM_CLASSES))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    centers = rng.uniform(2, 5, (2, len(labels), 1, 1))
    widths = 2.0 + labels[:, None, None]
    blobs = np.exp(-((rows - centers[0]) ** 2 + (columns - centers[1]) ** 2) / widths**2)
    gains = rng.uniform(0.85, 1.15, (len(labels), 1, 1))  # no two scanners agree
    images = gains * (60 + 80 * blobs + rng.normal(0, 6, blobs.shape))
    return np.clip(images, 5, 170).astype("int16"), labels


def _ring_batch(rng):
    """Three points near each of the eight modes on a circle of radius 2, in random order."""
    modes = rng.permutation(np.repeat(np.arange(NUM_MODES), _POINTS_PER_BATCH // NUM_MODES))
    angles = 2 * np.pi * modes / NUM_MODES
    centers = 2.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (centers + rng.normal(0, 0.05, centers.shape)).astype("float32"), modes


def _other_units(rng, images, labels):
    images[rng.integers(len(images))] *= np.int16(20)
    return images, labels


def _empty_slice(rng, images, labels):
    images[rng.integers(len(images))] = 0
    return images, labels


def _background_removed_twice(rng, images, labels):
    images[rng.integers(len(images))] -= np.int16(190)
    return images, labels


def _bright_and_flat(rng, images, labels):
    images[rng.integers(len(images))] = rng.integers(190, 250, (SIDE, SIDE))
    return images, labels


def _group_missing(rng, images, labels):
    absent = rng.integers(NUM_CLASSES)
    return images, np.where(labels == absent, (absent + 1) % NUM_CLASSES, labels)


def _two_groups(rng, images, labels):
    mixed = np.full_like(labels, rng.integers(NUM_CLASSES))
    mixed[rng.integers(2, len(labels)) :] += 1
    return images, mixed % NUM_CLASSES


def _far_away(rng, points, modes):
    points[rng.integers(len(points))] = rng.choice([-1.0, 1.0]) * np.array([1000.0, 500.0])
    return points, modes


def _at_the_center(rng, points, modes):
    points[rng.integers(len(points))] = 0.0
    return points, modes


def _mode_missing(rng, points, modes):
    absent = rng.integers(NUM_MODES)
    points[modes == absent] = points[modes == (absent + 1) % NUM_MODES]
    return points, np.where(modes == absent, (absent + 1) % NUM_MODES, modes)


_OF_THE_RING = (_far_away, _at_the_center, _mode_missing)
SURPRISES = (
    _other_units,
    _empty_slice,
    _background_removed_twice,
    _bright_and_flat,
    _group_missing,
    _two_groups,
    *_OF_THE_RING,
)
