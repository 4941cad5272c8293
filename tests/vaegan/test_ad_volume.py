"""Reading scans and cutting slices by millimetres."""

import gzip

import nibabel
import numpy as np
import pytest
from ad_files import MNI, SHAPE, head, voxels, write_analyze, write_nifti
from hypothesis import given, settings
from hypothesis import strategies as st

from vaegan.data.normalise import robust_normalise
from vaegan.data.volume import BRAIN_CENTRE, Volume, brain_centre, coronal_slice, read_volume

steady = settings(deadline=None, derandomize=True, max_examples=25)
PIXELS = 48
TRUTH_TOLERANCE = 0.03  # of the brightest pixel, on average: voxels of 4 mm are interpolated


def truth(y=-20.0, field=96.0):
    """Return the invented head where the pixels lie."""
    offsets = field * ((np.arange(PIXELS) + 0.5) / PIXELS - 0.5)
    return head(offsets, y, (5 - offsets)[:, np.newaxis])


def error(image, expected):
    return np.abs(image - expected).mean() / expected.max()


def test_a_slice_shows_the_head_at_its_millimetres(tmp_path):
    volume = read_volume(write_nifti(tmp_path / "scan.nii.gz"))
    assert error(coronal_slice(volume, -20.0, PIXELS, 96.0), truth()) < TRUTH_TOLERANCE


def test_right_is_right_and_the_top_is_up(tmp_path):
    image = coronal_slice(read_volume(write_nifti(tmp_path / "scan.nii.gz")), -20.0, PIXELS, 96.0)
    row, column = np.unravel_index(image.argmax(), image.shape)
    assert (row, column) == (
        pytest.approx(PIXELS / 2 + 19 / 2, abs=2),
        pytest.approx(PIXELS / 2 + 28 / 2, abs=2),
    )


@steady
@given(
    order=st.permutations(range(3)),
    signs=st.tuples(*[st.sampled_from([-1, 1])] * 3),
    turn=st.floats(-0.35, 0.35),
    spacing=st.tuples(*[st.floats(2.5, 4.5)] * 3),
)
def test_flipped_oblique_and_anisotropic_scans_give_the_same_slice(order, signs, turn, spacing):
    axes = np.eye(3)[:, list(order)] * signs * np.array(spacing)[list(order)]
    about_x = np.array([[1, 0, 0], [0, np.cos(turn), -np.sin(turn)], [0, np.sin(turn), np.cos(turn)]])
    affine, shape = np.eye(4), (72, 72, 72)
    affine[:3, :3] = about_x @ axes
    affine[:3, 3] = np.array([0, -20, 5]) - affine[:3, :3] @ (np.array(shape) - 1) / 2
    volume = Volume(voxels(affine, shape), affine, "scan")
    assert error(coronal_slice(volume, -20.0, PIXELS, 96.0), truth()) < TRUTH_TOLERANCE


def test_a_slice_that_is_not_in_the_scan_is_refused(tmp_path):
    volume = read_volume(write_nifti(tmp_path / "scan.nii.gz"))
    with pytest.raises(ValueError, match=r"scan\.nii\.gz does not reach the slice.*y = 200 mm.*from -122 to 78 mm"):
        coronal_slice(volume, 200.0, PIXELS, 96.0)


def test_wide_pixels_average_what_lies_in_them():
    stripes = np.zeros((101, 5, 101), dtype="float32")
    stripes[::2] = 1
    affine = np.eye(4)
    affine[:3, 3] = (-50, -22, -45)
    image = coronal_slice(Volume(stripes, affine, "stripes"), -20.0, 12, 96.0)
    assert image == pytest.approx(0.5, abs=0.1)  # without averaging, pixels would be 0 or 1 by chance


def test_the_middle_of_the_brain_is_found(tmp_path):
    moved = MNI.copy()
    moved[:3, 3] += (5, 40, -30)
    volume = read_volume(write_nifti(tmp_path / "scan.nii", moved, code=1, values=voxels()))
    assert brain_centre(volume) - BRAIN_CENTRE == pytest.approx([5, 40, -30], abs=3)
    assert not volume.aligned


def test_an_analyze_pair_is_read_with_its_byte_order_and_without_its_fourth_axis(tmp_path):
    values = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    write_analyze(tmp_path / "scan", values)
    volume = read_volume(tmp_path / "scan.img")
    assert volume.voxels.tolist() == values.tolist()
    assert volume.affine[0, 0] < 0  # Analyze stores from right to left
    assert not volume.aligned


# --- what is refused, and how


def refused(path, *parts):
    with pytest.raises(ValueError) as error:
        read_volume(path)
    for part in (path.name, "expected", "received", *parts):
        assert part in str(error.value)


def test_a_truncated_gzip_is_refused(tmp_path):
    path = write_nifti(tmp_path / "cut.nii.gz")
    path.write_bytes(path.read_bytes()[:-5000])
    refused(path, "damaged or cut off", "again")


def test_a_truncated_nifti_is_refused(tmp_path):
    path = write_nifti(tmp_path / "cut.nii")
    path.write_bytes(path.read_bytes()[:-5000])
    refused(path, "damaged or cut off")


def test_a_damaged_gzip_is_refused(tmp_path):
    path = write_nifti(tmp_path / "bad.nii.gz")
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 64] = bytes(64)
    path.write_bytes(content)
    refused(path, "again")


@pytest.mark.parametrize("content", [b"", b"this is no scan", gzip.compress(b"neither is this", mtime=0)])
def test_what_is_no_scan_is_refused(tmp_path, content):
    path = tmp_path / ("page.nii.gz" if content[:2] == b"\x1f\x8b" else "page.nii")
    path.write_bytes(content)
    refused(path)


def test_a_series_of_volumes_is_refused(tmp_path):
    refused(write_nifti(tmp_path / "bold.nii.gz", values=np.ones((6, 6, 6, 4))), "6x6x6x4", "series")


def test_a_scan_without_an_affine_is_refused(tmp_path):
    refused(write_nifti(tmp_path / "lost.nii.gz", code=0), "no affine", "qform or sform")


def test_an_affine_that_cannot_be_inverted_is_refused(tmp_path):
    path = write_nifti(tmp_path / "flat.nii", code=1)
    image = nibabel.load(path)
    flat = np.diag([4.0, 4.0, 0.0, 1.0])
    broken = nibabel.Nifti1Image(np.asarray(image.dataobj), None, image.header)
    broken.header.set_sform(flat, code=1)
    nibabel.save(broken, tmp_path / "flat2.nii")
    refused(tmp_path / "flat2.nii", "impossible affine")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(tmp_path, value):
    values = voxels()
    values[3, 4, 5] = value
    refused(write_nifti(tmp_path / "holes.nii.gz", values=values, dtype="float32"), "NaN or infinity", "1 voxels")


def test_a_missing_file_stays_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_volume(tmp_path / "nowhere.nii.gz")


# --- brightness


def test_normalisation_maps_the_percentiles_to_zero_and_one():
    image = robust_normalise(np.linspace(5, 9, 10001).reshape(1, -1))
    assert image.dtype == np.float32
    assert (image.min(), image.max()) == (0, 1)
    assert np.quantile(image, 0.5) == pytest.approx(0.5, abs=1e-4)
    assert np.mean(image == 0) == pytest.approx(0.02, abs=1e-3)


@steady
@given(gain=st.floats(0.1, 1000), offset=st.floats(-100, 100))
def test_normalisation_forgets_the_unit(gain, offset):
    image = voxels()[:, SHAPE[1] // 2]
    assert robust_normalise(gain * image + offset) == pytest.approx(robust_normalise(image), abs=1e-3)


def test_a_slice_without_contrast_is_refused():
    with pytest.raises(ValueError, match=r"air has no contrast.*received the value 3"):
        robust_normalise(np.full((8, 8), 3.0), "air")
