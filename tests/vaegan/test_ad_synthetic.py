"""The synthetic cohort: deformations, volumes, files. On a coarse phantom, so that it takes seconds."""

import json
import sys

import nibabel
import numpy as np
import pytest

from vaegan.data import load_ad, load_cohort, make_ad_cohort, split_by_subject
from vaegan.data.__main__ import main
from vaegan.data.synthetic import template as template_module
from vaegan.data.synthetic.anatomy import Anatomy
from vaegan.data.synthetic.population import EFFECTS, draw_people
from vaegan.data.synthetic.scan import deform, make_scan
from vaegan.data.synthetic.template import load_template, phantom_template
from vaegan.data.synthetic.warp import (
    integrate,
    jacobian_determinant,
    linear_weights,
    resample,
    sample,
    smooth_noise,
)


@pytest.fixture(scope="session")
def phantom():
    return Anatomy(phantom_template(spacing=3.0), step=4.0, voxel=(3.0, 4.0, 3.0))


@pytest.fixture(scope="session")
def cohort_folder(phantom, tmp_path_factory):
    return make_ad_cohort(tmp_path_factory.mktemp("ad") / "cohort", 8, "teaching", seed=3, anatomy=phantom, workers=2)


# --- deformations


def rotation(shape, spacing, angle):
    """Return the velocity field of a rotation about the third axis through the middle, and the places, mm."""
    places = spacing * np.indices(shape, dtype="float32")
    x, y, _ = places - places.mean(axis=(1, 2, 3), keepdims=True)
    return angle * np.stack([-y, x, np.zeros_like(x)]), np.stack([x, y])


def test_the_exponential_of_a_rotation_is_the_rotation():
    velocity, (x, y) = rotation((21, 21, 5), 2.0, 0.5)
    moved = integrate(velocity, 2.0, num_squarings=7)
    inside = np.hypot(x, y) < 12
    cos, sin = np.cos(0.5), np.sin(0.5)
    expected = np.stack([cos * x - sin * y - x, sin * x + cos * y - y])
    assert moved[:2][:, inside] == pytest.approx(expected[:, inside], abs=0.05)  # steps of 0.004 rad, first order


def test_a_deformation_and_that_of_the_opposite_velocity_undo_each_other():
    chance = np.random.default_rng(0)
    velocity = smooth_noise((24, 24, 24), 3.0, 12.0, 3.0, chance)
    there, back = integrate(velocity, 3.0), integrate(-velocity, 3.0)
    identity = np.indices(velocity.shape[1:], dtype="float32")
    rest = there + 3.0 * sample(back, identity + there / 3.0) / 3.0
    middle = (slice(None), *[slice(4, -4)] * 3)
    assert np.abs(rest[middle]).max() < 0.15 < np.abs(there[middle]).max()


def test_the_jacobian_of_a_scaling_is_its_volume():
    x, y, z = 2.0 * np.indices((6, 6, 6), dtype="float32")
    assert jacobian_determinant(np.stack([0.1 * x, 0.2 * y, -0.5 * z]), 2.0) == pytest.approx(1.1 * 1.2 * 0.5)


def test_a_mirror_counts_as_folded():
    x, y, z = np.indices((6, 6, 6), dtype="float32")
    assert (jacobian_determinant(np.stack([-2 * x, 0 * y, 0 * z]), 1.0) < 0).all()


def test_enlarging_by_matrices_is_linear_interpolation():
    field = np.random.default_rng(0).random((1, 4, 5, 6), dtype="float32")
    weights = [linear_weights(2 * size - 1, size, 0.5) for size in field.shape[1:]]
    points = np.indices((7, 9, 11), dtype="float32") / 2
    assert resample(field, weights) == pytest.approx(sample(field, points), abs=1e-6)


def test_noise_has_the_size_that_was_asked_for():
    field = smooth_noise((20, 20, 20), 2.0, 6.0, 1.5, np.random.default_rng(0))
    assert np.sqrt(np.mean(np.sum(field**2, axis=0))) == pytest.approx(1.5, rel=1e-4)


# --- volumes


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.5])
def test_a_wanted_volume_is_reached(phantom, factor):
    wanted = {name: factor * phantom.template.volume_cm3(name) for name in phantom.template.structures}
    measured = phantom.measure(integrate(-phantom.velocity(wanted), phantom.step))
    assert measured == pytest.approx(wanted, rel=0.06)


def test_left_and_right_are_set_apart(phantom):
    wanted = {name: phantom.template.volume_cm3(name) for name in phantom.template.structures}
    wanted["left_ventricle"] *= 1.6
    wanted["right_hippocampus"] *= 0.7
    measured = phantom.measure(integrate(-phantom.velocity(wanted), phantom.step))
    assert measured == pytest.approx(wanted, rel=0.12)


def test_volumes_follow_the_deformation_not_the_wish(phantom):
    person = draw_people(2, "realistic", 0)[0]
    scan = make_scan(phantom, person, seed=0)
    assert scan.volumes == phantom.measure(deform(phantom, person, seed=0))
    assert scan.volumes != person.volumes


def test_brains_do_not_fold(phantom):
    scans = [make_scan(phantom, person, seed=0) for person in draw_people(6, "teaching", 0)]
    assert min(scan.min_jacobian for scan in scans) > 0
    assert {scan.folded for scan in scans} == {0.0}


def test_a_visit_a_year_later_is_the_same_brain_older(phantom):
    person = next(person for person in draw_people(4, "realistic", 0) if person.diagnosis == "AD")
    first, later = (phantom.measure(deform(phantom, person, 0, years)) for years in (0.0, 3.0))
    assert later["left_hippocampus"] < first["left_hippocampus"]
    assert later["left_ventricle"] > first["left_ventricle"]


# --- people


def mean_of(people, structure, diagnosis):
    return np.mean([person.volumes[structure] for person in people if person.diagnosis == diagnosis])


@pytest.mark.parametrize(("effect", "hippocampus", "ventricle"), [("realistic", 0.758, 1.29), ("none", 1.0, 1.0)])
def test_the_groups_differ_as_in_the_literature(effect, hippocampus, ventricle):
    people = draw_people(4000, effect, 0)
    ratio = {name: mean_of(people, name, "AD") / mean_of(people, name, "CN") for name in people[0].volumes}
    assert ratio["left_hippocampus"] == pytest.approx(hippocampus, rel=0.02)  # standard error 0.5 %
    assert ratio["left_ventricle"] == pytest.approx(ventricle, rel=0.05)  # standard error 1.6 %


def test_teaching_doubles_the_effect():
    ratios = [
        mean_of(people, "right_hippocampus", "AD") / mean_of(people, "right_hippocampus", "CN")
        for people in (draw_people(4000, effect, 0) for effect in ("realistic", "teaching"))
    ]
    assert ratios[1] == pytest.approx(ratios[0] ** 2, rel=0.01)


def test_the_groups_are_equally_many_and_equally_old():
    people = draw_people(2000, "realistic", 0)
    ages = {group: [person.age for person in people if person.diagnosis == group] for group in ("CN", "AD")}
    assert len(ages["CN"]) == len(ages["AD"]) == 1000
    assert np.mean(ages["CN"]) == pytest.approx(np.mean(ages["AD"]), abs=1.0)
    assert all(55 <= age <= 90 for age in ages["CN"] + ages["AD"])


def test_ventricles_grow_and_hippocampi_shrink_with_age():
    healthy = [person for person in draw_people(2000, "none", 0)]
    ages = [person.age for person in healthy]
    assert np.corrcoef(ages, [person.volumes["left_ventricle"] for person in healthy])[0, 1] > 0.2
    assert np.corrcoef(ages, [person.volumes["left_hippocampus"] for person in healthy])[0, 1] < -0.2


def test_impossible_wishes_are_refused():
    with pytest.raises(ValueError, match=r"expected one of none, realistic, teaching, received 'strong'"):
        draw_people(4, "strong", 0)
    with pytest.raises(ValueError, match="at least 2 subjects, received 1"):
        draw_people(1, "none", 0)


# --- files


def test_the_cohort_is_a_bids_folder_of_true_nifti_files(cohort_folder):
    paths = sorted(cohort_folder.glob("sub-*/anat/*_T1w.nii.gz"))
    assert [path.name for path in paths] == [f"sub-{number:03d}_T1w.nii.gz" for number in range(1, 9)]
    image = nibabel.load(paths[0])
    assert (image.get_data_dtype(), image.header["sform_code"]) == (np.int16, 4)
    assert image.header.get_zooms() == (3.0, 4.0, 3.0)
    assert nibabel.aff2axcodes(image.affine) == ("R", "A", "S")
    description = json.loads((cohort_folder / "dataset_description.json").read_text())
    assert description["Name"].startswith("synthetic")
    assert description["BIDSVersion"]
    columns = json.loads((cohort_folder / "participants.json").read_text())
    heading = (cohort_folder / "participants.tsv").read_text().split("\n")[0].split("\t")
    assert heading == ["participant_id", *columns]


def test_the_cohort_is_read_as_any_other(cohort_folder):
    cohort = load_cohort(cohort_folder, size=32, cache=False)
    assert cohort.x.shape == (8, 32, 32, 1)
    assert np.bincount(cohort.labels).tolist() == [4, 4]
    assert "synthetic" in cohort.caption and "no patient" in cohort.caption
    assert (cohort.table["min_jacobian"] > 0).all()
    train, test = split_by_subject(cohort, 0.25)
    assert (len(train), len(test)) == (6, 2)


def test_a_larger_ventricle_is_more_dark_in_the_slice(cohort_folder):
    cohort = load_cohort(cohort_folder, size=48, cache=False)
    middle = cohort.x[:, 8:28, 12:36, 0]  # above the middle of the field, where only ventricles are dark
    dark = np.mean(middle < 0.4, axis=(1, 2))
    assert np.corrcoef(dark, cohort.table["left_ventricle"] + cohort.table["right_ventricle"])[0, 1] > 0.8


def test_the_same_seed_gives_the_same_files_however_many_work(cohort_folder, phantom, tmp_path):
    again = make_ad_cohort(tmp_path / "again", 8, "teaching", seed=3, anatomy=phantom, workers=1)
    for path in sorted(cohort_folder.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (again / path.relative_to(cohort_folder)).read_bytes(), path.name
    other = make_ad_cohort(tmp_path / "other", 2, "teaching", seed=4, anatomy=phantom)
    scan = "sub-001/anat/sub-001_T1w.nii.gz"
    assert (other / scan).read_bytes() != (cohort_folder / scan).read_bytes()


def test_shuffled_labels_keep_the_brains(cohort_folder, phantom, tmp_path):
    control = make_ad_cohort(tmp_path / "control", 8, "teaching", 3, shuffle_labels=True, anatomy=phantom)
    first, second = (load_cohort(folder, size=16, cache=False) for folder in (cohort_folder, control))
    assert (first.x == second.x).all()
    assert first.labels.tolist() != second.labels.tolist()
    assert np.bincount(second.labels).tolist() == [4, 4]
    assert "labels shuffled" in second.caption


def test_two_visits_have_a_table_of_their_own(phantom, tmp_path):
    folder = make_ad_cohort(tmp_path / "visits", 2, num_sessions=2, anatomy=phantom)
    cohort = load_cohort(folder, size=16, cache=False)
    assert cohort.table["session"].tolist() == ["1", "2", "1", "2"]
    lines = (folder / "sub-001" / "sub-001_sessions.tsv").read_text().splitlines()
    assert lines[0].split("\t")[:3] == ["session_id", "years", "left_ventricle"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["ses-1", "ses-2"]


def test_a_folder_in_use_is_left_alone(phantom, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError, match=r"not empty: expected a new folder"):
        make_ad_cohort(tmp_path, 2, anatomy=phantom)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_failure_leaves_no_half_cohort(phantom, tmp_path, monkeypatch):
    monkeypatch.setattr("vaegan.data.synthetic.make._write_scan", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_ad_cohort(tmp_path / "cohort", 2, anatomy=phantom)
    assert list(tmp_path.iterdir()) == []


def test_without_nilearn_a_phantom_takes_its_place(monkeypatch):
    monkeypatch.setitem(sys.modules, "nilearn", None)
    assert template_module._nilearn_folder() is None
    assert load_template().name == "phantom of ellipsoids"


def test_effects_are_ordered():
    assert EFFECTS["none"] < EFFECTS["realistic"] < EFFECTS["teaching"]


# --- the command and the course's own cohort


@pytest.fixture
def small_phantom(monkeypatch, phantom):
    monkeypatch.setattr("vaegan.data.synthetic.make.load_template", lambda: None)
    monkeypatch.setattr("vaegan.data.synthetic.make.Anatomy", lambda _: phantom)


def test_the_command_writes_a_cohort_and_says_so(small_phantom, tmp_path, capsys):
    asked = ["make-ad-cohort", "--subjects", "2", "--effect", "none", "--out", str(tmp_path / "c")]
    assert main(asked) == 0
    assert "2 synthetic subjects" in capsys.readouterr().out
    assert len(load_cohort(tmp_path / "c", size=16, cache=False)) == 2
    assert main(asked) == 1
    assert "not empty" in capsys.readouterr().err


def test_the_course_makes_its_cohort_once(small_phantom, tmp_path, monkeypatch):
    monkeypatch.delenv("VAEGAN_AD", raising=False)
    monkeypatch.setenv("VAEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("vaegan.data.ad.SYNTHETIC_SUBJECTS", 10)
    data = load_ad(size=16)
    assert (data.name, data.x_train.shape, data.x_test.shape) == ("ad", (8, 16, 16, 1), (2, 16, 16, 1))
    assert sorted(data.y_test.tolist()) == [0, 1]
    assert "synthetic" in data.caption and "teaching" in data.caption
    monkeypatch.setattr("vaegan.data.synthetic.make_ad_cohort", lambda *_: pytest.fail("made twice"))
    assert (load_ad(size=16).x_train == data.x_train).all()


def test_a_named_folder_takes_the_place_of_the_synthetic_cohort(cohort_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("VAEGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("VAEGAN_AD", str(cohort_folder))
    assert len(load_ad(size=16).x_train) == 6
    assert not (tmp_path / "cache" / "ad").exists()
