"""What a feedback page opens with: notes, the mistake to mend first, and what follows by itself."""

import re
import time
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from result_samples import BROKEN, HOSTILE, SECRET, result_of, verdict

from judge import reports
from judge.grade.result import Result
from judge.reports.exporter import FeedbackExporter
from judge.reports.first import first_of, is_open, own_code, titles_of, waiting_by_cause
from judge.suite.engine import Status

FAILED, NOT_RUN = Status.FAILED, Status.NOT_RUN
ABOUT = {
    "notebook": "vae",
    "student": "ada",
    "assignment": "ex03_vae",
    "score": 0,
    "max_score": 9,
    "late_penalty": 0,
}


def waiting(name, cell, *needs):
    one = verdict(name, cell, NOT_RUN, message="First make this pass: x")
    return replace(one, check=replace(one.check, needs=needs))


VERDICTS = [
    verdict("test_open", "loss_check", FAILED, message="`loss` is not written yet: it still raises ToImplement."),
    verdict(
        "test_kl",
        "kl_check",
        FAILED,
        message="wrong (your line: `return 2 * x`)",
        example="x = 1",
        hint="Half.",
    ),
    waiting("test_step", "step_check", "test_kl"),
    waiting("test_train", "step_check", "test_step"),
]
RESULT = result_of(VERDICTS, {"loss_check": 1, "kl_check": 4, "step_check": 4}, notes=["vae.py was graded."])


def hole(grade_id, source):
    return new_code_cell(source, metadata={"nbgrader": {"grade_id": grade_id, "solution": True, "grade": False}})


def test_cell(grade_id):
    about = {"grade_id": grade_id, "solution": False, "grade": True, "points": 4, "score": 0}
    return new_code_cell("check()", metadata={"nbgrader": about})


test_cell.__test__ = False


def lesson(result=RESULT):
    cells = [
        new_markdown_cell("# The VAE\n\n## 7. The loss (4 points, about 5 minutes)"),
        hole("loss", "def loss(x):\n    raise ToImplement"), test_cell("loss_check"),
        new_markdown_cell("## 8. The KL"), hole("kl", "def kl(x):\n    return 2 * x"), test_cell("kl_check"),
        new_markdown_cell("text"), test_cell("step_check"),
    ]  # fmt: skip
    return new_notebook(cells=cells, metadata={"judge": {"result": result.to_json()}})


def judged(result=RESULT):
    """The lesson with what the judge says under each check."""
    notebook = lesson(result)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in {score.grade_id for score in result.cells}:
            data = {"text/html": reports.cell_html(result, grade_id)}
            cell.outputs = [new_output("display_data", data=data, metadata={"judge": {"version": 1}})]
    return notebook


def page(result=RESULT, **about):
    resources = {"nbgrader": ABOUT | about}
    markup, _ = FeedbackExporter().from_notebook_node(judged(result), resources=resources)
    return BeautifulSoup(markup, "html.parser")


def test_what_is_wrong_comes_before_what_is_not_written_with_the_students_own_line() -> None:
    first = first_of(RESULT, lesson())
    assert first is not None and (first.check.name, first.code) == ("test_kl", "return 2 * x")
    assert [is_open(check) for check in RESULT.checks] == [True, False, False, False]


@pytest.mark.parametrize(
    ("source", "line", "code"),
    [
        ('def kl(x):\n    """The KL."""\n    y = x\n    return 2 * y', 0, "y = x\nreturn 2 * y"),
        ("def f(x):\n" + "    x += 1\n" * 20 + "    return x", 0, "return x"),
        ("class A:\n    def call(self, x):\n        return x", 1, "return x"),
        ("def f(x):\n    return (x", 1, "return (x"),
        ("f = 1\ng = 2", 1, "g = 2"),
    ],
)
def test_a_value_that_is_wrong_is_shown_with_the_code_that_gave_it(source, line, code) -> None:
    assert own_code(source, line) == code


def test_a_waiting_check_is_charged_to_the_first_cause_and_not_to_the_waiting_one_between() -> None:
    causes = waiting_by_cause(RESULT)
    assert {name: [check.name for check in found] for name, found in causes.items()} == {
        "test_kl": ["test_step", "test_train"]
    }
    assert waiting_by_cause(Result.from_json(RESULT.to_json())) == causes


def test_titles_are_the_headings_above() -> None:
    titles = titles_of(lesson())
    assert (titles["loss_check"], titles["kl_check"], titles["step_check"]) == (
        "7. The loss",
        "8. The KL",
        "8. The KL, part 2",
    )


def test_the_page_opens_with_the_notes_and_what_to_fix_first() -> None:
    soup = page()
    assert [head.text for head in soup.find("main").find_all(["h1", "h2"])][:3] == [
        "vae", "Please read: about this submission", "Fix this first",
    ]  # fmt: skip
    text = " ".join(soup.find("section", class_="first").text.split())
    for part in ("8. The KL", "return 2 * x", "x = 1", "Half.", "2 more will follow by themselves"):
        assert part in text
    assert "ada" in soup.find("header").text and "vae.py was graded." in soup.find("section", class_="notes").text
    assert [row.find("th").text for row in soup.find("table").tbody.find_all("tr")] == [
        "7. The loss", "8. The KL", "8. The KL, part 2",
    ]  # fmt: skip


def test_the_first_and_every_waiting_check_link_to_the_check_that_must_pass() -> None:
    soup = page()
    first = soup.find("section", class_="first")
    assert first.find("a")["href"] == "#judge-test_kl"
    assert [a["href"] for a in first.ul.find_all("a")] == ["#judge-test_step", "#judge-test_train"]
    waits = soup.find_all(class_="judge-check-not-run")
    assert [one.find(class_="judge-why").a["href"] for one in waits] == ["#judge-test_kl"] * 2
    assert "First make this pass: test_kl holds." in waits[1].text
    for link in soup.find("main").find_all("a", href=True):
        place = link["href"].removeprefix("#")
        assert soup.find(id=place) or soup.find(attrs={"name": place}), place
    assert "judge-check-failed" in soup.find(id="judge-test_kl")["class"]


def test_in_a_notebook_judged_before_checks_had_places_links_lead_to_the_cell() -> None:
    markup, _ = FeedbackExporter().from_notebook_node(lesson(), resources={"nbgrader": ABOUT})
    assert BeautifulSoup(markup, "html.parser").find(class_="first").find("a")["href"] == "#kl_check"


def test_a_test_cell_is_named_by_its_section() -> None:
    labels = [label.text for label in page().find_all(class_="nbgrader-label") if "Check" in label.text]
    assert labels == ["Check: 7. The loss", "Check: 8. The KL", "Check: 8. The KL, part 2"]


def test_the_head_says_when_the_work_was_handed_in_in_local_time_and_how_late(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(url) as gradebook:
        gradebook.add_student("ada")
        gradebook.add_assignment("ex03_vae", duedate="2026-11-28 10:00:00 UTC")
        gradebook.add_submission("ex03_vae", "ada", timestamp="2026-11-28 12:05:00 UTC")
    try:
        head = " ".join(page(db_url=url).find("header").text.split())
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "handed in 28 November 2026, 13:05 CET, 2 h 5 min late" in head
    assert re.search(r"this page: \d+ \w+ \d{4}, \d\d:\d\d CES?T", head)


def test_without_a_gradebook_the_head_names_no_time_of_submission() -> None:
    assert "handed in" not in page().find("header").text


def test_what_is_ours_is_not_to_be_fixed_by_a_student() -> None:
    soup = page(replace(BROKEN, fault=SECRET))
    assert soup.find(class_="first") is None and SECRET not in soup.text


def test_a_students_words_are_no_markup_there() -> None:
    attack = verdict("test_kl", "kl_check", FAILED, message=HOSTILE, example=HOSTILE, hint=HOSTILE)
    soup = page(result_of([attack], {"kl_check": 4}, notes=[HOSTILE]))
    assert soup.find(["script", "img"]) is None and "<script>" in soup.find(class_="first").text
