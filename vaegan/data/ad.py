"""The brains of the course: real ones where somebody has them, else synthetic ones."""

import os
from pathlib import Path

from vaegan.data.cache import cache_folder
from vaegan.data.cohort import split_by_subject
from vaegan.data.images import ImageData
from vaegan.data.slices import load_cohort

SYNTHETIC_SUBJECTS, SYNTHETIC_SEED = 120, 0
VERSION = 1  # raise it when the same arguments give other brains: kept cohorts are then made anew


def load_ad(size=64, test_fraction=0.2, seed=0, effect="teaching", **how):
    """Load slices of brains of healthy people (0) and of people with Alzheimer's disease (1), split by subject.

    Args:
        size: height and width in pixels.
        test_fraction: share of the subjects that is tested.
        seed: int, of the split.
        effect, how: as in `load_ad_cohort`.

    Returns:
        ImageData, named "ad".
    """
    cohort = load_ad_cohort(size, effect=effect, **how)
    train, test = split_by_subject(cohort, test_fraction, seed)
    return ImageData(train.x, train.labels, test.x, test.labels, name="ad", caption=cohort.caption)


def load_ad_cohort(size=64, source=None, effect="teaching", **how):
    """Load the cohort of the course.

    It is the folder `source`, else the one that the environment variable VAEGAN_AD names, else a synthetic cohort of
    120 subjects, which is made once (in about a minute) and kept in the user's cache folder.

    Args:
        size: height and width in pixels.
        source: folder, or None.
        effect: of the synthetic cohort: "realistic", "teaching" or "none".
        how: further arguments of `load_cohort`.

    Returns:
        Cohort; its caption says whether it is synthetic.
    """
    folder = source or os.environ.get("VAEGAN_AD")
    if folder:
        return load_cohort(folder, size, **how)
    return load_cohort(synthetic_cohort(effect, SYNTHETIC_SUBJECTS, SYNTHETIC_SEED), size, **how)


def synthetic_cohort(effect="teaching", num_subjects=SYNTHETIC_SUBJECTS, seed=SYNTHETIC_SEED):
    """Return the folder of a synthetic cohort in the user's cache; make it if it is not there.

    Raises:
        OSError: if the cache folder cannot be written.
    """
    from vaegan.data.synthetic import make_ad_cohort  # imported here: whoever has real data needs no template

    folder = cache_folder() / "ad" / f"{effect}-{num_subjects}-seed{seed}-v{VERSION}"
    if (folder / "participants.tsv").is_file():
        return folder
    try:
        return make_ad_cohort(folder, num_subjects, effect, seed)
    except FileExistsError:
        raise
    except OSError as problem:
        if (folder / "participants.tsv").is_file():
            return Path(folder)  # somebody else was faster
        raise OSError(
            f"The synthetic cohort cannot be kept: expected to write {folder}, received {problem}. "
            "Set VAEGAN_CACHE to a folder that you may write to."
        ) from problem
