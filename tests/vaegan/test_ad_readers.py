"""Folders of scans: BIDS, ADNI, OASIS-1, Neurite's slices."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ad_files import (
    head,
    oasis_table,
    voxels,
    write_adni,
    write_bids,
    write_nifti,
    write_oasis_slices,
    write_oasis_volumes,
)

from vaegan.data import load_cohort
from vaegan.data.normalise import robust_normalise

ROOT = Path(__file__).resolve().parents[2]


def slice_of_the_head(y, size=32):
    offsets = 96.0 * ((np.arange(size) + 0.5) / size - 0.5)
    return robust_normalise(head(offsets, y, (5 - offsets)[:, np.newaxis]))


def read(folder, **how):
    return load_cohort(folder, size=32, cache=False, **how)


def assert_shows_the_head(cohort, y=-20.0):
    """The slices may be off by an interpolation and by a millimetre where there is no origin."""
    for image in cohort.x[..., 0]:
        assert np.abs(image - slice_of_the_head(y)).mean() < 0.05


def refuses(folder, *parts, error=ValueError, **how):
    with pytest.raises(error) as caught:
        read(folder, **how)
    for part in ("expected", *parts):
        assert str(part) in str(caught.value)


# --- BIDS


def test_a_bids_folder_becomes_a_cohort(tmp_path):
    cohort = read(write_bids(tmp_path / "ds"))
    assert cohort.x.shape == (4, 32, 32, 1)
    assert cohort.x.dtype == np.float32
    assert (cohort.x.min(), cohort.x.max()) == (0, 1)
    assert cohort.labels.tolist() == [0, 1, 0, 1]
    assert cohort.subjects.tolist() == ["sub-01", "sub-02", "sub-03", "sub-04"]
    assert cohort.table["age"].tolist() == [61, 62, 63, 64]
    assert "BIDS folder ds" in repr(cohort)
    assert_shows_the_head(cohort)


def test_scans_in_the_space_of_the_scanner_are_counted_from_the_middle_of_the_brain(tmp_path):
    moved = np.diag([4.0, 4.0, 4.0, 1.0])
    moved[:3, 3] = (-60, -60, -110)  # about 24, 60 and 38 mm from MNI space
    assert_shows_the_head(read(write_bids(tmp_path, affine=moved, code=1, values=voxels())))


def test_sessions_are_images_of_the_same_subject(tmp_path):
    cohort = read(write_bids(tmp_path, ("CN", "AD"), sessions=("ses-1", "ses-2")))
    assert cohort.subjects.tolist() == ["sub-01", "sub-01", "sub-02", "sub-02"]
    assert cohort.table["session"].tolist() == ["1", "2", "1", "2"]


def test_several_planes_give_several_images(tmp_path):
    cohort = read(write_bids(tmp_path, ("CN", "AD")), slice_mm=(-24, -20))
    assert cohort.table["slice_mm"].tolist() == [-24, -20, -24, -20]
    assert cohort.labels.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("CN", 0),
        ("ctl", 0),
        ("Control", 0),
        ("0", 0),
        ("AD", 1),
        ("Dementia", 1),
        ("1", 1),
        ("Alzheimer’s Disease", 1),
    ],
)
def test_the_usual_spellings_are_understood(tmp_path, text, label):
    assert read(write_bids(tmp_path, (text, "AD"), column="group")).labels.tolist() == [label, 1]


def test_another_diagnosis_is_refused_by_name(tmp_path):
    folder = write_bids(tmp_path, ("CN", "MCI", "AD"))
    refuses(folder, folder / "participants.tsv", "sub-02", "'MCI'", 'skip=["MCI"]')


def test_a_skipped_diagnosis_is_noted(tmp_path):
    cohort = read(write_bids(tmp_path, ("CN", "MCI", "AD")), skip=["mci"])
    assert cohort.subjects.tolist() == ["sub-01", "sub-03"]
    assert cohort.notes[0] == "Left out, subjects with the diagnoses mci: 1."
    assert cohort.notes[0] in repr(cohort)


@pytest.mark.parametrize("text", ["", "n/a"])
def test_a_missing_diagnosis_is_refused(tmp_path, text):
    refuses(write_bids(tmp_path, ("CN", text)), "participants.tsv", "sub-02", "no diagnosis")


def test_a_table_without_diagnoses_is_refused(tmp_path):
    refuses(write_bids(tmp_path, column="handedness"), "participants.tsv", "diagnosis, group", "handedness")


def test_a_subject_that_is_listed_twice_is_refused(tmp_path):
    folder = write_bids(tmp_path)
    with open(folder / "participants.tsv", "a") as table:
        table.write("sub-02\t70\tCN\n")
    refuses(folder, "participants.tsv", "sub-02 twice")


def test_a_subject_that_is_not_listed_is_refused(tmp_path):
    folder = write_bids(tmp_path)
    write_nifti(folder / "sub-09" / "anat" / "sub-09_T1w.nii.gz")
    refuses(folder, "participants.tsv", "does not list sub-09")


def test_a_row_that_does_not_fit_is_refused(tmp_path):
    folder = write_bids(tmp_path)
    with open(folder / "participants.tsv", "a") as table:
        table.write("sub-05 70 CN\n")
    refuses(folder, "participants.tsv row 6", "expected 3 cells, received 1", "tabs")


def test_a_missing_table_is_refused(tmp_path):
    folder = write_bids(tmp_path)
    (folder / "participants.tsv").unlink()
    refuses(folder, "participants.tsv", error=FileNotFoundError)


def test_subjects_without_a_scan_and_further_scans_are_noted(tmp_path):
    folder = write_bids(tmp_path)
    (folder / "sub-04" / "anat" / "sub-04_T1w.nii.gz").unlink()
    write_nifti(folder / "sub-01" / "anat" / "sub-01_run-2_T1w.nii.gz")
    cohort = read(folder)
    assert len(cohort) == 3
    assert [note for note in cohort.notes if "without a T1w" in note or "further T1w" in note] == list(cohort.notes)


def test_the_name_of_the_data_is_the_caption(tmp_path):
    folder = write_bids(tmp_path)
    (folder / "dataset_description.json").write_text(json.dumps({"Name": "Invented heads", "Synthetic": True}))
    assert read(folder).caption == "synthetic: Invented heads"
    (folder / "dataset_description.json").write_text("{")
    refuses(folder, "dataset_description.json", "JSON")


def test_a_damaged_scan_is_named(tmp_path):
    folder = write_bids(tmp_path)
    path = folder / "sub-03" / "anat" / "sub-03_T1w.nii.gz"
    path.write_bytes(path.read_bytes()[:2000])
    refuses(folder, path)


# --- ADNI


def test_an_adni_download_becomes_a_cohort(tmp_path):
    cohort = read(write_adni(tmp_path))
    assert cohort.labels.tolist() == [0, 1]
    assert cohort.subjects.tolist() == ["001_S_4001", "002_S_4002"]
    assert cohort.table["session"].tolist() == ["bl", "bl"]
    assert "ADNI" in cohort.caption
    assert_shows_the_head(cohort)


def test_the_folder_of_the_subjects_will_do(tmp_path):
    write_adni(tmp_path)
    assert len(read(tmp_path / "ADNI")) == 2


def test_mci_must_be_left_out_aloud(tmp_path):
    folder = write_adni(tmp_path, ("CN", "AD", "LMCI"))
    refuses(folder, "003_S_4003", "'LMCI'")
    assert len(read(folder, skip="LMCI")) == 2


def test_subjects_whose_group_changes_are_left_out_aloud(tmp_path):
    folder = write_adni(tmp_path, ("CN", "AD", "CN"), visits=("bl", "m24"))
    table = folder / "collection_1_01_2024.csv"
    table.write_text(table.read_text().replace('"I100006","003_S_4003","CN"', '"I100006","003_S_4003","AD"'))
    cohort = read(folder)
    assert len(cohort) == 4
    assert "group changes between visits: 1." in cohort.notes[0]


def test_an_image_that_is_not_in_the_collection_is_refused(tmp_path):
    folder = write_adni(tmp_path)
    table = folder / "collection_1_01_2024.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:-1]))
    refuses(folder, "I100002", table)


def test_adni_without_its_csv_is_refused(tmp_path):
    folder = write_adni(tmp_path)
    table = folder / "collection_1_01_2024.csv"
    table.rename(tmp_path / "elsewhere.txt")
    refuses(folder, "CSV of the collection", error=FileNotFoundError)
    assert len(read(folder, table=tmp_path / "elsewhere.txt")) == 2


def test_dicom_files_are_refused(tmp_path):
    folder = write_adni(tmp_path)
    for path in folder.rglob("*.nii"):
        path.rename(path.with_suffix(".dcm"))
    refuses(folder, "DICOM", "dcm2niix")


# --- OASIS


RATINGS = {"OAS1_0001_MR1": "0", "OAS1_0002_MR1": "0.5", "OAS1_0003_MR1": "1", "OAS1_0004_MR1": ""}


def test_oasis_volumes_become_a_cohort(tmp_path):
    cohort = read(write_oasis_volumes(tmp_path, RATINGS))
    assert cohort.subjects.tolist() == ["OAS1_0001", "OAS1_0002", "OAS1_0003"]
    assert cohort.labels.tolist() == [0, 1, 1]
    assert "without a CDR (young adults): 1." in cohort.notes[0]
    assert_shows_the_head(cohort)


def test_a_second_visit_is_the_same_subject(tmp_path):
    cohort = read(write_oasis_volumes(tmp_path, {"OAS1_0001_MR1": "1", "OAS1_0001_MR2": "", "OAS1_0002_MR1": "0"}))
    assert cohort.subjects.tolist() == ["OAS1_0001", "OAS1_0001", "OAS1_0002"]
    assert cohort.labels.tolist() == [1, 1, 0]


def test_very_mild_dementia_can_be_left_out(tmp_path):
    cohort = read(write_oasis_volumes(tmp_path, RATINGS), skip="0.5")
    assert cohort.labels.tolist() == [0, 1]
    assert "with a CDR of 0.5: 1." in cohort.notes[1]


def test_neurite_slices_become_a_cohort(tmp_path):
    cohort = read(write_oasis_slices(tmp_path, RATINGS))
    assert cohort.labels.tolist() == [0, 1, 1]
    assert set(cohort.table["slice_mm"]) == {-16.0}  # the plane they were cut in, whatever was asked for
    assert_shows_the_head(cohort, y=-16.0)


def test_a_neurite_slice_of_another_shape_is_refused(tmp_path):
    folder = write_oasis_slices(tmp_path, RATINGS)
    path = folder / "OASIS_OAS1_0002_MR1" / "slice_norm.nii.gz"
    write_nifti(path, values=np.ones((160, 192, 224)))
    refuses(folder, path, "160x192 pixels", "160x192x224")


def test_an_impossible_rating_is_refused(tmp_path):
    refuses(write_oasis_volumes(tmp_path, {"OAS1_0001_MR1": "7"}), "CDR of OAS1_0001_MR1", "'7'")


def test_an_oasis_scan_without_a_row_is_refused(tmp_path):
    folder = write_oasis_volumes(tmp_path, RATINGS)
    oasis_table(folder, {"OAS1_0001_MR1": "0"})
    refuses(folder, "does not list OAS1_0002_MR1")


def test_oasis_without_its_table_is_refused(tmp_path):
    folder = write_oasis_volumes(tmp_path, RATINGS)
    (folder / "oasis_cross-sectional.csv").unlink()
    refuses(folder, "columns ID and CDR", error=FileNotFoundError)


# --- the door


def test_an_unknown_folder_is_answered_with_what_can_be_read(tmp_path):
    refuses(tmp_path, "BIDS", "ADNI", "OASIS", error=FileNotFoundError)
    refuses(tmp_path / "nowhere", "nowhere", error=NotADirectoryError)
    refuses(tmp_path, "bids, oasis-slices, oasis, adni", layout="dicom")


@pytest.mark.parametrize("how", [{"size": 3}, {"size": 32.0}, {"field_mm": 0}, {"origin": "nose"}])
def test_impossible_numbers_are_refused(tmp_path, how):
    with pytest.raises(ValueError, match="expected"):
        load_cohort(write_bids(tmp_path), cache=False, **how)


def test_importing_the_data_sets_loads_no_reader_of_scans():
    code = "import vaegan.data, sys; print({'nibabel', 'nilearn', 'tensorflow', 'tqdm'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"
