"""The class report: its numbers by hand, its page, its tables, and which submissions are alike."""

import csv
import io
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from result_samples import ATTACK, BROKEN, HOSTILE, SECRET, result_of, verdict
from rich.console import Console

from judge.__main__ import main
from judge.reports.class_links import links
from judge.reports.class_numbers import class_numbers
from judge.reports.class_page import class_page
from judge.reports.class_tables import checks_csv, students_csv
from judge.reports.class_today import held_up, hole_grid, who_needs_help
from judge.reports.similarity import Pair, own_work, similar_pairs
from judge.reports.terminal import score_table
from judge.suite.engine import Status

FAILED, NOT_RUN = Status.FAILED, Status.NOT_RUN


def result(student, first, second=Status.PASSED, mistake=""):
    """A result of two cells: 4 points for `first`, 6 for `second`."""
    hint = f"The hint of {mistake}." if mistake else ""
    return result_of(
        [
            verdict("test_kl", "kl_check", first, says="The KL is right.", mistake=mistake, hint=hint),
            verdict("test_step", "step_check", second, says="The step is right."),
        ],
        {"kl_check": 4, "step_check": 6},
        student=student,
    )


CLASS = [
    result("ada", Status.PASSED),
    result("bob", FAILED, NOT_RUN, "kl-mean"),
    result("cleo", FAILED, mistake="kl-mean"),
    result("dan", FAILED, mistake="kl-half"),
    result_of([], {"kl_check": 4}, fault=SECRET, student="eve"),
]
NUMBERS = class_numbers("ex03_vae", CLASS)


def test_numbers_of_the_class_are_those_worked_by_hand():
    assert [row.percent for row in NUMBERS.judged] == [100, 0, 60, 60]
    assert (NUMBERS.median, NUMBERS.mean) == (60, 55)
    assert [n for _, n in NUMBERS.histogram()] == [1, 0, 0, 2, 0, 0, 0, 0, 0, 1]


def test_the_most_failed_check_comes_first_with_its_mistakes():
    first, second = NUMBERS.checks
    assert (first.name, first.failed, first.waiting, first.judged) == (
        "test_kl",
        ("bob", "cleo", "dan"),
        0,
        4,
    )
    assert first.mistakes == (("kl-mean", 2), ("kl-half", 1))
    assert (second.failed, second.waiting) == ((), 1)


def test_the_page_opens_with_what_to_say_and_tells_wrong_from_not_attempted_and_waiting():
    untouched = result_of(
        [verdict("test_kl", "kl_check", FAILED, message="`kl` is not written yet: it still raises ToImplement.")],
        {"kl_check": 4},
        student="fay",
    )
    numbers = class_numbers("ex03_vae", [*CLASS[:2], untouched])
    assert hole_grid(numbers) == [
        ("ada", ["right", "right"]), ("bob", ["wrong", "waiting"]), ("fay", ["not attempted", ""]),
    ]  # fmt: skip
    today = BeautifulSoup(class_page(NUMBERS, []), "html.parser").find("section")
    assert today.h2.text == "Say this today"
    assert "2 students: The hint of kl-mean. bob, cleo" in " ".join(today.text.split())


def test_a_waiting_check_is_charged_to_the_hole_that_holds_it_up():
    step = verdict("test_step", "step_check", NOT_RUN)
    step = replace(step, check=replace(step.check, needs=("test_kl",)))
    one = result_of([verdict("test_kl", "kl_check", FAILED), step], {"kl_check": 4, "step_check": 6}, student="bob")
    numbers = class_numbers("ex03_vae", [one])
    assert held_up(numbers) == {("vae", "kl_check"): 1}
    assert who_needs_help(numbers) == {"Need help": ["bob"], "Have not begun": []}


def test_missing_late_ungraded_and_unreadable_students_are_told_apart(course, capsys):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.add_assignment("ex03_vae", duedate="2030-01-01 00:00:00 UTC")
        for student in ("ada", "gil", "hal", "ian"):
            gradebook.add_student(student)
        gradebook.add_submission("ex03_vae", "ada", timestamp="2030-01-01 00:00:01 UTC")
    for student, text in (("hal", "not json"), ("ian", nbformat.writes(notebook(STUB)))):
        (course / "submitted" / student / "ex03_vae").mkdir(parents=True)
        (course / "submitted" / student / "ex03_vae/vae.ipynb").write_text(text)
    assert main(["report", "--course", str(course)]) == 0
    text = " ".join(BeautifulSoup((course / "report/ex03_vae.html").read_text(), "html.parser").text.split())
    assert "Nothing handed in (1) gil Handed in, but not read (1) hal" in text
    assert "Handed in, not graded yet (1) ian Handed in late (1) ada" in text
    assert "4 graded of 7 students" in text
    everybody = text[text.rindex("Students") :]
    for row in (
        "ada late 10 of 10",
        "gil ⚠ nothing handed in",
        "hal ⚠ handed in, but not read",
        "ian ⚠ handed",
    ):
        assert row in everybody


def unread(student):
    """Graded as if nothing had been written, since nothing could be read."""
    note = "vae.ipynb cannot be read as a notebook, so nothing in it is graded: it is a picture."
    return replace(result(student, FAILED), notes=(note,), warning=note)


def test_work_that_was_not_read_is_no_ordinary_0():
    numbers = class_numbers("ex03_vae", [*CLASS[:4], unread("kim")])
    assert (numbers.median, len(numbers.judged)) == (60, 4) and numbers.checks[0].failed == (
        "bob",
        "cleo",
        "dan",
    )
    page = BeautifulSoup(class_page(numbers, []), "html.parser")
    row = " ".join(page.find(id="student-kim").text.split())
    assert row.startswith("kim ⚠ vae.ipynb cannot be read as a notebook") and "0 of 10" not in row
    assert students_csv(numbers).splitlines()[-1].startswith("kim,not read,")
    shown = Console(width=200)
    with shown.capture() as capture:
        shown.print(score_table([unread("kim")]))
    assert "⚠ not read" in capture.get() and "0 / 10" not in capture.get()


def test_a_class_of_hundreds_folds_its_names_and_keeps_everybody_in_the_grid():
    numbers = class_numbers("ex03_vae", [result(f"s{n:03}", FAILED, mistake="kl-mean") for n in range(300)])
    page = BeautifulSoup(class_page(numbers, [], titles={("vae", "kl_check"): "8. The KL"}), "html.parser")
    who = page.find(id="today").find_next(class_="who")
    assert who.find("details").summary.text == "and 288 more"
    assert len(page.find("table", class_="grid").tbody.find_all("tr")) == 300
    heads = [head.text for head in page.find("table", class_="grid").thead.find_all("th")]
    assert heads == ["Student", "8. The KL", "step_check"]


def test_a_name_opens_the_judged_notebook_and_not_its_hints(course):
    (course / "feedback/bob/ex03_vae/HINTS_vae.html").write_text("hints")
    link = links(course, NUMBERS, course / "report")
    assert (link("bob", ""), link("bob", "vae")) == ("../feedback/bob/ex03_vae/vae.html",) * 2
    (course / "feedback/bob/ex03_vae/vae.html").unlink()
    assert link("bob", "") == "../autograded/bob/ex03_vae/vae.ipynb"
    assert link("nobody", "") == ""


def test_in_the_formgrader_a_name_opens_the_judged_notebook_there(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.add_assignment("ex03_vae")
        gradebook.add_notebook("vae", "ex03_vae")
        gradebook.add_student("bob")
        paper = gradebook.add_submission("ex03_vae", "bob").notebooks[0].id
    link = links(course, NUMBERS, course / "report", "/services/c/formgrader")
    assert link("bob", "") == f"/services/c/formgrader/submissions/{paper}"
    assert link("ada", "") == "../feedback/ada/ex03_vae/vae.html"


def test_the_hardest_hole_comes_first():
    assert [(row.cell, row.share, row.full, row.none) for row in NUMBERS.cells] == [
        ("kl_check", 0.25, 1, 3),
        ("step_check", 0.75, 3, 1),
    ]


def test_a_student_whom_we_could_not_judge_is_in_no_number():
    page = BeautifulSoup(class_page(NUMBERS, []), "html.parser")
    assert "not judged: our fault (eve)" in " ".join(page.text.split())
    assert SECRET not in page.text
    assert all(row.judged == 4 for row in NUMBERS.checks)


def test_tables_have_a_line_for_each_student_and_check():
    rows = list(csv.DictReader(io.StringIO(students_csv(NUMBERS))))
    assert [row["points"] for row in rows] == ["10.0", "0.0", "6.0", "6.0", "not judged"]
    assert rows[1] | {"grading_seconds": ""} == {
        "student": "bob", "points": "0.0", "max_points": "10.0", "percent": "0.0", "vae/kl_check": "0.0",
        "vae/step_check": "0.0", "failed_checks": "test_kl", "recognised_mistakes": "kl-mean", "grading_seconds": "",
    }  # fmt: skip
    (kl, _) = csv.DictReader(io.StringIO(checks_csv(NUMBERS)))
    assert (kl["failed"], kl["recognised_mistakes"]) == ("3", "kl-mean:2 kl-half:1")


def test_no_cell_of_a_table_is_a_formula():
    numbers = class_numbers("ex03_vae", [result("=cmd|' /C calc'!A0", FAILED)])
    assert students_csv(numbers).splitlines()[1].startswith("'=cmd")


def test_the_page_is_whole_in_itself_and_every_link_leads_somewhere():
    pairs = [Pair("ada", "bob", 0.7, ("x = 1", "y = 1"))]
    page = BeautifulSoup(class_page(NUMBERS, pairs, lambda s, n: f"{s}/vae.html", ["c.csv"]), "html.parser")
    assert page.find(["script", "link", "img", "iframe"]) is None
    anchors = {tag["id"] for tag in page.find_all(id=True)}
    inner = [link["href"][1:] for link in page.find_all("a") if link["href"].startswith("#")]
    assert len(anchors) == len(page.find_all(id=True))
    assert set(inner) <= anchors and len(inner) > 10
    assert page.find("a", href="bob/vae.html#kl_check") is not None


def test_the_page_can_be_heard_as_well_as_seen():
    page = BeautifulSoup(class_page(NUMBERS, []), "html.parser")
    assert page.html["lang"] == "en" and page.title.text and page.find("main") and page.find("nav")["aria-label"]
    levels = [int(tag.name[1]) for tag in page.find_all(["h1", "h2", "h3"])]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    for table in page.find_all("table"):
        assert all(head.get("scope") == "col" for head in table.thead.find_all("th"))
        assert all(row.find("th", scope="row") for row in table.tbody.find_all("tr"))
    assert all(bar["aria-hidden"] == "true" for bar in page.find_all(class_="bar"))


def test_a_students_words_are_no_markup():
    page = BeautifulSoup(class_page(class_numbers("ex03_vae", [ATTACK]), [Pair("a", "b", 0.5, (HOSTILE, "x"))]),
                         "html.parser")  # fmt: skip
    assert page.find(["script", "img"]) is None
    assert "<script>alert(1)</script>" in page.text


def test_a_class_that_has_not_handed_in_anything_judged_still_has_a_page():
    assert "our fault" in class_page(class_numbers("ex03_vae", [BROKEN]), [])


STUB = 'def kl(z_mean, z_log_var):\n    """The KL."""\n    raise ToImplement("write it")'
GIVEN = "import numpy as np\nfrom keras import ops\nfrom vaegan import ToImplement\nops.sum(np.ones(3), axis=-1)"
COPIED = """def kl(z_mean, z_log_var):
    total = 0.0
    for column in range(int(z_mean.shape[1])):
        term = 1.0 + z_log_var[:, column] - z_mean[:, column] ** 2
        total = total - (term - ops.exp(z_log_var[:, column])) / 2.0
    return total"""
DISGUISED = (
    COPIED.replace("total", "acc").replace("column", "j").replace("term", "piece")
    .replace("    acc = 0.0", '    """My own idea."""\n    # I thought about this for a long time\n    acc = 0.0')
)  # fmt: skip
OTHERS = [
    "def kl(z_mean, z_log_var):\n    variance = ops.exp(z_log_var)\n    squares = ops.square(z_mean)\n"
    "    return ops.sum(variance + squares - z_log_var - 1.0, axis=1) * 0.5",
    "def kl(z_mean, z_log_var):\n    return -0.5 * ops.sum(1.0 + z_log_var - z_mean**2 - ops.exp(z_log_var), axis=-1)",
    "def kl(z_mean, z_log_var):\n    import tensorflow as tf\n    inner = tf.subtract(tf.add(z_log_var, 1.0), tf.exp("
    "z_log_var))\n    return tf.reduce_sum(tf.square(z_mean) - inner, axis=[1]) / 2",
]


def notebook(*answers: str):
    given = new_code_cell(GIVEN, metadata={"nbgrader": {"grade_id": "imports", "solution": False}})
    holes = [
        new_code_cell(answer, metadata={"nbgrader": {"grade_id": f"hole{i}", "solution": True}})
        for i, answer in enumerate(answers)
    ]
    return new_notebook(cells=[given, *holes])


def pairs_among(*answers: str) -> list[Pair]:
    works = {f"s{i}": own_work(notebook(answer), notebook(STUB)) for i, answer in enumerate(answers)}
    return similar_pairs(works, notebook(STUB))


def test_a_copy_with_other_names_comments_and_layout_is_found():
    (pair,) = pairs_among(COPIED, *OTHERS, DISGUISED)
    assert (pair.first, pair.second) == ("s0", "s4")
    assert pair.shared > 0.9
    assert "for column in range" in pair.passages[0] and "for j in range" in pair.passages[1]
    assert pair.passages[0].startswith("# hole0, line ")


def test_different_ways_to_write_the_same_equation_are_not_similar():
    assert pairs_among(*OTHERS) == []


def test_what_was_handed_out_is_nobodys_own():
    assert own_work(notebook(STUB), notebook(STUB)) == {}
    assert pairs_among(STUB + "\n", STUB + "\n\n") == []


def test_what_more_than_a_quarter_of_the_class_wrote_is_not_suspicious():
    assert pairs_among(*[COPIED] * 4, *OTHERS) == []
    assert len(pairs_among(*[COPIED] * 3, *OTHERS)) == 3


def test_broken_code_is_compared_as_far_as_it_can_be_read():
    (pair,) = pairs_among(COPIED + "\n    x = (", DISGUISED, *OTHERS)
    assert pair.shared > 0.8


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course folder in which everybody has been graded."""
    answers = {"ada": COPIED, "bob": STUB, "cleo": DISGUISED, "dan": OTHERS[0]}
    (tmp_path / "release/ex03_vae").mkdir(parents=True)
    nbformat.write(notebook(STUB), tmp_path / "release/ex03_vae/vae.ipynb")
    for one in CLASS[:4]:
        for step in ("autograded", "feedback"):
            (tmp_path / step / one.student / "ex03_vae").mkdir(parents=True)
        folder = tmp_path / "autograded" / one.student / "ex03_vae"
        nbformat.write(notebook(answers[one.student]), folder / "vae.ipynb")
        (folder / "vae.result.json").write_text(one.to_json(), encoding="utf-8")
        (tmp_path / "feedback" / one.student / "ex03_vae/vae.html").write_text("feedback")
    return tmp_path


def test_the_command_writes_the_page_and_its_tables_with_links_to_feedback(course, capsys):
    assert main(["report", "--course", str(course)]) == 0
    folder = course / "report"
    assert sorted(path.name for path in folder.iterdir()) == [
        "ex03_vae.csv", "ex03_vae.html", "ex03_vae_checks.csv",
    ]  # fmt: skip
    page = BeautifulSoup((folder / "ex03_vae.html").read_text(encoding="utf-8"), "html.parser")
    links = {link["href"].split("#")[0] for link in page.find_all("a")} - {""}
    assert all((folder / link).is_file() for link in links)
    assert os.path.join("..", "feedback", "bob", "ex03_vae", "vae.html") in links
    assert "ada and cleo" in page.find(id="pair-1").text
    assert str(folder / "ex03_vae.html") in capsys.readouterr().out.replace("\n", "")


def test_the_command_still_prints_other_forms(course, capsys):
    assert main(["report", "ex03_vae", "bob", "--course", str(course), "--format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("## ex03\\_vae, vae (bob): 0 of 10 points")
    assert not (course / "report").exists()


def test_without_results_the_command_says_what_to_do(tmp_path, capsys):
    assert main(["report", "--course", str(tmp_path)]) == 1
    assert "Grade it first" in " ".join(capsys.readouterr().out.split())
