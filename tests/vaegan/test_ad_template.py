"""The synthetic cohort from nilearn's template, as the course makes it."""

import numpy as np
import pytest

from vaegan.data import load_cohort, make_ad_cohort
from vaegan.data.synthetic.anatomy import Anatomy
from vaegan.data.synthetic.population import REACHABLE_CM3
from vaegan.data.synthetic.template import load_template

pytest.importorskip("nilearn")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def anatomy():
    return Anatomy(load_template())


def test_the_structures_have_the_size_of_those_of_a_young_adult(anatomy):
    volumes = {name: anatomy.template.volume_cm3(name) for name in anatomy.template.structures}
    assert volumes["left_ventricle"] == volumes["right_ventricle"] == pytest.approx(8.7, abs=0.5)  # symmetric template
    assert volumes["left_hippocampus"] == volumes["right_hippocampus"] == pytest.approx(3.7, abs=0.4)


def test_every_volume_that_people_are_drawn_with_can_be_reached(anatomy):
    for structure, (logs, _) in anatomy.curves.items():
        low, high = REACHABLE_CM3[structure.split("_")[1]]
        assert (np.diff(logs) > 0).all()
        assert np.exp(logs[0]) < low and np.exp(logs[-1]) > high


def test_ten_brains_are_whole_and_look_like_brains(anatomy, tmp_path):
    folder = make_ad_cohort(tmp_path / "ad", 10, "realistic", 0, anatomy=anatomy)
    cohort = load_cohort(folder, size=64, cache=False)  # pixels of 1.5 mm, column 32 is the middle
    assert (cohort.table["folded"] == 0).all()
    assert cohort.x[:, 14:20, 8:12, 0].mean() > 0.75  # white matter beside the ventricles
    assert cohort.x[:, 17:20, 25:29, 0].mean() < 0.4  # the bodies of the ventricles
    assert cohort.x[:, 17:20, 36:40, 0].mean() < 0.4
    assert cohort.x[:, 62:, :8, 0].max() < 0.2  # nothing below the temporal lobe
