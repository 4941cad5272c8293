"""What was judged before is not judged again, and what changed is."""

import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from judge.grade import grading, kept
from judge.grade.store import Store
from judge.machine.whole_files import write_whole
from judge.suite.engine import Status
from judge.suite.suites import Suite, suite_of

SUITE = """\
from judge.suite import Student, agree, check

LIMIT = 2


@check(cell="c", says="double doubles.")
def test_double(student: Student) -> None:
    agree(student.call("double", 3), 6, "double(3)")


@check(cell="c", says="half halves.")
def test_half(student: Student) -> None:
    agree(student.call("half", 4), LIMIT, "half(4)")


@check(cell="c", says="half of half.", needs=[test_half])
def test_half_again(student: Student) -> None:
    agree(student.call("half", 2), 1, "half(2)")
"""
CODE = "def double(x): return 2 * x\ndef half(x): return x"


class Counting:
    """A fork server that counts its forks."""

    has_gpu = False

    def __init__(self, parent):
        self.parent = parent
        self.forks = 0

    def fork(self, **options):
        self.forks += 1
        return self.parent.fork(**options)


@pytest.fixture
def suite(tmp_path):
    folder = tmp_path / "graders" / "ex"
    folder.mkdir(parents=True)
    (folder / f"test_{tmp_path.name}.py").write_text(SUITE)  # a module name of its own: pytest imports it once
    return folder / f"test_{tmp_path.name}.py"


def submission(code=CODE):
    return grading.Submission(new_notebook(cells=[new_code_cell(code, id="cell-0")]))


def statuses(graded):
    return [verdict.status for verdict in graded.verdicts]


def test_an_unchanged_submission_is_not_run_again(parent, suite, tmp_path):
    counting, store = Counting(parent), Store(tmp_path / "store")
    first = kept.grade(store, submission(), Suite(suite), parent=counting)
    assert statuses(first) == [Status.PASSED, Status.FAILED, Status.NOT_RUN]
    forks = counting.forks
    again = kept.grade(store, submission(), Suite(suite), parent=counting)
    assert counting.forks == forks
    assert statuses(again) == statuses(first)
    assert [v.message for v in again.verdicts] == [v.message for v in first.verdicts]
    assert again.outputs == first.outputs
    assert again.walls == first.walls


def test_a_changed_submission_is_run(parent, suite, tmp_path):
    counting, store = Counting(parent), Store(tmp_path / "store")
    kept.grade(store, submission(), Suite(suite), parent=counting)
    repaired = kept.grade(store, submission(CODE.replace("return x", "return x / 2")), Suite(suite), parent=counting)
    assert statuses(repaired) == [Status.PASSED] * 3


def test_a_changed_check_is_run_and_no_other_in_the_same_process_too(parent, suite, tmp_path):
    store = Store(tmp_path / "store")
    kept.grade(store, submission(), Suite(suite), parent=parent)
    suite.write_text(SUITE.replace('"half", 4', '"half", 2'))
    again = kept.grade(store, submission(), Suite(suite), parent=parent)
    assert statuses(again) == [Status.PASSED, Status.PASSED, Status.FAILED]
    suite.write_text(SUITE)
    assert statuses(kept.grade(store, submission(), Suite(suite), parent=parent))[1] is Status.FAILED


def test_a_broken_entry_is_judged_anew(parent, suite, tmp_path):
    store = Store(tmp_path / "store")
    kept.grade(store, submission(), Suite(suite), parent=parent)
    for path in (tmp_path / "store").rglob("*.json"):
        path.write_text('{"verdicts": ')
    assert statuses(kept.grade(store, submission(), Suite(suite), parent=parent))[0] is Status.PASSED


def test_only_the_changed_check_has_a_new_hash(suite):
    before = Suite(suite).check_versions
    suite.write_text(SUITE.replace('agree(student.call("double", 3), 6', 'agree(student.call("double", 4), 8'))
    after = Suite(suite).check_versions
    assert (before["test_double"] != after["test_double"], before["test_half"] == after["test_half"]) == (
        True,
        True,
    )
    suite.write_text(SUITE.replace("LIMIT = 2", "LIMIT = 3"))
    assert all(hash_ != before[name] for name, hash_ in Suite(suite).check_versions.items())


def test_a_comment_changes_no_hash(suite):
    before = Suite(suite).check_versions
    suite.write_text("# a comment\n" + SUITE)
    assert Suite(suite).check_versions == before


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "entry.json"
    write_whole(path, json.dumps([1]))
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, json.dumps([2]))
    assert path.read_text() == "[1]"
    assert list(tmp_path.iterdir()) == [path]


def test_an_entry_that_is_not_there_is_empty(tmp_path):
    assert Store(tmp_path).get("ab" * 32) == {}


def test_a_suite_outside_the_kit_does_not_hide_the_kits_own(suite):
    assert list(Suite(suite).checks) == ["test_double", "test_half", "test_half_again"]
    assert suite_of("ex01_images", "images").checks
