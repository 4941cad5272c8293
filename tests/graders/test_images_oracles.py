"""The oracles of exercise 1 agree with what is worked by hand, and its mistakes can be told apart."""

import itertools

import nibabel
import numpy as np
import pytest

from graders.ex01_images import checks_cohort, checks_volume, geometry_mistakes, mistakes, oracles
from judge.suite import Mistake

VOXELS = oracles.random_voxels(0)
POINTS = np.array([[1.0, 2.0, 3.0], [4.0, 0.0, 1.0]])
PLACE = oracles.places(checks_volume.RAS_AFFINE, np.add([3, 4, 3], [0.2, -0.3, -0.2]))
RAS_VOXELS = oracles.random_voxels(8, checks_volume.RAS_SHAPE)
STORED = (oracles.random_voxels(0).astype(np.uint16) * 1000 + 3).astype(np.uint16)
INVERSE = np.linalg.inv(oracles.AFFINE)

RIGHT_AND_WRONG = {
    "voxel size": (oracles.voxel_sizes(oracles.AFFINE), geometry_mistakes.voxel_size(oracles.AFFINE)),
    "to_mm": (oracles.places(oracles.AFFINE, POINTS), geometry_mistakes.to_mm(oracles.AFFINE, POINTS)),
    "to_voxels": (oracles.places(INVERSE, POINTS), geometry_mistakes.to_voxels(oracles.AFFINE, POINTS)),
    "turned voxels": (
        oracles.canonical(VOXELS, oracles.AFFINE)[0],
        geometry_mistakes.ras_voxels(VOXELS, oracles.AFFINE),
    ),
    "turned affine": (
        oracles.canonical(VOXELS, oracles.AFFINE)[1],
        geometry_mistakes.ras_affine(VOXELS, oracles.AFFINE),
    ),
    "slice": (
        RAS_VOXELS[:, 4, :].T[::-1],
        geometry_mistakes.coronal(RAS_VOXELS, np.array([3, 4, 3]), PLACE),
    ),
    "normalised": (oracles.normalised(VOXELS, VOXELS), geometry_mistakes.normalised(VOXELS)),
    "loaded": (STORED * 0.0137, geometry_mistakes.loaded(STORED, 0.0137)),
    "saved affine": (oracles.AFFINE, geometry_mistakes.saved_affine(oracles.AFFINE)),
}


@pytest.mark.parametrize("part", RIGHT_AND_WRONG)
def test_no_mistake_gives_the_right_answer_or_that_of_another_mistake(part):
    right, known = RIGHT_AND_WRONG[part]
    for one, other in itertools.combinations([*known, Mistake("right", "", right)], 2):
        if one.name != other.name:
            received = np.asarray(other.value, np.float64)
            assert not one.explains(received, rtol=1e-3, atol=1e-4), f"{one.name} and {other.name}"


def test_hints_are_sentences():
    listed = [m for _, known in RIGHT_AND_WRONG.values() for m in known]
    for mistake in listed + [m for m in vars(mistakes).values() if isinstance(m, Mistake)]:
        assert mistake.hint.endswith((".", "?")), mistake
        assert 30 < len(mistake.hint) < 300, mistake
        assert mistake.name == mistake.name.lower().replace("_", "-").replace(" ", "-"), mistake


def test_an_affine_by_hand():
    affine = oracles.make_affine((2, 0, 1), (1, -1, 1), (2.0, 3.0, 4.0), (0, 0, 0), (5.0, 6.0, 7.0))
    by_hand = [[0, -3, 0, 5], [0, 0, 4, 6], [2, 0, 0, 7], [0, 0, 0, 1]]
    assert affine.tolist() == by_hand
    assert nibabel.aff2axcodes(affine) == ("S", "L", "A")


def test_turning_keeps_spacing_and_no_doubt_about_axes():
    affine = oracles.make_affine((2, 0, 1), (1, -1, 1), (2.0, 3.0, 4.0), (0.25, -0.25, 0.25), (5.0, 6.0, 7.0))
    assert oracles.voxel_sizes(affine) == pytest.approx([2, 3, 4])
    assert nibabel.aff2axcodes(affine) == ("S", "L", "A")


def test_normalised_by_hand():
    ramp = np.arange(101.0)
    assert oracles.normalised(ramp, ramp)[[0, 2, 50, 98, 100]] == pytest.approx([0, 0, 0.5, 1, 1])


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_says_its_scaled_values(compressed, tmp_path):
    path = tmp_path / ("scan.nii.gz" if compressed else "scan.nii")
    oracles.file_of(STORED, oracles.AFFINE, 0.5, compressed).tofile(path)
    found = nibabel.load(path)
    np.testing.assert_allclose(found.get_fdata(), STORED * 0.5)
    np.testing.assert_allclose(found.affine, oracles.AFFINE, rtol=1e-6)


def test_subjects_are_not_in_blocks():
    assert checks_cohort._people((2, 1, 3)) == ["sub-0", "sub-1", "sub-2", "sub-0", "sub-2", "sub-2"]
