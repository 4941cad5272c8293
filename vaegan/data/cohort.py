"""A cohort: one image per scan, with who it is of; and its split, which is always by subject."""

from dataclasses import dataclass, replace

import numpy as np

from vaegan.data.diagnosis import NAMES


@dataclass(frozen=True, eq=False)
class Cohort:
    """Slices of brains with labels.

    Attributes:
        x: float32, (n, size, size, 1), in [0, 1].
        labels: int64, (n,); 0 is CN (cognitively normal), 1 is AD.
        subjects: str, (n,); a subject with several scans comes several times.
        table: dict, column -> array (n,), what is known of each: float where all values are numbers (NaN where
            missing), else str. `pandas.DataFrame(cohort.table)` shows it.
        caption: one line that names the data; says "synthetic" if they are.
        notes: sentences about what was left out.
    """

    x: np.ndarray
    labels: np.ndarray
    subjects: np.ndarray
    table: dict
    caption: str
    notes: tuple = ()

    def __len__(self):
        return len(self.x)

    def __repr__(self):
        """Say what it is instead of printing millions of pixels."""
        people = len(np.unique(self.subjects))
        groups = ", ".join(f"{np.sum(self.labels == label)} {name}" for label, name in NAMES.items())
        size = "x".join(map(str, self.x.shape[1:]))
        contents = f"{len(self)} images of {people} subjects, {groups}, {size}"
        return "\n".join([f"Cohort({self.caption}: {contents})", *self.notes])

    def take(self, chosen):
        """Return the cohort of the chosen images.

        Args:
            chosen: int indices or bool, (n,).
        """
        table = {name: column[chosen] for name, column in self.table.items()}
        return replace(self, x=self.x[chosen], labels=self.labels[chosen], subjects=self.subjects[chosen], table=table)


def split_by_subject(cohort, test_fraction=0.2, seed=0):
    """Split a cohort into training and test images so that no subject is in both, with both groups in each part.

    Two slices of one brain look alike. Split by slice, a model is tested on brains it has learned by heart, and its
    score says nothing about new patients (Yagis et al., Scientific Reports 2021).

    Args:
        cohort: Cohort.
        test_fraction: share of the subjects of each group that is tested, in (0, 1).
        seed: int.

    Returns:
        training Cohort, test Cohort.

    Raises:
        ValueError: if the fraction is impossible, a group has one subject only, or a subject has two labels.
    """
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction must be a share: expected between 0 and 1, received {test_fraction!r}.")
    label_of = subject_labels(cohort)
    chance, tested = np.random.default_rng(seed), []
    for label, name in NAMES.items():
        group = sorted(subject for subject, own in label_of.items() if own == label)
        if len(group) < 2:
            raise ValueError(
                f"A split needs two subjects of each group: expected at least 2 with {name}, received {len(group)}. "
                "Read more scans."
            )
        num_tested = min(len(group) - 1, max(1, round(test_fraction * len(group))))
        tested += list(chance.permutation(group)[:num_tested])
    is_tested = np.isin(cohort.subjects, tested)
    return cohort.take(~is_tested), cohort.take(is_tested)


def subject_labels(cohort):
    """Return subject -> label, which must be one per subject."""
    label_of = {}
    for subject, label in zip(cohort.subjects.tolist(), cohort.labels.tolist(), strict=True):
        if label_of.setdefault(subject, label) != label:
            raise ValueError(
                f"Subject {subject} has two diagnoses: expected one, received CN and AD. "
                "Leave out subjects whose diagnosis changes."
            )
    return label_of


def shuffle_labels(cohort, seed=0):
    """Return the cohort with the labels dealt out anew among the subjects: a control.

    A score above chance on this cohort means that the test subjects leak into the training.
    """
    label_of = subject_labels(cohort)
    dealt = np.random.default_rng(seed).permutation(list(label_of.values()))
    new_label = dict(zip(label_of, dealt.tolist(), strict=True))
    labels = np.array([new_label[subject] for subject in cohort.subjects.tolist()], dtype="int64")
    return replace(cohort, labels=labels, caption=f"{cohort.caption}, labels shuffled")
