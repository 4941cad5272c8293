"""The course team's collected cases: what each input's README calls right happens on the real road.

They lie beside the repository (`shared/cases`), so each kind has a rebuilt twin in the tests that `TWINS` names.
"""

import ast
import shutil
from pathlib import Path

import pytest

from judge.__main__ import main
from judge.grade.lesson_grading import judge_lesson
from judge.push.checkout import Folder
from judge.push.exercises import exercises_in
from judge.push.judge_push import grade_work
from judge.submission.intake import complete, take_in
from judge.submission.quarantine import Refused, check_place, notes_of, prepare
from judge.submission.stubs import same_code
from judge.suite.suites import suite_of
from tests.samples.editors.hand_ins import EXERCISE, ROOT, about, solutions

CASES = ROOT.parent / "shared" / "cases"
RELEASE = ROOT / "release" / EXERCISE
EDITORS = "tests/samples/editors/test_editors.py::"
COHORTS = "tests/vaegan/test_ad_hostile.py::"
FULL_MARKS = {
    "01_utf8_bom", "03_renamed_notebook_beside_stub_module", "06_crlf_stub_newer_than_module", "07_comment_below_stub",
    "08_times_lost_in_copy", "12_colab_keeps_metadata_loses_ids", "16_raw_backup_with_old_code", "17_stub_copied_below",
    "25_garbage_timestamp", "27_cp1252_module", "35_name_with_copy_number", "81_forged_timestamp",
    "86_attachment_in_own_cell", "93_vscode_export_module",
}  # fmt: skip
COHORTS_READ = {
    "41_bids_appledouble": (0, 0, 1, 1),
    "42_tsv_nel": (0, 0, 1, 1),
    "44b_tsv_quote_mislabels": (0, 0, 1, 0, 1),
}
COHORTS_REFUSED = {
    "46b_abide_dx_group": "is not one of the two groups",
    "46e_duplicate_heading": "has the column diagnosis twice",
    "49c_ds_description_list": "dataset_description.json",
    "50_nifti_rgb": "sub-01_T1w.nii.gz",
    "51_nifti_complex": "sub-01_T1w.nii.gz",
}
FIRST_CAUSES = {
    "101_cause_of_missing_name": "stopped: AttributeError: module",
    "20_breakpoint_left_in": "a breakpoint stopped it, so take `breakpoint()`",
}
TWINS = {
    **dict.fromkeys(FULL_MARKS, EDITORS + "test_right_work_is_taken_in_whole"),
    **dict.fromkeys(COHORTS_READ, COHORTS + "test_files_and_folders_with_a_dot_do_not_count"),
    "42_tsv_nel": COHORTS + "test_only_a_line_feed_ends_a_row",
    "44b_tsv_quote_mislabels": COHORTS + "test_quotation_marks_between_tabs_are_letters",
    "46b_abide_dx_group": COHORTS + "test_nobody_is_invited_to_skip_what_may_be_the_controls",
    "46e_duplicate_heading": COHORTS + "test_a_heading_that_stands_twice_is_refused",
    "49c_ds_description_list": COHORTS + "test_json_that_is_no_description_is_refused",
    "50_nifti_rgb": COHORTS + "test_colours_are_refused_by_name",
    "51_nifti_complex": COHORTS + "test_complex_numbers_are_refused_by_name",
    "71_mnist_torchvision": "tests/vaegan/test_mnist_layouts.py::test_the_folders_of_libraries_are_found",
    "78_keras_cache_float": "tests/vaegan/test_mnist_layouts.py::"
    "test_floats_in_the_unit_range_are_the_grey_values_over_255_and_the_caption_says_so",
    "20_breakpoint_left_in": "tests/sandbox/test_first_cause.py::test_the_first_cause_is_told",
    "101_cause_of_missing_name": EDITORS + "test_the_first_cause_is_said",
    "83_syntax_error_push": EDITORS + "test_the_first_cause_is_said",
    "102_wrong_exercise_handed_in": EDITORS + "test_what_cannot_be_graded_is_said_first_and_in_one_sentence",
    "25_garbage_timestamp": "tests/grading/test_batch.py::test_a_time_that_cannot_be_read_is_a_warning_and_no_fault",
    "29_id_brackets": "tests/grading/test_batch.py::"
    "test_an_id_that_nbgrader_reads_as_a_pattern_is_refused_with_the_remedy",
    "80_cell_added_after_submissions": "tests/builder/test_migrate.py::test_work_handed_in_before_is_still_graded",
    "81_forged_timestamp": "tests/push/test_collect.py::test_a_students_own_timestamp_is_left_out_with_a_note",
}


@pytest.fixture
def case():
    """Where a case lies."""
    if not CASES.is_dir():
        pytest.skip("the collected cases are not here: they lie beside the repository, in shared/cases")
    return lambda name: CASES / name


@pytest.fixture
def course(tmp_path):
    """A course folder that knows what was released."""
    (tmp_path / "release").symlink_to(ROOT / "release")
    return tmp_path


def handed_in(course, folder, student="ada"):
    """The submission's folder, after what every road does first."""
    target = course / "submitted" / student / EXERCISE
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("README*"))
    prepare(course, EXERCISE, student)
    return target


def test_no_case_is_left_out(case):
    assert {path.name for path in case("").iterdir() if path.is_dir()} == set(TWINS)


@pytest.mark.parametrize("twin", sorted(set(TWINS.values())))
def test_every_twin_is_a_test(twin):
    path, name = twin.split("::")
    assert name in {node.name for node in ast.parse((ROOT / path).read_text("utf-8")).body
                    if isinstance(node, ast.FunctionDef)}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FULL_MARKS))
def test_right_work_is_taken_in_whole(name, case, course):
    folder = handed_in(course, case(name))
    taken = take_in(folder / "vae.ipynb", RELEASE / "vae.ipynb")
    answers = {about(c)["grade_id"]: c.source for c in taken.notebook.cells if about(c).get("solution")}
    assert [hole for hole, right in solutions().items() if not same_code(answers[hole], right)] == []
    assert taken.warning == ""
    running = [cell.source for cell in taken.notebook.cells if cell.cell_type == "code"]
    assert not any("raise ToImplement(" in source for source in running)


def test_long_cells_that_colab_saved_are_not_run_again_and_keep_their_outputs(case, course):
    folder = handed_in(course, case("12_colab_keeps_metadata_loses_ids"))
    cells = take_in(folder / "vae.ipynb", RELEASE / "vae.ipynb").notebook.cells
    long = [c for c in cells if c.cell_type == "code" and "long" in c.metadata.get("tags", [])]
    assert len(long) == 8  # the last came to the lesson after this was handed in
    assert sum(bool(cell.outputs) for cell in long) == 6  # one of them shows nothing


def test_a_picture_in_a_cell_of_the_students_own_is_shown(case, course):
    folder = handed_in(course, case("86_attachment_in_own_cell"))
    cells = take_in(folder / "vae.ipynb", RELEASE / "vae.ipynb").notebook.cells
    assert any(picture.get("image/png") for c in cells for picture in c.get("attachments", {}).values())


def test_another_exercise_under_this_name_is_named(case, course):
    folder = handed_in(course, case("102_wrong_exercise_handed_in"))
    assert (
        "holds the notebook gan of ex05_gan, not vae of ex03_vae"
        in take_in(folder / "vae.ipynb", RELEASE / "vae.ipynb").warning
    )


def test_a_time_that_cannot_be_read_is_set_aside_with_a_warning(case, course):
    folder = handed_in(course, case("25_garbage_timestamp"))
    assert not (folder / "timestamp.txt").exists()
    assert any("The time of submission could not be read" in n for n in notes_of(course, EXERCISE, "ada"))


def test_an_id_with_brackets_is_refused_with_the_remedy(case, course):
    with pytest.raises(Refused, match=r"Rename the folder in submitted/, e\.g\. to 'ada 17', and grade again"):
        handed_in(course, case("29_id_brackets"), "ada [17]")
    with pytest.raises(Refused):
        check_place(course, EXERCISE, "ada [17]")


def test_a_forged_time_is_not_collected(case, course, capsys):
    work = course / "work" / EXERCISE
    shutil.copytree(case("81_forged_timestamp"), work)
    command = ["push", str(work.parent), "--course", str(course), "--student", "ada", "--collect"]
    assert main(command) == 0
    collected = (course / "submitted/ada" / EXERCISE / "timestamp.txt").read_text()
    assert collected != (work / "timestamp.txt").read_text()
    assert "own timestamp.txt was left out" in capsys.readouterr().out


@pytest.mark.slow
def test_the_git_road_names_the_syntax_error_and_its_line(case, tmp_path):
    shutil.copytree(case("83_syntax_error_push"), tmp_path / EXERCISE)
    checkout = Folder(tmp_path)
    (work,) = exercises_in(checkout, ROOT)
    (one,) = grade_work(checkout, work, ROOT, "ada")
    assert any("SyntaxError: '(' was never closed, line " in check.message for check in one.result.checks)
    assert not any("defines no" in check.message for check in one.result.checks)


@pytest.mark.full
@pytest.mark.parametrize("name", FIRST_CAUSES)
def test_the_first_cause_is_said(name, case, course):
    folder = handed_in(course, case(name))
    taken = take_in(folder / "vae.ipynb", RELEASE / "vae.ipynb")
    result, _ = judge_lesson(taken, folder, suite_of(EXERCISE, "vae"), "ada", None, show=False)
    assert any(FIRST_CAUSES[name] in check.message for check in result.checks)
    assert not any("defines no" in check.message for check in result.checks)


def load(folder: Path):
    """A cohort, read anew."""
    from vaegan.data import load_cohort

    return load_cohort(folder, size=16, cache=False)


@pytest.mark.parametrize("name", COHORTS_READ)
def test_a_cohort_is_read_with_the_right_labels(name, case):
    assert tuple(load(case(name)).labels) == COHORTS_READ[name]


@pytest.mark.parametrize("name", COHORTS_REFUSED)
def test_a_cohort_is_refused_in_one_sentence(name, case):
    with pytest.raises(ValueError, match="expected") as refused:
        load(case(name))
    assert COHORTS_REFUSED[name] in str(refused.value)
    assert "skip=" not in str(refused.value)


def test_mnist_is_found_where_torchvision_puts_it(case):
    from vaegan.data.mnist import load_mnist

    assert load_mnist(data_dir=case("71_mnist_torchvision"), download=False).caption == "MNIST"


def test_floats_in_keras_cache_are_read_as_grey_values_and_the_caption_says_so(case, monkeypatch):
    from vaegan.data.mnist import load_mnist

    monkeypatch.delenv("VAEGAN_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(case("78_keras_cache_float")))
    data = load_mnist(download=False)
    assert "read from floats in 0..1" in data.caption
    assert 0.5 < data.x_train.max() <= 1


def test_completing_twice_changes_nothing(case, course):
    folder = handed_in(course, case("35_name_with_copy_number"))
    assert complete(course, EXERCISE, "ada") == []
    assert sorted(path.name for path in folder.iterdir()) == ["vae (1).ipynb", "vae.ipynb"]
