"""`python -m judge push`: the verdicts of nbgrader autograde, on a checkout, in every form that CI reads."""

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tiny_course import (
    BREAKS_THE_JUDGE,
    HOSTILE,
    RAISES,
    RIGHT,
    SQUARED,
    commit,
    git,
    write_module,
    write_notebook,
)

from judge.__main__ import main
from judge.grade import grading
from judge.grade.result import Result
from judge.nbgrader import batch
from judge.push import exercises
from judge.push import judge_push as push
from judge.push import student_folder as works
from judge.push.checkout import Commit, Folder, Unreadable
from judge.suite import engine

ALL = {"right": RIGHT, "squared": SQUARED, "raises": RAISES, "hostile": HOSTILE, "untouched": {}}


def pushed(folder: Path, course: Path, *options: str) -> int:
    return main(["push", str(folder), "--course", str(course), *options])


def verdicts(results: list[Result]) -> list[tuple[object, ...]]:
    """All of a result that says something about the work; times differ from run to run."""
    return [
        (r.notebook, r.state, r.points, [(c.name, c.status, c.points, c.message, c.example, c.hint)
                                         for c in r.checks], r.cells, r.graded, r.notes)
        for r in results
    ]  # fmt: skip


def grades_of(folder: Path, course: Path) -> list[Result]:
    checkout = Folder(folder)
    found = exercises.exercises_in(checkout, course)
    return [one.result for work in found for one in push.grade_work(checkout, work, course, "ada")]


def test_the_verdicts_are_those_of_nbgrader_autograde(course, tmp_path):
    for student, answers in ALL.items():
        write_notebook(course, course / "submitted" / student / "ex_tiny", answers)
    both = course / "submitted/both/ex_tiny"
    write_module(course, both, RIGHT)
    os.utime(both / "tiny.py", (9e8, 9e8))
    os.utime(write_notebook(course, both, SQUARED), (8e8, 8e8))
    students = [*ALL, "both"]
    graded = {one.student: one for one in batch.grade_all(course, "ex_tiny", students)}
    for student in students:
        one = graded[student]
        assert one.problem == ""
        mine = grades_of(course / "submitted" / student, course)
        assert verdicts(mine) == verdicts(list(one.results)), student
    points = [graded[s].results[0].points for s in students]
    assert points == [8, 4, 6, 4, 0, 8]


@pytest.mark.parametrize(("answers", "status"), [(RIGHT, 0), (SQUARED, 1), (BREAKS_THE_JUDGE, 2)])
def test_the_exit_status_says_what_became_of_it(answers, status, course, tmp_path):
    write_notebook(course, tmp_path / "ex_tiny", answers)
    assert pushed(tmp_path, course) == status


def test_a_lower_threshold_makes_the_job_green(course, tmp_path):
    write_notebook(course, tmp_path / "ex_tiny", SQUARED)
    assert pushed(tmp_path, course, "--fail-under", "50") == 0
    assert pushed(tmp_path, course, "--fail-under", "51") == 1


def test_every_report_tells_the_student_why_and_nothing_hidden(course, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_notebook(course, tmp_path / "ex_tiny", SQUARED)
    for form in ("github", "gitlab"):
        status = pushed(tmp_path, course, "--markdown", f"{form}.md", "--junit", "junit.xml", "--annotations", form)
        assert status == 1
    printed = capsys.readouterr().out
    texts = [printed, *(Path(name).read_text() for name in
                        ("github.md", "junit.xml", "gl-code-quality-report.json"))]  # fmt: skip
    for text in texts:
        assert "You squared the number instead of doubling it." in " ".join(text.split())
        assert "HIDDEN" not in text and "Traceback" not in text and "Misconception" not in text
    assert ElementTree.parse("junit.xml").getroot().get("failures") == "2"


def test_a_fault_of_ours_costs_nothing_and_its_reason_stays_with_us(course, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_notebook(course, tmp_path / "ex_tiny", BREAKS_THE_JUDGE)
    assert pushed(tmp_path, course, "--store", "store", "--markdown", "o.md", "--annotations", "github") == 2
    said = capsys.readouterr()
    for text in (said.out, said.err, Path("o.md").read_text()):
        assert "HIDDEN" not in text and "0 of" not in text
    assert "no points were lost" in " ".join(said.out.split())
    (kept,) = Path("store/faults").glob("*.result.json")
    assert "HIDDEN WORDS" in kept.read_text()


def test_an_error_in_the_judge_itself_shows_a_student_no_traceback(course, tmp_path, capsys, monkeypatch):
    def broken(*arguments, **more):
        raise KeyError("HIDDEN")

    monkeypatch.setattr(grading, "grade", broken)
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    assert pushed(tmp_path, course, "--store", str(tmp_path / "store")) == 2
    assert "HIDDEN" not in "".join(capsys.readouterr())
    (kept,) = (tmp_path / "store").glob("*.traceback.txt")
    assert "HIDDEN" in kept.read_text()


def lines_of(printed: str) -> list[tuple[str, int]]:
    return [(m[1], int(m[2])) for m in re.finditer(r"^::error file=([^,]+),line=(\d+),", printed, re.M)]


@pytest.mark.parametrize(("write", "name"), [(write_notebook, "tiny.ipynb"), (write_module, "tiny.py")])
@pytest.mark.parametrize(
    ("answers", "points_at"),
    [
        (SQUARED, ["def double(x):", "def double(x):"]),
        (RAISES, ["return self.sides * 4"]),
        ({}, ["raise ToImplement"] * 4),
    ],
)
def test_annotations_point_at_the_students_own_lines(
    write, name, answers, points_at, course, tmp_path, capsys
):  # fmt: skip
    file = write(course, tmp_path / "week 3" / "ex_tiny", answers)
    pushed(tmp_path, course, "--annotations", "github")
    found = lines_of(capsys.readouterr().out)
    lines = file.read_text().split("\n")
    assert len(found) == len(points_at)
    for (path, line), wanted in zip(found, points_at, strict=True):
        assert path == f"week 3/ex_tiny/{name}"
        assert wanted in lines[line - 1]


def test_each_hole_of_a_class_has_its_own_line(course, tmp_path, capsys):
    file = write_module(course, tmp_path / "ex_tiny", {})
    pushed(tmp_path, course, "--annotations", "github")
    lines = file.read_text().split("\n")
    holes = [lines[line - 1].strip() for _, line in lines_of(capsys.readouterr().out)]
    assert (
        holes[-2:]
        == [
            'raise ToImplement("Shape.area: Return the area.")',
            'raise ToImplement("Shape.edge: Return the length of all edges.")',
        ]
        or len(set(holes[-2:])) == 2
    )


def test_no_text_of_a_students_becomes_a_command_of_githubs(course, tmp_path, capsys):
    attack = "raise ValueError('\\n::error file=x::owned\\n##[group]x\\n::add-mask::y%0A::warning::z')"
    write_notebook(course, tmp_path / "ex_tiny", RIGHT | {"double": f"def double(x):\n    {attack}"})
    pushed(tmp_path, course, "--annotations", "github")
    printed = capsys.readouterr().out
    token = re.search(r"^::stop-commands::(\w{32})$", printed, re.M)[1]
    heard = printed.split(f"::{token}::\n")[1]
    commands = [line for line in heard.splitlines() if line]
    assert commands and all(line.startswith("::error file=ex_tiny/tiny.ipynb,line=") for line in commands)
    assert all("\n::" not in line and line.count("%0A::warning") == 0 for line in commands)


COMMAND = "x\n::stop-commands::y\n::error::owned"


def commands_in(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("::")]


def test_no_folders_name_becomes_a_command_where_no_exercise_is(course, tmp_path, capsys):
    (tmp_path / COMMAND / "/".join("d" * 45)).mkdir(parents=True)
    assert pushed(tmp_path, course) == 1
    said = capsys.readouterr().out
    assert "Not looked into: x" in said and commands_in(said) == []


def test_no_folders_name_becomes_a_command_where_work_is_collected(course, tmp_path, capsys):
    for folder in ("ex_tiny", COMMAND):
        write_notebook(course, tmp_path / folder / "ex_tiny" if folder == COMMAND else tmp_path / folder, RIGHT)
    assert pushed(tmp_path, course, "--student", "commands", "--collect") == 0
    said = capsys.readouterr().out
    assert "several folders" in said and commands_in(said) == []


def test_a_gitlab_report_has_a_fingerprint_that_stays_when_lines_move(course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prints = []
    for answers in (SQUARED, SQUARED | {"double": "# moved\n" + SQUARED["double"]}):
        write_module(course, tmp_path / "ex_tiny", answers)
        pushed(tmp_path, course, "--annotations", "gitlab")
        issues = json.loads(Path("gl-code-quality-report.json").read_text())
        assert all(issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
                   for issue in issues)  # fmt: skip
        prints.append({issue["fingerprint"]: issue["location"]["lines"]["begin"] for issue in issues})
    assert prints[0].keys() == prints[1].keys() and len(prints[0]) == 2
    assert [prints[1][name] - line for name, line in prints[0].items()] == [1, 1]


def test_only_what_changed_is_graded(course, tmp_path, capsys):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    first = commit(tmp_path)
    (tmp_path / "README.md").write_text("mine")
    second = commit(tmp_path)
    assert pushed(tmp_path, course, "--changed-since", first) == 0
    assert "no exercise has changed" in capsys.readouterr().out
    write_notebook(course, tmp_path / "ex_tiny", SQUARED)
    assert pushed(tmp_path, course, "--changed-since", second) == 1
    assert pushed(tmp_path, course, "--changed-since", "0" * 40) == 1
    capsys.readouterr()
    assert pushed(tmp_path, course, "--changed-since", "f" * 40) == 1
    assert "all is graded" in capsys.readouterr().out


def test_an_option_of_gits_is_no_revision(course, tmp_path, capsys):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    commit(tmp_path)
    assert pushed(tmp_path, course, f"--changed-since=--output={tmp_path}/written") == 0
    assert not (tmp_path / "written").exists()


def test_the_newer_of_two_files_is_the_one_committed_later(course, tmp_path):
    folder = tmp_path / "ex_tiny"
    write_module(course, folder, SQUARED)
    write_notebook(course, folder, RIGHT | {"double": "def double(x):\n    return x + x + 0"})
    commit(tmp_path)
    later = folder / "tiny.py"
    later.write_text(later.read_text().replace("return y * x", "return x + y"))
    commit(tmp_path, "2026-01-02T12:00:00+0000")
    for name in ("tiny.py", "tiny.ipynb"):  # as after a clone
        os.utime(folder / name, (1e9, 1e9))
    (result,) = grades_of(tmp_path, course)
    assert result.graded == "tiny.ipynb, tiny.py"
    assert result.points == 8


def test_a_commit_is_graded_without_a_checkout(course, tmp_path, capsys):
    write_module(course, tmp_path / "work/ex_tiny", SQUARED)
    revision = commit(tmp_path / "work")
    git(tmp_path, "clone", "--bare", "work", "bare.git")
    status = main(["push", "--repository", str(tmp_path / "bare.git"), "--commit", revision,
                   "--course", str(course)])  # fmt: skip
    assert status == 1
    assert "ex_tiny, tiny: 4 of 8 points (graded tiny.py)" in capsys.readouterr().out


def test_links_and_submodules_of_a_commit_are_not_files(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    (work / "a.txt").write_text("a")
    (work / "link").symlink_to("/etc/passwd")
    git(work, "init")
    git(work, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    revision = commit(work)
    assert set(Commit(work, revision).sizes) == {"a.txt"}
    assert set(Folder(work).sizes) == {"a.txt"}


def test_what_is_collected_is_what_nbgrader_then_grades(course, tmp_path, capsys):
    write_module(course, tmp_path / "work/ex_tiny", SQUARED)
    (tmp_path / "work/ex_tiny/all.py").symlink_to(course / "graders/ex_tiny/test_tiny.py")
    commit(tmp_path / "work")
    before = write_notebook(course, course / "submitted/collected/ex_tiny", RIGHT)
    options = ("--repository", str(tmp_path / "work"), "--course", str(course), "--student", "collected")
    assert main(["push", *options, "--collect"]) == 0
    assert sorted(path.name for path in before.parent.iterdir()) == ["timestamp.txt", "tiny.py"]
    assert len(list((course / ".judge/replaced/collected").glob("ex_tiny-*/tiny.ipynb"))) == 1
    (graded,) = batch.grade_all(course, "ex_tiny", ["collected"])
    assert graded.results[0].points == 4


def test_a_repository_whose_exercise_is_a_link_hands_in_nothing(course, tmp_path, capsys):
    work = tmp_path / "work"
    work.mkdir()
    (work / "ex_tiny").symlink_to("../../source/ex_tiny")
    commit(work)
    options = ("--repository", str(work), "--course", str(course), "--student", "linked", "--collect")
    assert main(["push", *options]) == 1
    assert not (course / "submitted/linked").exists()


@pytest.mark.parametrize("student", ["", "..", "a/b", "/etc", ".hidden"])
def test_only_a_plain_name_is_collected_under(student, course, tmp_path, capsys):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    assert pushed(tmp_path, course, "--student", student, "--collect") == 2
    assert "expected --student with a plain name" in " ".join(capsys.readouterr().err.split())


def test_a_huge_notebook_is_not_read_and_the_student_learns_why(course, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(works, "MOST_NOTEBOOK", 2000)
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    assert pushed(tmp_path, course) == 1
    assert "Clear large outputs" in " ".join(capsys.readouterr().out.split())


def test_a_flood_of_files_leaves_room_for_the_work_and_one_note(course, tmp_path, monkeypatch):
    monkeypatch.setattr(works, "_MOST_ALL", 60_000)
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    for number in range(300):
        (tmp_path / "ex_tiny" / f"a{number:03}.bin").write_bytes(b"x" * 1000)
    (tmp_path / "ex_tiny" / "B.bin").write_bytes(b"x" * 70_000)
    (result,) = grades_of(tmp_path, course)
    assert result.points == 8
    (note,) = result.notes
    assert note.startswith("Left out: B.bin (0.1 MiB), a")
    assert " more. Of one exercise 200 files are read" in note


def test_a_repository_of_one_exercise_needs_no_folder_for_it(course, tmp_path):
    write_notebook(course, tmp_path, RIGHT)
    assert pushed(tmp_path, course) == 0


def test_a_repository_without_an_exercise_says_what_was_expected(course, tmp_path, capsys):
    assert pushed(tmp_path, course) == 1
    assert "expected a folder with the name of one (ex_tiny)" in capsys.readouterr().out


def test_a_renamed_notebook_is_graded_and_told_its_name(course, tmp_path, capsys):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT).rename(tmp_path / "ex_tiny/tiny (1).ipynb")
    assert pushed(tmp_path, course) == 0
    assert "tiny (1).ipynb carries its cells and is graded in its place" in " ".join(capsys.readouterr().out.split())


def test_a_notebook_in_a_folder_of_its_own_name_is_graded(course, tmp_path):
    write_notebook(course, tmp_path / "ex_tiny" / "tiny.ipynb", RIGHT)
    assert pushed(tmp_path, course) == 0


def test_verdicts_are_kept_for_the_next_push(course, tmp_path, monkeypatch):
    write_notebook(course, tmp_path / "ex_tiny", SQUARED)
    store = ("--store", str(tmp_path / "store"))
    assert pushed(tmp_path, course, *store) == 1
    monkeypatch.setattr(engine.Student, "call", None)
    assert pushed(tmp_path, course, *store) == 1


def for_ever(*_, **__):
    while True:
        pass


def hoards(*_, **__):
    return bytes(8 * 2**30)


@pytest.mark.parametrize(("step", "instead"), [
    ("judge.grade.lesson_grading.take_in", for_ever), ("judge.push.judge_push.complete", hoards),
    ("judge.grade.lesson_grading.judge_lesson", for_ever),
])  # fmt: skip
def test_a_push_that_takes_our_own_code_too_long_fails_and_is_not_our_fault(
    step, instead, course, tmp_path, monkeypatch, capsys
):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    monkeypatch.setattr("judge.push.judge_push.SUBMISSION_SECONDS", 41.0)
    monkeypatch.setattr("judge.machine.guard.GRACE", 0.2)
    monkeypatch.setattr(step, instead)
    assert pushed(tmp_path, course) == 1
    said = capsys.readouterr().out
    assert "needed more than" in said
    assert "0 of 8" in said


def test_the_largest_folder_that_is_looked_at_is_refused_in_time_beyond_it(course, tmp_path, monkeypatch):
    monkeypatch.setattr("judge.push.checkout._MOST_FILES", 2_000)
    folder = tmp_path / "ex_tiny"
    write_notebook(course, folder, RIGHT)
    for number in range(2_001):
        (folder / f"file{number}").touch()
    with pytest.raises(Unreadable, match="files"):
        exercises.exercises_in(Folder(tmp_path), course)


def test_of_a_deep_folder_what_is_near_is_graded(course, tmp_path):
    write_notebook(course, tmp_path / "ex_tiny", RIGHT)
    (tmp_path / "ex_tiny" / "/".join(["d"] * 300)).mkdir(parents=True)
    (result,) = grades_of(tmp_path, course)
    assert result.points == 8
    assert any("Not looked into" in note for note in result.notes)
