"""The oracles of exercise 1 agree with what is worked by hand."""

import nibabel
import numpy as np
import pytest

from graders.ex01_images import oracles, split

STORED = (oracles.random_voxels(0).astype(np.uint16) * 1000 + 3).astype(np.uint16)


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
    assert split._people((2, 1, 3)) == ["sub-8", "sub-9", "sub-10", "sub-8", "sub-10", "sub-10"]
