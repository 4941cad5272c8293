"""Cohorts: splits by subject, shuffled labels, the cache."""

import numpy as np
import pytest
from ad_files import write_bids
from hypothesis import given, settings
from hypothesis import strategies as st

from vaegan.data import Cohort, load_cohort, shuffle_labels, split_by_subject

steady = settings(deadline=None, derandomize=True, max_examples=60)


def make_cohort(labels, images_each=3):
    """Return a cohort whose image k is filled with the number k."""
    labels = np.repeat(np.array(labels, dtype="int64"), images_each)
    subjects = np.array([f"sub-{number // images_each:03d}" for number in range(len(labels))])
    x = np.arange(len(labels), dtype="float32")[:, None, None, None] * np.ones((1, 8, 8, 1), dtype="float32")
    return Cohort(x, labels, subjects, {"age": np.arange(len(labels)) / 2}, "synthetic numbers")


groups = st.tuples(st.integers(2, 30), st.integers(2, 30))


@steady
@given(groups, st.floats(0.05, 0.95), st.integers(0, 1000), st.integers(1, 4))
def test_no_subject_is_in_both_parts(sizes, fraction, seed, images_each):
    cohort = make_cohort([0] * sizes[0] + [1] * sizes[1], images_each)
    train, test = split_by_subject(cohort, fraction, seed)
    assert not set(train.subjects) & set(test.subjects)
    assert sorted([*train.x[:, 0, 0, 0], *test.x[:, 0, 0, 0]]) == list(range(len(cohort)))


@steady
@given(groups, st.floats(0.05, 0.95), st.integers(0, 1000))
def test_both_groups_are_split_by_the_fraction(sizes, fraction, seed):
    train, test = split_by_subject(make_cohort([0] * sizes[0] + [1] * sizes[1]), fraction, seed)
    for label, size in enumerate(sizes):
        num_tested = len(np.unique(test.subjects[test.labels == label]))
        assert 1 <= num_tested < size
        assert abs(num_tested - fraction * size) <= 1 or num_tested in (1, size - 1)
        assert (train.labels == label).any()


def test_images_stay_with_their_labels_and_rows():
    for part in split_by_subject(make_cohort([0, 1] * 5)):
        number = part.x[:, 0, 0, 0]
        assert part.table["age"].tolist() == (number / 2).tolist()
        assert part.labels.tolist() == (number // 3 % 2).tolist()
        assert part.subjects.tolist() == [f"sub-{int(k) // 3:03d}" for k in number]


def test_a_seed_gives_a_split_and_another_seed_another():
    cohort = make_cohort([0, 1] * 20)
    first, again, other = (set(split_by_subject(cohort, 0.3, seed)[1].subjects) for seed in (0, 0, 1))
    assert first == again != other


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 80])
def test_an_impossible_fraction_is_refused(fraction):
    with pytest.raises(ValueError, match=r"test_fraction.*received"):
        split_by_subject(make_cohort([0, 0, 1, 1]), fraction)


def test_a_group_of_one_cannot_be_split():
    with pytest.raises(ValueError, match="at least 2 with AD, received 1"):
        split_by_subject(make_cohort([0, 0, 0, 1]))


def test_a_subject_with_two_labels_is_refused():
    cohort = make_cohort([0, 0, 1, 1])
    cohort.labels[0] = 1
    with pytest.raises(ValueError, match="sub-000 has two diagnoses"):
        split_by_subject(cohort)


def test_shuffled_labels_stay_one_per_subject():
    cohort = make_cohort([0, 1] * 20)
    shuffled = shuffle_labels(cohort, seed=1)
    assert (shuffled.labels != cohort.labels).any()
    assert np.bincount(shuffled.labels).tolist() == [60, 60]
    assert all(len(set(shuffled.labels[shuffled.subjects == name])) == 1 for name in set(cohort.subjects))
    assert shuffled.caption == "synthetic numbers, labels shuffled"


# --- the cache


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VAEGAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def no_reading(*_, **__):
    raise AssertionError("a scan was read again")


def test_slices_are_read_once(tmp_path, own_cache, monkeypatch):
    folder = write_bids(tmp_path / "ds")
    first = load_cohort(folder, size=16)
    monkeypatch.setattr("vaegan.data.slices._cut", no_reading)
    again = load_cohort(folder, size=16)
    assert (again.x == first.x).all()
    with pytest.raises(AssertionError, match="read again"):
        load_cohort(folder, size=24)


def test_a_changed_scan_is_read_again(tmp_path, own_cache, monkeypatch):
    folder = write_bids(tmp_path / "ds")
    load_cohort(folder, size=16)
    (folder / "sub-02" / "anat" / "sub-02_T1w.nii.gz").touch()
    monkeypatch.setattr("vaegan.data.slices._cut", no_reading)
    with pytest.raises(AssertionError, match="read again"):
        load_cohort(folder, size=16)


def test_a_changed_diagnosis_needs_no_new_reading(tmp_path, own_cache):
    folder = write_bids(tmp_path / "ds", ("CN", "AD"))
    load_cohort(folder, size=16)
    table = folder / "participants.tsv"
    table.write_text(table.read_text().replace("CN", "control").replace("AD", "CN"))
    assert load_cohort(folder, size=16).labels.tolist() == [0, 0]


def test_a_damaged_cache_is_made_anew(tmp_path, own_cache):
    folder = write_bids(tmp_path / "ds")
    first = load_cohort(folder, size=16)
    (kept,) = own_cache.rglob("*.npz")
    kept.write_bytes(kept.read_bytes()[:200])
    assert (load_cohort(folder, size=16).x == first.x).all()
    assert kept.stat().st_size > 200


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("VAEGAN_CACHE", str(tmp_path / "file"))
    assert len(load_cohort(write_bids(tmp_path / "ds"), size=16)) == 4


def test_nothing_is_kept_when_not_wanted(tmp_path, own_cache):
    load_cohort(write_bids(tmp_path / "ds"), size=16, cache=False)
    assert not own_cache.exists()
