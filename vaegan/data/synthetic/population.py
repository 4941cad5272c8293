"""Who is in the cohort: age, sex, diagnosis and the volumes that go with them.

The numbers are those of studies of real patients, for people of the same age in both groups:

- Hippocampus, AD against healthy: -24.2 % left, -23.1 % right, effect size 1.60 and 1.52
  (Shi et al., Hippocampus 2009, 14 studies). Loss in a year: 4.66 % against 1.41 % (Barnes et al.,
  Neurobiology of Aging 2009).
- Lateral ventricles, ADNI: 45.0 (standard deviation 27.5) cm3 healthy, 59.3 (29.3) cm3 AD (Fonov et al.). So the
  ventricles of the groups overlap widely. They widen with age by itself, faster in AD.

Volumes are positive and skewed to the right, so their logarithms are drawn from normal distributions.
"""

from dataclasses import dataclass

import numpy as np

EFFECTS = {"none": 0.0, "realistic": 1.0, "teaching": 2.0}  # factor on the log of the AD/CN ratio

MEAN_AGE, SD_AGE, YOUNGEST, OLDEST = 75.0, 6.5, 55.0, 90.0
HIPPOCAMPUS_CM3 = {"left": 3.20, "right": 3.30}  # mean of healthy people at the mean age
HIPPOCAMPUS_AD_RATIO = {"left": 1 - 0.242, "right": 1 - 0.231}
VENTRICLE_CM3 = {"left": 23.0, "right": 22.0}
VENTRICLE_AD_RATIO = 59.3 / 45.0
SD_LOG = {
    "hippocampus": 0.12,
    "ventricle": 0.47,
}  # between people of one age; the brain's own shape adds to it
SD_LOG_SIDE = {"hippocampus": 0.04, "ventricle": 0.10}  # between left and right of one person
SMALL_HIPPOCAMPI_LARGE_VENTRICLES = -0.3  # correlation of the two
LOSS_PER_YEAR = {"CN": 0.0141, "AD": 0.0466}  # of the hippocampus
# Of the ventricles, and of the sulci: chosen by us, in the order of what follow-up studies report.
GROWTH_PER_YEAR = {"CN": 0.03, "AD": 0.06}
SULCI_MM, SULCI_MM_PER_YEAR, SULCI_MM_AD, SULCI_MM_SD = 0.5, 0.03, 0.15, 0.2
REACHABLE_CM3 = {"ventricle": (4.0, 65.0), "hippocampus": (0.9, 5.4)}  # of one side; beyond, it is no brain


@dataclass(frozen=True)
class Person:
    """One subject at the first visit.

    Attributes:
        subject: "001", ... without "sub-".
        age: years.
        sex: "F" or "M"; says nothing about the image, whose head size is that of the template.
        diagnosis: "CN" (cognitively normal) or "AD".
        volumes: cm3 that the deformation aims at, by structure.
        sulci: mm by which the brain's surface has withdrawn.
        rates: log change of volume in a year, by "ventricle" and "hippocampus".
    """

    subject: str
    age: float
    sex: str
    diagnosis: str
    volumes: dict
    sulci: float
    rates: dict

    def after(self, years):
        """Return the wanted volumes some years after the first visit, as `volumes`."""
        return {
            structure: _within(name, volume * np.exp(years * self.rates[name]))
            for structure, volume in self.volumes.items()
            for name in [structure.split("_")[1]]
        }


def draw_people(num_subjects, effect, seed):
    """Draw the subjects of a cohort: half of them AD, in shuffled order, of the same ages.

    Args:
        num_subjects: at least 2.
        effect: "realistic"; "teaching", twice the log ratio; or "none", the same brains under both names.
        seed: int.

    Returns:
        list of Person.
    """
    if effect not in EFFECTS:
        raise ValueError(f"There is no such effect: expected one of {', '.join(EFFECTS)}, received {effect!r}.")
    if num_subjects < 2:
        raise ValueError(f"A cohort has two groups: expected at least 2 subjects, received {num_subjects}.")
    chance = np.random.default_rng([seed, 0])
    diagnoses = chance.permutation(["AD" if i % 2 else "CN" for i in range(num_subjects)])
    width = max(3, len(str(num_subjects)))
    return [
        _draw_person(f"{number:0{width}d}", str(diagnosis), EFFECTS[effect], chance)
        for number, diagnosis in enumerate(diagnoses, start=1)
    ]


def _draw_person(subject, diagnosis, effect, chance):
    age = round(_draw_age(chance), 1)
    years, sick = age - MEAN_AGE, effect * (diagnosis == "AD")
    volumes = _draw_volumes(years, sick, chance)
    sulci = SULCI_MM + SULCI_MM_PER_YEAR * years + SULCI_MM_AD * sick + SULCI_MM_SD * chance.standard_normal()
    course = "AD" if sick else "CN"
    rates = {
        "hippocampus": np.log(1 - LOSS_PER_YEAR[course]),
        "ventricle": np.log(1 + GROWTH_PER_YEAR[course]),
    }
    sex = str(chance.choice(["F", "M"]))
    return Person(subject, age, sex, diagnosis, volumes, max(0.0, float(sulci)), rates)


def _draw_volumes(years, sick, chance):
    """Draw the volumes of a person who is `years` older than the mean, and `sick` times as sick as a patient."""
    person = dict(zip(SD_LOG, _correlated(chance), strict=True))
    volumes = {}
    for side in ("left", "right"):
        healthy = {"hippocampus": HIPPOCAMPUS_CM3[side], "ventricle": VENTRICLE_CM3[side]}
        change = {
            "hippocampus": sick * np.log(HIPPOCAMPUS_AD_RATIO[side]) - years * LOSS_PER_YEAR["CN"],
            "ventricle": sick * np.log(VENTRICLE_AD_RATIO) + years * GROWTH_PER_YEAR["CN"],
        }
        for name, volume in healthy.items():
            own = SD_LOG[name] * person[name] + SD_LOG_SIDE[name] * chance.standard_normal()
            to_median = -0.5 * _variance(name)  # so that the mean, not the median, is the literature's
            drawn = volume * np.exp(to_median + change[name] + own)
            volumes[f"{side}_{name}"] = _within(name, drawn)
    return volumes


def _draw_age(chance):
    while True:
        age = chance.normal(MEAN_AGE, SD_AGE)
        if YOUNGEST <= age <= OLDEST:
            return float(age)


def _correlated(chance):
    """Draw two standard normal numbers with the correlation of hippocampi and ventricles."""
    first, second = chance.standard_normal(2)
    r = SMALL_HIPPOCAMPI_LARGE_VENTRICLES
    return first, r * first + np.sqrt(1 - r**2) * second


def _variance(name):
    """Return the variance of a log volume within a group; age adds to it."""
    per_year = LOSS_PER_YEAR["CN"] if name == "hippocampus" else GROWTH_PER_YEAR["CN"]
    return SD_LOG[name] ** 2 + SD_LOG_SIDE[name] ** 2 + (per_year * SD_AGE) ** 2


def _within(name, volume):
    """Keep the volume of a "ventricle" or "hippocampus" within what the deformation can make."""
    return float(np.clip(volume, *REACHABLE_CM3[name]))
