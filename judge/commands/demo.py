"""The demonstration: the whole road of one exercise, from the lesson to the feedback of six submissions.

It works in a folder of its own, `demo/`, so that a real course's gradebook never meets its students.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from rich.console import Console

from judge import ROOT
from judge.course.build import build
from judge.nbgrader import batch
from judge.reports import score_table
from judge.submission.submitted import students_with
from judge.suite import zoo

EXERCISE, LESSON = "ex03_vae", "vae"
SOLVED, UNTOUCHED = "solved", "untouched"
# student id -> the sample of the zoo that this student hands in
STUDENTS = {
    "ada_right": SOLVED,
    "bob_unusual": "right/own_style",
    "cleo_stub": UNTOUCHED,
    "dan_kl": "wrong/kl_without_half",
    "eve_pixels": "wrong/bernoulli_mean_over_pixels",
    "mallory": "hostile/thief",
}


def run_demo(console: Console) -> int:
    """Run it; returns the process's exit status."""
    course = ROOT / "demo"
    _fresh_course(course)
    console.rule("1. the lesson becomes a notebook")
    for path in build(ROOT, [EXERCISE]) or [ROOT / "source" / EXERCISE]:
        console.print(f"   {path.relative_to(ROOT)}")
    shutil.copytree(ROOT / "source" / EXERCISE, course / "source" / EXERCISE)
    console.rule("2. nbgrader generate_assignment: stubs for students, leaks refused")
    answer = batch.nbgrader_api(course).generate_assignment(EXERCISE)
    if not answer["success"]:
        console.print(answer.get("error") or answer.get("log"))
        return 1
    for path in sorted((course / "release" / EXERCISE).iterdir()):
        console.print(f"   {path.relative_to(ROOT)}")
    console.rule("3. six students hand in")
    _hand_in(course)
    console.rule("4. nbgrader autograde: each in a sandbox of its own, judged from outside")
    students = students_with(course, EXERCISE)
    graded, _ = batch.with_progress(console, batch.grade_all(course, EXERCISE, students), len(students))
    console.print(score_table([result for one in graded for result in one.results]))
    return _say_where_to_look(console, course, graded)


def _fresh_course(course: Path) -> None:
    """An empty course folder that shares this checkout's lessons and suites."""
    shutil.rmtree(course, ignore_errors=True)
    course.mkdir()
    for name in ("solutions", "graders", "vaegan"):
        (course / name).symlink_to(ROOT / name)


def _hand_in(course: Path) -> None:
    """Make the six submissions out of the released notebook and the zoo's samples."""
    release = course / "release" / EXERCISE
    solved = zoo.solved_answers(ROOT, EXERCISE, LESSON)
    for student, sample in STUDENTS.items():
        answers = {} if sample == UNTOUCHED else solved
        if sample not in (SOLVED, UNTOUCHED):
            path = ROOT / "tests" / "zoo" / EXERCISE / f"{sample}.py"
            answers = solved | zoo.read_sample(path).answers
        folder = course / "submitted" / student / EXERCISE
        shutil.copytree(release, folder)
        notebook = nbformat.read(release / f"{LESSON}.ipynb", as_version=4)
        nbformat.write(zoo.submission(notebook, answers), folder / f"{LESSON}.ipynb")
        (folder / f"{LESSON}.py").unlink()


def _say_where_to_look(console: Console, course: Path, graded: list[batch.Graded]) -> int:
    for one in graded:
        if one.problem:
            console.print(f"{one.student}: {one.problem}", style="red")
    where = course.relative_to(ROOT) if Path.cwd() == ROOT else course
    console.print("Look at:")
    console.print(f"   {where}/feedback/dan_kl/{EXERCISE}/{LESSON}.html   what a student reads")
    console.print(f"   {where}/autograded/*/{EXERCISE}/{LESSON}.result.json            every verdict, as data")
    console.print(f"   {where}/release/{EXERCISE}/{LESSON}.ipynb                       what students get")
    console.print(f"   {where}/gradebook.db                                       nbgrader's gradebook")
    return 1 if any(one.ours for one in graded) else 0
