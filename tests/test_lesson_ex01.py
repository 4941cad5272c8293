"""Facts about the solved lesson on scans, and that it runs as students will run it."""

from pathlib import Path

import keras
import nibabel
import numpy as np
import pytest
from lesson_runs import as_module, checks_that_meet_their_hole, run_cells

from judge.course.lesson import read_lesson
from vaegan import ToImplement
from vaegan.practice_scans import CAPSULE_MM, practice_scan, write_practice_cohort
from vaegan.volumes import BaseVolume

LESSON = Path(__file__).parents[1] / "solutions" / "ex01_images" / "images.py"
OBLIQUE = np.array([[0.0, 0.3, -4.0, 31.0], [-2.0, 0.2, 0.4, -17.0], [0.1, -3.0, 0.2, 8.0], [0, 0, 0, 1]])

# TensorFlow's variables answer np.array(..., copy=False) in the old way, and Keras asks them when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def images():
    """The lesson as a module: only its classes and functions are active."""
    return as_module(LESSON)


@pytest.fixture
def voxels():
    return np.random.default_rng(7).permutation(60).reshape(5, 3, 4).astype("float32")


# The grid


def test_voxel_sizes_places_and_back_are_those_of_nibabel(images):
    grid, points = images.Grid(OBLIQUE), np.array([[1.0, 2, 3], [0, 0, 0], [-1.5, 7, 0.25]])
    np.testing.assert_allclose(grid.voxel_size(), nibabel.affines.voxel_sizes(OBLIQUE))
    np.testing.assert_allclose(grid.to_mm(points), nibabel.affines.apply_affine(OBLIQUE, points))
    np.testing.assert_allclose(grid.to_voxels(grid.to_mm(points)), points, atol=1e-12)
    np.testing.assert_allclose(grid.to_mm([0, 0, 0]), [31, -17, 8])


# Volumes


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_a_volume_comes_back_from_its_file(images, voxels, tmp_path, suffix):
    path = tmp_path / f"scan{suffix}"
    images.Volume(voxels / 7, OBLIQUE).save(path)
    twin = images.BrainVolume.load(path)
    assert type(twin) is images.BrainVolume and twin.name == path.name
    np.testing.assert_array_equal(twin.voxels, voxels / 7)
    np.testing.assert_allclose(twin.affine, OBLIQUE, rtol=1e-6)


def test_a_loaded_volume_does_not_change_with_its_file(images, voxels, tmp_path):
    path = tmp_path / "scan.nii"
    images.Volume(voxels, OBLIQUE).save(path)
    volume = images.Volume.load(path)
    images.Volume(voxels + 100, OBLIQUE).save(path)
    np.testing.assert_array_equal(volume.voxels, voxels)


def test_stored_integers_are_scaled(images, tmp_path):
    scan = practice_scan("PIR", rng=np.random.default_rng(0))
    nibabel.save(scan, tmp_path / "scan.nii.gz")
    volume = images.Volume.load(tmp_path / "scan.nii.gz")
    assert volume.voxels.max() > 600 and volume.orientation() == "PIR"
    np.testing.assert_allclose(volume.voxels, scan.get_fdata(), atol=0.02)


def test_turning_moves_no_voxel_in_the_head(images, voxels):
    turned = images.BrainVolume(voxels, OBLIQUE, "Ada").to_ras()
    assert (type(turned), turned.name, turned.orientation()) == (images.BrainVolume, "Ada", "RAS")
    for value in (0, 17, 59):
        places = [v.grid.to_mm(np.argwhere(v.voxels == value)[0]) for v in (images.Volume(voxels, OBLIQUE), turned)]
        np.testing.assert_allclose(*places)


@pytest.mark.parametrize("stored_as", ["RAS", "LAS", "LPS", "PIR", "SAR", "ASL"])
def test_the_capsule_is_on_the_right_however_a_scan_is_stored(images, stored_as):
    scan = practice_scan(stored_as)
    image = images.Volume(scan.get_fdata(), scan.affine).coronal_image(CAPSULE_MM)
    row, column = np.argwhere(image == image.max()).mean(axis=0)
    assert image.shape == (41, 44)
    assert column > 38 and 18 < row < 26  # the right edge, in the middle between top and bottom


def test_places_outside_are_refused(images, voxels):
    volume = images.Volume(voxels, np.eye(4), "small")
    with pytest.raises(ValueError, match="small does not reach"):
        volume.coronal_slice((0, -1, 0))


def test_the_foreground_decides_the_contrast(images):
    voxels = np.zeros((11, 10, 10))
    voxels[0] = np.linspace(100, 200, 100).reshape(10, 10)
    assert images.Volume(voxels, np.eye(4)).normalised().voxels[0].min() > 0.4
    brain = images.BrainVolume(voxels, np.eye(4)).normalised().voxels[0]
    assert brain.min() == 0 and brain.max() == 1 and brain.mean() == pytest.approx(0.5)


def test_a_scan_without_contrast_is_refused(images):
    with pytest.raises(ValueError, match="flat has no contrast"):
        images.Volume(np.ones((3, 3, 3)), np.eye(4), "flat").normalised()


@pytest.mark.parametrize(
    ("voxels", "affine", "message"),
    [(np.zeros((2, 2)), np.eye(4), "3 axes"), (np.zeros((2, 2, 2)), np.zeros((4, 4)), "inverted")],
)
def test_impossible_volumes_are_refused(voxels, affine, message):
    with pytest.raises(ValueError, match=message):
        BaseVolume(voxels, affine)


@pytest.mark.parametrize("promise", ["to_ras", "normalised", "save", "load", "coronal_slice"])
def test_the_base_keeps_no_promise(promise):
    volume = BaseVolume(np.zeros((2, 2, 2)), np.eye(4))
    with pytest.raises(ToImplement, match=promise):
        getattr(volume, promise)(*(["x"] if promise in ("save", "load", "coronal_slice") else []))


# Cohorts


def test_a_cohort_reads_its_table_and_its_scans(images, tmp_path):
    cohort = images.Cohort(write_practice_cohort(tmp_path / "practice", num_subjects=11, num_sessions=2))
    assert len(cohort) == 22 and len(list(cohort)) == 22
    assert cohort.column("participant_id")[:2] == ["sub-1", "sub-1"]
    assert cohort.column("participant_id")[-2:] == ["sub-11", "sub-11"]
    assert cohort[-1].name == "sub-11_ses-2_T1w.nii.gz"
    assert {volume.to_ras().orientation() for volume in cohort} == {"RAS"}


def test_a_practice_cohort_is_the_same_each_time(tmp_path):
    first, second = (write_practice_cohort(tmp_path / name, num_subjects=2, seed=3) for name in "ab")
    files = [sorted(folder.rglob("*.nii.gz")) for folder in (first, second)]
    for one, other in zip(*files, strict=True):
        np.testing.assert_array_equal(nibabel.load(one).get_fdata(), nibabel.load(other).get_fdata())


def test_a_split_has_no_subject_in_both_parts(images):
    subjects = [f"sub-{n % 7}" for n in range(30)]
    train, test = images.split_by_subject(subjects, test_fraction=0.3, seed=4)
    assert sorted([*train, *test]) == list(range(30))
    assert not {subjects[i] for i in train} & {subjects[i] for i in test}
    assert len({subjects[i] for i in test}) == 2


# The network


def test_a_saved_classifier_comes_back(images, tmp_path):
    model, x = images.SliceClassifier(num_classes=3, hidden_units=5, name="mine"), np.ones((2, 4, 3, 1))
    before = model(x)
    model.save(tmp_path / "model.keras")
    twin = keras.models.load_model(tmp_path / "model.keras")
    assert (twin.name, twin.num_classes, twin.hidden_units) == ("mine", 3, 5)
    np.testing.assert_array_equal(twin(x), before)


# The notebook


@pytest.mark.slow
def test_every_cell_runs(keras_registry):
    run_cells(LESSON, long=True)


def test_every_visible_check_meets_the_hole_of_an_unsolved_notebook(keras_registry):
    assert len(checks_that_meet_their_hole(LESSON, long=True)) == 10


def test_the_lesson_is_worth_20_points():
    assert sum(cell.points or 0 for cell in read_lesson(LESSON).cells) == 20
