"""Cohorts as they really come: hidden files, odd letters, lost zeros, links without content, scans that are none."""

import gzip
import json
import os

import nibabel
import numpy as np
import pytest
from ad_files import MNI, voxels, write_adni, write_bids, write_nifti, write_oasis_slices, write_oasis_volumes

from vaegan.data import load_cohort

APPLE_DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X"
RATINGS = {"OAS1_0001_MR1": "0", "OAS1_0002_MR1": "1"}


def read(folder, **how):
    return load_cohort(folder, size=16, cache=False, **how)


def refusal(folder, error=ValueError, **how):
    with pytest.raises(error) as caught:
        read(folder, **how)
    assert "expected" in str(caught.value)
    return str(caught.value)


def scan_of(folder, number=1):
    return folder / f"sub-{number:02d}" / "anat" / f"sub-{number:02d}_T1w.nii.gz"


def rewrite(folder, content):
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "participants.tsv").write_bytes(data)
    return folder


# --- names that begin with a dot


@pytest.mark.parametrize("write", [write_bids, write_adni, write_oasis_volumes, write_oasis_slices])
def test_files_and_folders_with_a_dot_do_not_count(tmp_path, write):
    rated = write in (write_oasis_volumes, write_oasis_slices)
    folder = write(tmp_path / "ds", RATINGS) if rated else write(tmp_path / "ds")
    expected = read(folder)
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        (path.parent / f"._{path.name}").write_bytes(APPLE_DOUBLE)
        hidden = folder / ".git" / path.relative_to(folder)
        hidden.parent.mkdir(parents=True, exist_ok=True)
        hidden.write_bytes(path.read_bytes())
    cohort = read(folder)
    np.testing.assert_array_equal(cohort.x, expected.x)
    assert cohort.notes == expected.notes


# --- tables


@pytest.mark.parametrize("letter", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1e"])
def test_only_a_line_feed_ends_a_row(tmp_path, letter):
    rows = f"participant_id\tcomment\tdiagnosis\nsub-01\ta{letter}b\tCN\nsub-02\tc\tAD\n"
    cohort = read(rewrite(write_bids(tmp_path, ("CN", "AD")), rows))
    assert cohort.labels.tolist() == [0, 1]
    assert cohort.table["comment"][0] == f"a{letter}b"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_ends_of_every_system_are_read(tmp_path, end):
    rows = end.join(["participant_id\tdiagnosis", "sub-01\tCN", "sub-02\tAD", ""])
    assert read(rewrite(write_bids(tmp_path, ("CN", "AD")), rows)).labels.tolist() == [0, 1]


def test_quotation_marks_between_tabs_are_letters(tmp_path):
    folder = write_bids(tmp_path, ("CN", "AD", "CN", "AD"))
    rows = 'participant_id\tcomment\tdiagnosis\nsub-01\t"tall\tCN\nsub-02\tsmall"\tAD\nsub-03\t""\tCN\nsub-04\t"\tAD\n'
    cohort = read(rewrite(folder, rows))
    assert cohort.labels.tolist() == [0, 1, 0, 1]
    assert cohort.table["comment"].tolist() == ['"tall', 'small"', '""', '"']


def test_a_table_that_quotes_every_cell_is_refused_with_the_remedy(tmp_path):
    rows = '"participant_id"\t"diagnosis"\n"sub-01"\t"CN"\n"sub-02"\t"AD"\n'
    assert "quote=FALSE" in refusal(rewrite(write_bids(tmp_path, ("CN", "AD")), rows))


def test_a_quotation_mark_that_swallows_rows_is_refused(tmp_path):
    folder = write_adni(tmp_path, ("CN", "AD", "CN"))
    table = folder / "collection_1_01_2024.csv"
    table.write_text(table.read_text().replace('"F","76"', '"F,76"', 1).replace('"F","76"', 'F,"76', 1))
    assert "quotation mark" in refusal(folder)


@pytest.mark.parametrize("twice", ["diagnosis", "Diagnosis", "participant_id"])
def test_a_heading_that_stands_twice_is_refused(tmp_path, twice):
    rows = f"participant_id\tdiagnosis\t{twice}\nsub-01\tCN\tAD\nsub-02\tAD\tAD\n"
    assert f"column {twice} twice" in refusal(rewrite(write_bids(tmp_path, ("CN", "AD")), rows))


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"),
     ("utf-32", "UTF-32"), ("cp1252", "Windows-1252")],
)  # fmt: skip
def test_letters_are_read_by_evidence_and_the_note_says_so(tmp_path, encoding, told):
    rows = "participant_id\tcity\tdiagnosis\nsub-01\tDüsseldorf\tCN\nsub-02\tLiège\tAD\n"
    cohort = read(rewrite(write_bids(tmp_path, ("CN", "AD")), rows.encode(encoding)))
    assert cohort.table["city"].tolist() == ["Düsseldorf", "Liège"]
    assert list(cohort.notes) == ([f"participants.tsv was read as {told}."] if told else [])


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\0\6\0", bytes(range(256)), b""])
def test_what_is_no_text_is_refused(tmp_path, data):
    message = refusal(rewrite(write_bids(tmp_path, ("CN", "AD")), data))
    assert "participants.tsv is no text" in message or "participants.tsv is empty" in message


@pytest.mark.parametrize("written", ["sub-1", "1", "SUB-01", "sub-001", "sub_01", "sub\u201001"])
def test_a_look_alike_is_named(tmp_path, written):
    rows = f"participant_id\tdiagnosis\n{written}\tCN\nsub-02\tAD\n"
    message = refusal(rewrite(write_bids(tmp_path, ("CN", "AD")), rows))
    named = written if written.lower().startswith("sub-") else f"sub-{written}"
    assert f"{named} looks like sub-01: " in message
    assert ("were zeros lost" in message) == (written in ("sub-1", "1", "sub-001"))


@pytest.mark.parametrize("mark", ["\ufeff", "\u200b", "\u2060", "\xa0"])
def test_what_cannot_be_seen_beside_a_word_does_not_count(tmp_path, mark):
    rows = f"participant_id\tdiagnosis\n{mark}sub-01\tCN{mark}\nsub-02\tAD\n"
    assert read(rewrite(write_bids(tmp_path, ("CN", "AD")), rows)).labels.tolist() == [0, 1]


@pytest.mark.parametrize("between", [",", ";", "    "])
def test_a_table_without_tabs_is_told_so(tmp_path, between):
    rows = "participant_id\tdiagnosis\nsub-01\tCN\nsub-02\tAD\n".replace("\t", between)
    assert "has no tabs" in refusal(rewrite(write_bids(tmp_path, ("CN", "AD")), rows))


@pytest.mark.parametrize("name", ["sub-01_T1W.nii.gz", "sub-01_T1w.NII.GZ", "sub-01_t1w.nii.Gz"])
def test_scans_are_found_whatever_their_capitals(tmp_path, name):
    folder = write_bids(tmp_path, ("CN", "AD"))
    scan_of(folder).rename(scan_of(folder).with_name(name))
    cohort = read(folder)
    assert (cohort.labels.tolist(), cohort.notes) == ([0, 1], ())


def test_a_stranger_is_no_look_alike(tmp_path):
    rows = "participant_id\tdiagnosis\nsub-10\tCN\nsub-02\tAD\n"
    assert "looks like" not in refusal(rewrite(write_bids(tmp_path, ("CN", "AD")), rows))


@pytest.mark.parametrize(
    "groups", [("1", "2"), ("2", "1"), ("AD", "HV"), ("AD", "2"), ("patient", "CN"), ("CN", "AD", "unaffected"),
               ("CN", "AD", "typically developing"), ("0", "1", "2"), ("-1", "1"), ("CN", "AD", "contrl")],
)  # fmt: skip
def test_nobody_is_invited_to_skip_what_may_be_the_controls(tmp_path, groups):
    message = refusal(write_bids(tmp_path, groups, column="dx_group"))
    assert "skip=[" not in message
    assert message.endswith(".")


def test_the_words_for_codes_are_taken_from_the_description(tmp_path):
    folder = write_bids(tmp_path, ("1", "2"), column="dx_group")
    levels = {"dx_group": {"Levels": {"1": "Dementia", "2": {"Description": "Control"}}}}
    (folder / "participants.json").write_text(json.dumps(levels))
    assert read(folder).labels.tolist() == [1, 0]


@pytest.mark.parametrize("content", ["[]", '[{"Name": "x"}]', '"name"', "3", "null", "true", "[" * 100_000],
                         ids=["list", "filled list", "text", "number", "null", "truth", "endless"])  # fmt: skip
@pytest.mark.parametrize("name", ["dataset_description.json", "participants.json"])
def test_json_that_is_no_description_is_refused(tmp_path, name, content):
    folder = write_bids(tmp_path, ("CN", "AD"))
    (folder / name).write_text(content)
    assert f"{name} holds no description" in refusal(folder)


# --- scans


def save(path, values, dtype):
    nibabel.save(nibabel.Nifti1Image(values, MNI, dtype=dtype), path)


def test_colours_are_refused_by_name(tmp_path):
    folder = write_bids(tmp_path, ("CN", "AD"))
    for names in ("RGB", "RGBA"):
        values = np.zeros((8, 8, 8), np.dtype([(name, "u1") for name in names]))
        save(scan_of(folder), values, values.dtype)
        message = refusal(folder)
        assert str(scan_of(folder)) in message and "colours" in message and "+".join(names) in message


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_numbers_are_refused_by_name(tmp_path, dtype):
    folder = write_bids(tmp_path, ("CN", "AD"))
    save(scan_of(folder), voxels().astype(dtype), dtype)
    assert str(scan_of(folder)) in refusal(folder) and "magnitude and phase" in refusal(folder)


STAND_INS = {
    "Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
    "git-annex": b"/annex/objects/MD5E-s12--00.nii.gz\n",
    "web site": b"\n<!DOCTYPE html><html><body>Please log in</body></html>",
    "empty": b"",
}


@pytest.mark.parametrize("what", STAND_INS)
def test_what_stands_in_for_a_file_is_named(tmp_path, what):
    folder = write_bids(tmp_path, ("CN", "AD"))
    original = (folder / "participants.tsv").read_bytes()
    rewrite(folder, STAND_INS[what])
    assert what in refusal(folder)
    rewrite(folder, original)
    scan_of(folder).write_bytes(STAND_INS[what])
    message = refusal(folder)
    assert str(scan_of(folder)) in message and what in message


@pytest.mark.parametrize("name", ["participants.tsv", "sub-01/anat/sub-01_T1w.nii.gz"])
@pytest.mark.parametrize(("to", "told"), [("../.git/annex/objects/ab/cd", "datalad get"), ("/gone/x", "/gone/x")])
def test_a_link_without_its_content_is_named(tmp_path, name, to, told):
    folder = write_bids(tmp_path, ("CN", "AD"))
    (folder / name).unlink()
    os.symlink(to, folder / name)
    message = refusal(folder, FileNotFoundError)
    assert str(folder / name) in message and told in message
    with pytest.raises(FileNotFoundError):
        load_cohort(folder, size=16)  # and the slices that were kept do not hide it


def test_a_wrong_ending_is_read_by_content(tmp_path):
    folder = write_bids(tmp_path, ("CN", "AD"))
    expected = read(folder).x
    packed = scan_of(folder).read_bytes()
    scan_of(folder).write_bytes(gzip.decompress(packed))
    second = scan_of(folder, 2)
    second.rename(second.with_name("sub-02_T1w.nii"))
    np.testing.assert_array_equal(read(folder).x, expected)


@pytest.mark.parametrize("keep", [1, 200, 352, 5000])
@pytest.mark.parametrize("packed", [True, False])
def test_a_scan_that_is_cut_off_is_named(tmp_path, keep, packed):
    folder = write_bids(tmp_path, ("CN", "AD"))
    content = scan_of(folder).read_bytes()
    scan_of(folder).write_bytes((content if packed else gzip.decompress(content))[:keep])
    assert str(scan_of(folder)) in refusal(folder)


def with_forms(path, qform):
    image = nibabel.Nifti1Image(voxels().astype("int16"), MNI)
    image.set_sform(MNI, code=4)
    image.set_qform(qform, code=1)
    nibabel.save(image, path)


def test_a_flip_between_sform_and_qform_is_noted_also_from_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VAEGAN_CACHE", str(tmp_path / "cache"))
    folder = write_bids(tmp_path / "ds", ("CN", "AD", "CN"))
    for number in (1, 3):
        with_forms(scan_of(folder, number), MNI @ np.diag([-1, 1, 1, 1]))
    with_forms(scan_of(folder, 2), MNI @ np.array([[1, 0, 0, 3], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]))
    for _ in range(2):
        (note,) = load_cohort(folder, size=16).notes
        assert note.startswith("sub-01_T1w.nii.gz and 1 more: sform and qform disagree by a flip")


def test_scans_that_agree_are_not_noted(tmp_path):
    write_nifti(scan_of(write_bids(tmp_path, ("CN", "AD"))))
    assert read(tmp_path).notes == ()
